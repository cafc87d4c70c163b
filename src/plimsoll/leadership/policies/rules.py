"""The statements of a policy, judged without a database: which of them anything carries out, and what somebody meant who named one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# What statements of a policy speak of, by their tag, in the order of the founding article; the items that ask for it.
SUBJECTS: tuple[tuple[str, str], ...] = (
    ("agreements", "S-113"),
    ("capacity", "S-114"),
    ("availability", "S-115"),
    ("incidents", "S-116"),
    ("problems", "S-117"),
    ("changes", "S-118"),
)
COMMITMENTS = (("requirements", "5.2.1-c"), ("improvement", "5.2.1-c"))  # what a policy commits itself to, by tag
KEY = re.compile(r"[A-Z]{1,4}\d{1,3}")


@dataclass(frozen=True, slots=True)
class Said:
    """A statement: its key, its words, what it speaks of, and which policy it stands in."""

    document: int
    key: str
    text: str
    tags: tuple[str, ...] = ()


def named_in(text: str, statements: Iterable[Said]) -> list[Said]:
    """The statements that somebody names in free words: by key (“S5”, “S5, S6”), else by what they speak of (“improvement”)."""
    known = list(statements)
    keys = set(KEY.findall(text.upper()))
    by_key = [s for s in known if s.key.upper() in keys]
    if by_key:
        return by_key
    words = set(re.findall(r"[^\W\d_]+", text.casefold()))
    return [s for s in known if words & set(s.tags)]


def missing_subjects(statements: Sequence[Said]) -> list[tuple[str, str]]:
    """The subjects of the article, and the commitments of the standard, of which no statement speaks; each with its item."""
    spoken = {tag for s in statements for tag in s.tags}
    return [pair for pair in (*COMMITMENTS, *SUBJECTS) if pair[0] not in spoken]


__all__ = ["COMMITMENTS", "KEY", "SUBJECTS", "Said", "missing_subjects", "named_in"]
