"""What an upper floor hangs on the page of a lower one: small classes that read through `visible_to`, never templates that query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


_panels: dict[str, tuple[type[Panel], ...]] = {}


def hang(panels: Mapping[str, Sequence[type[Panel]]]) -> None:
    """Hang panels on kinds; called once at start with what `site/wiring.py` says."""
    _panels.clear()
    _panels.update({kind: tuple(some) for kind, some in panels.items()})


def panels_of(kind: str) -> tuple[type[Panel], ...]:
    return _panels.get(kind, ())
