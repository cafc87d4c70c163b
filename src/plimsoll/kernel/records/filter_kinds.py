"""The kinds of filters that lists have, each with the form field that reads its parameter. They know no record type.

A filter reads its parameters with a form field that asks no database, so that a bad value is a sentence and a good one costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import teams_of
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.customs import Custom
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.register.models import BIGGEST_NUMBER, Card

MOST_VALUES = 100
EMPTY = "none"
ME = "me"
MINE = "mine"


class Query(Protocol):
    """What is read of a request's parameters: Django's QueryDict, or anything alike."""

    def __iter__(self) -> Any: ...
    def getlist(self, key: str) -> list[Any]: ...


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


class DueFilter(ManyFilter):
    """By how far off a day is that somebody has to keep: past, within thirty days, within ninety. Any of several, or no day at all."""

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        name, today = str(self.field_name), localdate()
        meant = {"past": Q(**{f"{name}__lt": today}), EMPTY: Q(**{f"{name}__isnull": True})}
        meant |= {days: Q(**{f"{name}__gte": today, f"{name}__lte": today + timedelta(days=int(days))}) for days in ("30", "90")}
        return qs.filter(Q(*[meant[one] for one in value], _connector=Q.OR))


class TimeFilter(ManyFilter):
    """By what the clocks say: over, due within a day, standing still, or promised nothing. Any of several."""

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        moment = now()
        # Card and not the kind's table: the clocks are the register's, and a join would list a record once per clock.
        paused = Card.objects.filter(clocks__state="paused", clocks__is_internal=False).values("pk")
        has_cover = any(f.name == "covered_by" for f in qs.model._meta.fields)  # else what has no clock is promised nothing
        meant = {
            "over": Q(due_at__lt=moment),
            "soon": Q(due_at__gte=moment, due_at__lt=moment + timedelta(days=1)),
            "paused": Q(pk__in=paused),
            "uncovered": Q(covered_by__isnull=True) if has_cover else Q(card__clocks__isnull=True),
        }
        return qs.filter(Q(*[meant[one] for one in value], _connector=Q.OR))
