"""What an importer hands to `replay`: whole lives of records, update by update. Plain data; it writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plimsoll.kernel.identity.models import Organization
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.workflow import Move, Workflow


@dataclass(slots=True)
class Said:
    """A comment that an update brought."""

    text: str
    is_public: bool


# What an entry holds when nothing that is kept here changed: the place of the update in the log that it came from.
SOURCE_ROW = "source.row"


@dataclass(slots=True)
class Update:
    """One thing that happened. Without `changes` they are found by comparing; with them they are taken as they stand.

    `action` empty means: the arrow's name when the state moved along one, else "update". `is_part` marks what leaves the record's
    version alone (a comment, a link). `also` are changes of the entry that are no fields of the record.
    """

    at: datetime
    by: int | None = None
    state: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    action: str = ""
    channel: str = ""
    note: str = ""
    also: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    unless_changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)  # told when nothing else changed
    changes: Mapping[str, tuple[Any, Any]] | None = None
    texts: frozenset[str] = frozenset()
    comment: Said | None = None
    is_part: bool = False


@dataclass(slots=True)
class History:
    """A record's whole life elsewhere, or with `record` what followed since it was last brought in.

    `opening` is the first update (its values, actor and time); `final` are values set at the end whatever the updates said.
    """

    external_reference: str
    organization: Organization
    updates: Sequence[Update]
    opening: Update | None = None
    imported: Mapping[str, Any] = field(default_factory=dict)
    final: Mapping[str, Any] = field(default_factory=dict)
    number: int | None = None
    source: str | None = None
    opened_at: datetime | None = None  # where they differ from the times of the first and last update by a breath
    changed_at: datetime | None = None
    access_class: str = ""
    record: Record | None = None


def arrows(flow: Workflow) -> dict[tuple[str, str], Move]:
    """The arrow between two states; where several lead there, the one that is not for requesters, then the primary one."""
    found: dict[tuple[str, str], Move] = {}
    for move in sorted(flow.moves, key=lambda m: (m.is_for_requester and not m.is_primary, not m.is_primary)):
        for source in move.sources:
            if source != move.target:
                found.setdefault((source, move.target), move)
    return found
