"""Writing the trail: what happened, by whom, when, through which channel; once, and never changed."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plimsoll.kernel.lib.text import canonical, plain
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.trail import keys
from plimsoll.kernel.trail.content import conceal, content, digest, proof
from plimsoll.kernel.trail.models import Detail, Entry

CHANNELS = ("page", "api", "command line", "import", "mail", "portal", "rule", "task", "set-up")


@dataclass(slots=True)
class Act:
    """One act on its way into the trail. `changes` are {field: (old, new)}; those named in `texts` are kept erasable."""

    tenant: int
    kind: str
    subject: int
    action: str
    by: int
    channel: str
    at: datetime | None = None
    card: int | None = None
    position: int = 0
    origin: str = "live"
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    note: str = ""


def build(act: Act, recorded_at: datetime) -> tuple[Entry, Detail | None]:
    """The unsaved rows of an act. Text and personal values go to the detail; the entry keeps their salted digests."""
    shown: dict[str, Any] = {}
    values: dict[str, Any] = {}
    salt = b""
    if act.texts or act.note:
        salt = os.urandom(16)
    for name, (old, new) in act.changes.items():
        old, new = plain(old), plain(new)
        if name in act.texts:
            shown[name] = {"hidden": [conceal(salt, name, old), conceal(salt, name, new)]}
            values[name] = [old, new]
        else:
            shown[name] = [old, new]
    if act.note:
        shown["note"] = {"hidden": [None, conceal(salt, "note", act.note)]}
        values["note"] = [None, act.note]
    changes = canonical(shown)
    uid = uuid.UUID(bytes=os.urandom(16))
    at = act.at or recorded_at
    key, secret = keys.live()
    body = digest(
        content(
            Entry.LIVE_FORMAT,
            uid.hex,
            act.tenant,
            act.kind,
            act.subject,
            act.position,
            act.action,
            at,
            recorded_at,
            act.by,
            act.channel,
            act.origin,
            changes,
        )
    )
    entry = Entry(
        uid=uid,
        tenant_id=act.tenant,
        kind=act.kind,
        subject=act.subject,
        card_id=act.card,
        position=act.position,
        action=act.action,
        at=at,
        recorded_at=recorded_at,
        actor_id=act.by,
        channel=act.channel,
        origin=act.origin,
        changes=changes,
        key=key,
        digest=body,
        mac=proof(secret, body),
    )
    return entry, Detail(salt=salt, values=values) if values else None


def write(act: Act) -> Entry:
    """Write one act, inside the transaction of what it tells of."""
    entry, detail = build(act, now())
    entry.save(force_insert=True)
    if detail is not None:
        detail.entry_id = entry.pk
        detail.save(force_insert=True)
    return entry


def write_many(acts: Iterable[Act]) -> list[Entry]:
    """Write acts in their order with few statements; for importers. Their ids follow their order."""
    recorded_at = now()
    built = [build(act, recorded_at) for act in acts]
    entries = Entry.objects.bulk_create([entry for entry, _ in built])
    details = []
    for entry, (_, detail) in zip(entries, built, strict=True):
        if detail is not None:
            detail.entry_id = entry.pk
            details.append(detail)
    Detail.objects.bulk_create(details)
    return entries


def record_kept(event: Any) -> None:
    """Wired to `identity.KeptChanged` and its like: a change of a kept thing becomes an entry of its own subject."""
    write(
        Act(
            tenant=event.tenant_id,
            kind=event.kind,
            subject=event.subject_id,
            action=event.action,
            by=event.by_id,
            channel=event.channel,
            changes=dict(event.changes),
            texts=frozenset(event.texts),
            note=event.note,
        )
    )
