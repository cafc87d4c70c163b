"""What stood in the way of a new agent on the first day, walked in a real Chromium, so that it never stands there again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journey import IN_A_BROWSER, Lived

pytestmark = IN_A_BROWSER


@pytest.fixture
def page(lived: Lived) -> Page:
    return lived.page("ines")


def test_enter_in_a_chooser_takes_or_closes_and_never_sends_the_form(lived: Lived, page: Page) -> None:
    here = lived.opened("The scanner writes into the wrong folder")
    page.goto(f"{here}moves/assign/")
    field = page.get_by_role("combobox", name="With")
    field.click()
    expect(page.get_by_role("option", name=re.compile("^Ines Okafor"))).to_be_visible()
    page.keyboard.press("Enter")
    assert page.url.endswith("/moves/assign/")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.fill("Ines")
    expect(page.get_by_role("listbox", name="With").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")  # the only one: no arrow is needed
    expect(field).to_have_value("Ines Okafor")
    expect(page.get_by_role("heading", level=1)).to_have_text("Assign")


def test_a_chooser_begins_with_what_was_chosen_lately(lived: Lived, page: Page) -> None:
    here = lived.opened("The tablet of Ward 4 loses its connection")
    page.goto(f"{here}moves/assign/")
    team = page.get_by_role("combobox", name="Team")
    team.fill("Net")
    page.get_by_role("option", name="Network").first.click()
    page.goto(f"{lived.opened('The tablet of Ward 5 does too')}moves/assign/")
    page.get_by_role("combobox", name="Team").click()
    expect(page.get_by_role("listbox", name="Team").get_by_role("option").first).to_have_text("Network")
    expect(page.get_by_role("listbox").get_by_text("Chosen lately")).to_be_visible()


def test_titles_of_lists_can_be_read_on_a_small_screen(lived: Lived, page: Page) -> None:
    lived.opened("The laptop of the ward clerk does not start since Friday")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{lived.address}/incidents/")
    assert page.locator("td.a-title").first.evaluate("cell => cell.clientWidth") >= 260


def test_what_just_happened_never_lies_over_what_is_being_written(lived: Lived, page: Page) -> None:
    here = lived.opened("The headset is not found")
    for width in (1280, 1000, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(here)
        page.locator("[data-prop=impact]").click()
        page.get_by_label("Impact").select_option(label="Medium" if width != 1000 else "High")
        page.locator(".panel").get_by_role("button", name="Save").click()
        notice, composer = page.locator(".toast"), page.locator(".composer .paper")
        expect(notice).to_be_visible()
        page.wait_for_timeout(300)
        one, other = notice.bounding_box(), composer.bounding_box()
        assert one and other
        apart = one["x"] >= other["x"] + other["width"] or one["y"] + one["height"] <= other["y"] or one["y"] >= other["y"] + other["height"]
        assert apart, (width, one, other)


def test_the_keyboard_begins_where_something_is_to_be_filled(lived: Lived, page: Page) -> None:
    page.goto(f"{lived.address}/incidents/new/")
    expect(page.get_by_label("Title")).to_be_focused()
    page.goto(f"{lived.address}/incidents/")
    page.keyboard.press("f")
    panel = page.get_by_role("dialog", name="Add a filter")
    expect(panel.get_by_label("Title or number")).to_be_focused()
    expect(panel.get_by_role("button", name="Show these")).to_be_in_viewport()
    expect(panel).not_to_contain_text("optional")


def test_a_refusal_in_place_leads_to_the_field_that_misses_something(lived: Lived, page: Page) -> None:
    page.goto(lived.opened("The display shows yesterday"))
    page.locator("[data-prop=priority]").click()
    page.get_by_label("Priority", exact=True).select_option(label="High")
    page.locator(".panel").get_by_role("button", name="Save").click()
    reason = page.get_by_label("Reason for this priority")
    expect(page.locator(".panel")).to_contain_text("follow from impact and urgency needs its reason")
    expect(reason).to_be_focused()


def test_the_keys_say_where_they_lead_and_a_list_without_texts_says_where_to_keep_one(lived: Lived, page: Page) -> None:
    page.goto(lived.opened("The calendar is empty"))
    page.keyboard.press("?")
    expect(page.locator("[data-keys-go]")).to_contain_text(re.compile(r"w My work.*d Desk"))
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("::zzz")
    expect(page.get_by_role("link", name="No canned text fits. Keep one for the next time")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#composer-text")).to_have_value("::zzz\n")


def test_the_card_of_a_linked_record_says_what_became_of_it(lived: Lived, page: Page) -> None:
    here, there = lived.opened("The printer is silent"), lived.opened("The print server is down")
    page.goto(f"{here}?tab=linked")
    page.get_by_label("Number or address of the other record").fill(there)
    page.get_by_role("button", name="Link them").click()
    page.goto(here)
    card = page.locator("[data-linked] .link-card")
    expect(card).to_contain_text("New")
    with page.expect_response(re.compile("/live/")):
        pass  # the first look; what follows is told from it
    page.locator("#composer-text").fill("I look into it.")
    other = lived.page("ines")
    other.goto(f"{there}moves/cancel/")
    other.get_by_role("textbox", name="Why").fill("It was switched off.")
    other.get_by_role("main").get_by_role("button", name="Cancel").click()
    expect(card).to_contain_text("Cancelled", timeout=30_000)
    expect(page.locator("#composer-text")).to_have_value("I look into it.")
