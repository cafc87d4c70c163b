"""A draft is remarked on, and what is in force is read and acknowledged, in a real Chromium: by mouse, by keyboard alone, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.hand import WAYS, Hand
from tests.journey import IN_A_BROWSER, Lived

pytestmark = IN_A_BROWSER
SET_UP = """
import sys
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
ruth, dev = (Person.objects.select_related("tenant", "organization").get(email=mail) for mail in sys.argv[1:3])
if not Role.objects.filter(code="top_management").exists():
    load_starter_roles(tenant=ruth.tenant, by=ruth, channel="page")
role = Role.objects.get(code="top_management")
if not role.assignments.exists():
    give_role(role=role, person=dev, by=ruth, channel="page")
body = "# Purpose\\n\\nWe say what we do.\\n\\n# Means\\n\\nWe have what we need."
values = dict(sort="policy", owner_role=role, approver_role=role, change_description="First version.", body=body)
valid = open_record(DOCUMENT, by=ruth, channel="page", title=f"Policy read by {sys.argv[3]}", **values)
dev = Person.objects.select_related("tenant", "organization").get(pk=dev.pk)
move(move(valid, "submit", by=ruth, channel="page"), "approve", by=dev, channel="page")
draft = open_record(DOCUMENT, by=ruth, channel="page", title=f"Draft remarked by {sys.argv[3]}", **values)
print(valid.number, draft.number)
"""


@pytest.mark.parametrize("way", WAYS)
def test_s_014_a_draft_is_remarked_on_and_a_version_is_read_and_acknowledged(lived: Lived, way: str) -> None:
    valid, draft = lived.system.python(SET_UP, lived.mails["ruth"], lived.mails["dev"], way).split()
    page = lived.page("ruth")
    hand = Hand(way, page)
    page.goto(f"{lived.address}/documents/{draft}/remarks/")
    hand.clean()
    hand.press(page.get_by_role("link", name=re.compile("Remark on this.*We have what")))
    hand.fill(page.get_by_label("What you say of this paragraph"), "Have we?")
    hand.tick(page.get_by_label("It must be settled before the approval"))
    hand.press(page.get_by_role("button", name="Make the remark"))
    expect(page.get_by_role("main")).to_contain_text("1 must be settled before the approval")
    hand.clean()
    hand.press(page.get_by_role("button", name=re.compile("It is settled.*Have we")))
    expect(page.get_by_role("main")).to_contain_text("Settled by")
    page.goto(f"{lived.address}/documents/{valid}/readers/")
    hand.press(page.get_by_role("button", name="Name them"))
    expect(page.get_by_role("main")).to_contain_text("Who has read version 1.0")
    hand.clean()
    page.goto(f"{lived.address}/")
    hand.press(page.get_by_role("link", name=f"Policy read by {way}"))
    hand.clean()
    hand.press(page.get_by_role("button", name="I have read it"))
    expect(page.get_by_role("main")).to_contain_text("that you read this version")
    for tail in ("documents/keeping/", f"documents/{valid}/review/", f"documents/{draft}/template/", f"documents/{draft}/legacy/"):
        page.goto(f"{lived.address}/{tail}")
        hand.clean()
    assert lived.complaints["ruth"] == []
