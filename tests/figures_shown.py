"""A figure as every page shows it: on its own, in the list of all, and on each dashboard that has it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.test import Client
from django.utils.html import strip_tags

from plimsoll.evaluation.measurements.pages.dashboards import BOARDS
from tests.contracts import text_of


def shown_alike(pages: Client, index: str, boards: Mapping[str, str], key: str, period: str, said: str) -> None:
    """Fails where a page of the month says another figure than `said`. `index` and `boards` are the pages read before, by their names."""
    assert said in strip_tags(text_of(pages.get(f"/indicators/{key}/?period={period}"))), (period, key, said)  # type: ignore[arg-type]
    row = next(r for r in re.findall(r"<tr>.*?</tr>", index, re.S) if f'href="/indicators/{key}/?' in r)
    assert said in strip_tags(row), (period, key, said)
    for board in BOARDS:
        if key in board.tiles:
            tile = next(t for t in re.findall(r'<a class="tile".*?</a>', boards[board.name], re.S) if f"/indicators/{key}/" in t)
            assert said in strip_tags(tile), (board.name, key, said)
