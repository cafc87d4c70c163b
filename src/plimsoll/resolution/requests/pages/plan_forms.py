"""The forms in which the pieces of a version are drafted: a question, a step, a task, and what is promised and shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.pages.forms import SpanField
from plimsoll.agreements.levels.queries import frozen_hours
from plimsoll.agreements.levels.rules import write_span
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.ui.forms_derived import ReferenceField
from plimsoll.kernel.ui.numbers import NumberField
from plimsoll.resolution.requests.models import RequestModel
from plimsoll.resolution.requests.plan import (
    CHOICE,
    CHOICES,
    COST,
    KINDS,
    NUMBER,
    Comparison,
    Condition,
    Field,
    Plan,
    Step,
    TaskPlan,
    free_key,
    possible,
)
from plimsoll.resolution.requests.words import HOW, KIND_LABELS, PER

TESTS = 3  # comparisons of a condition that the form offers
PEOPLE = 5  # people of a step that the form offers
AS_IT_IS = "kept"


class ConditionForm(forms.Form):
    """Shared: a condition on answers that stand before."""

    when_label = gettext_lazy("Only when")

    def __init__(self, *args: Any, plan: Plan, at: int | None, person: Person, **kwargs: Any) -> None:
        self.plan, self.at = plan, at
        super().__init__(*args, **kwargs)

    def add_condition(self, earlier: list[Field], kept: Condition) -> None:
        """The fields of a condition, with what it says now."""
        if not earlier:
            return
        choices = [("", _("always")), *((f.key, f.label) for f in earlier)]
        for n in range(TESTS):
            test = kept.tests[n] if n < len(kept.tests) else None
            label = self.when_label if n == 0 else _("and when")
            self.fields[f"when_{n}"] = forms.ChoiceField(
                label=label, required=False, choices=choices if n == 0 else [("", "–"), *choices[1:]], initial=test.field if test else ""
            )
            self.fields[f"how_{n}"] = forms.ChoiceField(
                label=_("its answer") if n == 0 else _("its answer (%(n)d)") % {"n": n + 1},
                required=False,
                choices=list(HOW.items()),
                initial=test.how if test else "is",
            )
            self.fields[f"value_{n}"] = forms.CharField(
                label=_("this") if n == 0 else _("this (%(n)d)") % {"n": n + 1}, required=False, max_length=200, initial=test.value if test else ""
            )
        self.fields["joined"] = forms.ChoiceField(
            label=_("Several of these"),
            required=False,
            choices=[("all", _("must all hold")), ("any", _("one of them is enough"))],
            initial="any" if kept.is_any else "all",
        )

    def condition(self) -> Condition:
        data = self.cleaned_data
        tests = [
            Comparison(data[f"when_{n}"], data.get(f"how_{n}") or "is", data[f"value_{n}"].strip()) for n in range(TESTS) if data.get(f"when_{n}")
        ]
        return Condition(tuple(tests), data.get("joined") == "any")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(TESTS):
            if data.get(f"when_{n}") and not (data.get(f"value_{n}") or "").strip():
                self.add_error(f"value_{n}", _("Say with what the answer is compared."))
                continue
            asked = self.plan.field_named(data.get(f"when_{n}") or "")
            test = Comparison(data.get(f"when_{n}") or "", data.get(f"how_{n}") or "is", data.get(f"value_{n}") or "")
            if asked is not None and not possible(asked, test):
                offered = ", ".join(asked.choices) or _("yes, no")
                said = _("“%(value)s” is not among the answers to “%(label)s”: %(offered)s.")
                self.add_error(f"value_{n}", said % {"value": test.value, "label": asked.label, "offered": offered})
        return data


class FieldForm(ConditionForm):
    """A question of the form."""

    when_label = gettext_lazy("Shown only when")
    label_text = forms.CharField(label=gettext_lazy("Question"), max_length=150)
    kind = forms.ChoiceField(label=gettext_lazy("What is answered"), choices=[(k, KIND_LABELS[k]) for k in KINDS])
    is_required = forms.BooleanField(label=gettext_lazy("It must be answered"), required=False)
    help = forms.CharField(label=gettext_lazy("Hint"), required=False, max_length=300)
    choices_text = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One a line; for questions that are answered by choosing."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.plan.fields[self.at] if self.at is not None else None
        if kept is not None:
            given = {"label_text": kept.label, "kind": kept.kind, "is_required": kept.is_required, "help": kept.help}
            self.initial.update(given, choices_text="\n".join(kept.choices))
        earlier = list(self.plan.fields[: self.at] if self.at is not None else self.plan.fields)
        self.add_condition(earlier, kept.shown if kept else Condition())

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("kind") in (CHOICE, CHOICES) and len(self._choices()) < 2:
            self.add_error("choices_text", _("Write at least two choices, one a line."))
        return data

    def _choices(self) -> tuple[str, ...]:
        lines = (line.strip()[:150] for line in self.cleaned_data.get("choices_text", "").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def piece(self) -> Field:
        data = self.cleaned_data
        label = data["label_text"].strip()
        key = self.plan.fields[self.at].key if self.at is not None else free_key(label, [f.key for f in self.plan.fields])
        choices = self._choices() if data["kind"] in (CHOICE, CHOICES) else ()
        return Field(key, label, data["kind"], data["is_required"], data["help"].strip(), choices, self.condition())


class StepForm(forms.Form):
    """A step of the approval: who, how many of them, and from which amount on."""

    name = forms.CharField(label=gettext_lazy("Name of the step"), max_length=120, help_text=gettext_lazy("Customers read it: “Your manager”."))

    def __init__(self, *args: Any, plan: Plan, at: int | None, person: Person, **kwargs: Any) -> None:
        self.plan, self.at = plan, at
        kept = plan.steps[at] if at is not None else None
        super().__init__(*args, **kwargs)
        for n in range(PEOPLE):
            self.fields[f"person_{n}"] = ReferenceField(
                Person,
                person,
                label=_("Person %(n)d") % {"n": n + 1},
                required=False,
                initial=kept.people[n] if kept and n < len(kept.people) else None,
            )
        self.fields["team"] = ReferenceField(Team, person, label=_("Or anybody of the team"), required=False, initial=kept.team if kept else None)
        self.fields["word"] = forms.CharField(
            label=_("Or whoever may say the word"),
            required=False,
            max_length=80,
            initial=kept.word if kept else "",
            help_text=_("An authority as roles have it, such as request:approve."),
        )
        self.fields["is_line"] = forms.BooleanField(
            label=_("Or whoever decides for the customer who orders"), required=False, initial=bool(kept and kept.is_line)
        )
        self.fields["needed"] = forms.IntegerField(
            label=_("How many of them must say yes"), min_value=1, max_value=20, initial=kept.needed if kept else 1
        )
        numbers = [(f.key, f.label) for f in plan.fields if f.kind == NUMBER]
        self.fields["at_least"] = NumberField(
            label=_("Asked only from this amount on"),
            required=False,
            min_value=0,
            max_digits=12,
            decimal_places=2,
            initial=kept.at_least if kept else None,
            help_text=_("Left empty, it is always asked."),
        )
        self.fields["amount"] = forms.ChoiceField(
            label=_("The amount is"),
            required=False,
            choices=[(COST, _("the cost")), *((key, _("the answer to “%(label)s”") % {"label": label}) for key, label in numbers)],
            initial=kept.amount if kept else COST,
        )
        if kept is not None:
            self.initial["name"] = kept.name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (self._people() or data.get("team") or data.get("word") or data.get("is_line")):
            self.add_error("person_0", _("Say who decides: people, a team, holders of a word, or whoever decides for the customer."))
        elif self._people() and not (data.get("team") or data.get("word") or data.get("is_line")) and (data.get("needed") or 1) > len(self._people()):
            self.add_error("needed", _("More must say yes than are named."))
        return data

    def _people(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(pk for n in range(PEOPLE) if (pk := self.cleaned_data.get(f"person_{n}")) is not None))

    def piece(self) -> Step:
        data = self.cleaned_data
        return Step(
            data["name"].strip(),
            data["needed"],
            self._people(),
            data.get("team"),
            data["word"].strip(),
            data["is_line"],
            data["at_least"],
            data["amount"] or COST,
        )


class TaskForm(ConditionForm):
    """A task of the fulfilment."""

    when_label = gettext_lazy("Needed only when")
    title = forms.CharField(label=gettext_lazy("What is done"), max_length=150)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, person=person, **kwargs)
        kept = self.plan.tasks[self.at] if self.at is not None else None
        last = max((t.stage for t in self.plan.tasks), default=0)
        self.fields["team"] = ReferenceField(Team, person, label=_("By which team"), initial=kept.team if kept else None)
        self.fields["stage"] = forms.IntegerField(
            label=_("Stage"),
            min_value=1,
            max_value=40,
            initial=kept.stage if kept else last + 1,
            help_text=_("Tasks of one stage run beside each other. A stage begins when all before it are done."),
        )
        self.fields["within"] = SpanField(
            label=_("Within"),
            initial=write_span(kept.within) if kept and kept.within else "",
            help_text=_("Time of service hours, such as 4 h. Left empty, it has no target."),
        )
        self.fields["instructions"] = forms.CharField(
            label=_("How it is done"),
            required=False,
            max_length=5000,
            widget=forms.Textarea(attrs={"rows": 5}),
            initial=kept.instructions if kept else "",
        )
        if kept is not None:
            self.initial["title"] = kept.title
        self.add_condition(list(self.plan.fields), kept.needed if kept else Condition())

    def piece(self) -> TaskPlan:
        data = self.cleaned_data
        title = data["title"].strip()
        key = self.plan.tasks[self.at].key if self.at is not None else free_key(title, [t.key for t in self.plan.tasks])
        return TaskPlan(key, title, data["team"], data["stage"], data["within"], data["instructions"].strip(), self.condition())


class BasicsForm(forms.Form):
    """What is promised and shown, with whom orders lie, and how long an access lasts."""

    within = SpanField(
        label=gettext_lazy("Promised within"), help_text=gettext_lazy("Time of service hours, such as 16 h. Left empty, nothing is promised.")
    )
    hours = forms.ChoiceField(label=gettext_lazy("In which service hours"), required=False)
    cost = NumberField(label=gettext_lazy("Cost shown"), required=False, min_value=0, max_digits=12, decimal_places=2)
    currency = forms.RegexField(r"^[A-Z]{3}$", label=gettext_lazy("Currency"), initial="EUR", help_text=gettext_lazy("Three letters, such as EUR."))
    per = forms.ChoiceField(label=gettext_lazy("Paid"), choices=list(PER.items()))

    def __init__(self, *args: Any, plan: Plan, model: RequestModel, **kwargs: Any) -> None:
        self.kept = plan
        self.calendars = {str(c.pk): c for c in Calendar.objects.filter(tenant=model.tenant_id).order_by("-is_default", "name")}
        super().__init__(*args, **kwargs)
        same = next((pk for pk, c in self.calendars.items() if frozen_hours(c) == dict(plan.hours)), "")
        choices = [("", "–"), *((pk, c.name) for pk, c in self.calendars.items())]
        if plan.hours and not same:
            choices.insert(1, (AS_IT_IS, _("%(name)s, as they were") % {"name": plan.hours.get("name", "")}))
        self.fields["hours"].choices = choices  # type: ignore[attr-defined]
        usual = next((pk for pk, c in self.calendars.items() if c.is_default), "")
        given = {
            "within": write_span(plan.within) if plan.within else "",
            "hours": same or (AS_IT_IS if plan.hours else usual),
            "cost": plan.cost,
            "currency": plan.currency,
            "per": plan.per,
        }
        self.initial.update(given)
        teams = Team.objects.filter(tenant=model.tenant_id, is_active=True).order_by("name")
        self.fields["team"] = forms.ChoiceField(
            label=_("The team with which orders lie"),
            required=False,
            choices=[("", "–"), *((str(t.pk), t.name) for t in teams[:500])],
            initial=str(plan.team or ""),
        )
        if model.type == "access":
            for name, label in (("access_days", _("Usual time of the access, days")), ("access_longest", _("Longest time of the access, days"))):
                self.fields[name] = forms.IntegerField(
                    label=label, required=False, min_value=1, max_value=3650, initial=getattr(plan, name), help_text=_("Left empty: without an end.")
                )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("within") and not data.get("hours"):
            self.add_error("hours", _("Choose the service hours in which the promised time runs."))
        return data

    def plan(self) -> Plan:
        data = self.cleaned_data
        chosen = self.calendars.get(data["hours"])
        within: timedelta | None = data["within"]
        hours = dict(self.kept.hours) if data["hours"] == AS_IT_IS else frozen_hours(chosen) if chosen is not None else {}
        return Plan(
            self.kept.fields,
            self.kept.steps,
            self.kept.tasks,
            within,
            hours,
            data["cost"],
            data["currency"],
            data["per"],
            data.get("access_days"),
            data.get("access_longest"),
            int(data["team"]) if data["team"] else None,
        )
