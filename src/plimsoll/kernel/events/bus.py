"""Publish and connect. An event is a frozen dataclass in the past tense, with ids only. It knows nobody who listens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class Event:
    """Base of every event of the house. Subclasses are frozen dataclasses that carry ids, not models."""

    __slots__ = ()


_handlers: dict[type[Event], tuple[Callable[[Any], None], ...]] = {}


def connect(wiring: Mapping[type[Event], Sequence[Callable[[Any], None]]]) -> None:
    """Say who listens, once, from the site's wiring. Replaces what was connected before."""
    _handlers.clear()
    _handlers.update({event: tuple(handlers) for event, handlers in wiring.items()})


def publish(event: Event) -> None:
    """Call the handlers in their listed order, inside the publisher's transaction: all happened, or nothing did."""
    for handler in _handlers.get(type(event), ()):
        handler(event)


def wired() -> dict[type[Event], tuple[Callable[[Any], None], ...]]:
    """What is connected now, for the test that holds wiring and event classes together."""
    return dict(_handlers)


@dataclass(frozen=True, slots=True)
class KeptChanged(Event):
    """A kept thing (a person, a team, a calendar, a setting) was written. The trail listens, so that no write goes unrecorded.

    `changes` are {field: (old, new)}; those named in `texts` are personal or free text and stay erasable.
    """

    tenant_id: int
    kind: str
    subject_id: int
    action: str
    by_id: int
    channel: str
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    note: str = ""
