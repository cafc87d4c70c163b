"""What can be done with one record, where its row stands: the same acts as on its page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from plimsoll.kernel.records.models import Share
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.context import DeclaredView, address_of, capital
from plimsoll.kernel.ui.moving import offers
from plimsoll.kernel.ui.panels import acts_of
from plimsoll.kernel.ui.shown import label_of

IN_PLACE = ("owner", "team", "priority")


class ActsPage(DeclaredView):
    """`…/acts/`: a menu for the row when htmx or the row's button asks, a page otherwise."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        rt = self.record_type
        can_amend = may(self.person, f"{rt.kind}:amend", record)
        base = address_of(record, rt)
        is_part = bool(request.headers.get("HX-Request"))
        context = {
            "record": record,
            "base": base,
            "link": request.build_absolute_uri(base),
            "offers": offers(record, workflow_of(self.person.tenant, rt.kind), self.person),
            "fields": [(n, capital(label_of(rt, n))) for n in IN_PLACE if n in rt.fields] if can_amend else [],
            "more_acts": acts_of(record, self.person),
            "is_watching": Share.objects.filter(card_id=record.pk, person=self.person.pk, why="watcher").exists(),
            "can_amend": can_amend,
        }
        response = self.show("ui/_acts.html" if is_part else "ui/acts.html", context | ({} if is_part else {"crumbs": self.record_crumbs(record)}))
        patch_vary_headers(response, ["HX-Request"])
        return response
