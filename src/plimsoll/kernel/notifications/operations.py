"""Who is told what. Notices are rows made in the write's own transaction; mail follows by a task. Never for one's own act."""

from __future__ import annotations

from django.core.mail import send_mail
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _


from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.identity.models import Person, TeamMembership
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Mute, Notice
from plimsoll.kernel.records.declaration import type_of
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.models import Record, Share
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.tasks.registry import task

QUIET = frozenset({"watch", "unwatch", "tag", "spend", "tick", "untick", "add check", "unlink"})  # small acts that nobody is called for
LARGEST_TEAM = 50


def tell(event: Written) -> None:
    """Wired to `Written`: notices for whoever it concerns, inside the write's transaction."""
    record, entry, by = event.record, event.entry, event.by
    if entry.origin == "imported" or entry.action in QUIET:
        return
    concerned = _concerned(event)
    concerned.pop(by.pk, None)
    if not concerned:
        return
    # Names that an import brought can't read; most of those who asked by telephone are such.
    people = list(Person.objects.filter(pk__in=concerned, tenant_id=record.tenant_id, is_active=True, kind="human").select_related("tenant", "organization"))
    if people:
        muted = set(Mute.objects.filter(card_id=record.pk, person__in=people).values_list("person_id", flat=True))
        people = [person for person in people if person.pk not in muted]
    is_internal = entry.action == "note" or (event.comment is not None and not event.comment.is_public)
    made = [Notice(person=person, card_id=record.pk, entry=entry, why=concerned[person.pk], created_at=entry.recorded_at)
            for person in people if may(person, f"{record.kind}:read", record) and not (is_internal and not is_inside(person, record))]
    if made:
        Notice.objects.bulk_create(made)
        for notice in made:
            if notice.person.email and notice.person.preferences.get("mail", True):
                mail_notice.enqueue(tenant=record.tenant, dedupe_key=f"mail notice {notice.pk}", notice=notice.pk)


def _concerned(event: Written) -> dict[int, str]:
    """People by number, with why: the one it was given to, the team's members while it has no one, watchers, and who asked for it."""
    record, changes, action = event.record, event.changes, event.entry.action
    record_type = type_of(record)
    found: dict[int, str] = {}
    if action != "open":
        for person_id, team_id, why in Share.objects.filter(Q(until=None) | Q(until__gt=now()), card_id=record.pk).values_list("person_id", "team_id", "why"):
            if person_id is not None and (why != "requester" or _concerns_requester(event)):
                found[person_id] = why
    elif record_type.requester and (requester := getattr(record, f"{record_type.requester}_id")):
        found[requester] = "requester"
    owner = getattr(record, "owner_id", None)
    if owner is not None and (action != "open" or "owner" in changes):
        found[owner] = "owner"
    if "team" in changes and owner is None and getattr(record, "team_id", None) is not None:
        members = TeamMembership.objects.filter(in_force(now()), team_id=record.team_id).values_list("person_id", flat=True)[:LARGEST_TEAM]  # type: ignore[attr-defined]
        for person_id in members:
            found.setdefault(person_id, "team")
    return found


def _concerns_requester(event: Written) -> bool:
    """Who asked hears of public messages and of changes of state, not of the work between."""
    return (event.comment is not None and event.comment.is_public) or "state" in event.changes


def words_of(notice: Notice) -> tuple[str, str]:
    """The title and the sentence of a notice, made from the entry at display."""
    card, entry = notice.card, notice.entry
    assert card is not None
    actor = entry.actor if entry is not None else None
    acts = {"open": _("opened it"), "comment": _("wrote a message"), "note": _("wrote an internal note"), "amend": _("changed it"),
            "ask approval": _("asks for a decision"), "approve": _("approved"), "refuse approval": _("refused"), "attach": _("added a file"), "link": _("linked it")}
    action = entry.action if entry is not None else ""
    return f"{card.reference} {card.title}", f"{actor} {acts.get(action, action.replace('_', ' '))}."


@task(name="notifications.mail", attempts=6)
def mail_notice(notice: int) -> None:
    """Send one notice by mail, unless it was read meanwhile. Texts of people are not in it: the mail says where to read."""
    row = Notice.objects.select_related("person__tenant", "card", "entry__actor").filter(pk=notice, mailed_at=None, read_at=None).first()
    if row is None or row.card is None or not row.person.email or not row.person.is_active:
        return
    title, sentence = words_of(row)
    body = f"{sentence}\n\n{settings.PLIMSOLL_URL}/go/{row.card.reference}/\n\n" + _("You get this because: %(why)s. You can change that in your preferences.") % {
        "why": WHYS.get(row.why, row.why)}
    send_mail(title, body, None, [row.person.email])
    Notice.objects.filter(pk=row.pk).update(mailed_at=now())


WHYS = {"owner": _("it is with you"), "team": _("it is with your team"), "watcher": _("you watch it"), "requester": _("you asked for it"),
        "approver": _("you are asked to decide"), "participant": _("you take part in it"), "assigned": _("your team works on it")}


def read(person: Person, keys: list[int] | None = None, *, card: Card | None = None) -> int:
    """Mark notices as read: those named, those of one record, or all. Returns how many."""
    rows = Notice.objects.filter(person=person, read_at=None)
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    if card is not None:
        rows = rows.filter(card=card)
    return rows.update(read_at=now())


def unread_count(person: Person, most: int = 100) -> int:
    """How many unread, counted up to `most`."""
    return Notice.objects.filter(person=person, read_at=None)[:most].count()


def mute(person: Person, record: Record, *, is_muted: bool) -> None:
    """Hear no more of one record, or again."""
    with writing():
        if is_muted:
            Mute.objects.get_or_create(person=person, card_id=record.pk)
        else:
            Mute.objects.filter(person=person, card_id=record.pk).delete()


__all__ = ["mail_notice", "mute", "read", "tell", "unread_count", "words_of"]
