"""What people live with all day, in a real Chromium: views, drafts that nothing takes away, canned texts, who else is looking."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journey import IN_A_BROWSER, Lived, axe_everywhere

pytestmark = IN_A_BROWSER


# --- Views -----------------------------------------------------------------------------------------------------


def test_a_filtered_list_is_saved_counted_changed_and_taken_away(lived: Lived) -> None:
    ines = lived.page("ines")
    ines.goto(f"{lived.address}/incidents/?open=true&owner=none")
    ines.keyboard.press("s")
    expect(ines.get_by_role("heading", level=1)).to_have_text("Save this view")
    axe_everywhere(ines)
    ines.get_by_label("Name").fill("Nobody has these yet, and somebody ought to take them before lunch")
    ines.get_by_label("Begin with this view").check()
    ines.get_by_role("button", name="Keep the view").click()
    tab = ines.get_by_role("navigation", name="Views").locator("a[aria-current=page]")
    expect(tab).to_contain_text("Nobody has these yet")
    expect(tab.locator(".count")).to_have_text(re.compile(r"^\d+$"))  # comes after the page
    axe_everywhere(ines)
    ines.goto(f"{lived.address}/incidents/")
    expect(ines).to_have_url(re.compile(r"owner=none&view=\d+"))
    ines.get_by_role("link", name="Remove the filter Owner").or_(ines.get_by_role("link", name=re.compile("Remove the filter"))).last.click()
    ines.get_by_role("link", name=re.compile("^keep in")).click()
    ines.get_by_label("Name").fill("All of them")
    ines.get_by_role("button", name="Keep the view").click()
    expect(ines.get_by_role("heading", level=1)).to_have_text("All of them")
    ines.get_by_role("link", name="All views of this list").click()
    axe_everywhere(ines)
    ines.get_by_role("link", name=re.compile("^Take away")).click()
    axe_everywhere(ines)
    ines.get_by_role("button", name="Take the view away").click()
    expect(ines.get_by_role("main")).to_contain_text("No views yet")
    assert lived.complaints["ines"] == []


def test_columns_are_ones_own(lived: Lived) -> None:
    dev = lived.page("dev")
    dev.goto(f"{lived.address}/incidents/?open=true")
    dev.get_by_role("link", name="columns").click()
    axe_everywhere(dev)
    dev.get_by_label("Urgency").fill("2")
    dev.get_by_role("button", name="Keep my columns").click()
    expect(dev.get_by_role("columnheader", name="Urgency")).to_be_visible()
    axe_everywhere(dev)


# --- Drafts: asked-for.md rows 11 and 12 -------------------------------------------------------------------------


def test_what_is_typed_survives_another_page_another_browser_and_a_restart(lived: Lived) -> None:
    here = lived.opened("Draft survives")
    ines = lived.page("ines")
    ines.goto(here)
    ines.locator("label").filter(has_text="Internal note").click()
    ines.locator("textarea[name=text]").fill("Half a thought about the controller")
    expect(ines.locator("[data-draft-at]")).to_contain_text("Draft kept")
    ines.goto(f"{lived.address}/incidents/")
    lived.restart()
    other = lived.page("ines")  # a browser of its own
    other.goto(here)
    expect(other.locator("textarea[name=text]")).to_have_value("Half a thought about the controller")
    expect(other.get_by_label("Internal note")).to_be_checked()
    expect(other.locator("[data-draft-note]")).to_contain_text("restored")
    axe_everywhere(other)
    other.get_by_role("button", name="Discard it").click()
    expect(other.locator("textarea[name=text]")).to_have_value("")
    other.wait_for_timeout(500)
    other.reload()
    other.wait_for_timeout(800)
    expect(other.locator("textarea[name=text]")).to_have_value("")


def test_somebody_elses_session_sends_nothing_of_mine(lived: Lived) -> None:
    here = lived.opened("Another signs in")
    ines = lived.page("ines")
    ines.goto(here)
    ines.locator("textarea[name=text]").fill("From Ines")
    expect(ines.locator("[data-draft-at]")).to_contain_text("Draft kept")
    lived.end_sessions("ines")
    tab = ines.context.new_page()
    tab.goto(f"{lived.address}/accounts/login/")
    lived.sign_in(tab, "dev")
    ines.get_by_role("button", name=re.compile("^Send")).click()
    expect(ines.locator("[data-draft-note]")).to_contain_text("Somebody else")
    expect(ines.locator("textarea[name=text]")).to_have_value("From Ines")
    tab.goto(here)
    tab.wait_for_timeout(800)
    expect(tab.locator("textarea[name=text]")).to_have_value("")
    expect(tab.locator(".msg[data-from=us]")).to_have_count(0)


def test_a_new_record_and_an_edit_come_back_and_leave_what_others_changed(lived: Lived) -> None:
    here = lived.opened("Edit comes back")
    ines = lived.page("ines")
    ines.goto(f"{lived.address}/incidents/new/")
    ines.get_by_label("Title").fill("Half a title")
    ines.get_by_label("Impact").select_option(label="High")
    ines.wait_for_timeout(2600)
    ines.goto(f"{lived.address}/incidents/new/")
    expect(ines.get_by_label("Title")).to_have_value("Half a title")
    expect(ines.get_by_label("Impact")).to_have_value(re.compile("."))
    expect(ines.locator("[data-draft-note]")).to_contain_text("restored")
    axe_everywhere(ines)
    ines.get_by_role("button", name="Discard it").click()
    expect(ines.get_by_label("Title")).to_have_value("")
    ines.goto(f"{here}edit/")
    ines.get_by_label("Symptom").fill("Mine")
    ines.goto(f"{lived.address}/incidents/")  # at once: leaving keeps it
    dev = lived.page("dev")
    dev.goto(f"{here}edit/")
    dev.get_by_label("Location").fill("Dev’s place")
    dev.get_by_role("main").get_by_role("button", name=re.compile("^Save")).click()
    expect(dev).to_have_url(re.compile(r"/incidents/\d+/$"))
    ines.goto(f"{here}edit/")
    expect(ines.get_by_label("Symptom")).to_have_value("Mine")
    expect(ines.get_by_label("Location")).to_have_value("Dev’s place")


# --- Canned texts and macros -----------------------------------------------------------------------------------------


def test_a_canned_text_is_written_found_by_typing_and_sent_with_its_move(lived: Lived) -> None:
    here = lived.opened("Canned")
    ines = lived.page("ines")
    ines.goto(f"{lived.address}/incidents/macros/")
    axe_everywhere(ines)
    ines.get_by_role("link", name="New text").first.click()
    axe_everywhere(ines)
    ines.get_by_label("Name").fill("Take it and say so")
    ines.get_by_label("Short word").fill("take")
    ines.get_by_label("Text", exact=True).or_(ines.locator("textarea[name=text]")).first.fill("Dear {requester_first_name}, {number} is with me.")
    ines.get_by_label("Then make this move").select_option("cancel")
    ines.get_by_label("And put it with").check()
    ines.get_by_role("button", name="Keep it").click()
    axe_everywhere(ines)
    ines.get_by_role("link", name="New text").first.click()
    ines.get_by_label("Name").fill("Bad payer")
    ines.locator("textarea[name=text]").fill("They never pay on time.")
    ines.get_by_label("For internal notes only").check()
    ines.get_by_role("button", name="Keep it").click()
    expect(ines.get_by_role("main")).to_contain_text("Bad payer")
    ines.get_by_role("link", name="New text").first.click()
    ines.get_by_label("Name").fill("Mine, thanks")
    ines.locator("textarea[name=text]").fill("Thank you.")
    ines.get_by_label("And put it with").check()
    ines.get_by_role("button", name="Keep it").click()
    expect(ines.get_by_role("main")).to_contain_text("Mine, thanks")

    ines.goto(here)
    ines.keyboard.press("r")
    ines.keyboard.type("Good morning. ::tak")
    expect(ines.get_by_role("option")).to_have_count(1)
    axe_everywhere(ines)
    ines.keyboard.press("Enter")
    text = ines.locator("textarea[name=text]")
    expect(text).to_have_value(re.compile(r"^Good morning\. Dear Aoife, INC-\d+ is with me\.$"))
    expect(ines.locator("[data-macro-said]")).to_contain_text("Sending this also does: Cancel")
    ines.wait_for_timeout(2600)
    ines.reload()  # the draft brings the macro back with the text
    expect(ines.locator("[data-macro-said]")).to_contain_text("Sending this also does: Cancel")
    ines.locator("textarea[name=text]").press("Control+Enter")
    expect(ines.locator("[aria-current=step]")).to_contain_text("Cancelled")
    expect(ines.locator(".msg[data-from=us]")).to_contain_text("is with me.")

    ines.keyboard.press("r")
    ines.get_by_role("link", name="Insert a canned text").click()
    ines.get_by_role("option").filter(has_text="Bad payer").click()
    expect(ines.get_by_label("Internal note")).to_be_checked()
    ines.get_by_role("link", name="Insert a canned text").click()
    ines.get_by_role("option").filter(has_text="Mine, thanks").click()  # a second text lets the first out no more than before
    expect(ines.locator("[data-macro-said]")).to_contain_text("Sending this also does: ")
    ines.locator("label").filter(has_text="Reply").first.click()
    expect(ines.locator("[data-macro-said]")).to_contain_text("As a reply it is not sent")
    ines.get_by_role("button", name=re.compile("^Send")).click()
    expect(ines.locator("#composer-fault")).to_contain_text("for internal notes only")
    expect(ines.locator("textarea[name=text]")).to_have_value("They never pay on time. Thank you.")
    ines.locator("label").filter(has_text="Internal note").first.click()
    ines.get_by_role("button", name="Add internal note").click()
    expect(ines.locator(".msg[data-from=internal]")).to_contain_text("They never pay")
    assert [c for c in lived.complaints["ines"] if "422" not in c] == []


# --- Who else is looking, and what happens meanwhile -----------------------------------------------------------------


def test_two_at_one_record_hear_of_each_other_and_lose_nothing(lived: Lived) -> None:
    here = lived.opened("Two at one record")
    ines, dev = lived.page("ines"), lived.page("dev")
    dev.goto(here)
    ines.goto(here)
    expect(ines.locator("[data-record-live] .people")).to_have_text("Dev Chauhan is looking at this.")
    text = dev.locator("textarea[name=text]")
    text.fill("I write")
    expect(ines.locator("[data-record-live] .people")).to_have_text("Dev Chauhan is writing on this.", timeout=30_000)
    axe_everywhere(ines)
    ines.locator("textarea[name=text]").fill("I am faster")
    ines.get_by_role("button", name=re.compile("^Send")).click()
    expect(ines.locator(".msg[data-from=us]")).to_contain_text("I am faster")
    news = dev.locator("[data-record-live] a")
    expect(news).to_contain_text("Ines Okafor wrote a message", timeout=30_000)
    assert dev.locator(".msg[data-from=us]").count() == 0  # nothing moved by itself
    text.evaluate("box => { box.focus(); box.setSelectionRange(3, 3); }")
    news.evaluate("link => link.click()")
    expect(dev.locator(".msg[data-from=us]")).to_contain_text("I am faster")
    expect(text).to_have_value("I write")
    assert text.evaluate("box => [document.activeElement === box, box.selectionStart]") == [True, 3]  # and the editor was not touched
    dev.close()
    expect(ines.locator("[data-record-live] .people")).to_have_count(0, timeout=70_000)


def test_a_list_says_what_is_new_and_empties_what_one_may_no_longer_see(lived: Lived) -> None:
    lived.opened("There from the first")
    dev = lived.page("dev")
    dev.goto(f"{lived.address}/incidents/?open=true")
    rows = dev.locator("#table tr[data-row]").count()
    lived.opened("Comes meanwhile")
    expect(dev.locator("[data-live] a")).to_contain_text("1 new or changed", timeout=30_000)
    assert dev.locator("#table tr[data-row]").count() == rows and dev.get_by_text("Comes meanwhile").count() == 0
    dev.locator("[data-live] a").click()
    expect(dev.get_by_text("Comes meanwhile").first).to_be_visible()
    lived.system.python(
        "import sys; from plimsoll.kernel.access.models import Grant; from plimsoll.kernel.lib.time import now\n"
        "Grant.objects.filter(person__email=sys.argv[1]).update(ended_at=now())",
        lived.mails["dev"],
    )
    expect(dev.locator("[data-live] a")).to_contain_text("has changed", timeout=30_000)
    expect(dev.locator("#table tr[data-row]")).to_have_count(0)
    expect(dev.get_by_text("Comes meanwhile")).to_have_count(0)


# --- Keys ------------------------------------------------------------------------------------------------------------


def test_keys_can_be_changed_and_switched_off(lived: Lived) -> None:
    lived.opened("For the keys")
    ruth = lived.page("ruth")
    ruth.goto(f"{lived.address}/preferences/keys/")
    axe_everywhere(ruth)
    ruth.get_by_label("Next row (j)").fill("h")
    ruth.get_by_role("button", name="Keep my keys").click()
    expect(ruth.get_by_role("heading", level=1)).to_have_text("My account")
    ruth.goto(f"{lived.address}/incidents/?open=true")
    ruth.keyboard.press("j")
    expect(ruth.locator("tr[data-cursor]")).to_have_count(0)
    ruth.keyboard.press("h")
    expect(ruth.locator("tr[data-cursor]")).to_have_count(1)
    ruth.keyboard.press("?")
    expect(ruth.locator("#keys kbd").get_by_text("h", exact=True)).to_be_visible()
    ruth.keyboard.press("Escape")
    ruth.goto(f"{lived.address}/preferences/")
    ruth.get_by_label("Keyboard shortcuts").select_option("off")
    ruth.get_by_role("button", name="Keep", exact=True).click()
    expect(ruth.get_by_role("heading", level=1)).to_have_text("My account")
    ruth.goto(f"{lived.address}/incidents/?open=true")
    ruth.keyboard.press("h")
    ruth.keyboard.press("s")
    expect(ruth.locator("tr[data-cursor]")).to_have_count(0)
    expect(ruth.get_by_role("heading", level=1)).to_have_text("Open incidents")
    ruth.keyboard.press("Control+k")
    expect(ruth.locator("#palette input")).to_be_focused()
