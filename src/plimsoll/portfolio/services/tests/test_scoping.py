"""What is in scope of the management system: the sentence, the fields, and what is found."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.context.parts.operations import add_part
from plimsoll.context.scopes.parts import EXCLUSIONS
from plimsoll.context.scopes.tests.examples import scope
from plimsoll.kernel.figures.blanks import Asked, Value, blank_named
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import amend, move
from plimsoll.portfolio.services import queries
from plimsoll.portfolio.services.operations import add_customer, end_customer
from plimsoll.portfolio.services.scoping import MOST, Covered, compose
from tests.cast import House

BARE = Covered(provider="Northmere", services=["Wi-Fi"])


@pytest.mark.parametrize(
    ("covered", "said"),
    [
        (Covered(provider="Northmere"), ""),
        (BARE, "The service management system of Northmere covers the services Wi-Fi."),
        (
            Covered("Northmere", "IT", ["Mail", "Wi-Fi"], ["Desk"], ["Harbour House"], ["Brannock", "Strand"], "all of it", ["Print"]),
            "The service management system of Northmere covers the IT services Mail and Wi-Fi, managed and delivered by Desk, from Harbour House, "
            "for Brannock and Strand. Technology in scope: all of it. Not in scope: Print.",
        ),
    ],
)
def test_s_018_the_sentence_is_composed_from_what_is_in_scope(covered: Covered, said: str) -> None:
    assert compose(covered) == said


def test_more_names_than_can_be_read_are_counted() -> None:
    many = [f"Service {n}" for n in range(MOST + 1)]
    said = compose(Covered("Northmere", "IT", many, many, many, many, "", many))
    assert said == (
        f"The service management system of Northmere covers the IT services of its catalogue ({MOST + 1}), "
        f"managed and delivered by {MOST + 1} units, from {MOST + 1} locations, for {MOST + 1} customers. Not in scope: {MOST + 1} exclusions."
    )


def field(house: House, name: str) -> Value:
    blank = blank_named(name)
    assert blank.resolve is not None
    return blank.resolve(Asked(house.tenant, now()))


def rows(house: House, name: str) -> list[tuple[str, ...]]:
    return [row.cells for row in field(house, name).rows]


def live(house: House, title: str, **values: Any) -> Any:
    given = {"owner": house.ines, "hours": house.office_hours, "description": "What it does.", **values}
    return move(house.service(title, **given), "go_live", by=house.ruth, channel="page")


def test_services_in_scope_are_filled_in_with_owner_customers_criticality_and_status(house: House) -> None:
    assert field(house, "services.in_scope").is_empty
    wifi = live(house, "Wi-Fi", criticality=1)
    add_customer(wifi, house.brannock, by=house.ruth, channel="page")
    live(house, "Print", in_scope=False, scope_reason="Sold.")
    assert rows(house, "services.in_scope") == [("Wi-Fi", "What it does.", "Ines Okafor", "Brannock Hospitals", "Vital", "Live")]
    assert rows(house, "services.excluded") == [("Print", "Sold.")]


def test_a_proposal_is_spoken_of_only_while_there_is_nothing_else(house: House) -> None:
    house.service("Perhaps")
    assert "Perhaps" in field(house, "scope.sentence").text
    live(house, "Wi-Fi")
    assert "Perhaps" not in field(house, "scope.sentence").text
    assert [cells[0] for cells in rows(house, "services.in_scope")] == ["Wi-Fi"]


def test_f_06_and_s_023_lists_customers_with_type_contacts_and_what_they_use(house: House) -> None:
    assert field(house, "customers.in_scope").is_empty
    wifi, mail = live(house, "Wi-Fi"), live(house, "Mail")
    for service in (wifi, mail):
        add_customer(service, house.brannock, by=house.ruth, channel="page")
    ended = add_customer(mail, house.strand_housing, by=house.ruth, channel="page")
    end_customer(ended, by=house.ruth, channel="page")
    assert rows(house, "customers.in_scope") == [("Brannock Hospitals", "External", "Maeve Dunne (Customer representative)", "Mail, Wi-Fi")]


def test_s_024_one_edit_of_a_customers_name_shows_in_the_list(house: House) -> None:
    add_customer(live(house, "Wi-Fi"), house.brannock, by=house.ruth, channel="page")
    type(house.brannock).objects.filter(pk=house.brannock.pk).update(name="Brannock Trust")
    assert rows(house, "customers.in_scope")[0][0] == "Brannock Trust"


def found(house: House) -> set[str]:
    return {finding.rule.key for finding in queries.scope_faults_of(house.tenant, now())}


def test_s_023_a_live_service_in_scope_that_nobody_gets_is_found(house: House) -> None:
    wifi = live(house, "Wi-Fi")
    assert queries.NOBODY_GETS_IT.key in found(house)
    add_customer(wifi, house.brannock, by=house.ruth, channel="page")
    assert queries.NOBODY_GETS_IT.key not in found(house)
    live(house, "Backup", is_internal=True)
    assert queries.NOBODY_GETS_IT.key not in found(house)


def test_4_3_b_a_scope_without_services_is_found(house: House) -> None:
    assert queries.NOTHING_IN_SCOPE.key in found(house)
    live(house, "Wi-Fi")
    assert queries.NOTHING_IN_SCOPE.key not in found(house)


def test_4_3_d_a_service_that_is_in_scope_and_excluded_is_found(house: House) -> None:
    wifi, draft = live(house, "Wi-Fi"), scope(house)
    add_part(EXCLUSIONS, draft, {"kind": "service", "record": wifi.card, "reason": "Sold."}, by=house.ruth, channel="page")
    assert queries.EXCLUDED_AND_IN.key in found(house)
    amend(wifi, by=house.ruth, channel="page", in_scope=False, scope_reason="Sold.")
    assert queries.EXCLUDED_AND_IN.key not in found(house)
    assert queries.NOT_IN_SCOPE_SILENTLY.key not in found(house)
