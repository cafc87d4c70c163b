"""What risks show on pages: their treatments, and on a service the risks that are linked with it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.ui.panels import Flag, PanelRow
from plimsoll.planning.risks.models import Risk, RiskCriteria
from plimsoll.planning.risks.queries import criteria_in_force, scale_of
from plimsoll.planning.risks.rules import ENDED, RISK

MOST = 6


def treatment_rows(risk: Risk, person: Person) -> list[dict[str, Any]]:
    """The treatments of a risk, with how each stands in words; a record that carries one out is named to whoever may see it."""
    parts = list(risk.treatments.select_related("owner", "linked", "evaluated_by"))
    wanted = {p.linked_id for p in parts if p.linked_id}
    seen = {pk for part in visible_cards(person, Card.objects.filter(pk__in=wanted)) for pk in part.values_list("pk", flat=True)} if wanted else set()
    today = localdate()
    rows = []
    for p in parts:
        is_late = p.state == "open" and p.due_on < today
        told = {
            "open": _("due %(day)s") % {"day": date_format(p.due_on, "j F Y")},
            "done": _("done %(day)s") % {"day": date_format(p.done_on, "j F Y")} if p.done_on else _("done"),
            "dropped": _("dropped"),
        }[p.state]
        category = {"open": "late" if is_late else "new", "done": "done", "dropped": "dropped"}[p.state]
        tone = {"late": "bad", "new": "new", "done": "good", "dropped": "still"}[category]
        rows.append({"part": p, "told": told, "category": category, "tone": tone, "linked": p.linked if p.linked_id in seen else None})
    return rows


class RisksOfAService:
    """Current risks and opportunities that are linked with a service, as far as the reader may see them."""

    @property
    def title(self) -> str:
        return _("Risks")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        visible: Any = Risk.objects.visible_to(person)
        linked = Q(card__links_out__target=record.pk) | Q(card__links_in__source=record.pk)
        rows = visible.filter(linked).exclude(state__in=ENDED).distinct().order_by("-number")[:MOST]
        return [
            PanelRow(
                f"/risks/{r.number}/",
                r.title,
                r.reference,
                _("level %(n)s, %(name)s") % {"n": r.now_level, "name": r.now_class} if r.now_level else "",
                r.category,
            )
            for r in rows
        ]

    def more(self, record: Record) -> str:
        return f"/risks/map/?service={record.pk}"

    def change(self, record: Record, person: Person) -> str:
        return ""


class Judged:
    """How many risks came to another level by criteria, with the way to the list."""

    @property
    def title(self) -> str:
        return _("Before and after")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, RiskCriteria)
        if record.approved_at is None:
            return []
        count = record.recomputed.count()
        told = _("%(n)d risks came to another level when they were put in force.") % {"n": count}
        return [PanelRow(f"/riskcriteria/{record.number}/changed/", _("The list"), "", told, "done")]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return ""


def risk_flags(record: Record, person: Person) -> list[Flag]:
    """What whoever opens a risk must see: it must be treated and is not, its acceptance ran out, its review is overdue."""
    assert isinstance(record, Risk)
    if record.state in ENDED:
        return []
    today = localdate()
    found = []
    scale = scale_of(criteria_in_force(record.tenant_id))
    band = scale.band(record.now_level) if scale else None
    is_accepted = record.accepted_at is not None and (record.accepted_until is None or record.accepted_until >= today)
    if record.sign == RISK and band is not None and band.must_treat and not is_accepted and not record.treatments.exclude(state="dropped").exists():
        told = _("Level %(level)s is %(name)s: it must be treated, or accepted by somebody whose role reaches so far.")
        here = f"/risks/{record.number}/treatments/"
        found.append(Flag(told % {"level": record.now_level, "name": band.name.lower()}, "bad", ((_("Plan a treatment"), here),)))
    if record.accepted_until is not None and record.accepted_until < today:
        found.append(Flag(_("It was accepted until %(day)s. That day has passed.") % {"day": date_format(record.accepted_until, "j F Y")}, "bad"))
    if record.review_on is not None and record.review_on < today:
        found.append(Flag(_("It was to be looked at again by %(day)s.") % {"day": date_format(record.review_on, "j F Y")}, "watch"))
    return found
