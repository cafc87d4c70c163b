"""Nothing leaks: unmistakable words are planted in every place of every kind, then every address of the house is asked for, by everybody outside.

INNER words stand where only our own people read; THEIRS are words of one customer, which no other customer and no supplier may read.
The addresses are taken from the url conf itself, so a page that somebody adds tomorrow is walked without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.operations import rate
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.notifications.operations import words_of
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.customs import define_custom_field
from plimsoll.kernel.records.declaration import RecordType, declared
from plimsoll.kernel.records.models import Comment, Record
from plimsoll.kernel.records.operations import amend
from plimsoll.kernel.tasks.running import run_waiting
from plimsoll.support.knowledge.models import Judgement
from tests.api import Caller
from tests.cast import House
from tests.contracts import asked, signed_in, text_of

# Who sees what is decided before any database is asked; the walls run on both.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
# Each text begins with the word that the walk asks for and holds the one that it looks for, so that no echo of a question counts.
ASK_INNER, INNER, ASK_THEIRS, THEIRS = "Xylophonist", "Harpsichord", "Quicksilver", "Zeppelin"
OWN = ("aoife", "maeve")  # people of the customer whose records they are
STRANGERS = ("strand", "sam", "nobody", "mallory")
QUERIES = (
    "",
    f"q={ASK_THEIRS}",
    f"q={ASK_INNER}",
    "open=",
    "whose=organization&state=all",
    "whose=organization&state=all&format=csv",
    "format=csv",
    "tab=files",
)
# Acts of signing in and out would end the walk; static content has no records.
LEFT_OUT = re.compile(r"^/(accounts|setup|static|livez|readyz|invitation)")


def addresses(patterns: list[Any] | None = None, before: str = "/") -> Iterator[str]:
    """Every address of the url conf, with its places still open."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        text = str(one.pattern).removeprefix("^").removesuffix("$").replace(r"\Z", "")
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, before + text)
        elif isinstance(one, URLPattern):
            yield before + text


def filled_in(address: str, records: list[Record]) -> Iterator[str]:
    """The address with its places filled: for a kind by its own record, else by every record's number."""
    if "<" not in address:
        yield address
        return
    for record in records:
        plural = next(rt for rt in declared() if rt.model is type(record)).plural_kind
        names = [rt.plural_kind for rt in declared()]
        of_kind = next((n for n in names if re.search(rf"/{n}/", address)), "")
        if of_kind not in ("", plural):
            continue
        file, comment = record.card.attachments.first(), Comment.objects.filter(card=record.card).first()
        known = {"attachment": file, "comment": comment, "approval": record.card.approvals.first(), "item": record.card.checklist.first()}
        moves = [m.name for m in next(rt for rt in declared() if rt.model is type(record)).workflow.moves_from(record.state)] or ["none"]

        def value(found: re.Match[str], record: Record = record, known: dict[str, Any] = known, moves: list[str] = moves) -> str:
            name = found[1].rpartition(":")[2]
            if name in known:
                return str(known[name].pk if known[name] else 1)
            if name in ("reference", "key") and found[1].startswith("str"):
                return record.reference
            if name in ("name", "move_name"):
                return moves[0]
            return str(record.number) if name == "number" else "1" if found[1].startswith("int") else "incident" if name in ("model", "kind") else "1"

        yield re.sub(r"<([^>]+)>", value, address)


def planted(house: House, rt: RecordType) -> Record:
    """A record of the customer's with their words on it, and ours in every place that is for us alone."""
    record = house.record(rt, title=f"{ASK_THEIRS} {THEIRS} {rt.kind}", organization=house.brannock)
    inner = {
        name: f"{ASK_INNER} {INNER} {name}"
        for name in rt.internal
        if isinstance(field := rt.model_field(name), models.CharField | models.TextField) and not field.choices and name in rt.fields
    }
    define_custom_field(tenant=house.tenant, kind=rt.kind, name="ours", label="Ours", type="text", is_public=False, by=house.ruth, channel="page")
    try:
        record = amend(record, by=house.fresh(house.ruth), channel="page", extra={"ours": f"{INNER} custom"}, **inner)
    except Exception:  # noqa: BLE001 (some kinds judge the values of their fields; the custom field is enough there)
        record = amend(record, by=house.fresh(house.ruth), channel="page", extra={"ours": f"{INNER} custom"})
    parts.comment(record, text=f"{ASK_INNER} {INNER} said", is_public=False, by=house.ruth, channel="page")
    parts.attach(record, name=f"{INNER}.txt", content=INNER.encode(), is_public=False, by=house.ruth, channel="page")
    parts.comment(record, text=f"{ASK_THEIRS} {THEIRS} told", is_public=True, by=house.ruth, channel="page")
    parts.add_check(record, text=f"{ASK_INNER} {INNER} to tick", by=house.ruth, channel="page", owner=house.dev)
    parts.spend(record, minutes=5, by=house.ruth, channel="page", note=f"{ASK_INNER} {INNER} spent")
    parts.tag(record, [f"{INNER.lower()}-tag"], by=house.ruth, channel="page")
    other = house.record(rt, title=f"{ASK_INNER} {INNER} beside", organization=house.provider)
    parts.link(record, "relates to", other, by=house.ruth, channel="page")
    asked(house, record)
    if rt.kind == "article":
        Judgement.objects.create(article_id=record.pk, person=house.ines, edition=1, is_helpful=False, comment=f"{ASK_INNER} {INNER}", at=now())
    if rt.requester:
        Satisfaction.objects.create(card=record.card, person=house.aoife, asked_at=now())
        setattr(record, f"{rt.requester}_id", house.aoife.pk)
    return type(record).objects.select_related("card", "organization").get(pk=record.pk)


@pytest.fixture
def full(house: House) -> tuple[House, list[Record]]:
    for rt in declared():
        for _n in range(3):
            house.record(rt, title="Before it", organization=house.provider)
    records = [planted(house, rt) for rt in declared()]
    own = house.incident(f"{ASK_THEIRS} {THEIRS} of Aoife")
    parts.comment(own, text=f"{ASK_INNER} {INNER} about her", is_public=False, by=house.ines, channel="page")
    parts.attach(own, name=f"{INNER}-own.txt", content=INNER.encode(), is_public=False, by=house.ines, channel="page")
    records.append(type(own).objects.select_related("card", "organization").get(pk=own.pk))
    run_waiting()
    return house, records


def walk(house: House, person: Person, records: list[Record]) -> Iterator[tuple[str, str]]:
    """(address, what it answers) for every address that this person can ask for."""
    browser, caller = signed_in(house.fresh(person)), Caller(house.fresh(person))
    for open_address in dict.fromkeys(addresses()):
        if LEFT_OUT.match(open_address) or open_address.endswith(("openapi.json", "docs")):
            continue
        for address in dict.fromkeys(filled_in(open_address, records)):
            asks = QUERIES if "<" not in open_address else ("",)
            if open_address.startswith("/api/v1/"):
                asks = tuple(query for query in asks if query in ("", "open=") or query.startswith("q="))
            for query in asks:
                if open_address.startswith("/api/v1/"):
                    answer = caller.get(address.removeprefix("/api/v1/") + (f"?{query}" if query else ""))
                else:
                    answer = browser.get(f"{address}?{query}" if query else address)
                assert answer.status_code < 500, (address, query, answer.status_code)
                yield f"{address}?{query}", text_of(answer)
                if answer.status_code in (403, 404):  # who is shown nothing there is shown nothing there by any question
                    break


def told(text: str, word: str) -> str:
    """What stands around a word that should not be there; empty when it is nowhere."""
    found = re.search(word, text, re.IGNORECASE)
    return text[max(0, found.start() - 80) : found.end() + 60] if found else ""


def walking(people: tuple[str, ...]) -> list[Any]:
    """The first of them walks in every run, the others with the slow tests: a walk asks for some two thousand addresses."""
    return [people[0], *(pytest.param(who, marks=pytest.mark.slow) for who in people[1:])]


@pytest.mark.parametrize("who", walking(STRANGERS))
def test_no_address_tells_a_stranger_anything_of_a_customer(full: tuple[House, list[Record]], who: str) -> None:
    house, records = full
    leaks = [
        (address, around) for address, text in walk(house, getattr(house, who), records) for word in (INNER, THEIRS) if (around := told(text, word))
    ]
    assert leaks == []


@pytest.mark.parametrize("who", walking(OWN))
def test_no_address_tells_a_customer_what_is_said_among_us(full: tuple[House, list[Record]], who: str) -> None:
    house, records = full
    seen = {address: text for address, text in walk(house, getattr(house, who), records)}
    assert any(THEIRS in text for text in seen.values()), "the walk reaches what they may read, else it proves nothing"
    assert [(address, around) for address, text in seen.items() if (around := told(text, INNER))] == []


def test_no_notice_and_no_mail_names_what_is_said_among_us(full: tuple[House, list[Record]]) -> None:
    house, _records = full
    outside = [getattr(house, who) for who in (*OWN, *STRANGERS)]
    notices = Notice.objects.filter(person__in=outside).select_related("card", "entry__actor", "person")
    assert [
        (n.person.name, words_of(n)) for n in notices if INNER in " ".join(words_of(n)) or (n.entry and n.entry.action in ("note", "spend", "tag"))
    ] == []
    assert {n.person_id for n in notices} <= {house.aoife.pk, house.maeve.pk}


def test_a_revoked_right_empties_every_page_and_live_update(full: tuple[House, list[Record]]) -> None:
    house, records = full
    Grant.objects.filter(person__in=(house.aoife, house.maeve)).update(ended_at=now())
    for who in OWN:
        assert [(a, around) for a, text in walk(house, getattr(house, who), records) if (around := told(text, THEIRS))] == []


@pytest.mark.slow  # every address once more; the room's own tests say in a second who reads it
def test_how_it_went_is_read_by_who_said_it_and_by_us(house: House) -> None:
    record = house.incident(f"{ASK_THEIRS} {THEIRS} of Aoife")
    Satisfaction.objects.create(card=record.card, person=house.aoife, asked_at=now())
    rate(record, score=1, comment="Bassoon", by=house.aoife, channel="portal")
    fresh = type(record).objects.select_related("card").get(pk=record.pk)
    for who in ("maeve", "strand", "sam", "nobody", "mallory"):
        assert [a for a, text in walk(house, getattr(house, who), [fresh]) if "Bassoon" in text] == [], who
