"""Risks and objectives in a real Chromium: by mouse, by keyboard, on a phone."""

from __future__ import annotations

import re

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.hand import WAYS, Hand
from tests.journey import IN_A_BROWSER, Lived, axe_everywhere

pytestmark = IN_A_BROWSER
NAMED = """
import sys
from datetime import timedelta
from django.utils.timezone import localdate
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.planning.objectives.operations import keep_action
from plimsoll.planning.risks.models import RiskCriteria
from plimsoll.planning.risks.pages.criteria import STARTER
ruth = Person.objects.select_related("tenant", "organization").get(email=sys.argv[1])
if not RiskCriteria.objects.exists():
    made = move(open_record(type_named("riskcriteria"), by=ruth, channel="page", title="Criteria", **STARTER), "propose", by=ruth, channel="page")
    move(made, "approve", by=system_person(ruth.tenant), channel="page")
ahead = localdate() + timedelta(days=60)
risk = open_record(type_named("risk"), by=ruth, channel="page", title=sys.argv[2], family="parties", cause="Old contract.",
                   consequence="Down for long.",
                   customer_impact="Wards wait.", likelihood=4, impact=5, owner=ruth)
risk = move(move(risk, "assess", by=ruth, channel="page"), "evaluate", by=ruth, channel="page", fields={"review_on": ahead})
aim = open_record(type_named("objective"), by=ruth, channel="page", title=sys.argv[2], metric="Answered in time", unit="%", baseline="80",
                  target="95",
                  due_on=ahead, owner=ruth, resources="One person", judged="By month")
keep_action(aim, text="Hire", owner=ruth, due_on=ahead, by=ruth, channel="page")
aim = move(move(aim, "agree", by=ruth, channel="page"), "start", by=ruth, channel="page")
print(risk.number, aim.number)
"""


def named(lived: Lived, title: str) -> tuple[str, str]:
    """The numbers of a risk that is evaluated and of an objective that runs."""
    risk, objective = lived.system.python(NAMED, lived.mails["ruth"], title).split()
    return risk, objective


@pytest.mark.parametrize("way", WAYS)
def test_a_risk_from_the_map_to_its_treatment(lived: Lived, way: str) -> None:
    risk, _objective = named(lived, f"A line stays down, by {way}")
    hand = Hand(way, page := lived.page("ruth"))
    page.goto(f"{lived.address}/risks/map/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("above the line")
    hand.clean()
    hand.press(page.get_by_role("link", name=re.compile("level 20, ")))
    expect(page.get_by_role("heading", name="Likely and Grave, level 20")).to_be_visible()
    hand.press(page.locator(".reg").get_by_role("link", name=f"A line stays down, by {way}"))
    expect(page.get_by_role("main")).to_contain_text("it must be treated")
    hand.clean()
    hand.press(page.get_by_role("link", name="Plan a treatment"))
    hand.fill(page.get_by_label("What is done"), "A second carrier")
    hand.fill(page.get_by_label("Until"), f"{localdate().year + 1}-01-01")
    hand.choose("Who", "Dev Chauhan")
    hand.press(page.get_by_role("button", name="Plan it"))
    expect(page.get_by_role("heading", name="A second carrier")).to_be_visible()
    hand.clean()
    page.goto(f"{lived.address}/risks/{risk}/")
    hand.move("Treat")
    expect(page.locator("[aria-current=step]")).to_contain_text("Being treated")
    expect(page.locator(".ledger")).to_contain_text("A second carrier")
    assert lived.complaints["ruth"] == []


@pytest.mark.parametrize("way", WAYS)
def test_an_objective_is_measured(lived: Lived, way: str) -> None:
    _risk, objective = named(lived, f"Answer in time, by {way}")
    hand = Hand(way, page := lived.page("ruth"))
    page.goto(f"{lived.address}/objectives/{objective}/")
    expect(page.get_by_role("main")).to_contain_text("Nothing was measured yet.")
    hand.clean()
    hand.press(page.get_by_role("link", name="Measure, correct"))
    hand.fill(page.get_by_label("Value"), "87.5")
    hand.press(page.get_by_role("button", name="Write it down"))
    expect(page.get_by_role("main")).to_contain_text("That is 50 % of the way.")
    hand.clean()
    page.goto(f"{lived.address}/objectives/{objective}/")
    expect(page.locator("svg.trend")).to_be_visible()
    hand.clean()
    assert lived.complaints["ruth"] == []


def test_the_pages_of_planning_are_clean_in_both_themes_and_sizes(lived: Lived) -> None:
    risk, objective = named(lived, "A title that is long enough to need two lines on a telephone, and more than that on a narrow one")
    page = lived.page("ruth")
    for address in (
        "risks/map/",
        "risks/map/?cell=4-5",
        "risks/criteria/",
        f"risks/{risk}/",
        f"risks/{risk}/treatments/",
        f"objectives/{objective}/",
    ):
        page.goto(f"{lived.address}/{address}")
        axe_everywhere(page)
    page.goto(f"{lived.address}/risks/criteria/")
    page.get_by_label("Classes, lowest first").fill("Low: 1–4\nHigh: 6–25, must be treated")
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_role("main")).to_contain_text("there is a gap: no class holds 5")
    page.get_by_label("Classes, lowest first").fill("Low: 1–20\nHigh: 21–25, must be treated")
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_role("status").filter(has_text="would change").first).to_be_visible()
    axe_everywhere(page)
    assert [told for told in lived.complaints["ruth"] if "422" not in told] == []
