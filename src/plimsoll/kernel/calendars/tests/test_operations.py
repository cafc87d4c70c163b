"""Service hours as kept things: sound or refused, in the trail, one default."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.calendars.operations import keep_calendar
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.trail.models import Entry


def test_hours_are_kept_with_an_entry_and_processes_read_them_anew(house: Any) -> None:
    version = house.fresh(house.ruth).tenant.settings_version
    made = keep_calendar(
        by=house.ruth,
        channel="page",
        name="Nights",
        timezone="Europe/London",
        week={"mon": [("22:00", "24:00")], "tue": []},
        holidays=["2026-12-25", "2026-12-24", "2026-12-25"],
        yearly_holidays=["01-01"],
    )
    assert (made.week, made.holidays) == ({"mon": [["22:00", "24:00"]]}, ["2026-12-24", "2026-12-25"])
    assert house.fresh(house.ruth).tenant.settings_version == version + 1
    assert Entry.objects.get(kind="calendar", subject=made.pk).action == "add"
    keep_calendar(by=house.ruth, channel="page", calendar=made, name="Nights")
    assert Entry.objects.filter(kind="calendar", subject=made.pk).count() == 1, "nothing changed, nothing written"


def test_only_one_is_the_default(house: Any) -> None:
    made = keep_calendar(by=house.ruth, channel="page", name="Nights", week={"mon": [("22:00", "24:00")]}, is_default=True)
    assert list(Calendar.objects.filter(tenant=house.tenant, is_default=True)) == [made]
    assert Entry.objects.filter(kind="calendar", subject=house.office_hours.pk).count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Office hours"}, ""),
        ({"timezone": "Atlantis"}, "timezone"),
        ({"week": {"mon": [("18:00", "08:00")]}}, "week"),
        ({"week": {"xyz": [("08:00", "18:00")]}}, "week"),
        ({"holidays": ["2026-02-30"]}, "holidays"),
        ({"yearly_holidays": ["2-2"]}, "yearly_holidays"),
        ({"holidays": [f"2026-01-01-{n}" for n in range(2001)]}, "holidays"),
    ],
)
def test_what_is_not_sound_is_refused_and_nothing_is_written(house: Any, values: dict[str, Any], field: str) -> None:
    before = Entry.objects.count()
    with pytest.raises(Faulty) as refusal:
        keep_calendar(by=house.ruth, channel="page", **{"name": "Nights", "week": {"mon": [("08:00", "18:00")]}, **values})
    assert [f.field for f in refusal.value.faults] == [field]
    assert Calendar.objects.count() == 1 and Entry.objects.count() == before


def test_nobody_changes_another_tenants_hours(house: Any) -> None:
    with pytest.raises(Calendar.DoesNotExist):
        keep_calendar(by=house.fresh(house.mallory), channel="page", calendar=house.office_hours, name="Mine")
