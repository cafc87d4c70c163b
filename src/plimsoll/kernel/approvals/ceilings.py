"""Up to what value somebody may decide: the kernel knows that a room asks, not what is worth how much."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol

from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.records.models import Record


class Ceiling(Protocol):
    """What a record is worth, and whose authority reaches that far now. People are numbers."""

    def within(self, people: Collection[int]) -> frozenset[int]:
        """Those of them whose authority covers it, and those whom no limit binds."""

    def instead(self) -> frozenset[int]:
        """Who decides where none of those who are asked may: those with the smallest limit that covers it."""

    def refusal(self, person: int) -> str:
        """Why this person may not, by which limit, and who may."""

    def kept(self, person: int) -> dict[str, Any]:
        """What allowed them, to be kept with the decision."""


# None: nothing of this question has a value, or no role in force states such a limit.
Rule = Callable[[Record, Approval], "Ceiling | None"]
_rules: dict[str, Rule] = {}


def declare_ceiling(kind: str, rule: Rule) -> None:
    """Say how the decisions on a kind are limited; called by the room of the kind."""
    _rules[kind] = rule


def limited_kinds() -> list[str]:
    """The kinds whose decisions a limit may bind."""
    return list(_rules)


def ceiling_of(record: Record, approval: Approval) -> Ceiling | None:
    """The limit that holds for a decision on a record, as roles in force state it at this moment."""
    rule = _rules.get(record.kind)
    return rule(record, approval) if rule is not None else None


def deciding(ceiling: Ceiling | None, asked: frozenset[int], needed: int, asker: int) -> frozenset[int]:
    """Those of the asked who may; where they are too few to pass the step, whoever may instead of them too."""
    if ceiling is None:
        return asked
    within = ceiling.within(asked)
    return within if len(within - {asker}) >= needed else within | ceiling.instead()


__all__ = ["Ceiling", "ceiling_of", "deciding", "declare_ceiling", "limited_kinds"]
