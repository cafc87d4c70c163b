"""What is not as it should be, though no move forbids it: rules by name, and what was found. Pages, the linter and evidence read the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from plimsoll.kernel.figures.blanks import Source

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Rule:
    """What should hold, in words, and which items of the requirements map say so."""

    name: str
    items: tuple[str, ...]
    title: Words


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that breaks a rule: what, where (nothing: in no one place), and what to do, as a sentence."""

    rule: Rule
    sentence: str
    source: Source | None = None
