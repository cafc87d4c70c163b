"""Three ways of working a page: by mouse, by keyboard alone, on a phone. A journey says what is done; the hand knows how."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser import WIDTHS, axe_finds

WAYS = ("mouse", "keyboard", "phone")


class Hand:
    """One way of working: how a thing is pressed, a field filled, a choice made. `mouse` and `phone` point; `keyboard` never does."""

    def __init__(self, way: str, page: Page) -> None:
        self.way, self.page = way, page
        if way == "phone":
            page.set_viewport_size(WIDTHS["phone"])  # type: ignore[arg-type]

    def press(self, what: Locator) -> None:
        """Press a button or link that is on the page."""
        what = what.first
        expect(what).to_be_visible()
        if self.way != "keyboard":
            what.click()
            return
        self.reach(what)
        self.page.keyboard.press("Enter")

    def reach(self, what: Locator) -> None:
        """Bring the focus somewhere by Tab alone, as somebody without a pointer does; fails where Tab never gets there."""
        for _step in range(200):
            if what.evaluate("node => node === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reached {what}")

    def fill(self, field: Locator, text: str) -> None:
        if self.way == "keyboard":
            self.reach(field)
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(text)
        else:
            field.fill(text)

    def choose(self, label: str, text: str) -> None:
        """Type into a typed search and take the first that is offered."""
        field = self.page.get_by_role("combobox", name=re.compile(f"^{label}"))
        self.fill(field, text)
        option = self.page.get_by_role("option").filter(has_text=text).first
        expect(option).to_be_visible()
        if self.way == "keyboard":
            self.page.keyboard.press("ArrowDown")
            self.page.keyboard.press("Enter")
        else:
            option.click()

    def select(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label)
        if self.way == "keyboard":
            self.reach(field)
            self.page.keyboard.type(text)
        else:
            field.select_option(label=text)

    def move(self, name: str) -> None:
        """A move: the primary one at the head, or one in the menu of moves."""
        head = self.page.locator("header.page-head")
        wanted = head.locator("a, button").filter(has_text=re.compile(f"^{name}"))
        if not wanted.first.is_visible():
            if self.way == "keyboard":
                self.page.keyboard.press("m")
            else:
                head.get_by_role("button", name="Move").click()
        self.press(wanted)

    def more(self, name: str) -> None:
        """Something of the menu of more things to do."""
        self.press(self.page.get_by_role("button", name="More things to do"))
        self.press(self.page.locator("#menu-more").get_by_role("link", name=re.compile(f"^{name}")))

    def place(self, group: str, name: str) -> None:
        """Go somewhere by the navigation: a group, then a place in it; on a phone it stands under More."""
        if self.way == "phone":
            self.press(self.page.get_by_role("button", name="More", exact=True))
        side = self.page.locator("#side")
        if not (wanted := side.get_by_role("link", name=name, exact=True)).is_visible():
            self.press(side.locator("summary").filter(has_text=group))
        self.press(wanted)

    def send(self) -> None:
        """Send what is in the composer."""
        if self.way == "keyboard":
            self.page.keyboard.press("Control+Enter")
        else:
            self.press(self.page.locator(".composer footer button[type=submit]"))

    def clean(self) -> None:
        """Axe finds nothing, and nothing sticks out of the window."""
        self.page.wait_for_timeout(250)
        assert axe_finds(self.page) == []
        assert self.page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth") <= 1
