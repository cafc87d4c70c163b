"""The form in which something is ordered, made from a version's fields. It checks with the same rules as the API and the writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.customs import live_customs
from plimsoll.kernel.ui.forms_derived import EXTRA, ReferenceField, custom_field
from plimsoll.resolution.requests.answering import LONGEST_LONG, LONGEST_TEXT, PREFIX, answered
from plimsoll.resolution.requests.plan import CHOICE, CHOICES, DATE, LONG, NUMBER, PERSON, YES_NO, Field, Plan, write_condition

NAME = "answer-"


class OrderForm(forms.Form):
    """The questions of a version; for our own people also for whom it is."""

    def __init__(self, *args: Any, plan: Plan, person: Person, is_inside: bool = False, has_note: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        if is_inside:
            self.fields["requester"] = ReferenceField(
                Person, person, label=_("For whom"), required=False, help_text=_("Left empty, it is for yourself.")
            )
        for asked in plan.fields:
            made = _field(asked, person)
            made.required = False  # what is missing is said by the same rules as everywhere, which know what is hidden
            made.is_asked = asked.is_required  # type: ignore[attr-defined]
            self.fields[f"{NAME}{asked.key}"] = made
        if has_note:
            assert person.tenant is not None
            for custom in live_customs(person.tenant, "request"):  # fields of the organisation's own, beside what the thing itself asks
                if is_inside or custom.is_public:
                    self.fields[f"{EXTRA}{custom.name}"] = custom_field(custom, person, required=False)
            self.fields["description"] = forms.CharField(
                label=_("Anything else we should know"), required=False, max_length=LONGEST_LONG, widget=forms.Textarea(attrs={"rows": 3})
            )

    def conditions(self) -> str:
        """What the browser needs to show and hide: in the order of the form, each field's condition by its name."""
        rows = [{"name": f"{NAME}{f.key}", "key": f.key, "kind": f.kind, "shown": write_condition(f.shown)} for f in self.plan.fields]
        return json.dumps(rows)

    def answers(self) -> dict[str, Any]:
        """The answers as typed, for `order`."""
        return {f.key: self.cleaned_data.get(f"{NAME}{f.key}") for f in self.plan.fields if f"{NAME}{f.key}" in self.cleaned_data}

    def extra(self) -> dict[str, Any]:
        """The values of custom fields, for `order`."""
        return {name.removeprefix(EXTRA): value for name, value in self.cleaned_data.items() if name.startswith(EXTRA)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.faulty([f for f in answered(self.plan, self.answers()).faults if f"{NAME}{f.field.removeprefix(PREFIX)}" not in self.errors])
        return data

    def faulty(self, faults: Any) -> None:
        """Put faults of a refused write where they can be read."""
        for fault in faults:
            name = f"{NAME}{fault.field.removeprefix(PREFIX)}" if fault.field.startswith(PREFIX) else fault.field
            self.add_error(name if name in self.fields else None, fault.sentence)


def initial_answers(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Kept answers as a form starts with them."""
    return {f"{NAME}{key}": ("yes" if value else "no") if isinstance(value, bool) else value for key, value in answers.items()}


def _field(asked: Field, person: Person) -> forms.Field:
    common: dict[str, Any] = {"label": asked.label, "help_text": asked.help}
    if asked.kind == CHOICE:
        return forms.ChoiceField(choices=[("", "–"), *((c, c) for c in asked.choices)], **common)
    if asked.kind == CHOICES:
        return forms.MultipleChoiceField(choices=[(c, c) for c in asked.choices], widget=forms.CheckboxSelectMultiple, **common)
    if asked.kind == YES_NO:
        return forms.ChoiceField(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))], **common)
    if asked.kind == NUMBER:
        return forms.CharField(max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
    if asked.kind == DATE:
        return forms.CharField(max_length=10, widget=forms.DateInput(attrs={"type": "date"}), **common)
    if asked.kind == PERSON:
        return ReferenceField(Person, person, **common)
    if asked.kind == LONG:
        return forms.CharField(max_length=LONGEST_LONG, widget=forms.Textarea(attrs={"rows": 4}), **common)
    return forms.CharField(max_length=LONGEST_TEXT, **common)


__all__ = ["NAME", "OrderForm", "initial_answers"]
