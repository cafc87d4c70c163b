"""The rules of suppliers: no database."""

from datetime import date

import pytest

from plimsoll.agreements.suppliers.rules import SUPPLIER_FLOW, Facts, fits_its_party, is_managed, next_review_lies_ahead


@pytest.mark.parametrize(
    ("kind", "party", "fits"),
    [
        ("external", "supplier", True),
        ("external", "customer", False),
        ("external", "unit", False),
        ("internal", "unit", True),
        ("internal", "provider", True),
        ("internal", "supplier", False),
        ("customer", "customer", True),
        ("customer", "supplier", False),
        ("", "supplier", False),
    ],
)
def test_8_3_4_each_type_is_an_organisation_of_its_kind(kind: str, party: str, fits: bool) -> None:
    assert (fits_its_party(Facts(type=kind, party=party)) is None) is fits


def test_8_3_4_1_a_an_active_supplier_has_a_manager_and_it_is_known_how_much_hangs_on_it() -> None:
    said = str(is_managed(Facts()))
    for word in ("a manager", "a category", "a criticality", "next review"):
        assert word in said
    assert is_managed(Facts(owner=1, category="strategic", criticality=1, review_on=date(2027, 1, 1))) is None
    assert is_managed in SUPPLIER_FLOW.move("activate").guards


def test_a_review_sets_the_next_one_ahead() -> None:
    today = date(2026, 11, 22)
    assert next_review_lies_ahead(Facts(review_on=today, today=today))
    assert next_review_lies_ahead(Facts(review_on=date(2026, 11, 23), today=today)) is None
