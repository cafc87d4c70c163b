"""What a move misses is said at the field that mends it: on the page of one record, in bulk, with the children, and by the API."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from plimsoll.kernel.lib.cache import forget_all
from plimsoll.kernel.lib.faults import Fault
from plimsoll.kernel.records.customs import define_custom_field
from plimsoll.kernel.records.declaration import declared
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.workflow import Refusal, at_field, faults_of, missing
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.operations import add_child
from tests.cast import House, build_house
from tests.test_pages_reading import signed_in


def test_what_is_missing_is_one_sentence_and_a_fault_a_field() -> None:
    said = missing("It needs", ("owner", "an owner", None), ("hours", "service hours", 3), ("body", "a text", ""), ("day", "a day", None))
    assert said == "It needs an owner, a text and a day."
    assert said.faults == (Fault("owner", "It needs an owner."), Fault("body", "It needs a text."), Fault("day", "It needs a day."))
    assert missing("It needs", ("owner", "an owner", 7)) is None
    assert faults_of(["No.", at_field("owner", "Who?"), at_field("", "Whole.")]) == [Fault("owner", "Who?")]
    assert str(Refusal("Read as it is.")) == "Read as it is."


def test_every_field_that_a_guard_names_is_one_that_a_form_may_show() -> None:
    for record_type in declared():
        flow = record_type.workflow
        for guard in {g for m in flow.moves for g in m.guards} | {g for _m, g in flow.optional_guards.values()}:
            facts = guard.__globals__.get(guard.__annotations__["facts"])
            said: Any = guard(facts())
            assert {f.field for f in faults_of([said] if said else [])} <= {*record_type.fields, "note"}, guard.__name__


@pytest.fixture
def house(db: None) -> House:
    forget_all()
    return build_house()


def worked_on(house: House, **values: Any) -> Incident:
    incident = house.incident(service=house.service(), classification=house.category, impact=2, urgency=2, owner=house.ines, **values)
    for step in ("assign", "start"):
        move(incident, step, by=house.ines, channel="page")
    return Incident.objects.get(pk=incident.pk)


def fault_at(page: str, name: str) -> str:
    """The sentence at a field: it must be tied to the control and linked from the summary."""
    control = re.search(rf'<(?:input|select|textarea)[^>]*\bname="{name}(?:_typed)?"[^>]*>', page)
    assert control, name
    assert f'aria-describedby="id_{name}_error"' in control[0] and 'aria-invalid="true"' in control[0], control[0]
    assert f'href="#id_{name}"' in page
    told = re.search(rf'id="id_{name}_error">.*?</svg>(.*?)</span>', page, re.S)
    assert told, name
    return told[1].strip()


def test_the_form_of_a_move_says_at_each_field_what_it_misses_and_keeps_what_was_typed(house: House) -> None:
    incident = worked_on(house)
    answer = signed_in(house.ines).post(
        f"/incidents/{incident.number}/moves/resolve/", {"version": str(incident.version), "resolution_note": "Swapped the access point."}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and "“Resolve” is not possible yet" in page
    assert fault_at(page, "resolution_code") == "Resolving needs a resolution."
    assert fault_at(page, "cause_code") == "Resolving needs a cause."
    assert fault_at(page, "note") == "Resolving needs at least one note of the work done."
    assert "Swapped the access point." in page and "id_resolution_note_error" not in page
    assert Incident.objects.get(pk=incident.pk).state == "in_progress"


def test_a_typed_search_carries_its_fault_too(house: House) -> None:
    incident = house.incident(impact=2, urgency=2)
    page = signed_in(house.ines).post(f"/incidents/{incident.number}/moves/assign/", {"team_typed": "Network", "version": "1"}).content.decode()
    assert fault_at(page, "service") == "Before it is assigned it needs a service."
    assert fault_at(page, "classification") == "Before it is assigned it needs a category."
    assert 'value="Network"' in page


def test_what_no_field_mends_stands_over_the_form(house: House) -> None:
    parent = worked_on(house)
    add_child(parent, house.incident("Child"), by=house.ines, channel="page")
    amend(parent, by=house.ines, channel="page", resolution_code="fixed", cause_code="cable", resolution_note="Swapped it.")
    move(parent, "resolve", by=house.ines, channel="page", note="Done.")
    version = Incident.objects.get(pk=parent.pk).version
    page = signed_in(house.ines).post(f"/incidents/{parent.number}/moves/close/", {"version": str(version)}).content.decode()
    summary = re.search(r'<div class="errors".*?</div>', page, re.S)
    assert summary and "<li>1 of its children is still open.</li>" in summary[0] and "“Close” is not possible yet" in summary[0]


def test_a_custom_field_of_the_state_says_it_at_the_field(house: House) -> None:
    define_custom_field(
        tenant=house.tenant, kind="incident", name="why_so", label="Why so", type="text", by=house.ruth, channel="page", required_in=["cancelled"]
    )
    api = api_of(house)
    incident = house.incident()
    told = api.post(f"/api/v1/incidents/{incident.number}/moves/cancel", {"note": "x"}, content_type="application/json").json()
    assert told["faults"] == [{"field": "extra.why_so", "sentence": "“Why so” is required here."}]
    assert told["reasons"] == ["“Why so” is required here."]
    refused = api.post("/api/v1/incidents", {"title": "x", "extra": {}}, content_type="application/json")
    assert refused.status_code == 201


def test_those_of_a_bulk_move_that_stayed_are_asked_for_what_they_miss(house: House) -> None:
    ready, lacking = worked_on(house), worked_on(house)
    amend(ready, by=house.ines, channel="page", cause_code="cable", resolution_code="fixed")
    client = signed_in(house.ines)
    sent = {"pick": [ready.number, lacking.number], "confirmed": "1", "resolution_note": "Swapped both.", "note": "Went there."}
    answer = client.post("/incidents/moves/resolve/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "1 of 2 done" in page and Incident.objects.get(pk=ready.pk).state == "resolved"
    assert fault_at(page, "cause_code") == "Resolving needs a cause."
    assert "Swapped both." in page and "Went there." in page and "Resolve the one that stayed" in page
    none = client.post("/incidents/moves/resolve/", {"pick": [lacking.number], "confirmed": "1"}).content.decode()
    assert "0 of 1 done" in none and "<span>Resolved</span>" not in none, "what did not happen is not said"
    assert f'name="pick" value="{lacking.number}"' in page and f'name="pick" value="{ready.number}"' not in page
    sent |= {"pick": [lacking.number], "cause_code": "power", "resolution_code": "fixed"}
    assert "1 of 1 done" in client.post("/incidents/moves/resolve/", sent).content.decode()


def test_resolving_with_the_children_says_it_at_the_fields_too(house: House) -> None:
    parent = worked_on(house)
    answer = signed_in(house.ines).post(f"/incidents/{parent.number}/resolve-with-children/", {"resolution_note": "Swapped it."})
    page = answer.content.decode()
    assert answer.status_code == 422 and fault_at(page, "cause_code") == "Resolving needs a cause." and "Swapped it." in page


def api_of(house: House) -> Client:
    return signed_in(house.fresh(house.ines))


def test_the_api_names_the_fields_beside_the_reasons(house: House) -> None:
    incident = worked_on(house)
    answer = api_of(house).post(
        f"/api/v1/incidents/{incident.number}/moves/resolve", {"fields": {"resolution_code": "fixed"}}, content_type="application/json"
    )
    told = answer.json()
    assert answer.status_code == 409 and answer["Content-Type"] == "application/problem+json"
    assert told["reasons"] == ["Resolving needs a cause and how it was resolved.", "Resolving needs at least one note of the work done."]
    assert [f["field"] for f in told["faults"]] == ["cause_code", "resolution_note", "note"]
    assert told["faults"][0]["sentence"] == "Resolving needs a cause."
