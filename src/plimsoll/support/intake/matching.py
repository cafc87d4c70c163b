"""Sections of a text that was taken in beside the sections of our templates: which is which, how sure, and why. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from plimsoll.kernel.documents.reading.shapes import Heading, Section, Text

ENOUGH = 0.34  # from this score on two sections are the same
ALIKE_ENOUGH = 0.6  # within another template than the one that the whole text is

_STOP = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "for",
        "in",
        "a",
        "an",
        "by",
        "or",
        "with",
        "on",
        "our",
        "we",
        "how",
        "what",
        "is",
        "are",
        "its",
        "as",
        "from",
        "sms",
        "system",
        "service",
        "services",
        "management",
    ]
)
_OURS = re.compile(r"(?:table of )?contents|(?:change|document|revision) history", re.IGNORECASE)
_SAME = {
    "statutory": "law", "regulatory": "law", "regulation": "law", "legal": "law", "legislation": "law", "contractual": "contract",
    "constraint": "limitation", "site": "location", "premise": "location", "client": "customer", "supplier": "party", "vendor": "party",
    "third": "party", "outsourced": "party", "duty": "responsibility", "duties": "responsibility", "authorities": "authority", "tool": "technology",
    "tooling": "technology", "metric": "measurement", "monitoring": "measurement", "evaluation": "measurement", "modification": "change",
    "amendment": "change", "goal": "objective", "aim": "objective", "target": "objective", "annex": "appendix", "appendice": "appendix",
    "introduction": "purpose", "bibliography": "reference", "necessary": "", "achieve": "", "operated": "", "need": "", "needed": "", "list": "list",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OurSection:
    """A section of one of our templates."""

    template: str
    anchor: str
    number: str
    title: str
    clauses: tuple[str, ...] = ()
    clauses_2011: tuple[str, ...] = ()
    fields: frozenset[str] = frozenset()
    items: tuple[str, ...] = ()  # of the requirements map: S-018, L-07


@dataclass(frozen=True, slots=True)
class Match:
    """A section of the text and ours; without ours it is listed as matched to nothing."""

    section: Section
    ours: OurSection | None
    score: float
    reason: str  # a key: title, words, fields, nothing
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matched:
    template: str  # the one that the text as a whole is most like; empty: none
    matches: tuple[Match, ...]
    missing: tuple[OurSection, ...]  # sections of that template that the text does not have


def words_of(title: str) -> frozenset[str]:
    """The words of a title that tell it from others, made alike."""
    found = set()
    for word in re.findall(r"[^\W\d_]+", title.casefold()):
        if word in _STOP:
            continue
        single = re.sub(r"ies$", "y", word) if word.endswith("ies") else word.removesuffix("s") if not word.endswith("ss") else word
        if made := _SAME.get(word, _SAME.get(single, single)):
            found.add(made)
    return frozenset(found)


def is_cover(heading: Heading, title: str) -> bool:
    """The heading of what documents of ours say of themselves: their title, the contents, the change history."""
    return bool(_OURS.fullmatch(heading.title)) or (not heading.number and heading.title == title)


def match(text: Text, ours: Sequence[OurSection], fields: Mapping[str, frozenset[str]]) -> Matched:
    """Each section of a text with the one of ours that it is, each of ours once. `fields`: our fields that its brackets ask for, by section."""
    sections = [s for s in text.sections() if s.heading is not None and not is_cover(s.heading, text.title)]
    weights = _weights(ours)
    by_template: dict[str, list[OurSection]] = {}
    for section in ours:
        by_template.setdefault(section.template, []).append(section)
    scored = {template: _best(sections, held, weights, fields) for template, held in by_template.items()}
    if not scored:
        return Matched("", tuple(Match(s, None, 0.0, "nothing") for s in sections), ())
    template = max(scored, key=lambda name: sum(m.score for m in scored[name].values()))
    chosen = scored[template]
    if sum(m.score for m in chosen.values()) < 1.0:
        template, chosen = "", {}
    others: dict[int, Match] = {}
    for name, held in scored.items():
        for place, found in held.items():
            if name != template and place not in chosen and found.score >= ALIKE_ENOUGH and found.score > others.get(place, found).score - 1e-9:
                others[place] = found
    matches = tuple(chosen.get(n) or others.get(n) or Match(s, None, 0.0, "nothing") for n, s in enumerate(sections))
    used = {m.ours.anchor for m in chosen.values() if m.ours is not None}
    return Matched(template, matches, tuple(s for s in by_template.get(template, ()) if s.anchor not in used))


def _best(
    sections: Sequence[Section], ours: Sequence[OurSection], weights: Mapping[str, float], fields: Mapping[str, frozenset[str]]
) -> dict[int, Match]:
    """The best pairs first, each section and each of ours once."""
    pairs = []
    for place, section in enumerate(sections):
        for order, own in enumerate(ours):
            found = _compare(section, own, weights, fields.get(section.name, frozenset()))
            if found.score >= ENOUGH:
                pairs.append((-found.score, place, order, found))
    taken: set[str] = set()
    chosen: dict[int, Match] = {}
    for _score, place, _order, found in sorted(pairs, key=lambda p: p[:3]):
        assert found.ours is not None
        if place not in chosen and found.ours.anchor not in taken:
            chosen[place] = found
            taken.add(found.ours.anchor)
    return chosen


def _compare(section: Section, own: OurSection, weights: Mapping[str, float], fields: frozenset[str]) -> Match:
    assert section.heading is not None
    theirs, mine = words_of(section.heading.title), words_of(own.title)
    if section.heading.title.casefold().strip() == own.title.casefold().strip():
        return Match(section, own, 1.0, "title")
    common = theirs & mine
    whole = sum(weights.get(w, 3.0) for w in theirs | mine)
    score = sum(weights.get(w, 3.0) for w in common) / whole if whole else 0.0
    shared = fields & own.fields
    if shared:
        score += 0.3
    score = min(0.95, score)
    reason = "words" if common else "fields" if shared else "nothing"
    return Match(section, own, round(score, 2), reason, tuple(sorted(common or shared)))


def _weights(ours: Iterable[OurSection]) -> dict[str, float]:
    """Words that many of our titles have tell little."""
    counts: dict[str, int] = {}
    for section in ours:
        for word in words_of(section.title):
            counts[word] = counts.get(word, 0) + 1
    return {word: 1.0 + 2.0 / (1.0 + math.log(count)) for word, count in counts.items()}
