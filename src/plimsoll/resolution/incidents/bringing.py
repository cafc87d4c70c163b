"""The priority matrix in import files: one row a cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.exchange.configuring.entries import Entry
from plimsoll.kernel.exchange.configuring.keeping import CHANNEL, Keeper, Kept, Names, check_known
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.keeping import keep_priority_cell
from plimsoll.resolution.incidents.models import PriorityRule
from plimsoll.resolution.incidents.queries import matrix_of


class MatrixKeeper(Keeper):
    """The cells of the matrix that an organisation set, for everything or for one service."""

    name = "priority-matrix"
    fields = ("name", "impact", "urgency", "priority", "service")

    def keep(self, entry: Entry, names: Names, note: str) -> Kept:
        check_known(entry.values, self.fields)
        cell = {name: _whole(entry.values.get(name), name) for name in ("impact", "urgency", "priority")}
        text = str(entry.values.get("service") or "")
        service = names.find(Service, text, "service") if text else None
        tenant = Tenant.objects.get(pk=names.tenant.pk)  # with the version of the settings as it is now
        before = matrix_of(tenant, service.pk if service else None).get((cell["impact"], cell["urgency"]))
        keep_priority_cell(by=names.by, channel=CHANNEL, service=service, **cell)
        same = before == cell["priority"]
        return Kept(None, is_new=False, changes=[] if same else [("priority", str(before), str(cell["priority"]))])

    def told(self, by: Person) -> Iterator[dict[str, Any]]:
        rows = PriorityRule.objects.filter(tenant=by.tenant).select_related("service").order_by("pk")
        for row in rows:
            said = {"name": f"{row.impact}/{row.urgency}", "impact": row.impact, "urgency": row.urgency, "priority": row.priority}
            yield said | ({"name": f"{row.service.title} {said['name']}", "service": row.service.title} if row.service else {})


def _whole(given: Any, column: str) -> int:
    if isinstance(given, int | str) and not isinstance(given, bool) and str(given).strip().isdecimal() and len(str(given)) < 4:
        return int(given)
    raise Faulty([Fault(column, _("A whole number is needed."))])
