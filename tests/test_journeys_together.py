"""Two people on one record, in two browsers, through all that takes words away elsewhere: nothing that was typed is lost, nothing is sent twice."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.browser import axe_finds
from tests.journey import IN_A_BROWSER, Lived

pytestmark = IN_A_BROWSER
LONG = "\n\n".join(f"Paragraph {n}: what we found on the ward, and what we do about it until tomorrow morning." for n in range(1, 13))
MORE = "\n\nAnd this was typed without a network."
A_MINUTE = 60_000


def test_a_long_reply_outlives_a_change_the_end_of_the_session_a_restart_and_a_minute_without_network(lived: Lived) -> None:
    """Ines writes while Dev works on the same record. What is simulated: her session is deleted in the database, as signing out everywhere
    does; the server process is stopped and started again; her browser is cut off by Chromium, and the minute passes on her page's own clock."""
    here = lived.opened("Two at one record, and everything fails")
    ines, dev = lived.page("ines"), lived.page("dev")
    ines.clock.install()
    ines.goto(here)
    dev.goto(here)
    text, note = ines.locator("#composer-text"), ines.locator("[data-draft-note]")
    send = ines.get_by_role("button", name=re.compile("^Send"))
    text.fill(LONG)
    ines.clock.run_for(3_000)
    expect(ines.locator("[data-draft-at]")).to_contain_text("Draft kept")

    # Each hears of the other: who looks, who writes.
    expect(dev.locator("[data-record-live] .people")).to_have_text("Ines Okafor is writing on this.", timeout=30_000)
    ines.clock.run_for(20_000)
    expect(ines.locator("[data-record-live] .people")).to_have_text("Dev Chauhan is looking at this.")

    # Dev gives it to himself: she is told, and may look without losing a word.
    dev.locator("#prop-owner a.edit").click()
    dev.locator("#prop-owner").get_by_role("combobox").fill("Dev")
    dev.get_by_role("option").filter(has_text="Dev Chauhan").first.click()
    dev.locator("#prop-owner").get_by_role("button", name="Save").click()
    expect(dev.locator("#prop-owner a.edit")).to_contain_text("Dev Chauhan")
    ines.clock.run_for(15_000)
    ines.get_by_role("link", name=re.compile("Dev Chauhan")).filter(has_text=re.compile("changed|gave|Meanwhile")).first.click()
    expect(ines.locator("#prop-owner a.edit")).to_contain_text("Dev Chauhan")
    expect(text).to_have_value(LONG)

    # Signed out elsewhere: nothing goes, the page says so, and she signs in again beside it.
    lived.end_sessions("ines")
    send.click()
    expect(note).to_contain_text("signed out")
    expect(text).to_have_value(LONG)
    assert axe_finds(ines) == []
    with ines.context.expect_page() as tab:
        note.get_by_role("link", name="Sign in").click()
    lived.sign_in(tab.value, "ines")
    tab.value.close()

    # The server is gone, comes back, and still knows her.
    lived.system.stop()
    send.click()
    expect(note).to_contain_text("cannot be reached")
    expect(text).to_have_value(LONG)
    lived.restart()

    # A minute without network, in which she goes on typing and tries to send.
    ines.context.set_offline(True)
    text.fill(LONG + MORE)
    send.click()
    expect(note).to_contain_text("cannot be reached")
    ines.clock.run_for(A_MINUTE)
    expect(text).to_have_value(LONG + MORE)
    expect(note).to_contain_text("cannot be reached")
    ines.context.set_offline(False)
    ines.clock.run_for(15_000)
    expect(note).to_be_hidden()
    expect(ines.locator("[data-draft-at]")).to_contain_text("Draft kept")

    # It is sent, whole and once; pressing twice does not send it twice.
    send.dblclick()
    said = ines.locator(".msg[data-from=us]")
    expect(said).to_have_count(1)
    expect(said).to_contain_text("Paragraph 12")
    expect(said).to_contain_text("typed without a network")
    expect(text).to_have_value("")
    ines.reload()
    expect(said).to_have_count(1)
    ines.clock.run_for(3_000)
    expect(text).to_have_value("")
    dev.reload()
    expect(dev.locator(".msg[data-from=us]")).to_have_count(1)

    # Both change one field: who comes second is shown both values, and chooses.
    for page in (ines, dev):
        page.locator("#prop-impact a.edit").click()
        page.locator("#prop-impact select").wait_for()
    dev.locator("#prop-impact select").select_option(label="Low")
    dev.locator("#prop-impact").get_by_role("button", name="Save").click()
    expect(dev.locator("#prop-impact a.edit")).to_contain_text("Low")
    ines.locator("#prop-impact select").select_option(label="High")
    ines.locator("#prop-impact").get_by_role("button", name="Save").click()
    asked = ines.locator("#prop-impact")
    expect(asked).to_contain_text("Dev Chauhan changed this meanwhile")
    expect(asked).to_contain_text("Low")
    asked.get_by_label(re.compile("You wrote")).check()
    asked.get_by_role("button", name="Save with these choices").click()
    expect(ines.locator("#prop-impact a.edit")).to_contain_text("High")


def test_a_reply_whose_answer_is_lost_on_the_way_is_sent_once(lived: Lived) -> None:
    """The server takes the reply, the network takes the answer; the browser's own "send it again" and going back both find it there once."""
    here = lived.opened("The answer is lost")
    page = lived.page("ines")
    page.goto(here)

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        route.fetch(max_redirects=0)
        return route.abort("connectionreset")

    page.route("**/comments/", lose)
    page.locator("#composer-text").fill("Only once, please.")
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name=re.compile("^Send")).click()
    page.unroute("**/comments/")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.reload()
    said = page.locator(".msg[data-from=us]")
    expect(said).to_have_count(1)
    page.goto(here)
    expect(said).to_have_count(1)
    expect(page.locator("[data-draft-note]")).to_have_count(0)
    expect(page.locator("#composer-text")).to_have_value("")
