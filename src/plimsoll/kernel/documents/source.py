"""The source of a document, read: front matter, sections bound to clauses, statements, and the places of fields. It resolves nothing.

The syntax is for authors on docs/reference/document-source.md. What it can't mean is a `SourceFault` that names the line.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.documents.parsed import Claimed, ClaimFault, Gap, Hung, Parsed, Reference, Section, Slot, SourceFault, Statement, Use
from plimsoll.kernel.documents.placing import FIELD, FILTERS, SHAPES, markdown
from plimsoll.kernel.documents.walking import CLAUSE, Reader, slug

_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
_BLANKS = re.compile("[\\x0b\\x0c\\x1c-\\x1f\\x85\\u2028\\u2029]")  # what Python, but no editor, takes for the end of a line
_ATTRIBUTES = re.compile(r"\{(?!\{)(.*)\}\s*$")


def parse(text: str) -> Parsed:
    """Read a source; raises `SourceFault`."""
    lines = _BLANKS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    front = _front(lines)
    reader = Reader(_attributes(lines))
    tokens = markdown.parse("\n".join(_piped(line) for line in lines))
    reader.read(tokens)
    return Parsed(
        front,
        tuple(reader.sections),
        tuple(reader.uses),
        tuple(reader.statements),
        tuple(reader.references),
        tuple(reader.claims),
        tuple(reader.body),
    )


# What is not Markdown: front matter, the lines under headings, the bars of filters


def _front(lines: list[str]) -> dict[str, Any]:
    """The front matter; its lines are emptied, so that the rest keeps its numbers."""
    if lines[0].strip().lstrip("\ufeff") != "+++":
        return {}
    end = next((number for number, line in enumerate(lines) if number and line.strip() == "+++"), None)
    if end is None:
        raise SourceFault(1, _("The front matter is not closed: write +++ on a line of its own after it."))
    try:
        front = tomllib.loads("\n".join(lines[1:end]) + "\n")
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"at line (\d+)", str(error))
        said = re.sub(r" \(at .*\)$", "", str(error))
        raise SourceFault(1 + int(where[1]) if where else end + 1, _("The front matter is not TOML: %(why)s.") % {"why": said}) from error
    for key, kind in (("title", str), ("clauses", list), ("review_when", list)):
        if key in front and not isinstance(front[key], kind):
            line = next((n for n, held in enumerate(lines[: end + 1], 1) if held.lstrip().startswith(key)), 1)
            raise SourceFault(line, _("“%(key)s” must be a text.") % {"key": key} if kind is str else _("“%(key)s” must be a list.") % {"key": key})
    for clause in front.get("clauses", ()):
        if not (isinstance(clause, str) and CLAUSE.fullmatch(clause)):
            raise SourceFault(1, _("“%(clause)s” is no clause: write such as 6.3 or 6.3-a.") % {"clause": clause})
    lines[: end + 1] = [""] * (end + 1)
    return front


def _attributes(lines: list[str]) -> dict[int, tuple[int, dict[str, str]]]:
    """What stands under headings, by the heading's line from 0: the line itself, and what it says; those lines are emptied."""
    found = {}
    for number, line in enumerate(lines[:-1]):
        if _HEADING.match(line) and (held := _ATTRIBUTES.match(lines[number + 1])):
            said = {}
            for part in held[1].split(";"):
                key, _colon, value = (piece.strip() for piece in part.partition(":"))
                if key not in ("clauses", "edition-2011", "optional", "appendix", "id"):
                    raise SourceFault(
                        number + 2, _("A heading knows clauses, edition-2011, optional, appendix and id; not “%(key)s”.") % {"key": key}
                    )
                said[key] = value
            found[number] = (number + 2, said)
            lines[number + 1] = ""
    return found


def _piped(line: str) -> str:
    """A filter's bar must not end the cell of a table."""
    return FIELD.sub(lambda found: re.sub(r"(?<!\\)\|", r"\\|", found[0]), line)


__all__ = [
    "FILTERS",
    "SHAPES",
    "ClaimFault",
    "Claimed",
    "Gap",
    "Hung",
    "Parsed",
    "Reference",
    "Section",
    "Slot",
    "SourceFault",
    "Statement",
    "Use",
    "parse",
    "slug",
]
