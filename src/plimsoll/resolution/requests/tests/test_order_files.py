"""Files go along with an order, from the portal and from inside: with the request or not at all, by the rules of every attachment."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plimsoll.kernel.records.models import Attachment
from plimsoll.resolution.requests.models import Request
from plimsoll.resolution.requests.plan import Field, Plan, Step
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db
FORM = Plan(fields=(Field("size", "Size", is_required=True),))


def photo(name: str = "desk.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"\x89PNG\r\n\x1a\n" + b"0" * 50)


@pytest.mark.parametrize(("place", "page"), [("portal/order", "portal/requests"), ("requests/order", "requests")])
def test_files_go_along_with_an_order(house: House, place: str, page: str) -> None:
    model = house.offered("Desk", FORM)
    browser = signed_in(house.aoife)
    assert 'name="files"' in text_of(browser.get(f"/{place}/{model.number}/"))
    sent: dict[str, Any] = {"answer-size": "Large", "description": "", "files": [photo(), photo("room.png")]}
    answer = browser.post(f"/{place}/{model.number}/", sent)
    made = Request.objects.get(request_model=model)
    assert answer["Location"].startswith(f"/{page}/{made.number}/")
    kept = Attachment.objects.filter(card=made.card).order_by("pk")
    assert [(a.name, a.content_type, a.is_public, a.added_by) for a in kept] == [
        ("desk.png", "image/png", True, house.aoife),
        ("room.png", "image/png", True, house.aoife),
    ]
    assert "desk.png" in text_of(browser.get(f"/portal/requests/{made.number}/"))
    assert signed_in(house.strand).get(f"/requests/{made.number}/attachments/{kept[0].pk}/").status_code == 404


def test_a_file_that_is_refused_orders_nothing_and_keeps_what_was_typed(house: House, settings: Any) -> None:
    model = house.offered("Desk", FORM)
    browser, address = signed_in(house.aoife), f"/portal/order/{model.number}/"
    settings.PLIMSOLL_ATTACHMENT_BYTES = 20
    for file, said in ((photo(), "larger than"), (SimpleUploadedFile("none.txt", b""), "is empty")):
        refused = browser.post(address, {"answer-size": "Large", "description": "For ward 4", "files": file})
        page = text_of(refused)
        assert refused.status_code == 422 and said in page and "For ward 4" in page
    assert "choose them again: none.txt." in page and "These go along" not in page
    assert not Request.objects.exists() and not Attachment.objects.exists()


def test_files_of_a_refused_order_go_along_when_it_is_sent_again(house: House) -> None:
    model = house.offered("Desk", FORM)
    browser, address = signed_in(house.aoife), f"/portal/order/{model.number}/"
    refused = text_of(browser.post(address, {"answer-size": "", "files": photo("Küche, O'Brien.png")}))
    marks = re.findall(r'name="held" value="([^"]+)" checked', refused)
    assert "These go along:" in refused and len(marks) == 1
    browser.post(address, {"answer-size": "Large", "held": marks, "files": photo()})
    made = Request.objects.get(request_model=model)
    assert sorted(a.name for a in Attachment.objects.filter(card=made.card)) == ["Küche, O'Brien.png", "desk.png"]


def test_files_of_an_order_that_is_approved_at_once_stay_with_it(house: House) -> None:
    model = house.offered("Desk", Plan(fields=FORM.fields, steps=(Step("Manager", people=(house.maeve.pk,)),)))
    signed_in(house.aoife).post(f"/portal/order/{model.number}/", {"answer-size": "Small", "files": photo()})
    made = Request.objects.get(request_model=model)
    assert made.state == "awaiting_approval" and Attachment.objects.filter(card=made.card).count() == 1
    assert "desk.png" in text_of(signed_in(house.maeve).get(f"/portal/requests/{made.number}/"))
