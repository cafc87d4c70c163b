"""A manager's main tasks in a real Chromium, each by mouse, by keyboard alone and on a phone: read figures down to the records behind them,
correct an agreement and see what it would have meant. In the sample organisation, as a visitor would."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.hand import WAYS, Hand
from tests.journey import IN_A_BROWSER
from tests.system import System
from tests.test_accessibility import Demonstration

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def demonstration(chromium: Browser, sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """One sample organisation for the managers of this module, on SQLite whatever the run is on."""
    system = System(shutil.copytree(sample_folder, tmp_path_factory.mktemp("managers"), dirs_exist_ok=True))
    yield Demonstration(system, chromium)
    system.stop()


@pytest.mark.parametrize("way", WAYS)
def test_a_figure_is_read_down_to_exactly_the_records_behind_it(demonstration: Demonstration, way: str) -> None:
    page, complaints = demonstration.page("dev")
    hand = Hand(way, page)
    hand.place("Evaluate", "Indicators")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    hand.clean()
    hand.press(page.get_by_role("link", name="Backlog", exact=True))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Backlog")
    hand.clean()
    figure = page.locator(".figure-line a")
    count = int(re.sub(r"\D", "", figure.inner_text()))
    hand.press(figure)
    expect(page.locator("[data-row]").first).to_be_visible()
    assert page.locator("[data-row]").count() == min(count, 50)
    hand.clean()
    reference = page.locator("[data-row]").first.get_attribute("data-row")
    hand.press(page.locator(f"[data-row='{reference}'] a.title"))
    expect(page.locator("main")).to_contain_text(str(reference))
    assert complaints == []


@pytest.mark.parametrize("way", WAYS)
def test_an_agreement_is_corrected_and_the_past_recalculated_on_request(demonstration: Demonstration, way: str) -> None:
    """Each way corrects what the one before left; the list shows before and after, and nothing moves until it is applied."""
    span = {"mouse": "30 h", "keyboard": "20 h", "phone": "10 h"}[way]
    page, complaints = demonstration.page("leonie")
    hand = Hand(way, page)
    page.goto(f"{demonstration.address}/agreements/")
    hand.press(page.get_by_role("link", name="Workplaces at Brannock Hospitals"))
    page.wait_for_url(re.compile(r"/agreements/\d+/$"))
    agreement = page.url
    hand.press(page.get_by_role("link", name="all Terms"))
    hand.press(page.get_by_role("link", name=re.compile("^Correct it")))
    hand.fill(page.get_by_label("Resolved, Every other priority"), span)
    hand.clean()
    hand.press(page.get_by_role("button", name="Keep the draft"))
    hand.fill(page.get_by_label("What was wrong"), "It was signed so; the first version was typed wrongly.")
    hand.clean()
    hand.press(page.get_by_role("button", name="Put it in force"))
    expect(page.locator("main")).to_contain_text("Corrects")
    page.goto(agreement)

    page.goto(f"{demonstration.address}/recalculations/new/")
    hand.fill(page.get_by_label("Title"), f"After the correction to {span}")
    hand.choose("Agreement", "Workplaces at Brannock")
    hand.fill(page.get_by_label("Reason"), "The version was typed wrongly.")
    hand.clean()
    hand.press(page.get_by_role("button", name=re.compile("^Open the recalculation")))
    page.wait_for_url(re.compile(r"/recalculations/\d+/$"))
    recalculation = page.url
    hand.move("Compute the list")
    _until(page, recalculation, "Computed")
    hand.press(page.get_by_role("link", name=re.compile("^The list")))
    expect(page.locator("tbody tr").first).to_contain_text("version")
    hand.clean()
    assert "(applied)" not in page.locator("main").inner_text(), "nothing moves before it is asked for"
    page.goto(recalculation)
    hand.move("Apply it")
    expect(page.get_by_label("Reason")).to_have_value("The version was typed wrongly.")
    hand.clean()
    hand.press(page.locator("main form button[type=submit]"))
    _until(page, recalculation, "Applied")
    hand.press(page.get_by_role("link", name=re.compile("^The list")))
    expect(page.locator("main")).to_contain_text("(applied)")
    assert complaints == []


def _until(page: Page, address: str, state: str) -> None:
    """Wait until a job has brought the record into a state; the page is looked at again as somebody does who waits."""
    for _time in range(60):
        page.wait_for_load_state()
        if page.locator(".flow [aria-current]").filter(has_text=re.compile(f"^\\s*{state}")).count():
            return
        page.wait_for_timeout(500)
        page.goto(address)
    raise AssertionError(f"It never came to {state}.")
