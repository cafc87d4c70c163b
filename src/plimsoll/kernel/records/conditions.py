"""What a room above asks before records of a lower kind come into force: the kernel knows that somebody asks, not what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from plimsoll.kernel.records.models import Record

# For some records of one kind those that may not come into force, each with the sentence that says why and what to do.
Condition = Callable[[Sequence[Record]], Mapping[int, str]]

_conditions: dict[str, Condition] = {}


def set_conditions(conditions: Mapping[str, Condition]) -> None:
    """Say what is asked of which kind; called once at start with what `site/wiring.py` says."""
    _conditions.clear()
    _conditions.update(conditions)


def conditions_of(records: Sequence[Record]) -> Callable[[int], str]:
    """For records of one kind, by their key: why one may not come into force now, or nothing. Asked once for all, and only when it is called."""

    @cache
    def found() -> Mapping[int, str]:
        asked = _conditions.get(records[0].kind) if records else None
        return asked(records) if asked is not None else {}

    return lambda key: found().get(key, "")


__all__ = ["Condition", "conditions_of", "set_conditions"]
