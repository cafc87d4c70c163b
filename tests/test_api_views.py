"""Saved views over the API: the same write, the same walls."""

from __future__ import annotations

import pytest

from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.views.models import SavedView
from tests.api import Caller
from tests.cast import House

pytestmark = pytest.mark.django_db
NEW = {"kind": "incident", "name": "With me", "query": "open=true&owner=me", "columns": ["title", "owner"]}


def test_a_view_is_saved_read_changed_and_taken_away(house: House) -> None:
    ines = Caller(house.ines)
    made = ines.post("views", NEW)
    assert made.status_code == 201 and made["Location"].endswith(made.json()["url"])
    assert made.json()["list_url"].endswith("/incidents?open=true&owner=me")
    one = f"views/{made.json()['id']}"
    assert ines.get(one).json() == made.json() == ines.get("views").json()["items"][0]
    assert ines.patch(one, {"name": "Mine", "position": 3}).json()["name"] == "Mine"
    assert ines.delete(one).status_code == 204 and ines.get(one).status_code == 404
    assert [(e.action, e.channel) for e in Entry.objects.filter(kind="view").order_by("id")] == [("add", "api"), ("keep", "api"), ("remove", "api")]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"kind": "unicorn"}, 422),
        ({"name": ""}, 422),
        ({"query": "colour=red"}, 422),
        ({"team": 999}, 422),
        ({"columns": [7]}, 422),
        ({"audience": "all"}, 403),
    ],
)
def test_what_is_wrong_is_said_and_nothing_kept(house: House, wrong: dict[str, object], status: int) -> None:
    assert Caller(house.ines).post("views", {**NEW, **wrong}).status_code == status
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("who", ["mallory", "dev", "maeve", "sam", "nobody"])
def test_a_private_view_is_not_there_for_others(house: House, who: str) -> None:
    one = f"views/{Caller(house.ines).post('views', NEW).json()['id']}"
    caller = Caller(getattr(house, who))
    assert caller.get("views").json()["items"] == []
    assert [caller.get(one).status_code, caller.patch(one, {"name": "Taken"}).status_code, caller.delete(one).status_code] == [404] * 3
    assert SavedView.objects.get().name == "With me"


def test_a_reading_token_keeps_none(house: House) -> None:
    one = f"views/{Caller(house.ines).post('views', NEW).json()['id']}"
    reader = Caller(house.ines, scopes=("read",))
    assert reader.get(one).status_code == 200
    assert [reader.post("views", NEW).status_code, reader.patch(one, {}).status_code, reader.delete(one).status_code] == [403] * 3
