"""Own pages and the API of requests: who sees what, faults at their fields, empty states, and what others may not."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move
from plimsoll.resolution.requests.models import Decider, Entitlement, ModelVersion, Recurrence, Request, RequestModel
from plimsoll.resolution.requests.operations import entitle, order
from plimsoll.resolution.requests.plan import Comparison, Condition, Field, Plan, Step, TaskPlan, read_plan
from tests.api import Caller
from tests.cast import House
from tests.contracts import cost, signed_in, text_of

FORM = Plan(
    fields=(
        Field("size", "Which size", "choice", is_required=True, choices=("Small", "Large")),
        Field("why", "Why so large", is_required=True, shown=Condition((Comparison("size", "is", "Large"),))),
    ),
)


@pytest.fixture
def model(house: House) -> RequestModel:
    found: RequestModel = house.offered("Desk lamp", FORM)
    return found


def test_the_catalogue_shows_what_one_may_order_and_finds_it(house: House, model: RequestModel) -> None:
    hidden = house.offered("Only for Strand", everybody=False)
    entitle(hidden, organization=house.strand_housing, by=house.ruth, channel="page")
    move(hidden, "offer", by=house.ruth, channel="page")
    page = text_of(signed_in(house.aoife).get("/requests/order/"))
    assert "Desk lamp" in page
    assert "Only for Strand" not in page
    assert "Only for Strand" in text_of(signed_in(house.strand).get("/requests/order/"))
    assert "Desk lamp" not in text_of(signed_in(house.aoife).get("/requests/order/?q=chair"))
    assert signed_in(house.aoife).get(f"/requests/order/{hidden.number}/").status_code == 404
    assert signed_in(house.nobody).get("/requests/order/").status_code == 403
    assert signed_in(house.mallory).get(f"/requests/order/{model.number}/").status_code == 404


def test_an_empty_catalogue_says_what_it_is(house: House) -> None:
    assert "Nothing can be ordered yet" in text_of(signed_in(house.aoife).get("/requests/order/"))


def test_ordering_without_script_says_what_is_missing_at_its_field_and_drops_what_is_hidden(house: House, model: RequestModel) -> None:
    aoife, address = signed_in(house.aoife), f"/requests/order/{model.number}/"
    refused = aoife.post(address, {"answer-size": "Large"})
    assert refused.status_code == 422
    assert "“Why so large” is needed." in text_of(refused)
    answer = aoife.post(address, {"answer-size": "Small", "answer-why": "I typed it before", "description": "By the window."})
    assert answer.status_code == 302
    made = Request.objects.get()
    assert (made.answers, made.description, made.requester_id) == ({"size": "Small"}, "By the window.", house.aoife.pk)
    assert "Small" in text_of(aoife.get(answer["Location"]))


def test_our_people_order_for_others_and_only_what_those_may_have(house: House, model: RequestModel) -> None:
    ines = signed_in(house.ines)
    ines.post(f"/requests/order/{model.number}/", {"answer-size": "Small", "requester": str(house.strand.pk)})
    assert Request.objects.get().organization_id == house.strand_housing.pk
    only = house.offered("Only for Brannock", everybody=False)
    entitle(only, organization=house.brannock, by=house.ruth, channel="page")
    move(only, "offer", by=house.ruth, channel="page")
    assert ines.get(f"/requests/order/{only.number}/?for={house.strand.pk}").status_code == 404
    assert ines.get(f"/requests/order/{only.number}/?for={house.aoife.pk}").status_code == 200
    assert ines.get(f"/requests/order/{model.number}/?for={house.mallory.pk}").status_code == 404


def test_customers_never_order_in_the_name_of_a_stranger(house: House, model: RequestModel) -> None:
    signed_in(house.aoife).post(f"/requests/order/{model.number}/", {"answer-size": "Small", "requester": str(house.strand.pk)})
    assert Request.objects.get().requester_id == house.aoife.pk


def test_the_customer_sees_the_way_but_not_the_tasks_nor_who_decides(house: House) -> None:
    plan = Plan(steps=(Step("Purchase", people=(house.dev.pk,)),), tasks=(TaskPlan("t", "Secret handshake", house.desk.pk),))
    made = order(house.offered(plan=plan), {}, by=house.fresh(house.aoife), channel="portal")
    page = text_of(signed_in(house.aoife).get(f"/requests/{made.number}/"))
    assert "Purchase" in page
    assert "Dev Chauhan" not in page
    assert "Secret handshake" not in page
    assert signed_in(house.strand).get(f"/requests/{made.number}/").status_code == 404


def test_what_a_catalogue_and_a_request_cost_does_not_depend_on_how_much_there_is(house: House, model: RequestModel) -> None:
    aoife = signed_in(house.aoife)
    made = order(model, {"size": "Small"}, by=house.fresh(house.aoife), channel="portal")
    addresses = ["/requests/order/", f"/requests/order/{model.number}/", f"/requests/{made.number}/"]
    before = [cost(lambda a=a: aoife.get(a)) for a in addresses]  # type: ignore[misc]
    for n in range(8):
        order(house.offered(f"Thing {n}", FORM), {"size": "Small"}, by=house.fresh(house.aoife), channel="portal")
    assert [cost(lambda a=a: aoife.get(a)) for a in addresses] == before  # type: ignore[misc]


# --- Editing --------------------------------------------------------------------------------------------------------


def edited(house: House) -> tuple[Client, str]:
    model = house.record(_model_type(), title="Chair")
    return signed_in(house.ruth), f"/requestmodels/{model.number}/"


def _model_type() -> Any:
    return type_named("requestmodel")


def plan_now() -> Plan:
    version = ModelVersion.objects.order_by("-number").first()
    assert version is not None
    return read_plan(version.plan)


def test_a_model_is_set_up_on_pages_without_code(house: House) -> None:
    ruth, base = edited(house)
    first = {"label_text": "Which one", "kind": "choice", "choices_text": "Red\nBlue", "is_required": "on"}
    assert ruth.post(f"{base}draft/fields/new/", first).status_code == 302
    second = {"label_text": "Why blue", "kind": "long text", "when_0": "which_one", "how_0": "is", "value_0": "Blue", "joined": "all"}
    assert ruth.post(f"{base}draft/fields/new/", second).status_code == 302
    assert ruth.post(f"{base}draft/steps/new/", {"name": "Lead", "person_0": str(house.dev.pk), "needed": "1", "amount": "cost"}).status_code == 302
    task = {"title": "Carry it", "team": str(house.desk.pk), "stage": "1", "within": "4 h", "instructions": "Mind the door."}
    assert ruth.post(f"{base}draft/tasks/new/", task).status_code == 302
    basics = {"within": "16 h", "hours": str(house.office_hours.pk), "cost": "120", "currency": "EUR", "per": "each", "team": str(house.desk.pk)}
    assert ruth.post(f"{base}draft/basics/", basics).status_code == 302
    page = text_of(ruth.get(f"{base}draft/"))
    assert "when “Which one” is “Blue”" in page
    assert "120 EUR each" in page
    assert ruth.post(f"{base}draft/", {"act": "publish"}).status_code == 302
    plan = plan_now()
    assert [f.key for f in plan.fields] == ["which_one", "why_blue"]
    assert (plan.steps[0].people, plan.tasks[0].team, plan.team) == ((house.dev.pk,), house.desk.pk, house.desk.pk)
    assert "Version 1" in text_of(ruth.get(f"{base}versions/"))
    assert "Which one" in text_of(ruth.get(f"{base}versions/1/"))


def test_pieces_are_moved_and_taken_out(house: House) -> None:
    ruth, base = edited(house)
    for label in ("One", "Two", "Three"):
        ruth.post(f"{base}draft/fields/new/", {"label_text": label, "kind": "text"})
    ruth.post(f"{base}draft/item/", {"list": "fields", "place": "2", "act": "up"})
    assert [f.label for f in plan_now().fields] == ["One", "Three", "Two"]
    ruth.post(f"{base}draft/item/", {"list": "fields", "place": "0", "act": "remove"})
    assert [f.label for f in plan_now().fields] == ["Three", "Two"]
    assert ruth.post(f"{base}draft/item/", {"list": "secrets", "place": "0", "act": "up"}).status_code == 404
    assert ruth.get(f"{base}draft/fields/7/").status_code == 404


def test_what_contradicts_itself_is_said_and_not_put_in_force(house: House) -> None:
    ruth, base = edited(house)
    ruth.post(f"{base}draft/fields/new/", {"label_text": "One", "kind": "text"})
    ruth.post(f"{base}draft/fields/new/", {"label_text": "Two", "kind": "text", "when_0": "one", "how_0": "is", "value_0": "x"})
    ruth.post(f"{base}draft/item/", {"list": "fields", "place": "1", "act": "up"})
    refused = ruth.post(f"{base}draft/", {"act": "publish"})
    assert refused.status_code == 422
    assert "does not stand before it" in text_of(refused)
    assert ruth.post(f"{base}draft/steps/new/", {"name": "Empty", "needed": "1", "amount": "cost"}).status_code == 422
    assert ruth.post(f"{base}draft/fields/new/", {"label_text": "Colour", "kind": "choice", "choices_text": "Red"}).status_code == 422


def test_a_question_that_no_answer_would_show_is_refused_where_it_is_written(house: House) -> None:
    ruth, base = edited(house)
    ruth.post(f"{base}draft/fields/new/", {"label_text": "Colour", "kind": "choice", "choices_text": "Red\nOther"})
    asked = {"label_text": "Which other", "kind": "text", "is_required": "on", "when_0": "colour", "how_0": "is", "value_0": "Othr"}
    refused = ruth.post(f"{base}draft/fields/new/", asked)
    assert refused.status_code == 422
    assert "“Othr” is not among the answers to “Colour”: Red, Other." in text_of(refused)
    assert ruth.post(f"{base}draft/fields/new/", {**asked, "value_0": "Other"}).status_code == 302
    ruth.post(f"{base}draft/fields/0/", {"label_text": "Colour", "kind": "choice", "choices_text": "Red\nAnother one"})
    refused = ruth.post(f"{base}draft/", {"act": "publish"})
    assert refused.status_code == 422
    assert "compares “Colour” with “Other”, which is not among its answers" in text_of(refused)


def test_a_cost_is_read_with_its_decimal_comma(house: House) -> None:
    ruth, base = edited(house)
    sent = {"cost": "1450,50", "currency": "EUR", "per": "each"}
    page = text_of(ruth.get(f"{base}draft/basics/"))
    drawn = re.search(r'<input[^>]*name="cost"[^>]*>', page)  # the browser's own box for numbers would drop the comma
    assert drawn is not None
    assert 'type="text"' in drawn[0]
    assert 'inputmode="decimal"' in drawn[0]
    said = ruth.post(f"{base}draft/basics/", sent)
    assert said.status_code == 302, text_of(said)
    assert plan_now().cost == Decimal("1450.50")


def test_who_may_order_is_said_on_a_page(house: House, model: RequestModel) -> None:
    ruth, address = signed_in(house.ruth), f"/requestmodels/{model.number}/audience/"
    assert ruth.post(address, {}).status_code == 422
    assert ruth.post(address, {"organization": str(house.brannock.pk)}).status_code == 302
    row = Entitlement.objects.get()
    assert "Brannock" in text_of(ruth.get(address))
    ruth.post(address, {"take": str(row.pk)})
    assert not Entitlement.objects.exists()
    assert signed_in(house.aoife).get(address).status_code == 403


def test_others_may_not_edit(house: House, model: RequestModel) -> None:
    base = f"/requestmodels/{model.number}/"
    for who in (house.ines, house.greta):
        for tail in ("draft/", "draft/basics/", "draft/fields/new/", "draft/steps/new/", "draft/tasks/new/", "recurring/"):
            assert signed_in(who).get(f"{base}{tail}").status_code == 403, (who, tail)
        assert signed_in(who).post(f"{base}draft/item/", {"list": "fields", "place": "0", "act": "remove"}).status_code == 403
        assert signed_in(who).post(f"{base}audience/", {"organization": "1"}).status_code == 403
    assert signed_in(house.mallory).get(f"{base}draft/").status_code == 404
    assert not ModelVersion.objects.filter(published_at=None).exists()


def test_deciders_and_recurring_orders_have_their_pages(house: House, model: RequestModel) -> None:
    ruth = signed_in(house.ruth)
    assert "Nobody is named yet" in text_of(ruth.get("/requestmodels/deciders/"))
    ruth.post("/requestmodels/deciders/", {"organization": str(house.brannock.pk), "person_0": str(house.maeve.pk)})
    assert Decider.objects.get().person_id == house.maeve.pk
    assert signed_in(house.ines).get("/requestmodels/deciders/").status_code == 403
    assert "Nothing recurs yet" in text_of(ruth.get("/requestmodels/recurring/"))
    address = f"/requestmodels/{model.number}/recurring/"
    sent = {"answer-size": "Large", "requester": str(house.aoife.pk), "every": "month", "starts_on": "2036-01-31"}
    assert "is needed" in text_of(ruth.post(address, sent))
    assert ruth.post(address, {**sent, "answer-why": "Long evenings"}).status_code == 302
    row = Recurrence.objects.get()
    assert "31 January 2036" in text_of(ruth.get("/requestmodels/recurring/"))
    ruth.post("/requestmodels/recurring/", {"row": str(row.pk), "act": "pause"})
    assert Recurrence.objects.get().is_paused
    ruth.post("/requestmodels/recurring/", {"row": str(row.pk), "act": "end"})
    assert Recurrence.objects.get().ended_at is not None
    assert signed_in(house.aoife).get("/requestmodels/recurring/").status_code == 403


def test_an_incident_becomes_a_request_on_its_page(house: House, model: RequestModel) -> None:
    incident = house.incident("I need more light")
    ines, address = signed_in(house.ines), f"/incidents/{incident.number}/as-request/"
    assert "Desk lamp" in text_of(ines.get(address))
    assert ines.post(f"{address}?model={model.number}", {"answer-size": "Large"}).status_code == 422
    answer = ines.post(f"{address}?model={model.number}", {"answer-size": "Small"})
    assert answer.status_code == 302
    assert type(incident).objects.get().state == "cancelled"
    assert signed_in(house.aoife).get(address).status_code == 403
    assert signed_in(house.strand).get(address).status_code == 404


# --- API -------------------------------------------------------------------------------------------------------------


def test_programs_list_what_they_may_order_and_order_it_with_faults_at_the_fields(house: House, model: RequestModel) -> None:
    caller = Caller(house.fresh(house.aoife))
    items = caller.get("orderable").json()["items"]
    assert [(i["title"], [f["name"] for f in i["fields"]]) for i in items] == [("Desk lamp", ["size", "why"])]
    refused = caller.post("requests", {"request_model": items[0]["id"], "answers": {"size": "Large", "colour": "red"}})
    assert refused.status_code == 422
    assert {f["field"] for f in refused.json()["faults"]} == {"answers.colour", "answers.why"}
    made = caller.post("requests", {"request_model": items[0]["id"], "answers": {"size": "Small"}, "requester": house.aoife.pk})
    assert made.status_code == 201, made.content
    assert made.json()["state"] == "submitted"
    assert caller.get("orderable/999").status_code == 404
    assert Caller(house.fresh(house.nobody)).get("orderable").status_code == 403


def test_programs_order_nothing_that_is_not_for_their_person(house: House) -> None:
    hidden = house.offered("Only for Strand", everybody=False)
    entitle(hidden, organization=house.strand_housing, by=house.ruth, channel="page")
    move(hidden, "offer", by=house.ruth, channel="page")
    caller = Caller(house.fresh(house.aoife))
    assert caller.get("orderable").json()["items"] == []
    assert caller.post("requests", {"request_model": hidden.pk, "answers": {}}).status_code == 422
    assert not Request.objects.exists()
