"""A document from its template to the version that everybody reads, in a real Chromium: by mouse, by keyboard alone, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.hand import WAYS, Hand
from tests.journey import IN_A_BROWSER, Lived, axe_everywhere

pytestmark = IN_A_BROWSER
SET_UP = """
import sys
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
ruth, dev = (Person.objects.select_related("tenant", "organization").get(email=mail) for mail in sys.argv[1:3])
if not Role.objects.filter(code="top_management").exists():
    roles = load_starter_roles(tenant=ruth.tenant, by=ruth, channel="page")
    give_role(role=roles["top_management"], person=dev, by=ruth, channel="page")
"""


@pytest.mark.parametrize("way", WAYS)
def test_a_document_is_begun_filled_submitted_and_approved_by_another(lived: Lived, way: str) -> None:
    lived.system.python(SET_UP, lived.mails["ruth"], lived.mails["dev"])
    page = lived.page("ruth")
    hand = Hand(way, page)
    page.goto(f"{lived.address}/documents/templates/")
    hand.clean()
    hand.press(page.get_by_role("button", name="Begin from it Communication procedure and plan"))
    page.wait_for_url(re.compile(r"/documents/\d+/fields/$"))
    hand.clean()
    record = page.url.removesuffix("fields/")
    while (opened := page.locator("section.block").filter(has=page.locator(".chip", has_text="open"))).count():
        block = opened.first
        if not block.get_by_label("Words").is_visible():
            block.locator("summary").click()
        hand.fill(block.get_by_label("Words"), "Said in words.")
        hand.fill(block.get_by_label("Why the records do not say it"), "Kept elsewhere.")
        hand.press(block.get_by_role("button", name="Keep the words"))
        expect(page.get_by_role("main")).to_contain_text("said in words")
    page.goto(f"{record}draft/")
    expect(page.get_by_role("article")).to_contain_text("Said in words.")
    hand.clean()
    page.goto(f"{record}moves/submit/")
    hand.press(page.get_by_role("main").get_by_role("button", name="Ask for review"))
    page.wait_for_url(record)
    expect(page.get_by_role("main")).to_contain_text("In review")
    hand.clean()
    dev = lived.page("dev")
    dev.goto(f"{record}moves/approve/")
    expect(dev.get_by_role("main")).to_contain_text("Approve")
    assert lived.complaints["ruth"] == []


def test_the_pages_of_documents_are_clean_in_both_themes_and_sizes(lived: Lived) -> None:
    lived.system.python(SET_UP, lived.mails["ruth"], lived.mails["dev"])
    page = lived.page("ruth")
    page.goto(f"{lived.address}/documents/templates/")
    page.get_by_role("button", name="Begin from it Service management policy").click()
    page.wait_for_url(re.compile(r"/documents/\d+/fields/$"))
    record = page.url.removesuffix("fields/")
    for address in ("/documents/templates/", "/documents/templates/sms-plan/", "/library/", "/documents/"):
        page.goto(f"{lived.address}{address}")
        axe_everywhere(page)
    for tail in ("", "text/", "draft/", "fields/", "versions/", "compare/"):
        page.goto(f"{record}{tail}")
        axe_everywhere(page)
    page.goto(f"{record}text/")
    page.locator("#body").fill("# One\n\n{{ organization.name")
    expect(page.locator("#preview")).to_contain_text("Line 3")
    assert lived.complaints["ruth"] == []
