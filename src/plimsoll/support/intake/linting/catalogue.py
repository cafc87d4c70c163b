"""The rules of the linter by name, and the shape of what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.documents.reading.shapes import Text
from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.figures.findings import Rule
from plimsoll.support.intake.linting.editions import WithdrawnEdition
from plimsoll.support.intake.matching import Match, OurSection

MOST_QUOTED = 60


@dataclass(frozen=True, slots=True)
class Lint:
    """One place that breaks a rule: what is wrong, what to do, and where (no line: something is missing altogether)."""

    rule: Rule
    sentence: str
    todo: str
    line: int = 0
    section: str = ""
    quote: str = ""
    source: Source | None = None
    lines: tuple[int, ...] = ()  # where it stands in several places

    @property
    def is_serious(self) -> bool:
        return self.rule.key in SERIOUS

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule.key,
            "title": str(self.rule.title),
            "ids": list(self.rule.ids),
            "serious": self.is_serious,
            "sentence": self.sentence,
            "todo": self.todo,
            "line": self.line or None,
            "lines": list(self.lines),
            "section": self.section,
            "quote": self.quote,
            "record": self.source.label if self.source else None,
            "href": self.source.href if self.source else None,
        }


@dataclass(frozen=True, slots=True)
class Subject:
    """A text, and what must be known to judge it. `known`: titles and codes of documents that exist or are offered as templates."""

    text: Text
    sort: str = ""  # plan, policy, or what else it is; plans are asked for what a plan says
    matches: tuple[Match, ...] = ()
    missing: tuple[OurSection, ...] = ()
    editions: tuple[WithdrawnEdition, ...] = ()
    known: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    is_ours: bool = False  # written in our source: fields fill it from records


Check = Callable[[Subject], Iterator[Lint]]

REFERENCES_OMIT = Rule("references_omit", _("The list of references leaves out what the text uses"), ("L-01", "S-016"))
CLAUSES_OMIT = Rule("clauses_omit", _("The clauses named are fewer than the text puts into practice"), ("L-01", "S-015"))
NOT_MEASURABLE = Rule("objective_not_measurable", _("An objective can't be measured"), ("L-02", "S-026"))
INTERVAL_TWICE = Rule("interval_twice", _("One interval is stated in several places"), ("L-03",))
INTERVALS_DIFFER = Rule("intervals_differ", _("Two intervals for one thing"), ("L-03", "S-042"))
RISKS_ELSEWHERE = Rule("risks_elsewhere", _("The register of risks is hidden in another process"), ("L-04", "S-079"))
EDITION_WITHDRAWN = Rule("edition_withdrawn", _("A withdrawn edition is named"), ("L-05", "7.5.3-g"))
EDITION_LATER = Rule("edition_later", _("Something is named that came after the document"), ("L-05",))
TERM_OUTDATED = Rule("term_outdated", _("A term that the standard no longer has"), ("L-06",))
SERVICES_APART = Rule("services_only_in_appendix", _("The services stand in an appendix only"), ("L-07", "S-095"))
PARTIES_IN_TRANSITION = Rule("parties_in_transition", _("Nothing on working with other parties on new and changed services"), ("L-08",))
SUBJECT_MISSING = Rule("subject_missing", _("A subject is missing"), ("L-09",))
BRACKET_EMPTY = Rule("bracket_empty", _("An empty or damaged bracket"), ("L-10", "S-003"))
BRACKET_OPEN = Rule("bracket_open", _("A bracket that is not filled"), ("S-003",))
APPENDIX_ABSENT = Rule("appendix_absent", _("An appendix is referred to and is not there"), ("L-11",))
REFERENCE_DANGLES = Rule("reference_dangles", _("A reference leads nowhere"), ("S-016",))
SECTION_ABSENT = Rule("section_absent", _("A section is referred to and is not there"), ("S-016",))
TWO_SPELLINGS = Rule("two_spellings", _("A term in two spellings"), ())
REMARK_LEFT = Rule("remark_left", _("A remark of a reviewer is still open"), ("S-003",))
SECTION_EMPTY = Rule("section_empty", _("A section says nothing"), ())
CONTENTS_DIFFER = Rule("contents_differ", _("The table of contents names what is not there"), ("S-011",))
ROLE_VACANT = Rule("role_vacant", _("A role that the text names has no holder"), ("S-045", "S-048", "S-128"))
STATEMENT_LOOSE = Rule("statement_unimplemented", _("A statement that nothing puts into practice"), ("S-102", "S-135"))
SOURCE_FAULTY = Rule("source_faulty", _("The text can't be read"), ("S-003",))
CLAIM_UNTRUE = Rule("claim_contradicted", _("Records contradict what the text claims"), ("S-011", "S-103"))
REFERENCE_STALE = Rule("reference_stale", _("A document that is referred to is not in force"), ("S-016",))

RULES = (
    REFERENCES_OMIT, CLAUSES_OMIT, NOT_MEASURABLE, INTERVAL_TWICE, INTERVALS_DIFFER, RISKS_ELSEWHERE, EDITION_WITHDRAWN, EDITION_LATER,
    TERM_OUTDATED, SERVICES_APART, PARTIES_IN_TRANSITION, SUBJECT_MISSING, BRACKET_EMPTY, BRACKET_OPEN, APPENDIX_ABSENT, REFERENCE_DANGLES,
    SECTION_ABSENT, TWO_SPELLINGS, REMARK_LEFT, SECTION_EMPTY, CONTENTS_DIFFER, ROLE_VACANT, STATEMENT_LOOSE, SOURCE_FAULTY, REFERENCE_STALE,
    CLAIM_UNTRUE,
)  # fmt: skip
SERIOUS = frozenset(
    rule.key
    for rule in (
        INTERVALS_DIFFER, EDITION_WITHDRAWN, BRACKET_EMPTY, BRACKET_OPEN, APPENDIX_ABSENT, REFERENCE_DANGLES, ROLE_VACANT, SOURCE_FAULTY,
    )
)  # fmt: skip


def quoted(text: str) -> str:
    """A few words of a text."""
    told = " ".join(text.split())
    return told if len(told) <= MOST_QUOTED else told[:MOST_QUOTED].rsplit(" ", 1)[0] + " …"


__all__ = ["RULES", "SERIOUS", "Check", "Lint", "Match", "Subject", "quoted"]
