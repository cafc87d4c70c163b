"""The DOCX as LibreOffice lays it out, and the ODT that it makes of it. Only where LibreOffice is."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from lxml import etree

from plimsoll.kernel.documents import odt
from plimsoll.kernel.documents.blocks import Heading, Table
from plimsoll.kernel.documents.docx import as_docx
from plimsoll.kernel.documents.odt import NotConverted, as_odt, converted, office
from plimsoll.kernel.documents.pdf import page_numbers
from plimsoll.kernel.documents.tests.plan import plan

needs_office = pytest.mark.skipif(
    office() is None,
    reason="There is no LibreOffice on this machine (on Debian: apt install --no-install-recommends libreoffice-writer-nogui).",
)
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@pytest.fixture(scope="module")
def written() -> bytes:
    return as_docx(plan(), page_numbers(plan()))


@pytest.fixture(scope="module")
def laid_out(written: bytes) -> list[str]:
    """The text of each page, as LibreOffice puts it on paper."""
    pdfium = pytest.importorskip("pypdfium2")
    pages = pdfium.PdfDocument(converted(written, "docx", "pdf"))
    return [page.get_textpage().get_text_bounded() for page in pages]


@needs_office
@pytest.mark.office
@pytest.mark.once
def test_libreoffice_finds_every_heading_by_its_style_and_pictures_and_tables_in_their_places(written: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(as_odt(written))) as packed:
        content = etree.fromstring(packed.read("content.xml"))
        pictures = [name for name in packed.namelist() if name.startswith("Pictures/")]
    told = [" ".join("".join(h.itertext()).split()) for h in content.iter(f"{TEXT}h")]
    wanted = [block for block in plan().blocks if isinstance(block, Heading)]
    assert [t for b in wanted for t in told if t.endswith(b.title)][: len(wanted)]
    assert {int(h.get(f"{TEXT}outline-level")) for h in content.iter(f"{TEXT}h")} >= {1, 2}
    assert next(content.iter(f"{TEXT}table-of-content"), None) is not None
    assert len(pictures) >= 2  # the chart and the map
    tables = [t for t in content.iter("{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table")]
    assert len(tables) >= sum(isinstance(block, Table) for block in plan().blocks)


@needs_office
@pytest.mark.office
@pytest.mark.once
def test_libreoffice_prints_contents_that_name_the_page_of_each_heading_and_a_footer_on_each_page(laid_out: list[str]) -> None:
    many = len(laid_out)
    for number, text in enumerate(laid_out[1:], 2):
        assert f"Page {number} of {many}" in text, number
        assert "NDS-SMS-003" in text
        assert "Version 3.1" in text
    contents = "\n".join(laid_out[1:4])
    named = re.findall(r"^(?:A?\d+(?:\.\d+)*)\s+(.+?)[\s.]+(\d+)$", contents, re.MULTILINE)
    assert len(named) > 10, contents
    off = [(title, int(page)) for title, page in named if not any(title[:30] in laid_out[at] for at in range(max(0, int(page) - 2), min(many, int(page) + 1)))]
    assert off == []


@pytest.mark.once
def test_without_libreoffice_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(odt.shutil, "which", lambda name: None)
    with pytest.raises(NotConverted, match="not installed"):
        as_odt(b"")
