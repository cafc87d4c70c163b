"""The open fields of a draft, several at once: what is ticked is kept, all of it or nothing; and the way to where a field is filled and back."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.kernel.documents.models import Document, Filling
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import open_record
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db
TEXT = "# One\n\n{{ table limitations.open }}\n\n{{ table systems.others }}\n\nHeld {{ management_review.interval }}.\n"


@pytest.fixture
def draft(house: House) -> Any:
    return open_record(type_named("document"), by=house.ruth, channel="page", title="Plan", sort="plan", body=TEXT)


def send(house: House, draft: Document, **sent: Any) -> Any:
    return signed_in(house.ruth).post(f"/documents/{draft.number}/fields/", {"act": "many", **sent})


def test_what_is_ticked_is_kept_with_its_reason(house: House, draft: Document) -> None:
    page = text_of(signed_in(house.ruth).get(f"/documents/{draft.number}/fields/"))
    assert "once a year" in page, "words are offered where no register is kept"
    assert not Filling.objects.exists(), "and nothing is taken by itself"
    said = {"text-management_review.interval": "twice a year", "reason-management_review.interval": "Decided in May."}
    sent = {"none": ["limitations.open", "systems.others"], "none_reason": "We looked.", "say": "management_review.interval", **said}
    assert send(house, draft, **sent).status_code == 302
    kept = {f.name: (f.is_none, f.text, f.reason) for f in Filling.objects.filter(document=draft)}
    assert kept == {
        "limitations.open": (True, "", "We looked."),
        "systems.others": (True, "", "We looked."),
        "management_review.interval": (False, "twice a year", "Decided in May."),
    }
    assert "What is open" not in text_of(signed_in(house.ruth).get(f"/documents/{draft.number}/fields/"))


def test_a_refusal_keeps_nothing_and_shows_what_was_typed(house: House, draft: Document) -> None:
    open_record(type_named("limitation"), by=house.ruth, channel="page", title="One line only")
    said = {"text-management_review.interval": "every third year", "reason-management_review.interval": ""}
    answer = send(house, draft, none=["systems.others"], none_reason="We looked.", say="management_review.interval", **said)
    assert answer.status_code == 422
    assert "Say why the records do not say it" in text_of(answer)
    assert "every third year" in text_of(answer)
    assert "is not empty" in text_of(send(house, draft, none=["limitations.open", "systems.others"], none_reason="We looked."))
    assert "Say why there are none" in text_of(send(house, draft, none=["systems.others"], none_reason=" "))
    assert "Nothing was ticked" in text_of(send(house, draft))
    assert not Filling.objects.exists()


def test_an_open_field_leads_to_its_register_and_from_there_back(house: House, draft: Document) -> None:
    browser, base = signed_in(house.ruth), f"/documents/{draft.number}/fields/"
    assert browser.get(f"{base}where/limitations.open/").headers["Location"] == "/limitations/?state=open"
    assert "Back to: Fields of Plan" in text_of(browser.get("/limitations/?state=open"))
    browser.get(base)
    assert "Back to: Fields of Plan" not in text_of(browser.get("/limitations/?state=open"))
    assert browser.get(f"{base}where/nothing.here/").status_code == 404
    assert signed_in(house.aoife).get(f"{base}where/limitations.open/").status_code in (403, 404)
