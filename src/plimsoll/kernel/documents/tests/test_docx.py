"""A document as DOCX: everything in it is what Word and LibreOffice count, number and lead to by themselves, and every text is whole."""

import io
import re
import zipfile
from time import perf_counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from lxml import etree

from plimsoll.kernel.documents.blocks import Heading, Printed, Run, Table, TableRow
from plimsoll.kernel.documents.docx import as_docx
from plimsoll.kernel.documents.pdf import page_numbers, pictures_as_png, printable
from plimsoll.kernel.documents.tests.plan import MAP, filled, plan
from plimsoll.kernel.documents.tests.test_pdf import MARKUP, everywhere

docx = pytest.importorskip("docx")
pytestmark = pytest.mark.once

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NS = {
    "w": W[1:-1],
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
}
# The order that the schema asks for, as far as we write it; Word refuses a file that has another.
ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps noProof color spacing kern sz szCs u shd lang",
    "tblPr": "tblStyle tblW tblBorders tblLayout tblCellMar tblLook",
    "tcPr": "tcW tcBorders",
    "trPr": "cantSplit tblHeader",
    "sectPr": "headerReference footerReference pgSz pgMar cols titlePg docGrid",
    "lvl": "start numFmt pStyle suff lvlText lvlJc pPr",
    "tbl": "tblPr tblGrid tr",
}


def opened(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def part(data: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return etree.fromstring(packed.read(name))


def found(root: Any, path: str) -> Any:
    return etree.XPath(path, namespaces=NS)(root)


@pytest.fixture(scope="module")
def written() -> bytes:
    return as_docx(plan(), page_numbers(plan()))


def test_every_part_is_well_formed_and_in_the_order_that_word_asks_for(written: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(written)) as packed:
        assert packed.testzip() is None
        names = [name for name in packed.namelist() if name.endswith((".xml", ".rels"))]
        for name in names:
            root = etree.fromstring(packed.read(name))
            if not re.match(r"word/(document|header|footer|numbering|styles\.)", name):
                continue
            for element in root.iter(*(W + tag for tag in ORDERS)):
                order = ORDERS[etree.QName(element).localname].split()
                places = [order.index(tag) for tag in (etree.QName(child).localname for child in element) if tag in order]
                assert places == sorted(places), (name, etree.tostring(element)[:400])


def test_headings_have_real_styles_and_are_numbered_by_the_program(written: bytes) -> None:
    paragraphs = [p for p in opened(written).paragraphs if p.style.name.startswith("Heading")]
    headings = [block for block in plan().blocks if isinstance(block, Heading)]
    assert [(p.text, p.style.name) for p in paragraphs] == [(h.title, f"Heading {h.level}") for h in headings]
    schemes = [found(p._p, "string(w:pPr/w:numPr/w:numId/@w:val)") for p in paragraphs]
    assert [("A" if scheme == "2" else "") for scheme in schemes] == [("A" if h.number.startswith("A") else "") for h in headings]
    numbering = part(written, "word/numbering.xml")
    said = {found(n, "string(@w:numId)"): found(n, "string(w:abstractNumId/@w:val)") for n in found(numbering, "//w:num")}
    used = set(found(part(written, "word/document.xml"), "//w:numId/@w:val"))
    assert used <= set(said)
    levels = found(numbering, f"//w:abstractNum[@w:abstractNumId='{said['1']}']/w:lvl")
    assert [found(level, "string(w:lvlText/@w:val)") for level in levels[:3]] == ["%1", "%1.%2", "%1.%2.%3"]
    assert [found(level, "string(w:pStyle/@w:val)") for level in levels[:3]] == ["Heading1", "Heading2", "Heading3"]


def test_word_reads_it_as_of_its_own_time_and_numbers_what_is_added(written: bytes) -> None:
    settings = part(written, "word/settings.xml")
    assert found(settings, "//w:compatSetting/@w:val") == ["15"]
    assert [etree.QName(e).localname for e in settings].index("compat") < [etree.QName(e).localname for e in settings].index("themeFontLang")
    styles = part(written, "word/styles.xml")
    assert [found(styles, f"string(//w:style[@w:styleId='Heading{n}']/w:pPr/w:numPr/w:ilvl/@w:val)") for n in (1, 2)] == ["0", "1"]


def test_each_numbered_list_begins_anew(written: bytes) -> None:
    numbering = part(written, "word/numbering.xml")
    assert found(numbering, "//w:num[w:lvlOverride]/w:lvlOverride[1]/w:startOverride/@w:val") == ["1"]


def test_the_contents_are_a_field_with_its_entries_and_their_pages(written: bytes) -> None:
    root = part(written, "word/document.xml")
    assert found(root, "count(//w:instrText[contains(., 'TOC \\o')])") == 1
    entries = found(root, "//w:p[starts-with(w:pPr/w:pStyle/@w:val, 'TOC')]")
    numbers = page_numbers(plan())
    headings = [block for block in plan().blocks if isinstance(block, Heading) and block.level <= 3]
    marks = set(found(root, "//w:bookmarkStart/@w:name"))
    assert len(entries) == len(headings)
    for entry, heading in zip(entries, headings, strict=True):
        text = "".join("\t" if e.tag == f"{W}tab" else e.text or "" for e in entry.iter(f"{W}t", f"{W}tab") if e.getparent().tag == f"{W}r")
        assert text == f"{heading.number}\t{heading.title}\t{numbers[heading.anchor]}"
        assert found(entry, "string(w:hyperlink/@w:anchor)") in marks
    begun, ended = (found(root, f"count(//w:fldChar[@w:fldCharType='{kind}'])") for kind in ("begin", "end"))
    assert begun == ended


def test_every_page_has_its_head_and_foot(written: bytes) -> None:
    section = opened(written).sections[0]
    assert section.different_first_page_header_footer
    assert section.header.paragraphs[0].text == "Northmere Digital Services\tService management plan"
    for footer in (section.footer, section.first_page_footer):
        codes = found(footer._element, "//w:fldSimple/@w:instr")
        assert [code.strip() for code in codes] == ["PAGE", "NUMPAGES"]
        assert "NDS-SMS-003 · Version 3.1" in "".join(found(footer._element, "//w:t/text()"))
    for header in (section.header, section.first_page_header):
        assert etree.tostring(header._element).count(b'string="DRAFT"') == 1


def test_a_table_with_many_columns_lies_on_a_page_of_its_own(written: bytes) -> None:
    sections = opened(written).sections
    assert [section.orientation for section in sections] == [0, 1, 0]
    assert all(section.header.is_linked_to_previous for section in list(sections)[1:])
    assert [bool(section.different_first_page_header_footer) for section in sections] == [True, False, False]


def test_tables_have_widths_and_heads_that_come_again(written: bytes) -> None:
    document = opened(written)
    named = [table for table in document.tables if found(table._tbl, "w:tr[1]/w:trPr/w:tblHeader")]
    assert len(named) == sum(isinstance(block, Table) for block in plan().blocks) + 2
    for table in document.tables:
        widths = [int(w) for w in found(table._tbl, "w:tblGrid/w:gridCol/@w:w")]
        assert sum(widths) in range(9100, 9190) or sum(widths) in range(14000, 14120)
        for row in found(table._tbl, "w:tr"):
            assert [int(w) for w in found(row, "w:tc/w:tcPr/w:tcW/@w:w")] == widths
        assert all(found(cell, "*[last()][self::w:p]") for cell in found(table._tbl, "w:tr/w:tc"))


def test_pictures_say_what_they_show(written: bytes) -> None:
    root = part(written, "word/document.xml")
    said = found(root, "//wp:docPr/@descr")
    assert said[0] == "Northmere Digital Services"
    assert said[1].startswith("Units of Northmere Digital Services. Operations; yes")
    assert len(set(found(root, "//wp:docPr/@id"))) == len(said) == 3


def test_all_styles_that_are_used_are_there_once(written: bytes) -> None:
    styles = found(part(written, "word/styles.xml"), "//w:style/@w:styleId")
    assert len(styles) == len(set(styles))
    for name in ("word/document.xml", "word/header1.xml", "word/footer1.xml"):
        root = part(written, name)
        assert {*found(root, "//w:pStyle/@w:val"), *found(root, "//w:rStyle/@w:val"), *found(root, "//w:tblStyle/@w:val")} <= set(styles)
    assert set(found(part(written, "word/styles.xml"), "//w:lang/@w:val")) == {"en-GB"}


def test_what_the_file_says_of_itself(written: bytes) -> None:
    held = opened(written).core_properties
    assert (held.title, held.author, held.subject, held.keywords, held.version) == (
        "Service management plan",
        "Northmere Digital Services",
        "Plan",
        "NDS-SMS-003",
        "3.1",
    )
    assert held.created.date().isoformat() == "2026-11-12"


def test_all_values_are_in_it(written: bytes) -> None:
    text = "\n".join(opened(written).element.body.itertext())
    for name, value in filled().items():
        for row in value.value.rows if value.value and not value.value.svg else ():
            assert row.cells[-1] in text, name
    assert "[No measures are kept: enter them under Measurements, or confirm that there are none.]" in text


@given(st.text(max_size=60))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_comes_out_as_it_was_written(text: str) -> None:
    document = opened(as_docx(everywhere(text), {"h": 3}))
    (heading,) = [p for p in document.paragraphs if p.style.name == "Heading 1"]
    assert heading.text == printable(text)
    table = next(table for table in document.tables if table.cell(0, 1).text == "B")
    assert table.cell(0, 0).text == printable(text)
    assert table.cell(1, 0).text == printable(text) * 3 + f"[{printable(text)}]" + printable(text)
    assert document.core_properties.title == printable(text)


def test_what_would_be_markup_is_text() -> None:
    text = "".join(opened(as_docx(everywhere(MARKUP), {})).element.body.itertext())
    assert text.count(MARKUP) >= 25


def test_nothing_of_the_library_s_own_template_goes_out(written: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(written)) as packed:
        assert not [name for name in packed.namelist() if "thumbnail" in name]
        assert b"python-docx" not in packed.read("docProps/core.xml")


def test_links_lead_out(written: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(written)) as packed:
        relations = packed.read("word/_rels/document.xml.rels").decode()
    assert re.search(r'Target="https://example.org/promises"[^>]*TargetMode="External"', relations)


def test_a_document_of_almost_nothing_and_logos_of_each_kind() -> None:
    assert opened(as_docx(Printed("Title", "", ""), {})).paragraphs
    logos = ((pictures_as_png([MAP], 20)[0], "png"), (MAP.encode(), "svg"))
    for logo, kind in logos:
        assert len(opened(as_docx(Printed("T", "", "O", logo=logo, logo_type=kind), {})).inline_shapes) == 1
    for kind in ("png", "svg"):
        assert len(opened(as_docx(Printed("T", "", "O", logo=b"no picture", logo_type=kind), {})).inline_shapes) == 0


def test_a_long_document_is_written_in_time() -> None:
    """200 services and 1,000 people. Measured 0.4 s on two quiet cores; the line is generous, as tests run beside others."""
    document = plan(200, 1000)
    before = perf_counter()
    as_docx(document, {})
    assert perf_counter() - before < 4


def test_rows_that_are_too_short_are_filled_up() -> None:
    table = Table("t", ("A", "B"), (TableRow(((Run("1"),),)),))
    assert opened(as_docx(Printed("T", "", "", blocks=(table,)), {})).tables[0].cell(1, 1).text == ""
