"""What every record type keeps: walls, one write path, projections, custom fields. Walks the registry, so the next type is tested already."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import customs, parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import OutsideTheWrites, Record, Share
from plimsoll.kernel.records.operations import MoveRefused, Refused, StaleRecord, amend, move
from plimsoll.kernel.records.permissions import may, why
from plimsoll.kernel.records.projections import projections
from plimsoll.kernel.records.queries import find_by_reference, keyset_page, visible_cards
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.search.queries import find
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.trail.verify import verify
from plimsoll.kernel.workflow import ENDED_CATEGORIES
from tests.cast import House
from tests.contracts import every_type


def seen_by(house: House, who: str, record: Record) -> list[str]:
    """Every way in which a person could learn of a record, by name; empty when it is as if it were not there."""
    person = house.fresh(getattr(house, who))
    ways = {
        "rows": type(record).objects.visible_to(person).filter(pk=record.pk).exists(),
        "list": any(row.pk == record.pk for row in keyset_page(type(record).objects.parts_visible_to(person), "-changed_at").rows),
        "cards": any(part.filter(pk=record.pk).exists() for part in visible_cards(person)),
        "number": find_by_reference(person, record.reference) is not None,
        "search": any(hit.card.pk == record.pk for hit in find(person, record.reference).hits) or find(person, record.reference).jump is not None,
        "may": may(person, f"{record.kind}:read", record),
        "why": bool(why(person, f"{record.kind}:read", record)),
    }
    return [name for name, is_seen in ways.items() if is_seen]


@every_type
def test_the_declaration_is_sound(rt: RecordType) -> None:
    assert rt.faults_of_declaration() == []
    assert rt.workflow.reachable() == {state.name for state in rt.workflow.states}


@every_type
def test_the_other_tenant_the_other_customer_the_supplier_and_whoever_has_no_role_see_nothing(rt: RecordType, house: House) -> None:
    record = house.record(rt, organization=house.brannock)
    assert seen_by(house, "ruth", record), "the manager sees it"
    for who in ("mallory", "strand", "sam", "nobody"):
        assert seen_by(house, who, record) == [], who


@every_type
def test_all_ways_of_seeing_agree(rt: RecordType, house: House) -> None:
    record = house.record(rt, organization=house.brannock)
    everything = seen_by(house, "ruth", record)
    for who in ("ines", "greta", "maeve", "aoife", "sam", "nobody", "mallory"):
        assert seen_by(house, who, record) in ([], everything), who


@every_type
def test_a_share_gives_sight_and_no_more(rt: RecordType, house: House) -> None:
    record = house.record(rt, organization=house.strand_housing)
    everything = seen_by(house, "ruth", record)
    Share.objects.create(card_id=record.pk, person=house.maeve, why="participant")
    may_read_the_kind = not reach(house.fresh(house.maeve), f"{rt.kind}:read").is_empty
    assert seen_by(house, "maeve", record) == (everything if may_read_the_kind else [])
    with pytest.raises(Refused):
        parts.comment(record, text="Mine too", is_public=True, by=house.fresh(house.maeve), channel="page")
    Share.objects.update(until=now())
    assert seen_by(house, "maeve", record) == []


@every_type
def test_a_classified_record_is_seen_by_name_or_by_class_only(rt: RecordType, house: House) -> None:
    type(house.tenant).objects.update(settings={"classes_used": True})
    record = house.record(rt, organization=house.brannock, access_class="security")
    assert [who for who in ("ruth", "ines", "greta", "maeve", "aoife") if seen_by(house, who, record)] == []
    Share.objects.create(card_id=record.pk, person=house.greta, why="participant")
    Grant.objects.create(
        tenant=house.tenant, person=house.dev, words=["class:security", f"{rt.kind}:read"], role_name="Security manager", started_at=now()
    )
    assert len(seen_by(house, "greta", record)) == len(seen_by(house, "dev", record)) == 7
    assert seen_by(house, "ruth", record) == []


@every_type
def test_a_reader_changes_nothing(rt: RecordType, house: House) -> None:
    record = house.record(rt)
    before = Entry.objects.filter(card=record.pk).count()
    greta = house.fresh(house.greta)
    acts: list[Any] = [
        lambda: amend(record, by=greta, channel="page", title="Changed by a reader"),
        lambda: parts.comment(record, text="Hello", is_public=True, by=greta, channel="page"),
        lambda: parts.tag(record, ["seen"], by=greta, channel="page"),
        *[lambda m=m: move(record, m.name, by=greta, channel="page", note="No.") for m in rt.workflow.moves_from(record.state)],
    ]
    for act in acts:
        with pytest.raises((Refused, Faulty, MoveRefused)) as refused:
            act()
        assert isinstance(refused.value, Refused), refused.value
    fresh = type(record).objects.get(pk=record.pk)
    assert (fresh.title, fresh.state, fresh.version) == (record.title, record.state, record.version)
    assert Entry.objects.filter(card=record.pk).count() == before


@every_type
def test_it_is_written_by_the_writes_only(rt: RecordType, house: House) -> None:
    record = house.record(rt)
    for act in (
        record.save,
        record.delete,
        type(record).objects.filter(pk=record.pk).delete,
        lambda: type(record).objects.filter(pk=record.pk).update(title="x"),
        lambda: type(record).objects.bulk_create([record]),
    ):
        with pytest.raises(OutsideTheWrites):
            act()


@every_type
def test_an_edit_of_an_old_version_is_refused_and_a_comment_never_conflicts(rt: RecordType, house: House) -> None:
    record = house.record(rt)
    parts.comment(record, text="Said meanwhile.", is_public=True, by=house.ruth, channel="page")
    changed = amend(record, by=house.ruth, channel="page", version=record.version, title="First")
    assert changed.version == record.version + 1
    with pytest.raises(StaleRecord) as stale:
        amend(record, by=house.ruth, channel="page", version=record.version, title="Second")
    assert stale.value.current.title == "First"


@every_type
def test_projections_follow_every_write_and_can_be_made_anew(rt: RecordType, house: House) -> None:
    record = house.record(rt)
    record = amend(record, by=house.ruth, channel="page", title="Another title čćž")
    parts.comment(record, text="A note about cables", is_public=False, by=house.ruth, channel="page")
    for arrow in rt.workflow.moves_from(record.state):
        try:
            record = move(record, arrow.name, by=house.ruth, channel="page", note="On we go.")
            break
        except MoveRefused:
            continue
    for again in (False, True):
        fresh = type(record).objects.select_related("card", "tenant").get(pk=record.pk)
        for projection in projections():
            if again:
                projection.build(fresh)
                fresh = type(record).objects.select_related("card", "tenant").get(pk=record.pk)
            assert projection.compare(fresh) == [], projection.name
    assert verify().is_sound


@every_type
def test_a_change_that_changes_nothing_leaves_no_entry(rt: RecordType, house: House) -> None:
    record = house.record(rt)
    same = amend(record, by=house.ruth, channel="page", title=record.title)
    assert same.version == record.version
    assert Entry.objects.filter(card=record.pk).count() == 1


@every_type
def test_numbers_are_never_given_twice(rt: RecordType, house: House) -> None:
    numbers = [house.record(rt).number for _ in range(3)]
    assert numbers == sorted(set(numbers))
    assert Card.objects.filter(kind=rt.kind).values("number").distinct().count() == 3


@every_type
def test_unknown_fields_and_things_of_another_tenant_are_refused_with_a_sentence(rt: RecordType, house: House) -> None:
    record = house.record(rt)
    with pytest.raises(Faulty) as unknown:
        amend(record, by=house.ruth, channel="page", colour="blue")
    assert unknown.value.faults[0].field == "colour"
    for name, target in rt.foreign.items():
        if target.__name__ == "Person":
            with pytest.raises(Faulty) as foreign:
                amend(record, by=house.ruth, channel="page", **{name: house.mallory.pk})
            assert foreign.value.faults[0].field == name
    assert type(record).objects.get(pk=record.pk).version == record.version


@every_type
def test_work_is_given_to_nobody_of_a_customer(rt: RecordType, house: House) -> None:
    record = house.record(rt)
    refused = "works for a customer" if "owner" in rt.fields else "no such field"  # what nobody is given needs no such rule
    with pytest.raises(Faulty, match=refused):
        amend(record, by=house.fresh(house.ruth), channel="api", owner=house.aoife.pk)
    if "owner" in rt.fields:
        amend(record, by=house.fresh(house.ruth), channel="api", owner=house.sam.pk)


@every_type
def test_the_three_walls_hold_for_parts(rt: RecordType, house: House) -> None:
    record = house.record(rt, organization=house.brannock)
    for who in ("mallory", "strand", "sam", "nobody"):
        person = house.fresh(getattr(house, who))
        for act in (
            lambda p=person: parts.comment(record, text="x", is_public=True, by=p, channel="api"),
            lambda p=person: parts.watch(record, by=p, channel="api"),
            lambda p=person: parts.attach(record, name="a.txt", content=b"x", is_public=True, by=p, channel="api"),
            lambda p=person: parts.add_check(record, text="x", by=p, channel="api"),
            lambda p=person: parts.spend(record, minutes=5, by=p, channel="api"),
        ):
            with pytest.raises(Refused):
                act()
    assert Entry.objects.filter(card=record.pk).count() == 1


VALUES: list[tuple[str, Any, Any]] = [
    ("text", "Ward 3B", "x" * 2001),
    ("choice", "Floor 1", "Floor 9"),
    ("number", 12.5, "many"),
    ("date", "2026-11-21", "tomorrow"),
    ("person", "ines", 10**15),
]


@every_type
@pytest.mark.parametrize(("type_", "good", "bad"), VALUES, ids=[v[0] for v in VALUES])
def test_a_custom_field_is_checked_told_renamed_and_retired_without_loss(rt: RecordType, house: House, type_: str, good: Any, bad: Any) -> None:
    field = customs.define_custom_field(
        tenant=house.tenant,
        kind=rt.kind,
        name="place",
        label="Place",
        type=type_,
        by=house.ruth,
        channel="page",
        choices=["Floor 1", "Floor 2"] if type_ == "choice" else None,
    )
    ruth = house.fresh(house.ruth)
    value = house.ines.pk if good == "ines" else good
    record = house.record(rt, by=ruth)
    record = amend(record, by=ruth, channel="page", extra={"place": value})
    assert record.extra["place"] == value
    with pytest.raises(Faulty) as wrong:
        amend(record, by=ruth, channel="page", extra={"place": bad})
    assert wrong.value.faults[0].field == "extra.place"
    customs.amend_custom_field(field, by=ruth, channel="page", label="Where")
    customs.retire_custom_field(field, by=ruth, channel="page")
    ruth = house.fresh(house.ruth)
    record = amend(record, by=ruth, channel="page", title="Its value stays")
    assert record.extra["place"] == value
    with pytest.raises(Faulty, match="retired"):
        amend(record, by=ruth, channel="page", extra={"place": value if type_ != "choice" else "Floor 2"})
    assert verify().is_sound


@every_type
def test_a_custom_field_can_be_required_in_a_state(rt: RecordType, house: House) -> None:
    record = house.record(rt)
    arrow = (
        next(m for m in rt.workflow.moves_from(record.state) if not m.guards)
        if any(not m.guards for m in rt.workflow.moves_from(record.state))
        else rt.workflow.moves_from(record.state)[0]
    )
    customs.define_custom_field(
        tenant=house.tenant,
        kind=rt.kind,
        name="cost_centre",
        label="Cost centre",
        type="text",
        by=house.ruth,
        channel="page",
        required_in=[arrow.target],
    )
    ruth = house.fresh(house.ruth)
    with pytest.raises(MoveRefused, match="Cost centre"):
        move(record, arrow.name, by=ruth, channel="page", note="Without it.")
    assert type(record).objects.get(pk=record.pk).state == record.state


@every_type
def test_an_organization_renames_states_and_adds_its_own(rt: RecordType, house: House) -> None:
    from plimsoll.kernel.records.workflows import change_workflow  # noqa: PLC0415 (one test)

    first = rt.workflow.moves_from(rt.workflow.initial)[0]
    change_workflow(
        tenant=house.tenant,
        kind=rt.kind,
        by=house.ruth,
        channel="page",
        changes={
            "labels": {rt.workflow.initial: "Just in"},
            "states": [{"name": "parked", "category": "waiting", "label": "Parked"}],
            "moves": [{"name": "park", "sources": [rt.workflow.initial], "target": "parked"}],
            "extend": {first.name: ["parked"]},
        },
    )
    ruth = house.fresh(house.ruth)
    flow = workflow_of(ruth.tenant, rt.kind)
    assert flow.state(rt.workflow.initial).label == "Just in"
    record = house.record(rt, by=ruth)
    record = move(record, "park", by=ruth, channel="page")
    assert (record.state, record.category, record.is_open) == ("parked", "waiting", "waiting" not in ENDED_CATEGORIES)
    assert first in [m for m in (flow.move(first.name),)] or "parked" in flow.move(first.name).sources
