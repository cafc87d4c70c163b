"""Reminding the owners of agreements: before a review is due, and before an agreement ends by its date. Once per distance and day."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.levels.rules import REMIND_BEFORE, reminder_due
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.trail.models import Entry

DATES = ("review_on", "valid_until")
COUNTING = ("signed", "active", "under_review")


def remind(tenant: Tenant, at: datetime | None = None) -> int:
    """Remind of every review and end that comes near, each in its own transaction and in the trail; returns how many were told of.

    A day later the same is not told again; a date that is changed is told of anew.
    """
    today = (at or now()).astimezone(ZoneInfo(tenant.timezone or "UTC")).date()
    last = today + timedelta(days=max(REMIND_BEFORE))
    rows = Agreement.objects.filter(Q(review_on__lte=last) | Q(valid_until__lte=last), tenant=tenant, state__in=COUNTING)
    near = list(rows.exclude(owner=None).order_by("pk"))
    told = _told([agreement.pk for agreement in near])
    system = system_person(tenant)
    count = 0
    for agreement in near:
        for name in DATES:
            day: date | None = getattr(agreement, name)
            if day is None or (days := reminder_due(day, today, told[agreement.pk, name, day.isoformat()])) is None:
                continue
            with writing():
                changes = {"reminder": (None, name), "on": (None, day.isoformat()), "days": (None, days)}
                parts.tell(locked(agreement), "remind", by=system, channel="rule", changes=changes)
            count += 1
    return count


def _told(agreements: list[int]) -> dict[tuple[int, str, str], set[int]]:
    """At which distances was told of which date already?"""
    found: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    rows = Entry.objects.filter(card__in=agreements, action="remind").values_list("card_id", "changes") if agreements else ()
    for card, text in rows:
        changes = json.loads(text)
        if card is not None:
            found[card, changes["reminder"][1], changes["on"][1]].add(changes["days"][1])
    return found
