"""Forms made from declarations: Django's own form fields of the model's fields, choosers for what points elsewhere, custom fields after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.faults import Fault
from plimsoll.kernel.lib.text import plain, whole
from plimsoll.kernel.records.customs import Custom
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.ui.choosing import find_one, label_for
from plimsoll.kernel.ui.context import capital
from plimsoll.kernel.ui.forms import Chooser
from plimsoll.kernel.ui.numbers import NumberField

EXTRA = "extra."
LONG_ROWS = 6


class ReferenceField(forms.Field):
    """One thing that is chosen by a typed search; its value is the thing's number. Without script the exact name will do."""

    def __init__(self, model: type[models.Model], person: Person, *, is_for_work: bool = False, **kwargs: Any) -> None:
        self.model = model
        widget = Chooser(
            f"/choose/{model._meta.model_name}/{'?who=work' if is_for_work else ''}",
            label_of=lambda key: label_for(person, model, key) or str(key),
            find=lambda text: find_one(person, model, text, is_for_work=is_for_work) or text,
        )
        self.person = person
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> int | None:
        if value in (None, ""):
            if self.required:
                raise ValidationError(self.error_messages["required"])
            return None
        if isinstance(value, int):
            return value
        if (key := whole(value)) is None:
            raise ValidationError(
                _("There is no %(what)s called “%(text)s”, or there are several. Choose one from the list.")
                % {"what": self.model._meta.verbose_name, "text": str(value)[:60]}
            )
        return key

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial if initial is not None else "") != str(data if data is not None else "")


def _label_with(field: ReferenceField, stored: Any) -> Callable[[Any], str]:
    """Names what the record holds already whoever looks, and anything else only to those who may know it."""
    return lambda key: label_for(field.person, field.model, key, is_stored=str(key) == str(stored)) or str(key)


class LinesField(forms.CharField):
    """A list of words, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, list) else [line.strip() for line in (value or "").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"])

    def run_validators(self, value: Any) -> None:
        return

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class DerivedForm(forms.Form):
    """A form of a record. `faulty` puts the faults of a refused write at their fields; `stored` are the values that the record holds."""

    def __init__(self, *args: Any, stored: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": stored, **kwargs} if stored is not None else kwargs)
        for name, field in self.fields.items():
            key = (stored or {}).get(name)
            if isinstance(field, ReferenceField) and isinstance(field.widget, Chooser) and key is not None:
                field.widget.label_of = _label_with(field, key)

    def faulty(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            name = fault.field if fault.field in self.fields else None
            self.add_error(name, fault.sentence)

    def refused(self, reasons: Iterable[str]) -> None:
        """Put what the guards of a refused move miss at its fields; what no field of this form mends stands over it."""
        for reason in dict.fromkeys(reasons):
            self.faulty(getattr(reason, "faults", ()) or [Fault("", reason)])

    def values(self, names: Iterable[str] | None = None) -> dict[str, Any]:
        """The cleaned values as the writes take them: custom fields together under `extra`."""
        wanted = self.fields if names is None else names
        values = {n: v for n, v in self.cleaned_data.items() if n in wanted and not n.startswith(EXTRA) and n in self.declared}
        if extra := {n.removeprefix(EXTRA): v for n, v in self.cleaned_data.items() if n.startswith(EXTRA) and n in wanted}:
            values["extra"] = extra
        return values

    declared: frozenset[str] = frozenset()


def field_for(record_type: RecordType, name: str, person: Person) -> forms.Field:
    """The form field of a declared field."""
    field = record_type.model_field(name)
    label = capital(str(field.verbose_name))
    required = name in record_type.required
    if name in record_type.foreign:
        return ReferenceField(record_type.foreign[name], person, is_for_work=name == "owner", label=label, required=required)
    if isinstance(field, models.JSONField):
        made: forms.Field = LinesField(label=label, required=False, help_text=_("One a line.")) if field.default is list else forms.JSONField()
    elif isinstance(field, models.DateTimeField):
        made = forms.DateTimeField(
            widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        )
    elif isinstance(field, models.DateField):
        made = forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    else:
        made = field.formfield()  # type: ignore[assignment]
    if isinstance(made.widget, forms.Textarea):
        made.widget.attrs.setdefault("rows", LONG_ROWS)
    made.label, made.required = label, required
    made.widget.is_required = required
    return made


def custom_field(custom: Custom, person: Person, *, required: bool) -> forms.Field:
    """The form field of a custom field."""
    common: dict[str, Any] = {"label": custom.label, "required": required}
    if custom.type == "choice":
        return forms.ChoiceField(choices=[("", "–"), *((c, c) for c in custom.choices)], **common)
    if custom.type == "number":
        return NumberField(**common)
    if custom.type == "date":
        return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **common)
    if custom.type == "person":
        return ReferenceField(Person, person, **common)
    return forms.CharField(max_length=2000, **common)


def form_class(
    record_type: RecordType,
    person: Person,
    names: Iterable[str],
    customs: Mapping[str, Custom],
    *,
    state: str = "",
    is_inside: bool = True,
    with_organization: bool = False,
    follows: str = "",
    note: str = "",
    has_version: bool = False,
) -> type[DerivedForm]:
    """The form of some fields. `names` may hold custom fields as `extra.name`; `note` is "", "optional" or "required".

    `follows` names the field of the person whose organization it is when none is chosen.
    """
    fields: dict[str, forms.Field] = {}
    declared = []
    for name in names:
        if name in record_type.internal and not is_inside:
            continue
        if name.startswith(EXTRA):
            custom = customs.get(name.removeprefix(EXTRA))
            if custom is not None and not custom.is_retired:
                fields[name] = custom_field(custom, person, required=state in custom.required_in)
        elif name in record_type.fields:
            fields[name] = field_for(record_type, name, person)
            declared.append(name)
    if with_organization:
        whose = fields.get(follows)
        hint = _("Left empty: that of “%(field)s”, and ours if nobody is named there.") % {"field": whose.label} if whose is not None else ""
        fields["organization"] = ReferenceField(Organization, person, label=_("For which organisation"), required=whose is None, help_text=hint)
        if not record_type.requester:  # then it says what the record is: right below the title
            fields = {
                name: fields[name]
                for name in sorted(fields, key=lambda n: ("title", "organization").index(n) if n in ("title", "organization") else 2)
            }
    if note:
        fields["note"] = forms.CharField(
            label=_("Why") if note == "required" else _("Note"),
            required=note == "required",
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": _("Say why, in a sentence; it stands in the trail.")},
        )
    if has_version:
        fields["version"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
    return type(f"{record_type.kind.capitalize()}Form", (DerivedForm,), {**fields, "declared": frozenset(declared)})


def all_names(record_type: RecordType, customs: Mapping[str, Custom]) -> list[str]:
    """Every field that a form of a kind offers, title and long text first."""
    first = [n for n in ("title", record_type.body) if n]
    others = (n for n in record_type.fields if n not in first and n not in record_type.at_opening)
    return [*first, *others, *(f"{EXTRA}{c.name}" for c in customs.values() if not c.is_retired)]


def initial_of(record_type: RecordType, record: Record) -> dict[str, Any]:
    """The record's values as a form starts with them."""
    values = {n: getattr(record, f"{n}_id" if n in record_type.foreign else n) for n in record_type.fields}
    return values | {f"{EXTRA}{n}": v for n, v in record.extra.items()} | {"version": record.version}


def same_value(one: Any, other: Any) -> bool:
    """Whether two values are the same as the trail would write them; nothing and empty are one."""
    one, other = plain(one), plain(other)
    return one == other or (one in (None, "") and other in (None, "")) or (one is not None and other is not None and str(one) == str(other))
