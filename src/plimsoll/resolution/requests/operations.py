"""Writes of requests beside the four: ordering, going on by itself, the tasks in their turn, an incident that is a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.approvals.operations import Asked, ask, withdraw
from plimsoll.kernel.events import KeptChanged
from plimsoll.kernel.identity.models import Person, Team, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.operations import MoveRefused, locked, move, open_record
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.tasks.registry import find
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.queries import working_hours
from plimsoll.resolution.incidents.rules import working_days_later
from plimsoll.resolution.requests.accesses import give_access, revoke_of_leaver
from plimsoll.resolution.requests.answering import due_tasks, steps_for, tasks_for
from plimsoll.resolution.requests.drafting import discard_draft, draft_plan, entitle, keep_deciders, mark_of, put_in_force, take_entitlement
from plimsoll.resolution.requests.models import AccessRight, ChainApproval, FulfilmentTask, Request, RequestModel
from plimsoll.resolution.requests.plan import Step
from plimsoll.resolution.requests.queries import answers_of, deciders_of, facts_of, form_of
from plimsoll.resolution.requests.record import FULFILMENT_TASK, REQUEST
from plimsoll.resolution.requests.rules import CLOSE_AFTER_DAYS

MOST_STEPS = 8  # how far a request goes by itself in one go
ASKING = ("ask approval", "withdraw approval", "approve", "refuse approval")  # acts of approvals, in the words of the trail
CHAINS_OWN = ("approve", "reject")  # the moves that the approval of a version makes
GOING = ("submitted", "awaiting_approval", "approved", "in_fulfilment", "fulfilled")


def order(
    model: RequestModel,
    answers: Mapping[str, Any],
    *,
    by: Person,
    channel: str,
    requester: Person | None = None,
    description: str = "",
    title: str = "",
    priority: int | None = None,
    extra: Mapping[str, Any] | None = None,
    files: Sequence[tuple[str, bytes]] = (),
    at: datetime | None = None,
    origin: str = "live",
) -> Request:
    """Order something for somebody (default: oneself), and let it go as far as it goes by itself: to its approval, or into fulfilment.

    Raises `Refused`, or `Faulty` with a fault at each `answers.KEY` that is missing or wrong; then nothing was written. Whether it is
    for them is checked here as at every opening. `files` (name and bytes) are attached openly, or nothing is ordered.
    """
    asker = requester or by
    values: dict[str, Any] = {name: value for name, value in (("priority", priority), ("title", title), ("extra", dict(extra or {}))) if value}
    with writing():
        made = open_record(
            REQUEST,
            by=by,
            channel=channel,
            organization=asker.organization,
            at=at,
            origin=origin,
            request_model=model,
            answers=dict(answers),
            requester=asker,
            description=description,
            **values,
        )
        assert isinstance(made, Request)
        for name, content in files:
            parts.attach(made, name=name, content=content, is_public=True, by=by, channel=channel, at=at)
        return proceed(made, at=at)


def follow(event: Written) -> None:
    """Wired to `Written`: what happened to a request, a task or an access lets the request go on; by a job, so that the act itself stays short."""
    record = event.record
    if isinstance(record, Request) and event.entry.action in ASKING:
        _follow_asking(record, event)
    if "state" not in event.changes or event.entry.origin == "imported":
        return
    if isinstance(record, Request):
        if event.entry.action in ("cancel", "reject"):
            _end_what_is_open(record, event)
        elif record.state in GOING:
            _later("requests.proceed", record.tenant, request=record.pk)
    elif isinstance(record, FulfilmentTask) and not record.is_open:
        if record.request_id is not None:
            _later("requests.proceed", record.tenant, request=record.request_id)
        elif record.access_id is not None:
            _later("requests.proceed_access", record.tenant, access=record.access_id)
    elif isinstance(record, AccessRight) and record.is_open:
        _later("requests.proceed_access", record.tenant, access=record.pk)


def _follow_asking(request: Request, event: Written) -> None:
    """What was asked beside the chain can't approve; when it is decided, or the chain was taken back, the chain is asked (again)."""
    if event.entry.action == "ask approval":
        made = Approval.objects.get(pk=event.changes["approval"][1])
        follows = {"move_when_approved": made.move_when_approved, "move_when_refused": made.move_when_refused}
        said = _("What its approval decides, only its approval decides: it is asked by itself, of those whom the version names.")
        if event.by.kind != "system" and (faults := [Fault(name, said) for name, move in follows.items() if move in CHAINS_OWN]):
            raise Faulty(faults)
    elif request.state in ("submitted", "awaiting_approval") and facts_of([request])[0].approval in ("", "withdrawn"):
        _later("requests.proceed", request.tenant, request=request.pk)


def end_with_the_person(event: KeptChanged) -> None:
    """Wired to `KeptChanged`: whoever left keeps no access; each is revoked, and a task takes it away."""
    if event.kind == "person" and event.action == "leave" and "left_at" in event.changes:
        revoke_of_leaver(Person.objects.get(pk=event.subject_id))


def _later(name: str, tenant: Tenant, **payload: Any) -> None:
    task = find(name)
    assert task is not None
    task.enqueue(tenant=tenant, dedupe_key=f"{next(iter(payload.values()))}", **payload)


def _end_what_is_open(request: Request, event: Written) -> None:
    """What was cancelled or rejected is asked of nobody and worked on by nobody any more, and the access that it gave is taken away."""
    system = system_person(request.tenant)
    at = event.entry.at if request.origin == "demonstration" else None
    said = _("%(request)s was %(what)s.") % {
        "request": request.reference,
        "what": _("cancelled") if event.entry.action == "cancel" else _("rejected"),
    }
    for approval in Approval.objects.filter(card_id=request.pk, ended_at=None):
        withdraw(approval, by=system, channel="rule", reason=said)
    for task in FulfilmentTask.objects.filter(request=request.pk, is_open=True).select_related("organization"):
        move(task, "skip", by=system, channel="rule", note=said, at=at)
    for access in AccessRight.objects.filter(request=request.pk, state="active").select_related("organization"):
        move(access, "revoke", by=system, channel="rule", note=said, at=at)


def proceed(request: Request, *, at: datetime | None = None) -> Request:
    """Let a request go on by itself as far as it can: ask its approval, accept what needs none, open the tasks whose turn it is, fulfil
    what has nothing left to do, record the access that it gives. May be called again at any time; it never does anything twice.
    """
    with writing():
        locked(request)  # of two that come at once the second goes on from where the first came to
        for _step in range(MOST_STEPS):
            fresh = Request.objects.select_related("tenant", "organization", "model_version", "request_model", "requester").get(pk=request.pk)
            if not _one_step(fresh, system_person(fresh.tenant), at):
                return fresh
        return fresh


def _one_step(request: Request, system: Person, at: datetime | None) -> bool:
    """One step further; False when the next one is somebody else's. What was brought in from elsewhere goes by hand only."""
    state = request.state
    if request.model_version_id is None or request.origin == "imported":
        return False
    if state == "submitted":
        return _try_to_ask(request, system, at) if facts_of([request])[0].is_approval_needed else _move(request, "accept", system, at)
    if state == "awaiting_approval":
        facts = facts_of([request])[0]
        if facts.is_approval_needed and facts.approval in ("", "withdrawn"):
            _try_to_ask(request, system, at)
        return False
    if state == "approved":
        return _move(request, "start", system, at)
    if state == "in_fulfilment":
        return _open_tasks(request, system, at) or _fulfil(request, system, at)
    if state == "fulfilled" and request.request_model.type == "access":
        give_access(request, by=system, at=at)
    return False


def _move(request: Request, name: str, system: Person, at: datetime | None, note: str = "") -> bool:
    move(request, name, by=system, channel="rule", at=at, note=note)
    return True


def _try_to_ask(request: Request, system: Person, at: datetime | None) -> bool:
    """Ask for the approval. Where nobody could give it the order stays where it is, and a note tells the desk what to mend."""
    try:
        with transaction.atomic():
            moved = move(request, "ask", by=system, channel="rule", at=at) if request.state == "submitted" else request
            _ask_people(moved, system, at)
    except Faulty as error:
        said = _("The approval can't be asked: %(why)s") % {"why": " ".join(f.sentence for f in error.faults)}
        if not Comment.objects.filter(card_id=request.pk, text=said).exists():
            parts.comment(request, text=said, is_public=False, by=system, channel="rule", at=at)
        return False
    return True


def _ask_people(request: Request, system: Person, at: datetime | None) -> Approval:
    """The approval as the version says it for these answers: thresholds are resolved now, who may decide at each decision."""
    steps = [_asked(step, request) for step in steps_for(form_of(request.model_version), answers_of(request))]
    question = _("Approve %(title)s for %(who)s?") % {"title": request.title, "who": request.requester or request.organization}
    made = ask(
        request,
        question=question[:250],
        steps=steps,
        by=system,
        channel="rule",
        move_when_approved="approve",
        move_when_refused="reject",
        for_person=request.requester,
        at=at,
    )
    ChainApproval.objects.create(request=request, approval=made)
    return made


def _asked(step: Step, request: Request) -> Asked:
    people = list(Person.objects.filter(pk__in=step.people, tenant_id=request.tenant_id, is_active=True))
    if step.is_line:
        people += [p for p in _line(request) if p not in people]
    team = Team.objects.filter(pk=step.team, tenant_id=request.tenant_id).first() if step.team is not None else None
    return Asked(step.name, step.needed, people, team, step.word)


def _line(request: Request) -> list[Person]:
    home = request.organization
    return deciders_of(home.pk) or deciders_of(home.parent_id)


def _open_tasks(request: Request, system: Person, at: datetime | None) -> bool:
    """Open the tasks whose turn it is. Always False: who does them comes next."""
    ended = {
        key: not is_open for key, is_open in FulfilmentTask.objects.filter(request=request.pk).exclude(plan_key="").values_list("plan_key", "is_open")
    }
    wanted = tasks_for(form_of(request.model_version), answers_of(request))
    for task in due_tasks(wanted, ended):
        open_record(
            FULFILMENT_TASK,
            by=system,
            channel="rule",
            organization=request.organization,
            at=at,
            origin="demonstration" if request.origin == "demonstration" else "live",
            title=f"{task.title}: {request.title}"[:250],
            request=request,
            plan_key=task.key,
            stage=task.stage,
            instructions=task.instructions,
            minutes=int(task.within.total_seconds() // 60) if task.within is not None else None,
            team=Team.objects.select_related("organization").filter(pk=task.team).first(),
        )
    return False


def _fulfil(request: Request, system: Person, at: datetime | None) -> bool:
    """Fulfil what has nothing left to do. A reopened one waits for whoever reopened it to be heard."""
    if request.reopen_count or FulfilmentTask.objects.filter(request=request.pk, is_open=True).exists():
        return False
    try:
        with transaction.atomic():
            return _move(request, "fulfil", system, at, _("Everything that belongs to it is done."))
    except MoveRefused:
        return False  # its instruction is to be reviewed first: the button says so


def request_instead(
    incident: Incident,
    model: RequestModel,
    answers: Mapping[str, Any],
    *,
    by: Person,
    channel: str,
    requester: Person | None = None,
    at: datetime | None = None,
) -> Request:
    """What was reported is no incident but a wish: order it for whoever reported it, and close the incident as such. Both keep their numbers.

    Raises what `order` and `move` raise; then nothing was written.
    """
    asker = requester or incident.requester
    if asker is None:
        raise Faulty([Fault("requester", _("Say for whom it is: nobody is named on %(incident)s.") % {"incident": incident.reference})])
    with writing():
        made = order(model, answers, by=by, channel=channel, requester=asker, description=incident.description, at=at, origin=_origin(incident))
        linker = by if may(by, "request:amend", made) else system_person(made.tenant)
        parts.link(made, "follows", incident, by=linker, channel=channel if linker is by else "rule", at=at)
        note = _("This is a request and no incident: it goes on as %(request)s.") % {"request": made.reference}
        move(incident, "close_as_request", by=by, channel=channel, note=note, at=at)
    return made


def _origin(incident: Incident) -> str:
    return "demonstration" if incident.origin == "demonstration" else "live"


def close_the_fulfilled(tenant: Tenant, moment: datetime | None = None) -> tuple[int, int]:
    """Close what has been fulfilled for long enough without an objection. Returns how many closed and stayed.

    The days are the setting `request_close_days`, as working days of the usual hours; 0 switches it off. Acts in the name of the system.
    """
    days = (tenant.settings or {}).get("request_close_days", CLOSE_AFTER_DAYS)
    if not days:
        return 0, 0
    at = moment or now()
    system = system_person(tenant)
    hours = working_hours(tenant).get(None)
    closed = stayed = 0
    due = Request.objects.filter(tenant=tenant, state="fulfilled", fulfilled_at__lt=at - timedelta(days=days - 1)).order_by("fulfilled_at")
    told = ngettext(
        "Closed by itself: fulfilled for %(n)d day, and nobody objected.", "Closed by itself: fulfilled for %(n)d days, and nobody objected.", days
    ) % {"n": days}
    for request in due.select_related("organization").iterator(chunk_size=500):
        if request.fulfilled_at is None or working_days_later(hours, request.fulfilled_at, days) > at:
            continue
        try:
            move(request, "close", by=system, channel="task", note=told)
            closed += 1
        except MoveRefused:  # closed or reopened meanwhile
            stayed += 1
    return closed, stayed


__all__ = [
    "close_the_fulfilled",
    "discard_draft",
    "draft_plan",
    "end_with_the_person",
    "entitle",
    "follow",
    "give_access",
    "keep_deciders",
    "mark_of",
    "order",
    "proceed",
    "put_in_force",
    "request_instead",
    "take_entitlement",
]
