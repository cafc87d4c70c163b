"""The settings page of escalation: all rules on one page, kept together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.targets.keeping import keep_escalation_rules
from plimsoll.kernel.targets.models import EscalationRule
from plimsoll.kernel.targets.queries import escalation_rules, rules_kept, sign_of
from plimsoll.kernel.targets.rules import MEASURES, Rule
from plimsoll.kernel.targets.words import MEASURE_NAMES
from plimsoll.site.desk.people_common import WordView, choice
from plimsoll.site.desk.settings_common import CHANNEL, crumbs, tenant_of

WORD = "settings:change"
FIELDS = ("percent", "measure", "priority", "tell", "person", "give_to")


class EscalationForm(forms.Form):
    """One rule. Emptied of its percent it is left out."""

    percent = forms.IntegerField(label=gettext_lazy("At percent of the target"), min_value=1, max_value=300, required=False)
    measure = forms.ChoiceField(
        label=gettext_lazy("Of the time to"),
        required=False,
        choices=[("", gettext_lazy("whatever is promised")), *((m, MEASURE_NAMES[m]) for m in MEASURES)],
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("For priority"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("any")), ("1", "1"), *((str(p), gettext_lazy("1 to %(n)d") % {"n": p}) for p in (2, 3, 4, 5))],
    )
    tell = forms.MultipleChoiceField(label=gettext_lazy("Tell"), required=False, choices=EscalationRule.TELL, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = choice(by, Person, _("And also"), required=False)
        self.fields["give_to"] = choice(
            by, Team, _("Give it to the team"), required=False, help_text=_("It is then with nobody, until the team takes it.")
        )


class EscalationPage(WordView):
    """`/settings/escalation/`."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self._forms())

    def post(self, request: HttpRequest) -> HttpResponse:
        made = self._forms(request.POST)
        if all([form.is_valid() for form in made]):
            kept = [form for form in made if form.cleaned_data.get("percent")]
            rows = [{name: form.cleaned_data[name] for name in FIELDS} for form in kept]
            try:
                keep_escalation_rules(rows, by=self.person, channel=CHANNEL, seen=request.POST.get("seen"))
            except Faulty as error:
                if error.faults[0].field == "seen":
                    return self._page(request, made, 409, error.faults[0].sentence)
                for fault in error.faults:
                    place, _dot, name = fault.field.partition(".")
                    if name:
                        kept[int(place)].add_error(name, fault.sentence)
                    else:
                        messages.error(request, fault.sentence)
            else:
                messages.success(request, _("The rules are kept. They hold for everything that is open, from now on."))
                return HttpResponseRedirect("/settings/escalation/")
        return self._page(request, made, 422)

    def _forms(self, data: Any = None) -> list[EscalationForm]:
        """A form for each rule in force, and two more. What was sent says itself how many there were."""
        rules = sorted(escalation_rules(tenant_of(self.person)), key=lambda rule: rule.percent)
        count = len(rules) + 2
        if data is not None:
            count = max(count, len([name for name in data if name.endswith("-percent")][:60]))
        return [
            EscalationForm(data, by=self.person, prefix=f"r{n}", initial=_initial(rules[n]) if n < len(rules) else {"tell": []}) for n in range(count)
        ]

    def _page(self, request: HttpRequest, made: list[EscalationForm], status: int = 200, stale: str = "") -> HttpResponse:
        is_own = EscalationRule.objects.filter(tenant=tenant_of(self.person)).exists()
        context = {"rules": made, "is_own": is_own, "faulty": [f for f in made if f.is_bound and f.errors], "crumbs": crumbs((_("Escalation"), ""))}
        rules = rules_kept(tenant_of(self.person))
        # After a fault the form is still about the rules that were seen; once others were shown it is about those.
        context["seen"] = request.POST.get("seen", sign_of(rules)) if status == 422 else sign_of(rules)
        context |= {"stale": stale, "others": said_of(rules) if stale else []}
        return render(request, "desk/settings/escalation.html", context, status=status)


def said_of(rules: Sequence[Rule]) -> list[str]:
    """Rules in words, one a line."""
    people, teams = (
        dict(model.objects.filter(pk__in=[key for rule in rules if (key := getattr(rule, name))]).values_list("pk", "name"))
        for name, model in (("person", Person), ("give_to", Team))
    )
    told, lines = dict(EscalationRule.TELL), []
    for rule in sorted(rules, key=lambda each: each.percent):
        of_which = [str(MEASURE_NAMES[rule.measure])] if rule.measure else []
        of_which += [_("priority %(n)d and higher") % {"n": rule.priority}] if rule.priority else []
        whom = [str(told[word]) for word in rule.tell]
        whom += [people[rule.person]] if rule.person in people else []
        whom += [_("given to %(team)s") % {"team": teams[rule.give_to]}] if rule.give_to in teams else []
        lines.append(f"{rule.percent} %{' (' + ', '.join(of_which) + ')' if of_which else ''}: {', '.join(whom)}")
    return lines


def _initial(rule: Rule) -> dict[str, Any]:
    return {
        "percent": rule.percent,
        "measure": rule.measure,
        "priority": str(rule.priority or ""),
        "tell": list(rule.tell),
        "person": rule.person,
        "give_to": rule.give_to,
    }
