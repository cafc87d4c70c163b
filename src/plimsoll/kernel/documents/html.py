"""A document as a piece of a web page: headings from the second level on, tables with heads, drawings with the table that says the same.

Each block has its anchor as id. No style attribute and no script stand in it, whatever the text says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from plimsoll.kernel.documents.blocks import (
    Block,
    Bullets,
    Heading,
    Item,
    Note,
    Open,
    Paragraph,
    Picture,
    Printed,
    Run,
    Runs,
    Signature,
    Stated,
    Table,
)
from plimsoll.kernel.figures.blanks import Source

WIDE = 4  # columns from which a table may have to be pushed sideways on a phone

# A drawing is ours; one that could act or reach out is not shown, its table is.
_UNSAFE = re.compile(
    r"<\s*(?:script|style|foreignobject|image|use|a|iframe|!)\b|<!|<[^>]*\s(?:on\w+|style|href|xlink:href)\s*=|javascript:|url\(", re.IGNORECASE
)


def as_html(
    printed: Printed, *, marks: bool, hrefs: Mapping[str, str] | None = None, cover: bool = False, claims: Mapping[str, str] | None = None
) -> SafeString:
    """The document's blocks and its signatures, with `cover` also its header fields and change history.

    With `marks` what was filled is marked and leads to its record, and what is open says why. `hrefs` are the addresses of other documents by code,
    `claims` how each claim stands.
    """
    writer = _Writer(marks, hrefs or {}, claims or {})
    parts = [*(_cover(printed) if cover else ()), *(writer.block(block) for block in printed.blocks), *_signatures(printed.signatures)]
    return mark_safe("\n".join(parts))


def blocks_as_html(blocks: Iterable[Block], *, marks: bool, hrefs: Mapping[str, str] | None = None) -> SafeString:
    """Some blocks, for a page that shows a part of a document."""
    writer = _Writer(marks, hrefs or {}, {})
    return mark_safe("\n".join(writer.block(block) for block in blocks))


def _cover(printed: Printed) -> Iterator[str]:
    rows = "".join(f"<dt>{_text(label)}</dt><dd>{_text(value)}</dd>" for label, value in printed.header)
    if rows:
        yield f'<dl class="props">{rows}</dl>'
    if printed.history:
        head = "".join(f'<th scope="col">{escape(word)}</th>' for word in (_("Date"), _("Version"), _("By"), _("Description of change")))
        body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in printed.history)
        yield f'<h2 id="change-history">{escape(_("Change history"))}</h2>\n<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _signatures(signatures: Iterable[Signature]) -> Iterator[str]:
    rows = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in (s.role, s.name, s.date, s.note))}</tr>" for s in signatures)
    if rows:
        head = "".join(f'<th scope="col">{escape(word)}</th>' for word in (_("Role"), _("Name"), _("Date"), _("Signature")))
        yield f'<h2 id="signatures">{escape(_("Signatures"))}</h2>'
        yield f'<table class="signatures"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _text(text: object) -> str:
    return str(escape(text)).replace("\n", "<br>")


class _Writer:
    """Writes blocks one way: with marks, or plain."""

    def __init__(self, marks: bool, hrefs: Mapping[str, str], claims: Mapping[str, str]) -> None:
        self.marks = marks
        self.hrefs = hrefs
        self.claims = claims

    def block(self, block: Block) -> str:
        here = f' id="{escape(block.anchor)}"'
        match block:
            case Heading():
                level = min(6, block.level + 1)
                number = f'<span class="num">{escape(block.number)}</span>' if block.number else ""
                return f"<h{level}{here}>{number}{_text(block.title)}</h{level}>"
            case Paragraph():
                return f"<p{here}>{self.runs(block.runs)}</p>"
            case Note():
                return f'<blockquote class="note"{here}><p>{self.runs(block.runs)}</p></blockquote>'
            case Stated():
                return f'<p class="stated"{here}><b class="ref">{escape(block.key)}</b> {self.runs(block.runs)}</p>'
            case Bullets():
                return self.bullets(block, here)
            case Table():
                return self.table(block, here)
            case Picture():
                return self.picture(block, here)
            case Open():
                return self.open(block, here)

    # Sentences

    def runs(self, runs: Runs) -> str:
        if not (self.marks and any(run.claim for run in runs)):
            return "".join(self.run(run) for run in runs)
        parts = []
        for claim, some in groupby(runs, key=lambda run: run.claim):
            html = "".join(self.run(run) for run in some)
            parts.append(f'<span class="claim" data-standing="{escape(self.claims.get(claim, ""))}">{html}</span>' if claim else html)
        return "".join(parts)

    def run(self, run: Run) -> str:
        html = _text(run.text)
        if run.is_open:
            html = f"[{html}]"
        if run.is_code:
            html = f"<code>{html}</code>"
        if run.is_emphasis:
            html = f"<em>{html}</em>"
        if run.is_strong:
            html = f"<strong>{html}</strong>"
        if run.href:
            html = self.link(run.href, html)
        if not (self.marks and run.field):
            return html
        if run.is_open:
            return f'<span class="open drift" data-field="{escape(run.field)}">{html}</span>'
        override = " data-override" if run.is_overridden else ""
        if run.source and run.source.href and not run.href:
            return f'<span class="filled" data-field="{escape(run.field)}"{override}>{_live(run.source, html)}</span>'
        return f'<span class="filled live" data-field="{escape(run.field)}"{override}>{html}</span>'

    def link(self, href: str, html: str) -> str:
        if not href.startswith("doc:"):
            return f'<a href="{escape(href)}" rel="noopener nofollow">{html}</a>'
        code = href[4:]
        if address := self.hrefs.get(code, ""):
            return f'<a href="{escape(address)}" data-document="{escape(code)}">{html}</a>'
        return f'<span data-document="{escape(code)}">{html}</span>'

    # Lists, tables, pictures

    def bullets(self, bullets: Bullets, here: str = "", outer: str = "") -> str:
        tag = "ol" if bullets.start else "ul"
        first = f' start="{bullets.start}"' if bullets.start > 1 else ""
        field = bullets.field or outer
        named = self.of(bullets.field)
        return f"<{tag}{here}{first}{named}>" + "".join(f"<li>{self.item(item, field)}</li>" for item in bullets.items) + f"</{tag}>"

    def item(self, item: Item, field: str) -> str:
        html = self.runs(item.runs)
        if self.marks and field and not any(run.field for run in item.runs):
            html = _live(item.source, html) if item.source and item.source.href else f'<span class="live">{html}</span>'
        return html + "".join(self.bullets(under, outer=field) for under in item.under)

    def of(self, field: str) -> str:
        return f' class="filled" data-field="{escape(field)}"' if self.marks and field else ""

    def table(self, table: Table, here: str) -> str:
        head = "".join(f'<th scope="col">{_text(column)}</th>' for column in table.columns)
        body = []
        for row in table.rows:
            cells = [self.runs(cell) for cell in row.cells]
            if self.marks and row.source and row.source.href and cells:
                cells[0] = _live(row.source, cells[0] or escape(row.source.label))
            body.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
        is_wide = len(table.columns) >= WIDE
        html = f"<table{'' if is_wide else here}{self.of(table.field)}><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        if is_wide:
            label = escape(_("Table: %(columns)s") % {"columns": ", ".join(table.columns)})
            html = f'<div class="scroll"{here} role="region" tabindex="0" aria-label="{label}">{html}</div>'
        return html + (f'\n<p class="meta">{_text(table.note)}</p>' if table.note else "")

    def picture(self, picture: Picture, here: str) -> str:
        drawn = "" if _UNSAFE.search(picture.svg) else picture.svg
        caption = f"<figcaption>{_text(picture.title)}</figcaption>" if picture.title else ""
        twin = ""
        if picture.twin:
            table = self.table(picture.twin, f' id="{escape(picture.twin.anchor)}"')
            summary = escape(_("The same as a table"))
            twin = f'<details class="twin"{"" if drawn else " open"}><summary>{summary}</summary>{table}</details>'
        label = escape(picture.title or _("Picture"))
        shown = f'<div class="drawn" role="region" tabindex="0" aria-label="{label}">{drawn}</div>' if drawn else ""
        return f"<figure{here}{self.of(picture.field)}>{shown}{caption}{twin}</figure>"

    def open(self, block: Open, here: str) -> str:
        if not self.marks:
            return f"<p{here}>[{_text(block.sentence)}]</p>"
        label = escape(_("Open: %(name)s") % {"name": block.name})
        return f'<div class="aside" role="note"{here} data-field="{escape(block.name)}"><b>{label}</b><p>{_text(block.sentence)}</p></div>'


def _live(source: Source | None, html: str) -> str:
    assert source
    return f'<a class="live" href="{escape(source.href)}" title="{escape(source.label)}">{html}</a>'
