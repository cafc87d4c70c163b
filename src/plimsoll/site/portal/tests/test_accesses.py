"""What one has access to, in the portal: until when, what ended, and nothing of anybody else's."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.kernel.records.operations import move
from plimsoll.resolution.requests.accesses import proceed_access
from plimsoll.resolution.requests.models import FulfilmentTask
from plimsoll.resolution.requests.tests.test_operations import access
from tests.cast import House
from tests.contracts import cost, signed_in, text_of

pytestmark = pytest.mark.django_db


def test_who_has_an_access_reads_its_end_and_when_it_was_taken_away(house: House) -> None:
    made = access(house)
    browser = signed_in(made.person)
    assert 'href="/portal/accesses/"' in text_of(browser.get("/portal/mine/"))
    page = text_of(browser.get("/portal/accesses/"))
    assert made.title in page and "It ends" in page and made.request.reference not in page, "Maeve asked for it, and Aoife does not see that"
    proceed_access(move(made, "revoke", by=house.fresh(house.ines), channel="page", note="Left the ward."))
    assert "It has ended and is being taken away." in text_of(browser.get("/portal/accesses/"))
    move(FulfilmentTask.objects.get(access=made), "complete", by=house.fresh(house.ines), channel="page")
    proceed_access(made)
    assert "It was taken away" in text_of(browser.get("/portal/accesses/"))
    assert made.title not in text_of(signed_in(house.strand).get("/portal/accesses/"))
    assert browser.get("/portal/accesses/?page=nonsense").status_code == 422
    assert signed_in(house.nobody).get("/portal/accesses/").status_code == 403


def test_a_mail_about_an_access_leads_to_it(house: House) -> None:
    made = access(house)
    browser: Any = {"headers": {"sec-fetch-mode": "navigate"}}
    answer = signed_in(made.person).get(f"/go/{made.reference}/", follow=True, **browser)
    assert answer.redirect_chain[-1][0] == f"/portal/accesses/#{made.reference}"
    assert f'id="{made.reference}"' in text_of(answer)


def test_many_accesses_cost_what_one_costs(house: House) -> None:
    browser = signed_in(access(house).person)
    few = cost(lambda: browser.get("/portal/accesses/"))
    for _n in range(4):
        access(house)
    assert cost(lambda: browser.get("/portal/accesses/")) == few


def test_who_has_none_reads_what_will_stand_there(house: House) -> None:
    browser = signed_in(house.aoife)
    assert "You were given access to nothing yet" in text_of(browser.get("/portal/accesses/"))
    assert 'href="/portal/accesses/"' not in text_of(browser.get("/portal/mine/"))
