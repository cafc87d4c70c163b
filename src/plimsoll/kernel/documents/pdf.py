"""A document as PDF, by typst: PDF/A-2a and PDF/UA-1, tagged, with contents, running header and footer.

Texts go to typst as JSON, never as its markup. typst is loaded by the first document that is printed: it costs as much memory as half the server.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from plimsoll.kernel.documents.blocks import Block, Bullets, Heading, Item, Note, Open, Paragraph, Picture, Printed, Run, Runs, Stated, Table, text_of
from plimsoll.kernel.documents.composing import widths_of

logger = logging.getLogger(__name__)

TEMPLATE = Path(__file__).with_name("printed.typ")
TEXT_WIDTH, TEXT_HEIGHT = 459.0, 600.0  # points that a page has for a drawing, with its title
WIDE = 8  # columns from which a table is printed on a page of its own, lying
_KEPT_OUT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Z]{2}))?")
_VIEW = re.compile(r"viewBox=.\S+ \S+ ([\d.]+) ([\d.]+)")
# What is tried in turn. The fonts that typst carries print every European language alike on every machine; letters beyond them are looked for among
# the machine's own; and where no font has them a document must still come out, if without the promise of the standards.
_TRIES: tuple[dict[str, Any], ...] = (
    {"ignore_system_fonts": True, "pdf_standards": ["a-2a", "ua-1"]},
    {"ignore_system_fonts": False, "pdf_standards": ["a-2a", "ua-1"]},
    {"ignore_system_fonts": False},
)


def as_pdf(printed: Printed) -> bytes:
    """The document as PDF."""
    import typst  # noqa: PLC0415 - 80 MB that the web server must not load at its start

    files = _files(printed)
    for number, how in enumerate(_TRIES, 1):
        try:
            return bytes(typst.compile(files, format="pdf", **how))
        except typst.TypstError as error:
            if number == len(_TRIES) or "could not be displayed" not in str(error) and "codepoint" not in str(error):
                raise
            logger.info("Printing %s again: %s", printed.code, error)
    raise AssertionError("One of the tries returned or raised.")


def page_numbers(printed: Printed) -> dict[str, int]:
    """The page on which each heading stands in the PDF, by its anchor."""
    import typst  # noqa: PLC0415 - as above

    (found,) = json.loads(typst.query(_files(printed), "<pages>", field="value", ignore_system_fonts=True))
    return {anchor: page for anchor, page in found}


def picture_as_png(svg: str, ppi: int = 200) -> bytes:
    """A drawing as PNG, as wide as a page's text."""
    import typst  # noqa: PLC0415 - as above

    source = '#set page(width: 160mm, height: auto, margin: 0pt)\n#image(bytes(json("data.json")), format: "svg", width: 100%)'
    files: Any = {"main": source.encode(), "data.json": json.dumps(printable(svg)).encode()}
    return bytes(typst.compile(files, format="png", ppi=ppi, ignore_system_fonts=True))


def printable(text: str) -> str:
    """A text without the characters that no paper and no XML can hold: control characters and halves of pairs."""
    return _KEPT_OUT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def _files(printed: Printed) -> Any:
    """What typst is given instead of files. Its types know of no such dictionaries."""
    return {"main": _template(), "data.json": json.dumps(_printable(_data(printed)), ensure_ascii=False, separators=(",", ":")).encode()}


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printable(held) for key, held in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_printable(held) for held in value]
    return list(value) if isinstance(value, bytes) else value


def words() -> dict[str, Any]:
    """What a printed document says by itself, in the language that is active."""
    return {
        "contents": _("Contents"),
        "history": _("Change history"),
        "history_columns": [_("Date"), _("Version"), _("By"), _("Description of change")],
        "signatures": _("Signatures"),
        "signature_columns": [_("Role"), _("Name"), _("Date"), _("Signature")],
        "page": _("Page %(page)s of %(pages)s"),
    }


def footer_of(printed: Printed) -> str:
    """Code and version, as the footer of each page says them."""
    return " · ".join(part for part in (printed.code, _("Version %(version)s") % {"version": printed.version} if printed.version else "") if part)


def day_of(printed: Printed) -> date:
    """The day of the file: that of the text, or today."""
    try:
        return date.fromisoformat(printed.day)
    except ValueError:
        return localdate()


def _data(printed: Printed) -> dict[str, Any]:
    found = _LANGUAGE.fullmatch(printed.language)
    day = day_of(printed)
    return {
        "words": words(),
        "title": _said(printed.title, printed.code, printed.kind),
        "kind": printed.kind,
        "organization": printed.organization,
        "logo": printed.logo,
        "header": printed.header,
        "history": printed.history,
        "footer": footer_of(printed),
        "keywords": [word for word in (printed.code, printed.kind) if word],
        "watermark": printed.watermark,
        "day": [day.year, day.month, day.day],
        "lang": found[1] if found else "en",
        "region": found[2] if found else None,
        "signatures": [{"role": s.role, "name": s.name, "date": s.date, "note": s.note} for s in printed.signatures],
        "blocks": [_block(block) for block in printed.blocks],
    }


def _said(*texts: str) -> str:
    """The first that says anything: a title that is empty is no title."""
    return next((text for text in texts if printable(text).strip()), "–")


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {
                "is": "heading",
                "anchor": block.anchor,
                "level": min(block.level, 5),
                "number": block.number,
                "title": _said(block.title, block.number),
            }
        case Paragraph():
            return {"is": "paragraph", "runs": _runs(block.runs)}
        case Bullets():
            return {"is": "bullets", **_bullets(block)}
        case Table():
            return _table(block)
        case Picture():
            return _picture(block)
        case Note():
            return {"is": "note", "runs": _runs(block.runs)}
        case Stated():
            return {"is": "stated", "key": block.key, "runs": _runs(block.runs)}
        case Open():
            return {"is": "open", "sentence": block.sentence}


def _runs(runs: Runs) -> str | list[Any]:
    """Runs as short as they can be said: most are one plain text."""
    said = [_run(run) for run in runs]
    return said[0] if len(said) == 1 and isinstance(said[0], str) else said if said else ""


def _run(run: Run) -> str | dict[str, Any]:
    looks = {"strong": run.is_strong, "emphasis": run.is_emphasis, "code": run.is_code, "open": run.is_open}
    said: dict[str, Any] = {name: True for name, has in looks.items() if has}
    if run.href and not run.href.startswith("doc:"):
        said["href"] = run.href
    return {"text": run.text, **said} if said else run.text


def _bullets(bullets: Bullets) -> dict[str, Any]:
    return {"start": bullets.start, "items": [_item(item) for item in bullets.items]}


def _item(item: Item) -> dict[str, Any]:
    return {"runs": _runs(item.runs), "under": [_bullets(under) for under in item.under]}


def _table(table: Table) -> dict[str, Any]:
    many = len(table.columns)
    rows = [[_runs(cell) for cell in (*row.cells, *[()] * many)[:many]] for row in table.rows]
    widths = table.widths or widths_of(table.columns, table.rows)
    return {"is": "table", "columns": table.columns, "rows": rows, "widths": [max(1, w) for w in widths], "note": table.note, "wide": many >= WIDE}


def _picture(picture: Picture) -> dict[str, Any]:
    return {"is": "picture", "svg": picture.svg, "title": picture.title, "alt": alt_of(picture), "width": width_of(picture.svg)}


def width_of(svg: str) -> float:
    """How wide a drawing is printed, in points: at its own size, as far as the page has room for it."""
    if not (found := _VIEW.search(svg)):
        return TEXT_WIDTH
    wide, high = max(1.0, float(found[1])), max(1.0, float(found[2]))
    return round(min(wide * 0.8, TEXT_WIDTH, TEXT_HEIGHT * wide / high), 1)


def alt_of(picture: Picture, most: int = 1200) -> str:
    """What a drawing shows, in words: its title, and its table row by row."""
    rows = ("; ".join(text_of(cell) for cell in row.cells) for row in picture.twin.rows) if picture.twin else ()
    said = ". ".join(part for part in (picture.title, *rows) if part) or _("Picture")
    return said if len(said) <= most else said[: most - 1] + "…"
