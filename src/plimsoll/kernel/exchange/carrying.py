"""What a room adds to the lines of its kinds: its parts, and by which other record something stands as it does. It knows no room.

A room says in its `carriers.py`, imported when its app is ready, what is carried and how it is taken in again. What an import does not
find here (another record, a version) stays with the record in the words of the file, so that it goes out again as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card


@dataclass(frozen=True, slots=True)
class Who:
    """A person in what is carried: written by their key, and told of beside the line."""

    pk: int | None


@dataclass(frozen=True, slots=True)
class Taking:
    """What a carrier may ask while it takes in: a person by their key, a record that this or an earlier import brought by its reference there."""

    by: Person
    person: Callable[[str | None], Person | None]
    card: Callable[[str | None], int | None]
    note: Callable[[str], None]


class Carrier(Protocol):
    """What is carried of the records of one kind, for the provider's own people."""

    def told(self, records: Sequence[Any], by: Person) -> Mapping[int, dict[str, Any]]:
        """By record what is written, plain values and `Who`; a constant number of queries. Records that `by` may not see are not named."""

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        """Write what was carried to a record that was just brought in. Returns what could not be taken and is kept in the file's words."""


_carriers: dict[str, Carrier] = {}


def register_carrier(kind: str, carrier: Carrier) -> None:
    _carriers[kind] = carrier


def carrier_of(kind: str) -> Carrier | None:
    return _carriers.get(kind)


def references(keys: Sequence[int | None], by: Person) -> dict[int, str]:
    """The references of some records, of those that a person may see."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    parts = visible_cards(by, Card.objects.filter(pk__in=wanted))
    return {pk: reference for part in parts for pk, reference in part.values_list("pk", "reference")}


def people_in(value: Any) -> list[int]:
    """The people that something carried names."""
    if isinstance(value, Who):
        return [value.pk] if value.pk is not None else []
    if isinstance(value, Mapping):
        return [pk for one in value.values() for pk in people_in(one)]
    return [pk for one in value for pk in people_in(one)] if isinstance(value, list | tuple) else []


def written(value: Any, name: Callable[[int | None], Any]) -> Any:
    """Something carried with people by their keys."""
    if isinstance(value, Who):
        return name(value.pk)
    if isinstance(value, Mapping):
        return {key: written(one, name) for key, one in value.items()}
    return [written(one, name) for one in value] if isinstance(value, list | tuple) else value


__all__ = ["Carrier", "Taking", "Who", "carrier_of", "people_in", "references", "register_carrier", "written"]
