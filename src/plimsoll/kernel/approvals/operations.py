"""Asking for a decision and deciding. Who may decide is computed at the decision; the last decision calls `move`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.approvals.ceilings import Ceiling, ceiling_of
from plimsoll.kernel.approvals.deciders import asked_now, may_decide, of_those
from plimsoll.kernel.approvals.models import Approval, Decision, Step
from plimsoll.kernel.approvals.rules import StepView, is_stuck, refusal, result_of, result_of_all
from plimsoll.kernel.approvals.stand_ins import end_shares, end_stand_in, keep_stand_in, share_with_stand_ins, stood_in_for
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.models import Record, Share
from plimsoll.kernel.records.operations import MoveRefused, Refused, locked, move
from plimsoll.kernel.records.parts import tell
from plimsoll.kernel.records.permissions import check as check_record, may, may_move
from plimsoll.kernel.records.queries import record_of
from plimsoll.kernel.records.workflows import workflow_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A step as it is asked: named people, a team, or whoever may say a word on the record; how many must say yes."""

    name: str
    needed: int = 1
    people: Sequence[Person] = field(default_factory=tuple)
    team: Team | None = None
    word: str = ""


def ask(
    record: Record,
    *,
    question: str,
    steps: Sequence[Asked],
    by: Person,
    channel: str,
    move_when_approved: str = "",
    move_when_refused: str = "",
    for_person: Person | None = None,
    at: datetime | None = None,
) -> Approval:
    """Ask for a decision. Those asked, and who stands in for them, get sight of the record while it is open. Refused when a step can't be passed.

    `for_person` is whose wish is decided, when another (a rule) asks in their name: as whoever asks, they decide in no step.
    A move may follow only where `by` could make it, or where the last step is decided by those alone who could: asking lends nobody a word.
    """
    with writing():
        fresh = locked(record)
        check_record(by, f"{fresh.kind}:amend", fresh)
        asker = for_person or by
        faults = _faults(fresh, question, steps, asker, [m for m in (move_when_approved, move_when_refused) if m])
        if Approval.objects.filter(card_id=fresh.pk, ended_at=None).exists():
            faults.append(Fault("", _("A decision is already asked on this record.")))
        if faults:
            raise Faulty(faults)
        _check_moves(fresh, steps, move_when_approved, move_when_refused, by)
        approval = Approval.objects.create(
            tenant_id=fresh.tenant_id,
            card_id=fresh.pk,
            asked_by=asker,
            asked_at=at or now(),
            question=question.strip(),
            move_when_approved=move_when_approved,
            move_when_refused=move_when_refused,
        )
        for position, asked in enumerate(steps, 1):
            step = Step.objects.create(approval=approval, position=position, name=asked.name, needed=asked.needed, word=asked.word, team=asked.team)
            step.people.set(asked.people)
            if not may_decide(step, fresh) - {asker.pk}:
                raise Faulty(
                    [Fault("steps", _("Nobody may decide “%(step)s”: name people, a team, or a word that somebody holds.") % {"step": asked.name})]
                )
            if is_stuck(_view(step, fresh, without=asker.pk)):
                raise Faulty(
                    [Fault("steps", _("“%(step)s” needs %(n)d decisions, and fewer people may give them.") % {"step": asked.name, "n": asked.needed})]
                )
            _share(step, fresh, [*asked.people, *_routed(step, fresh)])
        tell(fresh, "ask approval", by=by, channel=channel, changes={"approval": (None, approval.pk)}, note=question, at=at)
    return approval


def _faults(record: Record, question: str, steps: Sequence[Asked], by: Person, moves: list[str]) -> list[Fault]:
    faults = []
    if not question.strip():
        faults.append(Fault("question", _("Say what is to be decided.")))
    if not steps:
        faults.append(Fault("steps", _("At least one step is needed.")))
    for asked in steps:
        if asked.needed < 1:
            faults.append(Fault("steps", _("A step needs at least one yes.")))
        if any(p.tenant_id != record.tenant_id or not p.is_active for p in asked.people) or (asked.team and asked.team.tenant_id != record.tenant_id):
            faults.append(Fault("steps", _("“%(step)s” names somebody who is not here.") % {"step": asked.name}))
        if asked.people and {p.pk for p in asked.people} == {by.pk}:
            faults.append(Fault("steps", _("Nobody approves what they asked for themselves. Name somebody else.")))
    flow = workflow_of(by.tenant, record.kind)
    known = {m.name for m in flow.moves}
    faults += [Fault("move_when_approved", _("There is no move “%(move)s”.") % {"move": m}) for m in moves if m not in known]
    return faults


def _check_moves(record: Record, steps: Sequence[Asked], when_approved: str, when_refused: str, by: Person) -> None:
    """The last step brings the yes about; every step can bring about the no."""
    flow = workflow_of(by.tenant, record.kind)
    for name, deciding in ((when_approved, steps[-1:]), (when_refused, steps)):
        if not name:
            continue
        arrow = flow.move(name)
        is_by_its_word = all(s.word == f"{record.kind}:{name}" and not s.people and s.team is None for s in deciding)
        if not is_by_its_word and not may_move(by, record, arrow):
            raise Refused(
                _("“%(move)s” can't follow: you may not make that move yourself. Leave it out, or have the last step decided by those who may.")
                % {"move": arrow.title}
            )


def _share(step: Step, record: Record, people: Sequence[Person]) -> None:
    for person in people:
        Share.objects.update_or_create(card_id=record.pk, person=person, why="approver", defaults={"until": None})
    if step.team is not None:
        Share.objects.update_or_create(card_id=record.pk, team=step.team, why="approver", defaults={"until": None})
    share_with_stand_ins(record, people)


def route_anew(approval: Approval) -> None:
    """Give sight to whoever may decide now in the place of those asked, after limits changed. Within the transaction of that change."""
    record = record_of(approval.card)
    for step in approval.steps.all():
        _share(step, record, _routed(step, record))


def _routed(step: Step, record: Record) -> list[Person]:
    """Those who may decide though nobody named them: the limits of the others do not reach."""
    others = may_decide(step, record) - asked_now(step, record, now()) - {step.approval.asked_by_id}
    return list(Person.objects.filter(pk__in=others)) if others else []


def _view(step: Step, record: Record, moment: datetime | None = None, *, without: int | None = None) -> StepView:
    said = list(step.decisions.values_list("for_person_id", "person_id", "is_yes"))
    yes = frozenset(for_person or person for for_person, person, is_yes in said if is_yes)
    no = frozenset(for_person or person for for_person, person, is_yes in said if not is_yes)
    return StepView(step.needed, may_decide(step, record, moment) - {without}, yes, no)


def state_of(approval: Approval) -> str:
    """ "approved", "refused", "withdrawn" or "" while open; derived from the decisions."""
    if approval.withdrawn_at is not None:
        return "withdrawn"
    views = [
        StepView(
            s.needed,
            frozenset(),
            frozenset(d.for_person_id or d.person_id for d in s.decisions.all() if d.is_yes),
            frozenset(d.for_person_id or d.person_id for d in s.decisions.all() if not d.is_yes),
        )
        for s in approval.steps.prefetch_related("decisions")
    ]
    return result_of_all(views)


def current_step(approval: Approval) -> Step | None:
    """The step that is asked now; None when all is decided."""
    if approval.ended_at is not None:
        return None
    for step in approval.steps.prefetch_related("decisions"):
        said = list(step.decisions.all())
        if (
            result_of(
                StepView(
                    step.needed,
                    frozenset(),
                    frozenset(d.for_person_id or d.person_id for d in said if d.is_yes),
                    frozenset(d.pk for d in said if not d.is_yes),
                )
            )
            == ""
        ):
            return step
    return None


def decide(
    approval: Approval,
    *,
    is_yes: bool,
    by: Person,
    channel: str,
    reason: str = "",
    for_person: Person | None = None,
    at: datetime | None = None,
) -> Approval:
    """Say yes or no to the step that is open. A no needs a reason. The last yes makes the move that was asked for, in the same transaction."""
    with writing():
        approval = Approval.objects.select_for_update().get(pk=approval.pk)
        record = locked(record_of(approval.card))
        if record.tenant_id != by.tenant_id:
            raise Refused(_("There is no such decision."))
        step = current_step(approval)
        ceiling = ceiling_of(record, approval)
        named = asked_now(step, record, now()) if step else frozenset()
        allowed = of_those(step, record, named, ceiling) if step else frozenset()
        acting_for = for_person.pk if for_person else by.pk
        if for_person is None and by.pk not in allowed:
            acting_for = next((pk for pk in stood_in_for(by) if pk in allowed), by.pk)
        elif for_person is not None and for_person.pk != by.pk and for_person.pk not in stood_in_for(by):
            raise Refused(_("You do not stand in for %(person)s today.") % {"person": for_person})
        said = (
            set(step.decisions.values_list("person_id", flat=True)) | set(step.decisions.values_list("for_person_id", flat=True)) if step else set()
        )
        why_not = refusal(
            person=by.pk,
            for_person=acting_for,
            requester=approval.asked_by_id,
            may_decide=allowed | named,
            already=frozenset(p for p in said if p),
            is_current=step is not None and by.is_active,
        )
        if why_not is None and ceiling is not None:  # a stand-in decides up to their own limit, and never above that of whom they stand in for
            why_not = next((ceiling.refusal(p) for p in (acting_for, by.pk) if not ceiling.within({p})), None)
        if why_not:
            raise Refused(why_not)
        if not is_yes and not reason.strip():
            raise Faulty([Fault("reason", _("Say why not."))])
        assert step is not None
        Decision.objects.create(
            step=step,
            person=by,
            for_person_id=acting_for if acting_for != by.pk else None,
            is_yes=is_yes,
            reason=reason.strip(),
            at=at or now(),
            authority=_authority(by, acting_for, step, record, ceiling),
        )
        tell(
            record,
            "approve" if is_yes else "refuse approval",
            by=by,
            channel=channel,
            note=reason,
            changes={"approval": (None, approval.pk), "step": (None, step.position), "for": (None, acting_for)},
            at=at,
        )
        result = state_of(approval)
        if result:
            _end(approval, record, result, by=by, channel=channel, reason=reason, at=at)
    return approval


def _authority(by: Person, acting_for: int, step: Step, record: Record, ceiling: Ceiling | None) -> dict[str, Any]:
    """What allowed the decision, kept with it: being named, the team, or the role and grant behind the word; the limit; and the stand-in."""
    kept: dict[str, Any] = {"word": step.word, "team": step.team_id, "stand_in_for": acting_for if acting_for != by.pk else None}
    if step.word:
        holder = by if acting_for == by.pk else Person.objects.select_related("tenant", "organization").get(pk=acting_for)
        kept["grants"] = [{"role": g.role, "assignment": g.assignment} for g in reach(holder, step.word).grants]
    if ceiling is not None:
        kept["limit"] = ceiling.kept(acting_for)
        if acting_for != by.pk:
            kept["limit_of_stand_in"] = ceiling.kept(by.pk)
    return kept


def _end(approval: Approval, record: Record, result: str, *, by: Person, channel: str, reason: str, at: datetime | None) -> None:
    approval.ended_at = at or now()
    approval.save(update_fields=["ended_at"])
    end_shares(record.pk, approval.ended_at)
    name = approval.move_when_approved if result == "approved" else approval.move_when_refused
    if name:
        mover = Person.objects.select_related("tenant", "organization").get(pk=by.pk)
        if not may(mover, f"{record.kind}:{name}", record):
            # Whoever asked could make it; the system makes it for them, judged as if they did, and the entry before says who decided.
            mover = Person.objects.select_related("tenant", "organization").filter(tenant_id=record.tenant_id, kind="system").get()
        said = reason or _("Decided: %(question)s") % {"question": approval.question}
        move(record, name, by=mover, channel=channel, note=said, at=at, in_the_name_of=approval.asked_by if mover.kind == "system" else None)


def withdraw(approval: Approval, *, by: Person, channel: str, reason: str) -> Approval:
    """Take the question back. Whoever asked may, and insiders who may amend the record."""
    with writing():
        approval = Approval.objects.select_for_update().get(pk=approval.pk)
        record = locked(record_of(approval.card))
        if approval.asked_by_id != by.pk:
            check_record(by, f"{record.kind}:amend", record)
            check_record(by, f"{record.kind}:internal", record)
        if approval.ended_at is not None:
            raise MoveRefused([_("It was already decided.")])
        approval.ended_at = approval.withdrawn_at = now()
        approval.save(update_fields=["ended_at", "withdrawn_at"])
        end_shares(record.pk, approval.ended_at)
        tell(record, "withdraw approval", by=by, channel=channel, changes={"approval": (approval.pk, None)}, note=reason)
    return approval


def reroute(approval: Approval, *, people: Sequence[Person], by: Person, channel: str, reason: str) -> Step:
    """Name others for the open step whose holders lost the authority; the trail says so."""
    with writing():
        approval = Approval.objects.select_for_update().get(pk=approval.pk)
        record = locked(record_of(approval.card))
        check_record(by, f"{record.kind}:amend", record)
        step = current_step(approval)
        if step is None:
            raise MoveRefused([_("It was already decided.")])
        if (
            not reason.strip()
            or not people
            or {p.pk for p in people} == {approval.asked_by_id}
            or any(p.tenant_id != record.tenant_id or not p.is_active for p in people)
        ):
            raise Faulty([Fault("people", _("Name others who may decide, not only whoever asked, and say why."))])
        _check_moves(record, [Asked(step.name, people=people)], approval.move_when_approved, approval.move_when_refused, by)
        old = sorted(step.people.values_list("pk", flat=True))
        step.people.set(people)
        if is_stuck_now(step, record):
            said = _("“%(step)s” needs %(n)d decisions, and fewer people may give them.") % {"step": step.name, "n": step.needed}
            raise Faulty([Fault("people", said)])
        _share(step, record, people)
        tell(
            record,
            "reroute approval",
            by=by,
            channel=channel,
            changes={"step": (None, step.position), "people": (old, sorted(p.pk for p in people))},
            note=reason,
        )
    return step


def is_stuck_now(step: Step, record: Record) -> bool:
    """Whether fewer people may decide this open step than must: those asked left or lost the authority. Whoever asked does not count."""
    return is_stuck(_view(step, record, without=step.approval.asked_by_id))


def asked_of(person: Person, most: int = 50) -> list[Approval]:
    """Open decisions that this person may take now, own or as a stand-in, oldest first."""
    whom = [person.pk, *stood_in_for(person)]
    shared = Share.objects.of(person).filter(why="approver").values("card_id")
    named = Approval.objects.filter(
        Q(steps__people__in=whom) | Q(card__in=shared) | ~Q(steps__word=""), tenant_id=person.tenant_id or 0, ended_at=None
    )
    found = []
    for approval in named.exclude(asked_by=person).distinct().select_related("card", "asked_by").order_by("asked_at")[: most * 4]:
        step = current_step(approval)
        if step is None or step.decisions.filter(person=person).exists():
            continue
        record = record_of(approval.card)
        ceiling = ceiling_of(record, approval)
        if set(whom) & of_those(step, record, asked_now(step, record, now()), ceiling) and (ceiling is None or ceiling.within({person.pk})):
            found.append(approval)
    return found[:most]


__all__ = [
    "Asked",
    "ask",
    "asked_of",
    "current_step",
    "decide",
    "end_stand_in",
    "is_stuck_now",
    "keep_stand_in",
    "may_decide",
    "reroute",
    "route_anew",
    "state_of",
    "stood_in_for",
    "withdraw",
]
