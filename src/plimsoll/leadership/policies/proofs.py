"""How well a statement is kept, from what runs: rooms above this one say it for what they know, and are named in `site/wiring.py`.

Of a subject that no room knows there is no process in the system yet, and the page says so: a statement without a proof is no lie, but a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from plimsoll.kernel.identity.models import Person


@dataclass(frozen=True, slots=True)
class Proof:
    """One figure: what it is, what it says now, over which time, where its records are, and how it lies to the line that it must not pass
    (`level` as gauges draw it: 1 is the line; None where there is no line), which `line` says in words."""

    title: str
    figure: str
    period: str
    href: str
    level: float | None = None
    line: str = ""


# By what a statement speaks of: what a person may see of it.
Prover = Callable[[Person], Mapping[str, Sequence[Proof]]]

_provers: list[tuple[tuple[str, ...], Prover]] = []


def set_provers(provers: Sequence[tuple[tuple[str, ...], Prover]]) -> None:
    """Say who proves which subjects; called once at start."""
    _provers[:] = provers


def proven_subjects() -> frozenset[str]:
    """The subjects of which some process runs in the system."""
    return frozenset(tag for tags, _prover in _provers for tag in tags)


def proofs_for(person: Person) -> dict[str, list[Proof]]:
    """By subject what proves it, as this person may see it."""
    found: dict[str, list[Proof]] = {}
    for _tags, prover in _provers:
        for tag, some in prover(person).items():
            found.setdefault(tag, []).extend(some)
    return found


__all__ = ["Proof", "Prover", "proofs_for", "proven_subjects", "set_provers"]
