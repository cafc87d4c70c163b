"""The canonical content of an entry, its digest and its proof; Merkle roots. Plain Python: no database, no screens.

Format 1: the entry's facts as one canonical JSON list. A later format gets a later number and keeps this one readable.
"""

import hashlib
import hmac
import os
from datetime import datetime
from typing import Any

from plimsoll.kernel.lib.text import canonical
from plimsoll.kernel.lib.time import micros

_sha = hashlib.sha256


def content(
    format: int,
    uid: str,
    tenant: int,
    kind: str,
    subject: int,
    position: int,
    action: str,
    at: datetime,
    recorded_at: datetime,
    actor: int,
    channel: str,
    origin: str,
    changes: str,
) -> bytes:
    """The bytes that are digested: every stored fact of an entry, in a fixed order."""
    if format != 1:
        raise ValueError(f"This version reads trail format 1; the entry {uid} has format {format}.")
    head = canonical([format, uid, tenant, kind, subject, position, action, micros(at), micros(recorded_at), actor, channel, origin])
    return f"{head}\n{changes}".encode()


def digest(body: bytes) -> bytes:
    """SHA-256 of the canonical content."""
    return _sha(body).digest()


def proof(key: bytes, body_digest: bytes) -> bytes:
    """HMAC-SHA256 under a key that lies outside the database."""
    return hmac.digest(key, body_digest, "sha256")


def new_salt() -> bytes:
    return os.urandom(16)


def conceal(salt: bytes, field: str, value: Any) -> str | None:
    """The salted digest that stands in the entry for a text or personal value; an empty value stays visible as empty."""
    if value in (None, ""):
        return None
    return _sha(salt + f"{field}\n{canonical(value)}".encode()).hexdigest()[:32]


def merkle_root(leaves: list[bytes]) -> bytes:
    """The root of a Merkle tree over digests; leaves and nodes are told apart by a prefix, an odd node moves up alone."""
    level = [_sha(b"\x00" + leaf).digest() for leaf in leaves]
    if not level:
        return _sha(b"").digest()
    while len(level) > 1:
        paired = [_sha(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def merkle_path(leaves: list[bytes], index: int) -> list[tuple[str, bytes]]:
    """The neighbours that lead from one leaf to the root: ("left" or "right", digest) from below."""
    level = [_sha(b"\x00" + leaf).digest() for leaf in leaves]
    path: list[tuple[str, bytes]] = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(("left" if sibling < index else "right", level[sibling]))
        paired = [_sha(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
        index //= 2
    return path


def follow_path(leaf: bytes, path: list[tuple[str, bytes]]) -> bytes:
    """The root that a leaf and its path lead to."""
    node = _sha(b"\x00" + leaf).digest()
    for side, other in path:
        node = _sha(b"\x01" + (other + node if side == "left" else node + other)).digest()
    return node


def seal_head(number: int, segment: str, ranges: str, count: int, root: bytes, previous: bytes) -> bytes:
    """What the chain links: SHA-256 over a batch's facts and the head before it."""
    return _sha(canonical([number, segment, ranges, count, root.hex(), previous.hex()]).encode()).digest()


def to_ranges(ids: list[int]) -> str:
    """Sorted ids as compact text: [1, 2, 3, 7] is "1-3,7"."""
    parts: list[str] = []
    start = last = None
    for number in ids:
        if last is not None and number == last + 1:
            last = number
            continue
        if last is not None:
            parts.append(f"{start}-{last}" if start != last else f"{start}")
        start = last = number
    if last is not None:
        parts.append(f"{start}-{last}" if start != last else f"{start}")
    return ",".join(parts)


def from_ranges(text: str) -> list[tuple[int, int]]:
    """The compact text back as (first, last) pairs."""
    pairs = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        pairs.append((int(first), int(last or first)))
    return pairs
