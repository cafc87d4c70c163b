"""A document as Markdown: what is read everywhere and kept in any version control. Tables and lists stay tables and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from plimsoll.kernel.documents.blocks import Block, Bullets, Heading, Note, Open, Paragraph, Picture, Printed, Run, Runs, Stated, Table
from plimsoll.kernel.documents.pdf import footer_of, printable, words

# Whatever could mean something to a reader of Markdown; what means something only at the beginning of a line is in the second.
_MARKS = re.compile(r"([\\`*_\[\]<>|{}~$&])")
_FIRST = re.compile(r"^(\s*)([#+\-=]|\d+(?=[.)](?:\s|$)))", re.MULTILINE)


def as_markdown(printed: Printed) -> str:
    """The document as Markdown, with the header fields and the change history of its cover."""
    return "\n\n".join(part for part in (*_cover(printed), *(_block(block) for block in printed.blocks), *_signatures(printed)) if part) + "\n"


def blocks_as_markdown(blocks: Iterable[Block]) -> str:
    """Some blocks as Markdown."""
    return "\n\n".join(_block(block) for block in blocks) + "\n"


def escaped(text: str) -> str:
    """A text that means nothing but itself."""
    said = _MARKS.sub(r"\\\1", printable(text))
    return _FIRST.sub(lambda found: f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}", said)


def _cover(printed: Printed) -> Iterator[str]:
    yield f"# {_line(printed.title)}"
    yield "  \n".join(
        part for part in (_line(printed.organization), _line(printed.kind), _line(footer_of(printed)), _line(printed.watermark)) if part
    )
    said = words()
    if printed.header:
        yield _rows(["", ""], [[_cell(label), _cell(value)] for label, value in printed.header])
    if printed.history:
        yield f"**{escaped(said['history'])}**"
        yield _rows(said["history_columns"], [[_cell(cell) for cell in row] for row in printed.history])


def _signatures(printed: Printed) -> Iterator[str]:
    if printed.signatures:
        said = words()
        yield f"**{escaped(said['signatures'])}**"
        yield _rows(said["signature_columns"], [[_cell(cell) for cell in (s.role, s.name, s.date, s.note)] for s in printed.signatures])


def _block(block: Block) -> str:
    match block:
        case Heading():
            number = f"{block.number} " if block.number else ""
            return f"{'#' * min(6, block.level + 1)} {number}{_line(block.title)}"
        case Paragraph():
            return _runs(block.runs).lstrip()
        case Bullets():
            return "\n".join(_bullets(block, 0))
        case Table():
            rows = _rows([_cell(column) for column in block.columns], [[_inline(_runs(cell)) for cell in row.cells] for row in block.rows])
            return rows + (f"\n\n*{escaped(block.note)}*" if block.note else "")
        case Picture():
            titled = f"*{_line(block.title)}*" if block.title else ""
            return "\n\n".join(part for part in (titled, _block(block.twin) if block.twin else "") if part) or f"*{_('Picture')}*"
        case Note():
            return _quoted(_runs(block.runs))
        case Stated():
            return _quoted(f"**{escaped(block.key)}** {_runs(block.runs)}")
        case Open():
            return f"\\[{escaped(block.sentence)}\\]"


def _line(text: str) -> str:
    return " ".join(escaped(text).split())


def _cell(text: str) -> str:
    return _inline(escaped(text))


def _inline(said: str) -> str:
    return re.sub(r"(?:  |\\)?\n", "<br>", said)


def _quoted(said: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in said.split("\n"))


def _rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _bullets(bullets: Bullets, depth: int) -> Iterator[str]:
    for number, item in enumerate(bullets.items, bullets.start):
        mark = f"{number}." if bullets.start else "-"
        indent = " " * depth
        inset = indent + " " * (len(mark) + 1)
        yield f"{indent}{mark} " + _runs(item.runs).replace("\n", "\n" + inset)
        for under in item.under:
            yield from _bullets(under, len(inset))


def _runs(runs: Runs) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    if run.is_code:
        text = printable(run.text).replace("\n", " ")
        ticks = "`" * (max((len(t) for t in re.findall("`+", text)), default=0) + 1)
        said = f"{ticks} {text} {ticks}" if "`" in text else f"{ticks}{text}{ticks}"
    else:
        said = escaped(run.text).replace("\n", "\\\n")
    said = f"\\[{said}\\]" if run.is_open else said
    # Marks stand against the text: blanks at its ends go outside.
    inner = said.strip()
    if inner:
        before, _text, after = said.partition(inner)
        marks = "**" * run.is_strong + "*" * run.is_emphasis
        said = f"{before}{marks}{inner}{marks[::-1]}{after}"
    return f"[{said}]({run.href})" if run.href and not run.href.startswith("doc:") else said
