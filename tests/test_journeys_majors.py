"""A major incident in a real Chromium, from the criterion to the frozen report: by mouse, by keyboard, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.hand import WAYS, Hand
from tests.journey import IN_A_BROWSER, Lived, act, axe_everywhere

pytestmark = IN_A_BROWSER
GRAVE = """
import sys
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.records.declaration import type_named
from plimsoll.portfolio.services.models import Service
from plimsoll.portfolio.services.operations import add_customer
from plimsoll.kernel.calendars.models import Calendar
people = {p.email: p for p in Person.objects.select_related("tenant", "organization")}
ruth, ines, aoife = (people[mail] for mail in sys.argv[1:4])
service = Service.objects.filter(title="Patient record").first()
if service is None:
    service = open_record(type_named("service"), by=ruth, channel="page", title="Patient record", criticality=1, owner=ruth,
                          description="The record.", hours=Calendar.objects.first())
    service = move(service, "go_live", by=ruth, channel="page")
    add_customer(service, aoife.organization, by=ruth, channel="page")
incident = open_record(type_named("incident"), by=ines, channel="page", title=sys.argv[4], requester=aoife, organization=aoife.organization,
                       service=service, impact=1, urgency=1)
print(incident.number)
"""


def grave(lived: Lived, title: str) -> str:
    """The address of an incident that meets the criteria."""
    number = lived.system.python(GRAVE, lived.mails["ruth"], lived.mails["ines"], lived.mails["aoife"], title)
    return f"{lived.address}/incidents/{number.strip()}/"


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_a_major_incident_from_the_criterion_to_the_frozen_report(lived: Lived) -> None:
    here = grave(lived, "The patient record does not open anywhere")
    ines, dev, aoife, ruth = (lived.page(who) for who in ("ines", "dev", "aoife", "ruth"))

    ines.goto(here)
    expect(ines.get_by_role("main")).to_contain_text("meets the criteria for a major incident: Critical incident on a vital service")
    axe_everywhere(ines)
    ines.get_by_role("link", name="Declare…").click()
    heading(ines, "Declare a major incident")
    axe_everywhere(ines)
    ines.get_by_label("Title").fill("Patient record down at all hospitals")
    ines.get_by_role("button", name="Declare it").click()
    heading(ines, "Patient record down at all hospitals")
    room = ines.url
    assert re.search(r"/majors/\d+/$", room)
    expect(ines.get_by_role("group", name="Clocks")).to_contain_text("Since it was declared")
    axe_everywhere(ines)

    dev.goto(room)
    dev.get_by_role("button", name=re.compile("^Take it.*manager", re.I)).click()
    expect(dev.locator("[aria-current=step]")).to_contain_text("Being handled")

    # Ines's page says that something happened, and shows it without losing what she types.
    ines.locator("textarea[name=text]").fill("We know that the record does not open. Please use paper; you hear more within half an hour.")
    ines.get_by_role("link", name=re.compile("Meanwhile: Dev Chauhan")).click(timeout=30_000)
    expect(ines.locator("#roles")).to_contain_text("Dev Chauhan")
    expect(ines.locator("textarea[name=text]")).to_have_value(re.compile("Please use paper"))
    ines.get_by_role("button", name="Tell 1 customer").click()
    expect(ines.locator(".msg[data-from=us]").first).to_contain_text("Please use paper")
    ines.get_by_label("Note for the timeline").fill("The disk of the engine is full.")
    ines.get_by_role("button", name="Note it").click()
    expect(ines.locator(".msg[data-from=internal]").first).to_contain_text("disk of the engine")
    ines.locator("#procedure button").first.click()
    expect(ines.locator("#procedure button").first).to_have_attribute("aria-pressed", "true")

    aoife.goto(f"{lived.address}/status/")
    heading(aoife, "1 disruption")
    main = aoife.get_by_role("main")
    expect(main).to_contain_text("Patient record is disrupted")
    expect(main).to_contain_text("Please use paper")
    expect(main).not_to_contain_text("disk of the engine")
    expect(main).not_to_contain_text("MAJ-")
    axe_everywhere(aoife)
    aoife.goto(here)
    expect(aoife.get_by_role("main")).to_contain_text("Please use paper")
    assert aoife.goto(room).status == 404  # type: ignore[union-attr]

    dev.goto(room)
    act(dev, "Service restored")
    dev.get_by_label(re.compile("^What restored the service")).fill("The disk was freed and the engine restarted.")
    dev.get_by_role("main").get_by_role("button", name="Service restored").click()
    expect(dev.locator("[aria-current=step]")).to_contain_text("Resolved")
    dev.get_by_role("link", name=re.compile("^Review of MAJ-")).click()
    review = dev.url
    act(dev, "Begin")
    dev.get_by_label(re.compile("^Who took part")).fill("Dev, Ines")
    dev.get_by_role("main").get_by_role("button", name="Begin").click()
    expect(dev.locator("[aria-current=step]")).to_contain_text("Under way")

    ruth.goto(room)
    expect(ruth.locator("[aria-current=step]")).to_contain_text("In review")
    refused = ruth.locator("header.page-head").get_by_text("Close", exact=True).first
    expect(refused).to_have_attribute("aria-disabled", "true")
    expect(refused).to_have_attribute("title", re.compile("Its review is not done yet"))

    dev.goto(f"{review}decisions/")
    axe_everywhere(dev)
    dev.get_by_label("What is decided").select_option(label="An improvement")
    dev.get_by_label("What, and why").fill("Watch the free space of every engine.")
    dev.get_by_role("button", name="Enter the decision").click()
    expect(dev.get_by_role("main")).to_contain_text("Watch the free space")
    dev.goto(review)
    act(dev, "Finish")
    dev.get_by_label(re.compile("^What happened")).fill("A disk ran full in the night.")
    dev.get_by_label(re.compile("^Cause")).fill("Nobody watched it.")
    dev.get_by_role("main").get_by_role("button", name="Finish").click()
    expect(dev.locator("[aria-current=step]")).to_contain_text("Done")
    dev.get_by_role("link", name=re.compile("^Version 1")).click()
    expect(dev.get_by_role("main")).to_contain_text("unchanged since")
    axe_everywhere(dev)

    ruth.goto(room)
    act(ruth, "Close")
    expect(ruth.locator("[aria-current=step]")).to_contain_text("Closed")
    axe_everywhere(ruth)
    for who in ("ines", "dev", "ruth"):
        assert lived.complaints[who] == [], who
    assert [c for c in lived.complaints["aoife"] if "404" not in c] == []


@pytest.mark.parametrize("way", WAYS)
def test_declare(lived: Lived, way: str) -> None:
    """From the incident that meets a criterion to the room: declared, taken, noted in the timeline, told to the customers."""
    hand = Hand(way, page := lived.page("ines"))
    page.goto(grave(lived, f"Results do not arrive, by {way}"))
    hand.press(page.get_by_role("link", name="Declare…"))
    heading(page, "Declare a major incident")
    hand.fill(page.get_by_label("Title"), f"No results anywhere, by {way}")
    hand.clean()
    hand.press(page.get_by_role("button", name="Declare it"))
    heading(page, f"No results anywhere, by {way}")
    hand.press(page.get_by_role("button", name=re.compile("^Take it.*manager", re.I)))
    expect(page.locator("#roles")).to_contain_text("Ines Okafor")
    expect(page.locator("[aria-current=step]")).to_contain_text("Being handled")
    hand.fill(page.get_by_label("Note for the timeline"), "Called the laboratory.")
    hand.press(page.get_by_role("button", name="Note it"))
    expect(page.locator(".msg[data-from=internal]").first).to_contain_text("Called the laboratory.")
    hand.fill(page.get_by_label("What people are told"), "Results are late. We work on it.")
    hand.clean()
    hand.press(page.get_by_role("button", name="Tell 1 customer"))
    expect(page.locator(".msg[data-from=us]").first).to_contain_text("Results are late.")
    hand.clean()
    assert lived.complaints["ines"] == []


def test_in_the_room_single_keys_lead_to_telling_and_noting(lived: Lived) -> None:
    page = lived.page("ines")
    page.goto(f"{grave(lived, 'Wards without the record')}major/")
    Hand("keyboard", page).press(page.get_by_role("button", name="Declare it"))
    heading(page, "Wards without the record")
    page.keyboard.press("n")
    expect(page.get_by_label("Note for the timeline")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("textarea[name=text]")).to_be_focused()
    page.keyboard.type("We work on it.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg[data-from=us]").first).to_contain_text("We work on it.")
    assert lived.complaints["ines"] == []
