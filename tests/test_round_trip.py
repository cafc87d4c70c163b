"""Every kind goes out and in again: exported with history, brought into an empty tenant, exported once more, the same bytes but for import times."""

from __future__ import annotations

import re
from pathlib import Path

from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.exchange.commands import write_export
from plimsoll.kernel.exchange.exporting import as_json_line, exported
from plimsoll.kernel.exchange.own import import_own
from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.operations import amend
from plimsoll.kernel.trail.verify import verify
from tests.cast import House
from tests.contracts import every_type, paths_of, ready, walk


def lines_of(rt: RecordType, person: Person) -> list[str]:
    return [re.sub(r'"recorded_at":"[^"]*",?', "", as_json_line(line)) for line in exported(rt, by=person, with_history=True)]


@every_type
def test_a_kind_goes_out_and_in_again_the_same(house: House, rt: RecordType, tmp_path: Path) -> None:
    for n, state in enumerate(paths_of(rt)):
        record = ready(house, rt, n, title=f"There and back {n}", organization=(house.brannock, house.strand_housing)[n % 2])
        parts.comment(record, text=f"Said {n}", is_public=bool(n % 2), by=house.dev, channel="page")
        parts.tag(record, ["there", f"back-{n}"], by=house.dev, channel="page")
        parts.add_check(record, text="Look again", by=house.dev, channel="page", owner=house.ines)
        parts.spend(record, minutes=20, by=house.dev, channel="page")
        amend(type(record).objects.get(pk=record.pk), by=house.ruth, channel="page", title=f"There and back again {n}")
        walk(house, rt, record, state, n)
    told = lines_of(rt, house.ruth)
    file = tmp_path / "all.jsonl"
    with file.open("wb") as out:
        write_export(rt, out, form="jsonl", with_history=True, by=house.ruth)
    empty = Tenant.objects.create(name="Empty", slug="empty")
    Organization.objects.create(tenant=empty, kind="provider", name="Northmere")
    # Calendars are set up by hand; an import makes none.
    Calendar.objects.create(tenant=empty, name=house.office_hours.name, timezone="Europe/London", week={})
    # People's addresses are unique in a house: those of the first one make room.
    for person in Person.objects.filter(tenant=house.tenant).exclude(email=None):
        Person.objects.filter(pk=person.pk).update(email=f"old-{person.email}")
    other = system_person(empty)
    report = import_own(file, kind=rt.kind, by=other)
    assert report.faults == 0, report.shown
    again = lines_of(rt, other)
    assert len(again) == len(told)
    for line, first in zip(again, told, strict=True):
        assert line == first
    assert import_own(file, kind=rt.kind, by=other).unchanged == len(told)
    assert verify().faults == []
