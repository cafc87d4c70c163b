"""What documents are filled with from obligations, limitations and other management systems (F-11 to F-17)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.obligations.models import Obligation
from plimsoll.context.obligations.queries import in_force, open_limitations, services_of, systems_in_use
from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import day_words, source_of, source_of_card


def _services(cards: list[Any]) -> str:
    return ", ".join(card.title for card in cards)


def _obligations(asked: Asked, kind: str) -> Value:
    rows = in_force(asked.tenant, kind)
    services = services_of(rows)
    is_law = kind == "law"
    columns = (
        _("Name"),
        _("Document"),
        *((_("Jurisdiction"), _("Articles")) if is_law else ()),
        _("How it applies"),
        _("Services"),
        _("Owner"),
        _("Next review"),
    )
    made = [
        Row(
            (
                o.title,
                _document(o),
                *((o.jurisdiction, o.articles) if is_law else ()),
                o.how_applies,
                _services(services.get(o.pk, [])),
                str(o.owner or ""),
                day_words(o.review_on),
            ),
            source_of(o),
            tuple(source_of_card(card) for card in services.get(o.pk, ())),
        )
        for o in rows
    ]
    return Value(columns=columns, rows=tuple(made), sources=_sources(services))


def _document(obligation: Obligation) -> str:
    return ", ".join(part for part in (obligation.document, obligation.edition) if part)


def _sources(services: dict[int, list[Any]]) -> tuple[Any, ...]:
    cards = {card.pk: card for found in services.values() for card in found}
    return tuple(source_of_card(card) for card in cards.values())


def policies(asked: Asked) -> Value:
    """F-15: the policies outside the service management system that it must keep."""
    return _obligations(asked, "policy")


def standards(asked: Asked) -> Value:
    """F-16: the standards that it must keep."""
    return _obligations(asked, "standard")


def laws(asked: Asked) -> Value:
    """F-17: what statutes and regulations ask, with jurisdiction and articles."""
    return _obligations(asked, "law")


def contracts(asked: Asked) -> Value:
    """S-033: what contracts ask beyond the agreements that are kept as such."""
    return _obligations(asked, "contract")


def outside(asked: Asked) -> Value:
    """7.5.3-g, D-09: documents from outside that the services rely on, whatever they oblige to."""
    rows = (
        Obligation.objects.filter(tenant=asked.tenant, state="in_force").exclude(document="").select_related("owner").order_by("document", "number")
    )
    columns = (_("Document"), _("Issued by"), _("Edition"), _("Where it is kept"), _("Owner"), _("Next review"))
    lines = [Row((o.document, o.issuer, o.edition, o.kept_at, str(o.owner or ""), day_words(o.review_on)), source_of(o)) for o in rows]
    return Value(columns=columns, rows=tuple(lines))


def limitations(asked: Asked) -> Value:
    """F-14: the known limitations that are open."""
    rows = open_limitations(asked.tenant)
    services = services_of(rows)
    made = [
        Row((n.title, n.effect, _services(services.get(n.pk, [])), n.workaround, str(n.owner or ""), day_words(n.review_on)), source_of(n))
        for n in rows
    ]
    columns = (_("Limitation"), _("Effect"), _("Services"), _("Workaround"), _("Owner"), _("Next review"))
    return Value(columns=columns, rows=tuple(made), sources=_sources(services))


def systems(asked: Asked) -> Value:
    """F-11 to F-13: the other management systems, and what of each the services must meet."""
    rows = systems_in_use(asked.tenant)
    services = services_of(rows)
    made = [
        Row(
            (
                f"{s.title} ({s.short_name})" if s.short_name else s.title,
                s.basis,
                s.requirements,
                _services(services.get(s.pk, [])),
                str(s.owner or ""),
            ),
            source_of(s),
        )
        for s in rows
    ]
    columns = (_("Management system"), _("Built on"), _("What the services must meet"), _("Services"), _("Owner"))
    return Value(columns=columns, rows=tuple(made), sources=_sources(services))


OBLIGED = ("obligation", "service", "person")

declare_blank(
    Blank(
        "obligations.policies",
        gettext_lazy("Policies that must be kept"),
        "table",
        OBLIGED,
        gettext_lazy("Obligations, type policy, in force"),
        policies,
        "/obligations/?type=policy",
        ("F-15",),
    )
)
declare_blank(
    Blank(
        "obligations.standards",
        gettext_lazy("Standards that must be kept"),
        "table",
        OBLIGED,
        gettext_lazy("Obligations, type standard, in force"),
        standards,
        "/obligations/?type=standard",
        ("F-16",),
    )
)
declare_blank(
    Blank(
        "obligations.laws",
        gettext_lazy("Laws and regulations"),
        "table",
        OBLIGED,
        gettext_lazy("Obligations, type law, in force"),
        laws,
        "/obligations/?type=law",
        ("F-17",),
    )
)
declare_blank(
    Blank(
        "obligations.contracts",
        gettext_lazy("Obligations from contracts"),
        "table",
        OBLIGED,
        gettext_lazy("Obligations, type contract, in force"),
        contracts,
        "/obligations/?type=contract",
        ("D-06",),
    )
)
declare_blank(
    Blank(
        "limitations.open",
        gettext_lazy("Known limitations"),
        "table",
        ("limitation", "service", "person"),
        gettext_lazy("Limitations that are open"),
        limitations,
        "/limitations/?state=open",
        ("F-14",),
    )
)
declare_blank(
    Blank(
        "systems.others",
        gettext_lazy("Other management systems"),
        "table",
        ("managementsystem", "service", "person"),
        gettext_lazy("Management systems in use"),
        systems,
        "/managementsystems/?state=in_use",
        ("F-11", "F-12", "F-13"),
    )
)
declare_blank(
    Blank(
        "documents.external",
        gettext_lazy("Documents from outside"),
        "table",
        ("obligation", "person"),
        gettext_lazy("Obligations in force that name a document"),
        outside,
        "/obligations/?state=in_force",
        ("7.5.3-g", "S-030", "D-09"),
    )
)
