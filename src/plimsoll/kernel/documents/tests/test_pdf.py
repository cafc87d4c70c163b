"""A document as PDF: what it promises of itself, that every text comes out as it was written, and what it costs."""

import os
import re
import subprocess
import sys
from time import perf_counter

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from plimsoll.kernel.documents import pdf
from plimsoll.kernel.documents.blocks import Bullets, Heading, Item, Note, Open, Paragraph, Picture, Printed, Run, Signature, Stated, Table, TableRow
from plimsoll.kernel.documents.pdf import NotPrinted, as_pdf, page_numbers, pictures_as_png, printable, queried, width_of
from plimsoll.kernel.documents.tests.paper import pages_of, text_on
from plimsoll.kernel.documents.tests.plan import MAP, filled, plan

pytestmark = pytest.mark.once

MARKUP = "# $x$ * _a_ @b <c> \\ `d` [e] //f = - + / ~ {g} #h() --- 'q' \"r\" \\u{41} &amp; <!-- -->"


def everywhere(text: str) -> Printed:
    """A document that says a text in every place that it has."""
    run = (
        Run(text),
        Run(text, is_strong=True, is_emphasis=True),
        Run(text, is_code=True),
        Run(text, field="x", is_open=True),
        Run(text, href="https://example.org/" + text),
    )
    table = Table("t", (text, "B"), (TableRow((run, ())),), (50, 50), text)
    blocks = (
        Heading("h", 1, "1", text),
        Paragraph("p", run),
        Bullets("l", (Item(run, (Bullets("l", (Item(run),), 3),)),)),
        Note("n", run),
        Stated("s", "S1", run),
        Open("o", "x", text),
        table,
        Picture("f", MAP, text, table),
    )
    row = (text, text, text, text)
    return Printed(text, text, text, None, "", ((text, text),), (row,), blocks, (Signature(*row),), text[:9], "en-GB", text, text, "2026-11-12")


@given(st.text(max_size=60))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_can_be_printed(text: str) -> None:
    assert as_pdf(everywhere(text)).startswith(b"%PDF-")


@given(st.text(min_size=1, max_size=60).filter(lambda text: printable(text) == text and text.strip() and "\n" not in text))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_comes_out_as_it_was_written(text: str) -> None:
    (found,) = queried(everywhere(text), "<h>", "body")
    assert found["text"] == text


def test_what_would_be_markup_is_printed() -> None:
    (found,) = queried(everywhere(MARKUP), "<h>", "body")
    assert found["text"] == MARKUP
    assert text_on(as_pdf(everywhere(MARKUP))).count("".join(MARKUP.split())) >= 25


def test_letters_of_other_scripts_are_printed_where_a_font_has_them_and_the_document_comes_out_anyway() -> None:
    assert as_pdf(everywhere("Čačić, Łódź, Ελλάδα, Київ")).count(b"pdfaid") >= 1
    pdf = as_pdf(everywhere("\U0010fffd and \ue000"))
    assert pdf.startswith(b"%PDF-")
    assert printable("a\x00\x0b\ud800b\r\nc\td") == "ab\nc\td"


@pytest.fixture(scope="module")
def printed() -> bytes:
    return as_pdf(plan())


def test_it_says_what_it_keeps_to(printed: bytes) -> None:
    """PDF/A-2a and PDF/UA-1, as the file claims; typst refuses to write what would break them."""
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>", printed)
    assert re.search(rb"<pdfaid:conformance>A</pdfaid:conformance>", printed)
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", printed)
    assert b"/Marked true" in printed
    assert re.search(rb"/Lang ?\(en-GB\)", printed)
    assert b"Service management plan" in printed


def test_the_same_document_gives_the_same_file() -> None:
    assert as_pdf(plan()) == as_pdf(plan())


def test_every_page_of_it(printed: bytes) -> None:
    pages = pages_of(printed)
    many = len(pages)
    assert "Servicemanagementplan" in pages[0]
    assert "ConfidentialitylevelInternal" in pages[0]
    assert "Changehistory" in pages[1]
    assert "HaldenPrintoperatestheprintservice" in pages[1]
    for number, page in enumerate(pages, 1):
        assert f"Page{number}of{many}" in page
        assert "NDS-SMS-003·Version3.1" in page
        assert "DRAFT" in page
        if number > 1:
            assert "NorthmereDigitalServices" in page


def test_the_contents_name_the_page_on_which_each_heading_stands(printed: bytes) -> None:
    pages = pages_of(printed)
    numbers = page_numbers(plan())
    headings = [block for block in plan().blocks if isinstance(block, Heading)]
    assert set(numbers) == {heading.anchor for heading in headings}
    for heading in headings:
        said = f"{heading.number}{''.join(heading.title.split())}"
        assert said in pages[numbers[heading.anchor] - 1]
        assert re.search(rf"{re.escape(said)}\.+{numbers[heading.anchor]}", pages[1])


def test_heads_of_long_tables_come_again_on_each_page() -> None:
    pages = pages_of(as_pdf(plan(people=200)))
    assert sum("PersonRoleUnitCompetence" in page for page in pages) >= 4


def test_open_places_and_values_are_printed(printed: bytes) -> None:
    text = text_on(printed)
    assert "[Nomeasuresarekept:" in text
    assert "[Theforecastofresourcesisnotkeptyet:" in text
    assert "Theservicelevelmanager(MarianHolt)keeps" in text
    for name, value in filled().items():
        for row in value.value.rows[:3] if value.value and not value.value.svg else ():
            assert "".join(row.cells[-1].split()) in text, name
    assert text.count("SignedinPlimsoll") == 1


def test_a_document_of_almost_nothing() -> None:
    assert len(pages_of(as_pdf(Printed("Title", "", "")))) >= 1


def test_a_logo_of_each_kind() -> None:
    png = pictures_as_png([MAP], 20)[0]
    for logo in (png, MAP.encode(), b"no picture"):
        assert pages_of(as_pdf(Printed("T", "", "Northmere", logo=logo)))


def test_drawings_have_the_size_that_they_can_be_read_at() -> None:
    assert width_of('<svg viewBox="0 0 100 100">') == 80
    assert width_of('<svg viewBox="0 0 4000 100">') == 459
    assert width_of('<svg viewBox="0 0 400 4000">') == 60
    assert width_of("<svg>") == 459


def test_a_long_document_is_printed_in_time() -> None:
    """200 services and 1,000 people. Measured 0.7 s on two quiet cores; the line is generous, as tests run beside others."""
    document = plan(200, 1000)
    before = perf_counter()
    as_pdf(document)
    assert perf_counter() - before < 4


def test_the_server_starts_without_what_prints() -> None:
    """typst and python-docx are loaded by the first document, not by the start."""
    start = "import django; django.setup(); import plimsoll.kernel.documents.docx, sys; sys.exit(bool({'typst', 'docx'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", start], check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}).returncode == 0


def test_what_can_not_be_printed_is_told() -> None:
    with pytest.raises(NotPrinted, match="SVG"):
        as_pdf(Printed("T", "", "", blocks=(Picture("a", "<svg", "Broken"),)))


def test_a_press_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LONGEST", 0.001)
    with pytest.raises(NotPrinted, match="longer than"):
        as_pdf(plan())
