"""Being told, in a real Chromium: the inbox by mouse, by keyboard and on a phone, the bell that counts by itself, and how one wants to be told."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journey import IN_A_BROWSER, NARROW, Lived, axe_everywhere

pytestmark = IN_A_BROWSER


def given_to_dev(lived: Lived, title: str, *messages: str) -> None:
    """A record of this journey's own that is Dev's, with messages for him."""
    address = lived.opened(title)
    lived.system.python(
        "import sys; from tests.cast import Person, type_named\n"
        "from plimsoll.kernel.records import parts; from plimsoll.kernel.records.operations import amend\n"
        "ines, dev = (Person.objects.select_related('tenant', 'organization').get(email=m) for m in sys.argv[1:3])\n"
        "record = type_named('incident').model.objects.get(number=int(sys.argv[3]))\n"
        "record = amend(record, by=ines, channel='page', owner=dev)\n"
        "for text in sys.argv[4:]: parts.comment(record, text=text, is_public=True, by=ines, channel='page')",
        lived.mails["ines"],
        lived.mails["dev"],
        address.rstrip("/").split("/")[-1],
        *messages,
    )


def axe_and_shot(page: Page, name: str, shots: Path) -> None:
    axe_everywhere(page)
    page.screenshot(path=shots / f"{name}.png", full_page=True)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.screenshot(path=shots / f"{name}-phone.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_the_inbox_is_read_by_record_undone_and_muted_by_mouse(lived: Lived, tmp_path: Path) -> None:
    given_to_dev(lived, "Ward tablets drop off Wi-Fi", "Any news?", "It is worse now.")
    given_to_dev(lived, "Printer on ward 4 prints blank pages " * 3)
    page = lived.page("dev")
    page.goto(f"{lived.address}/inbox/")
    row = page.get_by_role("row").filter(has_text="Ward tablets")
    expect(row).to_contain_text("3 unread")
    row.get_by_text("and 2 before").click()
    axe_and_shot(page, "inbox", tmp_path)
    page.get_by_role("row").filter(has_text="Ward tablets").get_by_role("button", name=re.compile("Mark as read : INC-")).click()
    expect(page.get_by_text("is marked as read").or_(page.get_by_text("are marked as read"))).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row").filter(has_text="Ward tablets")).to_contain_text("3 unread")
    page.get_by_role("row").filter(has_text="Printer").get_by_role("button", name="Mute").click()
    expect(page.get_by_role("row").filter(has_text="Printer")).to_contain_text("muted")
    page.get_by_role("link", name="muted records").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Muted records")
    axe_and_shot(page, "muted", tmp_path)
    page.get_by_role("button", name="Tell me of it again").click()
    expect(page.get_by_text("Nothing is muted")).to_be_visible()
    page.goto(f"{lived.address}/inbox/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Inbox, nothing unread")).to_be_visible()


def test_by_keyboard_only(lived: Lived) -> None:
    given_to_dev(lived, "Read by keys")
    page = lived.page("dev")
    page.goto(f"{lived.address}/inbox/")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Read by keys")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Mark as read").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.wait_for_load_state("load")  # the script that hears keys
    page.keyboard.press("z")
    expect(page.get_by_role("row").filter(has_text="Read by keys")).to_contain_text("unread")
    expect(page.get_by_role("link", name="Read by keys")).to_be_focused()  # the cursor stands where one was
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Read by keys")


def test_the_bell_and_the_open_inbox_hear_of_what_is_new(lived: Lived) -> None:
    page = lived.page("dev")
    page.clock.install()
    page.goto(f"{lived.address}/inbox/")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("link", name="Inbox, nothing unread")).to_be_visible()
    given_to_dev(lived, "Come in meanwhile")
    page.clock.run_for(32_000)
    expect(page.locator("a[data-inbox]")).to_have_accessible_name("Inbox, 1 unread")
    page.get_by_role("link", name="1 new. Show it").click()
    expect(page.get_by_role("row").filter(has_text="Come in meanwhile")).to_be_visible()


def test_how_one_wants_to_be_told_on_a_phone(lived: Lived, tmp_path: Path) -> None:
    page = lived.page("dev")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(f"{lived.address}/preferences/notices/")
    page.get_by_role("combobox", name="Somebody writes a message").select_option("digest")
    page.get_by_label("Quiet from").fill("22:00")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("link", name="Quiet hours have a beginning and an end").or_(page.get_by_text("Give both, or none").first)).to_be_visible()
    page.get_by_label("Quiet until").fill("07:00")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("is planned anew")).to_be_visible()
    expect(page.get_by_role("combobox", name="Somebody writes a message")).to_have_value("digest")
    axe_and_shot(page, "preferences", tmp_path)


def test_an_administrator_sees_what_waits(lived: Lived, tmp_path: Path) -> None:
    page = lived.page("ruth")
    page.goto(f"{lived.address}/settings/notices/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Notices")
    axe_and_shot(page, "settings", tmp_path)
