"""Asking how it went, and taking the answer. Both stand in the trail of the record."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.rules import HIGHEST, LOWEST, is_asked, why_not
from plimsoll.kernel.access.queries import Refused, within_token
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import MOST_TEXT, Faulty
from plimsoll.kernel.records.declaration import Fault, type_of
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.parts import tell
from plimsoll.kernel.records.permissions import check
from plimsoll.kernel.records.workflows import workflow_of


def ask_when_done(event: Written) -> None:
    """Wired to `Written`: what came to a good end is asked about, once and for ever. Nobody is asked who can't sign in."""
    record_type, change = type_of(event.record), event.changes.get("state")
    if change is None or not record_type.requester or event.entry.action == "open":
        return
    record = event.record
    flow = workflow_of(record.tenant, record.kind)
    before = next((s.category for s in flow.states if s.name == change[0]), None)
    if not is_asked(before, record.category, has_requester=getattr(record, f"{record_type.requester}_id") is not None):
        return
    person: Person = getattr(record, record_type.requester)
    if person.kind == "human" and person.is_active and person.email:
        Satisfaction.objects.get_or_create(card_id=record.pk, defaults={"person": person, "asked_at": event.entry.at})


def rate(record: Record, *, score: int, comment: str = "", by: Person, channel: str, at: datetime | None = None) -> Satisfaction:
    """Say how it went, from 1 to 5, or say it differently within 14 days. Only who asked for it may. Raises `Refused` or `Faulty`.

    `at` is for the demonstration, whose story lies in the past.
    """
    comment = comment.strip()
    if not LOWEST <= score <= HIGHEST:
        raise Faulty([Fault("score", _("Choose one of the five."))])
    if "\x00" in comment or len(comment) > MOST_TEXT:
        raise Faulty([Fault("comment", _("The text is too long, or holds a character that can't be stored."))])
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:read", fresh)
        if not within_token(by, f"{fresh.kind}:rate"):
            raise Refused(_("This key may only read."))
        made = Satisfaction.objects.select_for_update().filter(card_id=fresh.pk).first()
        moment = at or now()
        requester = getattr(fresh, f"{type_of(fresh).requester}_id") if type_of(fresh).requester else None
        if made is None:
            raise Refused(_("Nobody is asked yet how this went: that comes when it is done."))
        is_asker = by.pk in (made.person_id, requester) and made.person_id == by.pk
        if sentence := why_not(is_asker=is_asker, category=fresh.category, answered_at=made.answered_at, moment=moment):
            raise Refused(_(sentence))
        if (made.score, made.comment) == (score, comment):
            return made
        before = (made.score, made.comment)
        made.score, made.comment, made.answered_at = score, comment, made.answered_at or moment
        made.save(update_fields=["score", "comment", "answered_at"])
        changes = {"score": (before[0], score)} | ({"rating_comment": (before[1] or None, comment or None)} if before[1] != comment else {})
        tell(fresh, "rate", by=by, channel=channel, changes=changes, texts=frozenset({"rating_comment"}), at=at)
    return made


__all__ = ["ask_when_done", "rate"]
