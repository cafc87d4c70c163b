"""Writes of reviews: the one that is due when a service is restored, its decisions, and the report that is frozen when it is done."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.text import canonical
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.events import Redacted
from plimsoll.kernel.records.operations import keep_due, locked, move, open_record
from plimsoll.kernel.records.permissions import check
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.majors.models import MajorIncident, MajorReview, ReviewDecision, ReviewReport
from plimsoll.resolution.majors.queries import review_due
from plimsoll.resolution.majors.record import REVIEW
from plimsoll.resolution.majors.reporting import content_of, without_what_was_erased
from plimsoll.resolution.majors.rules import STANDING


def open_review(major: MajorIncident, *, at: datetime | None = None) -> MajorReview | None:
    """The review that is due now. In the name of the system, led by the manager until somebody else does.

    None when one stands already that is not over: after another restoration it is due anew.
    """
    reviews = MajorReview.objects.filter(major=major).exclude(state="dropped")
    standing = reviews.filter(state__in=STANDING).order_by("-pk").first()
    if standing is not None:
        standing.major = major  # with the moment of this restoration
        keep_due(standing, review_due(major, at or now()))
        return None
    if reviews.exists() and not Entry.objects.filter(card_id=major.pk, action="reopen").exists():
        return None
    made = open_record(
        REVIEW,
        by=system_person(major.tenant),
        channel="rule",
        organization=major.organization,
        at=at,
        origin="demonstration" if major.origin == "demonstration" else "live",
        title=_("Review of %(major)s: %(title)s") % {"major": major.reference, "title": major.title[:200]},
        major=major,
        owner=major.owner,
    )
    assert isinstance(made, MajorReview)
    return made


def drop_reviews(major: MajorIncident, *, at: datetime | None = None) -> None:
    """What was no major incident needs no review: those that stand are dropped, in the name of the system."""
    for review in MajorReview.objects.filter(major=major, state__in=STANDING):
        note = _("%(major)s was withdrawn.") % {"major": major.reference}
        move(review, "drop", by=system_person(major.tenant), channel="rule", note=note, at=at)


def decide(
    review: MajorReview,
    *,
    kind: str,
    text: str,
    by: Person,
    channel: str,
    owner: Person | None = None,
    due_on: date | None = None,
    at: datetime | None = None,
) -> ReviewDecision:
    """Enter what a review decides. Needs `majorreview:amend`; raises `Refused` or `Faulty`."""
    words = " ".join(text.split())
    faults = []
    if kind not in dict(ReviewDecision.KINDS):
        faults.append(Fault("kind", _("Say what kind of decision it is.")))
    if not words or len(words) > 500:
        faults.append(Fault("text", _("Say what is decided and why, in up to 500 characters.")))
    if owner is not None and owner.tenant_id != review.tenant_id:
        faults.append(Fault("owner", _("There is no such person.")))
    if due_on is not None and due_on < ((at or now()) - timedelta(hours=12)).date():
        faults.append(Fault("due_on", _("That day has passed. Choose one that lies ahead.")))
    if faults:
        raise Faulty(faults)
    with writing():
        fresh = locked(review)
        check(by, "majorreview:amend", fresh)
        if fresh.state not in STANDING:
            raise Faulty([Fault("", _("The review is done. Take it up again to decide more."))])
        made = ReviewDecision.objects.create(review=fresh, kind=kind, text=words, owner=owner, due_on=due_on, decided_at=at or now())
        parts.tell(
            fresh,
            "decide",
            by=by,
            channel=channel,
            changes={"decision": (None, kind), "text": (None, words), "for": (None, owner)},
            texts=frozenset({"text"}),
            at=at,
        )
    return made


def freeze_report(review: MajorReview, *, by: Person, channel: str, at: datetime, told_at: datetime | None = None) -> ReviewReport:
    """Freeze the report as the records say it now: the next version, with its entry in the trail. Called when a review is finished."""
    content = content_of(review, at)
    number = (ReviewReport.objects.filter(review=review).aggregate(last=Max("number"))["last"] or 0) + 1
    parts.tell(review, "freeze report", by=by, channel=channel, changes={"version": (None, number)}, at=told_at)
    return ReviewReport.objects.create(review=review, number=number, content=content, digest=digest_of(number, content), made_at=at, made_by=by)


def redact_reports(event: Redacted) -> None:
    """Wired to `Redacted`: what was erased from a record is erased from the reports that repeat it."""
    wanted = Q(review=event.card_id) | Q(review__major=event.card_id) | Q(review__major__lead=event.card_id)
    for report in ReviewReport.objects.filter(wanted).select_related("review__major__tenant").order_by("pk"):
        review = report.review
        content = without_what_was_erased(report.content, review, event)
        if content != report.content:
            report.content, report.redacted_at = content, now()
            report.save(update_fields=["content", "redacted_at"])


def digest_of(number: int, content: dict[str, Any]) -> str:
    """The SHA-256 of a version: what proves that it is still what was frozen."""
    return hashlib.sha256(canonical({"number": number, "content": content}).encode()).hexdigest()


def is_sound(report: ReviewReport) -> bool:
    """Is the report still what was frozen?"""
    return digest_of(report.number, report.content) == report.digest
