"""The pages of teams and organisations: lists, entries, who belongs where."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import check, check_everywhere, in_force, may, may_everywhere
from plimsoll.kernel.identity.models import Organization, Person, Team, TeamMembership
from plimsoll.kernel.identity.operations import join_team, keep_organization, keep_team, leave_team
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import now
from plimsoll.site.desk.people_common import (
    SignedInView,
    WordView,
    carry,
    check_keep_team,
    choice,
    form_page,
    may_keep_team,
    organization_or_404,
    paged,
    team_or_404,
    visible_organizations,
    visible_people,
    visible_teams,
)


class TeamForm(forms.Form):
    """What a team is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    external_reference = forms.CharField(label=gettext_lazy("External reference"), required=False, max_length=200)
    is_active = forms.BooleanField(label=gettext_lazy("In use: records can be given to it"), required=False, initial=True)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"] = choice(by, Organization, _("Organisation"), help_text=_("The provider, one of its units, or a supplier."))
        self.order_fields(["name", "organization"])


class OrganizationForm(forms.Form):
    """What an organization is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Organization.KINDS, initial="customer")
    external_reference = forms.CharField(label=gettext_lazy("External reference"), required=False, max_length=200)
    is_active = forms.BooleanField(label=gettext_lazy("In use: records can be opened for it"), required=False, initial=True)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = choice(by, Organization, _("Part of"), required=False)
        self.order_fields(["name", "kind", "parent"])


class TeamsPage(WordView):
    """`/teams/`."""

    word = "person:read"
    is_for_parts = True

    def get(self, request: HttpRequest) -> HttpResponse:
        q = " ".join(request.GET.get("q", "").split())[:100]
        rows = visible_teams(self.person).filter(is_active="old" not in request.GET, name__icontains=q).select_related("organization")
        page, ways = paged(request, rows, "name", ("old",))
        counts = dict(
            TeamMembership.objects.filter(in_force(now()), team__in=[t.pk for t in page.rows])
            .values("team")
            .annotate(n=Count("pk"))
            .values_list("team", "n")
        )
        return render(
            request,
            "desk/people/table.html",
            {
                "title": _("Teams"),
                "crumbs": [(_("Teams"), "")],
                "q": q,
                "heads": [_("Name"), _("Organisation"), _("People")],
                **ways,
                "rows": [
                    [{"text": t.name, "href": reverse("team", args=[t.pk])}, {"text": t.organization.name}, {"text": str(counts.get(t.pk, 0))}]
                    for t in page.rows
                ],
                "tabs": [
                    (_("In use"), reverse("teams"), "old" not in request.GET),
                    (_("No longer in use"), reverse("teams") + "?old=1", "old" in request.GET),
                ],
                "empty": _("No team is found."),
                "acts": [(_("New team"), reverse("team_new"), True)] if may(self.person, "team:keep") else [],
            },
        )


class TeamFormPage(WordView):
    """`/teams/new/` and `/teams/{id}/edit/`."""

    word = "team:keep"
    is_for_parts = True

    def get(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        team = self._team(number)
        initial = (
            {"name": team.name, "external_reference": team.external_reference, "is_active": team.is_active, "organization": team.organization_id}
            if team
            else {"organization": self.person.organization_id}
        )
        return self._show(TeamForm(by=self.person, initial=initial), team)

    def post(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        team = self._team(number)
        form = TeamForm(request.POST, by=self.person)
        if form.is_valid():
            check(self.person, "team:keep", organization=form.cleaned_data["organization"].pk)
            try:
                kept = keep_team(by=self.person, channel="page", team=team, **form.cleaned_data)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("%(team)s is kept.") % {"team": kept})
                return HttpResponseRedirect(reverse("team", args=[kept.pk]))
        return self._show(form, team)

    def _team(self, number: int) -> Team | None:
        if not number:
            return None
        found = team_or_404(self.person, number)
        check_keep_team(self.person, found)
        return found

    def _show(self, form: TeamForm, team: Team | None) -> HttpResponse:
        return form_page(
            self.request,
            form,
            title=_("Change the team") if team else _("New team"),
            button=_("Keep"),
            back=reverse("team", args=[team.pk]) if team else reverse("teams"),
            crumbs=[(_("Teams"), reverse("teams"))],
        )


class MemberForm(forms.Form):
    """Somebody for a team."""

    is_lead = forms.BooleanField(label=gettext_lazy("Leads the team"), required=False)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["someone"] = choice(by, Person, _("Person"))
        self.order_fields(["someone", "is_lead"])


class TeamPage(SignedInView):
    """`/teams/{id}/`: who is in it and which roles it holds; POST puts somebody in or takes them out."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self._team(number), MemberForm(by=self.person))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        team = self._team(number)
        check_keep_team(self.person, team)
        form = MemberForm(request.POST, by=self.person)
        try:
            if (subject := whole(request.POST.get("membership", ""))) is not None:
                membership = TeamMembership.objects.filter(pk=subject, team=team).select_related("person").first()
                if membership is None:
                    raise Http404
                leave_team(membership=membership, by=self.person, channel="page")
                messages.success(request, _("%(name)s is no longer in %(team)s.") % {"name": membership.person, "team": team})
            elif form.is_valid():
                join_team(person=form.cleaned_data["someone"], team=team, is_lead=form.cleaned_data["is_lead"], by=self.person, channel="page")
                messages.success(request, _("%(name)s is in %(team)s from now on.") % {"name": form.cleaned_data["someone"], "team": team})
            else:
                return self._show(team, form)
        except Faulty as error:
            messages.error(request, " ".join(f.sentence for f in error.faults))
        return HttpResponseRedirect(reverse("team", args=[team.pk]))

    def _team(self, number: int) -> Team:
        check(self.person, "person:read")
        return team_or_404(self.person, number)

    def _show(self, team: Team, form: MemberForm) -> HttpResponse:
        moment = now()
        return render(
            self.request,
            "desk/people/team.html",
            {
                "team": team,
                "form": form,
                "keeps": may_keep_team(self.person, team),
                "crumbs": [(_("Teams"), reverse("teams")), (team.name, "")],
                "members": list(
                    TeamMembership.objects.filter(in_force(moment), team=team, person__in=visible_people(self.person))
                    .select_related("person")
                    .order_by("-is_lead", "person__name")
                ),
                "grants": list(Grant.objects.filter(in_force(moment), team=team).select_related("organization")),
            },
            status=400 if form.errors else 200,
        )


class OrganizationsPage(WordView):
    """`/organizations/`."""

    word = "person:read"
    is_for_parts = True

    def get(self, request: HttpRequest) -> HttpResponse:
        q = " ".join(request.GET.get("q", "").split())[:100]
        rows = visible_organizations(self.person).filter(name__icontains=q, is_active="old" not in request.GET).select_related("parent")
        page, ways = paged(request, rows, "name", ("old",))
        return render(
            request,
            "desk/people/table.html",
            {
                "title": _("Organisations"),
                "crumbs": [(_("Organisations"), "")],
                "q": q,
                "heads": [_("Name"), _("Kind"), _("Part of")],
                **ways,
                "rows": [
                    [
                        {"text": o.name, "href": reverse("organization", args=[o.pk])},
                        {"text": o.get_kind_display()},
                        {"text": o.parent.name if o.parent else _("none")},
                    ]
                    for o in page.rows
                ],
                "tabs": [
                    (_("In use"), reverse("organizations"), "old" not in request.GET),
                    (_("No longer in use"), reverse("organizations") + "?old=1", "old" in request.GET),
                ],
                "empty": _("No organisation is found."),
                "acts": [(_("New organisation"), reverse("organization_new"), True)] if may_everywhere(self.person, "organization:keep") else [],
            },
        )


class OrganizationFormPage(WordView):
    """`/organizations/new/` and `/organizations/{id}/edit/`."""

    word = "organization:keep"
    is_for_parts = True

    def get(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        kept = self._kept(number)
        initial = (
            {
                "name": kept.name,
                "kind": kept.kind,
                "external_reference": kept.external_reference,
                "is_active": kept.is_active,
                "parent": kept.parent_id,
            }
            if kept
            else {}
        )
        return self._show(OrganizationForm(by=self.person, initial=initial), kept)

    def post(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        kept = self._kept(number)
        form = OrganizationForm(request.POST, by=self.person)
        if form.is_valid():
            if kept is None or (form.cleaned_data["kind"], form.cleaned_data["parent"]) != (kept.kind, kept.parent):
                check_everywhere(self.person, "organization:keep")  # what it is, and of what a part, concerns others too
            try:
                made = keep_organization(by=self.person, channel="page", organization=kept, **form.cleaned_data)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("%(organization)s is kept.") % {"organization": made})
                return HttpResponseRedirect(reverse("organization", args=[made.pk]))
        return self._show(form, kept)

    def _kept(self, number: int) -> Organization | None:
        if not number:
            check_everywhere(self.person, "organization:keep")
            return None
        kept = organization_or_404(self.person, number)
        check(self.person, "organization:keep", organization=kept.pk)
        return kept

    def _show(self, form: OrganizationForm, kept: Organization | None) -> HttpResponse:
        return form_page(
            self.request,
            form,
            title=_("Change the organisation") if kept else _("New organisation"),
            button=_("Keep"),
            back=reverse("organization", args=[kept.pk]) if kept else reverse("organizations"),
            crumbs=[(_("Organisations"), reverse("organizations"))],
        )


class OrganizationPage(SignedInView):
    """`/organizations/{id}/`: its parts, teams and people."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        found = organization_or_404(self.person, number)
        members = visible_people(self.person).filter(
            Q(pk__in=found.memberships.filter(in_force(now())).values("person")) | Q(organization=found), is_active=True
        )
        page, ways = paged(request, members, "name")
        return render(
            request,
            "desk/people/organization.html",
            {
                "organization": found,
                "keeps": may(self.person, "organization:keep", organization=found.pk),
                "people": page.rows,
                **ways,
                "parts": list(visible_organizations(self.person).filter(parent=found).order_by("name")[:50]),
                "teams": list(visible_teams(self.person).filter(organization=found, is_active=True).order_by("name")[:50]),
                "crumbs": [(_("Organisations"), reverse("organizations")), (found.name, "")],
            },
        )
