"""What interested parties prove (4.2)."""

from __future__ import annotations

import pytest

from plimsoll.context.interested_parties.models import Party, PartyRequirement
from plimsoll.kernel.lib.time import now
from tests.cast import House
from tests.proving import OF_95, asked, put, short, told

pytestmark = pytest.mark.once


def test_4_2_a_every_sort_and_every_organisation(house: House) -> None:
    empty = asked(house, "4.2-a")
    assert told(empty) == ("does_not", 0, 7), "four sorts; two customers and a supplier"
    assert short(empty) == {house.brannock.pk, house.strand_housing.pk, house.telco.pk}
    customer = put(house, Party, standing="customer", same_as=house.brannock)
    put(house, Party, standing="supplier", same_as=house.telco)
    assert told(asked(house, "4.2-a")) == ("partly", 4, 7)
    put(house, Party, standing="owner")
    put(house, Party, standing="staff")
    assert short(asked(house, "4.2-a")) == {house.strand_housing.pk}
    put(house, Party, standing="customer", same_as=house.strand_housing)
    assert told(asked(house, "4.2-a")) == ("conforms", 7, 7)
    assert asked(house, "4.2-a", attested="ended").verdict == "partly"
    assert short(asked(house, "4.2-a", without=(customer,))) == {house.brannock.pk}


def test_4_2_a_an_organisation_that_is_gone_is_no_party_and_need_be_none(house: House) -> None:
    put(house, Party, standing="supplier", same_as=house.telco)
    gone = asked(house, "4.2-a", without=(f"organization:{house.telco.pk}",))
    assert gone.answer is not None
    assert gone.answer.denominator == 6
    assert house.telco.pk not in short(gone)
    assert gone.answer.numerator == 0, "the sort of suppliers is not named any more"


@pytest.mark.parametrize(("silent", "verdict"), OF_95)
def test_4_2_b_requirements_say_where_they_are_met(house: House, silent: int, verdict: str) -> None:
    party = put(house, Party, standing="staff")
    for n in range(19):
        PartyRequirement.objects.create(
            party=party, kind="other", text=f"Need {n}", how="" if n < silent else "By the policy.", decided_on=now().date()
        )
    finding = asked(house, "4.2-b")
    if silent < 20:
        assert told(finding) == (verdict, 20 - silent, 20), "the party itself, and nineteen requirements"
    assert short(finding) == ({party.pk} if silent else set())


def test_4_2_b_a_party_without_requirements_falls_short_and_none_are_no_evidence(house: House) -> None:
    assert told(asked(house, "4.2-b")) == ("no_evidence", 0, 0)
    silent = put(house, Party, standing="owner")
    put(house, Party, standing="other", state="ended")
    assert told(asked(house, "4.2-b")) == ("does_not", 0, 1)
    assert short(asked(house, "4.2-b")) == {silent.pk}


def test_4_2_b_what_a_record_met_is_open_again_without_it(house: House) -> None:
    party, meets = put(house, Party, standing="owner"), put(house, Party, standing="staff")
    PartyRequirement.objects.create(party=party, kind="other", text="Tell us", addressed_by=meets.card)
    PartyRequirement.objects.create(party=meets, kind="other", text="Ask us", how="In the survey.")
    assert told(asked(house, "4.2-b")) == ("conforms", 4, 4)
    assert told(asked(house, "4.2-b", without=(meets,))) == ("partly", 1, 2)
