"""A document as DOCX, from the same blocks as every other output: real headings, numbering, fields and contents, for Word and LibreOffice."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from typing import Any

from plimsoll.kernel.documents import wordml
from plimsoll.kernel.documents.blocks import Heading, Picture, Printed
from plimsoll.kernel.documents.pdf import day_of, footer_of, pictures_as_png, printable, words
from plimsoll.kernel.documents.wordml import Relations, Writer, paragraph, plain, ruled, simple_field

logger = logging.getLogger(__name__)

FONT = "Cambria"
INK, SOFT, SEA = "1B252D", "55626B", "0D6079"
CONTENTS_DEPTH = 3
_FIRST = re.compile(r'^(<w:p><w:pPr><w:pStyle w:val="Heading\d"/>)(?!<w:keep)')
LOGO_HEIGHT = 720000  # EMU: 20 mm


def as_docx(printed: Printed, pages: Mapping[str, int] | Callable[[], Mapping[str, int]]) -> bytes:
    """The document as DOCX. `pages` says on which page each heading stands, by its anchor, as `pdf.page_numbers` found it, or waits for it."""
    from docx import Document  # noqa: PLC0415 - half a second that the web server must not spend at its start
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415 - as above
    from docx.oxml import parse_xml  # noqa: PLC0415 - as above

    document = Document()
    part = document.part
    svgs = list(dict.fromkeys(block.svg for block in printed.blocks if isinstance(block, Picture)))
    drawn = dict(zip(svgs, pictures_as_png(svgs), strict=True))

    def picture(svg: str) -> tuple[str, int, int]:
        relation, image = part.get_or_add_image(io.BytesIO(drawn[svg]))
        return relation, image.px_width, image.px_height

    relations = Relations(lambda href: str(part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)), picture)
    writer = Writer(relations)
    body = writer.blocks(printed.blocks)
    headings = [block for block in printed.blocks if isinstance(block, Heading) and block.level <= CONTENTS_DEPTH]
    pages = pages() if callable(pages) else pages
    whole = _cover(printed, _logo(part, printed)) + _front(printed, headings, writer, pages) + _on_a_new_page(body) + _signatures(printed)
    # The body is read once as a whole: moving its elements one by one costs a second for a thousand rows.
    part._element = parse_xml(f"<w:document {wordml.NAMESPACES}><w:body>{whole}<w:sectPr/></w:body></w:document>")
    document = part.document
    _styles(document, printed, parse_xml)
    _numberings(document, relations, parse_xml)
    _pages(document, printed, parse_xml, pages)
    _properties(document, printed)
    _modern(document, parse_xml)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# The pages before the text, and after it


def _logo(part: Any, printed: Printed) -> str:
    if not printed.logo:
        return ""
    try:
        held = pictures_as_png([printed.logo.decode()])[0] if printed.logo_type == "svg" else printed.logo
        relation, image = part.get_or_add_image(io.BytesIO(held))
    except Exception:  # what somebody uploaded is read by a library; without its logo a document is still a document
        logger.warning("The logo of %s can't be read", printed.organization, exc_info=True)
        return ""
    most = wordml.TEXT_WIDTH * wordml.EMU
    height = min(LOGO_HEIGHT, most * image.px_height // max(1, image.px_width))
    return paragraph(f"<w:r>{wordml.drawing(relation, image.px_width, image.px_height, 0, printed.organization, 900, height)}</w:r>", "PictureLine")


def _cover(printed: Printed, logo: str) -> str:
    parts = [
        logo,
        paragraph(plain(printed.organization), "CoverLine", '<w:spacing w:before="2800" w:after="120"/>'),
        paragraph(plain(printed.title), "Title"),
    ]
    if printed.kind:
        parts.append(paragraph(plain(printed.kind), "CoverLine", '<w:spacing w:before="120" w:after="700"/>'))
    if printed.header:
        rows = [[plain(label, f'<w:color w:val="{SOFT}"/>'), plain(value)] for label, value in printed.header]
        parts.append(ruled((30, 70), ("", ""), rows))
    return "".join(parts)


def _front(printed: Printed, headings: list[Heading], writer: Writer, pages: Mapping[str, int]) -> str:
    said = words()
    opening = "<w:pageBreakBefore/>"
    parts = []
    if printed.history:
        parts.append(paragraph(plain(said["history"]), "FrontHeading", opening))
        parts.append(ruled((17, 11, 23, 49), said["history_columns"], [[plain(cell) for cell in row] for row in printed.history]))
        opening = ""
    if headings:
        parts.append(paragraph(plain(said["contents"]), "FrontHeading", opening))
        parts.append(wordml.contents(headings, writer.bookmarks, pages))
    return "".join(parts)


def _on_a_new_page(body: str) -> str:
    """The text begins a page. A break of its own would be an empty page where the contents fill theirs to the last line."""
    begun = _FIRST.sub(r"\1<w:pageBreakBefore/>", body, count=1)
    return begun if begun != body else paragraph('<w:r><w:br w:type="page"/></w:r>', "AfterTable") + body


def _signatures(printed: Printed) -> str:
    if not printed.signatures:
        return ""
    said = words()
    rows = [[plain(s.role), plain(s.name), plain(s.date), plain(s.note or "\n\n\n")] for s in printed.signatures]
    return (
        paragraph(plain(said["signatures"]), "FrontHeading") + ruled((26, 26, 19, 29), said["signature_columns"], rows) + paragraph("", "AfterTable")
    )


# Styles, numbering, running heads


def _style(name: str, title: str, based: str, paragraph_: str = "", run: str = "", *, kind: str = "paragraph") -> str:
    return (
        f'<w:style {wordml.NAMESPACES} w:type="{kind}" w:customStyle="1" w:styleId="{name}"><w:name w:val="{title}"/>'
        f'{f"""<w:basedOn w:val="{based}"/>""" if based else ""}<w:uiPriority w:val="39"/><w:qFormat/>'
        f"{f'<w:pPr>{paragraph_}</w:pPr>' if paragraph_ else ''}{f'<w:rPr>{run}</w:rPr>' if run else ''}</w:style>"
    )


def _own_styles() -> list[str]:
    edge = '<w:pBdr><w:left w:val="single" w:sz="{}" w:space="8" w:color="{}"/></w:pBdr>'
    soft = f'<w:color w:val="{SOFT}"/>'
    tabs = f'<w:tabs><w:tab w:val="left" w:pos="{{}}"/><w:tab w:val="right" w:leader="dot" w:pos="{wordml.TEXT_WIDTH}"/></w:tabs>'
    made = [
        _style(
            "FrontHeading",
            "Front Heading",
            "Normal",
            '<w:keepNext/><w:spacing w:before="480" w:after="160"/>',
            '<w:b/><w:sz w:val="34"/><w:szCs w:val="34"/>',
        ),
        _style("CoverLine", "Cover Line", "Normal", "", soft + '<w:sz w:val="28"/><w:szCs w:val="28"/>'),
        _style(
            "TableText",
            "Table Text",
            "Normal",
            '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>',
            '<w:sz w:val="18"/><w:szCs w:val="18"/>',
        ),
        _style("TableHead", "Table Head", "TableText", "<w:keepNext/>", "<w:b/>" + soft),
        _style("TableTextSmall", "Table Text Small", "TableText", "", '<w:sz w:val="16"/><w:szCs w:val="16"/>'),
        _style("TableHeadSmall", "Table Head Small", "TableHead", "", '<w:sz w:val="16"/><w:szCs w:val="16"/>'),
        _style("AfterTable", "After Table", "Normal", '<w:spacing w:before="0" w:after="60" w:line="120" w:lineRule="exact"/>'),
        _style("NoteText", "Note", "Normal", edge.format(12, "9AA6AE") + '<w:ind w:left="284"/>', soft),
        _style(
            "Statement",
            "Statement",
            "Normal",
            edge.format(12, SEA) + '<w:tabs><w:tab w:val="left" w:pos="964"/></w:tabs><w:ind w:left="964" w:hanging="680"/>',
        ),
        _style("OpenField", "Open Field", "Normal", '<w:shd w:val="clear" w:color="auto" w:fill="FDF0D8"/>'),
        _style("PictureLine", "Picture", "Normal", '<w:keepNext/><w:spacing w:before="120" w:after="120" w:line="240" w:lineRule="auto"/>'),
        _style("CodeText", "Code", "", "", '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Consolas"/>', kind="character"),
        _style("Hyperlink", "Hyperlink", "", "", f'<w:color w:val="{SEA}"/><w:u w:val="single"/>', kind="character").replace(
            ' w:customStyle="1"', ""
        ),
    ]
    for level, left in enumerate((0, 480, 1080), 1):
        before = '<w:spacing w:before="120" w:after="20"/>' if level == 1 else '<w:spacing w:before="0" w:after="20"/>'
        looks = tabs.format(left + (480, 600, 780)[level - 1]) + before + f'<w:ind w:left="{left}"/>'
        made.append(_style(f"TOC{level}", f"toc {level}", "Normal", looks, "<w:b/>" if level == 1 else "").replace(' w:customStyle="1"', ""))
    return made


def _styles(document: Any, printed: Printed, parse_xml: Any) -> None:
    from docx.oxml.ns import qn  # noqa: PLC0415 - loaded by now
    from docx.shared import Pt, RGBColor  # noqa: PLC0415 - as above

    styles = document.styles
    for made in _own_styles():
        styles.element.append(parse_xml(made))
    sizes = {"Heading 1": 17, "Heading 2": 13.5, "Heading 3": 11.5, "Heading 4": 11, "Heading 5": 11, "Title": 30, "Caption": 9}
    for name in ("Normal", *sizes, "List Paragraph"):
        style = styles[name]
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            del fonts.attrib[attribute]
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), FONT)
        style.font.size = Pt(sizes.get(name, 10.5))
        style.font.color.rgb = RGBColor.from_string(SOFT if name == "Caption" else INK)
        style.font.italic = False
        style.font.bold = name.startswith("Heading") or name == "Title"
    for level in range(1, 6):
        shape = styles[f"Heading {level}"].paragraph_format
        shape.space_before, shape.space_after = Pt((22, 16, 13, 12, 12)[level - 1]), Pt(6)
        # A heading that somebody adds in Word is numbered like all others.
        numbered = styles[f"Heading {level}"].element.get_or_add_pPr().get_or_add_numPr()
        numbered.get_or_add_ilvl().val, numbered.get_or_add_numId().val = level - 1, wordml.HEADINGS
    for name, before, after in (("Normal", 0, 7), ("List Paragraph", 0, 3), ("Title", 0, 6), ("Caption", 2, 10)):
        styles[name].paragraph_format.space_before, styles[name].paragraph_format.space_after = Pt(before), Pt(after)
    title = styles["Title"].element.get_or_add_pPr()
    for border in title.findall(qn("w:pBdr")):
        title.remove(border)
    looks = styles["List Paragraph"].element.get_or_add_pPr()
    for contextual in looks.findall(qn("w:contextualSpacing")):
        looks.remove(contextual)
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), printed.language or "en-GB")


def _levels(form: str, mark: Any, indent: Any) -> str:
    return "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{mark(level)}'
        f'<w:lvlJc w:val="left"/><w:pPr>{indent(level)}</w:pPr></w:lvl>'
        for level in range(9)
    )


def _numberings(document: Any, relations: Relations, parse_xml: Any) -> None:
    """Headings, appendices and bullets as multilevel lists, and one list for each that is numbered."""

    def headed(letter: str, tied: bool) -> str:
        def mark(level: int) -> str:
            said = letter + ".".join(f"%{n}" for n in range(1, level + 2))
            return (f'<w:pStyle w:val="Heading{level + 1}"/>' if tied and level < 5 else "") + f'<w:suff w:val="tab"/><w:lvlText w:val="{said}"/>'

        def indent(level: int) -> str:
            hanging = (567, 680, 794, 907, 1021, 1134, 1247, 1361, 1474)[level]
            return f'<w:tabs><w:tab w:val="num" w:pos="{hanging}"/></w:tabs><w:ind w:left="{hanging}" w:hanging="{hanging}"/>'

        return _levels("decimal", mark, indent)

    def inset(level: int) -> str:
        return f'<w:ind w:left="{397 * (level + 1)}" w:hanging="284"/>'

    kinds = [
        headed("", True),
        headed("A", False),
        _levels("bullet", lambda level: f'<w:lvlText w:val="{"•–"[level % 2]}"/>', inset),
        _levels("decimal", lambda level: f'<w:lvlText w:val="%{level + 1}."/>', inset),
    ]
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    made = [
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>{held}</w:abstractNum>'
        for number, held in enumerate(kinds, 1)
    ]
    made += [
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in (wordml.HEADINGS, wordml.APPENDICES, wordml.BULLETS)
    ]
    for number, start in enumerate(relations.starts, wordml.FIRST_LIST):
        overrides = "".join(f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>' for level in range(9))
        made.append(f'<w:num w:numId="{number}"><w:abstractNumId w:val="4"/>{overrides}</w:num>')
    for element in list(parse_xml(f"<w:numbering {wordml.NAMESPACES}>{''.join(made)}</w:numbering>")):
        root.append(element)


def _pages(document: Any, printed: Printed, parse_xml: Any, pages: Mapping[str, int]) -> None:
    """The size of the page, and what stands above and below each."""
    many = str(max(pages.values(), default=1))
    before, between, after = _page_words()
    stops = "".join(f'<w:tab w:val="clear" w:pos="{at}"/>' for at in (4320, 4680, 8640))  # those of the library's own styles
    tab = f'<w:tabs>{stops}<w:tab w:val="right" w:pos="{wordml.TEXT_WIDTH}"/><w:tab w:val="clear" w:pos="9360"/></w:tabs>'
    small = f'<w:color w:val="{SOFT}"/><w:sz w:val="18"/>'
    page, all_pages = simple_field("PAGE", looks=small), simple_field("NUMPAGES", many, looks=small)
    counted = plain(before, small) + page + plain(between, small) + all_pages + plain(after, small)
    edge = '<w:pBdr><w:{} w:val="single" w:sz="4" w:space="4" w:color="D5DCE1"/></w:pBdr>'
    mark = wordml.watermark(printed.watermark) if printed.watermark else ""
    top = paragraph(mark + plain(f"{printed.organization}\t{printed.title}", small), "Header", edge.format("bottom") + tab)
    bottom = paragraph(plain(f"{footer_of(printed)}\t", small) + counted, "Footer", edge.format("top") + tab)
    section = document.sections[0]
    section.different_first_page_header_footer = True
    for place, content in (
        (section.header, top),
        (section.first_page_header, paragraph(mark, "Header")),
        (section.footer, bottom),
        (section.first_page_footer, bottom),
    ):
        place.is_linked_to_previous = False
        held = place._element
        for child in list(held):
            held.remove(child)
        for element in list(parse_xml(f"<w:hdr {wordml.NAMESPACES}>{content}</w:hdr>")):
            held.append(element)
    _sections(document, parse_xml)


def _page_words() -> tuple[str, str, str]:
    before, _page, rest = words()["page"].partition("%(page)s")
    between, _pages, after = rest.partition("%(pages)s")
    return before, between, after


def _sections(document: Any, parse_xml: Any) -> None:
    """The first section, that of the cover, holds the running heads; those that lying tables opened follow it."""
    from docx.oxml.ns import qn  # noqa: PLC0415 - loaded by now

    last = document.element.body.sectPr
    after = len(last.findall(qn("w:headerReference"))) + len(last.findall(qn("w:footerReference")))
    for at, made in enumerate(list(parse_xml(f"<w:sectPr {wordml.NAMESPACES}>{wordml.PORTRAIT}</w:sectPr>")), after):
        last.insert(at, made)
    for section in list(document.sections)[1:]:
        section.different_first_page_header_footer = False


def _modern(document: Any, parse_xml: Any) -> None:
    """Word reads the file as of its own time, and not as one of 2003."""
    from docx.oxml.ns import qn  # noqa: PLC0415 - loaded by now

    settings = document.settings.element
    for old in settings.findall(qn("w:compat")):
        settings.remove(old)
    uri = "http://schemas.microsoft.com/office/word"
    setting = f'<w:compatSetting w:name="compatibilityMode" w:uri="{uri}" w:val="15"/>'
    made = parse_xml(f"<w:compat {wordml.NAMESPACES}>{setting}</w:compat>")
    after = ("docVars", "rsids", "mathPr", "attachedSchema", "themeFontLang", "clrSchemeMapping", "shapeDefaults", "decimalSymbol", "listSeparator")
    following = next((child for child in settings if child.tag.rpartition("}")[2] in after), None)
    if following is None:
        settings.append(made)
    else:
        following.addprevious(made)


def _properties(document: Any, printed: Printed) -> None:
    for name, relation in list(document.part.package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):  # of the library's own template
            del document.part.package.rels[name]
    held = document.core_properties
    day = datetime.combine(day_of(printed), time(), UTC)
    held.title = printable(printed.title)[:255]
    held.author = held.last_modified_by = printable(printed.organization)[:255]
    held.subject = printable(printed.kind)[:255]
    held.keywords = printable(printed.code)[:255]
    held.identifier = printable(printed.code)[:255]
    held.version = printable(printed.version)[:255]
    held.language = printed.language
    held.created = held.modified = day.replace(tzinfo=None)
    held.comments = ""
    held.revision = 1
