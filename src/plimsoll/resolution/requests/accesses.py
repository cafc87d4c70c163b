"""Accesses that requests give: recorded when the request is fulfilled, reminded of, ended by time or by hand, and taken away by a task."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.operations import notify
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import move, open_record, set_derived
from plimsoll.kernel.trail.models import Entry, Span
from plimsoll.resolution.requests.models import AccessRight, FulfilmentTask, Request
from plimsoll.resolution.requests.plan import DATE, PERSON, Plan
from plimsoll.resolution.requests.queries import answers_of, form_of
from plimsoll.resolution.requests.record import ACCESS_RIGHT, FULFILMENT_TASK
from plimsoll.resolution.requests.rules import REMIND_BEFORE

UNTIL = "until"  # the short name of a day in the form that says when the access ends
TAKE_AWAY_WITHIN = 8 * 60  # minutes of service hours


def give_access(request: Request, *, by: Person, at: datetime | None = None) -> AccessRight | None:
    """Record the access that a fulfilled request gave: once. None when it is recorded already, or nobody is named who could have it."""
    holder = _holder(request)
    if holder is None or AccessRight.objects.filter(request=request.pk).exists():
        return None
    moment = at or now()
    with writing():
        made = open_record(
            ACCESS_RIGHT,
            by=by,
            channel="rule",
            organization=request.organization,
            at=at,
            origin="demonstration" if request.origin == "demonstration" else "live",
            title=request.title,
            person=holder,
            request=request,
            service=request.service,
            ends_at=_until(form_of(request.model_version), answers_of(request), moment),
            team=request.team,
        )
        assert isinstance(made, AccessRight)
        parts.watch(made, person=holder, by=by, channel="rule", at=at)
    return made


def _holder(request: Request) -> Person | None:
    """Who gets it: the first person whom the form asks for, else whoever it was ordered for."""
    plan, answers = form_of(request.model_version), answers_of(request)
    named = next((answers[f.key] for f in plan.fields if f.kind == PERSON and f.key in answers), None)
    return Person.objects.filter(pk=named, tenant_id=request.tenant_id).first() if named is not None else request.requester


def _until(plan: Plan, answers: Any, moment: datetime) -> datetime | None:
    """The day that was asked for, else the usual time; never longer than the longest."""
    asked = plan.field_named(UNTIL)
    wanted = None
    if asked is not None and asked.kind == DATE and answers.get(UNTIL):
        wanted = datetime.combine(date.fromisoformat(answers[UNTIL]) + timedelta(days=1), time.min, UTC)
    elif plan.access_days is not None:
        wanted = moment + timedelta(days=plan.access_days)
    longest = moment + timedelta(days=plan.access_longest) if plan.access_longest is not None else None
    ends = [m for m in (wanted, longest) if m is not None]
    return max(min(ends), moment + timedelta(minutes=1)) if ends else None


def proceed_access(access: AccessRight, *, at: datetime | None = None) -> AccessRight:
    """Open the task that takes an ended access away; when it is done, say so on the access. Never anything twice."""
    with writing():
        fresh = AccessRight.objects.select_related("tenant", "organization", "team__organization").get(pk=access.pk)
        system = system_person(fresh.tenant)
        tasks = list(FulfilmentTask.objects.filter(access=fresh.pk).select_related("organization").order_by("pk"))
        if fresh.state == "active":
            for task in tasks:
                if task.is_open:
                    move(task, "skip", by=system, channel="rule", at=at, note=_("The access is kept after all."))
        if fresh.state != "ending":
            return fresh
        times = Span.objects.filter(card=fresh.pk, state="ending").values("started_at").distinct().count()
        task_now = next((t for t in tasks if t.stage == times), None)
        if task_now is None:
            open_record(
                FULFILMENT_TASK,
                by=system,
                channel="rule",
                organization=fresh.organization,
                at=at,
                origin="demonstration" if fresh.origin == "demonstration" else "live",
                title=(_("Take away: %(what)s, %(who)s") % {"what": fresh.title, "who": fresh.person})[:250],
                access=fresh,
                stage=times,
                instructions=_("The access has ended. Take it away, and say here how you made sure that it is gone."),
                minutes=TAKE_AWAY_WITHIN,
                team=fresh.team,
            )
        elif not task_now.is_open:
            return move(fresh, "end", by=system, channel="rule", at=at)
    return fresh


def end_what_is_over(tenant: Tenant, moment: datetime | None = None) -> tuple[int, int]:
    """Remind of accesses that end soon, and let those end whose time is over. Returns how many ended and were reminded of."""
    at = moment or now()
    system = system_person(tenant)
    running = AccessRight.objects.filter(tenant=tenant, state="active", ends_at__isnull=False).select_related(
        "organization", "tenant", "person__organization"
    )
    ended = reminded = 0
    for access in running.filter(ends_at__lte=at).order_by("ends_at").iterator(chunk_size=500):
        move(access, "expire", by=system, channel="task", note=_("Its time is over."))
        proceed_access(access)
        ended += 1
    for access in running.filter(ends_at__gt=at, ends_at__lte=at + REMIND_BEFORE, reminded_at=None).iterator(chunk_size=500):
        note = _("It ends on %(day)s. Who still needs it then, orders it anew or has it extended.") % {"day": f"{access.ends_at:%-d %B %Y}"}
        with writing():
            set_derived(access, {"reminded_at": at}, by=system, channel="task", action="remind", note=note)
            entry = Entry.objects.filter(card_id=access.pk, action="remind").latest("id")
            notify(access, [access.person], entry=entry, why="requester")  # whose access it is; who looks after it is told anyway
        reminded += 1
    return ended, reminded


def revoke_of_leaver(person: Person, *, at: datetime | None = None) -> int:
    """Whoever left keeps no access: each is revoked, and a task takes it away. Returns how many."""
    count = 0
    for access in AccessRight.objects.filter(person=person, state="active").select_related("tenant", "organization"):
        move(access, "revoke", by=system_person(access.tenant), channel="rule", at=at, note=_("%(who)s has left.") % {"who": person})
        count += 1
    return count


__all__ = ["end_what_is_over", "give_access", "proceed_access", "revoke_of_leaver"]
