"""Our own templates as the matching and the linter see them, and how an existing text stands beside them."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from plimsoll.kernel.documents.content import templates
from plimsoll.kernel.documents.reading.shapes import Text
from plimsoll.kernel.documents.source import parse
from plimsoll.kernel.figures.blanks import blanks
from plimsoll.support.intake.matching import Match, Matched, OurSection, match
from plimsoll.support.intake.places import Place, places
from plimsoll.support.intake.proposing import Proposal, proposals

COMMON = {"organization.name"}  # a field that tells nothing of its section


@lru_cache(maxsize=1)
def our_sections() -> tuple[OurSection, ...]:
    """Every section of every template, with the items of the map that it answers."""
    items = tomllib.loads((Path(settings.PLIMSOLL_CONTENT) / "documents" / "founding.toml").read_text(encoding="utf-8"))
    found = []
    for template in templates():
        parsed = parse(template.text)
        uses: dict[str, set[str]] = defaultdict(set)
        for use in parsed.uses:
            uses[use.section].add(use.name)
        found += [
            OurSection(
                template.key,
                section.anchor,
                section.number,
                section.title,
                section.clauses,
                section.clauses_2011,
                frozenset(uses[section.anchor] - COMMON),
                tuple(items.get(template.key, {}).get(section.anchor, ())),
            )
            for section in parsed.sections
        ]
    return tuple(found)


def fields_by_item() -> dict[str, str]:
    """Our fields by the item that they fill; where several do, the first by name."""
    found: dict[str, str] = {}
    for blank in blanks():
        for item in blank.ids:
            if item.startswith("F-"):
                found.setdefault(item, blank.name)
    return found | {item: name for item, name in _PREFERRED.items() if item in found}


# Where several fields answer one item, what a sentence takes.
_PREFERRED = {
    "F-03": "scope.sentence", "F-04": "scope.considered", "F-05": "locations.in_scope", "F-07": "units.in_scope", "F-10": "requirements.count",
    "F-28": "risks.criteria_sentence", "F-29": "tools.records",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """A text that was taken in, beside ours."""

    text: Text
    places: tuple[Place, ...]
    matched: Matched
    proposals: tuple[Proposal, ...]

    @property
    def of_sections(self) -> tuple[Match, ...]:
        return self.matched.matches


def beside_ours(text: Text) -> Read:
    """Matching, brackets and proposals of a text. No query; the same text gives the same."""
    found = tuple(places(text, fields_by_item()))
    asked: dict[str, set[str]] = defaultdict(set)
    for place in found:
        if place.field and place.field not in COMMON:
            asked[place.bracket.section].add(place.field)
    matched = match(text, our_sections(), {section: frozenset(names) for section, names in asked.items()})
    return Read(text, found, matched, tuple(proposals(text)))
