"""Settings of service hours: the week with several intervals a day, holidays, and holidays out of a published file."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.calendars.holiday_files import Found, read_holidays
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.calendars.operations import keep_calendar
from plimsoll.kernel.identity.fields import zones
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.site.desk.people_common import WordView, carry
from plimsoll.site.desk.settings_common import CHANNEL, Section, kept_or_404, settings_form, table_page, tenant_of

WORD = "settings:change"
DAYS = {
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}
LARGEST_FILE = 2_000_000
_INTERVAL = re.compile(r"(\d{1,2}:\d\d)\s*(?:-|–|to)\s*(\d{1,2}:\d\d)")


class CalendarForm(forms.Form):
    """Service hours as people type them: "08:00 to 12:00, 13:00 to 18:00"; an empty day is closed."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    yearly_holidays = forms.CharField(
        label=gettext_lazy("Closed every year on"), required=False, help_text=gettext_lazy("Month and day, such as 12-25, parted by spaces.")
    )
    holidays = forms.CharField(
        label=gettext_lazy("Closed on"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Days such as 2026-12-24, parted by spaces or lines."),
    )
    is_default = forms.BooleanField(label=gettext_lazy("Taken where nothing else is said"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].choices = [(zone, zone) for zone in zones()]  # type: ignore[attr-defined]
        for day, label in DAYS.items():
            self.fields[day] = forms.CharField(
                label=label,
                required=False,
                max_length=200,
                help_text=_("Such as 08:00 to 12:00, 13:00 to 18:00. 24:00 closes a day.") if day == "mon" else "",
            )
        self.order_fields(["name", "timezone", *DAYS, "yearly_holidays", "holidays", "is_default"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        week: dict[str, list[list[str]]] = {}
        for day in DAYS:
            text = str(data.pop(day, "") or "")
            pairs = _INTERVAL.findall(text)
            if re.sub(r"[\s,;]|and", "", _INTERVAL.sub("", text)):
                self.add_error(day, _("Write the hours as 08:00 to 12:00, 13:00 to 18:00."))
            week[day] = [[start.zfill(5), end.zfill(5)] for start, end in pairs]
        return {**data, "week": week, "holidays": _words(data.get("holidays")), "yearly_holidays": _words(data.get("yearly_holidays"))}


def _words(text: Any) -> list[str]:
    return re.split(r"[\s,;]+", str(text).strip()) if text and str(text).strip() else []


def _initial(calendar: Calendar) -> dict[str, Any]:
    week = {day: ", ".join(f"{start} to {end}" for start, end in calendar.week.get(day, [])) for day in DAYS}
    return {
        "name": calendar.name,
        "timezone": calendar.timezone,
        "is_default": calendar.is_default,
        "holidays": "\n".join(calendar.holidays),
        "yearly_holidays": " ".join(calendar.yearly_holidays),
        **week,
    }


def described(calendar: Calendar) -> str:
    """The hours in words, or what is wrong with them."""
    try:
        return calendar.hours().describe()
    except ValueError as error:
        return str(error)


class CalendarsPage(WordView):
    """`/settings/hours/`."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [
            [
                (c.name, f"/settings/hours/{c.pk}/"),
                (described(c), ""),
                (_("default") if c.is_default else "", ""),
                (_("Take holidays from a file"), f"/settings/hours/{c.pk}/holidays/"),
            ]
            for c in Calendar.objects.filter(tenant=tenant_of(self.person)).order_by("name")
        ]
        return table_page(
            request,
            _("Service hours"),
            [Section([_("Name"), _("Open"), _("Use"), _("Holidays")], rows, empty=_("No service hours yet."))],
            acts=[(_("New service hours"), "/settings/hours/new/", True)],
        )


class CalendarPage(WordView):
    """`/settings/hours/new/` and `/settings/hours/{id}/`."""

    word = WORD

    def get(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        kept = kept_or_404(Calendar, self.person, number)
        return self._page(request, CalendarForm(initial=_initial(kept) if kept else {"timezone": tenant_of(self.person).timezone}), kept)

    def post(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        kept = kept_or_404(Calendar, self.person, number)
        form = CalendarForm(request.POST)
        if form.is_valid():
            try:
                saved = keep_calendar(by=self.person, channel=CHANNEL, calendar=kept, **form.cleaned_data)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("Kept. Open: %(hours)s.") % {"hours": saved.hours().describe()})
                return HttpResponseRedirect("/settings/hours/")
        return self._page(request, form, kept)

    def _page(self, request: HttpRequest, form: forms.Form, kept: Calendar | None) -> HttpResponse:
        return settings_form(
            request,
            form,
            title=kept.name if kept else _("New service hours"),
            button=_("Save"),
            back="/settings/hours/",
            intro=_("Open now: %(hours)s.") % {"hours": described(kept)} if kept else "",
            more=[(_("Service hours"), "/settings/hours/")],
        )


class HolidayForm(forms.Form):
    """A published file of holidays."""

    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("A calendar (.ics), or the bank holidays of gov.uk (.json)."))
    since = forms.DateField(label=gettext_lazy("Only days from"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class HolidaysPage(WordView):
    """`/settings/hours/{id}/holidays/`: adds the days of a file to those that are there."""

    word = WORD

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._page(request, HolidayForm(), kept_or_404(Calendar, self.person, number))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        kept = kept_or_404(Calendar, self.person, number)
        form = HolidayForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                if form.cleaned_data["file"].size > LARGEST_FILE:
                    raise ValueError(_("The file is larger than %(n)d MB.") % {"n": LARGEST_FILE // 1_000_000})
                found = read_holidays(form.cleaned_data["file"].read())
                since: date | None = form.cleaned_data["since"]
                days = {day.isoformat() for day in found.days if since is None or day >= since}
                keep_calendar(
                    by=self.person,
                    channel=CHANNEL,
                    calendar=kept,
                    holidays={*kept.holidays, *days},
                    yearly_holidays={*kept.yearly_holidays, *found.yearly},
                )
            except Faulty as error:
                form.add_error(None, str(error))
            except ValueError as error:
                form.add_error("file", str(error))
            else:
                self._tell(request, kept, days, found)
                return HttpResponseRedirect(f"/settings/hours/{kept.pk}/")
        return self._page(request, form, kept)

    def _tell(self, request: HttpRequest, kept: Calendar, days: set[str], found: Found) -> None:
        new = len(days - set(kept.holidays)) + len(set(found.yearly) - set(kept.yearly_holidays))
        messages.success(request, _("%(n)d new holidays were taken from the file.") % {"n": new})
        for fault in found.faults[:10]:
            messages.warning(request, fault)

    def _page(self, request: HttpRequest, form: forms.Form, kept: Calendar) -> HttpResponse:
        return settings_form(
            request,
            form,
            title=_("Holidays from a file"),
            button=_("Take the holidays"),
            back="/settings/hours/",
            more=[(_("Service hours"), "/settings/hours/"), (kept.name, f"/settings/hours/{kept.pk}/")],
        )
