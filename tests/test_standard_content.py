"""What keeps the standard as data whole: every item is there once, in order, in closed words, and names only what exists."""

from __future__ import annotations

import csv
import json
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "content" / "standard"
SHARED = Path(os.environ.get("PLIMSOLL_TEST_DATA", ROOT.parent / "shared"))
MAP = SHARED / "spec" / "items.csv"
KINDS = {"computed": "A", "partly": "P", "attested": "H"}
ASPECTS = ("documented", "operating", "effective")
INTERVALS = ("day", "week", "month", "quarter", "half-year", "year")
BANDS = ("present_from", "partly_from")
UNITS = ("days", "months", "hours", "minutes", "share", "periods")
SUBCLAUSE_KEYS = {"number", "title", "short", "clause_2011", "documents", "item"}
NEEDED = {
    "id", "exists", "kind", "computes", "attests", "aspects", "query", "parameters", "interval", "role", "condition", "waits", "related",
}  # fmt: skip
READS = {"items": "folder", "alias": "of", "mapping": "file", "statements": ""}
SENTENCE = re.compile(r"[A-Z].*[^.\s]\.")
OLD = re.compile(r"\d+(\.\d+)+( [a-l])?(, \d+(\.\d+)+( [a-l])?)*")


def held(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


SUBCLAUSES: list[dict[str, Any]] = [
    s for path in sorted((FOLDER / "iso-20000-1").glob("*.toml")) for s in held(f"iso-20000-1/{path.name}")["subclause"]
]
ITEMS: list[dict[str, Any]] = [item for subclause in SUBCLAUSES for item in subclause["item"]]
IDS = {item["id"] for item in ITEMS}
NUMBERS = {subclause["number"] for subclause in SUBCLAUSES}
FITSM: list[dict[str, Any]] = [requirement for group in held("fitsm-1.toml")["group"] for requirement in group["requirement"]]


def wrong(rows: Iterator[tuple[str, object]]) -> None:
    """Everything that is wrong at once: who mends the data sees all of it."""
    found = [f"{where}: {what}" for where, what in rows]
    assert not found, "\n" + "\n".join(found)


def existing_kinds() -> set[str]:
    found = set(re.findall(r"^Kind `(\w+)`", (ROOT / "docs" / "reference" / "record-types.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert len(found) >= 38
    return found


def roles() -> set[str]:
    return {key for path in (ROOT / "content" / "roles").glob("*.toml") for key in tomllib.loads(path.read_text(encoding="utf-8"))}


def test_there_are_290_items_each_once() -> None:
    assert len(ITEMS) == 290
    assert len(IDS) == 290
    assert Counter(item["kind"] for item in ITEMS) == {"computed": 267, "partly": 19, "attested": 4}


@pytest.mark.data
@pytest.mark.skipif(not MAP.exists(), reason="PLIMSOLL_TEST_DATA does not hold the map")
def test_the_items_are_those_of_the_map_in_its_order() -> None:
    with MAP.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(item["id"], KINDS[item["kind"]]) for item in ITEMS] == [(row["id"], row["kind"]) for row in rows]


def test_an_item_stands_in_the_sub_clause_of_its_number_and_letters_run_on() -> None:
    for subclause in SUBCLAUSES:
        letters = [item["id"].removeprefix(subclause["number"] + "-") for item in subclause["item"]]
        assert letters == [chr(ord("a") + n) for n in range(len(letters))], subclause["number"]


def test_sub_clauses_have_headings_of_their_own() -> None:
    def faults() -> Iterator[tuple[str, object]]:
        for s in SUBCLAUSES:
            if set(s) != SUBCLAUSE_KEYS:
                yield s["number"], f"keys {set(s) ^ SUBCLAUSE_KEYS}"
            if not s["title"] or s["title"][0] in "0123456789" or s["title"].endswith(".") or len(s["title"]) > 60:
                yield s["number"], f"title {s['title']!r}"
            if not 0 < len(s["short"]) <= 18:
                yield s["number"], f"short {s['short']!r}"
            if s["clause_2011"] and not OLD.fullmatch(s["clause_2011"]):
                yield s["number"], f"clause_2011 {s['clause_2011']!r}"
            if not all(re.fullmatch(r"D-\d\d", d) and 1 <= int(d[2:]) <= 76 for d in s["documents"]) or s["documents"] != sorted(set(s["documents"])):
                yield s["number"], f"documents {s['documents']}"

    wrong(faults())
    assert len({s["title"] for s in SUBCLAUSES}) == len({s["short"] for s in SUBCLAUSES}) == len(NUMBERS) == len(SUBCLAUSES) == 58


def test_items_say_what_must_be_so_in_whole_short_sentences() -> None:
    def faults() -> Iterator[tuple[str, object]]:
        for item in ITEMS:
            if not SENTENCE.fullmatch(item["exists"]) or len(item["exists"]) > 160:
                yield item["id"], f"exists, {len(item['exists'])} letters: {item['exists']}"
            for key in ("computes", "attests"):
                if item[key] and not SENTENCE.fullmatch(item[key]):
                    yield item["id"], f"{key}: {item[key]}"
            if re.search(r"\bshall\b|organiz|[A-Za-z]+\.[a-z]+_|≥|%", item["exists"] + item["computes"] + item["attests"]):
                yield item["id"], "words of a standard or of a program"

    wrong(faults())
    twice = [sentence for sentence, n in Counter(item["exists"] for item in ITEMS).items() if n > 1]
    assert not twice


def test_every_word_is_one_of_its_closed_list() -> None:
    known, built = set(held("kinds.toml")), existing_kinds()
    keys = roles()

    def faults() -> Iterator[tuple[str, object]]:
        for item in ITEMS:
            if not set(item) >= NEEDED or not set(item) <= {*NEEDED, "clause_2011", "same_as"}:
                yield item["id"], f"keys {set(item) ^ NEEDED}"
            if item["interval"] not in INTERVALS:
                yield item["id"], f"interval {item['interval']!r}"
            if item["role"] not in keys:
                yield item["id"], f"role {item['role']!r}"
            if not item["aspects"] or item["aspects"] != [a for a in ASPECTS if a in item["aspects"]]:
                yield item["id"], f"aspects {item['aspects']}"
            if item["condition"] and not re.fullmatch(r"when [^.]+", item["condition"]):
                yield item["id"], f"condition {item['condition']!r}"
            if "clause_2011" in item and not OLD.fullmatch(item["clause_2011"]):
                yield item["id"], f"clause_2011 {item['clause_2011']!r}"
            if not set(item["waits"]) <= known or set(item["waits"]) & built:
                yield item["id"], f"waits {item['waits']}"

    wrong(faults())


def test_who_states_what_and_what_is_counted_follow_from_the_kind() -> None:
    def faults() -> Iterator[tuple[str, object]]:
        for item in ITEMS:
            counts, states = item["kind"] != "attested", item["kind"] != "computed"
            if bool(item["computes"]) != counts or bool(item["query"]) != counts or bool(item["attests"]) != states:
                yield item["id"], item["kind"]
            if not counts and (item["waits"] or item["parameters"] or item["condition"]):
                yield item["id"], "only a person can say it, yet it waits, has parameters or a condition"

    wrong(faults())


def test_thresholds_lie_in_order_and_name_their_units() -> None:
    def faults() -> Iterator[tuple[str, object]]:
        for item in ITEMS:
            given = item["parameters"]
            if (BANDS[0] in given) != (BANDS[1] in given):
                yield item["id"], "one band without the other"
            elif BANDS[0] in given and not 0 < given["partly_from"] < given["present_from"] <= 1:
                yield item["id"], f"bands {given}"
            for name, value in given.items():
                if name not in BANDS and (name.rsplit("_", 1)[-1] not in UNITS or not value > 0):
                    yield item["id"], f"{name} = {value}"

    wrong(faults())


def test_a_query_is_named_by_its_meaning_and_shared_only_where_it_is_said() -> None:
    names = Counter(item["query"] for item in ITEMS if item["query"])
    for name in names:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name), name
    for name in (name for name, n in names.items() if n > 1):
        together = [item for item in ITEMS if item["query"] == name]
        own = [item["id"] for item in together if "same_as" not in item]
        assert len(own) <= 1, f"{name}: {own}"
        assert len({str([i["computes"], i["parameters"]]) for i in together}) == 1, f"{name} counts one thing here and another there"


def test_what_an_item_names_exists() -> None:
    def faults() -> Iterator[tuple[str, object]]:
        for item in ITEMS:
            if not set(item["related"]) <= IDS - {item["id"]} or len(set(item["related"])) != len(item["related"]):
                yield item["id"], f"related {item['related']}"
            if "same_as" in item and (item["same_as"] not in IDS | NUMBERS or item["same_as"] == item["id"]):
                yield item["id"], f"same_as {item['same_as']}"

    wrong(faults())


def test_every_kind_that_is_waited_for_is_really_waited_for_and_not_there() -> None:
    kinds = held("kinds.toml")
    assert set(kinds) == {word for item in ITEMS for word in item["waits"]}
    assert not set(kinds) & existing_kinds()
    for word, kind in kinds.items():
        assert re.fullmatch(r"[a-z]+", word)
        assert set(kind) == {"record", "title", "clause"}
        assert all(kind.values())
        assert any(number == kind["clause"] or number.startswith(kind["clause"] + ".") for number in NUMBERS), word
    assert len({kind["title"] for kind in kinds.values()}) == len(kinds)


def test_frameworks_say_how_they_are_read_and_exactly_one_is_shown_unasked() -> None:
    frameworks = held("frameworks.toml")
    assert list(frameworks) == ["iso-20000-1-2018", "iso-20000-1-2011", "fitsm-1", "own-policy"]
    for name, framework in frameworks.items():
        assert framework["reads"] in READS, name
        assert framework["ships"] in ("own", "licensed", "house"), name
        assert framework["title"], name
        assert framework["short"], name
        assert SENTENCE.fullmatch(framework["about"]), name
        source = READS[framework["reads"]]
        assert not source or framework[source] in frameworks or (FOLDER / framework[source]).exists(), name
    assert [name for name, framework in frameworks.items() if framework.get("default")] == ["iso-20000-1-2018"]


def test_the_edition_before_has_a_number_for_all_that_is_not_new() -> None:
    without = {s["number"] for s in SUBCLAUSES if not s["clause_2011"]}
    assert without == {"4.1", "7.6"}


def test_fitsm_is_attributed_with_author_licence_link_and_changes() -> None:
    said = held("fitsm-1.toml")["attribution"]
    assert set(said) == {"title", "author", "notice", "licence", "licence_link", "link", "changes"}
    assert said["licence"] == "CC BY 4.0"
    assert said["licence_link"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "changes made" in said["changes"].lower()


def test_every_requirement_of_fitsm_stands_once_with_items_or_a_reason() -> None:
    ids = [requirement["id"] for requirement in FITSM]
    assert len(ids) == len(set(ids)) == 82
    for group in held("fitsm-1.toml")["group"]:
        assert set(group) == {"id", "title", "code", "requirement"}
        assert [r["id"] for r in group["requirement"]] == [f"{group['id']}.{n}" for n in range(1, len(group["requirement"]) + 1)]
    for requirement in FITSM:
        items = requirement["items"]
        assert set(items) <= IDS, requirement["id"]
        assert len(set(items)) == len(items), requirement["id"]
        assert bool(items) != bool(requirement.get("nothing")), requirement["id"]
        assert SENTENCE.fullmatch(requirement.get("nothing", "It is answered.")), requirement["id"]


@pytest.mark.data
@pytest.mark.skipif(not (SHARED / "data" / "sms_docs").exists(), reason="PLIMSOLL_TEST_DATA does not hold FitSM-1")
def test_the_words_of_fitsm_are_as_they_came() -> None:
    given = json.loads((SHARED / "data" / "sms_docs" / "fitsm1_v3_requirements.json").read_text(encoding="utf-8"))
    assert [(r["id"], r["text"]) for g in given["groups"] for r in g["requirements"]] == [(r["id"], r["text"]) for r in FITSM]
