"""People in a real Chromium: what a role needs, who lacks it, a training for them; and a statement that its person confirms."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journey import IN_A_BROWSER, NARROW, Lived, act, axe_everywhere, choose

pytestmark = IN_A_BROWSER

ROLES = """
from tests.cast import Person, open_record, type_named
from plimsoll.kernel.records.operations import move
from plimsoll.kernel.roles.operations import give_role
import sys
ruth, ines = (Person.objects.select_related("tenant", "organization").get(email=mail) for mail in sys.argv[1:3])
for title, who, words in (
    ("Ward desk", ines, ["incident:read", "awarenessstatement:read@own", "qualification:read@own"]),
    ("Desk manager", ruth, ["competence:*"]),
):
    role = move(open_record(type_named("role"), by=ruth, channel="page", title=title, words=words, responsibilities="- Takes calls."), "put_in_force",
                by=ruth, channel="page")
    give_role(role=role, person=who, by=Person.objects.filter(kind="system", tenant=ruth.tenant).get(), channel="page")
"""


def test_from_what_a_role_needs_to_a_training_and_a_confirmed_statement(lived: Lived) -> None:
    lived.system.python(ROLES, lived.mails["ruth"], lived.mails["ines"])
    page, at = lived.page("ruth"), lived.address

    page.goto(f"{at}/competences/matrix/")
    expect(page.get_by_role("main")).to_contain_text("No competence is approved yet")
    axe_everywhere(page)

    page.goto(f"{at}/competences/new/")
    page.get_by_label("Title").fill("Takes and classifies what wards report")
    page.get_by_label("What it takes").fill("Asks until it is clear what does not work.")
    choose(page, "Needed by the role", "Ward desk")
    choose(page, "Defined by the role", "Desk manager")
    page.get_by_role("button", name="Open the competence").click()
    act(page, "Approve")
    expect(page.get_by_role("main")).to_contain_text("can't show it yet")

    page.goto(f"{at}/competences/matrix/")
    expect(page.get_by_role("heading", level=1)).to_have_text("0 of 1 can be shown")
    page.get_by_role("checkbox", name=re.compile("plan")).first.check()
    page.get_by_role("button", name="Plan training for what is ticked").press("Enter")  # by keyboard
    expect(page.get_by_role("heading", level=1)).to_have_text("Reach: Takes and classifies what wards report")
    axe_everywhere(page)
    page.goto(f"{page.url}people/")
    expect(page.get_by_role("main")).to_contain_text("Ines")
    axe_everywhere(page)
    page.goto(f"{at}/competences/matrix/")
    expect(page.get_by_role("main")).to_contain_text("TRN-1")
    axe_everywhere(page)

    page.goto(f"{at}/awarenessstatements/round/")
    choose(page, "Role", "Ward desk")
    for label, text in (
        ("Title", "What I contribute"),
        ("How they contribute", "I am whom wards reach first."),
        ("What policy", "Tell the truth early."),
        ("The services", "All of them."),
        ("What happens", "Wards work on paper."),
    ):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Draft them").click()
    page.get_by_role("link", name="What I contribute").first.click()
    act(page, "Put it before the person")
    page.get_by_role("button", name="Put it before the person").last.click()
    expect(page.get_by_role("main")).to_contain_text("To be confirmed")

    own = lived.page("ines")
    own.set_viewport_size(NARROW)  # type: ignore[arg-type]
    own.goto(f"{at}/")
    own.get_by_role("link", name=re.compile("What I contribute")).first.click()
    act(own, "I know this")
    expect(own.get_by_role("main")).to_contain_text("Confirmed")
    own.goto(f"{at}/competences/mine/")
    expect(own.get_by_role("heading", level=1)).to_have_text("What I can show")
    expect(own.get_by_role("main")).to_contain_text("I am whom wards reach first.")
    axe_everywhere(own)
    own.get_by_role("link", name="Annex to the job description").click()
    expect(own.get_by_role("main")).to_contain_text("Takes calls.")
    assert lived.complaints["ruth"] == [] and lived.complaints["ines"] == []
