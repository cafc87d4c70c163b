"""Maps say what is wrong with them, and files are read safely; no database is needed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from plimsoll.kernel.exchange.mapping import MapFaulty, filled, read_map, shipped
from plimsoll.kernel.exchange.reading import Unreadable, rows, unguarded
from plimsoll.kernel.exchange.sheets import guarded

SMALL = 'kind = "thing"\nsource = "there"\n[record]\nkey = ["id"]\nat = "when"\n'


def no_fault(row: int, column: str, value: str, sentence: str) -> None:
    raise AssertionError(sentence)


def test_every_shipped_map_can_be_read() -> None:
    assert {"uci_incidents", "bpi2013_problems", "bpi2013_incidents", "bpic2014_incidents"} <= shipped().keys()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("= 1", "not TOML"),
        ("", "needs kind"),
        (SMALL.replace("key =", "keys ="), "Did you mean “key”?"),
        (SMALL + '[file]\nzone = "Mars/Olympus"', "not a time zone"),
        (SMALL + '[file]\nformat = "xls"', "csv and xes are known"),
        (SMALL + '[fields]\ntitle = { column = "a", value = "b" }', "both a column and a fixed value"),
        (SMALL + '[fields]\ntitle = "a"', "must be a table"),
    ],
)
def test_a_faulty_map_says_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(MapFaulty) as refused:
        read_map(text)
    assert sentence in str(refused.value)


def test_a_title_leaves_out_what_is_not_known() -> None:
    assert filled("{a} / {b}[: {c}]", {"a": "Network", "b": "Wi-Fi", "c": ""}) == "Network / Wi-Fi"
    assert filled("{a} / {b}[: {c}]", {"a": "Network", "b": "Wi-Fi", "c": "slow"}) == "Network / Wi-Fi: slow"
    assert filled("{a} / {b}", {"a": "Network", "b": ""}) == "Network"


def test_a_missing_column_is_named_with_the_nearest_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("ids,when\n1,2\n")
    with pytest.raises(Unreadable, match="no column “id”. Did you mean “ids”"):
        list(rows(tmp_path / "t.csv", read_map(SMALL), no_fault))


def test_a_table_is_read_packed_or_not_in_its_own_encoding(tmp_path: Path) -> None:
    mapping = read_map(SMALL + '[file]\nencoding = "latin-1"\ndelimiter = ";"\n')
    text = 'id;when\n"Čač";1\n'.replace("Č", "C").replace("č", "ç").encode("latin-1")
    (tmp_path / "plain.csv").write_bytes(text)
    (tmp_path / "packed").write_bytes(gzip.compress(text))
    assert list(rows(tmp_path / "plain.csv", mapping, no_fault)) == list(rows(tmp_path / "packed", mapping, no_fault)) == [(2, ("Caç", "1"))]


def test_xes_takes_no_entities(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (tmp_path / "log.xes").write_text(
        f'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY x SYSTEM "{secret.as_uri()}">]><log><trace><string key="id" value="1"/>'
        '<event><string key="when" value="2016"/><string key="told">&x;</string></event></trace></log>'
    )
    mapping = read_map(SMALL.replace('"id"', '"case:id"') + '[file]\nformat = "xes"\n')
    assert list(rows(tmp_path / "log.xes", mapping, no_fault)) == [(1, ("1", "2016"))]


def test_xes_that_breaks_off_gives_what_was_whole_and_says_so(tmp_path: Path) -> None:
    whole = '<trace><string key="id" value="1"/><event><string key="when" value="2016"/></event></trace>'
    (tmp_path / "log.xes").write_text(f"<log>{whole}<trace><string key=")
    told: list[str] = []
    mapping = read_map(SMALL.replace('"id"', '"case:id"') + '[file]\nformat = "xes"\n')
    assert len(list(rows(tmp_path / "log.xes", mapping, lambda row, column, value, sentence: told.append(sentence)))) == 1
    assert "breaks off after event 1" in told[0]


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@x", "\tx", "'x", "plain", ""])
def test_guarded_cells_come_back_as_they_were(text: str) -> None:
    assert not str(guarded(text)).startswith(("=", "+", "-", "@", "\t"))
    assert unguarded(guarded(text)) == text
