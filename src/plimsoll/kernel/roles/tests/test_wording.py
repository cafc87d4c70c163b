"""What no role allows is said in words that people know, for every word of authority that there is."""

import re

import pytest

from plimsoll.kernel.access.queries import sentence
from plimsoll.kernel.access.wording import doing
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.roles.content import starter_roles
from plimsoll.kernel.roles.wording import DOING, OF_THE_HOUSE

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("settings:change", "changing settings"),
        ("incident:read", "seeing incidents"),
        ("incident:internal", "seeing what is internal about incidents"),
        ("incident:open", "opening incidents"),
        ("incident:amend@own", "changing incidents"),
        ("incident:resolve", "“Resolve” on incidents"),
        ("incident:wait_for_customer", "“Wait for the customer” on incidents"),
        ("nothing:of_the_kind", "“Of the kind” on nothing"),
    ],
)
def test_a_word_is_said_as_the_doing_of_it(word: str, said: str) -> None:
    assert doing(word) == said


def test_no_refusal_names_a_word_of_the_program() -> None:
    words = {word for role in starter_roles() for word in role.words if not word.startswith("class:")}
    assert len(words) > 100
    assert [word for word in sorted(words) if re.search(r"\w:\w|_", sentence(Person(), word))] == []


def test_what_a_role_does_of_the_house_is_said_both_ways() -> None:
    assert set(DOING) == set(OF_THE_HOUSE)
