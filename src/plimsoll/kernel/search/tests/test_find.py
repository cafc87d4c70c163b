"""Finding by words: the same on both databases, and never more than one may see."""

import random

import pytest

from plimsoll.kernel.lib.text import words
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.operations import amend, open_record
from plimsoll.kernel.search.models import SearchRow
from plimsoll.kernel.search.queries import find, snippet
from tests.cast import House

VOCABULARY = [
    "čaša",
    "žurnal",
    "Straße",
    "naïve",
    "Ørsted",
    "printer-queue",
    "e-mail",
    "10.0.0.1",
    "1e5",
    "C++",
    "α-test",
    "don't",
    "résumé",
    "web_form",
    "user@example.org",
    "https://x.example/a?b=c",
    "0x1f",
    "v1.2.3",
    "Łódź",
    "façade",
    "日本語",
    "№5",
    "50%",
    "AND",
    "OR",
    "NOT",
    "NEAR",
    '"quoted"',
    "(brackets)",
    "star*",
    "{public}",
    "col:on",
]


def titles(house: House, who: str, text: str) -> list[str]:
    return [hit.card.title for hit in find(house.fresh(getattr(house, who)), text).hits]


@pytest.mark.parametrize("text", ["cacic", "ČAČIĆ", "Čačić tablets", "tab", "wi fi", "INC-1", "inc1", "1"])
def test_words_are_found_whatever_their_accents_case_and_order(house: House, text: str) -> None:
    house.incident("Tablets of Čačić drop off Wi-Fi")
    house.incident("Something else", description="nothing")
    assert "Tablets of Čačić drop off Wi-Fi" in [
        *titles(house, "ines", text),
        *([j.title] if (j := find(house.fresh(house.ines), text).jump) else []),
    ]


def test_all_words_must_occur(house: House) -> None:
    house.incident("Printer in ward seven")
    house.incident("Printer in the archive")
    assert titles(house, "ines", "printer ward") == ["Printer in ward seven"]
    assert titles(house, "ines", "printer harbour") == []
    assert titles(house, "ines", "") == []


def test_newest_first_in_pages(house: House) -> None:
    for number in range(45):
        house.incident(f"Cable {number}")
    ines = house.fresh(house.ines)
    first = find(ines, "cable")
    second = find(ines, "cable", before=first.next)
    third = find(ines, "cable", before=second.next)
    names = [hit.card.title for page in (first, second, third) for hit in page.hits]
    assert names == [f"Cable {n}" for n in reversed(range(45))]
    assert third.next is None


def test_internal_words_are_found_by_insiders_only(house: House) -> None:
    incident = house.incident("Wi-Fi", cause_code="negligence", symptom="blinking")
    parts.comment(incident, text="The customer is furious", is_public=False, by=house.ines, channel="page")
    parts.comment(incident, text="We are sorry", is_public=True, by=house.ines, channel="page")
    for text in ("furious", "negligence"):
        assert titles(house, "ines", text) == ["Wi-Fi"]
        for who in ("aoife", "maeve", "strand", "sam", "mallory", "nobody"):
            assert titles(house, who, text) == [], who
    for text in ("sorry", "blinking"):
        for who in ("ines", "aoife", "maeve"):
            assert titles(house, who, text) == ["Wi-Fi"], who


def test_what_was_amended_is_found_by_its_new_words_only(house: House) -> None:
    incident = house.incident("Before")
    amend(incident, by=house.ines, channel="page", title="After")
    assert titles(house, "ines", "before") == []
    assert titles(house, "ines", "after") == ["After"]


def test_operators_of_either_database_are_only_words(house: House) -> None:
    house.incident("plain")
    for text in ('"', "a AND", "NOT x", "col:on", "star*", "{public} : x", "'; DROP", "a & | !b", "\\", "%_", "x" * 500, "😀", "\x00x"):
        find(house.fresh(house.ines), text)


def test_two_hundred_queries_find_what_a_plain_reading_finds(house: House) -> None:
    """Run on both databases against the same reference, so both find the same."""
    dice = random.Random(3)
    made = []
    for _ in range(60):
        title, text = " ".join(dice.choices(VOCABULARY, k=4)), " ".join(dice.choices(VOCABULARY, k=6))
        made.append(house.incident(title[:250], description=text))
    ines = house.fresh(house.ines)
    for _ in range(200):
        query = " ".join(dice.choices(VOCABULARY, k=2))
        wanted = words(query)[:8]
        expected = {r.pk for r in made if _holds(SearchRow.objects.get(card_id=r.pk).public.split(), wanted)}
        assert {hit.card.pk for hit in find(ines, query, size=100).hits} == expected, query


def _holds(held: list[str], wanted: list[str]) -> bool:
    *whole, last = wanted
    return all(w in held for w in whole) and any(w.startswith(last) for w in held)


def test_a_snippet_shows_the_words_around(house: House) -> None:
    assert snippet("Since half past seven our tablets lose the Wi-Fi every few minutes.", ["tablets"], around=12) == "… seven our tablets …"
    open_record(type_named("incident"), by=house.ines, channel="page", title="T", description="Our tablets are slow")
    assert find(house.fresh(house.ines), "tablets").hits[0].snippet == "Our tablets are slow"
    assert not Comment.objects.exists()
