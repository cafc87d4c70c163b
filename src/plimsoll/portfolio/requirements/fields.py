"""What documents are filled with from service requirements (F-10, D-19)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import Neighbour, day_words, source_of, source_of_card
from plimsoll.portfolio.requirements.models import ServiceRequirement
from plimsoll.portfolio.requirements.queries import AGREED, covering, current
from plimsoll.portfolio.services.models import Service

KINDS = ("servicerequirement", "service", "agreement", "organization")


def count(asked: Asked) -> Value:
    """F-10: how many requirements are agreed, of how many services; the field leads to their list, its sources are the services."""
    rows = ServiceRequirement.objects.filter(tenant=asked.tenant, state__in=AGREED).order_by()
    n, services = rows.count(), list(Service.objects.filter(pk__in=rows.values("service")).order_by("title", "pk"))
    if not n:
        return Value()
    said = {"n": n, "services": len(services)}
    text = ngettext("%(n)d requirement", "%(n)d requirements", n) % said
    text += " " + ngettext("of %(services)d service", "of %(services)d services", len(services)) % said
    return Value(text=text, sources=tuple(source_of(service) for service in services))


def by_service(asked: Asked) -> Value:
    """D-19: every agreed requirement by service: for whom, of which type, what, its source, its acceptance and the target that covers it."""
    rows = current(asked.tenant)
    agreements = covering(rows)
    types = {value: str(label) for value, label in ServiceRequirement.TYPES}
    needs = {value: str(label) for value, label in ServiceRequirement.NEEDS}
    made = []
    named: dict[int, Neighbour] = {}
    for r in rows:
        cards = agreements.get(r.pk, [])
        named |= {card.pk: card for card in cards}
        covered = "; ".join([*(f"{card.reference} {card.title}" for card in cards), *([r.covering_target] if r.covering_target else [])])
        accepted = ", ".join(part for part in (r.accepted_by, day_words(r.accepted_on)) if part)
        text = " – ".join(part for part in (r.text or r.title, r.value) if part)
        made.append(
            Row(
                (r.service.title, str(r.organization), types.get(r.type, r.type), text, needs.get(r.need, ""), r.stated_in, accepted, covered),
                source_of(r),
            )
        )
    columns = (_("Service"), _("For"), _("Type"), _("Requirement"), _("Priority"), _("Source"), _("Accepted"), _("Covered by"))
    return Value(columns=columns, rows=tuple(made), sources=tuple(source_of_card(card) for card in named.values()))


declare_blank(
    Blank(
        "requirements.count",
        gettext_lazy("How many service requirements are agreed"),
        "text",
        KINDS,
        gettext_lazy("Service requirements, agreed or covered"),
        count,
        "/servicerequirements/?state=agreed&state=covered",
        ("F-10",),
    )
)
declare_blank(
    Blank(
        "requirements.by_service",
        gettext_lazy("Service requirements by service"),
        "table",
        KINDS,
        gettext_lazy("Service requirements, agreed or covered"),
        by_service,
        "/servicerequirements/?state=agreed&state=covered",
        ("F-10", "D-19"),
    )
)
