"""Reads of competence: the matrix of roles, competences and holders; a person's own; what the guards judge; what is wrong (7.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.documents.queries import approvers_of
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Attachment
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.support.competence.models import Competence, Participant, Qualification, Training
from plimsoll.support.competence.rules import (
    SCALE,
    CompetenceFacts,
    QualificationFacts,
    Shown,
    Standing,
    TrainingFacts,
    is_to_be_judged,
    standing,
)
from plimsoll.support.holders import deciders_of

SETTING = "competence_scale"
TO_COME = ("proposed", "planned", "done")  # trainings that are still to show whether they close a gap

NO_PROFILE = Rule("role_without_competence", gettext_lazy("A role that is held has no approved competence"), ("S-056", "S-066", "7.2-a"))
GAP = Rule("competence_gap", gettext_lazy("A holder lacks a competence of the role, and nothing is planned"), ("S-060", "7.2-b", "7.2-c"))
EXPIRING = Rule("competence_expiring", gettext_lazy("A proof expires soon"), ("S-054", "S-063"))
UNCHECKED = Rule("qualification_unchecked", gettext_lazy("A qualification was not checked by somebody else"), ("7.2-d",))
UNJUDGED = Rule("training_unjudged", gettext_lazy("A training was not judged in time"), ("S-061", "7.2-c"))
LATE = Rule("training_late", gettext_lazy("A training is past its day"), ("S-060",))
RULES = (NO_PROFILE, GAP, EXPIRING, UNCHECKED, UNJUDGED, LATE)


@dataclass(frozen=True, slots=True)
class Cell:
    """How a holder stands with a competence of their role, and by which qualification."""

    competence: Competence
    person: Person
    standing: Standing
    best: Qualification | None
    planned: Training | None = None


def scale_of(tenant: Tenant) -> tuple[str, ...]:
    """What the levels mean, the lowest first: the organisation's own words, or those every one starts with."""
    kept = (tenant.settings or {}).get(SETTING)
    return tuple(str(word) for word in kept) if isinstance(kept, list) and kept else tuple(SCALE)


def level_words(tenant: Tenant, level: int) -> str:
    """“2: does the usual work alone”."""
    scale = scale_of(tenant)
    return f"{level}: {scale[level - 1]}" if 0 < level <= len(scale) else str(level)


def approved(tenant: Tenant) -> Any:
    """What roles need, approved: by role, then by name."""
    rows = Competence.objects.filter(tenant=tenant, state="approved").exclude(role=None)
    return rows.select_related("role", "approver_role").order_by("role__title", "title", "pk")


def valid(tenant: Tenant) -> Any:
    """Qualifications that somebody else has checked."""
    rows = Qualification.objects.filter(tenant=tenant, state="verified").exclude(person=None).exclude(competence=None)
    return rows.select_related("person", "verified_by").order_by("pk")


def cells_of(tenant: Tenant, competences: Sequence[Competence], at: datetime | None = None, *, person: int | None = None) -> list[Cell]:
    """Each approved competence with each person who holds its role now, how they stand, and what is planned. Six queries, whatever the rows."""
    today = day_of(tenant, at or now())
    held = approvers_of({c.role_id for c in competences if c.role_id is not None})
    keys = {pk for people in held.values() for pk in people if person is None or pk == person}
    people = {p.pk: p for p in Person.objects.filter(pk__in=keys, is_active=True, kind="human")}
    shown: dict[tuple[int, int], list[Qualification]] = {}
    for q in valid(tenant).filter(person__in=keys):
        shown.setdefault((q.competence_id, q.person_id), []).append(q)
    planned: dict[tuple[int, int], Training] = {}
    rows = Participant.objects.filter(training__tenant=tenant, training__state__in=TO_COME, training__competence__isnull=False, person__in=keys)
    for row in rows.exclude(took_part=False).select_related("training").order_by("pk"):
        planned[row.training.competence_id or 0, row.person_id] = row.training
    found = []
    for c in competences:
        for p in sorted((people[pk] for pk in held.get(c.role_id or 0, ()) if pk in people), key=lambda p: (p.name.casefold(), p.pk)):
            own = shown.get((c.pk, p.pk), [])
            how = standing(c.level, c.shown_by, [Shown(q.level, q.proof, q.expires_on) for q in own], today)
            best = max(own, key=lambda q: (q.level, q.expires_on or date.max), default=None)
            found.append(Cell(c, p, how, best, planned.get((c.pk, p.pk))))
    return found


def overseen_by(person: Person) -> Any:
    """The competences whose matrix a person sees: all for those who keep the files, else those that a role of theirs defines."""
    assert person.tenant is not None
    rows = approved(person.tenant)
    if reach(person, "qualification:read").everything:
        return rows
    roles = [r for r in {c.approver_role_id for c in rows} if r is not None]
    mine = [role for role, people in deciders_of(roles).items() if person.pk in people]
    return rows.filter(approver_role__in=mine)


def sees_file(reader: Person, person: Person) -> bool:
    """S-063: a person's file is seen by the person, and by those who keep all files."""
    if reader.tenant_id != person.tenant_id:
        return False
    return reader.pk == person.pk or reach(reader, "qualification:read").everything


def roles_of(person: Person, at: datetime | None = None) -> list[Role]:
    """The roles that a person holds now, themselves or in a team, by name."""
    moment = at or now()
    held = Assignment.objects.filter(tenant=person.tenant_id or 0, state="in_force", starts_at__lte=moment).exclude(ends_at__lte=moment)
    roles = {role for role, people in approvers_of(set(held.values_list("role_id", flat=True))).items() if person.pk in people}
    return list(Role.objects.filter(pk__in=roles).order_by("title", "pk"))


def trainings_for(person: Person) -> list[Participant]:
    """The trainings that somebody is to take part in, or did, the newest first."""
    rows = Participant.objects.filter(person=person).exclude(training__state="dropped").select_related("training")
    return list(rows.order_by("-training__planned_on", "-pk"))


def competence_facts(records: Sequence[Competence]) -> list[CompetenceFacts]:
    """What the guards of competences judge; five queries."""
    roles = {c.approver_role_id for c in records if c.approver_role_id is not None}
    held = deciders_of(roles)
    titles = dict(Role.objects.filter(pk__in=roles).values_list("pk", "title"))
    return [
        CompetenceFacts(
            c.description, c.role_id, c.approver_role_id, titles.get(c.approver_role_id or 0, ""), held.get(c.approver_role_id or 0, frozenset())
        )
        for c in records
    ]


def qualification_facts(records: Sequence[Qualification]) -> list[QualificationFacts]:
    """What the guards of qualifications judge; one query."""
    moment = now()
    rows = Attachment.objects.filter(card__in=[q.pk for q in records], removed_at=None).order_by().values("card").annotate(n=Count("pk"))
    files = dict(rows.values_list("card", "n"))
    return [
        QualificationFacts(
            q.person_id, q.competence_id, q.basis, q.obtained_on, q.expires_on, files.get(q.pk, 0), day_of(q.tenant, moment)
        )
        for q in records
    ]  # fmt: skip


def training_facts(records: Sequence[Training]) -> list[TrainingFacts]:
    """What the guards of trainings judge; one query."""
    moment = now()
    rows = Participant.objects.filter(training__in=[t.pk for t in records]).order_by().values("training")
    counted = {
        pk: (people, took)
        for pk, people, took in rows.annotate(n=Count("pk"), took=Count("pk", filter=Q(took_part=True))).values_list("training", "n", "took")
    }
    return [
        TrainingFacts(
            description=t.description,
            aim=t.aim,
            competence=t.competence_id,
            audience=t.audience,
            people=counted.get(t.pk, (0, 0))[0],
            took_part=counted.get(t.pk, (0, 0))[1],
            planned_on=t.planned_on,
            done_on=t.done_on,
            method=t.method,
            evaluation=t.evaluation,
            today=day_of(t.tenant, moment),
        )
        for t in records
    ]


def coverage(cells: Iterable[Cell]) -> tuple[int, int]:
    """7.2-b, K-70: how many of the cells are met, and how many there are. What expires soon still counts."""
    rows = list(cells)
    return sum(1 for c in rows if c.standing != "gap"), len(rows)


def roles_without_profile(tenant: Tenant, competences: Collection[Competence]) -> list[Role]:
    """S-056: roles of our own that somebody holds and for which no competence is approved."""
    there = {c.role_id for c in competences}
    moment = now()
    held = Assignment.objects.filter(tenant=tenant, state="in_force", starts_at__lte=moment).exclude(ends_at__lte=moment)
    ours = held.filter(Q(person__organization__kind__in=("provider", "unit")) | Q(team__organization__kind__in=("provider", "unit")))
    return list(Role.objects.filter(pk__in=ours.values("role")).exclude(pk__in=there).order_by("title", "pk"))


def faults_of(tenant: Tenant, at: datetime | None = None) -> list[Finding]:
    """What is wrong with competence and training; a constant number of queries."""
    today = day_of(tenant, at or now())
    competences = list(approved(tenant))
    found = [
        Finding(NO_PROFILE, _("Nothing says what the role “%(role)s” needs people to be able to do.") % {"role": role.title}, source_of(role))
        for role in roles_without_profile(tenant, competences)
    ]
    for cell in cells_of(tenant, competences, at):
        said = {"name": cell.person.name, "title": cell.competence.title}
        if cell.standing == "gap" and cell.planned is None:
            found.append(Finding(GAP, _("%(name)s can't show “%(title)s”, and nothing is planned.") % said, source_of(cell.competence)))
        elif cell.standing == "expiring" and cell.best is not None:
            said["day"] = day_words(cell.best.expires_on)
            found.append(Finding(EXPIRING, _("What %(name)s shows of “%(title)s” is valid until %(day)s only.") % said, source_of(cell.best)))
    for q in Qualification.objects.filter(tenant=tenant, state="entered").select_related("person").order_by("number"):
        found.append(
            Finding(UNCHECKED, _("“%(title)s” of %(name)s was not checked yet.") % {"title": q.title, "name": q.person or "–"}, source_of(q))
        )
    for t in Training.objects.filter(tenant=tenant, state__in=("planned", "done")).order_by("planned_on", "number"):
        if t.state == "done" and is_to_be_judged(t.done_on, t.evaluate_after, today):
            found.append(Finding(UNJUDGED, _("Nobody judged whether “%(title)s” worked.") % {"title": t.title}, source_of(t)))
        if t.state == "planned" and t.planned_on is not None and t.planned_on < today:
            said = {"title": t.title, "day": day_words(t.planned_on)}
            found.append(Finding(LATE, _("“%(title)s” was planned for %(day)s.") % said, source_of(t)))
    return found
