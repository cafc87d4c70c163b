"""What an hour as a user turned up, in a real Chromium: an answer that comes while one writes, sentences that find, files with an order."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser import WIDTHS, axe_finds
from tests.journey import IN_A_BROWSER, Lived, axe_everywhere

pytestmark = IN_A_BROWSER
ANSWERED = """
import sys
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records import parts
from plimsoll.resolution.incidents.models import Incident
ines = Person.objects.select_related("tenant", "organization").get(email=sys.argv[1])
record = Incident.objects.select_related("tenant", "organization", "card").get(number=sys.argv[2])
parts.comment(record, text="Which bay is it?", is_public=True, by=ines, channel="page")
parts.comment(record, text="Sounds like the old switch.", is_public=False, by=ines, channel="page")
"""
GUIDE = """
from datetime import date
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.resolution.requests.drafting import draft_plan, put_in_force
from plimsoll.resolution.requests.plan import Field, Plan
from tests.cast import type_named
people = {p.name.split()[0]: p for p in Person.objects.select_related("tenant", "organization").filter(tenant__name__startswith="Northmere")}
ines, dev, ruth = people["Ines"], people["Dev"], people["Ruth"]
values = {"title": "The label printer gives empty labels", "body": "Open the lid.", "audience": "customers", "owner": ines}
made = open_record(type_named("article"), by=ines, channel="page", review_due_date=date(2030, 1, 1), **values)
move(move(made, "submit", by=ines, channel="page"), "publish", by=dev, channel="page")
values = {"title": "Desk", "description": "A desk.", "owner": ruth, "is_for_everybody": True, "instruction": "Do it."}
model = open_record(type_named("requestmodel"), by=ruth, channel="page", instruction_review_on=date(2030, 1, 1), **values)
put_in_force(draft_plan(model, Plan(fields=(Field("size", "Size", is_required=True),)), by=ruth, channel="page"), by=ruth, channel="page")
move(model, "offer", by=ruth, channel="page")
"""


def test_an_answer_comes_while_one_writes_and_takes_nothing_away(lived: Lived) -> None:
    address = lived.opened("Tablets lose the Wi-Fi").replace("/incidents/", "/portal/incidents/")
    page = lived.page("aoife")
    page.set_viewport_size(WIDTHS["phone"])  # type: ignore[arg-type]
    page.goto(address)
    page.get_by_label("Your answer").fill("It is worse by the window")
    lived.system.python(ANSWERED, lived.mails["ines"], address.rstrip("/").rpartition("/")[2])
    news = page.locator(".news a")
    expect(news).to_contain_text("Ines", timeout=30_000)
    expect(page.locator("ol.talk")).not_to_contain_text("Which bay is it?")
    news.click()
    expect(page.locator("ol.talk")).to_contain_text("Which bay is it?")
    expect(page.get_by_label("Your answer")).to_have_value("It is worse by the window")
    expect(page.get_by_role("main")).not_to_contain_text("old switch")
    page.get_by_role("button", name="Send your answer").click()
    expect(page.locator(".msg").last).to_contain_text("It is worse by the window")
    axe_everywhere(page)
    assert lived.complaints["aoife"] == []


def test_a_sentence_finds_the_guide_which_asks_whether_it_helped(lived: Lived) -> None:
    lived.system.python(GUIDE)
    page = lived.page("aoife")
    page.set_viewport_size(WIDTHS["phone"])  # type: ignore[arg-type]
    page.get_by_role("searchbox").press_sequentially("my printer does not print")
    page.locator("#found").get_by_role("link", name="The label printer gives empty labels").click()
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_label("What was missing or wrong").fill("Mine has no lid")
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_role("button", name="No", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("What was missing or wrong")).to_have_value("Mine has no lid")
    axe_everywhere(page)
    page.goto(f"{lived.address}/portal/order/")
    page.get_by_role("link", name="Desk").click()
    page.get_by_label("Size").fill("Large")
    page.get_by_label("Pictures or files").set_input_files({"name": "room.txt", "mimeType": "text/plain", "buffer": b"plan"})
    page.get_by_role("button", name="Order it").click()
    expect(page.get_by_role("link", name="room.txt")).to_be_visible()
    assert lived.complaints["aoife"] == []


def test_account_inbox_and_what_is_not_there_stay_in_the_portal(lived: Lived) -> None:
    page = lived.page("aoife")
    page.set_viewport_size(WIDTHS["phone"])  # type: ignore[arg-type]
    for place in ("/account/", "/preferences/", "/preferences/notices/", "/inbox/", "/nothing/"):
        page.goto(f"{lived.address}{place}")
        expect(page.get_by_role("link", name="Your requests").first).to_be_visible()
        expect(page.get_by_text("My work")).to_have_count(0)
        assert axe_finds(page) == [], place
        assert page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth") <= 1, place
    assert [c for c in lived.complaints["aoife"] if "404" not in c] == []
