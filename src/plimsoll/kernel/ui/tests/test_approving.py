"""Asking for a decision and deciding, as people do it on the pages."""

from django.test import Client

from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.approvals.operations import state_of
from plimsoll.kernel.records.operations import amend
from plimsoll.kernel.records.queries import record_of
from tests.cast import House


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return client


def test_a_decision_is_asked_shown_on_my_work_and_taken(house: House) -> None:
    incident = house.incident()
    here = f"/incidents/{incident.number}/approvals/"
    asking = signed_in(house.ines)
    assert "No decision was asked" in asking.get(here).content.decode()
    answer = asking.post(
        here, {"act": "ask", "question": "May we stop it?", "name_1": "Lead", "person_1_1": house.dev.pk, "needed_1": 1, "when_approved": "cancel"}
    )
    assert answer.status_code == 302, answer.content.decode()
    deciding = signed_in(house.dev)
    assert "May we stop it?" in deciding.get("/").content.decode()
    page = deciding.get(here).content.decode()
    approval = Approval.objects.get()
    assert f"yes-{approval.pk}" in page
    assert f"yes-{approval.pk}" not in asking.get(here).content.decode(), "whoever asked sees no button"
    assert deciding.post(here, {"act": f"yes-{approval.pk}"}).status_code == 302
    assert state_of(Approval.objects.get()) == "approved"
    assert record_of(approval.card).state == "cancelled"


def test_a_refusal_asks_for_its_reason_and_keeps_the_rest(house: House) -> None:
    incident = house.incident()
    here = f"/incidents/{incident.number}/approvals/"
    signed_in(house.ines).post(here, {"act": "ask", "question": "May we stop it?", "name_1": "Lead", "person_1_1": house.dev.pk})
    approval = Approval.objects.get()
    deciding = signed_in(house.dev)
    assert "Why not" in deciding.post(here, {"act": f"no-{approval.pk}"}).content.decode()
    assert state_of(Approval.objects.get()) == ""
    deciding.post(here, {"act": f"no-{approval.pk}", "reason": "Month end."})
    assert state_of(Approval.objects.get()) == "refused"
    assert "Month end." in deciding.get(here).content.decode()
    late = deciding.post(here, {"act": f"no-{approval.pk}", "reason": "Words of mine"})
    assert late.status_code == 409 and ">Words of mine</textarea>" in late.content.decode(), "what was typed is handed back"


def test_what_is_missing_is_said_at_the_form_and_nothing_is_lost(house: House) -> None:
    incident = house.incident()
    here = f"/incidents/{incident.number}/approvals/"
    answer = signed_in(house.ines).post(here, {"act": "ask", "question": "May we stop it?", "name_1": "Lead"})
    assert answer.status_code == 422
    assert "Nobody may decide" in answer.content.decode()
    assert "May we stop it?" in answer.content.decode()
    assert not Approval.objects.exists()


def test_whoever_may_not_see_the_record_finds_no_decision(house: House) -> None:
    incident = house.incident()
    here = f"/incidents/{incident.number}/approvals/"
    signed_in(house.ines).post(here, {"act": "ask", "question": "May we?", "name_1": "Lead", "person_1_1": house.dev.pk})
    pk = Approval.objects.get().pk
    for person in (house.mallory, house.strand, house.sam, house.nobody):
        assert signed_in(person).get(here).status_code == 404
        assert signed_in(person).post(here, {"act": f"yes-{pk}"}).status_code == 404
    assert signed_in(house.aoife).post(here, {"act": f"yes-{pk}"}).status_code == 404, "she sees the incident and not what insiders ask each other"
    assert state_of(Approval.objects.get()) == ""


def test_the_trail_says_what_was_decided_and_no_numbers_of_parts(house: House) -> None:
    incident = house.incident()
    base = f"/incidents/{incident.number}/"
    signed_in(house.ines).post(f"{base}approvals/", {"act": "ask", "question": "May we stop it?", "name_1": "Lead", "person_1_1": house.dev.pk})
    signed_in(house.dev).post(f"{base}approvals/", {"act": f"yes-{Approval.objects.get().pk}"})
    for page in (signed_in(house.ines).get(here).content.decode() for here in (base, f"{base}trail/")):
        assert "asked for a decision: May we stop it?" in page and "said yes" in page
        assert "set approval" not in page and "set step" not in page and "backed by" not in page


def test_only_moves_that_one_could_make_are_offered_to_follow(house: House) -> None:
    incident = house.incident()
    amend(incident, by=house.ines, channel="page", team=house.field)
    here = f"/incidents/{incident.number}/approvals/"
    assert '<option value="cancel">' in signed_in(house.ines).get(here).content.decode()
    sam = signed_in(house.sam)
    assert '<option value="cancel">' not in sam.get(here).content.decode()
    asked = {"act": "ask", "question": "May it go?", "name_1": "A colleague", "person_1_1": house.dev.pk, "when_approved": "cancel"}
    assert sam.post(here, asked).status_code == 422
    assert not Approval.objects.exists()


def test_people_outside_take_back_no_question_that_they_do_not_see(house: House) -> None:
    incident = house.incident()
    amend(incident, by=house.ines, channel="page", team=house.field)
    here = f"/incidents/{incident.number}/approvals/"
    signed_in(house.ines).post(here, {"act": "ask", "question": "Among us?", "name_1": "Lead", "person_1_1": house.dev.pk})
    pk = Approval.objects.get().pk
    assert "Among us?" not in signed_in(house.sam).get(here).content.decode()
    assert signed_in(house.sam).post(here, {"act": f"back-{pk}", "reason": "No."}).status_code == 404
    assert Approval.objects.get().ended_at is None


def test_without_script_the_typed_name_will_do_and_a_wrong_one_is_said(house: House) -> None:
    incident = house.incident()
    here = f"/incidents/{incident.number}/approvals/"
    asked = {"act": "ask", "question": "May we stop it?", "name_1": "Lead", "person_1_1": "", "needed_1": 1}
    answer = signed_in(house.ines).post(here, asked | {"person_1_1_typed": "Nobody of that name"})
    assert answer.status_code == 422
    assert "called “Nobody of that name”" in answer.content.decode()
    assert signed_in(house.ines).post(here, asked | {"person_1_1_typed": "dev chauhan"}).status_code == 302
    assert [p.pk for p in Approval.objects.get().steps.get().people.all()] == [house.dev.pk]


def test_people_outside_name_only_their_own(house: House) -> None:
    incident = house.incident()
    amend(incident, by=house.ines, channel="page", team=house.field)
    here = f"/incidents/{incident.number}/approvals/"
    answer = signed_in(house.sam).post(here, {"act": "ask", "question": "May it go?", "name_1": "Lead", "person_1_1": house.dev.pk})
    assert answer.status_code == 422
    assert "Dev Chauhan" not in answer.content.decode()
    assert not Approval.objects.exists()
