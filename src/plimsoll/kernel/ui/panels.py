"""What rooms hang on the pages of records: panels at the side and acts in the menu. Classes and functions that read, never templates that query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One line of a panel: a linked record and how it hangs together with this one."""

    href: str
    title: str
    ref: str
    how: str
    category: str
    tone: str = ""


class Panel(Protocol):
    """A piece of a record's page. `title` is its heading; `rows` the lines that this person may see."""

    @property
    def title(self) -> str: ...

    def rows(self, record: Record, person: Person) -> list[PanelRow]: ...

    def more(self, record: Record) -> str:
        """The address of the whole list, or nothing."""

    def change(self, record: Record, person: Person) -> str:
        """The address where this person changes what stands here, or nothing. With it the panel is shown while it is empty."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do with a record beside its moves: its words, its page, and why it can't be done now (empty: it can)."""

    label: str
    href: str
    icon: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that whoever opens a record must see first: a sentence over the page, and where something is done about it."""

    sentence: str
    tone: str = "watch"
    links: tuple[tuple[str, str], ...] = ()  # (words, address); the first is the one to take
    press: tuple[str, str] | None = None  # (words, address) of a button that does something at once


Acts = Callable[[Record, Person], list[Act]]
Flags = Callable[[Record, Person], list[Flag]]

_panels: dict[str, tuple[type[Panel], ...]] = {}
_acts: dict[str, tuple[Acts, ...]] = {}
_flags: dict[str, tuple[Flags, ...]] = {}


def hang(panels: Mapping[str, Sequence[type[Panel]]], acts: Mapping[str, Sequence[Acts]], flags: Mapping[str, Sequence[Flags]] | None = None) -> None:
    """Hang panels, acts and flags on kinds; called once at start with what `site/wiring.py` says."""
    _flags.clear()
    _flags.update({kind: tuple(some) for kind, some in (flags or {}).items()})
    _panels.clear()
    _panels.update({kind: tuple(some) for kind, some in panels.items()})
    _acts.clear()
    _acts.update({kind: tuple(some) for kind, some in acts.items()})


def panels_of(kind: str) -> tuple[type[Panel], ...]:
    return _panels.get(kind, ())


def acts_of(record: Record, person: Person) -> list[Act]:
    """The acts that a kind adds to the menu of its page, those that this person may do at all."""
    return [act for found in _acts.get(record.kind, ()) for act in found(record, person)]


def flags_of(record: Record, person: Person) -> list[Flag]:
    """What stands over the page of a record for this person."""
    return [flag for found in _flags.get(record.kind, ()) for flag in found(record, person)]
