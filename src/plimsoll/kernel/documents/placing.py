"""Markdown that knows the places of fields: `{{ name }}` within a sentence, `{{ list name }}` on a line of its own."""

from __future__ import annotations

import re
from typing import NoReturn

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from plimsoll.kernel.documents.parsed import SourceFault
from plimsoll.kernel.figures.blanks import Shape

FILTERS = ("upper", "date", "count")
SHAPES: tuple[Shape, ...] = ("list", "table", "picture")
_NAME = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
FIELD = re.compile(r"\{\{([^{}\n]*)\}\}")
_INSIDE = re.compile(rf"\s*(?:(?P<shape>[a-z]+)\s+)?(?P<name>{_NAME})\s*(?:\\?\|\s*(?P<filter>[a-z]+)\s*)?")


def _field_in(state: StateInline, silent: bool) -> bool:
    """The rule for `{{ name }}`."""
    src, at = state.src, state.pos
    if src.startswith("}}", at):
        _damaged(state.env["line"] + src.count("\n", 0, at), _("}} closes nothing: a field is written {{ name }}."))
    if not src.startswith("{{", at):
        return False
    line = state.env["line"] + src.count("\n", 0, at)
    if not (found := FIELD.match(src, at)):
        _damaged(line, _("A field is not closed: write {{ name }} on one line, or \\{ for a brace that is text."))
    if not silent:
        token = state.push("field", "", 0)
        token.content = found[1]
        token.meta = {"line": line}
    state.pos = found.end()
    return True


def _damaged(line: int, sentence: str) -> NoReturn:
    raise SourceFault(line, sentence)


def read_field(inside: str, line: int) -> tuple[str, str, str]:
    """Shape word, name and filter of a field."""
    if not (found := _INSIDE.fullmatch(inside)):
        _damaged(line, _("“{{%(inside)s}}” is no field: write a name such as organization.name, and at most one filter.") % {"inside": inside[:80]})
    shape, name, filter_ = found["shape"] or "", found["name"], found["filter"] or ""
    if shape and shape not in SHAPES:
        _damaged(line, _("“%(word)s” is no shape: a field is a list, a table or a picture.") % {"word": shape})
    if filter_ and filter_ not in FILTERS:
        _damaged(line, _("“%(word)s” is no filter: there are upper, date and count.") % {"word": filter_})
    if shape and filter_:
        _damaged(line, _("A filter is for a field within a sentence; a %(shape)s has none.") % {"shape": shape})
    return shape, name, filter_


def _markdown_reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["html_block", "html_inline", "reference", "lheading", "inline"])
    reader.inline.ruler.before("emphasis", "field", _field_in)
    # Every address comes through, so that a wrong one is told and not printed as text.
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader


markdown = _markdown_reader()
