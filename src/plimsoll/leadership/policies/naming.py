"""Records that say in a field of their own which statement they serve. Their rooms stand above this one and are named in `site/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plimsoll.kernel.identity.models import Tenant

# For a tenant: (card, what the record says it serves) of every record that is current.
Namer = Callable[[Tenant], Sequence[tuple[int, str]]]

_namers: list[Namer] = []


def set_namers(namers: Sequence[Namer]) -> None:
    """Say who names statements; called once at start."""
    _namers[:] = namers


def named(tenant: Tenant) -> list[tuple[int, str]]:
    """Every record that says which statement it serves, with its words; one query for each kind."""
    return [pair for namer in _namers for pair in namer(tenant)]


__all__ = ["Namer", "named", "set_namers"]
