"""What is judged of any text: brackets, editions, references, intervals, spellings, remarks, headings. It reads nothing but the subject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.kernel.documents.reading.shapes import Grid, Heading, Section, pieces_of
from plimsoll.support.intake.linting import catalogue as rules
from plimsoll.support.intake.linting.catalogue import Lint, Subject, quoted
from plimsoll.support.intake.linting.editions import withdrawn_in
from plimsoll.support.intake.matching import words_of

Spoken = tuple[int, str, str]  # line, section, text

_APPENDIX = re.compile(r"\b(?:Appendix|Annex) ([A-Z](?:\.\d{1,2})?|\d{1,2})\b(?!\w)(?! of\b)")
_CITED = re.compile(r"\b((?:ISO|IEC|EN|BS|DIN)(?:[/ -](?:IEC|ISO|EN|TS|TR))*\s?\d{4,5}(?:-\d{1,2})?:((?:19|20)\d{2}))")
_KNOWN_YEARS = ((re.compile(r"\bGDPR\b|General Data Protection Regulation"), "GDPR", 2016), (re.compile(r"\bNIS ?2\b"), "NIS 2", 2022))
_YEAR = re.compile(r"\b((?:19|20)\d{2})\b")
_IN_SECTION = re.compile(r"\bsections? (?:[“\"]([^”\"]{3,80})[”\"]|(\d{1,2}(?:\.\d{1,2})+))(?! (?:of|in)\b)")
_APPENDIX_OF = re.compile(r"\bAppendix of ([A-Z][\w -]{3,80}?)(?: Process)?(?=[.,;)\]]|$)")
_DOC = re.compile(r"\]\(doc:([A-Za-z0-9][A-Za-z0-9._-]*)\)")
_SPELLINGS = (
    (r"\bfulfil(?:s|ment|ments)?\b", r"\bfulfill(?:s|ment|ments)?\b", "fulfil", "fulfill"),
    (r"\borganis(?:e|es|ed|ing|ation|ations|ational)\b", r"\borganiz(?:e|es|ed|ing|ation|ations|ational)\b", "organise", "organize"),
    (r"\bcatalogues?\b", r"\bcatalogs?\b", "catalogue", "catalog"),
    (r"\be-mails?\b", r"\bemails?\b", "e-mail", "email"),
    (r"\bprioritis\w+", r"\bprioritiz\w+", "prioritise", "prioritize"),
    (r"\bauthoris\w+", r"\bauthoriz\w+", "authorise", "authorize"),
    (r"\bcentres?\b", r"\bcenters?\b", "centre", "center"),
    (r"\bco-ordinat\w+", r"\bcoordinat\w+", "co-ordinate", "coordinate"),
    (r"\bsub-contractors?\b", r"\bsubcontractors?\b", "sub-contractor", "subcontractor"),
)
_TERMS = ("top management", "process managers", "process manager", "sms manager", "service level manager", "service owner", "service provider")


def spoken(subject: Subject, *, with_remarks: bool = True) -> Iterator[Spoken]:
    """Everything that the text says, with line and section."""
    for section in subject.text.sections():
        for block in section.blocks:
            yield from ((line, section.name, text) for line, text in pieces_of(block) if text)
    if with_remarks:
        yield from ((r.line, r.section, r.text) for r in subject.text.remarks)


def sections_about(subject: Subject, words: str) -> list[Section]:
    """The sections whose heading has such words."""
    return [s for s in subject.text.sections() if s.heading is not None and re.search(words, s.heading.title, re.IGNORECASE)]


def check_brackets(subject: Subject) -> Iterator[Lint]:
    """L-10: an empty or damaged bracket, each in its place; S-003: the others, alike ones together."""
    alike: dict[str, list[int]] = {}
    for bracket in subject.text.to_fill:
        if bracket.is_empty or bracket.is_damaged:
            around = f"{bracket.before[-25:]} [{bracket.text}] {bracket.after[:25]}"
            said = _("The bracket is damaged.") if bracket.is_damaged else _("The bracket is empty.")
            yield Lint(
                rules.BRACKET_EMPTY,
                said,
                _("Say what was meant to stand here, or take the sentence out."),
                bracket.line,
                bracket.section,
                quoted(around),
            )
        else:
            alike.setdefault(bracket.text, []).append(bracket.line)
    for text, lines in alike.items():
        said = ngettext("“%(text)s” is not filled.", "“%(text)s” is not filled, in %(n)d places.", len(lines)) % {
            "text": quoted(text),
            "n": len(lines),
        }
        section = next(b.section for b in subject.text.to_fill if b.text == text)
        yield Lint(rules.BRACKET_OPEN, said, _("Fill it, or let a field fill it from records."), lines[0], section, quoted(text), lines=tuple(lines))


def check_editions(subject: Subject) -> Iterator[Lint]:
    """L-05: withdrawn editions, and what came after the document itself."""
    written = year_of(subject)
    told: set[str] = set()
    for line, section, text in spoken(subject):
        for edition in withdrawn_in(text, subject.editions):
            if edition.name not in told:
                told.add(edition.name)
                said = _("%(name)s was withdrawn in %(year)d.") % {"name": edition.name, "year": edition.since.year}
                yield Lint(
                    rules.EDITION_WITHDRAWN,
                    said,
                    _("Use %(now)s, and check what it asks otherwise.") % {"now": edition.now},
                    line,
                    section,
                    edition.name,
                )
        named = [(found[1], int(found[2])) for found in _CITED.finditer(text)]
        named += [(name, year) for pattern, name, year in _KNOWN_YEARS if pattern.search(text)]
        for name, year in named:
            if written is not None and year > written and name not in told:
                told.add(name)
                said = _("%(name)s came after the document, which is of %(year)d.") % {"name": name, "year": written}
                yield Lint(rules.EDITION_LATER, said, _("Say when the text was last changed, in its change history."), line, section, name)


def year_of(subject: Subject) -> int | None:
    """The year that the text says it is of: the last one in its change history and its cover."""
    years: list[int] = []
    for block in subject.text.blocks:
        if isinstance(block, Grid) and any("date" in column.casefold() for column in block.columns):
            years += [int(y) for row in block.rows for y in _YEAR.findall(" ".join(row.cells))]
    years += [int(y) for label in subject.text.labels if "date" in label.label.casefold() for y in _YEAR.findall(label.value)]
    return max(years, default=None)


def check_appendices(subject: Subject) -> Iterator[Lint]:
    """L-11: an appendix that is referred to and absent."""
    there: set[str] = set()
    count = 0
    for section in subject.text.sections():
        if section.heading is not None and re.match(r"appendix|annex", f"{section.heading.number} {section.heading.title}".strip(), re.IGNORECASE):
            if not re.match(r"appendices", section.heading.title, re.IGNORECASE):
                count += 1
                there |= {str(count), chr(64 + min(count, 26))}
            there |= set(_APPENDIX.findall(f"{section.heading.number} {section.heading.title}"))
        for block in section.blocks:
            there |= {
                found[1]
                for _line, text in pieces_of(block)
                if (found := _APPENDIX.match(text)) and text[found.end() : found.end() + 1] in (":", " ", "")
            }
    told: set[str] = set()
    for line, section_name, text in spoken(subject):
        for found in _APPENDIX.finditer(text):
            if found[1] not in there and found[1] not in told and not (found.start() == 0 and found[1] in there):
                told.add(found[1])
                said = _("%(name)s is referred to, and the document has no such appendix.") % {"name": found[0]}
                yield Lint(rules.APPENDIX_ABSENT, said, _("Add the appendix, or name the document that holds it."), line, section_name, found[0])


def check_references(subject: Subject) -> Iterator[Lint]:
    """References that lead nowhere: codes that no document has, documents that nobody knows, sections that are not there."""
    titles = {h.title.casefold() for h in subject.text.headings}
    numbers = {h.number for h in subject.text.headings}
    listed = [words_of(text) for s in sections_about(subject, r"reference") for block in s.blocks for _l, text in pieces_of(block)]
    known = [words_of(name) for name in subject.known] + listed
    told: set[str] = set()
    for line, section, text in spoken(subject):
        for found in _DOC.finditer(text):
            if found[1] not in subject.codes and found[1] not in told:
                told.add(found[1])
                said = _("No document has the code %(code)s.") % {"code": found[1]}
                yield Lint(rules.REFERENCE_DANGLES, said, _("Write that document, or name another."), line, section, found[1])
        for found in _APPENDIX_OF.finditer(text):
            wanted = words_of(found[1])
            if wanted and found[1] not in told and not any(wanted <= words for words in known):
                told.add(found[1])
                said = _("“%(name)s” is referred to, and is no document that is listed or known here.") % {"name": quoted(found[1])}
                yield Lint(
                    rules.REFERENCE_DANGLES, said, _("List it among the references, or name the right document."), line, section, quoted(found[0])
                )
        for found in _IN_SECTION.finditer(text):
            absent = found[1] is not None and found[1].casefold().strip() not in titles or found[2] is not None and found[2] not in numbers
            if absent and (numbers - {""} or found[1]) and found[0] not in told and not re.match(r"\W*(?:in|of) ", text[found.end() :]):
                told.add(found[0])
                said = _("“%(name)s” is not in this document.") % {"name": quoted(found[0])}
                yield Lint(rules.SECTION_ABSENT, said, _("Name the section as it is called."), line, section, quoted(found[0]))


_INTERVAL = re.compile(
    r"\b(?:(?P<times>once|twice) (?:a|an|per|every|each|in a) (?P<unit>year|quarter|month|week)"
    r"|(?P<word>annual(?:ly)?|yearly|half-yearly|quarterly|monthly|weekly)"
    r"|every (?:(?P<n>\d{1,2}|two|three|six|twelve) )?(?P<each>years?|quarters?|months?|weeks?))\b",
    re.IGNORECASE,
)
_MONTHS = {"year": 12.0, "quarter": 3.0, "month": 1.0, "week": 0.25, "annual": 12.0, "annually": 12.0, "yearly": 12.0, "half-yearly": 6.0,
           "quarterly": 3.0, "monthly": 1.0, "weekly": 0.25}  # fmt: skip
_NUMBERS = {"two": 2, "three": 3, "six": 6, "twelve": 12}
_THINGS = (
    (gettext_lazy("management review"), re.compile(r"management reviews?", re.IGNORECASE)),
    (gettext_lazy("internal audit"), re.compile(r"internal audits?", re.IGNORECASE)),
    (gettext_lazy("review of this document"), re.compile(r"(?:review|update|check)s? (?:of )?(?:the|this) (?:document|plan|policy)", re.IGNORECASE)),
    (
        gettext_lazy("review of risks"),
        re.compile(r"(?:risks? (?:register )?(?:is|are|must be) (?:assessed|reviewed)|review of (?:the )?risks)", re.IGNORECASE),
    ),
    (gettext_lazy("service review"), re.compile(r"service reviews?", re.IGNORECASE)),
    (gettext_lazy("customer satisfaction"), re.compile(r"customer satisfaction|satisfaction survey", re.IGNORECASE)),
)
NEAR = 90  # characters between a thing and its interval


def check_intervals(subject: Subject) -> Iterator[Lint]:
    """L-03: how often the same thing is done, said in several places: it must be one value; worse when the places differ."""
    said: dict[str, list[tuple[float, int, str, str]]] = {}
    for line, section, text in spoken(subject, with_remarks=False):
        for found in _INTERVAL.finditer(text):
            nearest: tuple[int, str] | None = None
            for thing_name, pattern in _THINGS:
                for thing in pattern.finditer(text):
                    between = text[min(thing.end(), found.end()) : max(thing.start(), found.start())]
                    if re.search(r"[.;!?] ", between):
                        continue
                    distance = found.start() - thing.end() if thing.end() <= found.start() else (thing.start() - found.end()) * 2
                    if 0 <= distance <= NEAR and (nearest is None or distance < nearest[0]):
                        nearest = (distance, str(thing_name))
            if nearest is not None:
                said.setdefault(nearest[1], []).append((months_of(found), line, section, found[0]))
    for name, places in said.items():
        if len(places) < 2:
            continue
        lines = tuple(line for _m, line, _s, _q in places)
        words = ", ".join(dict.fromkeys(quote for _m, _l, _s, quote in places))
        if len({months for months, _l, _s, _q in places}) > 1:
            sentence = _("How often: %(name)s is said to be done at different intervals (%(words)s).") % {"name": name, "words": words}
            yield Lint(rules.INTERVALS_DIFFER, sentence, _("Decide on one, and state it once."), lines[0], places[0][2], words, lines=lines)
        else:
            sentence = _("How often: the interval of “%(name)s” stands in %(n)d places.") % {"name": name, "n": len(places)}
            yield Lint(
                rules.INTERVAL_TWICE, sentence, _("State it once, as one field that every place reads."), lines[0], places[0][2], words, lines=lines
            )


def months_of(found: re.Match[str]) -> float:
    """An interval in months."""
    if found["times"]:
        return _MONTHS[found["unit"].casefold()] / (2 if found["times"].casefold() == "twice" else 1)
    if found["word"]:
        return _MONTHS[found["word"].casefold()]
    many = found["n"]
    return _MONTHS[found["each"].casefold().rstrip("s")] * (1 if not many else _NUMBERS.get(many.casefold()) or int(many))


def check_spellings(subject: Subject) -> Iterator[Lint]:
    """One term, written in two ways."""
    said = [(line, section, re.sub(r"\]\([^)]*\)|\{\{.*?\}\}", " ", text)) for line, section, text in spoken(subject)]
    for one, other, name, second in _SPELLINGS:
        first = _first(said, re.compile(one, re.IGNORECASE))
        again = _first(said, re.compile(other, re.IGNORECASE))
        if first and again:
            yield _two(name, second, again)
    for term in _TERMS:
        pattern = re.compile(rf"(?<![.!?:\[] )(?<!^)\b{term}\b", re.IGNORECASE)
        variants: dict[str, Spoken] = {}
        for line, section, text in said:
            for found in pattern.finditer(text):
                if found.start():
                    variants.setdefault(found[0], (line, section, found[0]))
        if len(variants) > 1:
            first_way, second_way, *_more = variants
            yield _two(first_way, second_way, variants[second_way])


def _first(said: list[Spoken], pattern: re.Pattern[str]) -> Spoken | None:
    return next(((line, section, found[0]) for line, section, text in said if (found := pattern.search(text))), None)


def _two(name: str, second: str, place: Spoken) -> Lint:
    sentence = _("“%(one)s” is also written “%(other)s”.") % {"one": name, "other": second}
    return Lint(rules.TWO_SPELLINGS, sentence, _("Write it in one way; the glossary should say which."), place[0], place[1], quoted(place[2]))


def check_remarks(subject: Subject) -> Iterator[Lint]:
    """Remarks of reviewers that nobody settled."""
    remarks = subject.text.remarks
    if remarks:
        said = ngettext("%(n)d remark of a reviewer is still in the text.", "%(n)d remarks of reviewers are still in the text.", len(remarks))
        yield Lint(
            rules.REMARK_LEFT,
            said % {"n": len(remarks)},
            _("Settle each, and take it out."),
            remarks[0].line,
            remarks[0].section,
            ", ".join(r.key for r in remarks if r.key)[:60],
            lines=tuple(r.line for r in remarks),
        )


def check_headings(subject: Subject) -> Iterator[Lint]:
    """Sections that say nothing, and contents that name what is not there."""
    sections = list(subject.text.sections())
    for section, following in pairwise([*sections, Section(None, ())]):
        heading = section.heading
        if heading is None or section.blocks or re.match(r"(?:table of )?contents", heading.title, re.IGNORECASE):
            continue
        is_above = following.heading is not None and following.heading.level > heading.level
        if not is_above and heading.title != subject.text.title:
            yield Lint(
                rules.SECTION_EMPTY,
                _("“%(name)s” says nothing.") % {"name": section.name},
                _("Write it, or take the heading out."),
                heading.line,
                section.name,
            )
    there = {_same(h) for h in subject.text.headings}
    for entry in subject.text.contents:
        if re.sub(r"^[\d.\s]+", "", entry.text).casefold().strip() not in there and entry.text.casefold().strip() not in there:
            yield Lint(
                rules.CONTENTS_DIFFER,
                _("The contents name “%(name)s”; there is no such heading.") % {"name": quoted(entry.text)},
                _("Make the contents anew."),
                entry.line,
                "",
                quoted(entry.text),
            )


def _same(heading: Heading) -> str:
    return heading.title.casefold().strip()


CHECKS = (
    check_brackets, check_editions, check_appendices, check_references, check_intervals, check_spellings, check_remarks, check_headings,
)  # fmt: skip
