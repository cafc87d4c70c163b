"""What follows when a major incident or its review is written: wired to `Written`, within its transaction."""

from __future__ import annotations

from datetime import datetime

from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.operations import move
from plimsoll.resolution.majors.models import MajorIncident, MajorReview
from plimsoll.resolution.majors.operations import begin
from plimsoll.resolution.majors.proposing import settle_proposal
from plimsoll.resolution.majors.reviewing import drop_reviews, freeze_report, open_review


def follow(event: Written) -> None:
    """Opening begins everything that belongs to it; restored means that a review is due; a review under way says so; a finished one is reported."""
    record, action = event.record, event.entry.action
    # What was told with its own time (the demonstration) goes on in that time.
    at: datetime | None = event.entry.at if record.origin == "demonstration" else None
    if isinstance(record, MajorIncident):
        if event.entry.origin == "imported":
            return
        if action == "open":
            begin(record, event.entry, by=event.by, at=at)
            settle_proposal(record, by=event.by, at=event.entry.at)
        elif action == "resolve":
            open_review(record, at=at)
        elif action == "withdraw":
            drop_reviews(record, at=at)
    elif isinstance(record, MajorReview):
        if action == "begin" and record.major.state == "resolved":
            move(record.major, "review", by=system_person(record.tenant), channel="rule", at=at)
        elif action == "finish":
            freeze_report(record, by=event.by, channel=event.entry.channel, at=event.entry.at, told_at=at)
