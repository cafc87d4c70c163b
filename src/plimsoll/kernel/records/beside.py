"""What goes along with records of a kind beside what every record has: exported, taken in again, and redacted with them.

A room says it in its `beside.py`, `site/wiring.py` hangs it on the kinds. The kernel knows no room. What an import does not find here
(another record, a version) stays with the record in the words of the file, so that it goes out again as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Comment, Record
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card

Told = dict[int, dict[str, Any]]  # by record the members that go along, with plain values and `Who`


@dataclass(frozen=True, slots=True)
class Who:
    """A person in what goes along: written by their key, and told of beside the line."""

    pk: int | None


@dataclass(frozen=True, slots=True)
class Taking:
    """What may be asked while taking in: a person by their key, a record that this or an earlier import brought by its reference there."""

    by: Person
    person: Callable[[str | None], Person | None]
    card: Callable[[str | None], int | None]
    note: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Words:
    """Words that can be redacted: `key` names them, `label` says what they are.

    `change` is the change in the trail that tells of them, whatever they were; without one the entries that say this very text are theirs.
    Of several parts that share a change (`is_one_of_many`) only those entries of it go that say this very text.
    """

    key: str
    label: str
    text: str
    change: str = ""
    is_one_of_many: bool = False


class Beside:
    """One thing that goes along. What it does not have, it leaves out."""

    is_public = False  # its members stand in the line itself, and `told` says who may have which; else in `more`, for the provider's own people

    def told(self, records: Sequence[Any], by: Person) -> Told:
        """What is written, in a constant number of queries. Records that `by` may not see are not named."""
        return {}

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        """Write to a record that was just brought in. Returns what of its own could not be taken; of `more` it is kept in the file's words."""
        return {}

    def held(self, record: Record) -> list[Words]:
        """What holds words now."""
        return []

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        """Take the words of some keys out, within the transaction of the redaction; other keys are of others."""

    def copies(self, record: Record, comments: Sequence[Comment]) -> list[Comment]:
        """Messages on other records that repeat some of this one, word for word."""
        return []


_beside: dict[str, tuple[Beside, ...]] = {}


def set_beside(beside: Mapping[str, Sequence[Beside]]) -> None:
    """Say what goes along with which kind; called once at start with what `site/wiring.py` says."""
    _beside.clear()
    _beside.update({kind: tuple(things) for kind, things in beside.items()})


def beside(kind: str) -> tuple[Beside, ...]:
    return _beside.get(kind, ())


def references(keys: Sequence[int | None], by: Person) -> dict[int, str]:
    """The references of some records, of those that a person may see."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    parts = visible_cards(by, Card.objects.filter(pk__in=wanted))
    return {pk: reference for part in parts for pk, reference in part.values_list("pk", "reference")}


def people_in(value: Any) -> list[int]:
    """The people that something told names."""
    if isinstance(value, Who):
        return [value.pk] if value.pk is not None else []
    if isinstance(value, Mapping):
        return [pk for one in value.values() for pk in people_in(one)]
    return [pk for one in value for pk in people_in(one)] if isinstance(value, list | tuple) else []


def written(value: Any, name: Callable[[int | None], Any]) -> Any:
    """Something told with people by their keys."""
    if isinstance(value, Who):
        return name(value.pk)
    if isinstance(value, Mapping):
        return {key: written(one, name) for key, one in value.items()}
    return [written(one, name) for one in value] if isinstance(value, list | tuple) else value
