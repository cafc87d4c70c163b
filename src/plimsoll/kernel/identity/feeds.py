"""Secret addresses of calendars: made, shown once, ended. They know nothing of what stands in a calendar."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.fields import clean_text
from plimsoll.kernel.identity.models import CalendarFeed, Person
from plimsoll.kernel.identity.tokens import digest_of
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now

MOST = 10  # of one person: a calendar has one address for each device at the most
SEEN_ANEW = timedelta(hours=1)  # calendars ask often; when one was last read is kept no finer


def create_feed(*, person: Person, name: str, is_mine: bool, by: Person, channel: str) -> tuple[CalendarFeed, str]:
    """Make a secret address; returns it with its secret, which nobody can read again. Raises `Faulty`."""
    faults: list[Fault] = []
    clean_name = clean_text("name", name, faults, most=100, needed=True)
    if by.pk != person.pk:
        faults.append(Fault("", _("People make the addresses of their calendars themselves.")))
    if not person.is_active:
        faults.append(Fault("", _("%(name)s has left.") % {"name": person}))
    if CalendarFeed.objects.filter(person=person, revoked_at=None).count() >= MOST:
        faults.append(Fault("", _("You have %(n)d addresses already. End one that is not read any more.") % {"n": MOST}))
    if faults:
        raise Faulty(faults)
    prefix = secrets.token_hex(4)
    secret = f"{prefix}-{secrets.token_urlsafe(32)}"
    with writing():
        made = CalendarFeed.objects.create(person=person, name=clean_name, prefix=prefix, digest=digest_of(secret), is_mine=is_mine)
        _tell(made, "create", by=by, channel=channel, changes={"person": (None, person.pk), "prefix": (None, prefix), "is_mine": (None, is_mine)})
    return made, secret


def revoke_feed(*, feed: CalendarFeed, by: Person, channel: str) -> CalendarFeed:
    """End a secret address at once; to end it twice changes nothing."""
    with writing():
        kept = CalendarFeed.objects.select_for_update(of=("self",)).select_related("person").get(pk=feed.pk)
        if kept.person.tenant_id != by.tenant_id:
            raise Faulty([Fault("feed", _("There is no such calendar."))])
        if kept.revoked_at is None:
            kept.revoked_at = now()
            kept.save(update_fields=["revoked_at"])
            _tell(kept, "revoke", by=by, channel=channel, changes={"revoked_at": (None, kept.revoked_at)})
    return kept


def feed_named(secret: str) -> CalendarFeed | None:
    """The calendar in force at a secret address, with its person; None when there is none, it was ended, or its person left."""
    if not secret or len(secret) > 100:
        return None
    return (
        CalendarFeed.objects.select_related("person__tenant", "person__organization")
        .filter(digest=digest_of(secret), revoked_at=None, person__is_active=True)
        .first()
    )


def feed_was_read(feed: CalendarFeed) -> None:
    """Keep when a calendar was last read, at most once an hour. Not an act of anybody, so it makes no entry."""
    moment = now()
    if feed.last_used_at is None or feed.last_used_at < moment - SEEN_ANEW:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=moment)


def _tell(feed: CalendarFeed, action: str, *, by: Person, channel: str, changes: dict[str, tuple[Any, Any]]) -> None:
    publish(
        KeptChanged(
            tenant_id=feed.person.tenant_id or 0, kind="feed", subject_id=feed.pk, action=action, by_id=by.pk, channel=channel, changes=changes
        )
    )
