"""What an upgrade brings for roles is shown and added on request, never by itself."""

from __future__ import annotations

import pytest

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.records.models import gate_open
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
from plimsoll.kernel.roles.updating import add_words, covers, lacking, roles_behind
from plimsoll.kernel.trail.models import Entry
from tests.cast import House
from tests.contracts import signed_in, text_of


@pytest.mark.parametrize(
    ("has", "word", "is_covered"),
    [
        ("incident:read", "incident:read", True),
        ("incident:*", "incident:read", True),
        ("*:*", "incident:read@own", True),
        ("*:read", "service:read", True),
        ("incident:read", "incident:read@own", True),
        ("incident:read@own", "incident:read", False),
        ("incident:read", "incident:amend", False),
        ("service:*", "incident:read", False),
    ],
)
def test_which_word_gives_what_another_gives(has: str, word: str, is_covered: bool) -> None:
    assert covers(has, word) is is_covered


def test_what_is_lacking_keeps_the_order_of_the_starter_role() -> None:
    assert lacking(["incident:*", "own:word"], ["service:read", "incident:read", "article:read"]) == ("service:read", "article:read")


@pytest.fixture
def old(house: House) -> Role:
    """The service desk agent as an older version had it, with a word of the organisation's own; Dev holds it."""
    role = load_starter_roles(tenant=house.tenant, by=house.fresh(house.ruth), channel="page")["service_desk_agent"]
    with gate_open():
        Role.objects.filter(pk=role.pk).update(words=["incident:*", "service:read", "own:word"])
    role = Role.objects.get(pk=role.pk)
    give_role(role=role, by=house.fresh(house.ruth), channel="page", person=house.nobody)
    return role


@pytest.mark.django_db
def test_what_a_role_lacks_is_added_for_its_holders_and_stands_in_its_trail(house: House, old: Role) -> None:
    [behind] = roles_behind(house.tenant)
    assert behind.role.pk == old.pk
    assert "agreement:read" in behind.words
    assert not any(word.startswith("incident:") for word in behind.words)
    made = add_words(behind.role, by=house.fresh(house.ruth), channel="page")
    assert made.state == "in_force"
    assert made.words[:3] == ["incident:*", "service:read", "own:word"], "what the organisation had stays"
    assert roles_behind(house.tenant) == []
    assert "agreement:read" in Grant.objects.get(person=house.nobody).words
    assert list(Entry.objects.filter(card=old.pk).order_by("-id").values_list("action", flat=True)[:3]) == ["put_in_force", "amend", "revise"]
    before = Entry.objects.count()
    add_words(made, by=house.fresh(house.ruth), channel="page")
    assert Entry.objects.count() == before, "twice changes nothing"


@pytest.mark.django_db
def test_the_page_shows_it_and_adds_it_for_who_may(house: House, old: Role) -> None:
    ruth = signed_in(house.ruth)
    page = text_of(ruth.get("/duties/"))
    assert "New words for roles" in page
    assert ruth.post("/duties/", {"role": 999999}).status_code == 404
    Grant.objects.create(tenant=house.tenant, person=house.greta, words=["assignment:read", "role:read"], role_name="R", started_at=old.opened_at)
    greta = signed_in(house.greta)
    assert "Add them" not in text_of(greta.get("/duties/"))
    assert greta.post("/duties/", {"role": old.pk}).status_code == 403
    ruth.post("/duties/", {"role": old.pk})
    assert "New words for roles" not in text_of(ruth.get("/duties/"))
