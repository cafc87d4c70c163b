"""Taking words out of the system by order: from the record, its details, comments, files and the search row in one act.

A digest is never touched, so the trail still proves that something was written, by whom and when, and that it was redacted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check as check_word
from plimsoll.kernel.events import publish
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import files
from plimsoll.kernel.records.beside import Words, beside
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault, type_of
from plimsoll.kernel.records.events import Erased, Redacted
from plimsoll.kernel.records.models import Attachment, Comment, Record, gate_open
from plimsoll.kernel.records.operations import locked, touch_card
from plimsoll.kernel.records.permissions import check
from plimsoll.kernel.records.queries import record_of
from plimsoll.kernel.trail.models import Detail, Entry
from plimsoll.kernel.trail.operations import Act, write

REPLACEMENT = "[redacted]"


def words_held(record: Record) -> list[Words]:
    """The words that go along with a record beside its fields and messages; empty ones only where the trail may tell what they were."""
    held = [words for thing in beside(record.kind) for words in thing.held(record)]
    return [words for words in held if (words.change and not words.is_one_of_many) or words.text not in ("", REPLACEMENT)]


def redact(
    record: Record,
    *,
    by: Person,
    channel: str,
    reason: str,
    fields: Sequence[str] = (),
    comments: Sequence[Comment] = (),
    attachments: Sequence[Attachment] = (),
    words: Sequence[str] = (),
) -> Entry:
    """Erase fields (in every entry of the record and in the record itself), comments, files, and words beside it (by their keys).

    Needs the word `kind:redact` and a reason.

    Only text and personal fields can be erased; states, numbers and dates stay, so that clocks and figures do.
    """
    record_type = type_of(record)
    with writing(), gate_open():
        fresh = locked(record)
        check(by, f"{fresh.kind}:redact", fresh)
        faults = [
            Fault(name, _("Only texts can be redacted; “%(field)s” is not one.") % {"field": name})
            for name in fields
            if name not in record_type.texts and not name.startswith("extra.")
        ]
        if not reason.strip():
            faults.append(Fault("reason", _("Say on whose order and why.")))
        held = {one.key: one for one in words_held(fresh)} if words else {}
        faults += [Fault("words", _("These words are not on this record.")) for key in words if key not in held]
        if not (fields or comments or attachments or words):
            faults.append(Fault("fields", _("Say what is to be redacted.")))
        faults += [Fault("comments", _("That message is not on this record.")) for c in comments if c.card_id != fresh.pk]
        faults += [Fault("attachments", _("That file is not on this record.")) for a in attachments if a.card_id != fresh.pk]
        if faults:
            raise Faulty(faults)
        copies = [copy for thing in beside(fresh.kind) for copy in thing.copies(fresh, comments)] if comments else []
        erased = _erase(Entry.objects.filter(card_id=fresh.pk), set(fields)) if fields else {}
        for comment in comments:
            Comment.objects.filter(pk=comment.pk).update(text="", redacted_at=now())
            if comment.entry_id is not None:
                erased |= _erase(Entry.objects.filter(pk=comment.entry_id), {"text"})
        for attachment in attachments:
            erased |= _erase(Entry.objects.filter(card_id=fresh.pk, action="attach", changes__contains=attachment.digest), {"file"})
            Attachment.objects.filter(pk=attachment.pk).update(removed_at=now(), name=REPLACEMENT)
            if not Attachment.objects.filter(digest=attachment.digest, removed_at=None).exists():
                files.path_of(attachment.digest).unlink(missing_ok=True)
        chosen = [held[key] for key in words]
        for change, text in {(one.change, one.text if one.is_one_of_many or not one.change else None) for one in chosen}:
            erased |= _erase(Entry.objects.filter(card_id=fresh.pk), {change or "text"}, text)
        for thing in beside(fresh.kind) if words else ():
            thing.erase(fresh, words)
        for name in fields:
            if name.startswith("extra."):
                fresh.extra.pop(name.removeprefix("extra."), None)
            else:
                setattr(fresh, name, REPLACEMENT if name in record_type.required else "")
        fresh.version += 1
        fresh.changed_at = max(now(), fresh.changed_at)
        fresh.save()
        position = touch_card(fresh, record_type)
        entry = write(
            Act(
                tenant=fresh.tenant_id,
                kind=fresh.kind,
                subject=fresh.pk,
                card=fresh.pk,
                position=position,
                action="redact",
                by=by.pk,
                channel=channel,
                note=reason,
                changes={"erased": (None, erased), "fields": (None, sorted(fields)), "comments": (None, [c.pk for c in comments])}
                | ({"words": (None, sorted(words))} if words else {}),
            )
        )
        publish(Redacted(card_id=fresh.pk, kind=fresh.kind, fields=frozenset(fields), entries=frozenset(map(int, erased))))
        for copy in copies:  # the order is for the words, wherever they were repeated
            there = record_of(copy.card)
            told = _("Repeated from %(record)s: %(reason)s") % {"record": fresh.reference, "reason": reason}
            redact(there, by=system_person(fresh.tenant), channel="rule", reason=told, comments=[copy])
    return entry


def redact_person(person: Person, *, by: Person, channel: str, reason: str) -> Entry:
    """Erase what the trail keeps of a person's own data (name, address), after identity has erased the person. Their number and role stay."""
    check_word(by, "person:erase", organization=person.organization_id)
    with writing():
        own = Q(kind__in=["person", "membership", "invitation", "session", "token", "feed"], subject=person.pk, card=None)
        erased = dict.fromkeys(map(str, Entry.objects.filter(own, detail__isnull=False).values_list("pk", flat=True)), "*")
        Detail.objects.filter(entry__in=[int(pk) for pk in erased]).update(values={})
        entry = write(
            Act(
                tenant=person.tenant_id or 0,
                kind="person",
                subject=person.pk,
                action="erase",
                by=by.pk,
                channel=channel,
                note=reason,
                changes={"erased": (None, erased)},
            )
        )
        publish(Erased(person_id=person.pk, reason=reason))
    return entry


def _erase(entries: object, names: set[str], text: str | None = None) -> dict[str, list[str]]:
    """Take the readable values of some fields out of the details, or only where they say this text.

    Returns {entry: fields} for the entry that tells of it.
    """
    erased: dict[str, list[str]] = {}
    for pk, changes, values in entries.filter(changes__contains='"hidden"').values_list("pk", "changes", "detail__values"):  # type: ignore[attr-defined]
        told = json.loads(changes)
        gone = sorted(
            n for n in names if isinstance(told.get(n), dict) and "hidden" in told[n] and (text is None or text in ((values or {}).get(n) or ()))
        )
        if gone:
            erased[str(pk)] = gone
            Detail.objects.filter(pk=pk).update(values={k: v for k, v in (values or {}).items() if k not in gone})
    return erased
