"""Writes of articles beside open, amend and move: what becomes overdue by the calendar, and whether an article helped."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, within_token
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import MoveRefused, locked, move
from plimsoll.kernel.records.parts import tell
from plimsoll.support.knowledge.models import Article, Judgement
from plimsoll.support.knowledge.queries import article_with_editions, overdue

MOST_WORDS = 1000


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


def judge(article: Article, *, is_helpful: bool, comment: str = "", by: Person, channel: str) -> Judgement:
    """Say whether an article helped, or say it differently: one answer a person, of the newest edition. Raises `Refused` or `Faulty`."""
    comment = " ".join(comment.split())
    if "\x00" in comment or len(comment) > MOST_WORDS:
        raise Faulty([Fault("comment", _("Say it in at most %(n)d characters.") % {"n": MOST_WORDS})])
    with writing():
        found = article_with_editions(by, article.number)
        if found is None or not found[1]:
            raise Refused(_("Only what is published can be judged, by those who may read it."))
        if not within_token(by, "article:judge"):
            raise Refused(_("This key may only read."))
        fresh, edition = locked(article), found[1][0].number
        before = Judgement.objects.filter(article=fresh.pk, person=by).first()
        if before is not None and (before.is_helpful, before.comment) == (is_helpful, comment):
            return before
        values = {"is_helpful": is_helpful, "comment": comment, "edition": edition, "at": now()}
        made, _is_new = Judgement.objects.update_or_create(article=fresh, person=by, defaults=values)
        changes: dict[str, tuple[Any, Any]] = {"helpful": (before.is_helpful if before else None, is_helpful)}
        if (before.comment if before else "") != comment:
            changes["helpful_comment"] = ((before.comment if before else "") or None, comment or None)
        tell(fresh, "judge", by=by, channel=channel, changes=changes, texts=frozenset({"helpful_comment"}))
    return made
