"""The form of the first visit. It writes nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.identity.fields import zones
from plimsoll.kernel.identity.models import Person

DAYS = (
    ("mon", _("Monday")),
    ("tue", _("Tuesday")),
    ("wed", _("Wednesday")),
    ("thu", _("Thursday")),
    ("fri", _("Friday")),
    ("sat", _("Saturday")),
    ("sun", _("Sunday")),
)
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
PRESETS: dict[str, dict[str, list[list[str]]]] = {
    "office": {day: [["08:00", "18:00"]] for day in WORKDAYS},
    "extended": {**{day: [["07:00", "20:00"]] for day in WORKDAYS}, "sat": [["08:00", "14:00"]]},
    "always": {day: [["00:00", "24:00"]] for day, _label in DAYS},
}


def read_intervals(text: str) -> list[list[str]]:
    """ "08:00-12:00, 13:00-18:00" as [["08:00", "12:00"], ["13:00", "18:00"]]. Raises ValueError when a part is not two times."""
    intervals = []
    for part in text.replace("–", "-").replace(";", ",").split(","):
        if part.strip():
            start, dash, end = (p.strip() for p in part.partition("-"))
            if not dash:
                raise ValueError(part.strip())
            intervals.append([start.zfill(5), end.zfill(5)])
    return intervals


class SetupForm(forms.Form):
    """Code, administrator, organisation, hours."""

    code = forms.CharField(
        label=_("Set-up code"),
        max_length=40,
        help_text=_("The command that started Plimsoll printed it; it also stands in the data folder."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("Work e-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters; several words are easy to keep."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )
    password_again = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True)
    )
    organization = forms.CharField(
        label=_("Name of the organisation that provides the services"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    timezone = forms.ChoiceField(label=_("Time zone"), choices=lambda: [(z, z.replace("_", " ")) for z in zones()], initial="Europe/London")
    hours = forms.ChoiceField(
        label=_("Service hours"),
        initial="office",
        choices=(
            ("office", _("Office hours: Monday to Friday, 08:00 to 18:00")),
            ("extended", _("Extended: Monday to Friday 07:00 to 20:00, Saturday 08:00 to 14:00")),
            ("always", _("Around the clock")),
            ("own", _("As written below")),
        ),
    )

    registers_product = forms.BooleanField(
        label=_("Enter Plimsoll in the register of tools"),
        required=False,
        initial=True,
        help_text=_("The service management plan names the tools that support it. You answer for it until you name somebody else."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, label in DAYS:
            self.fields[f"week_{day}"] = forms.CharField(
                label=label,
                required=False,
                max_length=120,
                initial="08:00-12:00, 13:00-18:00" if day in WORKDAYS else "",
                help_text=_("Several intervals are parted by commas. Empty means closed. The day ends at 24:00.") if day == "mon" else "",
            )

    def groups(self) -> list[dict[str, Any]]:
        """The fields under their headings."""
        names = {
            _("Proof"): ["code"],
            _("You, the administrator"): ["name", "email", "password", "password_again"],
            _("The organisation"): ["organization", "timezone", "hours", "registers_product"],
            _("Your own week, if none of these fits"): [f"week_{d}" for d, _l in DAYS],
        }
        return [{"title": title, "fields": [self[n] for n in fields]} for title, fields in names.items()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("password_again") and data["password"] != data["password_again"]:
            self.add_error("password_again", _("The two passwords differ."))
        elif data.get("password"):
            try:
                validate_password(data["password"], Person(name=data.get("name", ""), email=data.get("email")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        if data.get("hours") in PRESETS:
            data["week"] = PRESETS[data["hours"]]
        elif data.get("hours") == "own":
            data["week"] = self._own_week(data)
        return data

    def _own_week(self, data: dict[str, Any]) -> dict[str, list[list[str]]]:
        week: dict[str, list[list[str]]] = {}
        for day, _label in DAYS:
            try:
                intervals = read_intervals(data.get(f"week_{day}", ""))
                ServiceHours.from_dict({"timezone": "UTC", "week": {day: intervals}})
            except ValueError:
                self.add_error(
                    f"week_{day}", _("Write the times as 08:00-12:00, 13:00-18:00; each must end after it begins, at 24:00 at the latest.")
                )
                continue
            if intervals:
                week[day] = intervals
        if not week and not self.errors:
            self.add_error("hours", _("The service is open at no time. Write the hours of at least one day."))
        return week
