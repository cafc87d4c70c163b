"""`/me/`: what I do here; `/people/{id}/here/`: the same of somebody, for whoever keeps all files. It writes nothing."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.context.processes.models import Duty
from plimsoll.kernel.access.queries import in_force, reach, teams_of
from plimsoll.kernel.documents.distributing import is_late, to_read
from plimsoll.kernel.identity.models import Person, TeamMembership
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Assignment
from plimsoll.kernel.roles.queries import held_at
from plimsoll.kernel.roles.wording import authorities, limits_in_words
from plimsoll.kernel.ui.choosing import is_of_provider
from plimsoll.kernel.ui.context import SignedInView, address_of
from plimsoll.kernel.workflow import OPEN_CATEGORIES
from plimsoll.portfolio.services.models import Service
from plimsoll.support.awareness.models import AwarenessStatement
from plimsoll.support.competence.queries import approved, cells_of, sees_file

MOST = 50


class OwnPage(SignedInView):
    """For the provider's people; of others only for whoever keeps all files of competence."""

    def get(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        someone = self._someone(number)
        is_own = someone.pk == self.person.pk
        held = self._held(someone)
        context = {
            "someone": someone,
            "is_own": is_own,
            "roles": [self._role(a) for a in held],
            "services": self._services(someone),
            "teams": [m.team for m in TeamMembership.objects.filter(in_force(now()), person=someone).select_related("team").order_by("team__name")],
            "duties": self._duties({a.role_id for a in held}),
            "gaps": [c for c in cells_of(self._tenant, list(approved(self._tenant)), person=someone.pk) if c.standing == "gap"],
            "statements": self._statements(someone),
            "readings": self._readings(someone) if is_own else None,
            "owned": self._owned(someone),
            "crumbs": [(_("What I do here"), "")]
            if is_own
            else [(_("People"), "/people/"), (someone.name, f"/people/{someone.pk}/"), (_("What they do here"), "")],
        }
        context["is_empty"] = not any(context[name] for name in ("roles", "services", "teams", "gaps", "statements", "readings", "owned"))
        return render(request, "desk/own.html", context)

    @property
    def _tenant(self) -> Any:
        return self.person.tenant

    def _someone(self, number: int) -> Person:
        if not number:
            found: Person | None = self.person
        else:
            rows = Person.objects.filter(pk=number, tenant_id=self.person.tenant_id or 0, kind="human", erased_at=None)
            found = rows.select_related("tenant", "organization").first()
        if found is None or not is_of_provider(found) or not is_of_provider(self.person) or not sees_file(self.person, found):
            raise Http404
        return found

    def _held(self, someone: Person) -> list[Assignment]:
        rows = Assignment.objects.filter(held_at(self._tenant, None)).filter(Q(person=someone) | Q(team__in=teams_of(someone)))
        return list(rows.select_related("role", "in_organization", "team").order_by("role__title", "pk"))

    def _role(self, assignment: Assignment) -> dict[str, Any]:
        role = assignment.role
        return {
            "title": role.title,
            "href": f"/roles/{role.number}/" if reach(self.person, "role:read").everything else "",
            "where": assignment.in_organization,
            "team": assignment.team,
            "is_deputy": assignment.is_deputy,
            "purpose": role.purpose,
            "responsibilities": [line.lstrip("-* ").strip() for line in role.responsibilities.splitlines() if line.strip()],
            "authorities": authorities(role.words),
            "limits": limits_in_words(role.limits),
        }

    def _services(self, someone: Person) -> list[Service]:
        rows = Service.objects.visible_to(self.person).filter(owner=someone).exclude(state__in=("retired", "rejected"))
        return list(rows.order_by("title", "pk")[:MOST])

    def _duties(self, roles: set[int]) -> list[dict[str, Any]]:
        """What these roles do in the processes in force; for whoever may read those."""
        if not roles or not reach(self.person, "process:read").everything:
            return []
        rows = Duty.objects.filter(role__in=roles, process__state="in_force", process__tenant=self._tenant)
        rows = rows.select_related("process", "activity").order_by("process__title", "activity__position", "letter")
        found: dict[int, dict[str, Any]] = {}
        for duty in rows[:400]:
            one = found.setdefault(duty.process_id, {"title": duty.process.title, "href": f"/processes/{duty.process.number}/", "lines": []})
            one["lines"].append((duty.activity.name, duty.get_letter_display()))
        return list(found.values())

    def _statements(self, someone: Person) -> list[AwarenessStatement]:
        rows = AwarenessStatement.objects.filter(person=someone, tenant=self._tenant, state__in=("issued", "acknowledged"))
        return list(rows.order_by("-issued_at")[:MOST])

    def _readings(self, someone: Person) -> list[dict[str, Any]]:
        today = day_of(self._tenant, now())
        return [
            {
                "title": r.version.title,
                "href": f"/documents/{r.version.document.number}/versions/{r.version.number}/",
                "due_on": r.due_on,
                "is_late": is_late(r, today),
            }
            for r in to_read(someone)
        ]

    def _owned(self, someone: Person) -> list[dict[str, Any]]:
        """Whatever else they own that is not over, as far as the reader sees it: newest change first."""
        rows = Card.objects.filter(owner=someone, category__in=OPEN_CATEGORIES).exclude(kind="service").order_by("-changed_at")
        cards = sorted({c.pk: c for part in visible_cards(self.person, rows) for c in part[:MOST]}.values(), key=lambda c: c.changed_at, reverse=True)
        return [
            {
                "ref": c.reference,
                "title": c.title,
                "href": address_of(c, type_named(c.kind)),
                "kind": type_named(c.kind).label,
                "category": c.category,
                "state": workflow_of(self._tenant, c.kind).state(c.state).label,
            }
            for c in cards[:MOST]
        ]


__all__ = ["OwnPage"]
