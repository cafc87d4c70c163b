"""Where the stored months of indicators come from: whoever stores them stands above this floor and is named in `site/wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

# By tenant and keys: for each indicator its ended months, (last day, value), oldest first; shares in percent, times in minutes.
Months = Callable[[int, Sequence[str]], Mapping[str, list[tuple[date, Decimal]]]]

_from: list[Months] = []


def set_months(found: Months) -> None:
    """Say who stores months; called once at start."""
    _from[:] = [found]


def months_of(tenant: int, keys: Sequence[str]) -> Mapping[str, list[tuple[date, Decimal]]]:
    """The stored months of some indicators; nothing is asked where no key is given."""
    return _from[0](tenant, keys) if _from and keys else {}
