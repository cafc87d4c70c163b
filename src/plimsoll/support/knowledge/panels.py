"""What is shown beside an article: how many it helped, and what was said of it last."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.ui.panels import PanelRow
from plimsoll.support.knowledge.models import Judgement

MOST = 5


class DidItHelp:
    """For our own people: the two counts, then the newest words, those of people whom it did not help before the others."""

    @property
    def title(self) -> str:
        return _("Did it help?")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not is_inside(person, record):
            return []
        told = Judgement.objects.filter(article=record.pk)
        n = told.aggregate(yes=Count("pk", filter=Q(is_helpful=True)), no=Count("pk", filter=Q(is_helpful=False)))
        if not (n["yes"] or n["no"]):
            return []
        here = f"/articles/{record.number}/trail/"
        yes = ngettext("It helped %(n)d person", "It helped %(n)d people", n["yes"]) % {"n": n["yes"]}
        no = ngettext("%(n)d person says no", "%(n)d people say no", n["no"]) % {"n": n["no"]}
        rows = [PanelRow(here, yes, "", no if n["no"] else _("nobody says no"), "decide" if n["no"] > n["yes"] else "done")]
        for said in told.exclude(comment="").select_related("person").order_by("is_helpful", "-at")[:MOST]:
            how = _("%(who)s, it helped, edition %(n)d") if said.is_helpful else _("%(who)s, it did not help, edition %(n)d")
            rows.append(PanelRow(here, said.comment, "", how % {"who": said.person.name, "n": said.edition}, "done" if said.is_helpful else "decide"))
        return rows

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return ""
