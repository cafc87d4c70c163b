"""The page that says where each founding item shows names all of them, and no test that is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "founding-items.md"
ITEMS = [f"S-{n:03}" for n in (*range(1, 98), *range(101, 106))]

pytestmark = pytest.mark.once


def rows() -> dict[str, tuple[str, str]]:
    """{item: (where it shows, its tests)} of the page."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if re.fullmatch(r"S-\d{3}", cells[0]):
            found[cells[0]] = (cells[1], cells[2])
    return found


def test_every_founding_item_has_a_row_that_says_where_it_shows() -> None:
    found = rows()
    assert list(found) == ITEMS
    assert [item for item, (where, _tests) in found.items() if not where or where == "–"] == []


def test_every_test_that_is_named_is_there() -> None:
    sources = {path: path.read_text(encoding="utf-8") for top in ("tests", "src") for path in (ROOT / top).rglob("test_*.py")}
    there = {name for text in sources.values() for name in re.findall(r"def (test_\w+)", text)} | {path.name for path in sources}
    named = {name for _where, tests in rows().values() for name in re.findall(r"`(test_[\w.]+)`", tests)}
    assert sorted(named - there) == []
    assert len(named) > 100, "the page is read as it is written"


def test_an_item_without_a_test_says_what_it_waits_for_or_where_it_is_printed() -> None:
    for item, (where, tests) in rows().items():
        assert tests != "–" or re.search(r"[Ww]ait|[Ss]ection|[Ff]ield|responsibilities", where), item
