"""What falls due as a calendar program reads it (RFC 5545, with the name and the refreshing of RFC 7986)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from plimsoll.kernel.identity.models import CalendarFeed, Tenant
from plimsoll.kernel.records.dues import Due


def written(dues: Iterable[Due], tenant: Tenant, feed: CalendarFeed, base: str) -> tuple[str, str]:
    """The calendar's text and its entity tag. All-day events that take up no time; the same things always give the same text.

    `base` is the address of this system with its last slash; it makes the identifiers of events the system's own.
    """
    host = base.split("://", 1)[-1].strip("/")
    calendar = Calendar()
    calendar.add("prodid", "-//Plimsoll//Obligations//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name = _("%(organization)s: what falls due") % {"organization": tenant.name}
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", timedelta(hours=6))
    for due in dues:
        event = Event()
        event.add("uid", f"{due.key}@{host}")
        # Nothing is sent here, it is only read: the stamp says since when the thing has been due on its day, not when it was read.
        event.add("dtstamp", datetime.combine(due.day, time.min, UTC))
        event.add("dtstart", due.day)
        event.add("dtend", due.day + timedelta(days=1))
        event.add("summary", f"{due.what[:1].upper()}{due.what[1:]}: {due.about or due.title} ({due.reference})")
        event.add("description", f"{due.reference} {due.title}" if due.about else due.title)
        event.add("url", base.rstrip("/") + due.href)
        event.add("categories", [due.what])
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    text = calendar.to_ical().decode()
    return text, f'"{sha256(text.encode()).hexdigest()[:32]}"'
