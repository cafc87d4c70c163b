"""The settings pages of escalation: all rules in a table, each on a page of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.targets.keeping import keep_escalation_rules
from plimsoll.kernel.targets.models import EscalationRule
from plimsoll.kernel.targets.queries import rules_kept, sign_of
from plimsoll.kernel.targets.rules import MEASURES, STARTING_RULES, Rule
from plimsoll.kernel.targets.words import MEASURE_NAMES
from plimsoll.resolution.incidents.models import Incident
from plimsoll.site.desk.people_common import WordView, carry, choice
from plimsoll.site.desk.settings_common import CHANNEL, Section, crumbs, settings_form, table_page, tenant_of

WORD = "settings:change"
HERE = "/settings/escalation/"
NBSP = "\u00a0"
# What the kernel can't say, as it knows no rooms.
TELL = {**dict(EscalationRule.TELL), "answerable": gettext_lazy("The owner of the service, or of what was ordered")}


def _down_to(priority: int | None) -> str:
    """A priority of a rule and those above it."""
    names = {n: str(name) for n, name in Incident.PRIORITIES}
    if priority is None:
        return _("any")
    if priority == 1:
        return names[1]
    return (_("%(first)s and %(last)s") if priority == 2 else _("%(first)s to %(last)s")) % {"first": names[1], "last": names[priority]}


class EscalationForm(forms.Form):
    """One rule."""

    percent = forms.IntegerField(
        label=gettext_lazy("At this many percent of the promised time"),
        min_value=1,
        max_value=300,
        help_text=gettext_lazy("100 is the moment at which the promise is broken. A rule may come after it too, up to 300."),
    )
    measure = forms.ChoiceField(
        label=gettext_lazy("Of the time to"),
        required=False,
        choices=[("", gettext_lazy("whatever is promised")), *((m, MEASURE_NAMES[m]) for m in MEASURES)],
    )
    priority = forms.TypedChoiceField(label=gettext_lazy("For priority"), required=False, coerce=int, empty_value=None)
    tell = forms.MultipleChoiceField(
        label=gettext_lazy("Tell"),
        required=False,
        choices=tuple(TELL.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("At least one of these, somebody by name, or a team that takes it over."),
    )

    def __init__(self, *args: Any, by: Person, rule: Rule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"].choices = [("" if p is None else str(p), _down_to(p)) for p in (None, *dict(Incident.PRIORITIES))]  # type: ignore[attr-defined]
        for name in ("measure", "priority", "tell"):  # these always have an answer
            self.fields[name].is_asked = True  # type: ignore[attr-defined]
        # Whom the rule has already may stay when they went out of use since: else it could not be changed.
        person, team = (rule.person, rule.give_to) if rule else (None, None)
        self.fields["person"] = choice(by, Person, _("Tell somebody by name, too"), required=False, present=person)
        taken = _("It is then with nobody, until somebody of the team takes it.")
        self.fields["give_to"] = choice(by, Team, _("Give it to the team"), required=False, help_text=taken, present=team)

    def rule(self) -> Rule:
        said = self.cleaned_data
        person, team = said["person"], said["give_to"]
        return Rule(said["percent"], tuple(said["tell"]), said["measure"], said["priority"], person and person.pk, team and team.pk)


class EscalationPage(WordView):
    """`/settings/escalation/`: every rule in a row."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        tenant = tenant_of(self.person)
        rules = in_order(rules_kept(tenant))
        rows: list[list[tuple[Any, str]]] = []
        for rule, (share, measure, priority, told, team) in zip(rules, told_of(rules), strict=True):
            here = f"{HERE}{sign_of([rule])}/"
            rows.append(
                [
                    (share, here),
                    (measure, ""),
                    (priority, ""),
                    (told, ""),
                    (team, ""),
                    (_("Change"), here),
                    (_("Take out").replace(" ", NBSP), f"{here}remove/"),
                ]
            )
        intro = _(
            "Who is told when a share of a promised time is used up, and to whom it is given. Each share of each clock is escalated once. "
            "What Plimsoll notices more than a quarter of an hour late, because it was switched off, stands in the inbox and goes by no mail."
        )
        is_own = EscalationRule.objects.filter(tenant=tenant).exists()
        if not is_own:
            intro += " " + _("These are the rules that every organisation starts with. Changing one makes them yours.")
        heads = [_("At"), _("Of the time to"), _("For priority"), _("Told"), _("Given to"), _("Change"), _("Take out")]
        return table_page(
            request,
            _("Escalation"),
            [Section(heads, rows, empty=_("No rule: nobody is told, and nothing is given to another team."))],
            intro=intro,
            acts=[(_("New rule"), f"{HERE}new/", True), *([(_("Back to the rules as shipped…"), f"{HERE}shipped/", False)] if is_own else [])],
        )


class EscalationRulePage(WordView):
    """`/settings/escalation/new/` and `/settings/escalation/{sign}/`: one rule. It is known by what it says, so that changing it never
    changes another that somebody put in its place."""

    word = WORD

    def get(self, request: HttpRequest, sign: str = "") -> HttpResponse:
        rule = self._found(sign) if sign else None
        initial = {**asdict(rule), "priority": str(rule.priority or ""), "tell": list(rule.tell)} if rule else {"tell": []}
        return self._page(request, EscalationForm(by=self.person, rule=rule, initial=initial), rule)

    def post(self, request: HttpRequest, sign: str = "") -> HttpResponse:
        rules = rules_kept(tenant_of(self.person))
        old = next((rule for rule in rules if sign_of([rule]) == sign), None)
        form = EscalationForm(request.POST, by=self.person, rule=old)
        if not form.is_valid():
            return self._page(request, form, old)
        new = form.rule()
        if new in rules and (new == old or (sign and old is None)):
            messages.success(request, _("The rule stands as it is."))  # nothing was changed, or the button was pressed twice
            return HttpResponseRedirect(HERE)
        if new in rules:
            form.add_error(None, _("There is such a rule already."))
            return self._page(request, form, old)
        if sign and old is None:
            return self._stale(request, form, rules)
        try:
            keep([*(rule for rule in rules if rule is not old), new], rules, by=self.person)
        except Faulty as error:
            if error.faults[0].field == "seen":
                return self._stale(request, form, rules_kept(tenant_of(self.person)))
            carry(form, Faulty([type(fault)(fault.field.rpartition(".")[2], fault.sentence) for fault in error.faults]))
            return self._page(request, form, old)
        if old is None:
            said = _("This is a rule now: %(now)s.") % {"now": said_of([new])[0]}
        else:
            said = _("The rule was: %(before)s. It is now: %(now)s.") % {"before": said_of([old])[0], "now": said_of([new])[0]}
        messages.success(request, said + " " + _("It holds for everything that is open, from now on."))
        return HttpResponseRedirect(HERE)

    def _found(self, sign: str) -> Rule:
        return found_or_404(rules_kept(tenant_of(self.person)), sign)

    def _stale(self, request: HttpRequest, form: forms.Form, rules: Sequence[Rule]) -> HttpResponse:
        stale = _("Somebody else changed this rule or took it out since you opened it, so yours is not kept yet.")
        return self._page(request, form, None, 409, stale, said_of(rules))

    def _page(
        self, request: HttpRequest, form: forms.Form, rule: Rule | None, status: int = 0, stale: str = "", others: Sequence[str] = ()
    ) -> HttpResponse:
        title = _("Rule at %(n)d %%") % {"n": rule.percent} if rule else _("New rule of escalation")
        context = {
            "form": form,
            "title": title,
            "crumbs": crumbs((_("Escalation"), HERE), (title, "")),
            "stale": stale,
            "others": others,
            "action": f"{HERE}new/" if stale else request.path,
        }
        return render(request, "desk/settings/escalation_rule.html", context, status=status or (422 if form.errors else 200))


class RemoveRulePage(WordView):
    """`/settings/escalation/{sign}/remove/`: asks first."""

    word = WORD

    def get(self, request: HttpRequest, sign: str) -> HttpResponse:
        return self._page(request, found_or_404(rules_kept(tenant_of(self.person)), sign), forms.Form())

    def post(self, request: HttpRequest, sign: str) -> HttpResponse:
        rules = rules_kept(tenant_of(self.person))
        rule = found_or_404(rules, sign)
        form = forms.Form(request.POST)
        try:
            keep([other for other in rules if other is not rule], rules, by=self.person)
        except Faulty as error:
            form.is_valid()
            carry(form, error)
            return self._page(request, rule, form)
        messages.success(request, _("The rule was taken out: %(rule)s.") % {"rule": said_of([rule])[0]})
        return HttpResponseRedirect(HERE)

    def _page(self, request: HttpRequest, rule: Rule, form: forms.Form) -> HttpResponse:
        return settings_form(
            request,
            form,
            title=_("Take out the rule at %(n)d %%?") % {"n": rule.percent},
            button=_("Take it out"),
            back=HERE,
            intro=_("%(rule)s. Nobody is told by it any more; what was told stays where it is.") % {"rule": said_of([rule])[0]},
            more=[(_("Escalation"), HERE)],
        )


class ShippedRulesPage(WordView):
    """`/settings/escalation/shipped/`: back to the rules that every organization starts with; asks first."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        return settings_form(
            request,
            forms.Form(),
            title=_("Back to the rules as shipped?"),
            button=_("Put them in the place of yours"),
            back=HERE,
            intro=_("Your rules go, and these hold: %(rules)s.") % {"rules": "; ".join(said_of(STARTING_RULES))},
            more=[(_("Escalation"), HERE)],
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        keep_escalation_rules(None, by=self.person, channel=CHANNEL)
        messages.success(request, _("The rules as shipped hold again."))
        return HttpResponseRedirect(HERE)


def found_or_404(rules: Iterable[Rule], sign: str) -> Rule:
    for rule in rules:
        if sign_of([rule]) == sign:
            return rule
    raise Http404


def keep(rules: Iterable[Rule], seen: Iterable[Rule], *, by: Person) -> None:
    """Keep these rules in the place of those that were seen. Raises `Faulty`, at `seen` when others are in force by now."""
    rules = in_order(rules)
    people = Person.objects.in_bulk([rule.person for rule in rules if rule.person])
    teams = Team.objects.in_bulk([rule.give_to for rule in rules if rule.give_to])
    rows = [{**asdict(rule), "person": people.get(rule.person or 0), "give_to": teams.get(rule.give_to or 0)} for rule in rules]
    keep_escalation_rules(rows, by=by, channel=CHANNEL, seen=sign_of(seen))


def in_order(rules: Iterable[Rule]) -> list[Rule]:
    """As the clock meets them; what holds for more comes first."""
    return sorted(rules, key=lambda rule: (rule.percent, rule.measure, -(rule.priority or 9)))


def told_of(rules: Sequence[Rule]) -> list[tuple[str, str, str, str, str]]:
    """Rules in words: the share, the time of what, the priority, who is told, and to which team it is given."""
    people, teams = (
        dict(model.objects.filter(pk__in=[key for rule in rules if (key := getattr(rule, name))]).values_list("pk", "name"))
        for name, model in (("person", Person), ("give_to", Team))
    )
    rows = []
    for rule in rules:
        whom = [word if n == 0 else word[:1].lower() + word[1:] for n, word in enumerate(str(TELL[word]) for word in rule.tell if word in TELL)]
        whom += [people[rule.person]] if rule.person in people else []
        measure = str(MEASURE_NAMES[rule.measure]) if rule.measure else _("whatever is promised")
        rows.append(
            (f"{rule.percent}{NBSP}%", measure, _down_to(rule.priority), ", ".join(whom) or _("nobody"), teams.get(rule.give_to or 0, _("it stays")))
        )
    return rows


def said_of(rules: Iterable[Rule]) -> list[str]:
    """The same in a line each."""
    rules = in_order(rules)
    lines = []
    for rule, (share, measure, priority, told, team) in zip(rules, told_of(rules), strict=True):
        of_which = [_("of the time to %(measure)s") % {"measure": measure}] if rule.measure else []
        of_which += [_("priority %(priority)s") % {"priority": priority}] if rule.priority else []
        whom = [told] if rule.tell or rule.person else []
        whom += [_("given to %(team)s") % {"team": team}] if rule.give_to else []
        lines.append(f"{share.replace(NBSP, ' ')}{' (' + ', '.join(of_which) + ')' if of_which else ''}: {', '.join(whom)}")
    return lines
