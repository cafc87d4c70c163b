"""What the service management policy proves (5.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.kernel.documents.models import Document, Reading
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from tests.cast import House
from tests.proving import OF_90, asked, document, set_to, short, told

pytestmark = pytest.mark.once
PROMISES = "# Commitments\n\n> [S1] We meet what is required. {tags: requirements}\n\n> [S2] We keep improving. {tags: improvement}\n"


def policy(house: House, source: str = PROMISES, **values: str) -> Document:
    return document(house, "sms-policy", source=source, sort="policy", **values)


def reading(house: House, of: Document, person: Person, *, is_read: bool = True) -> Reading:
    moment = now()
    version = of.versions.get()
    return Reading.objects.create(version=version, person=person, asked_at=moment, due_on=moment.date(), read_at=moment if is_read else None)


def people(house: House, n: int) -> list[Person]:
    return Person.objects.bulk_create(
        Person(tenant=house.tenant, organization=house.provider, name=f"Reader {i}", email=f"r{i}.{house.tenant.pk}@here.example") for i in range(n)
    )


def test_5_2_1_c_both_promises_are_made(house: House) -> None:
    assert told(asked(house, "5.2.1-c")) == ("does_not", 0, 1)
    kept = policy(house)
    assert told(asked(house, "5.2.1-c")) == ("conforms", 2, 2)
    assert asked(house, "5.2.1-c", attested="missing").verdict == "partly"
    assert asked(house, "5.2.1-c", without=(kept,)).verdict == "does_not"


@pytest.mark.parametrize(
    ("source", "verdict", "n"), [(PROMISES.replace("improvement", "value"), "partly", 1), ("# Nothing\n\nWords.\n", "does_not", 0)]
)
def test_5_2_1_c_a_promise_that_is_missing(house: House, source: str, verdict: str, n: int) -> None:
    kept = policy(house, source)
    assert told(asked(house, "5.2.1-c")) == (verdict, n, 2)
    assert short(asked(house, "5.2.1-c")) == {kept.pk}


@pytest.mark.parametrize(("silent", "verdict"), OF_90)
def test_5_2_2_a_readers_said_that_they_read_it(house: House, silent: int, verdict: str) -> None:
    kept, asked_of = policy(house), people(house, 20)
    for n, person in enumerate(asked_of):
        reading(house, kept, person, is_read=n >= silent)
    finding = asked(house, "5.2.2-a")
    assert told(finding) == (verdict, 20 - silent, 20)
    assert short(finding) == {person.pk for person in asked_of[:silent]}


def test_5_2_2_a_nothing_to_read_or_nobody_asked_is_a_gap(house: House) -> None:
    assert told(asked(house, "5.2.2-a")) == ("does_not", 0, 1)
    draft = document(house, "sms-policy", is_in_force=False, state="draft")
    assert short(asked(house, "5.2.2-a")) == {draft.pk}, "a draft is no evidence"
    kept = policy(house)
    assert told(asked(house, "5.2.2-a")) == ("does_not", 0, 1)
    assert short(asked(house, "5.2.2-a")) == {kept.pk}
    row = reading(house, kept, house.ines)
    assert asked(house, "5.2.2-a").verdict == "conforms"
    set_to(row, dropped_at=now())
    assert asked(house, "5.2.2-a").verdict == "does_not", "they belong to its readers no more"


def test_5_2_2_a_who_leaves_is_no_reader_any_more_and_tomorrow_s_reading_is_none_yet(house: House) -> None:
    kept = policy(house)
    reading(house, kept, house.ines, is_read=False)
    reading(house, kept, house.dev)
    assert told(asked(house, "5.2.2-a")) == ("partly", 1, 2)
    assert told(asked(house, "5.2.2-a", without=(f"person:{house.ines.pk}",))) == ("conforms", 1, 1)
    assert asked(house, "5.2.2-a", at=now() - timedelta(hours=1)).verdict == "does_not"


@pytest.mark.parametrize(
    ("level", "outside", "reason", "expected"),
    [
        ("public", "both", "", ("conforms", 2, 2)),
        ("public", "customer", "", ("partly", 1, 2)),
        ("public", "customer", "Suppliers get the contract.", ("conforms", 2, 2)),
        ("internal", "both", "", ("does_not", 0, 2)),
        ("internal", "nobody", "", ("does_not", 0, 2)),
        ("internal", "nobody", "It names clients.", ("conforms", 2, 2)),
        ("public", "", "", ("does_not", 0, 2)),
    ],
)
def test_5_2_2_b_who_outside_may_read_it(house: House, level: str, outside: str, reason: str, expected: tuple[str, int, int]) -> None:
    assert told(asked(house, "5.2.2-b")) == ("does_not", 0, 1), "there is none"
    kept = policy(house, level=level, outside=outside, outside_reason=reason)
    finding = asked(house, "5.2.2-b")
    assert told(finding) == expected
    assert short(finding) == (set() if expected[0] == "conforms" else {kept.pk})
