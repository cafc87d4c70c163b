"""The rules of obligations, limitations and management systems: no database."""

from datetime import date

import pytest

from plimsoll.context.obligations.queries import withdrawn_editions, withdrawn_named_in
from plimsoll.context.obligations.rules import (
    LIMITATION_FLOW,
    OBLIGATION_FLOW,
    SYSTEM_FLOW,
    Facts,
    is_looked_after,
    next_review_lies_ahead,
    says_how_it_applies,
    says_what_must_be_met,
)

TODAY = date(2026, 11, 22)


def test_s_030_an_obligation_says_how_it_applies_before_it_is_in_force() -> None:
    assert "how it applies" in str(says_how_it_applies(Facts(how_applies="  ")))
    assert says_how_it_applies(Facts(how_applies="We keep personal data for a year.")) is None
    assert says_how_it_applies in OBLIGATION_FLOW.move("put_in_force").guards


def test_s_030_an_obligation_has_an_owner_and_a_day_of_review_before_it_is_in_force() -> None:
    said = str(is_looked_after(Facts()))
    assert "an owner" in said
    assert "review" in said
    assert is_looked_after(Facts(owner=1, review_on=TODAY)) is None
    assert is_looked_after in OBLIGATION_FLOW.move("put_in_force").guards


@pytest.mark.parametrize(("day", "is_refused"), [(date(2026, 11, 21), True), (TODAY, True), (date(2026, 11, 23), False), (None, False)], ids=str)
def test_a_review_that_is_done_sets_the_next_one_ahead(day: date | None, is_refused: bool) -> None:
    assert bool(next_review_lies_ahead(Facts(review_on=day, today=TODAY))) is is_refused


def test_s_028_a_management_system_in_use_says_what_the_services_must_meet() -> None:
    said = str(says_what_must_be_met(Facts()))
    assert "what of it the services must meet" in said
    assert "an owner" in said
    assert says_what_must_be_met(Facts(owner=1, requirements="Suppliers are evaluated.")) is None
    assert says_what_must_be_met in SYSTEM_FLOW.move("take_into_use").guards


def test_reviews_and_endings_say_why() -> None:
    assert [m.name for flow in (OBLIGATION_FLOW, LIMITATION_FLOW) for m in flow.moves if not m.asks_note] == ["put_in_force"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ISO/IEC 20000-1:2011, clauses 4.1.1", ["ISO/IEC 20000-1:2011"]),
        ("iso/iec 20000-1: 2011", ["ISO/IEC 20000-1:2011"]),
        ("built on ISO 9001 : 2008.", ["ISO 9001:2008"]),
        ("ISO 9001 2008", ["ISO 9001:2008"]),
        ("ISO 9001:2015 and ISO/IEC 27001:2022", []),
        ("ISO/IEC 20000-1:2018", []),
        ("ISO/IEC 20000-1", []),
        ("ISO 9001:20081", []),
        ("DISO 9001:2008", []),
        ("Directive 95/46/EC, and ISO/IEC 27001:2013/Cor 1", ["ISO/IEC 27001:2013", "Directive 95/46/EC"]),
        ("", []),
    ],
)
def test_l_05_a_withdrawn_edition_is_known_however_it_is_written(text: str, named: list[str]) -> None:
    assert [edition.name for edition in withdrawn_named_in(text)] == named


def test_l_05_the_list_of_editions_names_what_took_their_place() -> None:
    names = [edition.name for edition in withdrawn_editions()]
    assert len(names) == len(set(names))
    assert all(edition.now and edition.now not in names for edition in withdrawn_editions())
    assert not [edition for edition in withdrawn_editions() if withdrawn_named_in(edition.now)]
