"""The pages that everybody has, as customers' people come to them: in the portal's frame, without what only those who work here need."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.operations import keep_preferences
from plimsoll.kernel.notifications.keeping import wishes_of
from plimsoll.kernel.records import parts
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db

OURS = (
    "/account/",
    "/account/edit/",
    "/preferences/",
    "/preferences/notices/",
    "/inbox/",
    "/inbox/muted/",
    "/accounts/password/change/",
    "/nothing/",
)


@pytest.mark.parametrize("address", OURS)
def test_customers_people_have_the_portal_around_every_page_and_those_who_work_here_do_not(house: House, address: str) -> None:
    customers, ours = signed_in(house.aoife).get(address), signed_in(house.ines).get(address)
    assert customers.status_code == ours.status_code
    assert b'<body class="portal">' in customers.content and b"/portal/mine/" in customers.content
    assert b'<body class="app">' in ours.content and b"/portal/mine/" not in ours.content
    assert b"My work" not in customers.content


def test_a_refusal_says_no_word_of_rights_to_a_customer(house: House) -> None:
    page = text_of(signed_in(house.aoife).get("/settings/notices/"))
    assert "This is not open to you" in page and "settings:" not in page and "Help and services" in page
    assert "none of your roles" in text_of(signed_in(house.ines).get("/settings/notices/"))


def test_nobody_signed_in_meets_the_gate(house: House, client: Any) -> None:
    assert b"/portal/mine/" not in client.get("/nothing/").content


def test_preferences_of_a_customer_keep_what_they_do_not_ask_for(house: House) -> None:
    keep_preferences(person=house.aoife, by=house.aoife, channel="page", theme="auto", density="compact", text="normal", keys="off")
    browser = signed_in(house.fresh(house.aoife))
    page = browser.get("/preferences/").content
    assert b"density" not in page and b"Keyboard" not in page
    assert browser.post("/preferences/", {"theme": "dark", "text": "large"}).status_code == 302
    kept = Person.objects.get(pk=house.aoife.pk).preferences
    assert (kept["theme"], kept["text"], kept["density"], kept["keys"]) == ("dark", "large", "compact", "off")


def test_wishes_of_a_customer_name_only_what_they_are_told(house: House) -> None:
    browser = signed_in(house.aoife)
    page = browser.get("/preferences/notices/").content
    assert b"internal note" not in page and b"way_message" in page
    before = wishes_of(house.aoife)
    said = {f"way_{kind}": "inbox" for kind in ("decision", "message", "state", "change", "reminder")}
    answer = browser.post(
        "/preferences/notices/", {**said, "digest": "weekly", "digest_on": before.digest_on, "digest_at": "07:00", "hours": before.hours}
    )
    assert answer.status_code == 302
    after = wishes_of(house.fresh(house.aoife))
    assert after.way("message") == "inbox" and after.way("note") == before.way("note") and after.digest == "weekly"


def test_the_inbox_of_a_customer_offers_only_their_kinds_and_names_no_machine(house: House) -> None:
    record = house.incident()
    parts.comment(record, text="Is it better?", is_public=True, by=house.system, channel="rule")
    page = text_of(signed_in(house.aoife).get("/inbox/"))
    assert "Articles" not in page and "internal note" not in page
    assert f"{house.tenant.name} wrote a message" in page and "command line" not in page


def test_what_was_chosen_is_told_in_words_and_the_menu_leads_to_what_is_mailed(house: House) -> None:
    browser = signed_in(house.aoife)
    page = text_of(browser.get("/account/"))
    assert "<dd>As the system</dd>" in page and "<dd>Normal</dd>" in page and "<dd>auto</dd>" not in page
    keep_preferences(person=house.aoife, by=house.aoife, channel="page", theme="dark", density="normal", text="normal", keys="on")
    assert "<dd>Night</dd>" in text_of(browser.get("/account/"))
    assert page.index('href="/preferences/notices/"') < page.index("What is mailed to you")
