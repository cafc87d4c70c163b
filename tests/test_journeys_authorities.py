"""A limit is changed from the role to the approval by top management, in a real Chromium: by mouse, by keyboard alone, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.hand import Hand
from tests.journey import IN_A_BROWSER, Lived, axe_everywhere

pytestmark = IN_A_BROWSER
SET_UP = """
import sys
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
ruth, dev = (Person.objects.select_related("tenant", "organization").get(email=mail) for mail in sys.argv[1:3])
roles = load_starter_roles(tenant=ruth.tenant, by=ruth, channel="page")
give_role(role=roles["sms_manager"], person=ruth, by=system_person(ruth.tenant), channel="page")
give_role(role=roles["top_management"], person=dev, by=ruth, channel="page")
text = '# Roles\\n\\n{{ table roles.table }}'
plan = open_record(
    DOCUMENT, by=ruth, channel="page", title="Plan", sort="plan", template="sms-plan", body=text, change_description="First.",
    owner_role=roles["top_management"], approver_role=roles["top_management"],
)
move(move(plan, "submit", by=ruth, channel="page"), "approve", by=Person.objects.select_related("tenant").get(pk=dev.pk), channel="page")
role = move(roles["risk_manager"], "revise", by=ruth, channel="page")
amend(role, by=ruth, channel="page", limits={"risk_acceptance_level": 12})
print(role.number)
"""


@pytest.mark.parametrize("way", ["keyboard"])
def test_s_090_a_revised_limit_is_put_in_force_by_an_sms_change(lived: Lived, way: str) -> None:
    role = lived.system.python(SET_UP, lived.mails["ruth"], lived.mails["dev"]).strip().splitlines()[-1]
    page = lived.page("ruth")
    hand = Hand(way, page)
    page.goto(f"{lived.address}/roles/{role}/versions/")
    expect(page.get_by_role("main")).to_contain_text("Accepts risks up to level 12")
    axe_everywhere(page)
    page.goto(f"{lived.address}/roles/{role}/")
    hand.press(page.get_by_role("button", name="Open an SMS change for it"))
    page.wait_for_url(re.compile(r"/sms-changes/\d+/$"))
    change = page.url
    page.goto(f"{change}edit/")
    hand.fill(page.get_by_label("Why"), "Too many wait.")
    hand.fill(page.get_by_label("What it changes"), "From 9 to 12.")
    hand.press(page.get_by_role("main").get_by_role("button", name=re.compile("Save")))
    page.wait_for_url(change)
    page.goto(f"{change}touched/")
    axe_everywhere(page)
    page.goto(f"{change}moves/submit/")
    hand.press(page.get_by_role("main").get_by_role("button", name="Submit"))
    page.wait_for_url(change)
    hand.clean()
    dev = lived.page("dev")
    dev.goto(f"{change}moves/approve/")
    dev.get_by_role("main").get_by_role("button", name="Approve and carry out").click()
    dev.wait_for_url(change)
    expect(dev.get_by_role("main")).to_contain_text("version 2 came into force")
    for address in ("/who-runs-this/", "/authorities/", "/duties/"):
        page.goto(f"{lived.address}{address}")
        axe_everywhere(page)
    assert lived.complaints["ruth"] == []
    assert lived.complaints["dev"] == []
