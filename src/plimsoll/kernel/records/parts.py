"""What hangs on a record, each written in its trail: comments, links, attachments, tags, watchers, checklists, effort.

None of them touches the record's version, so that a comment never conflicts with an edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, within_token
from plimsoll.kernel.events import publish
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import files
from plimsoll.kernel.records.clean import MOST_TEXT, Faulty
from plimsoll.kernel.records.declaration import Fault, type_of
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.models import (
    LINK_MEANINGS,
    Attachment,
    ChecklistItem,
    Comment,
    Effort,
    Link,
    Record,
    Share,
    Tag,
    gate_open,
)
from plimsoll.kernel.records.operations import locked, origin_of, touch_card
from plimsoll.kernel.records.permissions import check, is_inside, may
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.trail.operations import Act, write


def tell(
    record: Record,
    action: str,
    *,
    by: Person,
    channel: str,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    texts: frozenset[str] = frozenset(),
    note: str = "",
    at: datetime | None = None,
    comment: Comment | None = None,
) -> Entry:
    """One entry for something that hangs on the record; the record's version stays."""
    moment = at or now()
    record.changed_at = max(moment, record.changed_at)
    with gate_open():
        type(record).objects.filter(pk=record.pk).update(changed_at=record.changed_at)
    position = touch_card(record)
    entry = write(
        Act(
            tenant=record.tenant_id,
            kind=record.kind,
            subject=record.pk,
            card=record.pk,
            position=position,
            action=action,
            by=by.pk,
            channel=channel,
            at=at,
            origin=origin_of(record),
            changes=changes or {},
            texts=texts,
            note=note,
        )
    )
    if comment is not None:
        comment.entry = entry
        comment.at = entry.at
        comment.save(force_insert=True)
    publish(Written(record=record, entry=entry, by=by, changes=changes or {}, comment=comment))
    return entry


def comment(record: Record, *, text: str, is_public: bool, by: Person, channel: str, at: datetime | None = None) -> Comment:
    """Say something on a record. Internal needs the word `kind:internal`; a public one is seen by everyone who sees the record."""
    text = text.strip()
    if not text:
        raise Faulty([Fault("text", _("Write something first."))])
    if "\x00" in text or len(text) > MOST_TEXT:
        raise Faulty([Fault("text", _("The text is too long, or holds a character that can't be stored."))])
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:comment", fresh)
        if not is_public and not is_inside(by, fresh):
            raise Refused(_("Internal notes are for the provider's own people."))
        made = Comment(card_id=fresh.pk, author=by, is_public=is_public, text=text, channel=channel, origin=origin_of(fresh))
        tell(
            fresh,
            "comment" if is_public else "note",
            by=by,
            channel=channel,
            changes={"text": (None, text)},
            texts=frozenset({"text"}),
            at=at,
            comment=made,
        )
    return made


def link(source: Record, meaning: str, target: Record | Card, *, by: Person, channel: str, at: datetime | None = None) -> Link:
    """Relate two records; the entry stands in both trails. The person must see both and may amend the first."""
    if meaning not in LINK_MEANINGS:
        raise Faulty(
            [Fault("meaning", _("“%(given)s” is not a meaning. There are: %(known)s.") % {"given": meaning, "known": ", ".join(LINK_MEANINGS)})]
        )
    if source.pk == target.pk:
        raise Faulty([Fault("target", _("A record can't be linked to itself."))])
    with writing():
        # Both are locked, always in the same order: what a kind allows depends on what else is linked to either.
        ends = {each.pk: locked(each) for each in sorted((source, _record_of(target)), key=lambda each: each.pk)}
        fresh, other = ends[source.pk], ends[target.pk]
        check(by, f"{fresh.kind}:amend", fresh)
        check(by, f"{other.kind}:read", other)
        if faults := type_of(fresh).behaviour.link_faults(fresh, meaning, other):
            raise Faulty(faults)
        try:
            with transaction.atomic():
                made = Link.objects.create(source_id=fresh.pk, meaning=meaning, target_id=other.pk, made_by=by, made_at=at or now())
        except IntegrityError:
            raise Faulty([Fault("target", _("These two are already linked so."))]) from None
        tell(fresh, "link", by=by, channel=channel, changes={meaning: (None, other.reference)}, at=at)
        tell(other, "link", by=by, channel=channel, changes={LINK_MEANINGS[meaning][1]: (None, fresh.reference)}, at=at)
    return made


def unlink(made: Link, *, by: Person, channel: str, note: str = "") -> None:
    """Take a relation away; both trails say so."""
    with writing():
        source, target = _record_of(made.source), _record_of(made.target)
        fresh = locked(source)
        check(by, f"{fresh.kind}:amend", fresh)
        made.delete()
        tell(fresh, "unlink", by=by, channel=channel, changes={made.meaning: (target.reference, None)}, note=note)
        tell(locked(target), "unlink", by=by, channel=channel, changes={LINK_MEANINGS[made.meaning][1]: (source.reference, None)}, note=note)


def _record_of(thing: Record | Card) -> Record:
    from plimsoll.kernel.records.queries import record_of  # noqa: PLC0415 (queries read what parts write)

    return record_of(thing) if isinstance(thing, Card) else thing


def attach(record: Record, *, name: str, content: bytes, is_public: bool, by: Person, channel: str, at: datetime | None = None) -> Attachment:
    """Put a file on a record. Raises `Faulty` when it is empty or too large; its type is sniffed, its state is "not scanned"."""
    name = files.clean_name(name)
    if not content:
        raise Faulty([Fault("file", _("The file is empty."))])
    if len(content) > files.most_bytes():
        raise Faulty([Fault("file", _("The file is larger than %(n)d MB.") % {"n": files.most_bytes() // 1_000_000})])
    digest = files.store(content)
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:comment", fresh)
        if not is_public and not is_inside(by, fresh):
            raise Refused(_("Internal files are for the provider's own people."))
        made = Attachment.objects.create(
            card_id=fresh.pk,
            name=name,
            content_type=files.sniff(content),
            size=len(content),
            digest=digest,
            is_public=is_public,
            added_by=by,
            added_at=at or now(),
        )
        tell(
            fresh,
            "attach",
            by=by,
            channel=channel,
            at=at,
            texts=frozenset({"file"}),
            changes={"file": (None, name), "digest": (None, digest), "size": (None, len(content)), "is_public": (None, is_public)},
        )
    return made


def detach(made: Attachment, record: Record, *, by: Person, channel: str, note: str) -> None:
    """Take a file out of sight; the trail keeps its digest. Needs a note that says why."""
    if not note.strip():
        raise Faulty([Fault("note", _("Say why the file is taken away."))])
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:amend", fresh)
        made.removed_at = now()
        made.save(update_fields=["removed_at"])
        tell(fresh, "detach", by=by, channel=channel, changes={"digest": (made.digest, None)}, note=note)


def tag(record: Record, names: list[str], *, by: Person, channel: str, at: datetime | None = None) -> list[str]:
    """Set the tags of a record to exactly these words; returns them sorted."""
    wanted = sorted({" ".join(n.lower().split())[:50] for n in names if n.strip()})
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:amend", fresh)
        card = Card.objects.get(pk=fresh.pk)
        old = sorted(card.tags.values_list("name", flat=True))
        if old == wanted:
            return wanted
        there = {t.name: t for t in Tag.objects.filter(tenant_id=fresh.tenant_id, name__in=wanted)}
        card.tags.set([there.get(n) or Tag.objects.create(tenant_id=fresh.tenant_id, name=n) for n in wanted])
        tell(fresh, "tag", by=by, channel=channel, changes={"tags": (old, wanted)}, at=at)
    return wanted


def watch(record: Record, *, person: Person | None = None, by: Person, channel: str, at: datetime | None = None) -> None:
    """Follow a record. One may watch what one sees; making somebody else watch it needs the right to amend, and gives them sight of it."""
    who = person or by
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:{'read' if who.pk == by.pk else 'amend'}", fresh)
        if not within_token(by, f"{fresh.kind}:watch"):  # watching is open to whoever reads, but a key that only reads writes nothing
            raise Refused(_("This key may only read."))
        if who.tenant_id != fresh.tenant_id or not who.is_active:
            raise Faulty([Fault("person", _("There is no such person."))])
        _made, created = Share.objects.update_or_create(card_id=fresh.pk, person=who, why="watcher", defaults={"until": None})
        if created:
            tell(fresh, "watch", by=by, channel=channel, changes={"watcher": (None, who.pk)}, at=at)


def unwatch(record: Record, *, person: Person | None = None, by: Person, channel: str) -> None:
    """Follow a record no more."""
    who = person or by
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:{'read' if who.pk == by.pk else 'amend'}", fresh)
        if not within_token(by, f"{fresh.kind}:watch"):  # watching is open to whoever reads, but a key that only reads writes nothing
            raise Refused(_("This key may only read."))
        gone, _rows = Share.objects.filter(card_id=fresh.pk, person=who, why="watcher").delete()
        if gone:
            tell(fresh, "unwatch", by=by, channel=channel, changes={"watcher": (who.pk, None)})


def add_check(
    record: Record, *, text: str, by: Person, channel: str, owner: Person | None = None, due_at: datetime | None = None, at: datetime | None = None
) -> ChecklistItem:
    """Add a thing to tick."""
    text = " ".join(text.split())
    if not text or len(text) > 250:
        raise Faulty([Fault("text", _("A thing to tick has between 1 and 250 characters."))])
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:amend", fresh)
        if owner is not None and owner.tenant_id != fresh.tenant_id:
            raise Faulty([Fault("owner", _("There is no such person."))])
        position = ChecklistItem.objects.filter(card_id=fresh.pk).count() + 1
        made = ChecklistItem.objects.create(card_id=fresh.pk, position=position, text=text, owner=owner, due_at=due_at)
        # not "owner": that is the record's, and its spans follow from it
        tell(
            fresh,
            "add check",
            by=by,
            channel=channel,
            changes={"item": (None, made.pk), "text": (None, text), "for": (None, owner)},
            texts=frozenset({"text"}),
            at=at,
        )
    return made


def tick(item: ChecklistItem, record: Record, *, is_done: bool, by: Person, channel: str, at: datetime | None = None) -> ChecklistItem:
    """Tick a thing off, or take the tick back. Its owner may, and whoever may amend the record."""
    with writing():
        fresh = locked(record)
        if not (item.owner_id == by.pk and may(by, f"{fresh.kind}:read", fresh)):
            check(by, f"{fresh.kind}:amend", fresh)
        item.refresh_from_db()
        if (item.done_at is not None) == is_done:
            return item
        item.done_at, item.done_by = (at or now(), by) if is_done else (None, None)
        item.save(update_fields=["done_at", "done_by"])
        tell(fresh, "tick" if is_done else "untick", by=by, channel=channel, changes={"item": (None, item.pk)}, at=at)
    return item


def spend(
    record: Record,
    *,
    minutes: int,
    by: Person,
    channel: str,
    person: Person | None = None,
    activity: str = "",
    spent_on: date | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Effort:
    """Book time on a record, in whole minutes."""
    with writing():
        fresh = locked(record)
        check(by, f"{fresh.kind}:amend", fresh)
        made = Effort(
            card_id=fresh.pk,
            person=person or by,
            minutes=minutes,
            activity=activity.strip(),
            spent_on=spent_on or (at or now()).date(),
            note=note.strip(),
        )
        try:
            made.full_clean(exclude=["card"])
        except ValidationError as error:
            raise Faulty([Fault(name if name != "__all__" else "minutes", " ".join(m)) for name, m in error.message_dict.items()]) from None
        made.save()
        tell(
            fresh,
            "spend",
            by=by,
            channel=channel,
            changes={"minutes": (None, minutes), "activity": (None, activity), "spent_on": (None, made.spent_on)},
            at=at,
        )
    return made


def release_shares(person: Person, *, at: datetime | None = None) -> int:
    """End every own right of a person (they left). Returns how many."""
    return Share.objects.filter(person=person, until=None).update(until=at or now())


__all__ = ["attach", "add_check", "comment", "detach", "link", "release_shares", "spend", "tag", "tell", "tick", "unlink", "unwatch", "watch"]
