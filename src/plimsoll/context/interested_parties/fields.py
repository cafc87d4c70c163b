"""What this room fills into documents: interested parties, what they require, and the question of climate change (4.2)."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.interested_parties.models import PartyRequirement
from plimsoll.context.interested_parties.queries import parties_of, requirements_of
from plimsoll.context.interested_parties.rules import UNASKED
from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import source_of, source_of_card


def parties(asked: Asked) -> Value:
    told = tuple(Row((p.title, str(p.get_standing_display()), p.description, str(p.owner or "")), source_of(p)) for p in parties_of(asked.tenant))
    return Value(columns=(_("Interested party"), _("What they are to us"), _("Why they matter"), _("Owner")), rows=told)


def requirements(asked: Asked) -> Value:
    rows, cards = [], []
    found = parties_of(asked.tenant)
    of = requirements_of(found)
    for party in found:
        for row in of.get(party.pk, ()):
            rows.append(Row((party.title, row.text, str(row.get_kind_display()), _addressed(row)), source_of(party)))
            if (card := row.addressed_by) is not None:
                cards.append(source_of_card(card))
    columns = (_("Interested party"), _("Requires"), _("Kind"), _("Addressed by, or why not"))
    return Value(columns=columns, rows=tuple(rows), sources=tuple(cards))


def _addressed(row: PartyRequirement) -> str:
    record = f"{row.addressed_by.reference} {row.addressed_by.title}" if row.addressed_by is not None else ""
    return ": ".join(filter(None, (record, row.how))) or _("not addressed yet")


def climate(asked: Asked) -> Value:
    """What was answered about climate change, party by party; those not asked stay out, so that the list says what is known."""
    told = tuple(
        Row((p.title, str(p.get_climate_display()), date_format(p.climate_asked_on, "j F Y")), source_of(p))
        for p in parties_of(asked.tenant)
        if p.climate != UNASKED and p.climate_asked_on is not None
    )
    return Value(columns=(_("Interested party"), _("Climate change"), _("Answered on")), rows=told)


_WHERE = gettext_lazy("In the list of interested parties.")
_HREF = "/interestedparties/"

for _blank in (
    Blank("parties.list", gettext_lazy("Interested parties"), "table", ("party", "person"), _WHERE, parties, _HREF, ("4.2-a",)),
    Blank("parties.requirements", gettext_lazy("What interested parties require"), "table", ("party",), _WHERE, requirements, _HREF, ("4.2-b",)),
    Blank("parties.climate", gettext_lazy("Interested parties and climate change"), "table", ("party",), _WHERE, climate, _HREF, ("4.2-c",)),
):
    declare_blank(_blank)
