"""No rule waits for what is already there: `docs/reference/waiting.md` against the record types and packages of the house."""

import re
from pathlib import Path

from plimsoll.kernel.records.declaration import declared

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| ([A-Z0-9][\w.-]+) \| (.+?) \| (.+?) \|$", re.M)


def rows() -> list[tuple[str, list[str], list[str]]]:
    """ID, kinds and packages of every row."""
    text = (ROOT / "docs" / "reference" / "waiting.md").read_text(encoding="utf-8")
    return [
        (name, re.findall(r"kind `(\w+)`", wanted), re.findall(r"package `([\w.]+)`", wanted))
        for name, _what, wanted in ROW.findall(text)
        if name != "ID"
    ]


def test_every_row_of_the_docs_says_what_it_waits_for() -> None:
    assert len(rows()) > 40
    assert [name for name, kinds, packages in rows() if not kinds and not packages] == []
    names = [name for name, _kinds, _packages in rows()]
    assert sorted(names) == sorted(set(names))


def test_no_rule_of_the_docs_waits_for_a_record_type_or_package_that_is_there() -> None:
    """When this fails: build the rule and take its row out, or let the row name what else it waits for."""
    there = {rt.kind for rt in declared()}
    ended = [f"{name} waits for {kind}" for name, kinds, _packages in rows() for kind in kinds if kind.replace("_", "") in there]
    ended += [
        f"{name} waits for {package}"
        for name, _kinds, packages in rows()
        for package in packages
        if (ROOT / "src" / "plimsoll" / Path(*package.split(".")) / "__init__.py").exists()
    ]
    assert ended == []
