"""Settings of incidents: the tree of categories, the priority matrix, who gets what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import now
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.keeping import WORD, keep_assignment_rule, keep_category, keep_priority_cell
from plimsoll.resolution.incidents.models import AssignmentRule, Category, Incident, PriorityRule
from plimsoll.resolution.incidents.queries import branches_of, matching, matrix_of
from plimsoll.resolution.incidents.rules import Route
from plimsoll.site.desk.people_common import WordView, carry, choice
from plimsoll.site.desk.settings_common import CHANNEL, Section, kept_or_404, settings_form, table_page, tenant_of

LATELY = timedelta(days=30)


class CategoryForm(forms.Form):
    """A category; a new one says where it stands."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    is_active = forms.BooleanField(label=gettext_lazy("In use: new incidents can have it"), required=False, initial=True)

    def __init__(self, *args: Any, by: Person, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            self.fields["parent"] = forms.ModelChoiceField(
                Category.objects.filter(tenant=tenant_of(by), is_active=True), label=_("Under"), required=False, empty_label=_("At the top")
            )
            del self.fields["is_active"]


class CategoriesPage(WordView):
    """`/settings/categories/`."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [
            [(category.path, f"/settings/categories/{category.pk}/"), ("" if category.is_active else _("no longer in use"), "")]
            for category in Category.objects.filter(tenant=tenant_of(self.person))[:2000]
        ]
        return table_page(
            request,
            _("Categories"),
            [Section([_("Category"), _("State")], rows, empty=_("No category yet. Incidents need one before they are assigned."))],
            acts=[(_("New category"), "/settings/categories/new/", True)],
        )


class CategoryPage(WordView):
    """`/settings/categories/new/` and `/settings/categories/{id}/`."""

    word = WORD

    def get(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        kept = kept_or_404(Category, self.person, number)
        return self._page(
            request, CategoryForm(by=self.person, is_new=not kept, initial={"name": kept.name, "is_active": kept.is_active} if kept else None)
        )

    def post(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        kept = kept_or_404(Category, self.person, number)
        form = CategoryForm(request.POST, by=self.person, is_new=not kept)
        if form.is_valid():
            try:
                saved = keep_category(by=self.person, channel=CHANNEL, category=kept, **form.cleaned_data)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("“%(path)s” is kept.") % {"path": saved.path})
                return HttpResponseRedirect("/settings/categories/")
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        is_new = "parent" in form.fields
        return settings_form(
            request,
            form,
            title=_("New category") if is_new else _("Category"),
            button=_("Save"),
            back="/settings/categories/",
            intro="" if is_new else _("A renamed category keeps its incidents; its branches follow. It keeps its place in the tree."),
            more=[(_("Categories"), "/settings/categories/")],
        )


class MatrixPage(WordView):
    """`/settings/priorities/`: nine cells, for everything or for one service."""

    word = WORD

    def _service(self, request: HttpRequest) -> Service | None:
        wanted = whole(request.GET.get("service", ""))
        return None if wanted is None else kept_or_404(Service, self.person, wanted)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self._service(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        service = self._service(request)
        try:
            with writing():
                for impact, urgency in _cells():
                    given = whole(request.POST.get(f"cell-{impact}-{urgency}", ""), 999)
                    if given is not None or service:
                        keep_priority_cell(
                            by=self.person,
                            channel=CHANNEL,
                            impact=impact,
                            urgency=urgency,
                            service=service,
                            priority=given,
                        )
        except Faulty as error:
            messages.error(request, str(error))
            return self._page(request, service, status=400)
        messages.success(request, _("The matrix is kept. It holds from the next change of an incident's impact, urgency or service."))
        return HttpResponseRedirect(request.get_full_path())

    def _page(self, request: HttpRequest, service: Service | None, status: int = 200) -> HttpResponse:
        tenant = tenant_of(self.person)
        everything = matrix_of(tenant, None)
        own = (
            dict(((i, u), p) for i, u, p in PriorityRule.objects.filter(tenant=tenant, service=service).values_list("impact", "urgency", "priority"))
            if service
            else everything
        )
        levels = dict(Incident.LEVELS)
        rows = [
            (
                levels[impact],
                [
                    {
                        "name": f"cell-{impact}-{urgency}",
                        "value": own.get((impact, urgency)),
                        "inherited": everything[impact, urgency],
                        "label": _("Impact %(impact)s, urgency %(urgency)s") % {"impact": levels[impact], "urgency": levels[urgency]},
                    }
                    for urgency in (1, 2, 3)
                ],
            )
            for impact in (1, 2, 3)
        ]
        services = Service.objects.visible_to(self.person).filter(is_open=True).order_by("title")[:200]
        return render(
            request,
            "desk/settings/matrix.html",
            {
                "rows": rows,
                "choices": Incident.PRIORITIES,
                "service": service,
                "services": services,
                "crumbs": [(_("Settings"), "/settings/"), (_("Priority matrix"), "")],
            },
            status=status,
        )


def _cells() -> list[tuple[int, int]]:
    return [(impact, urgency) for impact in (1, 2, 3) for urgency in (1, 2, 3)]


class RuleForm(forms.Form):
    """An assignment rule: what is left empty matches everything."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    position = forms.IntegerField(
        label=gettext_lazy("Place in the order"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=gettext_lazy("The first rule that matches wins. Empty: it comes last."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, *args: Any, by: Person, rule: AssignmentRule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the rule has already may stay when it went out of use since: else it could be neither changed nor switched off.
        kept = {name: getattr(rule, f"{name}_id", None) for name in ("category", "organization", "team")}
        self.fields["service"] = choice(by, Service, _("When the service is"), required=False)
        self.fields["category"] = forms.ModelChoiceField(
            Category.objects.filter(Q(is_active=True) | Q(pk=kept["category"]), tenant=tenant_of(by)),
            label=_("When the category is"),
            required=False,
            empty_label=_("any"),
            help_text=_("Its branches are meant too."),
        )
        self.fields["organization"] = choice(by, Organization, _("When it is for"), required=False, present=kept["organization"])
        self.fields["team"] = choice(by, Team, _("Give it to"), present=kept["team"])
        self.order_fields(["name", "service", "category", "organization", "team", "position", "is_active"])


class RulesPage(WordView):
    """`/settings/assignment-rules/`."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        rules = AssignmentRule.objects.filter(tenant=tenant_of(self.person)).select_related("service", "category", "organization", "team")
        rows = [
            [
                (str(n), ""),
                (rule.name, f"/settings/assignment-rules/{rule.pk}/"),
                (_said(rule), ""),
                (rule.team.name, ""),
                ("" if rule.is_active else _("not in use"), ""),
                (_("Try it"), f"/settings/assignment-rules/{rule.pk}/try/"),
            ]
            for n, rule in enumerate(rules, start=1)
        ]
        return table_page(
            request,
            _("Assignment rules"),
            [
                Section(
                    [_("Order"), _("Rule"), _("When"), _("Goes to"), _("State"), _("Test")],
                    rows,
                    empty=_("No rule yet: new incidents wait until somebody assigns them."),
                )
            ],
            intro=_("A new incident goes to the team of the first rule that matches."),
            acts=[(_("New rule"), "/settings/assignment-rules/new/", True)],
        )


def _said(rule: AssignmentRule) -> str:
    wanted = [str(thing) for thing in (rule.service.title if rule.service else None, rule.category, rule.organization) if thing]
    return ", ".join(wanted) or _("always")


class RulePage(WordView):
    """`/settings/assignment-rules/new/` and `/settings/assignment-rules/{id}/`."""

    word = WORD

    def get(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        rule = kept_or_404(AssignmentRule, self.person, number)
        initial = {name: getattr(rule, f"{name}_id", None) or getattr(rule, name) for name in RuleForm(by=self.person).fields} if rule else None
        return self._page(request, RuleForm(by=self.person, rule=rule, initial=initial))

    def post(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        rule = kept_or_404(AssignmentRule, self.person, number)
        form = RuleForm(request.POST, by=self.person, rule=rule)
        if form.is_valid():
            try:
                saved = keep_assignment_rule(by=self.person, channel=CHANNEL, rule=rule, **form.cleaned_data)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("The rule “%(name)s” is kept. See below what it would have matched.") % {"name": saved.name})
                return HttpResponseRedirect(f"/settings/assignment-rules/{saved.pk}/try/")
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        return settings_form(
            request,
            form,
            title=_("Assignment rule"),
            button=_("Save and try"),
            back="/settings/assignment-rules/",
            more=[(_("Assignment rules"), "/settings/assignment-rules/")],
        )


class TryRulePage(WordView):
    """`/settings/assignment-rules/{id}/try/`: which incidents of the last 30 days the rule would match. It changes nothing."""

    word = WORD

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        rule = kept_or_404(AssignmentRule, self.person, number)
        tenant = tenant_of(self.person)
        route = Route(
            rule.name, rule.team_id, rule.service_id, branches_of(tenant, rule.category) if rule.category_id else frozenset(), rule.organization_id
        )
        found, is_cut = matching(Incident.objects.visible_to(self.person), route, now() - LATELY)
        rows = [[(i.reference, f"/incidents/{i.number}/"), (i.title, ""), (i.team.name if i.team else _("nobody"), "")] for i in found]
        told = ngettext(
            "Of the incidents of the last 30 days that you may see it would match %(n)d.",
            "Of the incidents of the last 30 days that you may see it would match %(n)d.",
            len(found),
        ) % {"n": len(found)}
        if is_cut:
            told = _("Of the incidents of the last 30 days that you may see it would match the newest %(n)d and more.") % {"n": len(found)}
        return table_page(
            request,
            _("Try “%(name)s”") % {"name": rule.name},
            [
                Section(
                    [_("Number"), _("Title"), _("Is with")],
                    rows,
                    intro=f"{told} " + _("Rules before it in the order may take some of them."),
                    empty=_("None."),
                )
            ],
            acts=[(_("Change the rule"), f"/settings/assignment-rules/{rule.pk}/", False)],
            more=[(_("Assignment rules"), "/settings/assignment-rules/")],
        )
