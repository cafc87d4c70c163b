"""Who is told what. Notices are rows made in the write's own transaction; mail follows by a task. Never for one's own act."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import in_force, reach
from plimsoll.kernel.identity.models import Person, TeamMembership
from plimsoll.kernel.identity.system import who_acted
from plimsoll.kernel.lib.compiled import Compiled
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Mute, Notice
from plimsoll.kernel.notifications.rules import ALWAYS_TOLD, DECISION, ESCALATION, GIVEN, NOTHING, REMINDER, kind_of, read_wishes, way_of
from plimsoll.kernel.records.declaration import type_named, type_of
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.models import Record, Share
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.queries import record_of
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.targets.events import Escalated
from plimsoll.kernel.targets.words import escalation_words
from plimsoll.kernel.trail.models import Entry

QUIET = frozenset(
    {
        *("watch", "unwatch", "tag", "spend", "tick", "untick", "add check", "unlink", "escalate", "excerpt", "split off"),
        *("distribute", "acknowledge", "ask review", "remind readers"),  # whoever is asked is told by name
    }
)  # small acts that nobody is called for
LARGEST_TEAM = 50
MOST_UNREAD = 100


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
    is_internal = entry.action == "note" or (event.comment is not None and not event.comment.is_public)
    kinds = _kinds(event, concerned, is_internal=is_internal)
    if entry.action != "open":  # what was opened this moment is muted by nobody
        muted = set(Mute.objects.filter(card_id=record.pk, person__in=people).values_list("person_id", flat=True))
        people = [person for person in people if person.pk not in muted or kinds(person) in ALWAYS_TOLD or _is_given_by_name(event, person)]
    made = [
        _notice(person, record, entry.pk, concerned[person.pk], kinds(person), entry.recorded_at)
        for person in people
        if _may_read(person, record, shared) and not (is_internal and not is_inside(person, record))
    ]
    Notice.objects.bulk_create([notice for notice in made if notice is not None])


def _notice(person: Person, record: Record, entry: int, why: str, kind: str, at: datetime, *, is_late: bool = False) -> Notice | None:
    """The row of what is told to one person, by the way they chose for its kind; None when they want to hear nothing of it."""
    way = way_of(kind, read_wishes(person.preferences.get("notices") or {}), has_address=bool(person.email), is_late=is_late)
    if way == NOTHING:
        return None
    return Notice(person=person, card_id=record.pk, entry_id=entry, why=why, kind=kind, created_at=at, is_mail_wanted=way in ("mail", "digest"))


def _kinds(event: Written, concerned: dict[int, str], *, is_internal: bool) -> Callable[[Person], str]:
    """The kind that an act is for each of those whom it concerns."""
    action, changes = event.entry.action, event.changes
    is_public_message = action == "comment" or (event.comment is not None and event.comment.is_public)

    def kind(person: Person) -> str:
        return kind_of(
            action,
            is_note=is_internal,
            is_public_message=is_public_message,
            is_given=_is_given_by_name(event, person) or ("team" in changes and concerned.get(person.pk) == "team"),
            is_asked=action == "ask approval" and concerned.get(person.pk) == "approver",
            changes_state="state" in changes,
        )

    return kind


def _is_given_by_name(event: Written, person: Person) -> bool:
    return "owner" in event.changes and getattr(event.record, "owner_id", None) == person.pk


def tell_escalated(event: Escalated) -> None:
    """Wired to `Escalated`: a notice for those whom the rules name, also where they muted the record. What was found late goes by no mail."""
    record = record_of(Card.objects.select_related("tenant").get(pk=event.card_id))
    people = Person.objects.filter(pk__in=event.people, tenant_id=record.tenant_id, is_active=True, kind="human").select_related("organization")
    made = []
    for person in people:
        person.tenant = record.tenant
        if may(person, f"{record.kind}:read", record):
            made.append(_notice(person, record, event.entry_id, "escalation", ESCALATION, now(), is_late=event.is_late))
    Notice.objects.bulk_create([notice for notice in made if notice is not None])


def notify(record: Record, people: Iterable[Person], *, entry: Entry, why: str, at: datetime | None = None) -> list[Person]:
    """Tell people of one entry, each once, also where they muted the record: those of them who may read it. Returns whom it told."""
    there = set(Notice.objects.filter(entry=entry).values_list("person_id", flat=True))
    kind = DECISION if why in ("declares", "reviewer", "reader", "approver") else REMINDER if entry.action == "remind" else ESCALATION
    made = []
    for person in {p.pk: p for p in people}.values():
        person.tenant = record.tenant
        if person.pk != entry.actor_id and person.pk not in there and person.is_active and may(person, f"{record.kind}:read", record):
            made.append((person, _notice(person, record, entry.pk, why, kind, at or entry.recorded_at)))
    Notice.objects.bulk_create([notice for _person, notice in made if notice is not None])
    return [person for person, _told in made]


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
    if action == "remind":  # a date is the business of whoever looks after it, and of nobody who only reads along
        pass
    elif action != "open":
        for person_id, why in Share.objects.filter(Q(until=None) | Q(until__gt=now()), card_id=record.pk).values_list("person_id", "why"):
            if person_id is not None:
                shared.add(person_id)
                if why != "requester" or _concerns_requester(event):
                    found[person_id] = why
    elif record_type.requester and (requester := getattr(record, f"{record_type.requester}_id")):
        found[requester] = "requester"
        shared.add(requester)
    owner = getattr(record, "owner_id", None)
    is_asked = action == "ask approval" and owner is not None and found.get(owner) == "approver"  # that they are asked comes first
    if owner is not None and not is_asked and (action != "open" or "owner" in changes):
        found[owner] = "owner"
    if "team" in changes and owner is None and getattr(record, "team_id", None) is not None:
        members = TeamMembership.objects.filter(in_force(now()), team_id=record.team_id).values_list("person_id", flat=True)[:LARGEST_TEAM]  # type: ignore[attr-defined]
        for person_id in members:
            found.setdefault(person_id, "team")
    return found, frozenset(shared)


def _concerns_requester(event: Written) -> bool:
    """Who asked hears of public messages and of changes of state, not of the work between."""
    return (event.comment is not None and event.comment.is_public) or "state" in event.changes


def _new_values(entry: Entry) -> dict[str, Any]:
    return {name: pair[1] for name, pair in json.loads(entry.changes or "{}").items() if isinstance(pair, list)}


def paper_of(notice: Notice) -> str:
    """The address of the file that a notice asks to be read; empty where there is none."""
    card, entry = notice.card, notice.entry
    return type_named(card.kind).behaviour.paper(card.number, entry.action, _new_values(entry)) if card is not None and entry is not None else ""


def words_of(notice: Notice) -> tuple[str, str]:
    """The title and the sentence of a notice, made from the entry at display."""
    card, entry = notice.card, notice.entry
    assert card is not None
    actor = who_acted(entry.actor, entry.channel) if entry is not None else None
    if entry is not None and entry.actor.kind == "system" and notice.why in ("requester", "approver"):
        actor = card.tenant.name  # whoever is served hears from the house, not from its rules
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
    title = f"{card.reference} {card.title}"
    if entry is None:
        return title, ""
    if entry.action == "escalate":
        return title, escalation_words(entry)
    if entry.action == "open" and notice.why == "requester":
        return title, f"{actor} {_('opened it for you')}."
    changes = _new_values(entry)
    if own := type_named(card.kind).behaviour.told(entry.action, changes):
        return title, f"{actor} {own}."
    if notice.kind == GIVEN and entry.action != "open":
        return title, f"{actor} {_('gave it to you') if notice.why == 'owner' else _('gave it to your team')}."
    if "state" in changes and entry.action not in acts:
        flow = workflow_of(card.tenant, card.kind)
        state = next((s for s in flow.states if s.name == changes["state"]), None)
        if notice.why == "requester" and state is not None and state.name in flow.requesters_turn and state.category in TURNS:
            return title, f"{actor} {TURNS[state.category]}."  # our own word for it says of whom we wait, and not what they are asked
        return title, f"{actor} {_('moved it to “%(state)s”') % {'state': state.label if state is not None else changes['state']}}."
    return title, f"{actor} {acts.get(entry.action, entry.action.replace('_', ' '))}."


TURNS = {
    "waiting": gettext_lazy("needs an answer from you"),
    "done": gettext_lazy("says that it is done: confirm it, or open it again"),
}
WHYS = {
    "owner": gettext_lazy("it is with you"),
    "team": gettext_lazy("it is with your team"),
    "watcher": gettext_lazy("you watch it"),
    "requester": gettext_lazy("you asked for it"),
    "approver": gettext_lazy("you are asked to decide"),
    "participant": gettext_lazy("you take part in it"),
    "assigned": gettext_lazy("your team works on it"),
    "escalation": gettext_lazy("a rule tells you when time runs out"),
    "oversees": gettext_lazy("your role is told of what is grave"),
    "declares": gettext_lazy("your role decides on it"),
}


def read(
    person: Person,
    keys: list[int] | None = None,
    *,
    card: int | None = None,
    kind: str = "",
    record_kind: str = "",
    until: int | None = None,
    at: datetime | None = None,
) -> int:
    """Mark notices as read: those named, those of one record, or all; only of a `kind` or a `record_kind`, none after the notice `until`.

    Returns how many. `at` names the act, for `unread`.
    """
    rows = Notice.objects.filter(person=person, read_at=None)
    if kind:
        rows = rows.filter(kind=kind)
    if record_kind:
        rows = rows.filter(card__kind=record_kind)
    if until is not None:
        rows = rows.filter(pk__lte=until)
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    if card is not None:
        rows = rows.filter(card_id=card)
    return rows.update(read_at=at or now())


def unread(person: Person, at: datetime) -> int:
    """Undo one act of reading: what was marked at exactly that moment is new again. Returns how many."""
    return Notice.objects.filter(person=person, read_at=at).update(read_at=None)


_unread = Compiled(lambda person: Notice.objects.filter(person_id=person, read_at=None).values_list("pk")[:MOST_UNREAD], person=int)
_mutes = Compiled(lambda person, card: Mute.objects.filter(person_id=person, card_id=card).values_list("pk"), person=int, card=int)


def unread_count(person: Person) -> int:
    """How many unread, counted up to `MOST_UNREAD`, so that a neglected inbox costs no more than a tidy one."""
    return len(_unread(person=person.pk))


def unread_of(person: Person, record: Record | Card) -> bool:
    """Was somebody told something of this record that they have not read?"""
    return Notice.objects.filter(person=person, card_id=record.pk, read_at=None).exists()


def mute(person: Person, record: Record | Card, *, is_muted: bool) -> None:
    """Hear no more of one record, or again."""
    with writing():
        if is_muted:
            Mute.objects.get_or_create(person=person, card_id=record.pk)
        else:
            Mute.objects.filter(person=person, card_id=record.pk).delete()


def is_muted(person: Person, record: Record) -> bool:
    """Does this person hear no more of the record?"""
    return bool(_mutes(person=person.pk, card=record.pk))


__all__ = ["WHYS", "is_muted", "mute", "notify", "read", "tell", "tell_escalated", "unread", "unread_count", "words_of"]
