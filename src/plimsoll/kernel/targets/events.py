"""What others may want to know of clocks."""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.kernel.events import Event


@dataclass(frozen=True, slots=True)
class Escalated(Event):
    """A share of a target was used up; `people` are to be told. `is_late` when it was found afterwards: then nobody gets a mail."""

    card_id: int
    entry_id: int
    people: tuple[int, ...]
    is_late: bool
