"""How many agreed requirements services have: counted by the room that keeps them, which stands above this one and says so at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

Counting = Callable[[Sequence[int]], Mapping[int, int]]
_counting: list[Counting] = []


def count_by(counting: Counting) -> None:
    """Ask this from now on; called once at start."""
    _counting[:] = [counting]


def agreed_requirements(services: Sequence[int]) -> Mapping[int, int]:
    """By service; none where nobody counts. One query."""
    return _counting[0](services) if _counting else {}
