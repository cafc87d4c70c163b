"""Writes of articles beside open, amend and move: what becomes overdue by the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import MoveRefused, move
from plimsoll.support.knowledge.queries import overdue


def expire_overdue(tenant: Tenant, day: date | None = None) -> int:
    """Mark published articles whose review day has passed, in the name of the system, each in its own transaction. Returns how many.

    The day is the tenant's: an article is overdue once its review day is over there.
    """
    today = day or now().astimezone(ZoneInfo(tenant.timezone)).date()
    system = system_person(tenant)
    count = 0
    due: Any = overdue(tenant, today).select_related("organization").order_by("pk")
    for article in due.iterator(chunk_size=500):
        was_due = article.review_due_date is not None and article.review_due_date < today
        told = _("Its review was due on %(day)s.") if was_due else _("It expired on %(day)s.")
        try:
            move(article, "expire", by=system, channel="task", note=told % {"day": article.review_due_date if was_due else article.expires_date})
            count += 1
        except MoveRefused:
            continue  # revised or retired meanwhile
    return count
