"""Requests walked in a real Chromium: a manager sets one up, a customer orders it, three are asked, two teams fulfil it, the customer confirms."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe_finds, opened, watched
from tests.cast import PASSWORD
from tests.journey import IN_A_BROWSER
from tests.system import System

pytestmark = IN_A_BROWSER

WHO = ("aoife", "ines", "dev", "ruth")
LIVED_IN = """
from datetime import timedelta
from tests.cast import build_house
from plimsoll.kernel.approvals.operations import keep_stand_in
from plimsoll.kernel.lib.time import now
house = build_house()
start, end = now() - timedelta(days=1), now() + timedelta(days=9)
keep_stand_in(person=house.greta, stand_in=house.ruth, started_at=start, ended_at=end, by=house.fresh(house.ruth), channel="page")
for who in ("aoife", "ines", "dev", "ruth"):
    print(getattr(house, who).email)
"""


@pytest.fixture
def served(migrated: System, tmp_path: Path) -> Iterator[System]:
    """A system of its own, on SQLite, with its worker running."""
    folder = tmp_path / "system"
    if migrated.database_url:
        folder.mkdir()
        (system := System(folder)).run("migrate")
    else:
        shutil.copytree(migrated.folder, folder)
        system = System(folder)
    yield system
    system.stop()


def signed_in(chromium: Browser, address: str, mail: str, *, width: str = "desk") -> tuple[Page, list[str]]:
    page, complaints = watched(opened(chromium, width=width))
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Work e-mail").fill(mail)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("My work|What do you need"))  # a customer lands in the portal
    return page, complaints


def choose(page: Page, label: str, text: str) -> None:
    """Type into a chooser and take what is offered."""
    page.get_by_role("combobox", name=re.compile(f"^{label}")).fill(text)
    page.get_by_role("option").filter(has_text=text).first.click()


# Where a request stands, in the line of dots of its page inside and of the one in the portal.
WHERE = ".dot-line [aria-current=step]"


def sound(page: Page) -> None:
    """Nothing that axe finds, and nothing wider than the window."""
    assert axe_finds(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def becomes(page: Page, text: str) -> None:
    """Load anew until the line of dots stands where it should: the worker goes on by itself."""
    now = page.locator(WHERE)
    for _try in range(40):
        page.reload()
        if now.count() and text in now.inner_text():
            return
        page.wait_for_timeout(500)
    expect(now).to_contain_text(text)


def test_a_request_from_its_model_to_its_confirmation(served: System, chromium: Browser) -> None:
    mails = dict(zip(WHO, served.python(LIVED_IN).split(), strict=True))
    address = served.serve()
    ruth, told_ruth = signed_in(chromium, address, mails["ruth"])
    _set_up(ruth, address)
    aoife, told_aoife = signed_in(chromium, address, mails["aoife"])
    _order_by_keyboard(aoife, address)
    seen = re.sub(r"\?.*", "", aoife.url)  # in the portal
    here = seen.replace("/portal/", "/")
    dev, told_dev = signed_in(chromium, address, mails["dev"])
    dev.goto(here)
    dev.get_by_role("button", name="Approve").click()
    dev.wait_for_load_state()
    dev.goto(here)
    expect(dev.locator(WHERE)).to_contain_text("1 of 2")
    ruth.goto(f"{address}/")
    expect(ruth.get_by_role("main")).to_contain_text("Approve New chair")
    ruth.goto(here)
    ruth.get_by_role("button", name="Approve").click()
    becomes(aoife, "In fulfilment")
    ines, told_ines = signed_in(chromium, address, mails["ines"])
    ines.goto(f"{address}/")
    ines.get_by_role("link", name=re.compile("Buy it: New chair")).first.click()
    expect(ines.get_by_role("main")).to_contain_text("Ask the dealer of the framework contract.")
    sound(ines)
    _done(ines)
    _task_of_the_second_team(dev, address)
    becomes(aoife, "Fulfilled")
    phone, told_phone = signed_in(chromium, address, mails["aoife"], width="phone")
    phone.goto(seen)
    sound(phone)
    phone.get_by_role("button", name="Confirm and close").click()
    expect(phone.locator(WHERE)).to_contain_text("Closed")
    told = [*told_ruth, *told_aoife, *told_dev, *told_ines, *told_phone]
    assert [t for t in told if "status of 422" not in t] == []  # the form that was refused


def _set_up(page: Page, address: str) -> None:
    """A manager sets up what can be ordered: no code, no JSON."""
    page.goto(f"{address}/requestmodels/new/")
    page.get_by_label("Title").fill("New chair")
    page.get_by_label("Description for the customer").fill("A chair that fits your back.")
    choose(page, "Owner", "Ruth")
    page.get_by_role("button", name="Open the request model").click()
    expect(page).to_have_url(re.compile(r"/requestmodels/\d+/$"))
    base = page.url
    page.goto(f"{base}draft/")
    page.get_by_role("link", name="Add a question").click()
    page.get_by_label("Question").fill("Which one")
    page.get_by_label("What is answered").select_option(label="one of several")
    page.get_by_label("Choices").fill("With arms\nWithout arms")
    page.get_by_label("It must be answered").check()
    _keep(page)
    page.get_by_role("link", name="Add a question").click()
    page.get_by_label("Question").fill("Why with arms")
    page.get_by_label("It must be answered").check()
    page.get_by_label("Shown only when").select_option(label="Which one")
    page.get_by_label(re.compile("^this optional")).fill("With arms")
    _keep(page)
    page.get_by_role("link", name="Add a step").click()
    page.get_by_label("Name of the step").fill("Purchase")
    for n, who in enumerate(("Dev", "Ines", "Greta"), 1):
        choose(page, f"Person {n}", who)
    page.get_by_label("How many of them must say yes").fill("2")
    _keep(page)
    for title, team in (("Buy it", "Service desk"), ("Bring it", "Network")):
        page.get_by_role("link", name="Add a task").click()
        page.get_by_label("What is done").fill(title)
        choose(page, "By which team", team)
        page.get_by_label("Within").fill("4 h")
        _keep(page)
    sound(page)
    page.get_by_role("button", name="Bring it: up").click()
    page.get_by_role("button", name="Bring it: down").click()
    expect(page.locator("#tasks")).to_contain_text(re.compile("Buy it.*stage 1.*Bring it.*stage 2", re.DOTALL))
    page.get_by_role("link", name="Preview").click()
    expect(page.get_by_label("Why with arms")).to_be_hidden()
    page.get_by_label("Which one").select_option("With arms")
    expect(page.get_by_label("Why with arms")).to_be_visible()
    sound(page)
    page.goto(f"{base}draft/")
    page.get_by_role("button", name="Put it in force").click()
    expect(page).to_have_url(base)
    page.get_by_role("link", name=re.compile("^Offer it")).or_(page.get_by_role("button", name=re.compile("^Offer it"))).first.click()
    page.get_by_label("Everybody may order it").check()
    page.get_by_label("Instruction for those who fulfil it").fill("Ask the dealer of the framework contract.")
    page.get_by_label("Review of the instruction").fill("2036-01-01")
    page.get_by_role("main").get_by_role("button", name="Offer it").click()
    expect(page.locator(".flow [aria-current=step]")).to_contain_text("Can be ordered")


def _keep(page: Page) -> None:
    """Keep a piece in the draft, and be back at the whole of it."""
    page.get_by_role("button", name="Keep it in the draft").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Draft of version")


def _order_by_keyboard(page: Page, address: str) -> None:
    """The customer orders with the keyboard alone; what is missing is said, what is hidden is not asked for."""
    page.goto(f"{address}/requests/order/")
    sound(page)
    page.get_by_role("searchbox").focus()
    page.keyboard.type("chair")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("New chair")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Purchase")
    expect(page.get_by_label("Why with arms")).to_be_hidden()
    page.get_by_label("Which one").focus()
    page.keyboard.type("With arms")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Why with arms")).to_be_focused()
    page.get_by_role("button", name="Order it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("“Why with arms” is needed.")
    sound(page)
    page.get_by_label("Which one").focus()
    page.keyboard.type("Without arms")
    expect(page.get_by_label("Why with arms")).to_be_hidden()
    page.get_by_role("button", name="Order it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("New chair")
    expect(page.locator(WHERE)).to_contain_text("Purchase")
    sound(page)


def _done(page: Page) -> None:
    """Press “Done” on a task."""
    head = page.locator("header.page-head")
    button = head.get_by_role("link", name=re.compile("^Done")).or_(head.get_by_role("button", name=re.compile("^Done")))
    if not button.first.is_visible():
        page.get_by_role("button", name="Move").click()
    button.first.click()
    page.get_by_role("main").get_by_role("button", name="Done").click()
    expect(page.locator(".flow [aria-current=step]")).to_contain_text("Done")


def _task_of_the_second_team(page: Page, address: str) -> None:
    """The task of the second team comes up when that of the first is done."""
    link = page.get_by_role("link", name=re.compile("Bring it: New chair"))
    for _try in range(40):
        page.goto(f"{address}/")
        if link.count():
            break
        page.wait_for_timeout(500)
    link.first.click()
    _done(page)
