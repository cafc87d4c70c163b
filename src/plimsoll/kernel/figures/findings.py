"""What is wrong though no move was refused: rules of rooms that are no guards, and what they find. It reads nothing itself.

A room's `queries.faults_of(tenant, at)` answers with findings; its pages, the linter of documents and the evidence of items read them there.
"""

from __future__ import annotations

from dataclasses import dataclass

from plimsoll.kernel.figures.blanks import Source, Words


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a room looks after. `ids` name it in the requirements map (S-031, 7.5.4-e)."""

    key: str
    title: Words
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One record that breaks a rule, in a sentence that says what to do; without a source where something is missing altogether."""

    rule: Rule
    sentence: str
    source: Source | None = None


__all__ = ["Finding", "Rule"]
