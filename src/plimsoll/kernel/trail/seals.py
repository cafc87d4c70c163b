"""Sealing: entries into batches, batches into a chain, heads into a file outside the database."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.trail import keys
from plimsoll.kernel.trail.content import content, digest, from_ranges, merkle_root, proof, seal_head, to_ranges
from plimsoll.kernel.trail.models import Entry, Seal, Segment

BATCH = 5000
START = bytes(32)  # the head before the first seal
# On PostgreSQL a lower id can commit later; an id that stays missing so long was rolled back and never comes.
LATE = timedelta(hours=1)
FACTS = (
    "id",
    "format",
    "uid",
    "tenant_id",
    "kind",
    "subject",
    "position",
    "action",
    "at",
    "recorded_at",
    "actor_id",
    "channel",
    "origin",
    "changes",
    "key",
    "digest",
    "mac",
)


def fault_of(row: tuple) -> str:  # type: ignore[type-arg]
    """Why an entry (its `FACTS`) can't be trusted, as a sentence; empty when its digest and proof agree with its content."""
    pk, fmt, uid, tenant, kind, subject, position, action, at, recorded_at, actor, channel, origin, changes, key, stored, mac = row
    try:
        body = digest(content(fmt, uid.hex, tenant, kind, subject, position, action, at, recorded_at, actor, channel, origin, changes))
    except ValueError as error:
        return str(error)
    if body != bytes(stored):
        return f"Entry {pk} ({kind} {subject}, {action}) was changed after it was written."
    if proof(keys.of(key), body) != bytes(mac):
        return f"Entry {pk} ({kind} {subject}, {action}) was not written by this system: its proof is wrong."
    return ""


def head_file() -> Path:
    """The file outside the database to which each head is appended."""
    return Path(settings.PLIMSOLL_TRAIL_HEADS)


def unsealed(last: Seal | None, limit: int) -> list[tuple]:  # type: ignore[type-arg]
    """Entries in no seal yet: those above the newest sealed id, and late ones in the gaps of recent seals."""
    rows = Entry.objects.order_by("id").values_list(*FACTS)
    if last is None:
        return list(rows[:limit])
    recent = Seal.objects.filter(sealed_at__gte=now() - LATE).order_by("number")
    gaps = Q(pk__in=[])
    below = None
    covered: list[tuple[int, int]] = sorted(pair for seal in recent for pair in from_ranges(seal.ranges))
    for first, end in covered:
        if below is not None and first > below + 1:
            gaps |= Q(id__gt=below, id__lt=first)
        below = max(below or end, end)
    newest = Seal.objects.order_by("-newest").values_list("newest", flat=True)[0]
    return list(rows.filter(Q(id__gt=newest) | gaps)[:limit])


def seal() -> int:
    """Seal what is unsealed and sound; return how many entries. An entry that fails its check is left out, for `verify` to name."""
    total = 0
    while True:
        with writing():
            last = Seal.objects.select_for_update().order_by("-number").first()
            rows = unsealed(last, BATCH)
            sound = [row for row in rows if not fault_of(row)]
            if not sound:
                break
            moment = now()
            month = f"{moment:%Y-%m}"
            if last is not None and last.segment != month:
                close_segment(last.segment)
            ids = [row[0] for row in sound]
            root = merkle_root([bytes(row[15]) for row in sound])
            number = last.number + 1 if last else 1
            previous = bytes(last.head) if last else START
            ranges = to_ranges(ids)
            head = seal_head(number, month, ranges, len(ids), root, previous)
            key, secret = keys.live()
            made = Seal.objects.create(
                number=number,
                segment=month,
                ranges=ranges,
                newest=max(ids[-1], last.newest if last else 0),
                count=len(ids),
                root=root,
                previous=previous,
                head=head,
                key=key,
                mac=proof(secret, head),
                sealed_at=moment,
            )
        append_head(made)
        total += len(sound)
        if len(rows) < BATCH:
            break
    return total


def append_head(made: Seal) -> None:
    """Append the newest head to the file. A crash between commit and this line only leaves the file one head behind."""
    path = head_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    line = {"number": made.number, "head": bytes(made.head).hex(), "count": made.count, "at": made.sealed_at.isoformat()}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def close_segment(month: str) -> Segment:
    """Close a month of the chain under one root, so that it can later be proved, and disposed of, by itself."""
    heads = list(Seal.objects.filter(segment=month).order_by("number").values_list("number", "head"))
    root = merkle_root([bytes(head) for _, head in heads])
    key, secret = keys.live()
    segment, _ = Segment.objects.get_or_create(
        month=month, defaults={"first": heads[0][0], "last": heads[-1][0], "root": root, "key": key, "mac": proof(secret, root), "closed_at": now()}
    )
    return segment


def last_head_written() -> dict[str, object] | None:
    """The last line of the heads' file, or None when there is none yet. A torn last line (a crash) is passed over."""
    path = head_file()
    if not path.exists():
        return None
    for line in reversed(path.read_text(encoding="utf-8").splitlines()):
        try:
            return json.loads(line)  # type: ignore[no-any-return]
        except json.JSONDecodeError:
            continue
    return None
