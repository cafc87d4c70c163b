"""What documents are filled with from agreements (F-18, D-24)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.levels.portfolio import Holding, expiring, holding, key_targets, names_of
from plimsoll.agreements.levels.rules import CONTRACT, OLA, SLA
from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import day_of, day_words, source_of, source_of_card

KINDS = ("agreement", "service", "organization", "person")


def _validity(asked: Asked, held: Holding) -> str:
    since = day_words(day_of(asked.tenant, held.since)) if held.since else ""
    until = day_words(held.agreement.valid_until)
    if since and until:
        return _("%(since)s to %(until)s") % {"since": since, "until": until}
    return _("from %(since)s") % {"since": since} if since else _("until %(until)s") % {"until": until} if until else ""


def _table(asked: Asked, *types: str, first: str) -> Value:
    rows = holding(asked.tenant, asked.at, *types)
    words = {value: str(label) for value, label in Agreement.TYPES}
    has_types = len(types) > 1
    columns = (
        first,
        *((_("Type"),) if has_types else ()),
        _("Agreement"),
        _("Services"),
        _("Validity"),
        _("Owner"),
        _("Next review"),
        _("Key targets"),
    )
    made = [
        Row(
            (
                held.agreement.organization.name,
                *((words[held.agreement.type],) if has_types else ()),
                held.agreement.title,
                names_of(held.services) if held.terms is not None else "",
                _validity(asked, held),
                str(held.agreement.owner or ""),
                day_words(held.agreement.review_on),
                key_targets(held.terms),
            ),
            source_of(held.agreement),
            tuple(source_of_card(card) for card in held.services),
        )
        for held in rows
    ]
    services: dict[int, Any] = {card.pk: card for held in rows for card in held.services}
    return Value(columns=columns, rows=tuple(made), sources=tuple(source_of_card(card) for card in services.values()))


def portfolio(asked: Asked) -> Value:
    """F-18, D-24: every agreement with a customer that holds: services, validity, owner, review, key targets."""
    return _table(asked, SLA, first=_("Customer"))


def supporting(asked: Asked) -> Value:
    """S-033: the internal agreements and contracts that touch the services."""
    return _table(asked, OLA, CONTRACT, first=_("With"))


def ending(asked: Asked) -> Value:
    """S-033: what ends within ninety days, the soonest first."""
    words = {value: str(label) for value, label in Agreement.TYPES}
    rows = [
        Row((day_words(a.valid_until), a.organization.name, words[a.type], a.title, str(a.owner or "")), source_of(a))
        for a in expiring(asked.tenant, asked.at)
    ]
    return Value(columns=(_("Ends on"), _("With"), _("Type"), _("Agreement"), _("Owner")), rows=tuple(rows))


declare_blank(
    Blank(
        "agreements.portfolio",
        gettext_lazy("Customer agreement portfolio"),
        "table",
        KINDS,
        gettext_lazy("Agreements with customers that are active"),
        portfolio,
        "/agreements/?type=sla&state=active&state=under_review",
        ("F-18", "D-24"),
    )
)
declare_blank(
    Blank(
        "agreements.supporting",
        gettext_lazy("Internal agreements and contracts"),
        "table",
        KINDS,
        gettext_lazy("Internal agreements and contracts that are active"),
        supporting,
        "/agreements/?type=ola&type=contract&state=active&state=under_review",
        ("D-24",),
    )
)
declare_blank(
    Blank(
        "agreements.expiring",
        gettext_lazy("Agreements that end within 90 days"),
        "table",
        KINDS,
        gettext_lazy("Agreements, valid until within 90 days"),
        ending,
        "/agreements/?valid_until=90&state=active&state=under_review",
        ("D-24",),
    )
)
