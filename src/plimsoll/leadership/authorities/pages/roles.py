"""Versions of a role beside its draft, who runs the system, what of authorities no plan prints, accepting a role, the appointment letter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, check_everywhere
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.roles.fields import columns_said, said_of
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.kernel.roles.operations import accept_role
from plimsoll.kernel.roles.record import ASSIGNMENT, ROLE
from plimsoll.kernel.ui.context import DeclaredView, SignedInView, address_of
from plimsoll.leadership.authorities.duties import faults_of
from plimsoll.leadership.authorities.operations import write_letter
from plimsoll.leadership.authorities.printing import undocumented
from plimsoll.leadership.authorities.queries import holders_now

CHANNEL = "page"


class VersionsPage(DeclaredView):
    """`/roles/{n}/versions/`: what is enforced beside what is drafted, and every version before."""

    record_type = ROLE

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        role = self.found(number)
        assert isinstance(role, Role)
        if not is_inside(self.person, role):
            raise Http404
        versions = list(role.versions.select_related("approved_by").order_by("-number"))
        current = next((v for v in versions if v.ended_at is None), None)
        drafted = said_of(role) if current is None or role.state == "draft" else ()
        lines = []
        for place, name in enumerate(columns_said()):
            now_says, will_say = said_of(current)[place] if current is not None else "", drafted[place] if drafted else ""
            lines.append(
                {"name": name, "in_force": now_says, "draft": will_say, "differs": bool(drafted) and current is not None and now_says != will_say}
            )
        return self.show(
            "authorities/versions.html",
            {
                "record": role,
                "base": address_of(role, ROLE),
                "current": current,
                "is_drafted": bool(drafted),
                "lines": lines,
                "versions": [{"version": v, "lines": list(zip(columns_said(), said_of(v), strict=True))} for v in versions],
                "crumbs": self.record_crumbs(role, (_("Versions"), "")),
            },
        )


class WhoRunsPage(SignedInView):
    """`/who-runs-this/`: for everybody who is signed in, customers too; names and roles and nothing else (S-065)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert self.person.tenant is not None
        rows = [{"title": title, "names": names} for _role, title, names in holders_now(self.person.tenant)]
        return render(request, "authorities/who_runs.html", {"rows": rows, "crumbs": [(_("Who runs the management system"), "")]})


class AuthoritiesPage(SignedInView):
    """`/authorities/`: authorities that no plan in force prints, and what falls short of roles and holders."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check_everywhere(self.person, "assignment:read")
        assert self.person.tenant is not None
        return render(
            request,
            "authorities/authorities.html",
            {
                "found": undocumented(self.person.tenant),
                "faults": faults_of(self.person.tenant),
                "crumbs": [(_("Authorities"), "")],
            },
        )


class AcceptPage(SignedInView):
    """`/assignments/{n}/accept/`: by its holder, who needs no word for it."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponseRedirect(f"/assignments/{number}/")

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        found = Assignment.objects.filter(tenant=self.person.tenant_id or 0, number=number).select_related("role").first()
        if found is None:
            raise Http404
        try:
            accept_role(found, by=self.person, channel=CHANNEL)
        except Refused as error:
            if not Assignment.objects.visible_to(self.person).filter(pk=found.pk).exists():
                raise Http404 from error
            raise
        except Faulty as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("You accepted the role %(role)s.") % {"role": found.role.title})
        return HttpResponseRedirect(request.POST.get("back") == "home" and "/" or f"/assignments/{number}/")


class LetterPage(DeclaredView):
    """`/assignments/{n}/letter/`: begins the letter and leads to it."""

    record_type = ASSIGNMENT

    def _assignment(self, number: int) -> Assignment:
        found = self.found(number)
        assert isinstance(found, Assignment)
        if not is_inside(self.person, found):
            raise Http404
        return found

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        assignment = self._assignment(number)
        context: dict[str, Any] = {"record": assignment, "base": address_of(assignment, ASSIGNMENT)}
        return self.show("authorities/letter.html", context | {"crumbs": self.record_crumbs(assignment, (_("Appointment letter"), ""))})

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        assignment = self._assignment(number)
        if assignment.state != "in_force":
            messages.error(request, _("Only a role that is held is appointed to."))
            return HttpResponseRedirect(address_of(assignment, ASSIGNMENT))
        made = write_letter(assignment, by=self.person, channel=CHANNEL)
        messages.success(
            request, _("%(reference)s is begun, filled from the assignment. Read it, and ask for its review.") % {"reference": made.reference}
        )
        return HttpResponseRedirect(address_of(made, DOCUMENT, "draft"))
