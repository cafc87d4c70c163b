"""One's own keys: changed, swapped, refused with the reason, resting and not lost."""

from __future__ import annotations

import pytest
from django.test import Client

from plimsoll.kernel.identity.operations import keep_preferences
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.site.desk.keys_page import MEANINGS
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db


def sent(client: Client, **own: str) -> object:
    names = {key: f"key_{n}" for n, key in enumerate(MEANINGS)}
    return client.post("/preferences/keys/", {names[key]: own.get(key, key) for key in MEANINGS})


def keys(house: House) -> str:
    return str(house.fresh(house.ines).preferences.get("keys", ""))


def test_keys_are_changed_swapped_and_put_back(house: House) -> None:
    client = signed_in(house.ines)
    assert "Next row (j)" in text_of(client.get("/preferences/keys/"))
    sent(client, j="k", k="j", r="ä")
    assert keys(house) == "j=k k=j r=ä"
    assert 'data-keys="j=k k=j r=ä"' in text_of(client.get("/"))
    sent(client)
    assert keys(house) == "on"


def test_a_key_with_two_meanings_is_refused(house: House) -> None:
    client = signed_in(house.ines)
    answer = sent(client, j="x")
    assert answer.status_code == 400 and "means “select the row” already" in text_of(answer)  # type: ignore[attr-defined]
    assert keys(house) == ""
    for wrong in ("j=nn", "j", "j=n k=n", "x" * 201):
        with pytest.raises(Faulty):
            keep_preferences(person=house.ines, by=house.ines, channel="page", keys=wrong)


def test_switched_off_they_rest_and_are_not_lost(house: House) -> None:
    client = signed_in(house.ines)
    sent(client, j="h")
    preferences = {"theme": "auto", "density": "normal", "text": "normal"}
    client.post("/preferences/", {**preferences, "keys": "off"})
    assert keys(house) == "off j=h"
    assert '<option value="off" selected>' in text_of(client.get("/preferences/"))
    client.post("/preferences/", {**preferences, "keys": "on"})
    assert keys(house) == "j=h"
