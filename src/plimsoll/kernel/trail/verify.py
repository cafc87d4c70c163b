"""Is the trail what was written? Every proof, the chain, the last head, the erasable details; where it fails, and how."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max

from plimsoll.kernel.register.models import Card
from plimsoll.kernel.trail import keys
from plimsoll.kernel.trail.content import conceal, from_ranges, merkle_root, proof, seal_head
from plimsoll.kernel.trail.models import Detail, Entry, Seal, Segment
from plimsoll.kernel.trail.seals import FACTS, START, fault_of, last_head_written

CHUNK = 5000


@dataclass(slots=True)
class Verdict:
    """What `verify` found: how much was checked, the faults as sentences, and what could not be checked."""

    entries: int = 0
    sealed: int = 0
    seals: int = 0
    details: int = 0
    faults: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.faults


def verify(progress: Callable[[int], None] = lambda done: None, most: int = 50) -> Verdict:
    """Check the whole trail, batch by batch, so that its size does not matter. At most `most` faults are named; the rest are counted."""
    verdict = Verdict()
    _chain(verdict, progress)
    _details(verdict)
    _completeness(verdict)
    if len(verdict.faults) > most:
        verdict.faults[most:] = [f"… and {len(verdict.faults) - most} more."]
    return verdict


def _entries(verdict: Verdict, first: int, last: int | None) -> Iterator[tuple[int, bytes]]:
    """The entries of a range of ids, each checked against its digest and proof: (id, stored digest)."""
    while True:
        rows = Entry.objects.filter(id__gte=first, **({"id__lte": last} if last is not None else {})).order_by("id").values_list(*FACTS)[:CHUNK]
        found = list(rows)
        for row in found:
            verdict.entries += 1
            try:
                if fault := fault_of(row):
                    verdict.faults.append(fault)
            except keys.NoKey as error:
                if str(error) not in verdict.unchecked:
                    verdict.unchecked.append(str(error))
            yield row[0], bytes(row[15])
        if len(found) < CHUNK:
            return
        first = found[-1][0] + 1


def _chain(verdict: Verdict, progress: Callable[[int], None]) -> None:
    """Each seal against its entries and its neighbour, then the entries in no seal, then the last head against the file outside."""
    previous, expected = START, 1
    heads: dict[int, str] = {}
    covered: list[tuple[int, int]] = []
    for seal in Seal.objects.order_by("number").iterator():
        heads[seal.number] = bytes(seal.head).hex()
        if seal.number != expected:
            verdict.faults.append(f"Seal {expected} is missing; the chain goes on at seal {seal.number}.")
        elif bytes(seal.previous) != previous:
            verdict.faults.append(f"Seal {seal.number} does not follow the seal before it.")
        ranges = from_ranges(seal.ranges)
        covered += ranges
        _sealed(verdict, seal, ranges)
        if seal_head(seal.number, seal.segment, seal.ranges, seal.count, bytes(seal.root), bytes(seal.previous)) != bytes(seal.head):
            verdict.faults.append(f"Seal {seal.number} was changed after it was made.")
        _proved(verdict, f"Seal {seal.number}", seal.key, bytes(seal.head), bytes(seal.mac))
        previous, expected = bytes(seal.head), seal.number + 1
        verdict.seals += 1
        verdict.sealed += seal.count
        progress(verdict.entries)
    for first, last in _between(covered):
        for _entry in _entries(verdict, first, last):
            pass
    progress(verdict.entries)
    for segment in Segment.objects.order_by("first").iterator():
        inside = [bytes.fromhex(heads[n]) for n in range(segment.first, segment.last + 1) if n in heads]
        if merkle_root(inside) != bytes(segment.root):
            verdict.faults.append(f"The month {segment.month} is not what it was when it was closed.")
        _proved(verdict, f"The month {segment.month}", segment.key, bytes(segment.root), bytes(segment.mac))
    _last_head(verdict, heads, expected - 1)


def _sealed(verdict: Verdict, seal: Seal, ranges: list[tuple[int, int]]) -> None:
    """A seal's entries: all there, and those that were sealed."""
    leaves: list[bytes] = []
    gone: list[int] = []
    for first, last in ranges:
        there = dict(_entries(verdict, first, last))
        for pk in range(first, last + 1):
            (leaves.append(there[pk]) if pk in there else gone.append(pk))
    if gone:
        verdict.faults.append(f"Seal {seal.number}: {len(gone)} of {seal.count} entries are gone, from entry {gone[0]} to entry {gone[-1]}.")
    elif merkle_root(leaves) != bytes(seal.root):
        verdict.faults.append(f"Seal {seal.number}: its entries are not those that were sealed.")


def _between(covered: list[tuple[int, int]]) -> Iterator[tuple[int, int | None]]:
    """The ranges of ids that no seal covers, the last one open."""
    reached = 0
    for first, last in sorted(covered):
        if first > reached + 1:
            yield reached + 1, first - 1
        reached = max(reached, last)
    yield reached + 1, None


def _last_head(verdict: Verdict, heads: dict[int, str], newest: int) -> None:
    """The chain's end against the file of heads, which whoever writes in the database can't shorten."""
    if (written := last_head_written()) is not None:
        number = int(str(written["number"]))
        if number not in heads:
            verdict.faults.append(
                f"The newest seals are cut off: the file of heads ends at seal {number} ({written['at']}), the database at seal {newest}."
            )
        elif heads[number] != written["head"]:
            verdict.faults.append(f"Seal {number} is not the one whose head was written to the file of heads.")
    elif heads:
        verdict.faults.append("The file of heads is missing; it lies outside the database and is never deleted.")


def _proved(verdict: Verdict, name: str, key: str, body: bytes, mac: bytes) -> None:
    try:
        if proof(keys.of(key), body) != mac:
            verdict.faults.append(f"{name} was not made by this system: its proof is wrong.")
    except keys.NoKey as error:
        if str(error) not in verdict.unchecked:
            verdict.unchecked.append(str(error))


def hidden_fields(changes: str) -> dict[str, list[str | None]]:
    """The salted digests that stand in an entry, by field."""
    return {name: value["hidden"] for name, value in json.loads(changes).items() if isinstance(value, dict) and "hidden" in value}


def redacted() -> dict[int, set[str] | None]:
    """What was erased by order: {entry id: fields, or None for all of them}, read from the entries that tell of it."""
    found: dict[int, set[str] | None] = {}
    for changes in Entry.objects.filter(action__in=["redact", "erase", "dispose"]).values_list("changes", flat=True):
        told = json.loads(changes).get("erased", [None, {}])[1] or {}
        for pk, fields in told.items():
            if fields == "*" or found.get(int(pk), set()) is None:
                found[int(pk)] = None
            else:
                found[int(pk)] = (found.get(int(pk)) or set()) | set(fields)
    return found


def _with_hidden() -> Iterator[tuple[int, str, Any, Any]]:
    last = 0
    while rows := list(
        Entry.objects.filter(id__gt=last, changes__contains='"hidden"')
        .order_by("id")
        .values_list("id", "changes", "detail__salt", "detail__values")[:CHUNK]
    ):
        yield from rows
        last = rows[-1][0]


def _details(verdict: Verdict) -> None:
    """Readable values against the digests in their entries; what is gone must have been redacted by an entry."""
    erased = redacted()
    for pk, changes, salt, values in _with_hidden():
        verdict.details += 1
        allowed = erased.get(pk, set())
        for name, digests in hidden_fields(changes).items():
            if digests == [None, None] or allowed is None or name in allowed:
                continue
            if values is None or name not in values:
                verdict.faults.append(f"Entry {pk}: the text of “{name}” is gone, and no entry says that it was redacted.")
            elif [conceal(bytes(salt), name, v) for v in values[name]] != digests:
                verdict.faults.append(f"Entry {pk}: the text of “{name}” was changed after it was written.")
    orphans = Detail.objects.filter(entry=None).count()
    if orphans:
        verdict.faults.append(f"{orphans} texts belong to no entry.")


def _completeness(verdict: Verdict) -> None:
    """Each card says how many entries it has; positions run from 1 without a gap. Finds cuts that no seal covers yet."""
    last = 0
    while cards := list(Card.objects.filter(id__gt=last).order_by("id").values_list("id", "reference", "entries")[:CHUNK]):
        counted = Entry.objects.filter(card__gt=last, card__lte=cards[-1][0]).values("card").annotate(n=Count("id"), top=Max("position"))
        found = {row["card"]: (row["n"], row["top"]) for row in counted.order_by()}
        for pk, reference, entries in cards:
            n, top = found.get(pk, (0, 0))
            if n != entries or top != entries:
                verdict.faults.append(f"{reference} should have {entries} entries; {n} are there, the last at position {top}.")
        last = cards[-1][0]
