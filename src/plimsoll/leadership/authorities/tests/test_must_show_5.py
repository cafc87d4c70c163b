"""Must show 5: who may do what changes only by an SMS change, and then at once; the same for administrators. Through pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
from plimsoll.kernel.trail.models import Entry
from plimsoll.leadership.authorities.models import SmsChange, Touched
from plimsoll.planning.risks.tests.test_risks import AHEAD, criteria, going, risk
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db
TEXT = '+++\ntitle = "Service management plan"\n+++\n\n# Roles\n\n{{ table roles.table }}'
BELOW, NEEDED = 9, 15  # the limit before, and the level of the risk


def governed(house: House) -> tuple[dict[str, Role], Document]:
    """Ruth runs the system, Greta is top management, Ines manages risks up to 9, Dev administers; a plan is in force."""
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up")
    for code, person in (("sms_manager", house.ruth), ("top_management", house.greta), ("risk_manager", house.ines), ("administrator", house.dev)):
        give_role(role=roles[code], person=person, by=house.system, channel="set-up")
    plan = open_record(
        DOCUMENT, by=house.ruth, channel="page", title="Service management plan", sort="plan", template="sms-plan", body=TEXT,
        change_description="First.", owner_role=roles["top_management"], approver_role=roles["top_management"],
    )  # fmt: skip
    made = move(move(plan, "submit", by=house.ruth, channel="page"), "approve", by=house.fresh(house.greta), channel="page")
    assert isinstance(made, Document)
    return roles, made


def act(person: Person, record: Record, name: str, **fields: Any) -> Any:
    """A move by its page, as a browser sends its form."""
    fresh = type(record).objects.get(pk=record.pk)
    plural = {"role": "roles", "document": "documents", "smschange": "sms-changes", "risk": "risks"}[record.kind]
    return signed_in(person).post(
        f"/{plural}/{record.number}/moves/{name}/", {"version": str(fresh.version), "note": "As agreed.", "confirmed": "1", **fields}
    )


def state(record: Record) -> str:
    return str(type(record).objects.values_list("state", flat=True).get(pk=record.pk))


def test_must_show_5_a_limit_is_changed_by_an_sms_change_and_routing_follows_at_once(house: House) -> None:
    """S-035, S-090, W-SOD-1, W-SOD-6."""
    roles, plan = governed(house)
    criteria(house)
    left = going(risk(house, likelihood=3, impact=5), "assess", "evaluate", "tolerate", by=house.ruth)
    role, browser = roles["risk_manager"], signed_in(house.ruth)
    assert act(house.ruth, role, "revise").status_code == 302
    edited = browser.post(f"/roles/{role.number}/edit/", {
        "version": str(Role.objects.get(pk=role.pk).version), "title": role.title, "purpose": role.purpose, "responsibilities": role.responsibilities,
        "words": "\n".join(role.words), "limits": '{"risk_acceptance_level": 15}', "code": role.code,
    })  # fmt: skip
    assert edited.status_code == 302
    assert act(house.ruth, plan, "revise").status_code == 302

    # The draft plan shows it, the page of the role puts both beside each other, and nothing is enforced.
    assert "up to level 15" in text_of(browser.get(f"/documents/{plan.number}/draft/"))
    beside = text_of(browser.get(f"/roles/{role.number}/versions/"))
    assert "Accepts risks up to level 9" in beside
    assert "Accepts risks up to level 15" in beside
    assert act(house.ines, left, "accept", accepted_until=AHEAD.isoformat(), review_on=AHEAD.isoformat()).status_code != 302
    assert state(left) != "accepted"

    # Nobody goes round it: neither who runs the system, nor top management, nor an administrator.
    amended = {"change_description": "The risk manager accepts more."}
    assert act(house.ruth, plan, "submit", **amended).status_code == 302
    for person in (house.ruth, house.greta, house.dev):
        refused = act(person, role, "put_in_force")
        assert refused.status_code in (409, 422), (person, refused.status_code)
        assert "changed by an SMS change only" in text_of(refused)
    assert act(house.greta, plan, "approve").status_code != 302
    assert (state(role), state(plan)) == ("draft", "in_review")

    # One click opens the change; it names the role, and then the plan.
    opened = browser.post(f"/sms-changes/for/{role.reference}/")
    change = SmsChange.objects.get()
    assert opened["Location"] == f"/sms-changes/{change.number}/"
    assert browser.post(f"/sms-changes/{change.number}/touched/", {"record": str(plan.pk)}).status_code == 302
    assert set(Touched.objects.values_list("record", flat=True)) == {role.pk, plan.pk}
    assert "draft differs from version 1" in text_of(browser.get(f"/sms-changes/{change.number}/touched/"))
    said = {"reason": "Risks of that level are many.", "effect": "The risk manager accepts up to 15."}
    assert (
        browser.post(
            f"/sms-changes/{change.number}/edit/", {"version": str(SmsChange.objects.get().version), "title": change.title, **said}
        ).status_code
        == 302
    )
    assert act(house.dev, change, "submit").status_code in (403, 404)
    assert act(house.ruth, change, "submit").status_code == 302
    for person in (house.ruth, house.dev):  # who submitted it, and an administrator
        assert act(person, change, "approve").status_code != 302
    assert (state(role), state(plan), state(change)) == ("draft", "in_review", "submitted")

    # Top management approves: role and plan are in force in that moment, and the risk is accepted.
    assert act(house.greta, change, "approve").status_code == 302
    assert (state(role), state(plan), state(change)) == ("in_force", "valid", "carried_out")
    assert list(Touched.objects.order_by("pk").values_list("result", flat=True)) == ["2", "2.0"]
    version = plan.versions.get(state="valid")
    assert "Accepts risks up to level 15" in str(version.values["roles.table"])
    assert version.approved_by == house.greta
    notes = Entry.objects.filter(card__in=[role.pk, plan.pk], action__in=("put_in_force", "approve"), actor=house.greta)
    assert notes.count() == 3  # the first plan, and both under the change
    assert act(house.ines, left, "accept", accepted_until=AHEAD.isoformat(), review_on=AHEAD.isoformat()).status_code == 302
    assert state(left) == "accepted"


def test_the_first_refusal_of_a_record_refuses_the_whole_change(house: House) -> None:
    """S-090: one transaction. A document that the approver may not approve names itself."""
    roles, plan = governed(house)
    other = open_record(
        DOCUMENT, by=house.ruth, channel="page", title="Training plan", sort="plan", body="# Text\n\nWords.", change_description="First.",
        owner_role=roles["sms_manager"], approver_role=roles["sms_manager"],
    )  # fmt: skip
    move(other, "submit", by=house.ruth, channel="page")
    role = move(roles["reader"], "revise", by=house.ruth, channel="page")
    browser = signed_in(house.ruth)
    browser.post(f"/sms-changes/for/{role.reference}/")
    change = SmsChange.objects.get()
    browser.post(f"/sms-changes/{change.number}/touched/", {"record": str(other.pk)})
    refused = act(house.ruth, change, "submit")
    assert "says what is in force already" in text_of(refused)
    amend(role, by=house.ruth, channel="page", title="Reader of everything")
    browser.post(f"/sms-changes/{change.number}/edit/", {"version": str(SmsChange.objects.get().version), "title": "T", "reason": "R", "effect": "E"})
    assert act(house.ruth, change, "submit").status_code == 302
    answer = act(house.greta, change, "approve")
    assert "Training plan" in text_of(answer)
    assert "Only a holder of “SMS manager” approves this document." in text_of(answer).replace("&quot;", '"')
    assert (state(role), state(other), state(change)) == ("draft", "in_review", "submitted")
    assert plan.edition == "1.0"


def test_without_a_plan_the_own_approval_of_a_role_suffices(house: House) -> None:
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up", codes=["reader"])
    role = move(roles["reader"], "revise", by=house.ruth, channel="page")
    assert act(house.ruth, role, "put_in_force").status_code == 302
    assert Role.objects.get(pk=role.pk).edition == 2


def test_a_draft_that_is_thrown_away_says_again_what_is_in_force(house: House) -> None:
    roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="set-up", codes=["reader"])
    role = move(roles["reader"], "revise", by=house.ruth, channel="page")
    changed = amend(role, by=house.ruth, channel="page", title="Other", words=["*:*"])
    made = move(changed, "discard", by=house.ruth, channel="page", note="Not needed.")
    assert (made.title, made.words, made.state, made.edition) == ("Reader", list(roles["reader"].words), "in_force", 1)


def test_the_picker_is_for_who_may_change_and_a_foreign_record_is_not_found(house: House) -> None:
    governed(house)
    assert Client().post("/sms-changes/for/ROL-1/").status_code == 302  # to the sign-in
    assert signed_in(house.aoife).post("/sms-changes/for/ROL-1/").status_code == 404
    assert signed_in(house.mallory).post("/sms-changes/for/ROL-1/").status_code == 404
    assert signed_in(house.ruth).post("/sms-changes/for/INC-1/").status_code == 404
