"""A document as PDF, by typst: PDF/A-2a and PDF/UA-1, tagged, with contents, running header and footer.

Texts go to typst as JSON, never as its markup. It runs in a process of its own, the press.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from plimsoll.kernel.documents.blocks import Block, Bullets, Heading, Item, Note, Open, Paragraph, Picture, Printed, Run, Runs, Stated, Table, text_of
from plimsoll.kernel.documents.composing import WIDE, lying, widths_of

logger = logging.getLogger(__name__)

TEMPLATE = Path(__file__).with_name("printed.typ")
PRESS = Path(__file__).with_name("press.py")
LONGEST = 60  # seconds that printing may take
TEXT_WIDTH, TEXT_HEIGHT = 459.0, 600.0  # points that a page has for a drawing, with its title
_KEPT_OUT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[A-Za-z]{4})?(?:-([A-Z]{2}))?")
_VIEW = re.compile(r"viewBox=.\S+ \S+ ([\d.]+) ([\d.]+)")


class NotPrinted(RuntimeError):
    """The press gave nothing back. What it said is for whoever reads the log."""


def as_pdf(printed: Printed) -> bytes:
    """The document as PDF; without its logo, if that is no picture."""
    try:
        return _pressed({"want": "pdf", "template": _template(), "data": data_of(printed)})
    except NotPrinted:
        if printed.logo is None:
            raise
        without = _pressed({"want": "pdf", "template": _template(), "data": data_of(replace(printed, logo=None))})
        logger.warning("The logo of %s can't be printed", printed.organization, exc_info=True)
        return without


def page_numbers(printed: Printed) -> dict[str, int]:
    """The page on which each heading stands in the PDF, by its anchor."""
    return pages_begun(printed)()


def pages_begun(printed: Printed) -> Callable[[], dict[str, int]]:
    """Begin to find out on which page each heading stands; what is returned waits for the answer. Others work meanwhile."""
    running = _begun(_query(replace(printed, logo=None), "<pages>", "value"))  # the cover is a page with or without it

    def pages() -> dict[str, int]:
        (found,) = json.loads(_ended(running))
        return {anchor: page for anchor, page in found}

    return pages


def queried(printed: Printed, selector: str, field: str) -> list[Any]:
    """What the laid out document has at a selector of typst."""
    return list(json.loads(_pressed(_query(printed, selector, field))))


def _query(printed: Printed, selector: str, field: str) -> dict[str, Any]:
    return {"want": "query", "template": _template(), "data": data_of(printed), "selector": selector, "field": field}


def pictures_as_png(svgs: Sequence[str], ppi: int = 200) -> list[bytes]:
    """Drawings as PNG, as wide as a page's text."""
    if not svgs:
        return []
    template = '#set page(width: 160mm, height: auto, margin: 0pt)\n#image(bytes(json("data.json")), format: "svg", width: 100%)'
    made = json.loads(_pressed({"want": "png", "template": template, "data": [printable(svg) for svg in svgs], "ppi": ppi}))
    return [base64.b64decode(picture) for picture in made]


def _pressed(order: Mapping[str, Any]) -> bytes:
    """What the press makes of an order; see `press.py` for why it is a process."""
    return _ended(_begun(order))


def _begun(order: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """A press that has its order. It reads all of it before it writes anything, so nobody waits for anybody."""
    held = json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode()
    pipe = subprocess.PIPE
    press = subprocess.Popen([sys.executable, "-I", str(PRESS)], stdin=pipe, stdout=pipe, stderr=pipe)  # noqa: S603 - our own file, no text of a person among its words
    assert press.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # one that ended at once says why on its way out
        press.stdin.write(held)
        press.stdin.close()
    press.stdin = None
    return press


def _ended(press: subprocess.Popen[bytes]) -> bytes:
    """What a press made. Raises `NotPrinted` with what it said."""
    try:
        made, told = press.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired as error:
        press.kill()
        press.communicate()
        raise NotPrinted(f"Printing took longer than {LONGEST} seconds.") from error
    said = told.decode(errors="replace").strip()
    if press.returncode:
        raise NotPrinted(said[:2000])
    if said:
        logger.info("The press says: %s", said[:500])
    return made


def printable(text: str) -> str:
    """A text without the characters that no paper and no XML can hold: control characters and halves of pairs."""
    return _KEPT_OUT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


@cache
def _template() -> str:
    return TEMPLATE.read_text(encoding="utf-8")


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


def data_of(printed: Printed) -> Any:
    """All that the template prints."""
    found = _LANGUAGE.fullmatch(printed.language)
    day = day_of(printed)
    said = {
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
        "blocks": [{**_block(block), "before": [_block(b) for b in before]} for before, block in lying(printed.blocks)],
        "headings": [block.anchor for block in printed.blocks if isinstance(block, Heading)],
    }
    return _printable(said)


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
