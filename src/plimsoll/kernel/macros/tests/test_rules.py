"""Placeholders: a closed list of names, and nothing that could run."""

from plimsoll.kernel.macros.rules import NAMES, filled, unknown_names


def test_known_names_are_filled_in_and_what_is_missing_is_said() -> None:
    said = filled("Dear {requester}, {number} is {state}.", {"number": "INC-7", "state": "new"}, lambda name: f"[no {name}]")
    assert said == "Dear [no requester], INC-7 is new."


def test_what_is_filled_in_is_not_read_again() -> None:
    assert filled("{title}", {"title": "{my_name} {x}", "my_name": "Ines"}, str) == "{my_name} {x}"


def test_unknown_names_are_told_and_other_braces_are_text() -> None:
    assert unknown_names("{number} {numero} {numero} {a.b} {a[0]} {0} { number } {x!r} {{number}} {JSON}") == ["numero"]
    assert filled("{a.b} {__class__} { title }", dict.fromkeys(NAMES, "x"), str) == "{a.b} {__class__} { title }"
