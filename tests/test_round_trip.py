"""Every kind goes out and in again: exported with history, brought into an empty tenant, exported once more, the same bytes but for import times."""

from __future__ import annotations

import re
from pathlib import Path

from plimsoll.agreements.levels.tests.test_levels import agreed, reported
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.exchange.commands import write_export
from plimsoll.kernel.exchange.exporting import as_json_line, exported
from plimsoll.kernel.exchange.own import import_own
from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import amend, open_record
from plimsoll.kernel.trail.verify import verify
from plimsoll.resolution.majors.models import MajorIncident, ProcedureStep
from plimsoll.resolution.majors.operations import affect, inform_top, send_update, tick_step
from plimsoll.resolution.requests.models import AccessRight, FulfilmentTask, Request, RequestModel
from plimsoll.resolution.requests.operations import draft_plan, order, put_in_force
from plimsoll.resolution.requests.plan import Plan
from tests.cast import House
from tests.contracts import every_type, paths_of, ready, walk


def lines_of(rt: RecordType, person: Person) -> list[str]:
    return [re.sub(r'"recorded_at":"[^"]*",?', "", as_json_line(line)) for line in exported(rt, by=person, with_history=True)]


def told_in_its_room(house: House, record: Record) -> None:
    """What the room of a kind adds to its records, and exports carry."""
    if isinstance(record, MajorIncident):
        major = record
        for audience in ("customers", "internal"):
            send_update(major, text=f"For {audience}", audience=audience, by=house.ruth, channel="page")
        step = ProcedureStep.objects.filter(major=major).first()
        assert step is not None
        tick_step(step, major, is_done=True, by=house.dev, channel="page")
        inform_top(major, how="Called the director", by=house.ruth, channel="page")
        affect(major, [house.strand_housing], by=house.ruth, channel="page")


def emptied(house: House) -> Person:
    """Another house, empty but for its provider, and who brings something in there."""
    empty = Tenant.objects.create(name="Empty", slug="empty")
    Organization.objects.create(tenant=empty, kind="provider", name="Northmere")
    # Calendars are set up by hand; an import makes none.
    Calendar.objects.create(tenant=empty, name=house.office_hours.name, timezone="Europe/London", week={})
    # People's addresses are unique in a house: those of the first one make room.
    for person in Person.objects.filter(tenant=house.tenant).exclude(email=None):
        Person.objects.filter(pk=person.pk).update(email=f"old-{person.email}")
    return system_person(empty)


def written_out(rt: RecordType, house: House, folder: Path) -> Path:
    file = folder / f"{rt.kind}.jsonl"
    with file.open("wb") as out:
        write_export(rt, out, form="jsonl", with_history=True, by=house.ruth)
    return file


@every_type
def test_a_kind_goes_out_and_in_again_the_same(house: House, rt: RecordType, tmp_path: Path) -> None:
    for n, state in enumerate(paths_of(rt)):
        record = ready(house, rt, n, title=f"There and back {n}", organization=(house.brannock, house.strand_housing)[n % 2])
        parts.comment(record, text=f"Said {n}", is_public=bool(n % 2), by=house.dev, channel="page")
        parts.tag(record, ["there", f"back-{n}"], by=house.dev, channel="page")
        parts.add_check(record, text="Look again", by=house.dev, channel="page", owner=house.ines)
        parts.spend(record, minutes=20, by=house.dev, channel="page")
        amend(type(record).objects.get(pk=record.pk), by=house.ruth, channel="page", title=f"There and back again {n}")
        told_in_its_room(house, record)
        walk(house, rt, record, state, n)
    told = lines_of(rt, house.ruth)
    file = written_out(rt, house, tmp_path)
    other = emptied(house)
    report = import_own(file, kind=rt.kind, by=other)
    assert report.faults == 0, report.shown
    again = lines_of(rt, other)
    assert len(again) == len(told)
    for line, first in zip(again, told, strict=True):
        assert line == first
    assert import_own(file, kind=rt.kind, by=other).unchanged == len(told)
    assert verify().faults == []


def test_what_belongs_together_is_found_again_kind_by_kind(house: House, tmp_path: Path) -> None:
    """A task and an access know their request, and a request its version, where all of them came in."""
    made = order(house.offered("Key", type="access"), {}, by=house.fresh(house.aoife), channel="page")
    access = AccessRight.objects.get(request=made)
    open_record(type_named("fulfilmenttask"), by=house.system, channel="rule", title="Hand it out", request=made, plan_key="hand")
    open_record(type_named("fulfilmenttask"), by=house.system, channel="rule", title="Take it back", access=access)
    files = [written_out(type_named(kind), house, tmp_path) for kind in ("request", "accessright", "fulfilmenttask")]
    told = [line for kind in ("request", "accessright", "fulfilmenttask") for line in lines_of(type_named(kind), house.ruth)]
    other = emptied(house)
    model = open_record(type_named("requestmodel"), by=other, channel="import", title="Key", description="What it is.", type="access")
    assert isinstance(model, RequestModel)
    put_in_force(draft_plan(model, Plan(), by=other, channel="import"), by=other, channel="import")
    for file, kind in zip(files, ("request", "accessright", "fulfilmenttask"), strict=True):
        assert import_own(file, kind=kind, by=other).faults == 0
    request, tasks = Request.objects.get(tenant=other.tenant), FulfilmentTask.objects.filter(tenant=other.tenant).order_by("number")
    assert request.model_version is not None
    assert request.model_version.request_model_id == model.pk
    assert [(t.request_id, t.plan_key) for t in tasks] == [(request.pk, "hand"), (None, "")]
    assert AccessRight.objects.get(tenant=other.tenant).request_id == request.pk
    assert tasks[1].access_id == AccessRight.objects.get(tenant=other.tenant).pk
    assert [line for kind in ("request", "accessright", "fulfilmenttask") for line in lines_of(type_named(kind), other)] == told


def test_an_incident_names_the_agreement_that_covers_it_to_whoever_may_see_that(house: House) -> None:
    agreement = agreed(house, house.office_hours)
    reported(house)
    told = next(exported(type_named("incident"), by=house.ruth))
    assert told["more"] == {"agreement": {"agreement": agreement.reference, "title": agreement.title, "version": 1}}
    assert "more" not in next(exported(type_named("incident"), by=house.ines)), "agents of the cast read no agreements"
