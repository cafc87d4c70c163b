"""Writes of articles beside open, amend and move: what becomes overdue by the calendar."""

from __future__ import annotations

from datetime import date
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
    for article in overdue(tenant, today).select_related("organization").order_by("pk").iterator(chunk_size=500):
        told = _("Its review was due on %(day)s.") if article.review_due_date and article.review_due_date < today else _("It expired on %(day)s.")
        try:
            move(article, "expire", by=system, channel="task", note=told % {"day": article.review_due_date if article.review_due_date and
                                                                           article.review_due_date < today else article.expires_date})
            count += 1
        except MoveRefused:
            continue  # revised or retired meanwhile
    return count
