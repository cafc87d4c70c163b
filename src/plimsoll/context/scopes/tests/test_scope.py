"""Units, locations and the scope with a database: writes, guards, what is found, what is filled into documents."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plimsoll.context.parts.operations import add_part, change_part, remove_part
from plimsoll.context.scopes import queries
from plimsoll.context.scopes.models import Exclusion, Milestone, Scope, ScopeResource, Unit
from plimsoll.context.scopes.operations import draft_next
from plimsoll.context.scopes.parts import EXCLUSIONS, MILESTONES
from plimsoll.context.scopes.queries import faults_of
from plimsoll.context.scopes.tests.examples import approved, head, location, scope, unit
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.figures.blanks import Asked, Value, blank_named
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, Refused, amend, move, open_record
from plimsoll.kernel.records.redaction import REPLACEMENT, redact
from plimsoll.kernel.trail.models import Entry
from plimsoll.portfolio.services.operations import add_customer
from tests.api import Caller
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db


def field(house: House, name: str) -> Value:
    blank = blank_named(name)
    assert blank.resolve is not None
    return blank.resolve(Asked(house.tenant, now()))


def cells(house: House, name: str) -> list[tuple[str, ...]]:
    return [row.cells for row in field(house, name).rows]


def rules(house: House) -> set[str]:
    return {finding.rule.key for finding in faults_of(house.tenant, now().date())}


# Units


def test_a_unit_never_belongs_to_itself_not_even_by_way_of_others(house: House) -> None:
    top = unit(house, "Operations")
    middle = unit(house, "Desk", parent=top)
    low = unit(house, "Night desk", parent=middle)
    for wrong in (top, low):
        with pytest.raises(Faulty) as refused:
            amend(top, by=house.ruth, channel="page", parent=wrong)
        assert [fault.field for fault in refused.value.faults] == ["parent"]
    assert amend(low, by=house.ruth, channel="page", parent=top).parent_id == top.pk


def test_a_unit_with_others_in_it_is_not_dissolved(house: House) -> None:
    top = unit(house, "Operations")
    low = unit(house, "Desk", parent=top)
    with pytest.raises(MoveRefused):
        move(top, "dissolve", by=house.ruth, channel="page", note="Merged.")
    move(low, "dissolve", by=house.ruth, channel="page", note="Merged.")
    assert move(top, "dissolve", by=house.ruth, channel="page", note="Merged.").state == "dissolved"


@pytest.mark.parametrize("kind", ["unit", "location", "service"])
def test_s_021_what_is_not_in_scope_says_why(house: House, kind: str) -> None:
    with pytest.raises(Faulty) as refused:
        open_record(type_named(kind), by=house.ruth, channel="page", title="Estates", in_scope=False)
    assert [fault.field for fault in refused.value.faults] == ["scope_reason"]
    assert open_record(type_named(kind), by=house.ruth, channel="page", title="Estates", in_scope=False, scope_reason="Delivers nothing.")


def test_s_020_the_chart_field_shows_exactly_the_flagged_units_with_a_table_twin(house: House) -> None:
    top = unit(house, "Northmere")
    unit(house, "Estates", parent=top, in_scope=False, scope_reason="Delivers nothing.")
    shown = field(house, "units.chart")
    assert shown.svg.count('data-in-scope="yes"') == 1
    assert [row.cells for row in shown.rows] == [("Northmere", "", "yes"), ("Estates", "Northmere", "no")]
    assert field(house, "units.excluded").rows[0].cells == ("Estates", "Delivers nothing.")


def test_f_07_lists_the_units_in_scope_with_who_leads_them(house: House) -> None:
    assert field(house, "units.in_scope").is_empty
    top = unit(house, "Northmere", head=house.ruth)
    unit(house, "Desk", parent=top, description="Answers.")
    unit(house, "Estates", in_scope=False, scope_reason="Delivers nothing.")
    move(unit(house, "Old", parent=top), "dissolve", by=house.ruth, channel="page", note="Gone.")
    assert cells(house, "units.in_scope") == [("Northmere", "", "Ruth Castellano", ""), ("Desk", "Northmere", "", "Answers.")]


def test_the_sentence_names_the_highest_units_that_are_whole(house: House) -> None:
    top = unit(house, "Northmere")
    operations = unit(house, "Operations", parent=top)
    unit(house, "Desk", parent=operations)
    assert [u.title for u in queries.named_units(queries.units_of(house.tenant))] == ["Northmere"]
    unit(house, "Estates", parent=top, in_scope=False, scope_reason="Delivers nothing.")
    assert [u.title for u in queries.named_units(queries.units_of(house.tenant))] == ["Operations"]


# Locations


def test_s_022_a_location_in_scope_without_an_address_is_found(house: House) -> None:
    place = location(house, "Harbour House")
    assert queries.WITHOUT_ADDRESS.key in rules(house)
    place = amend(place, by=house.ruth, channel="page", address="12 Harbour Row")
    assert queries.WITHOUT_ADDRESS.key not in rules(house)
    amend(place, by=house.ruth, channel="page", address="", in_scope=False, scope_reason="Empty.")
    assert queries.WITHOUT_ADDRESS.key not in rules(house)


def test_f_05_lists_the_locations_in_scope_with_their_address_and_what_is_delivered_from_them(house: House) -> None:
    assert field(house, "locations.in_scope").is_empty
    place = location(house, "Harbour House", address="12 Harbour Row\nFloor 2", postcode="NM1 2PL", place="Northmere", country="United Kingdom")
    parts.link(place, "supports", house.service("Wi-Fi"), by=house.ruth, channel="page")
    location(house, "Ward", customer=house.brannock, address="Infirmary Hill")
    location(house, "Store", in_scope=False, scope_reason="Furniture only.")
    assert cells(house, "locations.in_scope") == [("Harbour House", "12 Harbour Row, Floor 2, NM1 2PL Northmere, United Kingdom", "Wi-Fi")]
    assert cells(house, "locations.of_customers") == [("Brannock Hospitals", "Ward", "Infirmary Hill")]
    assert cells(house, "locations.excluded") == [("Store", "Furniture only.")]
    source = field(house, "locations.in_scope").rows[0].source
    assert source is not None
    assert (source.label, source.href) == (f"{place.reference} Harbour House", f"/locations/{place.number}/")


def test_a_location_of_a_supplier_is_no_customers(house: House) -> None:
    with pytest.raises(Faulty) as refused:
        location(house, "Depot", customer=house.telco)
    assert [fault.field for fault in refused.value.faults] == ["customer"]


# The scope


def test_s_120_a_scope_is_submitted_only_with_all_four_blocks(house: House) -> None:
    bare = scope(house, is_whole=False)
    with pytest.raises(MoveRefused) as refused:
        move(bare, "submit", by=house.ruth, channel="page")
    said = " ".join(refused.value.reasons)
    assert "Say whether location bounds the scope." in said
    assert "the timeline: at least one milestone" in said
    assert move(scope(house, "Whole"), "submit", by=house.ruth, channel="page").state == "in_review"


def test_w_sod_1_whoever_wrote_it_last_does_not_approve_it_also_by_a_part(house: House) -> None:
    reviewed = move(scope(house), "submit", by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match="Nobody approves what they wrote last"):
        move(reviewed, "approve", by=house.ruth, channel="page")
    assert move(reviewed, "approve", by=head(house), channel="page").approved_by_id == house.ines.pk


def test_one_scope_is_approved_at_a_time(house: House) -> None:
    first = approved(house, scope(house, "First"))
    second = draft_next(first, by=house.ruth, channel="page")
    assert (second.state, second.title, second.location_text) == ("draft", "First", first.location_text)
    assert [(e.kind, e.text, e.reason) for e in second.exclusions.all()] == [("other", "Print shop", "It was sold.")]
    assert (second.milestones.count(), second.resources.count()) == (1, 1)
    assert queries.current_scope(house.tenant) == first
    approved(house, second)
    first.refresh_from_db()
    assert first.state == "superseded"
    assert queries.current_scope(house.tenant) == second
    ended = Entry.objects.filter(card_id=first.pk, action="supersede").get()
    assert ended.channel == "rule"


def test_what_is_approved_stays_as_it_was_but_its_milestones_are_still_reached(house: House) -> None:
    held = approved(house, scope(house))
    with pytest.raises(Faulty):
        amend(held, by=house.ruth, channel="page", location_text="Elsewhere.")
    assert amend(held, by=house.ruth, channel="page", owner=house.dev).owner_id == house.dev.pk
    with pytest.raises(Faulty):
        add_part(EXCLUSIONS, held, {"kind": "other", "text": "More", "reason": "Because."}, by=house.ruth, channel="page")
    milestone = Milestone.objects.get(scope=held)
    with pytest.raises(Faulty):
        change_part(MILESTONES, milestone, {"due_on": date(2032, 1, 1)}, by=house.ruth, channel="page")
    change_part(MILESTONES, milestone, {"due_on": milestone.due_on, "done_on": date(2031, 2, 1)}, by=house.ruth, channel="page")
    assert Milestone.objects.get(scope=held).done_on == date(2031, 2, 1)


def test_no_move_changes_what_was_reviewed(house: House) -> None:
    reviewed = move(scope(house), "submit", by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match="not with this step"):
        move(reviewed, "approve", by=_everything(house), channel="page", fields={"location_text": "Elsewhere."})


def _everything(house: House) -> Any:
    Grant.objects.create(tenant=house.tenant, person=house.dev, words=["*:*"], role_name="Everything", started_at=now())
    return house.fresh(house.dev)


def test_s_018_toggling_a_service_out_of_scope_changes_the_sentence_and_the_approved_one_stays(house: House) -> None:
    wifi, mail = house.service("Wi-Fi"), house.service("Mail")
    held = approved(house, scope(house))
    assert "covers the IT services Mail and Wi-Fi" in held.sentence
    amend(wifi, by=house.ruth, channel="page", in_scope=False, scope_reason="Run by the building.")
    now_reads = field(house, "scope.sentence")
    assert "covers the IT services Mail." in now_reads.text
    assert "Not in scope: Wi-Fi and Print shop." in now_reads.text
    assert {mail.pk, wifi.pk, held.pk} <= {source.pk for source in now_reads.all_sources()}
    held.refresh_from_db()
    assert "Wi-Fi" in held.sentence
    page = text_of(signed_in(house.ruth).get("/scope/"))
    assert "The records have changed since this was approved." in page
    assert "Run by the building." in page


def test_f_03_the_sentence_is_empty_while_no_service_is_in_scope(house: House) -> None:
    assert field(house, "scope.sentence").is_empty


def test_f_03_and_4_3_b_the_sentence_names_the_organisation_units_places_customers_and_technology(house: House) -> None:
    wifi: Any = house.service("Wi-Fi")
    add_customer(wifi, house.brannock, by=house.ruth, channel="page")
    unit(house, "Operations")
    location(house, "Harbour House")
    scope(house, service_kind="network", technology_text="everything with a plug", is_whole=True)
    assert field(house, "scope.sentence").text == (
        "The service management system of Northmere covers the network services Wi-Fi, managed and delivered by Operations, from Harbour House, "
        "for Brannock Hospitals. Technology in scope: everything with a plug. Not in scope: Print shop."
    )


def test_f_04_lists_the_dimensions_that_were_answered(house: House) -> None:
    assert field(house, "scope.dimensions").is_empty
    scope(house, technology_answer="irrelevant", technology_text="All alike.")
    assert cells(house, "scope.dimensions") == [
        ("Location", "Considered", "What location means."),
        ("Customers", "Considered", "What customers means."),
        ("Location of customers", "Considered", "What customer_location means."),
        ("Technology", "Sets no bounds", "All alike."),
    ]
    assert field(house, "scope.considered").text == "location, customers and location of customers"


def test_f_08_the_kind_of_services_is_filled_in(house: House) -> None:
    assert field(house, "scope.service_kind").is_empty
    scope(house, service_kind="print")
    assert field(house, "scope.service_kind").text == "print"


def test_s_120_exclusions_timeline_and_resources_are_filled_in(house: House) -> None:
    for name in ("scope.exclusions", "scope.milestones", "scope.resources"):
        assert field(house, name).is_empty
    scope(house)
    assert cells(house, "scope.exclusions") == [("Something else", "Print shop", "It was sold.")]
    assert cells(house, "scope.milestones") == [("Policy in force", "1 March 2031", "not yet")]
    assert cells(house, "scope.resources") == [("People", "SMS manager", "1 post")]


def test_4_3_c_the_approval_is_filled_in_and_its_lack_is_found(house: House) -> None:
    assert queries.NOT_APPROVED.key in rules(house)
    draft = scope(house)
    assert queries.NOT_APPROVED.key in rules(house)
    assert field(house, "scope.approval").is_empty
    approved(house, draft)
    assert queries.NOT_APPROVED.key not in rules(house)
    assert field(house, "scope.approval").text.startswith(f"{draft.reference}, approved by Ines Okafor on ")
    assert not field(house, "scope.since").is_empty


def test_4_3_a_a_scope_that_names_no_issue_and_no_party_is_found(house: House) -> None:
    draft = scope(house)
    assert queries.NOT_GROUNDED.key in rules(house)
    for kind in ("contextissue", "party"):
        parts.link(draft, "relates to", house.record(type_named(kind)), by=house.ruth, channel="page")
    assert queries.NOT_GROUNDED.key not in rules(house)


def test_s_120_a_milestone_past_its_day_is_found(house: House) -> None:
    draft = scope(house)
    add_part(MILESTONES, draft, {"name": "Late", "due_on": now().date() - timedelta(days=1)}, by=house.ruth, channel="page")
    assert queries.MILESTONE_LATE.key in rules(house)


# Parts


def test_an_exclusion_names_a_record_of_its_kind_or_says_in_words(house: House) -> None:
    draft, wifi = scope(house, is_whole=False), house.service("Wi-Fi")
    for wrong, at in (({"kind": "other", "reason": "x"}, "text"), ({"kind": "unit", "record": wifi.card, "reason": "x"}, "record")):
        with pytest.raises(Faulty) as refused:
            add_part(EXCLUSIONS, draft, wrong, by=house.ruth, channel="page")
        assert [fault.field for fault in refused.value.faults] == [at]
    with pytest.raises(Faulty) as refused:
        add_part(EXCLUSIONS, draft, {"kind": "service", "record": wifi.card}, by=house.ruth, channel="page")
    assert [fault.field for fault in refused.value.faults] == ["reason"]
    made = add_part(EXCLUSIONS, draft, {"kind": "service", "record": wifi.card, "reason": "Not ours."}, by=house.ruth, channel="page")
    assert str(made) == "Wi-Fi"
    entry = Entry.objects.filter(card_id=draft.pk, action="add exclusion").get()
    assert "Not ours." not in entry.changes  # people's words are concealed, and erasable
    remove_part(EXCLUSIONS, made, by=house.ruth, channel="page")
    assert Exclusion.objects.count() == 0
    assert Entry.objects.filter(card_id=draft.pk, action="remove exclusion").exists()


def test_parts_are_written_by_whoever_may_amend_and_nobody_else(house: House) -> None:
    draft = scope(house)
    with pytest.raises(Refused):
        add_part(EXCLUSIONS, draft, {"kind": "other", "text": "x", "reason": "x"}, by=house.greta, channel="page")
    page = signed_in(house.greta).post(f"/scopes/{draft.number}/exclusions/", {"kind": "other", "text": "x", "reason": "x"})
    assert page.status_code == 403
    assert signed_in(house.greta).get(f"/scopes/{draft.number}/exclusions/").status_code == 200
    assert signed_in(house.mallory).get(f"/scopes/{draft.number}/exclusions/").status_code == 404
    assert signed_in(house.aoife).get(f"/scopes/{draft.number}/exclusions/").status_code == 404


def test_parts_are_entered_changed_and_taken_away_on_their_page(house: House) -> None:
    draft, wifi = scope(house, is_whole=False), house.service("Wi-Fi")
    client, where = signed_in(house.ruth), f"/scopes/{draft.number}/exclusions/"
    assert "Nothing is excluded so far." in text_of(client.get(where))
    refused = client.post(where, {"kind": "service", "record": "SVC-999", "reason": "x"})
    assert refused.status_code == 422
    assert "There is no such record" in text_of(refused)
    assert client.post(where, {"kind": "service", "record": wifi.reference, "reason": "Not ours."}).status_code == 302
    part = Exclusion.objects.get(scope=draft)
    assert part.record_id == wifi.pk
    assert client.post(where, {"change": str(part.pk), "kind": "service", "record": wifi.reference, "reason": ""}).status_code == 422
    assert client.post(where, {"change": str(part.pk), "kind": "service", "record": wifi.reference, "reason": "Sold."}).status_code == 302
    part.refresh_from_db()
    assert part.reason == "Sold."
    assert "Sold." in text_of(client.get(f"/scopes/{draft.number}/"))
    assert client.post(where, {"remove": str(part.pk)}).status_code == 302
    assert not Exclusion.objects.exists()
    assert client.post(where, {"remove": "999999"}).status_code == 404


def test_parts_are_entered_changed_and_taken_away_by_the_api(house: House) -> None:
    draft, wifi = scope(house, is_whole=False), house.service("Wi-Fi")
    caller = Caller(house.fresh(house.ruth))
    where = f"scopes/{draft.number}/exclusions"
    made = caller.post(where, {"kind": "service", "record": wifi.reference, "reason": "Not ours."})
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["record"], told["reason"]) == (wifi.reference, "Not ours.")
    assert caller.get(where).json()["items"] == [told]
    assert caller.patch(f"{where}/{told['id']}", {"reason": "Sold."}).json()["reason"] == "Sold."
    assert caller.post(where, {"kind": "service", "record": "SVC-999", "reason": "x"}).status_code == 422
    assert caller.post(where, {"kind": "nonsense", "text": "x", "reason": "x"}).status_code == 422
    due = caller.post(f"scopes/{draft.number}/milestones", {"name": "Policy", "due_on": "2031-03-01"})
    assert due.json()["due_on"] == "2031-03-01"
    assert caller.post(f"scopes/{draft.number}/milestones", {"name": "Policy", "due_on": "soon"}).status_code == 422
    assert caller.delete(f"{where}/{told['id']}").status_code == 204
    assert caller.get(where).json()["items"] == []


def test_words_of_parts_are_redacted_with_those_of_the_scope(house: House) -> None:
    draft = scope(house)
    part = Exclusion.objects.get(scope=draft)
    redact(draft, by=house.ruth, channel="page", reason="By order.", words=[f"exclusion_reason-{part.pk}"])
    assert Exclusion.objects.get(scope=draft).reason == REPLACEMENT
    assert not any("It was sold." in str(e.detail.values) for e in Entry.objects.filter(card_id=draft.pk) if hasattr(e, "detail"))


# The page, and what it costs


def test_the_page_of_the_scope_shows_what_is_open_and_begins_empty(house: House) -> None:
    client = signed_in(house.ruth)
    assert "There is no scope yet." in text_of(client.get("/scope/"))
    approved(house, scope(house))
    unit(house, "Operations")
    page = text_of(client.get("/scope/"))
    for text in ("Print shop", "Policy in force", "SMS manager", "Operations · in scope", "What is open"):
        assert text in page
    assert signed_in(house.aoife).get("/scope/").status_code == 403
    assert signed_in(house.sam).get("/scope/").status_code == 403
    assert "Print shop" not in text_of(signed_in(house.mallory).get("/scope/"))


def test_the_next_scope_is_drafted_from_the_page(house: House) -> None:
    held = approved(house, scope(house))
    client = signed_in(house.ruth)
    assert "Draft it" in text_of(client.get(f"/scopes/{held.number}/next/"))
    answer = client.post(f"/scopes/{held.number}/next/")
    made = Scope.objects.get(state="draft")
    assert answer.headers["Location"] == f"/scopes/{made.number}/"
    assert ScopeResource.objects.filter(scope=made).count() == 1
    assert signed_in(house.greta).get(f"/scopes/{held.number}/next/").status_code == 403


NAMES = ("scope.sentence", "scope.exclusions", "units.in_scope", "units.chart", "locations.in_scope", "services.in_scope", "customers.in_scope")


def cost(house: House, name: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        field(house, name)
    return len(seen)


@pytest.mark.parametrize("name", NAMES)
def test_a_field_costs_the_same_however_much_there_is(house: House, name: str) -> None:
    def more(n: int) -> None:
        made = unit(house, f"Unit {n}", in_scope=bool(n % 2), scope_reason="x")
        unit(house, f"Below {n}", parent=made)
        place = location(house, f"Place {n}", address="There")
        parts.link(place, "supports", house.service(f"Service {n}"), by=house.ruth, channel="page")

    scope(house)
    more(0)
    field(house, name)
    few = cost(house, name)
    for n in range(1, 4):
        more(n)
    assert cost(house, name) == few


def test_a_thousand_units_resolve_in_no_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    one = unit(house, "One")
    ours = {"tenant": house.tenant, "organization": one.organization}
    many = [Unit(pk=n, title=f"Unit {n}", number=n, parent_id=n // 2 or None, **ours) for n in range(1, 1001)]
    monkeypatch.setattr("plimsoll.context.scopes.fields.units_of", lambda tenant: many)
    field(house, "units.chart")
    start = time.perf_counter()
    assert len(field(house, "units.chart").rows) == 1000
    assert time.perf_counter() - start < 0.5
