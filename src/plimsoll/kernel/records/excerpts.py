"""What a record shows of another without copying it: the messages that were split off with it, and all of what was taken into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.models import Comment, Excerpt, Record, Share
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.parts import tell
from plimsoll.kernel.records.permissions import check, is_inside


def excerpt(record: Record, comments: Sequence[Comment], *, source: Record, by: Person, channel: str, at: datetime | None = None) -> None:
    """Let comments of one record stand on another of the same organization too; nothing is copied, and both trails say so.

    Who may read the other reads them there as they are: internal ones only from inside. Raises `Faulty` or `Refused`.
    """
    if not comments:
        raise Faulty([Fault("messages", _("Choose at least one message."))])
    if record.organization_id != source.organization_id:
        raise Faulty([Fault("messages", _("What was said for one organisation is not shown to another."))])
    if any(c.card_id != source.pk or c.redacted_at is not None for c in comments):
        raise Faulty([Fault("messages", _("One of these messages is not on %(source)s, or was erased.") % {"source": source.reference})])
    with writing():
        fresh, other = locked(record), locked(source)
        check(by, f"{fresh.kind}:amend", fresh)
        check(by, f"{other.kind}:amend", other)
        if any(not c.is_public for c in comments):
            check(by, f"{other.kind}:internal", other)
        Excerpt.objects.bulk_create([Excerpt(card_id=fresh.pk, comment_id=c.pk) for c in comments])
        tell(fresh, "excerpt", by=by, channel=channel, changes={"source": (None, other.reference), "messages": (None, len(comments))}, at=at)
        tell(other, "split off", by=by, channel=channel, changes={"target": (None, fresh.reference), "messages": (None, len(comments))}, at=at)


def take_part(record: Record, people: Sequence[Person], *, by: Person) -> list[Person]:
    """Let people of the record's own organization (or from inside) take part in it: they see it and hear of it. Returns those who are new."""
    new = []
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:amend", fresh)
        for person in people:
            if person.tenant_id != fresh.tenant_id or not (person.organization_id == fresh.organization_id or is_inside(person, fresh)):
                continue
            share, is_new = Share.objects.get_or_create(card_id=fresh.pk, person=person, why="participant")
            if is_new or share.until is not None:
                Share.objects.filter(pk=share.pk).update(until=None)
                new.append(person)
    return new


def part_no_more(record: Record, people: Sequence[Person], *, by: Person) -> None:
    """End what `take_part` gave."""
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:amend", fresh)
        Share.objects.filter(card_id=fresh.pk, person__in=people, why="participant", until=None).update(until=now())


__all__ = ["excerpt", "part_no_more", "take_part"]
