"""What a customer's people do, in a real Chromium: by mouse, by keyboard only, on a phone; and every page of the portal under axe."""

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
from tests.test_journeys_desk import NARROW, axe_everywhere

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium here; CI installs it.")]
RESOLVE = """
import sys
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import move
from plimsoll.resolution.incidents.models import Category, Incident
from plimsoll.portfolio.services.models import Service
ines = Person.objects.select_related("tenant", "organization").get(email=sys.argv[1])
record = Incident.objects.select_related("tenant", "organization", "card").get(number=sys.argv[2])
steps = {
    "assign": {"service": Service.objects.first(), "classification": Category.objects.first(), "impact": 2, "urgency": 2, "owner": ines},
    "start": {},
    "resolve": {"resolution_code": "fixed", "cause_code": "cable", "resolution_note": "New cable."},
}
parts.comment(record, text="The cable is changed. Is it well now?", is_public=True, by=ines, channel="page")
parts.comment(record, text="Their cleaner pulled it.", is_public=False, by=ines, channel="page")
for name, fields in steps.items():
    record = move(record, name, by=ines, channel="page", fields=fields, note="Done")
"""
ASK = """
import sys
from plimsoll.kernel.approvals.operations import Asked, ask
from plimsoll.kernel.identity.models import Person
from plimsoll.resolution.incidents.models import Incident
ines, aoife = (Person.objects.select_related("tenant", "organization").get(email=mail) for mail in sys.argv[1:3])
record = Incident.objects.select_related("tenant", "organization", "card").get(number=sys.argv[3])
ask(record, question="May we come at noon?", steps=[Asked(name="Customer", people=(aoife,))], by=ines, channel="page")
"""
WORDS = """
import sys
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
aoife = Person.objects.get(email=sys.argv[1])
words = ["incident:confirm@own", "incident:reopen@own", "incident:cancel@own"]
Grant.objects.create(tenant=aoife.tenant, person=aoife, words=words, role_name="Customer user", started_at=now())
"""


@pytest.fixture(scope="module")
def lived(migrated: System, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder: Path = tmp_path_factory.mktemp("customer") / "system"
    if migrated.database_url:
        folder.mkdir()
        (system := System(folder)).run("migrate")
    else:
        shutil.copytree(migrated.folder, folder)
        system = System(folder)
    made = Lived(system, chromium)
    system.python(WORDS, made.mails["aoife"])
    yield made
    system.stop()


def reported(page: Page, lived: Lived, title: str) -> str:
    """Report something by mouse; its number."""
    page.goto(f"{lived.address}/portal/")
    page.get_by_role("link", name="Something is not working").click()
    page.get_by_label("What is wrong").fill(title)
    page.get_by_label("I can't work myself").check()
    page.get_by_label("Pictures or files").set_input_files({"name": "ward.txt", "mimeType": "text/plain", "buffer": b"log"})
    page.get_by_role("button", name="Report it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    found = re.search(r"/portal/incidents/(\d+)/", page.url)
    assert found
    return found[1]


def test_by_mouse_report_follow_answer_confirm_say_how_it_went_and_open_again(lived: Lived) -> None:
    page = lived.page("aoife")
    number = reported(page, lived, "The label printer is dead")
    main = page.get_by_role("main")
    expect(main).to_contain_text(f"Its number is INC-{number}.")
    expect(main).to_contain_text("Somebody reads it next")
    expect(main.get_by_role("link", name="ward.txt")).to_be_visible()
    page.get_by_label("Your answer").fill("It blinks red.")
    page.get_by_role("button", name="Send your answer").click()
    expect(page.locator(".msg[data-from=customer]").last).to_contain_text("It blinks red.")
    lived.system.python(RESOLVE, lived.mails["ines"], number)
    page.goto(f"{lived.address}/go/INC-{number}/")
    expect(page).to_have_url(f"{lived.address}/portal/incidents/{number}/")
    expect(main).to_contain_text("Is it well now?")
    expect(main).not_to_contain_text("cleaner")
    page.get_by_role("button", name="Confirm and close").click()
    expect(main).to_contain_text("How did it go?")
    page.get_by_label("What was good").fill("Quick and friendly")
    page.get_by_role("button", name="5 Very good").click()
    expect(page.get_by_role("button", name="5 Very good")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Reopen").click()
    page.get_by_role("button", name="Reopen").click()
    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    page.get_by_label("Say why").fill("It is dead again.")
    page.get_by_role("button", name="Reopen").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("Being worked on")
    assert [c for c in lived.complaints["aoife"] if "422" not in c] == []


def test_by_keyboard_only_search_report_answer_and_approve(lived: Lived) -> None:
    page = lived.page("aoife")
    page.goto(f"{lived.address}/portal/")
    for _n in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "q":
            break
    page.keyboard.type("monitor flickers")
    expect(page.locator("#found")).to_contain_text("Report “monitor flickers”")
    for _n in range(6):
        page.keyboard.press("Tab")
        if "Report" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_label("What is wrong")).to_have_value("monitor flickers")
    page.get_by_label("Many people can't work at all").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("It hinders several people, and can't wait")).to_be_checked()
    page.get_by_role("button", name="Report it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("monitor flickers")
    number = re.search(r"/incidents/(\d+)/", page.url)
    assert number
    lived.system.python(ASK, lived.mails["ines"], lived.mails["aoife"], number[1])
    page.goto(f"{lived.address}/portal/")
    page.get_by_role("link", name="May we come at noon?").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Refuse").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Why not").focus()
    page.keyboard.type("The ward is full then.")
    page.get_by_role("button", name="Refuse it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("You refused it.")


def test_on_a_phone_report_and_answer(lived: Lived) -> None:
    page = lived.page("aoife")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    number = reported(page, lived, "A very long title " + "about the same thing " * 6)
    page.get_by_label("Your answer").fill("From my phone.")
    page.get_by_role("button", name="Send your answer").click()
    expect(page.locator(".msg").last).to_contain_text("From my phone.")
    assert page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth") <= 1
    page.goto(f"{lived.address}/portal/mine/")
    expect(page.get_by_role("main")).to_contain_text(f"INC-{number}")


def test_axe_finds_nothing_on_any_page_of_the_portal(lived: Lived) -> None:
    page = lived.page("aoife")
    number = reported(page, lived, "For axe")
    lived.system.python(RESOLVE, lived.mails["ines"], number)
    one = f"incidents/{number}/"
    for place in ("", "report/", "mine/", "mine/?state=all", "search/?q=axe", "articles/", one, f"{one}moves/reopen/"):
        page.goto(f"{lived.address}/portal/{place}")
        axe_everywhere(page)


def test_what_was_typed_and_not_sent_is_there_again(lived: Lived) -> None:
    page = lived.page("aoife")
    page.goto(f"{lived.address}/portal/report/")
    page.get_by_label("What happened").fill("A long story that must not be lost.")
    page.wait_for_timeout(2500)
    page.goto(f"{lived.address}/portal/report/")
    expect(page.get_by_label("What happened")).to_have_value("A long story that must not be lost.")
