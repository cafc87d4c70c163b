"""Writes of major incidents beside open, amend and move: what begins with one, roles, updates, steps, telling top management."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.operations import notify
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.operations import amend, keep_due, locked, move
from plimsoll.kernel.records.permissions import Refused, check, may
from plimsoll.kernel.tasks.registry import find
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.majors.models import AffectedCustomer, MajorIncident, MajorUpdate, ProcedureStep, ToldTop
from plimsoll.resolution.majors.queries import affected_organizations, children_of_lead, next_update, overseers_of, steps_of
from plimsoll.resolution.majors.rules import RUNNING

ROLES = ("owner", "communications", "scribe")
NOTICE = "notice"
REPLIES_AT_ONCE = 20
INFORM = "majorincident:inform"


def begin(major: MajorIncident, entry: Entry, *, by: Person, at: datetime | None) -> None:
    """What begins with a major incident, by whatever way it was declared: its steps, the notice to top management, a word on the incident."""
    ProcedureStep.objects.bulk_create(ProcedureStep(major=major, position=n, text=text) for n, text in enumerate(steps_of(major.tenant), start=1))
    told = notify(major, overseers_of(major.tenant, at), entry=entry, why="oversees", at=at)
    ToldTop.objects.bulk_create(ToldTop(major=major, person=person, how=NOTICE, at=at or entry.at) for person in told)
    lead = Incident.objects.select_related("organization", "tenant").get(pk=major.lead_id)
    parts.tell(lead, "declare major", by=by, channel=entry.channel, changes={"major": (None, major.reference)}, at=at)


def take_role(
    major: MajorIncident, role: str, *, by: Person, channel: str, person: Person | None = None, at: datetime | None = None
) -> MajorIncident:
    """Take a role, or give it to somebody. With a manager the handling begins. Needs `majorincident:amend`."""
    if role not in ROLES:
        raise Faulty([Fault("role", _("There is no such role."))])
    who = person or by
    with writing():
        if role == "owner" and major.state == "declared" and may(by, "majorincident:handle", major):
            return move(major, "handle", by=by, channel=channel, fields={"owner": who}, at=at)
        values: dict[str, Any] = {role: who}
        return amend(major, by=by, channel=channel, at=at, **values)


def send_update(
    major: MajorIncident,
    *,
    text: str,
    audience: str,
    by: Person,
    channel: str,
    at: datetime | None = None,
    next_due_at: datetime | None = None,
    replies: bool = True,
) -> MajorUpdate:
    """Tell people where it stands; the clock of the next update begins anew. Returns the update; raises `Refused` or `Faulty`.

    Needs `majorincident:inform`. What is for customers stands on their status page, and, with `replies`, as a reply on the incidents that
    belong to it, so that whoever reported one hears of it there. Top management is told of each.
    """
    moment = at or now()
    if audience not in dict(MajorUpdate.AUDIENCES):
        raise Faulty([Fault("audience", _("Say for whom this is."))])
    with writing():
        fresh = locked(major)
        check(by, INFORM, fresh)
        if fresh.state in ("closed", "withdrawn"):
            raise Faulty([Fault("text", _("%(major)s is over; nothing more is told of it.") % {"major": fresh.reference})])
        if next_due_at is not None and next_due_at <= moment:
            raise Faulty([Fault("next_due_at", _("The next update lies ahead."))])
        is_public = audience == "customers"
        comment = parts.comment(fresh, text=text, is_public=is_public, by=by, channel=channel, at=at)
        was_due = fresh.due_at
        is_running = fresh.state in RUNNING
        following = (next_due_at or next_update(fresh, comment.at)) if is_running else None
        made = MajorUpdate.objects.create(
            major=fresh, comment=comment, audience=audience, at=comment.at, was_due_at=was_due if is_running else None, next_due_at=following
        )
        if is_running:
            keep_due(fresh, following)
        assert comment.entry is not None
        top = [person for person in overseers_of(fresh.tenant, at) if person.pk != by.pk]
        notify(fresh, top, entry=comment.entry, why="oversees", at=at)
        if is_public and replies:
            _reply(fresh, comment, by=by, channel=channel, at=at)
    major.due_at = fresh.due_at
    return made


def _reply(major: MajorIncident, comment: Comment, *, by: Person, channel: str, at: datetime | None) -> None:
    """The words of an update as a reply on the lead and on the incidents under it, where this person may write and a customer reads.

    Where there are many, the first of them now and the others by a job.
    """
    customers = {o.pk for o in affected_organizations(major, at)}
    under = list(_open_under(major).order_by("number")[: REPLIES_AT_ONCE + 1])
    for incident in [major.lead, *under[:REPLIES_AT_ONCE]]:
        if incident.organization_id in customers and may(by, "incident:comment", incident):
            parts.comment(incident, text=comment.text, is_public=True, by=by, channel=channel, at=at)
    if len(under) > REPLIES_AT_ONCE:
        task = find("majors.reply")
        assert task is not None
        task.enqueue(tenant=major.tenant, asked_by=by, comment=comment.pk, after=under[REPLIES_AT_ONCE - 1].number)


def _open_under(major: MajorIncident) -> Any:
    return children_of_lead(major).filter(is_open=True).select_related("organization", "tenant")


def reply_to_the_rest(comment_id: int, *, after: int) -> int:
    """The words of an update as a reply on the incidents under the lead from a number on; each once, however often it is tried."""
    comment = Comment.objects.select_related("author__tenant", "author__organization").get(pk=comment_id)
    major = MajorIncident.objects.select_related("tenant", "organization", "lead").get(pk=comment.card_id)
    customers = {o.pk for o in affected_organizations(major)}
    count = 0
    for incident in _open_under(major).filter(number__gt=after, organization__in=customers).order_by("number"):
        with writing():
            locked(incident)
            told = Comment.objects.filter(card_id=incident.pk, author=comment.author_id, at__gte=comment.at, text=comment.text)
            if comment.redacted_at is None and may(comment.author, "incident:comment", incident) and not told.exists():
                parts.comment(incident, text=comment.text, is_public=True, by=comment.author, channel="task")
                count += 1
    return count


def note_down(major: MajorIncident, *, text: str, by: Person, channel: str, at: datetime | None = None) -> Comment:
    """A note of the scribe, perhaps of some minutes ago. It stands in the timeline at its moment; the trail also keeps when it was written."""
    if at is not None and (at > now() or at < (major.began_at or major.opened_at)):
        raise Faulty([Fault("at", _("The moment lies between the first symptom and now."))])
    return parts.comment(major, text=text, is_public=False, by=by, channel=channel, at=at)


def tick_step(step: ProcedureStep, major: MajorIncident, *, is_done: bool, by: Person, channel: str, at: datetime | None = None) -> ProcedureStep:
    """Tick a step of the procedure off, or take the tick back. Needs `majorincident:amend`."""
    with writing():
        fresh = locked(major)
        check(by, "majorincident:amend", fresh)
        kept = ProcedureStep.objects.select_for_update().get(pk=step.pk, major=fresh)
        if (kept.done_at is not None) == is_done:
            return kept
        kept.done_at, kept.done_by = (at or now(), by) if is_done else (None, None)
        kept.save(update_fields=["done_at", "done_by"])
        parts.tell(
            fresh,
            "tick step" if is_done else "untick step",
            by=by,
            channel=channel,
            changes={"text": (None, kept.text)},
            texts=frozenset({"text"}),
            at=at,
        )
    return kept


def inform_top(major: MajorIncident, *, how: str, by: Person, channel: str, at: datetime | None = None) -> ToldTop:
    """Write down that top management was told in another way than by notice. Needs `majorincident:inform`."""
    words = " ".join(how.split())
    if not words or len(words) > 250 or words == NOTICE:
        raise Faulty([Fault("how", _("Say whom you told, and how, in up to 250 characters."))])
    with writing():
        fresh = locked(major)
        check(by, INFORM, fresh)
        made = ToldTop.objects.create(major=fresh, person=None, how=words, at=at or now())
        parts.tell(fresh, "inform", by=by, channel=channel, changes={"text": (None, words)}, texts=frozenset({"text"}), at=at)
    return made


def affect(major: MajorIncident, organizations: Iterable[Organization], *, by: Person, channel: str, at: datetime | None = None) -> None:
    """Name customers that are affected beside those of the service. Needs `majorincident:inform`."""
    with writing():
        fresh = locked(major)
        check(by, INFORM, fresh)
        for organization in organizations:
            if organization.tenant_id != fresh.tenant_id or organization.kind != "customer":
                raise Faulty([Fault("organization", _("Name a customer."))])
            try:
                with transaction.atomic():
                    AffectedCustomer.objects.create(major=fresh, organization=organization)
            except IntegrityError:
                continue
            parts.tell(fresh, "affect", by=by, channel=channel, changes={"text": (None, organization.name)}, at=at)


def spare(major: MajorIncident, organization: Organization, *, by: Person, channel: str) -> None:
    """Take a customer off again that was named. Needs `majorincident:inform`."""
    with writing():
        fresh = locked(major)
        check(by, INFORM, fresh)
        if not AffectedCustomer.objects.filter(major=fresh, organization=organization).delete()[0]:
            raise Faulty([Fault("organization", _("It was not named here: its service or an incident of its own says that it is affected."))])
        parts.tell(fresh, "spare", by=by, channel=channel, changes={"text": (None, organization.name)})


__all__ = [
    "INFORM",
    "ROLES",
    "Refused",
    "affect",
    "begin",
    "inform_top",
    "note_down",
    "reply_to_the_rest",
    "send_update",
    "spare",
    "take_role",
    "tick_step",
]
