"""A person's file (S-063): roles, competences, qualifications, training, awareness; and the annex to a job description (S-049). Both can be
taken along as Markdown and printed by the browser."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import may, reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_of, day_words
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.context import DeclaredView
from plimsoll.support.awareness.models import AwarenessStatement
from plimsoll.support.awareness.queries import live_value
from plimsoll.support.competence.models import Qualification
from plimsoll.support.competence.queries import approved, cells_of, roles_of, sees_file, trainings_for
from plimsoll.support.competence.record import COMPETENCE


class OfAPerson(DeclaredView):
    """Shared: whose it is. Not one's own and not a keeper's: there is no such page."""

    record_type = COMPETENCE

    def someone(self, number: int) -> Person:
        found = Person.objects.filter(pk=number, tenant_id=self.person.tenant_id or 0, kind="human").select_related("organization").first()
        is_ours = found is not None and found.organization is not None and found.organization.kind in ("provider", "unit")
        if found is None or not is_ours or not sees_file(self.person, found):
            raise Http404
        return found

    def way(self, someone: Person, *more: tuple[str, str]) -> list[tuple[str, str]]:
        matrix = [(_("Matrix"), "/competences/matrix/")] if reach(self.person, "qualification:read").everything else []
        return [*matrix, (someone.name, f"/competences/people/{someone.pk}/" if more else ""), *more]


class FilePage(OfAPerson):
    """`/competences/people/{id}/`."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        someone = self.someone(number)
        assert self.person.tenant is not None
        roles = roles_of(someone)
        words = {"met": _("can be shown"), "expiring": _("expires soon"), "gap": _("missing")}
        flow = workflow_of(self.person.tenant, "qualification")
        told = workflow_of(self.person.tenant, "training")
        cells = cells_of(self.person.tenant, list(approved(self.person.tenant)), person=someone.pk)
        qualifications = [
            (q, flow.state(q.state).label)
            for q in Qualification.objects.filter(person=someone, tenant=self.person.tenant)
            .exclude(state="withdrawn")
            .select_related("competence", "verified_by")
            .order_by("title", "pk")
        ]
        statements = list(
            AwarenessStatement.objects.filter(person=someone, tenant=self.person.tenant, state__in=("issued", "acknowledged")).order_by("-issued_at")
        )
        context = {
            "someone": someone,
            "is_own": someone.pk == self.person.pk,
            "roles": roles,
            "cells": [(c, words[c.standing]) for c in cells],
            "qualifications": qualifications,
            "trainings": [(p, told.state(p.training.state).label) for p in trainings_for(someone)],
            "sees_training": not reach(self.person, "training:read").is_empty,
            "statements": [(s, live_value(s)) for s in statements],
            "can_enter": may(self.person, "qualification:open"),
            "crumbs": self.way(someone),
            "today": day_of(self.person.tenant, now()),
        }
        if request.GET.get("format") == "md":
            return as_file(file_text(context), f"{someone.name} file")
        return self.show("competence/file.html", context)


class MyFilePage(FilePage):
    """`/competences/mine/`: one's own."""

    def get(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        return super().get(request, self.person.pk)


class AnnexPage(OfAPerson):
    """`/competences/people/{id}/annex/`: every responsibility of every role that somebody holds."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        someone = self.someone(number)
        roles = roles_of(someone)
        if request.GET.get("format") == "md":
            return as_file(annex_text(someone, roles), f"{someone.name} annex")
        context = {"someone": someone, "roles": roles, "crumbs": self.way(someone, (_("Annex"), ""))}
        return self.show("competence/annex.html", context)


def as_file(text: str, name: str) -> HttpResponse:
    """A download; the browser is told not to look inside."""
    answer = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(name) or "file"}.md"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def annex_text(someone: Person, roles: list[Any]) -> str:
    """S-049: the annex as Markdown, with every responsibility of each role."""
    parts = [f"# {_('Annex to the job description: %(name)s') % {'name': someone.name}}"]
    for role in roles:
        parts += [f"## {role.title}", role.purpose, role.responsibilities]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def file_text(context: dict[str, Any]) -> str:
    """S-063: the file as Markdown."""
    someone = context["someone"]
    lines = [f"# {_('Competence file: %(name)s') % {'name': someone.name}}", "", f"## {_('Roles')}", ""]
    lines += [f"- {role.title}" for role in context["roles"]]
    lines += ["", f"## {_('What the roles need')}", ""]
    lines += [f"- {cell.competence.title} ({cell.competence.level}): {word}" for cell, word in context["cells"]]
    lines += ["", f"## {_('Qualifications')}", ""]
    for q, state in context["qualifications"]:
        said = [f"{q.title}, {_('level')} {q.level}", str(q.get_proof_display()), state]
        said += [_("since %(day)s") % {"day": day_words(q.obtained_on)}] if q.obtained_on else []
        said += [_("valid until %(day)s") % {"day": day_words(q.expires_on)}] if q.expires_on else []
        said += [_("checked by %(name)s") % {"name": q.verified_by}] if q.verified_by else []
        lines.append("- " + "; ".join([*said, *filter(None, [" ".join(q.basis.split())])]))
    lines += ["", f"## {_('Training')}", ""]
    lines += [f"- {p.training.title} ({day_words(p.training.done_on or p.training.planned_on)}): {state}" for p, state in context["trainings"]]
    lines += ["", f"## {_('Awareness')}", ""]
    for s, value in context["statements"]:
        confirmed = _("confirmed %(day)s") % {"day": day_words(s.acknowledged_at.date())} if s.acknowledged_at else _("not confirmed")
        lines.append("- " + " ".join(filter(None, [f"{s.title} ({confirmed}):", " ".join(s.contribution.split()), value])))
    return "\n".join(lines) + "\n"
