"""The DOCX as LibreOffice lays it out, and the ODT that it makes of it. Only where LibreOffice is."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

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
    reason="There is no LibreOffice on this machine (apt install --no-install-recommends libreoffice-writer-nogui fonts-crosextra-caladea).",
)
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@pytest.fixture(scope="module")
def written() -> bytes:
    return as_docx(plan(), page_numbers(plan()))


def objects_of(pdf: bytes) -> dict[int, bytes]:
    return {int(found[1]): found[2] for found in re.finditer(rb"(?:^|\n)(\d+) 0 obj\s*(.*?)\nendobj", pdf, re.DOTALL)}


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page of a PDF that LibreOffice wrote, by the tables that its fonts carry, without blanks."""
    objects = objects_of(pdf)

    def stream(number: bytes) -> bytes:
        held = re.search(rb"stream\r?\n(.*?)\r?\nendstream", objects[int(number)], re.DOTALL)
        assert held is not None
        return zlib.decompress(held[1])

    def letters(font: bytes) -> dict[bytes, str]:
        table = re.search(rb"/ToUnicode (\d+)", objects[int(font)])
        pairs = re.findall(rb"^<([0-9A-F]{2})> <((?:[0-9A-F]{4})+)>$", stream(table[1]), re.MULTILINE) if table else []
        return {code: bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}

    fonts: dict[bytes, dict[bytes, str]] = {}
    for held in objects.values():
        for name, font in re.findall(rb"/(F\d+) (\d+) 0 R", held):
            fonts.setdefault(name, letters(font))
    pages = []
    for held in objects.values():
        if re.search(rb"/Type\s*/Page\b", held) and (content := re.search(rb"/Contents (\d+)", held)):
            said, font = [], b""
            for name, codes in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)>", stream(content[1])):
                font = name or font
                said += [fonts[font].get(codes[at : at + 2], "") for at in range(0, len(codes), 2)]
            pages.append("".join("".join(said).split()))
    return pages


@pytest.fixture(scope="module")
def laid_out(written: bytes) -> list[str]:
    return pages_of(converted(written, "docx", "pdf"))


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
    for number, text in enumerate(laid_out, 1):
        assert f"NDS-SMS-003·Version3.1Page{number}of{many}" in text
    assert all(len(text) > 120 for text in laid_out[1:]), "no page is empty but for its head and foot"
    told = page_numbers(plan())
    contents = "".join(laid_out[1:3])
    for block in plan().blocks:
        if isinstance(block, Heading) and block.level <= 3:
            title = "".join(block.title.split())
            assert re.search(rf"{re.escape(block.number + title)}\.+{told[block.anchor]}", contents), block.title
            # Another hand lays pages out a little otherwise: a heading may stand a page or two from where it was counted.
            near = laid_out[max(0, told[block.anchor] - 3) : told[block.anchor] + 2]
            assert any(title in text for text in near), block.title


@pytest.mark.once
def test_without_libreoffice_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(odt.shutil, "which", lambda name: None)
    with pytest.raises(NotConverted, match="not installed"):
        as_odt(b"")
