"""What this room fills into documents: the scope and its parts, units, locations, the organisation chart (S-018 to S-025, S-120)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.scopes.chart import Node, chart
from plimsoll.context.scopes.models import Exclusion, Location, Milestone, Scope, ScopeResource, Unit
from plimsoll.context.scopes.queries import current_scope, delivered_from, locations_of, units_of
from plimsoll.context.scopes.rules import OPEN
from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import source_of, source_of_card


def _in_scope(rows: Sequence[Any]) -> list[Any]:
    return [row for row in rows if row.in_scope]


def scope_text(name: str) -> Callable[[Asked], Value]:
    """A text of the scope that holds."""

    def resolve(asked: Asked) -> Value:
        scope = current_scope(asked.tenant)
        return Value(str(getattr(scope, name)).strip(), sources=(source_of(scope),)) if scope is not None else Value()

    return resolve


def dimensions(asked: Asked) -> Value:
    scope = current_scope(asked.tenant)
    if scope is None:
        return Value()
    here = source_of(scope)
    rows = []
    for name, (answer, text) in scope.answers().items():
        if answer != OPEN:
            label = str(_field(f"{name}_answer"))
            rows.append(Row((label[:1].upper() + label[1:], str(getattr(scope, f"get_{name}_answer_display")()), text), here))
    return Value(columns=(_("Dimension"), _("Answer"), _("What it means for the scope")), rows=tuple(rows), sources=(here,))


def considered(asked: Asked) -> Value:
    """The dimensions that were considered, within a sentence."""
    scope = current_scope(asked.tenant)
    if scope is None:
        return Value()
    named = [str(_field(f"{name}_answer")) for name, (answer, _text) in scope.answers().items() if answer == "considered"]
    return Value(in_a_row(named), sources=(source_of(scope),))


def _field(name: str) -> Any:
    field: Any = Scope._meta.get_field(name)
    return field.verbose_name


def in_a_row(words: Sequence[str]) -> str:
    """One, two and three."""
    if len(words) < 2:
        return "".join(words)
    return _("%(most)s and %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}


def exclusions(asked: Asked) -> Value:
    scope = current_scope(asked.tenant)
    if scope is None:
        return Value()
    here = source_of(scope)
    rows = Exclusion.objects.filter(scope=scope).select_related("record")
    told = tuple(Row((str(e.get_kind_display()), str(e), e.reason), source_of_card(e.record) if e.record is not None else here) for e in rows)
    return Value(columns=(_("What"), _("Which"), _("Why")), rows=told, sources=(here,))


def milestones(asked: Asked) -> Value:
    scope = current_scope(asked.tenant)
    if scope is None:
        return Value()
    here = source_of(scope)
    rows = Milestone.objects.filter(scope=scope)
    told = tuple(Row((m.name, date_format(m.due_on, "j F Y"), date_format(m.done_on, "j F Y") if m.done_on else _("not yet")), here) for m in rows)
    return Value(columns=(_("Milestone"), _("Due"), _("Done")), rows=told, sources=(here,))


def resources(asked: Asked) -> Value:
    scope = current_scope(asked.tenant)
    if scope is None:
        return Value()
    here = source_of(scope)
    rows = ScopeResource.objects.filter(scope=scope)
    told = tuple(Row((str(r.get_kind_display()), r.text, r.amount), here) for r in rows)
    return Value(columns=(_("Kind"), _("What is needed"), _("How much")), rows=told, sources=(here,))


def approval(asked: Asked) -> Value:
    scope = current_scope(asked.tenant)
    if scope is None or scope.approved_at is None:
        return Value(sources=(source_of(scope),)) if scope is not None else Value()
    said = {"ref": scope.reference, "name": scope.approved_by or "", "day": date_format(localtime(scope.approved_at), "j F Y")}
    return Value(_("%(ref)s, approved by %(name)s on %(day)s") % said, sources=(source_of(scope),))


def since(asked: Asked) -> Value:
    """From when on the scope holds: the day of its approval."""
    scope = current_scope(asked.tenant)
    if scope is None or scope.approved_at is None:
        return Value()
    return Value(date_format(localtime(scope.approved_at), "j F Y"), sources=(source_of(scope),))


def units(asked: Asked) -> Value:
    rows = units_of(asked.tenant)
    names = {u.pk: u.title for u in rows}
    told = tuple(Row((u.title, names.get(u.parent_id or 0, ""), str(u.head or ""), u.description), source_of(u)) for u in _in_scope(rows))
    return Value(columns=(_("Unit"), _("Part of"), _("Led by"), _("What it does")), rows=told)


def units_excluded(asked: Asked) -> Value:
    told = tuple(Row((u.title, u.scope_reason), source_of(u)) for u in units_of(asked.tenant) if not u.in_scope)
    return Value(columns=(_("Unit"), _("Why not in scope")), rows=told)


def nodes_of(rows: Sequence[Unit]) -> list[Node]:
    return [Node(u.pk, u.title, u.parent_id, u.in_scope) for u in rows]


def drawn(rows: Sequence[Unit]) -> str:
    return chart(nodes_of(rows), title=_("Organisation chart with what is in scope"), in_scope=_("in scope"), out_of_scope=_("not in scope"))


def units_chart(asked: Asked) -> Value:
    rows = units_of(asked.tenant)
    names = {u.pk: u.title for u in rows}
    told = tuple(Row((u.title, names.get(u.parent_id or 0, ""), _("yes") if u.in_scope else _("no")), source_of(u)) for u in rows)
    return Value(columns=(_("Unit"), _("Part of"), _("In scope")), rows=told, svg=drawn(rows))


def locations(asked: Asked) -> Value:
    rows = [place for place in _in_scope(locations_of(asked.tenant)) if place.customer_id is None]
    delivered = delivered_from(rows)
    told = tuple(
        Row(
            (p.title, p.address_in_one, ", ".join(card.title for card in delivered.get(p.pk, ()))),
            source_of(p),
            tuple(source_of_card(card) for card in delivered.get(p.pk, ())),
        )
        for p in rows
    )
    return Value(columns=(_("Location"), _("Address"), _("Services delivered from it")), rows=told)


def customer_locations(asked: Asked) -> Value:
    rows = [place for place in _in_scope(locations_of(asked.tenant)) if place.customer_id is not None]
    told = tuple(Row((str(p.customer), p.title, p.address_in_one), source_of(p)) for p in sorted(rows, key=_by_customer))
    return Value(columns=(_("Customer"), _("Location"), _("Address")), rows=told)


def _by_customer(place: Location) -> tuple[str, str]:
    return (str(place.customer), place.title)


def locations_excluded(asked: Asked) -> Value:
    told = tuple(Row((p.title, p.scope_reason), source_of(p)) for p in locations_of(asked.tenant) if not p.in_scope)
    return Value(columns=(_("Location"), _("Why not in scope")), rows=told)


_ON_THE_SCOPE = gettext_lazy("On the scope statement: Context, Scopes.")
_ON_UNITS = gettext_lazy("In the list of units.")
_ON_LOCATIONS = gettext_lazy("In the list of locations.")
_S, _U, _L = ("scope",), ("unit", "person"), ("location", "organization")

for _blank in (
    Blank("scope.service_kind", gettext_lazy("Kind of services"), "text", _S, _ON_THE_SCOPE, scope_text("service_kind"), "/scope/", ("F-08",)),
    Blank(
        "scope.wording", gettext_lazy("Scope in the organisation's own words"), "text", _S, _ON_THE_SCOPE, scope_text("wording"), "/scope/", ("F-03",)
    ),
    Blank("scope.considered", gettext_lazy("Dimensions considered"), "text", _S, _ON_THE_SCOPE, considered, "/scope/", ("F-04", "S-019")),
    Blank("scope.dimensions", gettext_lazy("Dimensions of the scope"), "table", _S, _ON_THE_SCOPE, dimensions, "/scope/", ("F-04", "S-019")),
    Blank("scope.technology", gettext_lazy("Technology in scope"), "text", _S, _ON_THE_SCOPE, scope_text("technology_text"), "/scope/", ("S-025",)),
    Blank(
        "scope.exclusions",
        gettext_lazy("What is excluded"),
        "table",
        ("scope", "service", "unit", "location"),
        _ON_THE_SCOPE,
        exclusions,
        "/scope/",
        ("S-021", "S-120"),
    ),
    Blank("scope.milestones", gettext_lazy("Timeline"), "table", _S, _ON_THE_SCOPE, milestones, "/scope/", ("S-120",)),
    Blank("scope.resources", gettext_lazy("Resources"), "table", _S, _ON_THE_SCOPE, resources, "/scope/", ("S-120",)),
    Blank("scope.approval", gettext_lazy("Approval of the scope"), "text", _S, _ON_THE_SCOPE, approval, "/scope/", ("4.3-c",)),
    Blank("scope.since", gettext_lazy("Scope in force since"), "text", _S, _ON_THE_SCOPE, since, "/scope/", ("4.3-c",)),
    Blank("units.in_scope", gettext_lazy("Units in scope"), "table", _U, _ON_UNITS, units, "/units/?in_scope=true", ("F-07", "S-020")),
    Blank("units.excluded", gettext_lazy("Units not in scope"), "table", _U, _ON_UNITS, units_excluded, "/units/?in_scope=false", ("S-021",)),
    Blank("units.chart", gettext_lazy("Organisation chart"), "picture", _U, _ON_UNITS, units_chart, "/units/", ("S-020",)),
    Blank(
        "locations.in_scope",
        gettext_lazy("Locations in scope"),
        "table",
        (*_L, "service"),
        _ON_LOCATIONS,
        locations,
        "/locations/?in_scope=true",
        ("F-05", "S-022"),
    ),
    Blank(
        "locations.of_customers", gettext_lazy("Locations of customers"), "table", _L, _ON_LOCATIONS, customer_locations, "/locations/", ("S-019",)
    ),
    Blank(
        "locations.excluded",
        gettext_lazy("Locations not in scope"),
        "table",
        _L,
        _ON_LOCATIONS,
        locations_excluded,
        "/locations/?in_scope=false",
        ("S-021",),
    ),
):
    declare_blank(_blank)
