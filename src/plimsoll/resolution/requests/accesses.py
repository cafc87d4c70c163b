"""Accesses that requests give: recorded when the request is fulfilled, reminded of, ended by time or by hand, and taken away by a task."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.operations import notify
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.operations import MoveRefused, Refused, locked, move, open_record, set_derived
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.requests.models import AccessRight, FulfilmentTask, Request
from plimsoll.resolution.requests.plan import DATE, PERSON
from plimsoll.resolution.requests.queries import answers_of, end_of_day, form_of, longest_of, zone_of
from plimsoll.resolution.requests.record import ACCESS_RIGHT, FULFILMENT_TASK
from plimsoll.resolution.requests.rules import REMIND_BEFORE

UNTIL = "until"  # the short name of a day in the form that says when the access ends
ENDINGS = ("revoke", "expire")  # the moves after which an access is taken away
TAKE_AWAY_WITHIN = 8 * 60  # minutes of service hours


def give_access(request: Request, *, by: Person, at: datetime | None = None) -> AccessRight | None:
    """Record the access that a fulfilled request gave: once. None when it is recorded already, or nobody is named who could have it."""
    moment = at or now()
    with writing():
        request = locked(request)  # of two that come at once the second finds what the first recorded
        holder = _holder(request)
        if holder is None or AccessRight.objects.filter(request=request.pk).exists():
            return None
        if not holder.is_active:
            _say_once(request, _("No access is recorded: %(who)s has left.") % {"who": holder}, by=by, at=at)
            return None
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
            ends_at=_until(request, moment),
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


def _say_once(request: Request, said: str, *, by: Person, at: datetime | None) -> None:
    if not Comment.objects.filter(card_id=request.pk, text=said).exists():
        parts.comment(request, text=said, is_public=False, by=by, channel="rule", at=at)


def _until(request: Request, moment: datetime) -> datetime | None:
    """The end of the day that was asked for, else the usual time; never longer than the longest."""
    plan, answers = form_of(request.model_version), answers_of(request)
    asked = plan.field_named(UNTIL)
    wanted = None
    if asked is not None and asked.kind == DATE and answers.get(UNTIL):
        wanted = end_of_day(request.tenant, date.fromisoformat(answers[UNTIL]))
    elif plan.access_days is not None:
        wanted = moment + timedelta(days=plan.access_days)
    ends = [m for m in (wanted, longest_of(request, moment)) if m is not None]
    return max(min(ends), moment + timedelta(minutes=1)) if ends else None


def proceed_access(access: AccessRight, *, at: datetime | None = None) -> AccessRight:
    """Open the task that takes an ended access away; when it is done, say so on the access. Never anything twice."""
    with writing():
        locked(access)  # the act itself and the job of each hour go on with it one after the other
        fresh = AccessRight.objects.select_related("tenant", "organization", "team__organization").get(pk=access.pk)
        system = system_person(fresh.tenant)
        tasks = list(FulfilmentTask.objects.filter(access=fresh.pk).select_related("organization").order_by("pk"))
        if fresh.state == "active":
            for task in tasks:
                if task.is_open:
                    move(task, "skip", by=system, channel="rule", at=at, note=_("The access is kept after all."))
        if fresh.state != "ending":
            return fresh
        times = max(1, Entry.objects.filter(card=fresh.pk, action__in=ENDINGS).count())
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
        try:
            move(access, "expire", by=system, channel="task", at=moment, note=_("Its time is over."))
            proceed_access(access)
        except (MoveRefused, Refused):
            continue  # extended or revoked meanwhile: the others end all the same
        ended += 1
    for access in running.filter(ends_at__gt=at, ends_at__lte=at + REMIND_BEFORE, reminded_at=None).iterator(chunk_size=500):
        reminded += _remind(access, at, system)
    return ended, reminded


def _remind(access: AccessRight, at: datetime, system: Person) -> bool:
    """Remind of an end, unless it was put off, taken away or reminded of meanwhile."""
    with writing():
        fresh = locked(access)
        if fresh.state != "active" or fresh.reminded_at is not None or fresh.ends_at is None or not at < fresh.ends_at <= at + REMIND_BEFORE:
            return False
        day = fresh.ends_at.astimezone(zone_of(access.tenant))
        note = _("It ends on %(day)s. Who still needs it then, orders it anew or has it extended.") % {"day": f"{day:%-d %B %Y}"}
        set_derived(fresh, {"reminded_at": at}, by=system, channel="task", action="remind", note=note)
        entry = Entry.objects.filter(card_id=access.pk, action="remind").latest("id")
        notify(access, [access.person], entry=entry, why="requester")  # whose access it is; who looks after it is told anyway
    return True


def revoke_of_leaver(person: Person, *, at: datetime | None = None) -> int:
    """Whoever left keeps no access: each is revoked, and a task takes it away. Returns how many."""
    count = 0
    for access in AccessRight.objects.filter(person=person, state="active").select_related("tenant", "organization"):
        move(access, "revoke", by=system_person(access.tenant), channel="rule", at=at, note=_("%(who)s has left.") % {"who": person})
        count += 1
    return count


__all__ = ["end_what_is_over", "give_access", "proceed_access", "revoke_of_leaver"]
