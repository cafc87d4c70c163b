"""What upper floors keep beside records of a kind: exported with them, and their words redacted with them. Wired in `site/wiring.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record


class Beside(Protocol):
    """One thing that stands beside records of some kinds, such as what somebody said of them."""

    name: str  # the member of an exported line
    texts: Mapping[str, Any]  # what of it can be redacted: the name of a change in the trail, and how people call it

    people: frozenset[str]  # members of a row that are people, by their keys; an export names them as it names all people

    def exported(self, records: Sequence[Record], by: Person) -> dict[int, list[dict[str, Any]]]:
        """For each record that has it the rows that this person may take along, ready for JSON. A constant number of queries."""

    def restore(self, record: Record, rows: Sequence[Mapping[str, Any]]) -> None:
        """What came with an import, with people as keys again, None for one who is not known here."""

    def words(self, record: Record) -> dict[str, str]:
        """What can be redacted now, by the names of `texts`."""

    def erase(self, record: Record, names: set[str]) -> None:
        """Take these words out for good; the trail has forgotten them already."""


_beside: dict[str, tuple[Beside, ...]] = {}


def set_beside(beside: Mapping[str, Sequence[Beside]]) -> None:
    """Say what stands beside which kind; called once at start with what `site/wiring.py` says."""
    _beside.clear()
    _beside.update({kind: tuple(things) for kind, things in beside.items()})


def beside(kind: str) -> tuple[Beside, ...]:
    return _beside.get(kind, ())
