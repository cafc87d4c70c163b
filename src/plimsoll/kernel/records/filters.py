"""What lists are filtered by: one FilterSet per record type, made from its declaration and shared by pages and API. It knows neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person, Team, Tenant
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.records.customs import Custom, live_customs
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.filter_kinds import (
    EMPTY,
    ME,
    MINE,
    DayFilter,
    DueFilter,
    ManyFilter,
    MomentFilter,
    NumberFilter,
    Query,
    RecordFilter,
    TimeFilter,
    TitleFilter,
    TruthFilter,
)
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.workflow import Workflow

ORDERS = ("changed_at", "opened_at", "number", "priority", "due_at")
DEFAULT_ORDER = "-changed_at"


@dataclass(frozen=True, slots=True)
class Filtered:
    """What filtering gave. `errors` are sentences by parameter (then `parts` are unfiltered by those); `active` the values in use."""

    parts: list[Any]
    order: str
    errors: dict[str, list[str]]
    active: dict[str, list[str]]

    def __iter__(self) -> Any:
        return iter((self.parts, self.order, self.errors, self.active))


def _many(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(values)}


def _field_filter(record_type: RecordType, name: str, flow: Workflow) -> RecordFilter | None:
    """The filter of one declared field; None for a field whose values nobody filters by (long texts)."""
    field = record_type.model_field(name)
    label = str(getattr(field, "verbose_name", name))
    internal = name in record_type.internal
    if name == "state":
        names = [s.name for s in flow.states]
        return ManyFilter(
            "state",
            label=label,
            choices=[(s.name, s.label) for s in flow.states],
            schema=_many({"type": "string", "examples": names}),
            explained=f"States: {', '.join(names)}; an organization may have added some.",
        )
    if isinstance(field, models.ForeignKey):
        target = field.related_model
        assert isinstance(target, type)
        words = [*([EMPTY] if field.null else []), *([ME] if target is Person else []), *([MINE] if target is Team else [])]
        said = "".join(f", “{w}” for {t}" for w, t in ((EMPTY, "empty"), (ME, "yourself"), (MINE, "your own teams")) if w in words)
        return ManyFilter(
            name,
            label=label,
            target=target,
            is_number=True,
            words=words,
            is_internal=internal,
            schema=_many({"type": "string", "pattern": f"^({'|'.join([*words, '[0-9]{1,18}'])})$"}),
            explained=f"Ids{said}.",
        )
    if field.choices:
        values = [value for value, _label in field.flatchoices]
        words = [EMPTY] if field.null else []
        return ManyFilter(
            name,
            label=label,
            choices=list(field.flatchoices),
            words=words,
            is_internal=internal,
            schema=_many({"type": "string", "enum": [*map(str, values), *words]}),
            explained=f"“{EMPTY}” for empty." if words else "",
        )
    if isinstance(field, models.BooleanField):
        return TruthFilter(name, label=label, is_internal=internal, schema={"type": "boolean"})
    if isinstance(field, models.IntegerField):
        return ManyFilter(
            name,
            label=label,
            is_number=True,
            words=[EMPTY] if field.null else [],
            is_internal=internal,
            schema=_many({"type": "string", "pattern": "^[0-9]{1,18}$"}),
        )
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        days = [("past", gettext_lazy("Before today")), ("30", gettext_lazy("Within 30 days")), ("90", gettext_lazy("Within 90 days"))]
        known = [value for value, _label in days] + ([EMPTY] if field.null else [])
        return DueFilter(
            name,
            label=label,
            choices=days,
            words=[EMPTY] if field.null else [],
            is_internal=internal,
            schema=_many({"type": "string", "enum": known}),
            explained="“past” for before today, or the days within which it lies from today on" + (f"; “{EMPTY}” for empty." if field.null else "."),
        )
    if isinstance(field, models.CharField):
        return ManyFilter(name, label=label, has_commas=False, is_internal=internal, schema=_many({"type": "string", "maxLength": 250}))
    return None


def _custom_filter(custom: Custom) -> RecordFilter:
    common: dict[str, Any] = {"label": custom.label, "custom": custom, "is_internal": not custom.is_public}
    if custom.type == "choice":
        return ManyFilter("extra", choices=[(c, c) for c in custom.choices], has_commas=False, **common)
    if custom.type == "number":
        return NumberFilter("extra", **common)
    if custom.type == "date":
        return DayFilter("extra", **common)
    if custom.type == "person":
        return ManyFilter("extra", is_number=True, words=[ME], target=Person, **common)
    return ManyFilter("extra", has_commas=False, **common)


def _made(record_type: RecordType, flow: Workflow, customs: Sequence[Custom]) -> type[django_filters.FilterSet]:
    moment = {"type": "string", "maxLength": 40, "examples": ["2026-11-21", "2026-11-21T10:00:00Z"]}
    filters: dict[str, django_filters.Filter] = {
        "q": TitleFilter(
            "title",
            label=gettext_lazy("Title or number"),
            schema={"type": "string", "maxLength": 200},
            explained="Words of the title, or a number such as 1042.",
        ),
        "open": TruthFilter(
            "is_open",
            label=gettext_lazy("Open"),
            schema={"type": "boolean"},
            explained="Only those that are (true) or are not (false) done, closed or dropped.",
        ),
    }
    for name in dict.fromkeys(("state", *record_type.filters, "organization")):
        if name not in filters and (made := _field_filter(record_type, name, flow)) is not None:
            filters[name] = made
    for name, label_after, label_before in (
        ("opened", gettext_lazy("Opened from"), gettext_lazy("Opened before")),
        ("changed", gettext_lazy("Changed from"), gettext_lazy("Changed before")),
    ):
        filters[f"{name}_after"] = MomentFilter(
            f"{name}_at", lookup_expr="gte", label=label_after, schema=moment, explained="At or after; a day begins in your time zone."
        )
        filters[f"{name}_before"] = MomentFilter(
            f"{name}_at", lookup_expr="lt", label=label_before, schema=moment, explained="Before; a day begins in your time zone."
        )
    if record_type.has("due_at") and record_type.has("covered_by"):
        times = (
            ("over", gettext_lazy("Over its time")),
            ("soon", gettext_lazy("Due within a day")),
            ("paused", gettext_lazy("Clock stands still")),
            ("uncovered", gettext_lazy("No agreement covers it")),
        )
        filters["time"] = TimeFilter(
            "due_at",
            label=gettext_lazy("Time"),
            choices=list(times),
            schema=_many({"type": "string", "enum": [value for value, _label in times]}),
            explained="What the clocks say: over, soon (within a day), paused, or uncovered by any agreement.",
        )
    filters |= {f"x_{custom.name}": _custom_filter(custom) for custom in customs}
    base = record_type.filterset_class or django_filters.FilterSet
    return type(f"{record_type.kind.capitalize()}FilterSet", (base,), filters)


@cache
def _shipped(kind: str) -> type[django_filters.FilterSet]:
    record_type = type_named(kind)
    return _made(record_type, record_type.workflow, ())


@per_settings
def _of_tenant(tenant: Tenant, kind: str) -> type[django_filters.FilterSet]:
    return _made(type_named(kind), workflow_of(tenant, kind), live_customs(tenant, kind))


def filterset_for(record_type: RecordType, tenant: Tenant | None = None) -> type[django_filters.FilterSet]:
    """The FilterSet of a kind as the code ships it, or as a tenant runs it (own states, custom fields as `x_name`). Made once.

    Its `base_filters` are `RecordFilter`s by parameter name; pages build their form from it, `apply` filters by it.
    """
    return _shipped(record_type.kind) if tenant is None else _of_tenant(tenant, record_type.kind)


def orders_of(record_type: RecordType) -> list[str]:
    """What `order` may be."""
    return [sign + name for name in ORDERS if record_type.has(name) for sign in ("-", "")]


def apply(record_type: RecordType, parts: Sequence[QuerySet[Any]], query: Query, person: Person, *, also: frozenset[str] | None = None) -> Filtered:
    """Filter each part of a list by a request's parameters; `(parts, order, errors, active)`.

    `also` names further parameters that the caller reads itself: with it, every unknown parameter is an error; without, it is left alone.
    """
    known = filterset_for(record_type, person.tenant).base_filters
    filtered = list(parts)
    errors: dict[str, list[str]] = {}
    active: dict[str, list[str]] = {}
    order = DEFAULT_ORDER
    for name in query:
        if name == "order":
            given = str(query.getlist(name)[-1])
            if given in (orders := orders_of(record_type)):
                order = given
            elif given:
                errors[name] = [_("“%(value)s” is not an order. There are: %(known)s.") % {"value": given[:40], "known": ", ".join(orders)}]
            continue
        found = known.get(name)
        if found is None or (found.is_internal and reach(person, f"{record_type.kind}:internal").is_empty):
            if also is not None and name not in also:
                errors[name] = [_("There is no such parameter.")]
            continue
        try:
            raw, value = found.read(query, name)
        except ValidationError as error:
            errors[name] = list(error.messages)
            continue
        value = found.resolve(value, person)
        if value in (None, "", []):
            continue
        active[name] = [v for v in raw if v]
        filtered = [found.filter(part, value) for part in filtered]
        if found.is_internal and not reach(person, f"{record_type.kind}:internal").everything:
            # What must not be seen must not be guessed by filtering either.
            inside = record_type.model.objects.visible_to(person, "internal").order_by().values("pk")
            filtered = [part.filter(pk__in=inside) for part in filtered]
    return Filtered(filtered, order, errors, active)
