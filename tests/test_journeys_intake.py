"""A plan that exists is taken in, in a real Chromium: sent, looked at beside ours, changed, taken over; by mouse, by keyboard alone, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.hand import WAYS, Hand
from tests.journey import IN_A_BROWSER, Lived

pytestmark = IN_A_BROWSER
PLAN = """Service management plan

Version:\t1.0
Confidentiality level:\tInternal

1. Scope

The plan covers [whole organization and its services], as “{way}” knows.

1.1 Locations

- Mill Lane {way}: 4 Mill Lane
- Quay House {way}

2. Roles

Role\tResponsibilities
Porter {way}\topens the door; shuts the door
Keeper {way}\tkeeps the keys

3. Law

It follows ISO 9001:2008.
"""


@pytest.mark.parametrize("way", WAYS)
def test_a_plan_is_sent_looked_at_and_taken_over(lived: Lived, way: str) -> None:
    page = lived.page("ruth")
    hand = Hand(way, page)
    page.goto(f"{lived.address}/library/import/")
    hand.clean()
    page.get_by_label("File").set_input_files(files=[{"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}])
    hand.press(page.get_by_role("button", name="Read it"))
    expect(page.get_by_role("alert")).to_contain_text("A PDF holds pages and no structure")
    page.get_by_label("File").set_input_files(files=[{"name": "plan.txt", "mimeType": "text/plain", "buffer": PLAN.format(way=way).encode()}])
    hand.press(page.get_by_role("button", name="Read it"))
    page.wait_for_url(re.compile(r"/library/import/\d+/$"))
    main = page.get_by_role("main")
    expect(main).to_contain_text("Nothing is written yet.")
    for summary in page.locator("summary").filter(has_text=re.compile("Show|finding|Change it")).all():
        summary.click()
    expect(main).to_contain_text("ISO 9001:2008 was withdrawn in 2015.")
    hand.clean()
    keeper = page.get_by_label(f"Keeper {way}", exact=True)
    if way == "keyboard":
        hand.reach(keeper)
        page.keyboard.press("Space")
    else:
        keeper.click()
    expect(keeper).not_to_be_checked()
    hand.fill(page.locator("#location-1-title"), " ")
    hand.press(page.get_by_role("button", name="Take over"))
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was written.")
    hand.clean()
    hand.fill(page.locator("#location-1-title"), f"Mill {way}")
    hand.press(page.get_by_role("button", name="Take over"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Taken over")
    expect(main).to_contain_text("Not ticked.")
    hand.clean()
    page.get_by_role("link", name="What the linter finds").click()
    expect(main).to_contain_text("ISO 9001:2008 was withdrawn in 2015.")
    hand.clean()
    assert [said for said in lived.complaints["ruth"] if "422" not in said] == []  # the two refusals above
