"""What must be kept is entered, put in force, linked and reviewed in a real Chromium: by mouse, by keyboard alone and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.hand import WAYS, Hand
from tests.journey import IN_A_BROWSER, Lived, act, axe_everywhere

pytestmark = IN_A_BROWSER


@pytest.mark.parametrize("way", WAYS)
def test_an_obligation_is_entered_put_in_force_linked_and_found_as_overdue(lived: Lived, way: str) -> None:
    title = f"Protection of personal data, by {way}"
    page = lived.page("ruth")
    hand = Hand(way, page)
    page.goto(f"{lived.address}/obligations/new/")
    hand.fill(page.locator("#id_title"), title)
    page.locator("#id_type").select_option(label="Law or regulation")
    hand.fill(page.locator("#id_how_applies"), "We process patients’ data on our customers’ behalf only.")
    hand.fill(page.locator("#id_document"), "UK GDPR")
    hand.clean()
    hand.press(page.get_by_role("button", name=re.compile("^(Open|Create|Save)")).first)
    page.wait_for_url(re.compile(r"/obligations/\d+/$"))
    expect(page.locator("main")).to_contain_text("Ruth Castellano")  # who enters it answers for it until somebody says otherwise
    record = page.url
    page.goto(f"{record}moves/put_in_force/")
    owner = page.get_by_role("combobox", name=re.compile("^Owner"))
    owner.fill("Ruth")
    page.get_by_role("option").filter(has_text="Ruth").first.click()
    page.locator("#id_review_on").fill("2031-01-01")
    hand.clean()
    hand.press(page.get_by_role("button", name="Put in force"))
    page.wait_for_url(record)
    expect(page.locator("main")).to_contain_text("In force")
    expect(page.locator("main")).not_to_contain_text("has no owner")
    page.goto(f"{lived.address}/obligations/?review_on=none")
    expect(page.locator("main")).not_to_contain_text(title)
    page.goto(f"{lived.address}/obligations/?type=law")
    expect(page.locator("main")).to_contain_text(title)
    hand.clean()
    assert lived.complaints["ruth"] == []


def test_what_is_wrong_stands_over_the_page_in_every_light_and_width(lived: Lived) -> None:
    page = lived.page("ruth")
    page.goto(f"{lived.address}/limitations/new/")
    page.locator("#id_title").fill("No engineer on the island at night, from eight in the evening until the first ferry of the morning arrives")
    page.get_by_role("button", name=re.compile("^(Open|Create|Save)")).first.click()
    page.wait_for_url(re.compile(r"/limitations/\d+/$"))
    expect(page.locator("main")).to_contain_text("what it does to the services and the day of its next review")
    axe_everywhere(page)
    act(page, "Lift")
    page.locator("#id_note").fill("There is somebody now.")
    page.locator("main").get_by_role("button", name="Lift").click()
    page.wait_for_url(re.compile(r"/limitations/\d+/$"))
    expect(page.locator("main")).not_to_contain_text("what it does to the services and")
    assert lived.complaints["ruth"] == []
