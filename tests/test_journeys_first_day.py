"""What stood in the way of a new agent on the first day, walked in a real Chromium, so that it never stands there again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import CHROMIUM
from tests.system import System
from tests.test_journeys import Lived
from tests.test_journeys_desk import opened_by

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium here; CI installs it.")]


@pytest.fixture(scope="module")
def lived(migrated: System, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """A lived-in system of this module's own, on SQLite whatever the run is on."""
    folder: Path = tmp_path_factory.mktemp("first-day") / "system"
    if migrated.database_url:
        folder.mkdir()
        (system := System(folder)).run("migrate")
    else:
        shutil.copytree(migrated.folder, folder)
        system = System(folder)
    yield Lived(system, chromium)
    system.stop()


@pytest.fixture
def page(lived: Lived) -> Page:
    return lived.page("ines")


def test_enter_in_a_chooser_takes_or_closes_and_never_sends_the_form(lived: Lived, page: Page) -> None:
    here = opened_by(lived, "The scanner writes into the wrong folder")
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
    here = opened_by(lived, "The tablet of Ward 4 loses its connection")
    page.goto(f"{here}moves/assign/")
    team = page.get_by_role("combobox", name="Team")
    team.fill("Net")
    page.get_by_role("option", name="Network").first.click()
    page.goto(f"{opened_by(lived, 'The tablet of Ward 5 does too')}moves/assign/")
    page.get_by_role("combobox", name="Team").click()
    expect(page.get_by_role("listbox", name="Team").get_by_role("option").first).to_have_text("Network")
    expect(page.get_by_role("listbox").get_by_text("Chosen lately")).to_be_visible()


def test_titles_of_lists_can_be_read_on_a_small_screen(lived: Lived, page: Page) -> None:
    opened_by(lived, "The laptop of the ward clerk does not start since Friday")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{lived.address}/incidents/")
    assert page.locator("td.a-title").first.evaluate("cell => cell.clientWidth") >= 260


def test_what_just_happened_never_lies_over_what_is_being_written(lived: Lived, page: Page) -> None:
    here = opened_by(lived, "The headset is not found")
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
