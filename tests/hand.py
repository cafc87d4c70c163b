"""Three ways of working a page: by mouse, by keyboard alone, on a phone. A journey says what is done; the hand knows how."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser import WIDTHS, axe_finds

WAYS = ("mouse", "keyboard", "phone")
MOST_TABS = 200
IS_FOCUSED = "node => node === document.activeElement"


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
        for _step in range(MOST_TABS):
            if what.evaluate(IS_FOCUSED):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reached {what}")

    def reach_where(self, test: str, given: object, called: str) -> None:
        """As `reach`, to the first that a test in the page holds for."""
        for _step in range(MOST_TABS):
            if self.page.evaluate(f"given => ({test})(document.activeElement, given)", given):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reached {called}")

    def fill(self, field: Locator, text: str) -> None:
        if self.way == "keyboard":
            self.reach(field)
            if field.get_attribute("type") == "date":  # day, month, year, each in its own part
                text = "".join(reversed(text.split("-")))
            else:
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

    def tick(self, box: Locator) -> None:
        """Tick a box, or one of several that exclude each other: Tab leads to these once, the arrows lead on."""
        if self.way != "keyboard":
            box.check()
        elif box.get_attribute("type") == "checkbox":
            self.reach(box)
            self.page.keyboard.press("Space")
        else:
            name = box.get_attribute("name")
            self.reach_where("(node, name) => node.type === 'radio' && node.name === name", name, f"the choices of {name}")
            for _step in range(20):
                if box.is_checked():
                    break
                self.page.keyboard.press("Space" if box.evaluate(IS_FOCUSED) else "ArrowDown")
        expect(box).to_be_checked()

    def attach(self, field: Locator, name: str, text: str = "log") -> None:
        """Choose a file: the window of the system opens from the field, by pointer or by key."""
        with self.page.expect_file_chooser() as chooser:
            if self.way == "keyboard":
                self.reach(field)
                self.page.keyboard.press("Space")
            else:
                field.click()
        chooser.value.set_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})

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
