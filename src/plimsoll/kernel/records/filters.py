"""What lists are filtered by: one FilterSet per record type, made from its declaration and shared by pages and API. It knows neither.

A filter reads its parameters with a form field that asks no database, so that a bad value is a sentence and a good one costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import reach, teams_of
from plimsoll.kernel.identity.models import Person, Team, Tenant
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.customs import Custom, live_customs
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import BIGGEST_NUMBER
from plimsoll.kernel.workflow import Workflow

ORDERS = ("changed_at", "opened_at", "number", "priority")
DEFAULT_ORDER = "-changed_at"
MOST_VALUES = 100
EMPTY = "none"
ME = "me"
MINE = "mine"


class Query(Protocol):
    """What is read of a request's parameters: Django's QueryDict, or anything alike."""

    def __iter__(self) -> Any: ...
    def getlist(self, key: str) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Filtered:
    """What filtering gave. `errors` are sentences by parameter (then `parts` are unfiltered by those); `active` the values in use."""

    parts: list[Any]
    order: str
    errors: dict[str, list[str]]
    active: dict[str, list[str]]

    def __iter__(self) -> Any:
        return iter((self.parts, self.order, self.errors, self.active))


class ValuesField(forms.Field):
    """Several values of one parameter, repeated or with commas. Whole numbers stay within what both databases hold."""

    widget = forms.SelectMultiple

    def __init__(
        self, *, choices: Sequence[tuple[Any, Any]] = (), is_number: bool = False, words: Sequence[str] = (), has_commas: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.choices = list(choices)
        self.widget.choices = self.choices
        self.is_number, self.words, self.has_commas = is_number, tuple(words), has_commas
        self._known = {str(value): value for value, _label in self.choices}

    def clean(self, value: Any) -> list[Any]:
        given = [part.strip() for text in (value or ()) for part in (str(text).split(",") if self.has_commas else [str(text)])]
        given = [part for part in given if part]
        if len(given) > MOST_VALUES:
            raise ValidationError(_("At most %(n)d values can be given.") % {"n": MOST_VALUES})
        return [self._one(part) for part in given]

    def _one(self, text: str) -> Any:
        if text in self.words:
            return text
        if self._known:
            if text not in self._known:
                known = ", ".join([*self._known, *self.words])
                raise ValidationError(_("“%(value)s” is not one of: %(known)s.") % {"value": text[:40], "known": known})
            return self._known[text]
        if self.is_number:
            if (number := whole(text)) is None:
                raise ValidationError(_("“%(value)s” is not a whole number.") % {"value": text[:40]})
            return number
        if "\x00" in text or len(text) > 250:
            raise ValidationError(_("The text is too long, or holds a character that can't be stored."))
        return text


class TruthField(forms.Field):
    """Exactly `true` or `false`, as in addresses."""

    widget = forms.Select

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = [("", ""), ("true", gettext_lazy("Yes")), ("false", gettext_lazy("No"))]
        self.widget.choices = self.choices

    def clean(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        if value not in ("true", "false"):
            raise ValidationError(_("“%(value)s” is neither true nor false.") % {"value": str(value)[:40]})
        return bool(value == "true")


class MomentField(forms.Field):
    """A moment with its zone, or a day, which begins in the reader's zone."""

    widget = forms.DateInput

    def clean(self, value: Any) -> datetime | date | None:
        if value in (None, ""):
            return None
        text = str(value).strip()
        try:
            # A "+" in an address arrives as a space when nobody escaped it.
            found: datetime | date = (
                date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text.replace(" ", "+", 1) if "T" in text else text)
            )
        except ValueError:
            raise ValidationError(_("“%(value)s” is not a moment; write it as 2026-11-21 or 2026-11-21T10:00:00Z.") % {"value": text[:40]}) from None
        if not 1900 <= found.year <= 2999:
            raise ValidationError(_("The year must lie between 1900 and 2999."))
        if isinstance(found, datetime) and found.tzinfo is None:
            raise ValidationError(_("The moment needs a time zone, for example 2026-11-21T10:00:00Z."))
        return found


class SingleField(forms.CharField):
    """One text of at most 200 characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, **kwargs)


class RecordFilter(django_filters.Filter):
    """A filter of a list. `is_many`: the parameter may be repeated; `is_internal`: not for people outside the provider;
    `target`: the model whose ids it takes; `schema`: what the API's document says of it."""

    is_many = False

    def __init__(
        self,
        field_name: str,
        *,
        is_internal: bool = False,
        target: type[models.Model] | None = None,
        custom: Custom | None = None,
        schema: Mapping[str, Any] | None = None,
        explained: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(field_name=field_name, required=False, **kwargs)
        self.is_internal, self.target, self.custom = is_internal, target, custom
        self.schema, self.explained = dict(schema or {"type": "string"}), explained

    def read(self, query: Query, name: str) -> tuple[list[str], Any]:
        """The raw values and the cleaned one; raises ValidationError."""
        raw = [str(v) for v in query.getlist(name)]
        return raw, self.field.clean(raw if self.is_many else (raw[-1] if raw else None))

    def resolve(self, value: Any, person: Person) -> Any:
        """The value with what depends on who asks (`me`, the start of a day)."""
        return value


class ManyFilter(RecordFilter):
    """Any of some values, or empty."""

    field_class = ValuesField
    is_many = True

    def resolve(self, value: Any, person: Person) -> Any:
        found: list[Any] = []
        for one in value or ():
            if one == MINE and self.target is Team:
                found += sorted(teams_of(person)) or [0]
            else:
                found.append(person.pk if one == ME and self.target is Person else one)
        return found

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        if self.custom is not None:
            # An alias and not `extra__name`: a field called "in" or "a__b" would be read as a look-up.
            alias = f"custom_{self.custom.name.encode().hex()}"
            return qs.alias(**{alias: KeyTransform(self.custom.name, "extra")}).filter(Q(*[Q(**{alias: one}) for one in value], _connector=Q.OR))
        wanted = Q()
        if values := [one for one in value if one != EMPTY]:
            name = f"{self.field_name}_id" if self.target is not None else str(self.field_name)
            wanted |= Q(**{name: values[0]}) if len(values) == 1 else Q(**{f"{name}__in": values})
        if len(values) != len(value):
            wanted |= Q(**{f"{self.field_name}__isnull": True})
        return qs.filter(wanted)


class TruthFilter(RecordFilter):
    """Yes or no."""

    field_class = TruthField

    def filter(self, qs: Any, value: Any) -> Any:
        return qs if value is None else qs.filter(**{str(self.field_name): value})


class MomentFilter(RecordFilter):
    """From a moment on, or before it: together a half-open period."""

    field_class = MomentField

    def resolve(self, value: Any, person: Person) -> Any:
        if value is None or isinstance(value, datetime):
            return value
        zone = person.timezone or (person.tenant.timezone if person.tenant else "") or "UTC"
        return datetime.combine(value, time.min, ZoneInfo(zone)).astimezone(UTC)

    def filter(self, qs: Any, value: Any) -> Any:
        return qs if value is None else qs.filter(**{f"{self.field_name}__{self.lookup_expr}": value})


class TitleFilter(RecordFilter):
    """Words of the title, or the number as people say it. The full text search is elsewhere."""

    field_class = SingleField

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        record_type = type_named(qs.model._meta.model_name)
        head, _dash, digits = value.strip().upper().rpartition("-")
        if (number := whole(digits, BIGGEST_NUMBER)) is not None and head in ("", record_type.prefix):
            by_number = Q(number=number)
            return qs.filter(by_number if head else by_number | Q(title__icontains=value.strip()))
        return qs.filter(title__icontains=value.strip())


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
    if isinstance(field, models.CharField):
        return ManyFilter(name, label=label, has_commas=False, is_internal=internal, schema=_many({"type": "string", "maxLength": 250}))
    return None


class NumberField(ValuesField):
    """Decimal numbers, as custom fields hold them."""

    def _one(self, text: str) -> Any:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not abs(number) < 10**15:
            raise ValidationError(_("“%(value)s” is not a number below 10^15.") % {"value": text[:40]})
        return int(number) if number.is_integer() else number


class DayField(ValuesField):
    """Days, as custom fields hold them."""

    def _one(self, text: str) -> Any:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValidationError(_("“%(value)s” is not a date; write it as 2026-11-21.") % {"value": text[:40]}) from None


class NumberFilter(ManyFilter):
    field_class = NumberField


class DayFilter(ManyFilter):
    field_class = DayField


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
