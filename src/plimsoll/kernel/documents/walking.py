"""One walk over the Markdown of a source: what is met is kept, what can't be meant is a `SourceFault`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NoReturn, cast

from django.utils.translation import gettext as _
from markdown_it.token import Token

from plimsoll.kernel.documents.blocks import Block, Bullets, Heading, Item, Note, Paragraph, Run, Runs, Stated, Table, TableRow, text_of
from plimsoll.kernel.documents.parsed import Claimed, ClaimFault, Gap, Hung, Reference, Section, Slot, SourceFault, Statement, Use
from plimsoll.kernel.documents.placing import FIELD, markdown, read_field
from plimsoll.kernel.figures import claims
from plimsoll.kernel.figures.blanks import Shape
from plimsoll.kernel.lib.text import fold

DEEPEST = 5  # levels of headings, and of lists
START = "start"  # the anchor of what stands before the first heading
OTHERS = {START, "main", "palette"}  # what else a page calls so

CLAUSE = re.compile(r"[A-Z0-9]+(?:\.[0-9]+)*(?:-[a-z0-9]+)*")
_ANCHOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TAG = re.compile(r"[^\W_][\w -]*")
_STATEMENT = re.compile(r"\[([A-Z]{1,3}[0-9]{1,3})\]\s+")
_TAGS = re.compile(r"\s*\{\s*tags\s*:([^{}]*)\}\s*$")
_CODE = re.compile(r"doc:[A-Za-z0-9][A-Za-z0-9._-]*")


def _clauses(line: int, said: str) -> tuple[str, ...]:
    clauses = tuple(part.strip() for part in said.split(",") if part.strip())
    for clause in clauses:
        if not CLAUSE.fullmatch(clause):
            raise SourceFault(line, _("“%(clause)s” is no clause: write such as 6.3 or 6.3-a.") % {"clause": clause})
    return clauses


def slug(title: str) -> str:
    """A title as an anchor: its letters and digits in ASCII where they have such, with hyphens between words."""
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-") or "section"


class Reader:
    """Walks the tokens once and keeps what it meets."""

    def __init__(self, attributes: Mapping[int, tuple[int, dict[str, str]]]) -> None:
        self.attributes = attributes
        self.sections: list[Section] = []
        self.uses: list[Use] = []
        self.statements: list[Statement] = []
        self.references: list[Reference] = []
        self.claims: list[Claimed] = []
        self.body: list[Block | Slot] = []
        self.section = START
        self.ordinal = 0
        self.anchor = ""
        self.counts = [0] * DEEPEST
        self.appendix = False

    # The one walk

    def read(self, tokens: Sequence[Token]) -> None:
        at = 0
        while at < len(tokens):
            token = tokens[at]
            end = _end_of(tokens, at)
            inside = tokens[at + 1 : end]
            match token.type:
                case "heading_open":
                    self._heading(token, inside[0])
                case "paragraph_open":
                    self._paragraph(inside[0])
                case "bullet_list_open" | "ordered_list_open":
                    self._next()
                    self.body.append(self._bullets(token, inside, 1))
                case "table_open":
                    self._next()
                    self._table(token, inside)
                case "blockquote_open":
                    self._quote(token, inside)
                case _:
                    _unknown(token)
            at = end + 1

    def _next(self) -> None:
        self.ordinal += 1
        self.anchor = f"{self.section}.{self.ordinal}"

    # Headings

    def _heading(self, token: Token, inline: Token) -> None:
        line = _line(token)
        level = int(token.tag[1])
        deepest = self.sections[-1].level if self.sections else 0
        if level > DEEPEST:
            raise SourceFault(line, _("Headings go to the fifth level."))
        if level > deepest + 1:
            raise SourceFault(
                line, _("A heading of level %(level)d stands under one of level %(above)d: leave no level out.") % {"level": level, "above": deepest}
            )
        where, said = self.attributes.get(line - 1, (line, {}))
        runs = self._runs(inline.content, line, is_heading=True)
        title = " ".join(text_of(runs).split())
        if not title:
            raise SourceFault(line, _("A heading needs a text."))
        if level == 1:
            before, colon, after = title.partition(":")
            is_named = bool(colon) and before.strip().casefold() in ("appendix", _("appendix").casefold()) and bool(after.strip())
            is_appendix = is_named or "appendix" in said
            if self.appendix and not is_appendix:
                raise SourceFault(line, _("Appendices stand at the end: this section comes after one."))
            if is_appendix and not self.appendix:
                self.counts = [0] * DEEPEST
            self.appendix = is_appendix
            title = after.strip() if is_named else title
        self.counts[level - 1] += 1
        self.counts[level:] = [0] * (DEEPEST - level)
        number = ("A" if self.appendix else "") + ".".join(str(n) for n in self.counts[:level])
        anchor = self._section_anchor(title, level, said.get("id", ""), where)
        clauses = _clauses(where, said.get("clauses", ""))
        self.sections.append(
            Section(number, level, title, anchor, clauses, _clauses(where, said.get("edition-2011", "")), line, "optional" in said, self.appendix)
        )
        self.section, self.ordinal = anchor, 0
        self.body.append(Heading(anchor, level, number, title, clauses))

    def _section_anchor(self, title: str, level: int, given: str, line: int) -> str:
        taken = {section.anchor for section in self.sections} | OTHERS
        if given:
            if not _ANCHOR.fullmatch(given):
                raise SourceFault(line, _("“%(id)s” is no id: write small letters, digits and hyphens.") % {"id": given})
            if given in taken:
                raise SourceFault(line, _("The id “%(id)s” is used twice.") % {"id": given})
            return given
        name = slug(title)
        if name in taken:
            above = next((s.anchor for s in reversed(self.sections) if s.level < level), "")
            name = f"{above}-{name}" if above else name
        many = 2
        plain = name
        while name in taken:
            name = f"{plain}-{many}"
            many += 1
        return name

    # What stands under them

    def _paragraph(self, inline: Token) -> None:
        """A paragraph, or the places of lists, tables and pictures, each on a line of its own."""
        for shape, said, line in _pieces(inline):
            self._next()
            self.body.append(self._slot(shape, said, line) if shape else Paragraph(self.anchor, self._runs(said, line)))

    def _slot(self, shape: str, name: str, line: int) -> Slot:
        self.uses.append(Use(name, cast(Shape, shape), "", line, self.anchor, self.section))
        return Slot(self.anchor, name, cast(Shape, shape))

    def _bullets(self, token: Token, inside: Sequence[Token], depth: int) -> Bullets:
        if depth > DEEPEST:
            raise SourceFault(_line(token), _("Lists go to the fifth level."))
        start = int(token.attrs.get("start", 1)) if token.type == "ordered_list_open" else 0
        items = []
        for item, held in _children(inside):
            items.append(self._item(item, held, depth))
        return Bullets(self.anchor, tuple(items), start)

    def _item(self, item: Token, inside: Sequence[Token], depth: int) -> Item:
        runs: list[Run] = []
        under: list[Bullets] = []
        slot = None
        for token, held in _children(inside):
            if token.type == "paragraph_open":
                for shape, said, line in _pieces(held[0]):
                    if shape and (shape != "list" or slot):
                        raise SourceFault(line, _("Within a list only one other list can stand; a table or a picture stands on a line of its own."))
                    if shape:
                        slot = self._slot(shape, said, line)
                    else:
                        runs += [*([Run("\n")] if runs else []), *self._runs(said, line)]
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                under.append(self._bullets(token, held, depth + 1))
            else:
                raise SourceFault(_line(token), _("Within a list stand sentences and lists, nothing else."))
        return Hung(tuple(runs), tuple(under), slot=slot) if slot else Item(tuple(runs), tuple(under))

    def _table(self, table: Token, inside: Sequence[Token]) -> None:
        rows: list[tuple[Runs, ...]] = []
        line = _line(table)
        for token in inside:
            if token.type == "tr_open":
                rows.append(())
                line = _line(token)
            elif token.type == "inline":
                is_head = len(rows) == 1
                rows[-1] = (*rows[-1], self._runs(token.content, line, is_heading=is_head))
        columns = tuple(text_of(cell) for cell in rows[0])
        self.body.append(Table(self.anchor, columns, tuple(TableRow(cells) for cells in rows[1:])))

    def _quote(self, quote: Token, inside: Sequence[Token]) -> None:
        """A note, or numbered statements: each begins with its key in brackets."""
        for token, held in _children(inside):
            if token.type != "paragraph_open":
                raise SourceFault(_line(token), _("Within a note or a statement stand sentences only."))
            inline = held[0]
            line = _line(inline)
            for lines, ahead in _statements_in(inline.content):
                self._next()
                if key := _STATEMENT.match(lines):
                    self._statement(key[1], lines[key.end() :], line + ahead)
                else:
                    self.body.append(Note(self.anchor, self._runs(lines, line + ahead)))

    def _statement(self, key: str, text: str, line: int) -> None:
        if any(s.key == key for s in self.statements):
            raise SourceFault(line, _("The statement %(key)s is there twice.") % {"key": key})
        tags: tuple[str, ...] = ()
        if found := _TAGS.search(text):
            tags = tuple(dict.fromkeys(tag.strip() for tag in found[1].split(",") if tag.strip()))
            for tag in tags:
                if not _TAG.fullmatch(tag):
                    raise SourceFault(line, _("“%(tag)s” is no tag: write words, separated by commas.") % {"tag": tag})
            text = text[: found.start()]
        text = " ".join(text.split()) if "{{" not in text else text.strip()
        if not text:
            raise SourceFault(line, _("The statement %(key)s says nothing.") % {"key": key})
        runs = self._runs(text, line)
        said = "".join(f"{{{{ {run.field} }}}}" if isinstance(run, Gap) else run.text for run in runs)
        self.statements.append(Statement(key, " ".join(said.split()), tags, self.anchor, line))
        self.body.append(Stated(self.anchor, key, runs, tags))

    # Sentences

    def _runs(self, content: str, line: int, *, is_heading: bool = False) -> Runs:
        tokens: list[Token] = []
        markdown.inline.parse(content, markdown, {"line": line}, tokens)
        return tuple(_joined(self._spoken(tokens, line, is_heading)))

    def _spoken(self, tokens: Sequence[Token], line: int, is_heading: bool) -> Iterator[Run]:
        strong = emphasis = 0
        href = claim = ""
        named = ""
        began = line
        for token in tokens:
            match token.type:
                case "text" | "text_special":
                    named += token.content
                    yield Run(token.content, strong > 0, emphasis > 0, href=href, claim=claim)
                case "softbreak":
                    line += 1
                    named += " "
                    yield Run(" ", strong > 0, emphasis > 0, href=href, claim=claim)
                case "hardbreak":
                    line += 1
                    yield Run("\n")
                case "code_inline":
                    named += token.content
                    yield Run(token.content.replace("\\|", "|"), strong > 0, emphasis > 0, is_code=True, href=href, claim=claim)
                case "strong_open" | "strong_close":
                    strong += token.nesting
                case "em_open" | "em_close":
                    emphasis += token.nesting
                case "link_open":
                    said, named, began = str(token.attrs["href"]), "", line
                    if said.startswith(claims.PREFIX):
                        claim = self._claim(said, line, is_heading=is_heading)
                    else:
                        href = self._address(said, line)
                case "link_close":
                    if href.startswith("doc:"):
                        self.references.append(Reference(href[4:], named, line, self.anchor))
                    elif claim:
                        if not named.strip():
                            raise ClaimFault(began, _("A claim says nothing: write its words between the brackets."))
                        self.claims.append(Claimed(claim, " ".join(named.split()), began, self.anchor, self.section))
                    href = claim = ""
                case "field":
                    if is_heading:
                        raise SourceFault(line, _("A heading can't hold a field: links and comments find it by its words."))
                    gap = self._gap(token, strong > 0, emphasis > 0, href, claim)
                    named += f"{{{{ {gap.field} }}}}"
                    yield gap
                case _:
                    _unknown(token, line)

    def _gap(self, token: Token, is_strong: bool, is_emphasis: bool, href: str, claim: str) -> Gap:
        line = token.meta["line"]
        shape, name, filter_ = read_field(token.content, line)
        if shape:
            sentence = _("A %(shape)s stands on a line of its own: write {{ %(shape)s %(name)s }} there, or {{ %(name)s }} within the sentence.")
            raise SourceFault(line, sentence % {"shape": shape, "name": name})
        self.uses.append(Use(name, "text", filter_, line, self.anchor, self.section))
        return Gap("", is_strong, is_emphasis, href=href, field=name, claim=claim, filter=filter_)

    @staticmethod
    def _claim(address: str, line: int, *, is_heading: bool) -> str:
        """How the claim is written in one way. Whether there is such a kind is asked where a draft is read: what was approved stays readable."""
        if is_heading:
            raise ClaimFault(line, _("A heading can't hold a claim: write it in a sentence."))
        try:
            return claims.address_of(*claims.split(address))
        except claims.BadClaim as error:
            raise ClaimFault(line, error.args[0]) from None

    @staticmethod
    def _address(href: str, line: int) -> str:
        if not (_CODE.fullmatch(href) or href.startswith(("https://", "mailto:"))):
            raise SourceFault(
                line, _("“%(href)s” can't be linked: an address begins with https://, mailto: or doc: and a code.") % {"href": href[:80]}
            )
        return href


def _joined(runs: Iterator[Run]) -> Iterator[Run]:
    """Runs of one look become one."""
    last: Run | None = None
    for run in runs:
        if last and type(last) is type(run) is Run and replace(last, text="") == replace(run, text=""):
            last = replace(last, text=last.text + run.text)
            continue
        if last and (last.text or last.field):
            yield last
        last = run
    if last and (last.text or last.field):
        yield last


def _pieces(inline: Token) -> Iterator[tuple[str, str, int]]:
    """A paragraph, cut where a line is nothing but a field with a shape word: that word and the name; or nothing and the lines between."""
    held: list[str] = []
    line = _line(inline)
    for number, text in enumerate(inline.content.split("\n"), line):
        found = FIELD.fullmatch(text.strip())
        shape, name, _filter = read_field(found[1], number) if found else ("", "", "")
        if not shape:
            held.append(text)
            continue
        if held:
            yield "", "\n".join(held), number - len(held)
            held = []
        yield shape, name, number
    if held:
        yield "", "\n".join(held), line + inline.content.count("\n") + 1 - len(held)


def _statements_in(content: str) -> Iterator[tuple[str, int]]:
    """The lines of a quote, cut where a statement begins, each with how many lines stand before it."""
    held: list[str] = []
    first = 0
    for number, line in enumerate(content.split("\n")):
        if held and _STATEMENT.match(line):
            yield "\n".join(held), first
            held, first = [], number
        held.append(line)
    yield "\n".join(held), first


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _end_of(tokens: Sequence[Token], at: int) -> int:
    """Where what opens here closes."""
    if tokens[at].nesting != 1:
        return at
    level = tokens[at].level
    return next(n for n in range(at + 1, len(tokens)) if tokens[n].level == level and tokens[n].nesting == -1)


def _children(tokens: Sequence[Token]) -> Iterator[tuple[Token, Sequence[Token]]]:
    at = 0
    while at < len(tokens):
        end = _end_of(tokens, at)
        yield tokens[at], tokens[at + 1 : end]
        at = end + 1


def _unknown(token: Token, line: int = 0) -> NoReturn:
    words = {
        "fence": _("A block of code is no part of a document: write `code` within a sentence."),
        "code_block": _("Text that is set in by four spaces is a block of code, which is no part of a document: begin the line at its edge."),
        "hr": _("A line across the page is no part of a document: write a heading."),
        "image": _("Pictures come from records: write {{ picture name }}."),
    }
    raise SourceFault(line or _line(token), words.get(token.type, _("This can't be read here.")))
