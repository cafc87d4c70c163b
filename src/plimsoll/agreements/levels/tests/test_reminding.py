"""Owners of agreements are reminded before reviews and ends: once per distance, in the trail, by the way they chose."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.levels.reminding import remind
from plimsoll.agreements.levels.rules import reminder_due
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.notifications.operations import words_of
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import gate_open
from plimsoll.kernel.records.operations import amend, open_record
from tests.cast import House
from tests.contracts import signed_in, text_of

REVIEW = date(2026, 12, 15)


@pytest.mark.parametrize(
    ("today", "told", "due"),
    [
        ("2026-11-14", (), None),  # 31 days before
        ("2026-11-15", (), 30),
        ("2026-11-20", (30,), None),
        ("2026-12-08", (30,), 7),
        ("2026-12-08", (), 7),  # after a standstill only the nearest
        ("2026-12-10", (7,), None),
        ("2026-12-15", (30, 7), 0),
        ("2027-03-01", (7,), 0),  # long over, and never told
        ("2027-03-01", (0,), None),
    ],
)
def test_when_an_owner_is_reminded(today: str, told: tuple[int, ...], due: int | None) -> None:
    assert reminder_due(REVIEW, date.fromisoformat(today), told) == due


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/London"))


@pytest.mark.django_db
def test_reviews_and_ends_are_told_once_and_anew_when_the_day_changes(house: House) -> None:
    made = open_record(type_named("agreement"), by=house.ruth, channel="page", organization=house.brannock, title="Promised", type="sla")
    values = {"owner": house.dev, "review_on": REVIEW, "valid_until": REVIEW + timedelta(days=3)}
    made = amend(made, by=house.fresh(house.ruth), channel="page", **values)
    parts.watch(made, person=house.ruth, by=house.ruth, channel="page")
    assert remind(house.tenant, noon(REVIEW)) == 0, "a draft is nobody's promise yet"
    with gate_open():
        Agreement.objects.filter(pk=made.pk).update(state="active")
    Notice.objects.all().delete()
    house.dev.grants.update(words=["agreement:read"])
    assert remind(house.tenant, noon(REVIEW - timedelta(days=30))) == 1
    assert remind(house.tenant, noon(REVIEW - timedelta(days=29))) == 0
    assert remind(house.tenant, noon(REVIEW - timedelta(days=5))) == 2
    said = [words_of(n)[1] for n in Notice.objects.filter(person=house.dev, kind="reminder").order_by("id")]
    assert [s.partition(" reminds: ")[2] for s in said] == [
        "the next review is on 2026-12-15.",
        "the next review is on 2026-12-15.",
        "it is valid until 2026-12-18, no longer.",
    ]
    amend(Agreement.objects.get(pk=made.pk), by=house.fresh(house.ruth), channel="page", review_on=REVIEW + timedelta(days=365))
    assert remind(house.tenant, noon(REVIEW)) == 1, "the end alone: a week before"
    assert "reminds: the next review" in text_of(signed_in(house.ruth).get(f"/agreements/{made.number}/trail/"))


@pytest.mark.django_db
def test_outsiders_are_not_reminded_of_our_reviews(house: House) -> None:
    made = open_record(type_named("agreement"), by=house.ruth, channel="page", organization=house.brannock, title="Promised", type="sla")
    amend(made, by=house.fresh(house.ruth), channel="page", owner=house.dev, review_on=REVIEW)
    house.maeve.grants.update(words=["agreement:read", "incident:read"])
    parts.watch(made, person=house.maeve, by=house.ruth, channel="page")
    with gate_open():
        Agreement.objects.filter(pk=made.pk).update(state="active")
    Notice.objects.all().delete()
    assert remind(house.tenant, noon(REVIEW)) == 1
    assert not Notice.objects.filter(person=house.maeve).exists()
