"""Which decisions of a record somebody sees: insiders all, outsiders those that concern them. Pages and programs ask the same."""

from __future__ import annotations

import json

from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.approvals.models import Approval, Step
from plimsoll.kernel.approvals.stand_ins import stood_in_for
from plimsoll.kernel.identity.models import Person, TeamMembership
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.trail.models import Entry


def visible_approvals(record: Record, person: Person, *, inside: bool) -> list[Approval]:
    """The decisions of a record that this person sees, newest first, with their steps and what was said.

    Outsiders get those that they asked for, are asked in (by name, team, or a word that they hold), or have decided.
    """
    rows = Approval.objects.filter(card_id=record.pk).select_related("asked_by", "card").order_by("-pk")
    approvals = list(rows.prefetch_related("steps__team", "steps__people", "steps__decisions__person", "steps__decisions__for_person"))
    if not approvals or inside:
        return approvals
    whom = {person.pk, *stood_in_for(person)}
    teams = teams_asked(approvals, whom)
    own = _asked_themselves(approvals, record, person)
    return [a for a in approvals if a.pk in own or any(_concerns(s, a, record, person, whom, teams) for s in a.steps.all())]


def _asked_themselves(approvals: list[Approval], record: Record, person: Person) -> set[int]:
    """Those that this person asked with their own hands, not those that a rule asked in their name: a customer does not see who decides."""
    if not any(a.asked_by_id == person.pk for a in approvals):
        return set()
    told = Entry.objects.filter(card_id=record.pk, action="ask approval", actor=person).values_list("changes", flat=True)
    return {json.loads(changes)["approval"][1] for changes in told}


def teams_asked(approvals: list[Approval], whom: set[int]) -> set[int]:
    """Those of the teams asked that one of these people is in now."""
    teams = {step.team_id for a in approvals for step in a.steps.all() if step.team_id}
    if not teams:
        return set()
    return set(TeamMembership.objects.filter(in_force(now()), team__in=teams, person__in=whom).values_list("team_id", flat=True))


def _concerns(step: Step, approval: Approval, record: Record, person: Person, whom: set[int], teams: set[int]) -> bool:
    said = {pk for d in step.decisions.all() for pk in (d.person_id, d.for_person_id)}
    if whom & ({p.pk for p in step.people.all()} | said) or (step.team_id is not None and step.team_id in teams):
        return True
    return bool(step.word) and approval.ended_at is None and may(person, step.word, record)
