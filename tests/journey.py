"""What journeys share: a lived-in system served, people signed in with browsers of their own, records to work on, pages under axe."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import CHROMIUM, WIDTHS, axe_finds, opened, watched
from tests.cast import PASSWORD
from tests.system import System

IN_A_BROWSER = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium here; CI installs it.")]
WIDE, NARROW = WIDTHS["desk"], WIDTHS["phone"]
CUSTOMERS = ("aoife",)  # who lands in the portal
WHO = ("aoife", "ines", "dev", "ruth")
LIVED_IN = f"""
from tests.cast import build_house
from plimsoll.kernel.records.operations import move
house = build_house()
wifi = house.service("Network and Wi-Fi", description="Wireless for wards and offices.", owner=house.dev, hours=house.office_hours)
move(wifi, "go_live", by=house.ruth, channel="page")
for title in ("Printer prints half a label", "Calendar an hour late", "Scanner sends to the wrong folder"):
    house.incident(title)
for who in {WHO!r}:
    print(getattr(house, who).email)
"""
OPENED = """
import sys
from tests.cast import Person, open_record, type_named
ines, aoife = (Person.objects.select_related("tenant", "organization").get(email=mail) for mail in sys.argv[1:3])
for title in sys.argv[3:]:
    print(open_record(type_named("incident"), by=ines, channel="page", title=title, requester=aoife, organization=aoife.organization).number)
"""


class Lived:
    """A system with the cast in it, served; `page` signs somebody in with a browser of their own."""

    def __init__(self, system: System, chromium: Browser) -> None:
        self.system, self.chromium = system, chromium
        self.mails = dict(zip(WHO, system.python(LIVED_IN).split(), strict=True))
        self.address = system.serve()
        self.complaints: dict[str, list[str]] = {}

    def page(self, who: str) -> Page:
        page, self.complaints[who] = watched(opened(self.chromium))
        page.goto(f"{self.address}/accounts/login/")
        self.sign_in(page, who)
        return page

    def sign_in(self, page: Page, who: str) -> None:
        page.get_by_label("Work e-mail").fill(self.mails[who])
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^What do you need" if who in CUSTOMERS else "^My work$"))
        page.wait_for_load_state()

    def end_sessions(self, who: str) -> None:
        """Signed out elsewhere, everywhere at once."""
        self.system.python(
            "import sys; from plimsoll.kernel.identity.models import PersonSession\nPersonSession.objects.filter(person__email=sys.argv[1]).delete()",
            self.mails[who],
        )

    def restart(self) -> None:
        """Stop the server, and start it again where it was."""
        port = self.system.port
        self.system.stop()
        self.system.serve(port=port)

    def opened(self, title: str) -> str:
        """An incident of a journey's own, that Ines opened for Aoife; its address."""
        number = self.system.python(OPENED, self.mails["ines"], self.mails["aoife"], title)
        return f"{self.address}/incidents/{number.strip()}/"


@contextmanager
def a_system_of_its_own(migrated: System, folder: Path) -> Iterator[System]:
    """On SQLite, whatever the run is on: a journey may stop and start it."""
    if migrated.database_url:
        folder.mkdir()
        (system := System(folder)).run("migrate")
    else:
        shutil.copytree(migrated.folder, folder)
        system = System(folder)
    try:
        yield system
    finally:
        system.stop()


@pytest.fixture(scope="module")
def lived(migrated: System, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """One lived-in system for the journeys of a module; each journey works on records of its own."""
    with a_system_of_its_own(migrated, tmp_path_factory.mktemp("lived") / "system") as system:
        yield Lived(system, chromium)


def choose(page: Page, label: str, text: str) -> None:
    """Type into a chooser and take the first that is offered."""
    field = page.get_by_role("combobox", name=re.compile(f"^{label}"))
    field.fill(text)
    page.get_by_role("option").filter(has_text=text).first.click()


def act(page: Page, name: str) -> None:
    """Press a move: it stands at the head, or in the menu of moves."""
    head = page.locator("header.page-head")
    at_head = head.get_by_role("link", name=re.compile(f"^{name}")).or_(head.get_by_role("button", name=re.compile(f"^{name}")))
    if not at_head.first.is_visible():
        page.get_by_role("button", name="Move").click()
    at_head.first.click()


def axe_everywhere(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.wait_for_timeout(250)  # colours fade for a moment when the theme changes
            assert axe_finds(page) == [], (scheme, size)
            assert page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth") <= 1, size
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
