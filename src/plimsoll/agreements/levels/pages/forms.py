"""The form in which the terms of a version are drafted: services, hours, targets, what pauses, limits. It reads and writes `Terms`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.levels.queries import frozen_hours
from plimsoll.agreements.levels.rules import (
    CONTRACT,
    PRIORITIES,
    SLA,
    USUAL_PAUSES,
    ShareTarget,
    Target,
    Terms,
    Workload,
    read_span,
    write_span,
)
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.targets.rules import MEASURES
from plimsoll.kernel.targets.words import priority_name
from plimsoll.kernel.ui.numbers import NumberField
from plimsoll.kernel.workflow import Workflow
from plimsoll.portfolio.services.models import Service

ROWS = (None, *PRIORITIES)  # None: every priority without a target of its own
SHARES, OTHERS = 4, 3  # empty rows that are offered below those there are
MOST_TYPED = 60
MOST_OFFERED = 500
WHEN = (("", gettext_lazy("the service hours")), ("1", gettext_lazy("the second hours")))
MEASURE_LABELS = {"respond": gettext_lazy("First response"), "resolve": gettext_lazy("Resolved"), "close": gettext_lazy("Closed")}
HOW = (("", gettext_lazy("runs on")), ("message", gettext_lazy("stands still once a message was sent")), ("always", gettext_lazy("stands still")))
AS_IT_IS = "kept"  # the hours that the version has, when no calendar of today is like them


class SpanField(forms.CharField):
    """Worked time as people write it: "30 min", "4 h"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=30, **kwargs)

    def clean(self, value: Any) -> timedelta | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_span(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


def row_label(priority: int | None) -> str:
    return _("Every other priority") if priority is None else _("%(name)s (%(n)d)") % {"name": priority_name(priority), "n": priority}


class TermsForm(forms.Form):
    """The terms of one version of an agreement."""

    has_commitment = forms.BooleanField(label=gettext_lazy("Something is promised"), required=False)
    exceptions = forms.CharField(
        label=gettext_lazy("Exceptions"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("When the targets do not hold, in words."),
    )

    def __init__(self, *args: Any, agreement: Agreement, person: Person, flow: Workflow, terms: Terms | None = None, **kwargs: Any) -> None:
        self.agreement, self.kept = agreement, terms
        self.calendars = {str(c.pk): c for c in Calendar.objects.filter(tenant=agreement.tenant).order_by("-is_default", "name")}
        self.is_sla = agreement.type == SLA
        self.waiting = [s for s in flow.states if s.category == "waiting" and not (agreement.type == SLA and s.name == "waiting_supplier")]
        kwargs.setdefault("initial", _initial(terms, self.calendars, is_sla=agreement.type == SLA))
        super().__init__(*args, **kwargs)
        services: Any = Service.objects.visible_to(person)
        there = terms.services if terms is not None else frozenset[int]()
        offered = list(services.exclude(pk__in=there).exclude(state__in=("retired", "rejected")).order_by("title")[:MOST_OFFERED])
        offered = sorted([*services.filter(pk__in=there), *offered], key=lambda s: (s.title, s.pk))
        choices = [(str(s.pk), f"{s.title} (SVC-{s.number})") for s in offered]
        # What has no box because the editor may not see it stays as it is.
        self.hidden = there - {s.pk for s in offered}
        self.fields["services"] = forms.MultipleChoiceField(
            label=_("Services"),
            required=False,
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            help_text=self._about_services(),
        )
        self.fields["hours"] = forms.ChoiceField(
            label=_("Service hours in which the clocks run"),
            required=False,
            choices=[("", "–"), *self._kept_hours("hours")],
            help_text=_("They are written into the version: a later change of these hours does not change what was agreed."),
        )
        for measure in MEASURES:
            for priority in ROWS:
                self.fields[target_name(measure, priority)] = SpanField(label=f"{MEASURE_LABELS[measure]}, {row_label(priority)}")
        for priority in ROWS:
            self.fields[f"most-{priority or 'any'}"] = forms.IntegerField(
                label=_("Most a month, %(row)s") % {"row": row_label(priority)}, required=False, min_value=1, max_value=10_000_000
            )
        self.fields["second_hours"] = forms.ChoiceField(
            label=_("Second hours"),
            required=False,
            choices=[("", _("none")), *self._kept_hours("second_hours")],
            help_text=_("For targets that are counted in other hours than the rest, such as around the clock or on stand-by."),
        )
        self.fields["is_standby"] = forms.BooleanField(
            label=_("They are a stand-by: targets in them hold only for what is opened outside the service hours"), required=False
        )
        offered_teams = self._teams()
        teams = [("", _("any team")), *offered_teams]
        priorities = [("", _("All")), *((str(p), row_label(p)) for p in PRIORITIES)]
        given = args[0] if args and args[0] is not None else {}
        special = [t for t in terms.targets if t.is_special] if terms is not None else []
        self.others = _rows_typed(given, "other") or len(special) + OTHERS
        self.shares = _rows_typed(given, "share") or max(SHARES, len(terms.shares if terms is not None else ()) + 2)
        for n in range(self.others):
            self.fields[f"other-{n}-measure"] = forms.ChoiceField(
                label=_("Other target %(n)d, of what") % {"n": n + 1}, required=False, choices=[("", "–"), *MEASURE_LABELS.items()]
            )
            self.fields[f"other-{n}-within"] = SpanField(label=_("Other target %(n)d, within") % {"n": n + 1})
            self._whose(f"other-{n}", _("Other target %(n)d") % {"n": n + 1}, priorities, teams)
        for n in range(self.shares):
            self._whose(f"share-{n}", _("Share %(n)d") % {"n": n + 1}, priorities, teams)
            self.fields[f"share-{n}-percent"] = NumberField(
                label=_("Share %(n)d, percent") % {"n": n + 1}, required=False, min_value=1, max_value=100, decimal_places=2
            )
            self.fields[f"share-{n}-measure"] = forms.ChoiceField(
                label=_("Share %(n)d, of what") % {"n": n + 1}, required=False, choices=[("", "–"), *MEASURE_LABELS.items()]
            )
            self.fields[f"share-{n}-within"] = SpanField(label=_("Share %(n)d, within") % {"n": n + 1})
        for state in self.waiting:
            self.fields[f"pause-{state.name}"] = forms.ChoiceField(label=state.label, required=False, choices=HOW)
        if agreement.type != SLA:
            self.fields["teams"] = forms.MultipleChoiceField(
                label=_("Runs while one of these teams has it"),
                required=False,
                choices=offered_teams,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("It runs while a record waits for a supplier, whichever that is, and while one of these teams has it.")
                if agreement.type == CONTRACT
                else "",
            )

    # What the page shows

    def target_rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The grid: a row for each priority, a cell for each measure, and the limit of the month."""
        return [(row_label(p), [*(self[target_name(m, p)] for m in MEASURES), self[f"most-{p or 'any'}"]]) for p in (*PRIORITIES, None)]

    def target_heads(self) -> list[Any]:
        return [*MEASURE_LABELS.values(), _("Holds up to, a month")]

    def _whose(self, row: str, name: str, priorities: list[tuple[str, Any]], teams: list[tuple[str, Any]]) -> None:
        """The fields that say for which records a row holds."""
        self.fields[f"{row}-priority"] = forms.ChoiceField(label=_("%(row)s, priority") % {"row": name}, required=False, choices=priorities)
        self.fields[f"{row}-team"] = forms.ChoiceField(label=_("%(row)s, while with") % {"row": name}, required=False, choices=teams)
        self.fields[f"{row}-second"] = forms.ChoiceField(label=_("%(row)s, counted in") % {"row": name}, required=False, choices=WHEN)

    def _about_services(self) -> str:
        if not self.hidden:
            return _("None chosen: every service that is delivered to them.") if self.is_sla else _("None chosen: every service.")
        return ngettext(
            "%(n)d more service that you may not see belongs to it, and stays.",
            "%(n)d more services that you may not see belong to it, and stay.",
            len(self.hidden),
        ) % {"n": len(self.hidden)}

    def _teams(self) -> list[tuple[str, str]]:
        """The teams to choose from, and those of this version that are no longer active."""
        named = self.kept.teams | {row.team for row in self.kept.promised() if row.team is not None} if self.kept is not None else frozenset[int]()
        rows = Team.objects.filter(tenant=self.agreement.tenant)
        active = rows.filter(is_active=True).exclude(pk__in=named).order_by("name")[:MOST_OFFERED]
        return [(str(t.pk), t.name) for t in sorted([*rows.filter(pk__in=named), *active], key=lambda t: (t.name, t.pk))]

    def _kept_hours(self, name: str) -> list[tuple[str, Any]]:
        """The calendars to choose from, and the hours of this version when none of today is like them."""
        hours: list[tuple[str, Any]] = [(pk, str(c)) for pk, c in self.calendars.items()]
        kept = dict(getattr(self.kept, name)) if self.kept is not None else {}
        if kept and not _calendar_like(kept, self.calendars):
            hours.insert(0, (AS_IT_IS, _("%(name)s, as they were") % {"name": kept.get("name", _("The hours of this version"))}))
        return hours

    def share_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"share-{n}-{part}"] for part in ("percent", "measure", "within", "priority", "team", "second")] for n in range(self.shares)]

    def other_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"other-{n}-{part}"] for part in ("measure", "within", "priority", "team", "second")] for n in range(self.others)]

    def pause_fields(self) -> list[forms.BoundField]:
        return [self[f"pause-{state.name}"] for state in self.waiting]

    # What it means

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(self.others):
            parts = [data.get(f"other-{n}-{part}") for part in ("measure", "within")]
            is_special = data.get(f"other-{n}-team") or data.get(f"other-{n}-second")
            if any((*parts, is_special)) and not all(parts) and not any(name.startswith(f"other-{n}-") for name in self.errors):
                self.add_error(f"other-{n}-within", _("A target needs what it is of and the time. Fill in the row or empty it."))
            elif all(parts) and not is_special:
                self.add_error(f"other-{n}-team", _("Name a team or the second hours; what holds for all stands in the grid above."))
        for n in range(self.shares):
            parts = [data.get(f"share-{n}-{part}") for part in ("percent", "measure", "within")]
            if any(parts) and not all(parts) and not any(name.startswith(f"share-{n}-") for name in self.errors):
                self.add_error(f"share-{n}-percent", _("A share needs its percent, what it is of, and the time. Fill in the row or empty it."))
        return data

    def terms(self) -> Terms:
        """The terms as typed; call it when the form is valid."""
        data = self.cleaned_data
        targets = [
            Target(measure, priority, within)
            for measure in MEASURES
            for priority in ROWS
            if (within := data.get(target_name(measure, priority))) is not None
        ]
        targets += [
            Target(measure, within=data[f"other-{n}-within"], **self._for(f"other-{n}"))
            for n in range(self.others)
            if (measure := data.get(f"other-{n}-measure"))
        ]
        shares = [
            ShareTarget(data[f"share-{n}-measure"], within=data[f"share-{n}-within"], percent=float(percent), **self._for(f"share-{n}"))
            for n in range(self.shares)
            if (percent := data.get(f"share-{n}-percent")) is not None
        ]
        return Terms(
            has_commitment=data["has_commitment"],
            services=frozenset(int(pk) for pk in data["services"]) | self.hidden,
            hours=self._hours(data["hours"], "hours"),
            second_hours=self._hours(data["second_hours"], "second_hours"),
            is_standby=data["is_standby"] and bool(data["second_hours"]),
            targets=tuple(targets),
            shares=tuple(shares),
            workload=tuple(Workload(p, most) for p in ROWS if (most := data.get(f"most-{p or 'any'}")) is not None),
            pauses={s.name: how for s in self.waiting if (how := data.get(f"pause-{s.name}"))},
            teams=frozenset(int(pk) for pk in data.get("teams", ())),
            exceptions=data["exceptions"].strip(),
        )

    def _for(self, row: str) -> dict[str, Any]:
        """For which records a row holds."""
        data = self.cleaned_data
        numbers = {name: int(data[f"{row}-{name}"]) if data[f"{row}-{name}"] else None for name in ("priority", "team")}
        return {**numbers, "is_second": bool(data[f"{row}-second"])}

    def _hours(self, chosen: str, name: str) -> dict[str, Any]:
        if chosen == AS_IT_IS and self.kept is not None:
            return dict(getattr(self.kept, name))
        calendar = self.calendars.get(chosen)
        return frozen_hours(calendar) if calendar is not None else {}


def target_name(measure: str, priority: int | None) -> str:
    return f"{measure}-{priority or 'any'}"


def _rows_typed(data: Any, row: str) -> int:
    """How many rows a sent form has."""
    numbers = [int(number) for name in data if name.startswith(f"{row}-") and (number := name.split("-")[1]).isdecimal() and len(number) < 4]
    return min(max(numbers, default=-1) + 1, MOST_TYPED)


def _calendar_like(kept: Mapping[str, Any], calendars: dict[str, Calendar]) -> str:
    return next((pk for pk, calendar in calendars.items() if frozen_hours(calendar) == dict(kept)), "")


def _initial(terms: Terms | None, calendars: dict[str, Calendar], *, is_sla: bool) -> dict[str, Any]:
    if terms is None:
        usual = next((pk for pk, calendar in calendars.items() if calendar.is_default), "")
        return {"has_commitment": True, "hours": usual, **({f"pause-{s}": how for s, how in USUAL_PAUSES.items()} if is_sla else {})}
    found: dict[str, Any] = {
        "has_commitment": terms.has_commitment,
        "services": [str(pk) for pk in terms.services],
        "teams": [str(pk) for pk in terms.teams],
        "hours": _calendar_like(terms.hours, calendars) or (AS_IT_IS if terms.hours else ""),
        "second_hours": _calendar_like(terms.second_hours, calendars) or (AS_IT_IS if terms.second_hours else ""),
        "is_standby": terms.is_standby,
        "exceptions": terms.exceptions,
    }
    found |= {target_name(t.measure, t.priority): write_span(t.within) for t in terms.targets if not t.is_special}
    found |= {f"most-{w.priority or 'any'}": w.most for w in terms.workload}
    found |= {f"pause-{state}": how for state, how in terms.pauses.items()}
    for n, share in enumerate(terms.shares):
        found |= _initial_row(f"share-{n}", share) | {f"share-{n}-percent": f"{share.percent:g}"}
    for n, target in enumerate(t for t in terms.targets if t.is_special):
        found |= _initial_row(f"other-{n}", target)
    return found


def _initial_row(row: str, told: Target | ShareTarget) -> dict[str, Any]:
    return {
        f"{row}-measure": told.measure,
        f"{row}-within": write_span(told.within),
        f"{row}-priority": str(told.priority or ""),
        f"{row}-team": str(told.team or ""),
        f"{row}-second": "1" if told.is_second else "",
    }
