"""The permission matrix of the map (section 4.2), tried cell by cell over pages and API by somebody who holds just the role that ships."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, TestCase

from plimsoll.kernel.identity.models import Organization, Person, TeamMembership
from plimsoll.kernel.lib.cache import forget_all
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import RecordType, declared, type_named
from plimsoll.kernel.records.models import Record, Share
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
from plimsoll.resolution.requests.operations import order
from plimsoll.resolution.requests.plan import Plan, Step
from tests import permission_matrix as matrix
from tests.api import Caller
from tests.cast import build_house
from tests.contracts import fields_of_move, for_api, for_page, ready, signed_in, walk
from tests.permission_matrix import CLOSES, COLUMNS, DECIDES, Row
from tests.test_waiting import rows as waiting_rows

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "permissions.md"
OF_CUSTOMERS = ("incident", "request", "fulfilmenttask", "accessright", "agreement", "servicerequirement")
LETTERS = "CRUAX"
COMPARED = frozenset(kind for kinds in matrix.FAMILIES.values() for kind in kinds)  # the cells of the map; of others the API and the page are asked


@dataclass
class Somebody:
    """Somebody with exactly one role: signed in, and with a program."""

    person: Person
    client: Client
    program: Caller


class Cast:
    """The house with somebody in every role of the matrix, and records of every kind in the states that the acts begin in. Made once."""

    def __init__(self) -> None:
        self.house = build_house()
        house = self.house
        self.roles = load_starter_roles(tenant=house.tenant, by=house.system, channel="page")
        for code, person in (("sms_manager", house.ruth), ("top_management", house.dev)):  # who bring records where the acts begin
            give_role(role=self.roles[code], person=person, by=house.system, channel="page")
        self.people: dict[str, Somebody] = {}
        self.records: dict[tuple[str, str, str], Record] = {}

    def somebody(self, row: Row, column: str) -> Somebody:
        code = row.role(column)
        name = f"approver of {code}" if column == "approver" else code
        if name not in self.people:
            house = self.house
            home = {"user": house.brannock, "rep": house.brannock, "supplier": house.telco}.get(column, house.provider)
            person = Person(tenant=house.tenant, organization=home, name=f"Only {name}", email=f"{len(self.people)}@matrix.example")
            person.set_unusable_password()
            person.save()
            if column == "supplier":
                TeamMembership.objects.create(person=person, team=house.field, started_at=now())
            only = house.brannock if column == "rep" else None
            give_role(role=self.roles[code], person=person, organization=only, by=house.system, channel="page")
            self.people[name] = Somebody(person, signed_in(person), Caller(house.fresh(person)))
        return self.people[name]

    def record(self, rt: RecordType, letter: str = "", at: str = "brannock") -> Record:
        """A record of the kind, for a letter in the state that its act begins in."""
        key = (rt.kind, letter if letter in "AX" else "", at)
        if key not in self.records:
            house = self.house
            values = {"organization": getattr(house, at)} if rt.kind in OF_CUSTOMERS else {}
            if rt.kind == "request" and letter == "A":
                self.records[key] = self._asked()
                return self.records[key]
            record = ready(house, rt, **values)
            if move := {"A": DECIDES, "X": CLOSES}.get(letter, {}).get(rt.kind):
                walk(house, rt, record, rt.workflow.move(move).sources[0])
            self.records[key] = type(record).objects.select_related("tenant", "organization", "card").get(pk=record.pk)
        return self.records[key]

    def _asked(self) -> Record:
        """A request that waits for the approver."""
        row = next(r for r in matrix.rows() if r.kind == "request")
        approver = self.somebody(row, "approver").person
        model = self.house.offered("Needs a yes", Plan(steps=(Step("Line", people=(approver.pk,)),)))
        return order(model, {}, by=self.house.fresh(self.house.aoife), channel="page")


@contextmanager
def undone() -> Iterator[None]:
    """What was tried did not happen."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def said(answer: HttpResponse) -> str:
    """ "done", "stopped" by a rule or a value that is missing, or "refused": not allowed, or not there."""
    found = {403: "refused", 404: "refused", 409: "stopped", 422: "stopped"}.get(answer.status_code, "done" if answer.status_code < 400 else "")
    assert found, (answer.status_code, answer.content[:300])
    return found


def attempt(cast: Cast, one: Somebody, rt: RecordType, letter: str, record: Record, home: Organization | None, *, is_there: bool) -> tuple[str, str]:
    """What a page and the API say to one act; then it is undone. Forms are sent where the page is there, and for the kinds of the map."""
    own, number = f"/{rt.plural_kind}/", record.number
    if letter == "R":
        return said(one.client.get(f"{own}{number}/")), said(one.program.get(f"{rt.plural_kind}/{number}"))
    if letter == "C":
        values = {"title": "Mine", **cast.house.wanted(rt)}
        body = {name: for_api(v) for name, v in values.items()} | ({"organization": home.pk} if home else {})
        at = f"/requests/order/{values['request_model'].number}/" if rt.kind == "request" else f"{own}new/"
        page = said(one.client.get(at))
        if page == "done" and rt.kind in COMPARED:
            page = said(one.client.post(at, {k: for_page(v) for k, v in values.items()} | ({"organization": home.pk} if home else {})))
        return page, said(one.program.post(rt.plural_kind, body))
    if letter == "U":
        page = "refused"
        if is_there:
            with undone():
                page = said(one.client.post(f"{own}{number}/edit/", {"title": "Mine now", "version": str(record.version)}))
        return page, said(one.program.patch(f"{rt.plural_kind}/{number}", {"title": "Mine now"}))
    if rt.kind == "request" and letter == "A":
        approval = record.card.approvals.get()
        with undone():
            answer = one.client.post(f"{own}{number}/approvals/", {"act": f"yes-{approval.pk}"})
        page = "refused" if answer.status_code == 409 else said(answer)  # the page is shown again with the sentence
        return page, said(one.program.post(f"{rt.plural_kind}/{number}/approvals/{approval.pk}/decide", {"is_yes": True}))
    name = (DECIDES if letter == "A" else CLOSES)[rt.kind]
    fields = fields_of_move(cast.house, rt, rt.workflow.move(name))
    page = "refused"
    if is_there:
        form = {"note": "On we go.", "confirmed": "1", "version": str(record.version), **{k: for_page(v) for k, v in fields.items()}}
        with undone():
            page = said(one.client.post(f"{own}{number}/moves/{name}/", form))
    body = {"note": "On we go.", "fields": {k: for_api(v) for k, v in fields.items()}}
    return page, said(one.program.post(f"{rt.plural_kind}/{number}/moves/{name}", body))


def faults(cast: Cast, row: Row, column: str) -> list[str]:
    """What of one cell is not as the table says."""
    rt, one, found = type_named(row.kind), cast.somebody(row, column), []
    cell = row.cells[column]
    asked = LETTERS if column != "approver" else "UAX"
    for letter in asked:
        if letter == "A" and row.kind not in DECIDES and row.kind != "request" or letter == "X" and row.kind not in CLOSES:
            continue
        is_own = cell.get(letter)
        home = one.person.organization if is_own and letter == "C" else None
        record = cast.record(rt, letter)
        with undone():
            by_home = column == "rep" and row.kind in OF_CUSTOMERS  # what reaches them as the role is given for their organisation
            if is_own and letter != "C" and not by_home:
                Share.objects.get_or_create(card_id=record.pk, person=one.person, why="participant")
            answers = attempt(cast, one, rt, letter, record, home, is_there=row.kind in COMPARED and ("R" in cell or letter in cell))
        for channel, answer in zip(("page", "API"), answers, strict=True):
            if channel == "page" and letter in "UAX" and row.kind not in COMPARED:
                continue
            if (letter in cell) == (answer == "refused"):
                found.append(f"{row.kind} {column} {letter} by {channel}: {answer}")
        if is_own and (letter == "C" or column == "rep" or row.kind != "request"):
            other = cast.record(rt, letter, "strand_housing") if by_home and letter != "C" else record
            with undone():
                answers = attempt(cast, one, rt, letter, other, cast.house.strand_housing, is_there=row.kind in COMPARED)
            if "done" in answers[1:] or (letter != "C" and "done" in answers):
                found.append(f"{row.kind} {column} {letter} of others: {answers}")
    return found


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One database for the whole module, in one transaction that is rolled back at its end."""
    with django_db_blocker.unblock():
        opened = TestCase._enter_atomics()
        try:
            yield
        finally:
            TestCase._rollback_atomics(opened)
            forget_all()


@pytest.fixture(scope="module")
def cast(db: None) -> Cast:
    """One cast for all cells; what a cell does is undone."""
    forget_all()
    return Cast()


ROWS = matrix.rows()


@pytest.mark.once
@pytest.mark.parametrize("row", ROWS, ids=[row.kind for row in ROWS])
def test_each_cell_is_what_the_table_says_over_pages_and_api(cast: Cast, row: Row) -> None:
    assert [fault for column in COLUMNS for fault in faults(cast, row, column)] == []


def taking(cast: Cast, code: str, words: list[str]) -> None:
    """The role says these words from now on, by a version of its own."""
    role, by = cast.roles[code], cast.house.system
    revised = amend(move(type(role).objects.get(pk=role.pk), "revise", by=by, channel="page"), by=by, channel="page", words=words)
    move(revised, "put_in_force", by=by, channel="page")


CHANGED = [  # the role, the word that is taken (-) or given (+), the kind and column of the cell, the letter that is seen
    ("service_desk_agent", "-incident:open", "incident", "agent", "C"),
    ("service_desk_agent", "-article:amend", "article", "agent", "U"),
    ("internal_auditor", "-*:read", "risk", "auditor", "R"),
    ("top_management", "-service:go_live", "service", "top", "A"),
    ("incident_manager", "-incident:*", "incident", "manager", "X"),
    ("administrator", "+incident:close", "incident", "admin", "X"),
    ("customer_user", "+agreement:read", "agreement", "user", "R"),
    ("reader", "+incident:close", "incident", "agent", ""),  # of a role that nobody here holds: nothing is seen
]


@pytest.mark.once
@pytest.mark.parametrize(("code", "word", "kind", "column", "letter"), CHANGED, ids=[f"{code} {word}" for code, word, *_ in CHANGED])
def test_a_word_more_or_less_is_seen_in_its_cell(cast: Cast, code: str, word: str, kind: str, column: str, letter: str) -> None:
    row = next(r for r in ROWS if r.kind == kind)
    faults(cast, row, column)  # so that its records are there
    with undone():
        had = cast.roles[code].words
        taking(cast, code, [w for w in had if w != word[1:]] if word[0] == "-" else [*had, word[1:]])
        seen = faults(cast, row, column)
    assert {line.split()[2] for line in seen} >= set(letter) and bool(seen) == bool(letter), seen
    assert faults(cast, row, column) == []


@pytest.mark.once
def test_every_kind_of_the_house_stands_in_the_table() -> None:
    assert sorted(row.kind for row in ROWS) == sorted(rt.kind for rt in declared()), "Say what each role gives of a new kind."


@pytest.mark.once
def test_whatever_differs_from_the_map_says_why_and_nothing_else_does() -> None:
    assert sorted(matrix.differing() - set(matrix.reasons())) == []
    assert sorted(set(matrix.reasons()) - matrix.differing()) == []
    assert [where for where, why in matrix.reasons().items() if len(why) > 1] == []


@pytest.mark.once
def test_every_family_of_the_map_is_tried_or_waits_by_its_id() -> None:
    assert len(matrix.of_the_map()) == 21
    assert set(matrix.of_the_map()) == set(matrix.FAMILIES) | set(matrix.WAITING)
    waits = {name for name, _kinds, _packages in waiting_rows() if name.startswith("M-")}
    assert waits == set(matrix.WAITING.values())


@pytest.mark.once
@pytest.mark.parametrize(("cell", "read"), [
    ("CR(o) U-comment", {"C": True, "R": True}),
    ("CRUX A-override(p)", {"C": False, "R": False, "U": False, "X": False, "A": False}),
    ("C, R if assigned", {"C": False, "R": False}),
    ("R A sign(o)", {"R": False, "A": False}),
    ("R+C(o)", {"R": False, "C": True}),
    ("–", {}),
])  # fmt: skip
def test_a_cell_is_read_as_the_map_writes_it(cell: str, read: dict[str, bool]) -> None:
    assert matrix.letters(cell) == read


@pytest.mark.once
def test_the_page_for_readers_is_what_the_table_says() -> None:
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PAGE.write_text(matrix.page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == matrix.page(), "Run again with UPDATE_SNAPSHOTS=1 and look at the difference."
