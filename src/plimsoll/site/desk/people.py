"""The pages of people: list, entry, changing, inviting, memberships, keys, roles. Each act is one call of an operation."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import check, in_force, may
from plimsoll.kernel.identity.fields import zones
from plimsoll.kernel.identity.invitations import invite
from plimsoll.kernel.identity.models import ApiToken, Invitation, Membership, Organization, Person, PersonSession, TeamMembership
from plimsoll.kernel.identity.operations import join_organization, keep_person, leave_organization
from plimsoll.kernel.identity.tokens import end_second_factor, end_sessions, revoke_token
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import MoveRefused
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.kernel.roles.operations import give_role, take_role
from plimsoll.kernel.ui.choosing import is_of_provider
from plimsoll.site.desk.people_common import (
    SignedInView,
    WordView,
    carry,
    check_keep,
    choice,
    form_page,
    may_keep,
    paged,
    person_or_404,
    visible_people,
)
from plimsoll.support.competence.queries import sees_file


class PersonForm(forms.Form):
    """Who somebody is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Work e-mail"), required=False, max_length=254, help_text=gettext_lazy("Needed to sign in and to be told.")
    )
    external_reference = forms.CharField(
        label=gettext_lazy("External reference"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("The number that another system knows them by; imports find them by it."),
    )
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        choices=lambda: [("", _("As the organisation")), *((z, z.replace("_", " ")) for z in zones())],
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"] = choice(by, Organization, _("Organisation"))
        self.order_fields(["name", "email", "organization"])


class PeoplePage(WordView):
    """`/people/`: a search over people."""

    word = "person:read"
    is_for_parts = True

    def get(self, request: HttpRequest) -> HttpResponse:
        q = " ".join(request.GET.get("q", "").split())[:100]
        rows = visible_people(self.person).select_related("organization").filter(is_active="left" not in request.GET, erased_at=None)
        for word in q.split():
            rows = rows.filter(Q(name__icontains=word) | Q(email__istartswith=word))
        if (number := whole(request.GET.get("organization", ""))) is not None:
            rows = rows.filter(organization_id=number)
        page, ways = paged(request, rows, "name", ("left", "organization"))
        can_keep = may(self.person, "person:keep")
        return render(
            request,
            "desk/people/table.html",
            {
                "title": _("People"),
                "crumbs": [(_("People"), "")],
                "q": q,
                "heads": [_("Name"), _("E-mail"), _("Organisation")],
                **ways,
                "rows": [
                    [
                        {"text": p.name, "href": reverse("person", args=[p.pk])},
                        {"text": p.email or _("none")},
                        {"text": str(p.organization or _("none"))},
                    ]
                    for p in page.rows
                ],
                "empty": _("Nobody is found. Try fewer letters."),
                "tabs": [
                    (_("Here"), reverse("people"), "left" not in request.GET),
                    (_("Left"), reverse("people") + "?left=1", "left" in request.GET),
                ],
                "acts": [(_("New person"), reverse("person_new"), True), (_("Import…"), reverse("people_import"), False)] if can_keep else [],
            },
        )


class NewPersonPage(WordView):
    """`/people/new/`."""

    word = "person:keep"
    is_for_parts = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(PersonForm(by=self.person, initial={"organization": self.person.organization_id}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PersonForm(request.POST, by=self.person)
        if form.is_valid():
            check(self.person, "person:keep", organization=form.cleaned_data["organization"].pk)
            try:
                made = keep_person(by=self.person, channel="page", **form.cleaned_data)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("%(name)s is entered. Invite them, so that they can sign in.") % {"name": made})
                return HttpResponseRedirect(reverse("person", args=[made.pk]))
        return self._show(form)

    def _show(self, form: PersonForm) -> HttpResponse:
        return form_page(
            self.request, form, title=_("New person"), button=_("Enter"), back=reverse("people"), crumbs=[(_("People"), reverse("people"))]
        )


class PersonPage(SignedInView):
    """`/people/{id}/`: somebody's entry. Everybody sees their own; more needs `person:read`."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        someone = person_or_404(self.person, number)
        keeps = may_keep(self.person, someone)
        moment = now()
        gives = may(self.person, "assignment:approve")
        context: dict[str, Any] = {
            "someone": someone,
            "keeps": keeps,
            "sees_here": someone.erased_at is None and is_of_provider(someone) and is_of_provider(self.person) and sees_file(self.person, someone),
            "erases": may(self.person, "person:erase", organization=someone.organization_id),
            "gives": gives,
            "crumbs": [(_("People"), reverse("people")), (someone.name, "")],
            "memberships": list(Membership.objects.filter(person=someone).select_related("organization").order_by("-ended_at", "started_at")),
            "teams": list(TeamMembership.objects.filter(in_force(moment), person=someone).select_related("team").order_by("team__name")),
            "grants": list(Grant.objects.filter(in_force(moment), person=someone).select_related("organization").order_by("role_name")),
            "assignments": {a.pk: a for a in Assignment.objects.filter(person=someone, state="in_force")},
        }
        if keeps:
            context |= {
                "sessions": PersonSession.objects.filter(person=someone, expire_date__gt=moment).count(),
                "tokens": list(ApiToken.objects.filter(person=someone, revoked_at=None, expires_at__gt=moment)),
                "has_app": Authenticator.objects.filter(user=someone, type="totp").exists(),
                "invitation": Invitation.objects.filter(person=someone, accepted_at=None, revoked_at=None, expires_at__gt=moment).first(),
                "join_form": JoinForm(by=self.person, auto_id="join_%s"),
            }
        if gives and someone.is_active:
            context["role_form"] = RoleForm(by=self.person, auto_id="role_%s")
        for grant in context["grants"]:
            grant.record = context["assignments"].get(grant.assignment)
        return render(request, "desk/people/person.html", context)


class EditPersonPage(SignedInView):
    """`/people/{id}/edit/`."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        someone = self._someone(number)
        names = ("name", "email", "external_reference", "timezone")
        return self._show(
            PersonForm(by=self.person, initial={**{n: getattr(someone, n) for n in names}, "organization": someone.organization_id}), someone
        )

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        someone = self._someone(number)
        form = PersonForm(request.POST, by=self.person)
        if form.is_valid():
            check(self.person, "person:keep", organization=form.cleaned_data["organization"].pk)
            try:
                keep_person(by=self.person, channel="page", person=someone, **form.cleaned_data)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("The entry of %(name)s is changed.") % {"name": form.cleaned_data["name"]})
                return HttpResponseRedirect(reverse("person", args=[someone.pk]))
        return self._show(form, someone)

    def _someone(self, number: int) -> Person:
        someone = person_or_404(self.person, number)
        check_keep(self.person, someone)
        return someone

    def _show(self, form: PersonForm, someone: Person) -> HttpResponse:
        back = reverse("person", args=[someone.pk])
        return form_page(
            self.request,
            form,
            title=_("Change the entry"),
            button=_("Keep the changes"),
            back=back,
            crumbs=[(_("People"), reverse("people")), (someone.name, back)],
        )


class JoinForm(forms.Form):
    """One more organization."""

    title = forms.CharField(
        label=gettext_lazy("As"), required=False, max_length=200, help_text=gettext_lazy("What they are there, such as Head nurse.")
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"] = choice(by, Organization, _("Organisation"))
        self.order_fields(["organization", "title"])


class RoleForm(forms.Form):
    """A role, everywhere or for one organization, for good or until a day."""

    ends_at = forms.DateTimeField(label=gettext_lazy("Until"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ModelChoiceField(
            Role.objects.filter(tenant_id=by.tenant_id or 0, edition__gt=0).order_by("title"), label=_("Role")
        )
        self.fields["organization"] = choice(
            by, Organization, _("Only for"), required=False, help_text=_("Empty: for the whole organisation and all customers.")
        )
        self.order_fields(["role", "organization", "ends_at"])


class PersonActPage(SignedInView):
    """`/people/{id}/{act}/`: what one does to somebody's entry by a button. Answers with the entry and a sentence."""

    def get(self, request: HttpRequest, number: int, act: str, subject: int = 0) -> HttpResponse:
        return HttpResponseRedirect(reverse("person", args=[number]))

    def post(self, request: HttpRequest, number: int, act: str, subject: int = 0) -> HttpResponse:
        someone = person_or_404(self.person, number)
        work = {
            "invite": self._invite,
            "join": self._join,
            "leave-organization": self._leave_organization,
            "end-sessions": self._end_sessions,
            "revoke": self._revoke,
            "end-second-factor": self._end_second_factor,
            "give-role": self._give_role,
            "take-role": self._take_role,
        }.get(act)
        if work is None:
            raise Http404
        if act in ("give-role", "take-role"):
            check(self.person, "assignment:approve" if act == "give-role" else "assignment:end")
        else:
            check_keep(self.person, someone)
        try:
            # the link of an invitation has to stay on the page until it is copied; a toast goes
            messages.add_message(request, messages.WARNING if act == "invite" else messages.SUCCESS, work(someone, subject))
        except Faulty as error:
            messages.error(request, " ".join(f.sentence for f in error.faults))
        except MoveRefused as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse("person", args=[someone.pk]))

    def _invite(self, someone: Person, subject: int) -> str:
        link = invite(person=someone, by=self.person, channel="page")
        if not link:
            return _("%(name)s has a link to choose a new password, by mail. It works once, for seven days.") % {"name": someone}
        said = _("%(name)s is invited by mail. The link, should the mail not arrive: %(link)s It works once, for seven days, and is shown this once.")
        return said % {"name": someone, "link": link}

    def _join(self, someone: Person, subject: int) -> str:
        form = JoinForm(self.request.POST, by=self.person)
        if not form.is_valid():
            return _refused(form)
        check(self.person, "person:keep", organization=form.cleaned_data["organization"].pk)
        made = join_organization(person=someone, by=self.person, channel="page", **form.cleaned_data)
        return _("%(name)s is a member of %(organization)s from now on.") % {"name": someone, "organization": made.organization}

    def _leave_organization(self, someone: Person, subject: int) -> str:
        membership = Membership.objects.filter(pk=subject, person=someone).first()
        if membership is None:
            raise Http404
        check(self.person, "person:keep", organization=membership.organization_id)
        ended = leave_organization(membership=membership, by=self.person, channel="page")
        return _("%(name)s is no longer a member of %(organization)s.") % {"name": someone, "organization": ended.organization}

    def _end_sessions(self, someone: Person, subject: int) -> str:
        ended = end_sessions(person=someone, by=self.person, channel="page")
        return _("%(name)s is signed out on %(n)d devices.") % {"name": someone, "n": ended}

    def _end_second_factor(self, someone: Person, subject: int) -> str:
        if not end_second_factor(person=someone, by=self.person, channel="page"):
            return _("%(name)s has no authenticator app.") % {"name": someone}
        return _("%(name)s signs in with the password only, until they set up the app anew.") % {"name": someone}

    def _revoke(self, someone: Person, subject: int) -> str:
        token = ApiToken.objects.filter(pk=subject, person=someone).first()
        if token is None:
            raise Http404
        revoke_token(token=token, by=self.person, channel="page")
        return _("The key “%(name)s” no longer works.") % {"name": token.name}

    def _give_role(self, someone: Person, subject: int) -> str:
        form = RoleForm(self.request.POST, by=self.person)
        if not form.is_valid():
            return _refused(form)
        given = give_role(person=someone, by=self.person, channel="page", **form.cleaned_data)
        return _("%(name)s is %(role)s from now on.") % {"name": someone, "role": given.role.title}

    def _take_role(self, someone: Person, subject: int) -> str:
        assignment = (
            Assignment.objects.select_related("tenant", "organization", "role")
            .filter(pk=subject, person=someone, tenant_id=self.person.tenant_id or 0)
            .first()
        )
        if assignment is None:
            raise Http404
        take_role(
            assignment=assignment, by=self.person, channel="page", note=self.request.POST.get("note", "").strip() or _("Ended on the person’s page.")
        )
        return _("%(name)s is no longer %(role)s.") % {"name": someone, "role": assignment.role.title}


def _refused(form: forms.Form) -> str:
    """The form's own faults, told as those of an operation."""
    raise Faulty([Fault(name, f"{form.fields[name].label}: {' '.join(map(str, errors))}") for name, errors in form.errors.items()])
