"""Who is told what. Notices are rows made in the write's own transaction; mail follows by a task. Never for one's own act."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import in_force, reach
from plimsoll.kernel.identity.models import Person, TeamMembership
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Mute, Notice
from plimsoll.kernel.records.declaration import type_of
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.models import Record, Share
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.queries import record_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.targets.events import Escalated
from plimsoll.kernel.targets.words import escalation_words
from plimsoll.kernel.tasks.registry import task, tick

QUIET = frozenset(
    {"watch", "unwatch", "tag", "spend", "tick", "untick", "add check", "unlink", "escalate", "excerpt", "split off"}
)  # small acts that nobody is called for
LARGEST_TEAM = 50


def tell(event: Written) -> None:
    """Wired to `Written`: notices for whoever it concerns, inside the write's transaction."""
    record, entry, by = event.record, event.entry, event.by
    if entry.origin == "imported" or entry.action in QUIET:
        return
    concerned, shared = _concerned(event)
    concerned.pop(by.pk, None)
    people = _people(record, concerned)
    if not people:
        return
    if entry.action != "open":  # what was opened this moment is muted by nobody
        muted = set(Mute.objects.filter(card_id=record.pk, person__in=people).values_list("person_id", flat=True))
        people = [person for person in people if person.pk not in muted]
    is_internal = entry.action == "note" or (event.comment is not None and not event.comment.is_public)
    made = [
        Notice(
            person=person,
            card_id=record.pk,
            entry=entry,
            why=concerned[person.pk],
            created_at=entry.recorded_at,
            is_mail_wanted=bool(person.email) and bool(person.preferences.get("mail", True)),
        )
        for person in people
        if _may_read(person, record, shared) and not (is_internal and not is_inside(person, record))
    ]
    if made:
        Notice.objects.bulk_create(made)


def tell_escalated(event: Escalated) -> None:
    """Wired to `Escalated`: a notice for those whom the rules name, also where they muted the record. What was found late goes by no mail."""
    record = record_of(Card.objects.select_related("tenant").get(pk=event.card_id))
    people = Person.objects.filter(pk__in=event.people, tenant_id=record.tenant_id, is_active=True, kind="human").select_related("organization")
    made = []
    for person in people:
        person.tenant = record.tenant
        if may(person, f"{record.kind}:read", record):
            is_mail_wanted = not event.is_late and bool(person.email) and bool(person.preferences.get("mail", True))
            made.append(
                Notice(person=person, card_id=record.pk, entry_id=event.entry_id, why="escalation", created_at=now(), is_mail_wanted=is_mail_wanted)
            )
    Notice.objects.bulk_create(made)


def _may_read(person: Person, record: Record, shared: frozenset[int]) -> bool:
    """As `records.may` for reading; shares by name were read already, those of teams are asked for."""
    return person.pk in shared and not reach(person, f"{record.kind}:read").is_empty or may(person, f"{record.kind}:read", record)


def _people(record: Record, concerned: dict[int, str]) -> list[Person]:
    """Those concerned, with tenant and organization. Whom the write has in hand is not read again; names that an import brought can't
    read, and most of those who asked by telephone are such."""
    known = {person.pk: person for field in type_of(record).foreign if isinstance(person := record._state.fields_cache.get(field), Person)}
    missing = concerned.keys() - known.keys()
    found = [known[pk] for pk in concerned if pk in known]
    if missing:
        found += Person.objects.filter(pk__in=missing, tenant_id=record.tenant_id).select_related("tenant", "organization")
    for person in found:
        person.tenant = record.tenant
    return [person for person in found if person.is_active and person.kind == "human"]


def _concerned(event: Written) -> tuple[dict[int, str], frozenset[int]]:
    """People by number, with why: the one it was given to, the team's members while it has no one, watchers, and who asked for it.
    With them those who have a share of their own in the record."""
    record, changes, action = event.record, event.changes, event.entry.action
    record_type = type_of(record)
    found: dict[int, str] = {}
    shared: set[int] = set()
    if action != "open":
        for person_id, why in Share.objects.filter(Q(until=None) | Q(until__gt=now()), card_id=record.pk).values_list("person_id", "why"):
            if person_id is not None:
                shared.add(person_id)
                if why != "requester" or _concerns_requester(event):
                    found[person_id] = why
    elif record_type.requester and (requester := getattr(record, f"{record_type.requester}_id")):
        found[requester] = "requester"
        shared.add(requester)
    owner = getattr(record, "owner_id", None)
    if owner is not None and (action != "open" or "owner" in changes):
        found[owner] = "owner"
    if "team" in changes and owner is None and getattr(record, "team_id", None) is not None:
        members = TeamMembership.objects.filter(in_force(now()), team_id=record.team_id).values_list("person_id", flat=True)[:LARGEST_TEAM]  # type: ignore[attr-defined]
        for person_id in members:
            found.setdefault(person_id, "team")
    return found, frozenset(shared)


def _concerns_requester(event: Written) -> bool:
    """Who asked hears of public messages and of changes of state, not of the work between."""
    return (event.comment is not None and event.comment.is_public) or "state" in event.changes


def words_of(notice: Notice) -> tuple[str, str]:
    """The title and the sentence of a notice, made from the entry at display."""
    card, entry = notice.card, notice.entry
    assert card is not None
    actor = entry.actor if entry is not None else None
    acts = {
        "open": _("opened it"),
        "comment": _("wrote a message"),
        "note": _("wrote an internal note"),
        "amend": _("changed it"),
        "ask approval": _("asks for a decision"),
        "approve": _("approved"),
        "refuse approval": _("refused"),
        "attach": _("added a file"),
        "link": _("linked it"),
        "merge": _("merged it into another"),
        "take in": _("merged another into it"),
        "give back": _("took a merging apart"),
    }
    action = entry.action if entry is not None else ""
    if entry is not None and action == "escalate":
        return f"{card.reference} {card.title}", escalation_words(entry)
    return f"{card.reference} {card.title}", f"{actor} {acts.get(action, action.replace('_', ' '))}."


@task(name="notifications.mail", label=gettext_lazy("Mail a notice to somebody"), attempts=6)
def mail_notice(notice: int) -> None:
    """Send one notice by mail, unless it was read meanwhile. Texts of people are not in it: the mail says where to read."""
    row = Notice.objects.select_related("person__tenant", "card", "entry__actor").filter(pk=notice, mailed_at=None, read_at=None).first()
    if row is None or row.card is None or not row.person.email or not row.person.is_active:
        return
    title, sentence = words_of(row)
    body = f"{sentence}\n\n{settings.PLIMSOLL_URL}/go/{row.card.reference}/\n\n" + _(
        "You get this because: %(why)s. You can change that in your preferences."
    ) % {"why": WHYS.get(row.why, row.why)}
    send_mail(title, body, None, [row.person.email])
    Notice.objects.filter(pk=row.pk).update(mailed_at=now())


WHYS = {
    "owner": _("it is with you"),
    "team": _("it is with your team"),
    "watcher": _("you watch it"),
    "requester": _("you asked for it"),
    "approver": _("you are asked to decide"),
    "participant": _("you take part in it"),
    "assigned": _("your team works on it"),
    "escalation": _("a rule tells you when time runs out"),
}


@tick(name="notifications.mails", seconds=5)
def queue_mails() -> int:
    """Make a mail job of each notice that wants one; returns how many. Runs beside the jobs, and skips fast."""
    wanted = list(Notice.objects.filter(is_mail_wanted=True).select_related("person__tenant").order_by("pk")[:200])
    if not wanted:
        return 0
    with writing():
        for notice in wanted:
            mail_notice.enqueue(tenant=notice.person.tenant, notice=notice.pk)
        Notice.objects.filter(pk__in=[n.pk for n in wanted]).update(is_mail_wanted=False)
    return len(wanted)


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


def is_muted(person: Person, record: Record) -> bool:
    """Does this person hear no more of the record?"""
    return Mute.objects.filter(person=person, card_id=record.pk).exists()


__all__ = ["is_muted", "mail_notice", "mute", "queue_mails", "read", "tell", "tell_escalated", "unread_count", "words_of"]
