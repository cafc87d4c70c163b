"""What a customer's people do, in a real Chromium, each by mouse, by keyboard alone and on a phone: report, follow, open again, decide, drop files.

Ordering is walked in `test_journeys_requests.py`. And every page of the portal under axe.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.hand import WAYS, Hand
from tests.journey import IN_A_BROWSER, Lived, axe_everywhere

pytestmark = IN_A_BROWSER
THINGS = """
import sys
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.approvals.operations import Asked, ask
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import move
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.models import Category, Incident
from tests.cast import open_record, type_named
ines, aoife = (Person.objects.select_related("tenant", "organization").get(email=mail) for mail in sys.argv[1:3])
WORK = {
    "assign": {"service": Service.objects.first(), "classification": Category.objects.first(), "impact": 2, "urgency": 2, "owner": ines},
    "start": {},
    "resolve": {"resolution_code": "fixed", "cause_code": "cable", "resolution_note": "New cable."},
}

def reported(title):
    made = open_record(type_named("incident"), by=ines, channel="page", title=title, requester=aoife, organization=aoife.organization)
    return Incident.objects.select_related("tenant", "organization", "card").get(number=made.number)

def solved(record):
    parts.comment(record, text="The cable is changed. Is it well now?", is_public=True, by=ines, channel="page")
    parts.comment(record, text="Their cleaner pulled it.", is_public=False, by=ines, channel="page")
    for name, fields in WORK.items():
        record = move(record, name, by=ines, channel="page", fields=fields, note="Done")
"""
PREPARE = f"""
{THINGS}
words = ["incident:confirm@own", "incident:reopen@own", "incident:cancel@own"]
Grant.objects.create(tenant=aoife.tenant, person=aoife, words=words, role_name="Customer user", started_at=now())
for way in {WAYS!r}:
    reported(f"Being worked on, by {{way}}")
    solved(reported(f"Dead again, by {{way}}"))
    ask(reported(f"To decide, by {{way}}"), question=f"May we come at noon, by {{way}}?", steps=[Asked(name="Customer", people=(aoife,))],
        by=ines, channel="page")
"""
SOLVE = f"""
{THINGS}
solved(Incident.objects.select_related("tenant", "organization", "card").get(number=sys.argv[3]))
"""


@pytest.fixture(scope="module")
def lived(lived: Lived) -> Lived:
    """With things of Aoife's for each way: one that is worked on, one that is solved, one in which she is asked."""
    lived.system.python(PREPARE, lived.mails["ines"], lived.mails["aoife"])
    return lived


@pytest.fixture(params=WAYS)
def hand(request: pytest.FixtureRequest, lived: Lived) -> Hand:
    return Hand(request.param, lived.page("aoife"))


def quiet(lived: Lived) -> None:
    """The console complained of nothing but forms that were refused."""
    assert [c for c in lived.complaints["aoife"] if "422" not in c] == []


def test_report(hand: Hand, lived: Lived) -> None:
    """From the one search of the portal, with a file, to the number."""
    page, title = hand.page, f"The label printer is dead, by {hand.way}"
    hand.fill(page.get_by_role("searchbox"), title)
    found = page.locator("#found")
    expect(found).to_contain_text(f"Report “{title}”")
    hand.clean()
    hand.press(found.get_by_role("link", name=re.compile("^Report")))
    expect(page.get_by_label("What is wrong")).to_have_value(title)
    hand.attach(page.get_by_label("Pictures or files"), "ward.txt")
    hand.press(page.get_by_role("button", name="Report it"))
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    expect(page.get_by_role("checkbox", name="ward.txt")).to_be_checked()
    hand.fill(page.get_by_label("What happened"), "It blinks red.")
    hand.tick(page.get_by_label("I can't work myself"))
    hand.attach(page.get_by_label("Pictures or files"), "photo.png")
    expect(page.locator("[data-picked-files]")).to_contain_text("photo.png")
    hand.clean()
    hand.press(page.get_by_role("button", name="Report it"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    main = page.get_by_role("main")
    expect(main).to_contain_text(re.compile(r"Its number is INC-\d+\."))
    expect(main).to_contain_text("Somebody reads it next")
    expect(main.get_by_role("link", name="ward.txt")).to_be_visible()
    expect(main.get_by_role("link", name="photo.png")).to_be_visible()
    hand.clean()
    quiet(lived)


def test_follow(hand: Hand, lived: Lived) -> None:
    """From one's own things: how it stands, an answer, what became of it, confirmed, and how it went."""
    page, main = hand.page, hand.page.get_by_role("main")
    hand.press(page.get_by_role("link", name="All, also closed"))
    hand.press(main.get_by_role("link", name=f"Being worked on, by {hand.way}"))
    expect(page.locator("[aria-current=step]")).to_contain_text("Received")
    hand.fill(page.get_by_label("Your answer"), f"It blinks red, says {hand.way}.")
    hand.clean()
    hand.press(page.get_by_role("button", name="Send your answer"))
    expect(page.locator(".msg[data-from=customer]").last).to_contain_text("It blinks red")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_label("Your answer")).to_have_value("")  # and nothing brings it back
    number = re.search(r"/portal/incidents/(\d+)/", page.url)
    assert number
    lived.system.python(SOLVE, lived.mails["ines"], lived.mails["aoife"], number[1])
    page.goto(f"{lived.address}/go/INC-{number[1]}/")
    expect(page).to_have_url(f"{lived.address}/portal/incidents/{number[1]}/")
    expect(main).to_contain_text("Is it well now?")
    expect(main).not_to_contain_text("cleaner")
    hand.clean()
    hand.press(page.get_by_role("button", name="Confirm and close"))
    expect(main).to_contain_text("How did it go?")
    hand.fill(page.get_by_label("What was good"), "Quick and friendly")
    hand.press(page.get_by_role("button", name="5 Very good"))
    expect(page.get_by_role("button", name="5 Very good")).to_have_attribute("aria-pressed", "true")
    hand.clean()
    quiet(lived)


def test_reopen(hand: Hand, lived: Lived) -> None:
    """Solved, they said; open again, with the reason that is asked for."""
    page, title = hand.page, f"Dead again, by {hand.way}"
    hand.press(page.get_by_role("link", name="All, also closed"))
    hand.press(page.get_by_role("main").get_by_role("link", name=title))
    hand.press(page.get_by_role("link", name="Reopen"))
    hand.press(page.get_by_role("button", name="Reopen"))
    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    hand.clean()
    hand.fill(page.get_by_label("Say why"), "It is dead again.")
    hand.press(page.get_by_role("button", name="Reopen"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator("[aria-current=step]")).to_contain_text("Being worked on")
    hand.clean()
    quiet(lived)


def test_refuse_what_one_is_asked(hand: Hand, lived: Lived) -> None:
    page = hand.page
    hand.press(page.get_by_role("link", name=f"May we come at noon, by {hand.way}?"))
    hand.press(page.get_by_role("button", name="Refuse"))
    hand.fill(page.get_by_label("Why not"), "The ward is full then.")
    hand.clean()
    hand.press(page.get_by_role("button", name="Refuse it"))
    expect(page.get_by_role("status").first).to_contain_text("You refused it.")
    quiet(lived)


def given(field: Locator, kind: str, name: str) -> None:
    """A file dropped on, or pasted into, what stands there: the browser's own events."""
    field.evaluate(
        """(node, [kind, name]) => {
          const data = new DataTransfer();
          data.items.add(new File(["red light"], name, { type: "text/plain" }));
          const event = kind === "drop" ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
            : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          node.dispatchEvent(event);
        }""",
        [kind, name],
    )


def test_files_are_dropped_and_pasted_onto_a_report_and_an_answer_each_once(lived: Lived) -> None:
    page = lived.page("aoife")
    page.goto(f"{lived.address}/portal/report/")
    page.get_by_label("What is wrong").fill("Files by hand")
    page.get_by_label("I can't work myself").check()
    picked = page.locator("[data-picked-files] li")
    given(page.get_by_text("drag them here"), "drop", "dropped.txt")
    given(page.get_by_label("What happened"), "paste", "pasted.txt")
    given(page.get_by_label("What happened"), "paste", "wrong one.txt")
    expect(picked).to_have_count(3)
    page.get_by_role("button", name="Take off wrong one.txt").click()
    expect(picked).to_have_count(2)
    axe_everywhere(page)
    page.get_by_role("button", name="Report it").click()
    files = page.get_by_role("region", name="Files").get_by_role("link")
    expect(files).to_have_text(["dropped.txt", "pasted.txt"])
    given(page.get_by_label("Your answer"), "paste", "picture.txt")
    given(page.get_by_label("Your answer"), "drop", "list.txt")
    expect(picked).to_have_count(2)
    page.get_by_label("Your answer").fill("See the files.")
    page.get_by_role("button", name="Send your answer").click()
    expect(page.locator(".msg[data-from=customer]").last).to_contain_text("See the files.")
    expect(files).to_have_count(4)
    assert sorted(files.all_inner_texts()) == ["dropped.txt", "list.txt", "pasted.txt", "picture.txt"]
    quiet(lived)


def reported(page: Page, lived: Lived, title: str) -> str:
    """Report something in the fewest steps; its number."""
    page.goto(f"{lived.address}/portal/")
    page.get_by_role("link", name="Something is not working").click()
    page.get_by_label("What is wrong").fill(title)
    page.get_by_label("I can't work myself").check()
    page.get_by_role("button", name="Report it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    found = re.search(r"/portal/incidents/(\d+)/", page.url)
    assert found
    return found[1]


def test_axe_finds_nothing_on_any_page_of_the_portal(lived: Lived) -> None:
    page = lived.page("aoife")
    number = reported(page, lived, "A very long title " + "about the same thing " * 6)
    lived.system.python(SOLVE, lived.mails["ines"], lived.mails["aoife"], number)
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
