"""The clocks of major incidents, looked at every minute: what runs over is told once, and stands in the trail."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.operations import notify
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import locked
from plimsoll.resolution.majors.models import MajorIncident, MajorLateness, MajorReview
from plimsoll.resolution.majors.queries import DECLARE, clocks_of, holders_of, informed_since, manager_since, overseers_of
from plimsoll.resolution.majors.rules import RUNNING, STANDING, Clock

logger = logging.getLogger(__name__)
MOST = 200


def what_is_late(clock: str) -> str:
    """A clock that ran over, in words."""
    return {
        "manager": _("nobody manages it"),
        "top": _("top management was not told"),
        "update": _("the next update"),
        "review": _("the review"),
    }.get(clock, clock)


def escalate_late(moment: datetime | None = None) -> int:
    """Tell of every clock that ran over and was not told of yet, each in a transaction of its own. Returns how many."""
    at = moment or now()
    majors = list(MajorIncident.objects.filter(state__in=RUNNING, opened_at__lte=at).select_related("tenant", "organization")[:MOST])
    managers, informed = manager_since(majors), informed_since(majors)
    noticed = 0
    told = set(MajorLateness.objects.filter(major__in=majors).values_list("major_id", "clock", "due_at"))
    for major in majors:
        clocks = clocks_of(major, manager_at=managers.get(major.pk), informed_at=informed.get(major.pk))
        for clock in clocks.values():
            if clock.done_at is None and clock.is_late(at) and (major.pk, clock.name, clock.due_at) not in told:
                noticed += _guarded(major, major, clock, at)
    known = MajorLateness.objects.filter(major=OuterRef("major"), clock="review", due_at=OuterRef("due_at"))
    reviews = MajorReview.objects.filter(~Exists(known), state__in=STANDING, due_at__lt=at).order_by("due_at", "card")
    for review in reviews.select_related("tenant", "organization", "major__tenant")[:MOST]:
        assert review.due_at is not None
        noticed += _guarded(review, review.major, Clock("review", review.opened_at, review.due_at), at)
    return noticed


def _guarded(record: MajorIncident | MajorReview, major: MajorIncident, clock: Clock, at: datetime) -> int:
    try:
        return _escalate(record, major, clock, at)
    except Exception:  # one that can't be told must not silence the others
        logger.exception("%s: that the clock “%s” ran over could not be told.", record.reference, clock.name)
        return 0


def _escalate(record: MajorIncident | MajorReview, major: MajorIncident, clock: Clock, at: datetime) -> int:
    with writing():
        fresh = locked(record)
        try:
            with transaction.atomic():
                MajorLateness.objects.create(major=major, clock=clock.name, due_at=clock.due_at, noticed_at=at)
        except IntegrityError:
            return 0
        changes = {"text": (None, what_is_late(clock.name)), "due_at": (None, clock.due_at)}
        entry = parts.tell(fresh, "overdue", by=system_person(fresh.tenant), channel="rule", changes=changes)
        notify(fresh, _whom(fresh, major, clock.name), entry=entry, why="escalation")
    return 1


def _whom(record: Record, major: MajorIncident, clock: str) -> list[Person]:
    """Who mends it: whoever has a role in it; where that is nobody, and for what concerns top management, whoever may declare."""
    keys: Iterable[int | None] = (major.owner_id, major.communications_id, getattr(record, "owner_id", None))
    found = {p.pk: p for p in Person.objects.filter(pk__in=[k for k in keys if k]).select_related("tenant", "organization")}
    if not found or clock in ("manager", "top"):
        found |= {p.pk: p for p in holders_of(record.tenant, DECLARE)}
    if clock in ("update", "review"):
        found |= {p.pk: p for p in overseers_of(record.tenant)}
    return list(found.values())
