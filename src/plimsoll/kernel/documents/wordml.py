"""Blocks as WordprocessingML. Written as text and read once: cell by cell through a library a long table takes seconds.

What needs a relation of the file (a link, a picture) is asked of `Relations`; everything else is decided here and in the styles of `docx.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from plimsoll.kernel.documents.blocks import Block, Bullets, Heading, Item, Note, Open, Paragraph, Picture, Run, Runs, Stated, Table
from plimsoll.kernel.documents.composing import WIDE, lying, widths_of
from plimsoll.kernel.documents.pdf import alt_of, printable, width_of

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
TEXT_WIDTH = 9184  # twentieths of a point: 162 mm between the margins of A4
LYING_WIDTH = 14116
EMU = 635  # of DrawingML in a twentieth of a point
HEADINGS, APPENDICES, BULLETS, FIRST_LIST = 1, 2, 3, 10  # numberings; lists with numbers of their own follow
PORTRAIT = (
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1531" w:right="1361" w:bottom="1418" w:left="1361" w:header="709" w:footer="652" w:gutter="0"/>'
)
LYING = (
    '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
    '<w:pgMar w:top="1531" w:right="1361" w:bottom="1418" w:left="1361" w:header="709" w:footer="652" w:gutter="0"/>'
)


@dataclass(slots=True)
class Relations:
    """What the file must keep beside its text: `link` gives the id of an address, `picture` the id and the size in pixels of a drawing."""

    link: Callable[[str], str]
    picture: Callable[[str], tuple[str, int, int]]
    starts: list[int] = field(default_factory=list)  # of the numbered lists, in their order
    pictures: int = 0


def text(said: str) -> str:
    """The content of a run: its text, line ends and tabs."""
    lines = (
        "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' if part else "" for part in line.split("\t"))
        for line in printable(said).split("\n")
    )
    return "<w:br/>".join(lines)


def plain(said: str, looks: str = "") -> str:
    """A run."""
    return f"<w:r>{f'<w:rPr>{looks}</w:rPr>' if looks else ''}{text(said)}</w:r>"


def paragraph(content: str, style: str = "", more: str = "") -> str:
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + more
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{content}</w:p>"


def simple_field(code: str, shown: str = "1", looks: str = "") -> str:
    """A field such as PAGE, with what it shows until it is counted anew."""
    return f"<w:fldSimple w:instr={quoteattr(f' {code} ')}>{plain(shown, looks)}</w:fldSimple>"


def runs(all_runs: Runs, relations: Relations) -> str:
    return "".join(_run(run, relations) for run in all_runs)


def _run(run: Run, relations: Relations) -> str:
    looks = ""
    if run.is_code:
        looks += '<w:rStyle w:val="CodeText"/>'
    elif run.href and not run.href.startswith("doc:"):
        looks += '<w:rStyle w:val="Hyperlink"/>'
    looks += "<w:b/>" if run.is_strong else ""
    looks += "<w:i/>" if run.is_emphasis else ""
    looks += '<w:shd w:val="clear" w:color="auto" w:fill="FDF0D8"/>' if run.is_open else ""
    said = plain(f"[{run.text}]" if run.is_open else run.text, looks)
    if run.href and not run.href.startswith("doc:"):
        return f'<w:hyperlink r:id="{relations.link(printable(run.href))}">{said}</w:hyperlink>'
    return said


class Writer:
    """Writes blocks in their order; headings get bookmarks that the contents lead to."""

    def __init__(self, relations: Relations) -> None:
        self.relations = relations
        self.bookmarks: dict[str, str] = {}

    def blocks(self, blocks: Sequence[Block]) -> str:
        """All blocks; a table that lies is a section of its own, and so is what comes before it."""
        parts = []
        for before, block in lying(blocks):
            is_lying = isinstance(block, Table) and len(block.columns) >= WIDE
            if is_lying:
                parts.append(paragraph("", "AfterTable", f"<w:sectPr>{PORTRAIT}<w:titlePg/></w:sectPr>"))
            parts += [self.block(one) for one in (*before, block)]
            if is_lying:
                parts.append(paragraph("", "AfterTable", f"<w:sectPr>{LYING}</w:sectPr>"))
        return "".join(parts)

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                return self.heading(block)
            case Paragraph():
                return paragraph(runs(block.runs, self.relations))
            case Bullets():
                return self.bullets(block, 0)
            case Table():
                return self.table(block)
            case Picture():
                return self.picture(block)
            case Note():
                return paragraph(runs(block.runs, self.relations), "NoteText")
            case Stated():
                return paragraph(plain(block.key + "\t", "<w:b/>") + runs(block.runs, self.relations), "Statement")
            case Open():
                return paragraph(plain(f"[{block.sentence}]"), "OpenField")

    def heading(self, block: Heading) -> str:
        level = min(block.level, 5)
        number = len(self.bookmarks) + 1
        name = self.bookmarks[block.anchor] = f"_Toc{number:08d}"
        is_numbered = bool(block.number)
        scheme = 0 if not is_numbered else APPENDICES if block.number.startswith("A") else HEADINGS
        numbered = f'<w:numPr><w:ilvl w:val="{level - 1}"/><w:numId w:val="{scheme}"/></w:numPr>'
        mark = f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{plain(block.title)}<w:bookmarkEnd w:id="{number}"/>'
        return paragraph(mark, f"Heading{level}", numbered)

    def bullets(self, block: Bullets, depth: int) -> str:
        scheme = BULLETS
        if block.start:
            scheme = FIRST_LIST + len(self.relations.starts)
            self.relations.starts.append(block.start)
        return "".join(self.item(item, scheme, depth) for item in block.items)

    def item(self, item: Item, scheme: int, depth: int) -> str:
        numbered = f'<w:numPr><w:ilvl w:val="{min(depth, 8)}"/><w:numId w:val="{scheme}"/></w:numPr>'
        line = paragraph(runs(item.runs, self.relations), "ListParagraph", numbered)
        return line + "".join(self.bullets(under, depth + 1) for under in item.under)

    def table(self, block: Table) -> str:
        many = len(block.columns)
        is_wide = many >= WIDE
        widths = block.widths or widths_of(block.columns, block.rows)
        rows = [[runs(cell, self.relations) for cell in (*row.cells, *[()] * many)[:many]] for row in block.rows]
        made = ruled(widths, block.columns, rows, LYING_WIDTH if is_wide else TEXT_WIDTH)
        note = paragraph(plain(block.note), "Caption") if block.note else ""
        return made + (note or paragraph("", "AfterTable"))

    def picture(self, block: Picture) -> str:
        relation, wide, high = self.relations.picture(block.svg)
        self.relations.pictures += 1
        drawn = drawing(relation, wide, high, int(width_of(block.svg) * 20) * EMU, alt_of(block), self.relations.pictures)
        caption = paragraph(plain(block.title), "Caption") if block.title else ""
        return paragraph(f"<w:r>{drawn}</w:r>", "PictureLine") + caption


_EDGE = '<w:tcBorders><w:bottom w:val="single" w:sz="6" w:space="0" w:color="9AA6AE"/></w:tcBorders>'


def ruled(widths: Sequence[int], columns: Sequence[str], rows: Sequence[Sequence[str]], total: int = TEXT_WIDTH) -> str:
    """A table with hair lines whose head comes again on each page. Cells are runs already; the more columns, the smaller."""
    small = "" if len(widths) < 5 else "Small"
    sizes = [max(200, total * width // max(1, sum(widths))) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
    starts = [f'<w:tc><w:tcPr><w:tcW w:w="{size}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TableText{small}"/></w:pPr>' for size in sizes]
    heads = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{size}" w:type="dxa"/>{_EDGE}</w:tcPr>{paragraph(plain(column), f"TableHead{small}")}</w:tc>'
        for size, column in zip(sizes, columns, strict=True)
    )
    head = f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{heads}</w:tr>" if any(columns) else ""
    body = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>" + "".join(f"{start}{cell}</w:p></w:tc>" for start, cell in zip(starts, row, strict=True)) + "</w:tr>"
        for row in rows
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(sizes)}" w:type="dxa"/><w:tblBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="D5DCE1"/>'
        '<w:insideH w:val="single" w:sz="4" w:space="0" w:color="D5DCE1"/></w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
        '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>'
    )


def drawing(relation: str, wide: int, high: int, width: int, alt: str, number: int, height: int = 0) -> str:
    """A picture in the line, as wide as `width` or as high as `height`, in EMU."""
    if height:
        width = height * wide // max(1, high)
    else:
        height = width * high // max(1, wide)
    size = f'cx="{width}" cy="{height}"'
    return (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        f'<wp:docPr id="{number}" name="Picture {number}" descr={quoteattr(printable(alt).replace(chr(10), " "))}/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Picture {number}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def contents(headings: Sequence[Heading], bookmarks: Mapping[str, str], pages: Mapping[str, int]) -> str:
    """The contents as Word would write them: a field whose entries are there already, each leading to its heading."""
    lines = []
    for number, heading in enumerate(headings):
        mark = bookmarks[heading.anchor]
        page = str(pages.get(heading.anchor, ""))
        begin = _part("begin") + _instruction(' TOC \\o "1-3" \\h \\z \\u ') + _part("separate") if number == 0 else ""
        end = _part("end") if number == len(headings) - 1 else ""
        shown = f"{heading.number}\t{heading.title}" if heading.number else heading.title
        counted = _part("begin") + _instruction(f" PAGEREF {mark} \\h ") + _part("separate") + plain(page) + _part("end")
        entry = f'<w:hyperlink w:anchor="{mark}" w:history="1">{plain(shown)}<w:r><w:tab/></w:r>{counted}</w:hyperlink>'
        lines.append(paragraph(begin + entry + end, f"TOC{heading.level}"))
    return "".join(lines)


def _part(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def _instruction(code: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve">{escape(code)}</w:instrText></w:r>'


def watermark(said: str) -> str:
    """A word across the page, behind the text; it stands in the header."""
    quoted = quoteattr(printable(said))
    style = (
        "position:absolute;margin-left:0;margin-top:0;width:440pt;height:150pt;rotation:308;z-index:-251658752;"
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin"
    )
    return (
        '<w:r><w:rPr><w:noProof/></w:rPr><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/>'
        '<v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>'
        '<v:f eqn="if @0 @4 21600"/></v:formulas><v:path textpathok="t"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="Watermark" o:spid="_x0000_s2049" type="#_x0000_t136" alt={quoted} style="{style}" fillcolor="#d5dce1" stroked="f">'
        f'<v:fill opacity=".5"/><v:textpath style="font-family:&quot;Cambria&quot;;font-size:1pt" string={quoted}/></v:shape></w:pict></w:r>'
    )
