"""Responsibilities that stand in one cell, one by one: by their lines, their marks, or by the verbs that begin them. Pure."""

from __future__ import annotations

import re

_MARK = re.compile(r"^\s*(?:[-*•·◦▪—–]|\(?[a-z0-9]{1,2}[.)])\s+")
_SEPARATED = re.compile(r"\s*(?:;|\s[•·▪]\s)\s*")
# What a duty begins with; those of the second list are also things (“a report”), and count only with an object behind them.
_VERBS = frozenset(
    [
        "achieve",
        "act",
        "advise",
        "agree",
        "analyse",
        "analyze",
        "appoint",
        "approve",
        "arrange",
        "assess",
        "assign",
        "assist",
        "authorise",
        "authorize",
        "chair",
        "collect",
        "communicate",
        "compare",
        "conduct",
        "confirm",
        "coordinate",
        "coordinating",
        "create",
        "decide",
        "define",
        "deliver",
        "demonstrate",
        "describe",
        "determine",
        "develop",
        "direct",
        "draw",
        "ensure",
        "escalate",
        "establish",
        "evaluate",
        "explain",
        "follow",
        "fulfil",
        "fulfill",
        "guide",
        "handle",
        "help",
        "hold",
        "identify",
        "implement",
        "improve",
        "inform",
        "initiate",
        "investigate",
        "keep",
        "lead",
        "maintain",
        "manage",
        "negotiate",
        "notify",
        "organise",
        "organize",
        "oversee",
        "own",
        "participate",
        "perform",
        "prepare",
        "present",
        "prioritise",
        "prioritize",
        "promote",
        "propose",
        "protect",
        "provide",
        "publish",
        "recommend",
        "represent",
        "resolve",
        "retain",
        "run",
        "see",
        "select",
        "settle",
        "supervise",
        "take",
        "tell",
        "treat",
        "update",
        "validate",
        "verify",
        "write",
    ]
)
_THINGS = frozenset(
    [
        "address",
        "assure",
        "audit",
        "change",
        "check",
        "control",
        "design",
        "document",
        "log",
        "measure",
        "monitor",
        "plan",
        "process",
        "record",
        "report",
        "review",
        "support",
        "test",
        "train",
    ]
)
_HOLDS = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "nor",
        "to",
        "not",
        "by",
        "of",
        "for",
        "with",
        "in",
        "on",
        "at",
        "from",
        "as",
        "who",
        "which",
        "that",
        "they",
        "we",
        "it",
        "he",
        "she",
        "you",
        "will",
        "must",
        "shall",
        "should",
        "may",
        "can",
        "could",
        "would",
        "does",
        "do",
        "while",
        "when",
        "where",
        "how",
        "if",
        "its",
        "their",
        "our",
        "his",
        "her",
        "is",
        "are",
        "be",
        "been",
        "this",
        "these",
        "those",
        "any",
        "all",
        "each",
        "every",
        "also",
    ]
)
_OBJECT = frozenset(
    ["the", "a", "an", "that", "to", "all", "any", "every", "each", "how", "whether", "and", "on", "with", "against", "their", "its", "our", "for"]
)


def duties_of(cell: str) -> tuple[tuple[str, ...], bool]:
    """The responsibilities of a cell, and whether they had to be told apart by their verbs."""
    lines = [_MARK.sub("", line).strip() for line in cell.split("\n") if line.strip()]
    if len(lines) == 1 and _SEPARATED.search(lines[0]):
        lines = _SEPARATED.split(lines[0])
    found: list[str] = []
    is_guessed = False
    for line in lines:
        parts = _by_verbs(line)
        is_guessed = is_guessed or len(parts) > 1
        found += parts
    return tuple(part.strip(" ;,") for part in found if part.strip(" ;,")), is_guessed


def _by_verbs(line: str) -> list[str]:
    """A run of sentences without ends, cut before each verb that begins a duty."""
    words = line.split()
    starts = [0]
    depth = 0  # within brackets nothing begins
    for place, word in enumerate(words):
        if place and depth == 0 and _begins(words, place):
            starts.append(place)
        depth = max(0, depth + sum(word.count(c) for c in "([“") - sum(word.count(c) for c in ")]”"))
    return [" ".join(words[start:end]) for start, end in zip(starts, [*starts[1:], len(words)], strict=True)]


def _begins(words: list[str], place: int) -> bool:
    word, before = words[place].strip(",;:"), words[place - 1]
    if before.endswith((",", "–", "—", "-", "/")) or before.strip('(“"').casefold() in _HOLDS:
        return False
    if before.endswith((".", ";")):
        return word.casefold() in _VERBS | _THINGS
    if word in _VERBS:
        return True
    after = words[place + 1].strip(",;:").casefold() if place + 1 < len(words) else ""
    return word in _THINGS and (after in _OBJECT or (len(after) > 4 and after.endswith("s") and not after.endswith("ss")))
