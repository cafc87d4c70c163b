"""An agent's five main tasks in a real Chromium, by mouse, by keyboard alone and on a phone: triage, reply, escalate, resolve, merge. Axe on each.

And what two people at one record may not do to each other: overwrite unseen, or take words away from who is typing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import axe_finds
from tests.hand import WAYS, Hand
from tests.journey import IN_A_BROWSER, Lived, axe_everywhere

pytestmark = IN_A_BROWSER


@pytest.fixture(params=WAYS)
def hand(request: pytest.FixtureRequest, lived: Lived) -> Hand:
    return Hand(request.param, lived.page("ines"))


Open = Callable[[str], str]


@pytest.fixture
def opened(lived: Lived) -> Open:
    """Opens an incident by its title; returns its address."""
    return lived.opened


def triaged(hand: Hand, here: str) -> None:
    """Take a new incident to somebody's desk."""
    page = hand.page
    page.goto(here)
    hand.move("Assign")
    hand.choose("Service", "Network and Wi-Fi")
    hand.choose("Category", "Network")
    hand.select("Impact", "Medium")
    hand.select("Urgency", "High")
    hand.choose("With", "Ines Okafor")
    hand.clean()
    hand.press(page.get_by_role("main").get_by_role("button", name=re.compile("^Assign")))
    expect(page.locator("[aria-current=step]")).to_contain_text("Assigned")


def started(hand: Hand, here: str) -> None:
    triaged(hand, here)
    hand.move("Start work")
    hand.page.wait_for_url("**/moves/start/")
    hand.press(hand.page.get_by_role("main").get_by_role("button", name="Start work"))
    expect(hand.page.locator("[aria-current=step]")).to_contain_text("In progress")


def test_triage(hand: Hand, opened: Open) -> None:
    triaged(hand, opened(f"Triage by {hand.way}"))
    expect(hand.page.locator("#prop-priority")).to_contain_text("2")
    hand.clean()


def test_reply(hand: Hand, opened: Open) -> None:
    page = hand.page
    page.goto(opened(f"Reply by {hand.way}"))
    if hand.way == "keyboard":
        page.keyboard.press("r")
        expect(page.locator("#composer-text")).to_be_focused()
        page.keyboard.type("We are on it.")
    else:
        hand.fill(page.locator("#composer-text"), "We are on it.")
    expect(page.locator(".composer footer button[type=submit]")).to_contain_text("Send to Aoife")
    hand.clean()
    hand.send()
    expect(page.locator(".msg[data-from=us]")).to_contain_text("We are on it.")


def test_escalate(hand: Hand, opened: Open) -> None:
    """To the team that knows more, and more urgent than it was: in place, where the values stand."""
    page = hand.page
    page.goto(opened(f"Escalate by {hand.way}"))
    hand.press(page.locator("#prop-team a.edit"))
    hand.choose("Team", "Network")
    hand.press(page.locator("#prop-team").get_by_role("button", name="Save"))
    expect(page.locator("#prop-team a.edit")).to_contain_text("Network")
    hand.press(page.locator("#prop-priority a.edit"))
    page.locator("#prop-priority select").wait_for()
    if hand.way == "keyboard":
        page.keyboard.type("Critical")
    else:
        page.locator("#prop-priority select").select_option("1")
    hand.fill(page.locator("#prop-priority [name=priority_reason]"), "The ward can't work")
    hand.clean()
    hand.press(page.locator("#prop-priority").get_by_role("button", name="Save"))
    expect(page.locator("#prop-priority a.edit")).to_contain_text("1")
    expect(page.locator("[data-toasts]")).to_contain_text("Undo")


def test_resolve(hand: Hand, opened: Open) -> None:
    page = hand.page
    started(hand, opened(f"Resolve by {hand.way}"))
    hand.move("Resolve")
    main = page.get_by_role("main")
    hand.fill(page.get_by_label(re.compile("^Resolution")).first, "fixed")
    hand.fill(page.get_by_label(re.compile("^Cause")), "firmware")
    hand.fill(page.get_by_label(re.compile("^How it was resolved")), "Took the controller back.")
    hand.fill(page.get_by_label(re.compile("^Item")), "WLC-BRK-02")
    hand.fill(page.get_by_label(re.compile("^Note")), "Looked at it with Dev.")
    hand.clean()
    hand.press(main.get_by_role("button", name=re.compile("^Resolve")))
    expect(page.locator("[aria-current=step]")).to_contain_text("Resolved")


def test_merge(hand: Hand, opened: Open) -> None:
    page = hand.page
    elder, younger = opened(f"The first of {hand.way}"), opened(f"The same again by {hand.way}")
    page.goto(younger)
    hand.more("Merge with another")
    number = elder.rstrip("/").rpartition("/")[2]
    hand.choose("The other incident", f"The first of {hand.way}")
    hand.press(page.get_by_role("button", name="Show what will happen"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"into INC-{number}?")
    hand.clean()
    hand.press(page.get_by_role("main").get_by_role("button", name=re.compile("^Merge INC")))
    expect(page).to_have_url(elder)
    page.goto(younger)
    expect(page.get_by_role("main")).to_contain_text(f"Merged into INC-{number}")
    hand.clean()


# -- two at one record


def test_escape_puts_a_value_back_and_the_focus_with_it(lived: Lived) -> None:
    page = lived.page("ines")
    page.goto(lived.opened("Escape in place"))
    page.locator("#prop-symptom a.edit").or_(page.locator("#prop-impact a.edit")).first.click()
    page.locator("dd form.edit-field select, dd form.edit-field input:not([type=hidden])").first.press("Escape")
    expect(page.locator("dd form.edit-field")).to_have_count(0)


def test_a_merging_takes_no_words_from_who_is_typing(lived: Lived) -> None:
    elder, younger = lived.opened("Typing: the first"), lived.opened("Typing: the same")
    ines, dev = lived.page("ines"), lived.page("dev")
    dev.goto(younger)
    dev.locator("label").filter(has_text="Internal note").click()
    dev.locator("#composer-text").fill("I have just found that")
    ines.goto(f"{younger}merge/")
    ines.get_by_role("combobox").first.fill("Typing: the first")
    ines.get_by_role("option").first.click()
    ines.get_by_role("button", name="Show what will happen").click()
    ines.get_by_role("main").get_by_role("button", name=re.compile("^Merge INC")).click()
    expect(ines).to_have_url(elder)
    expect(dev.locator("[data-record-live]")).to_contain_text("moved it to Merged", timeout=30_000)
    expect(dev.locator("#composer-text")).to_have_value("I have just found that")
    dev.locator(".composer footer button[type=submit]").click()
    expect(dev.locator(".msg[data-from=internal]")).to_contain_text("I have just found that")
    ines.goto(elder)
    said = ines.locator(".msg[data-from=internal]").filter(has_text="I have just found that")
    expect(said).to_contain_text("from INC-")
    assert axe_finds(ines) == []


# -- rows, copies, files


def test_a_row_has_its_menu_by_button_right_click_and_key_and_fields_open_in_their_cells(lived: Lived) -> None:
    lived.opened("Row with a menu")
    page = lived.page("ines")
    page.goto(f"{lived.address}/incidents/?open=true")
    row = page.locator("tr[data-row]").filter(has_text="Row with a menu")
    row.locator("a.title").click(button="right")
    menu = page.locator("#row-menu")
    expect(menu).to_contain_text("Merge with another")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    row.locator("[data-row-menu]").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_role("link", name="Open it")).to_be_focused()
    assert axe_finds(page) == []
    menu.get_by_role("link", name=re.compile("With")).click()
    cell = row.locator("td[data-cell=owner]")
    expect(cell.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(cell.get_by_role("combobox")).to_have_count(0)
    row.locator("[data-row-menu]").click()
    menu.get_by_role("link", name=re.compile("With")).click()
    cell.get_by_role("combobox").fill("Dev")
    page.get_by_role("option").filter(has_text="Dev Chauhan").first.click()
    cell.get_by_role("button", name="Save").click()
    expect(page.locator("tr[data-row]").filter(has_text="Row with a menu")).to_contain_text("Dev Chauhan")
    page.locator("[data-toasts]").get_by_role("button", name=re.compile("Undo")).click()
    expect(page.locator("tr[data-row]").filter(has_text="Row with a menu")).not_to_contain_text("Dev Chauhan")


def test_number_link_and_markdown_are_copied(lived: Lived) -> None:
    here = lived.opened("Copy me")
    page = lived.page("ines")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(here)
    ref = f"INC-{here.rstrip('/').rpartition('/')[2]}"
    for wanted in (ref, here, f"[{ref} Copy me]({here})"):
        page.keyboard.press(".")
        page.wait_for_function("wanted => navigator.clipboard.readText().then(text => text === wanted)", arg=wanted)
    page.get_by_role("button", name="More things to do").click()
    page.get_by_role("button", name="Copy as Markdown").click()
    page.wait_for_function("wanted => navigator.clipboard.readText().then(text => text === wanted)", arg=f"[{ref} Copy me]({here})")


def test_a_file_is_dropped_or_pasted_onto_what_is_written(lived: Lived) -> None:
    here = lived.opened("Files by hand")
    page = lived.page("ines")
    page.goto(here)
    for kind in ("drop", "paste"):
        page.locator("#composer-text").evaluate(
            """(node, kind) => {
              const data = new DataTransfer();
              data.items.add(new File(["red light"], `${kind}ped.txt`, { type: "text/plain" }));
              const event = kind === "drop" ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
                : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
              node.dispatchEvent(event);
            }""",
            kind,
        )
    page.locator("#composer-text").fill("See the files.")
    page.locator(".composer footer button[type=submit]").click()
    expect(page.locator(".msg[data-from=us]")).to_contain_text("See the files.")
    page.goto(f"{here}?tab=files")
    expect(page.get_by_role("main")).to_contain_text("dropped.txt")
    expect(page.get_by_role("main")).to_contain_text("pasteped.txt")


ANSWER = """
import sys
from datetime import date
from plimsoll.kernel.records.operations import move
from tests.cast import Person, open_record, type_named
ruth, dev = (Person.objects.select_related("tenant", "organization").get(email=mail) for mail in sys.argv[1:])
values = {"title": "Projector stays dark: what to do", "body": "Turn the key.", "owner": ruth, "review_due_date": date(2031, 1, 1)}
made = open_record(type_named("article"), by=ruth, channel="page", **values)
move(move(made, "submit", by=ruth, channel="page"), "publish", by=dev, channel="page")
"""


def test_known_answers_come_while_a_new_one_is_written_and_take_no_focus(lived: Lived) -> None:
    lived.system.python(ANSWER, lived.mails["ruth"], lived.mails["dev"])
    page = lived.page("ines")
    page.goto(f"{lived.address}/incidents/new/")
    title = page.get_by_label("Title")
    title.click()
    page.keyboard.type("Projector stays dark")
    offered = page.get_by_role("region", name="Known answers and similar ones")
    expect(offered).to_contain_text("Projector stays dark: what to do")
    expect(title).to_be_focused()
    assert axe_finds(page) == []
    offered.get_by_role("checkbox").check()
    page.get_by_role("button", name="Open the incident").click()
    expect(page.get_by_role("complementary", name="Properties")).to_contain_text("Projector stays dark: what to do")


def test_messages_are_split_off_and_several_are_changed_and_taken_back(lived: Lived) -> None:
    here = lived.opened("Printer and scanner")
    page = lived.page("ines")
    page.goto(here)
    page.locator("#composer-text").fill("And the scanner is broken too.")
    page.locator(".composer footer button[type=submit]").click()
    expect(page.locator(".msg[data-from=us]")).to_contain_text("scanner")
    page.goto(f"{here}split/")
    axe_everywhere(page)
    page.get_by_label("Title of the new incident").fill("Scanner broken")
    page.get_by_role("checkbox", name=re.compile("scanner")).check()
    page.get_by_role("button", name="Split them off").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Scanner broken")
    expect(page.locator(".msg").filter(has_text="And the scanner is broken too.")).to_contain_text("from INC-")
    page.goto(f"{here}acts/")
    axe_everywhere(page)
    page.goto(f"{here}alike/")
    axe_everywhere(page)
    page.goto(f"{lived.address}/incidents/?open=true")
    for title in ("Printer and scanner", "Scanner broken"):
        page.locator("tr[data-row]").filter(has=page.get_by_role("link", name=title, exact=True)).get_by_role("checkbox").check()
    page.get_by_role("form", name="Do to the selected rows").get_by_role("button", name=re.compile("^Change")).click()
    axe_everywhere(page)
    page.get_by_label("Impact").select_option(label="High")
    page.get_by_role("button", name="Change 2 of 2").click()
    expect(page.get_by_role("main")).to_contain_text("2 of 2 done")
    axe_everywhere(page)
    page.get_by_role("button", name="Undo all 2").click()
    expect(page.get_by_role("main")).to_contain_text("Undone")
    page.goto(here)
    expect(page.locator("#prop-impact a.edit")).to_contain_text("none")
