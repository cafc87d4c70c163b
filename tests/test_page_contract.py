"""Every record type's pages and API: equal costs however much there is, every state reachable, and filters that mean the same on both."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import models
from django.test import Client

from plimsoll.kernel.approvals.operations import Asked, ask
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.customs import define_custom_field
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.filter_kinds import DueFilter
from plimsoll.kernel.records.filters import filterset_for, orders_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import amend
from tests.api import Caller
from tests.cast import House
from tests.contracts import cost, every_type, fields_of_move, filled, for_page, laden, mover, paths_of, ready, signed_in, text_of, walk


def with_customs(house: House, rt: RecordType) -> None:
    for type_ in ("text", "person"):
        define_custom_field(tenant=house.tenant, kind=rt.kind, name=f"own_{type_}", label=f"Own {type_}", type=type_, by=house.ruth, channel="page")


def rich(house: House, rt: RecordType, n: int, times: int = 1) -> Record:
    record = house.record(rt, by=house.fresh(house.ruth), **filled(house, rt, n))
    amend(record, by=house.fresh(house.ruth), channel="page", extra={"own_text": f"Own {n}", "own_person": (house.ines, house.dev)[n % 2].pk})
    return laden(house, record, times)


@pytest.mark.once  # as many statements on each database
@every_type
def test_what_a_page_costs_does_not_depend_on_how_much_there_is(house: House, rt: RecordType) -> None:
    with_customs(house, rt)
    few = rich(house, rt, 0)
    for n in range(1, 5):  # with other people: so that there is one on every list, also on My work
        rich(house, rt, n)
    laden(house, few, 1, "One of each")  # what is not there at all is not asked for
    ask(few, question="May we?", steps=[Asked("Lead", people=[house.dev])], by=house.ruth, channel="page")
    pages, caller = signed_in(house.ruth), Caller(house.ruth)
    one = f"/{rt.plural_kind}/{few.number}/"
    addresses = [f"/{rt.plural_kind}/?open=", f"/{rt.plural_kind}/new/", "/", "/inbox/", one, f"{one}edit/", f"{one}trail/", f"{one}print/"]
    calls = [rt.plural_kind, *[f"{rt.plural_kind}/{few.number}{tail}" for tail in ("", "/moves", "/comments", "/links", "/trail", "/checklist")]]
    before = {a: cost(lambda a=a: pages.get(a)) for a in addresses} | {c: cost(lambda c=c: caller.get(c)) for c in calls}
    many = [rich(house, rt, n) for n in range(5, 16)]
    laden(house, few, 12, "More")
    assert len(many) == 11
    after = {a: cost(lambda a=a: pages.get(a)) for a in addresses} | {c: cost(lambda c=c: caller.get(c)) for c in calls}
    assert after == before


# --- States ----------------------------------------------------------------------------------------------------


@every_type
def test_every_state_is_reached_through_the_api(house: House, rt: RecordType) -> None:
    for state in paths_of(rt):
        record = ready(house, rt)
        walk(house, rt, record, state)
        told = Caller(house.dev).get(f"{rt.plural_kind}/{record.number}").json()
        assert told["state"] == state


@pytest.mark.once  # through the API it is tried on both
@every_type
def test_every_state_is_reached_from_pages(house: House, rt: RecordType) -> None:
    for state, arrows in paths_of(rt).items():
        record = ready(house, rt)
        for arrow in arrows:
            dev = signed_in(mover(house, rt, arrow))
            address = f"/{rt.plural_kind}/{record.number}/moves/{arrow.name}/"
            assert dev.get(address).status_code == 200
            sent = {name: for_page(value) for name, value in fields_of_move(house, rt, arrow).items()}
            answer = dev.post(address, {**sent, "note": "On we go."})
            assert answer.status_code == 302, (arrow.name, re.findall(r"data-errors.*?</", text_of(answer), re.S))
        assert type(record).objects.get(pk=record.pk).state == state
        assert signed_in(house.dev).get(f"/{rt.plural_kind}/{record.number}/").status_code == 200


@pytest.mark.once  # what pages offer is no question to a database
@every_type
def test_every_move_that_is_offered_can_be_made(house: House, rt: RecordType) -> None:
    """Whatever the API calls possible in a state is possible there, and what it calls impossible is refused with the same reasons."""
    for state in paths_of(rt):
        for arrow in rt.workflow.moves_from(state):
            record = ready(house, rt)
            walk(house, rt, record, state)
            caller = Caller(house.dev)
            address = f"{rt.plural_kind}/{record.number}/moves"
            offered = {m["name"]: m for m in caller.get(address).json()["items"]}[arrow.name]
            asks_more = offered["is_possible"] and {n for n in arrow.needs} | ({"note"} if arrow.asks_note else set())
            body: dict[str, Any] = {"note": "On we go."}
            if asks_more:
                body["fields"] = {k: v for k, v in _sent(house, rt, arrow).items() if k in arrow.needs}
            answer = caller.post(f"{address}/{arrow.name}", body)
            assert (answer.status_code == 200) == offered["is_possible"], (state, arrow.name, offered, answer.content)
            if not offered["is_possible"]:
                assert answer.json()["reasons"]


def _sent(house: House, rt: RecordType, arrow: Any) -> dict[str, Any]:
    return {k: (v.pk if isinstance(v, models.Model) else str(v)) for k, v in fields_of_move(house, rt, arrow).items()}


# --- Filters ---------------------------------------------------------------------------------------------------


def shown(client: Client, rt: RecordType, query: str) -> list[str]:
    answer = client.get(f"/{rt.plural_kind}/?{query}")
    assert answer.status_code == 200, query
    return re.findall(r'data-row="([^"]+)"', text_of(answer))


def told(caller: Caller, rt: RecordType, query: str) -> list[str]:
    answer = caller.get(f"{rt.plural_kind}?limit=50&{query}")
    assert answer.status_code == 200, (query, answer.content)
    return [row["reference"] for row in answer.json()["items"]]


def queries_of(house: House, rt: RecordType, records: list[Any]) -> dict[str, list[list[tuple[str, Any]]]]:
    """For every filter of a kind queries that use it, with values that occur."""
    found: dict[str, list[list[tuple[str, Any]]]] = {}
    for name, made in filterset_for(rt, house.fresh(house.ruth).tenant).base_filters.items():
        middle = records[len(records) // 2]
        if name == "q":
            values: list[Any] = ["Varied 3", str(middle.number), middle.reference, "nothing like it"]
        elif name == "open":
            values = ["true", "false"]
        elif name.endswith(("_after", "_before")):
            moment = getattr(middle, name.split("_")[0] + "_at")
            values = [moment.isoformat(), "2020-01-01", "2999-01-01"]
        elif name == "time":
            values = ["uncovered", "over", "soon", "paused"]
        elif isinstance(made, DueFilter):
            values = ["past", "30", "90", "none"]
        elif name.startswith("x_"):
            values = list({r.extra[name[2:]] for r in records if name[2:] in r.extra})[:3]
        else:
            field = rt.model_field(name)
            stored = list(dict.fromkeys(getattr(r, field.attname) for r in records))
            values = [str(v).lower() if isinstance(v, bool) else v for v in stored if v not in (None, "")][:4]
            values += ["none"] if field.null and not isinstance(field, models.BooleanField) else []
            values += ["me"] if made.target is Person else ["mine"] if made.target is Team else []
        found[name] = [[(name, value)] for value in values]
        if made.is_many and len(values) > 1:
            found[name].append([(name, values[0]), (name, values[1])])
    return found


@every_type
def test_filters_and_orders_mean_the_same_on_pages_and_in_the_api(house: House, rt: RecordType) -> None:
    for type_, choices in (("text", None), ("choice", ["Low, deep", "High"]), ("number", None), ("date", None), ("person", None)):
        define_custom_field(
            tenant=house.tenant, kind=rt.kind, name=f"own_{type_}", label=f"Own {type_}", type=type_, choices=choices, by=house.ruth, channel="page"
        )
    ruth = house.fresh(house.ruth)
    states = list(paths_of(rt))
    records: list[Any] = []
    for n in range(12):
        values = filled(house, rt, n)
        if n % 4 == 3:
            values = {k: v for k, v in values.items() if k in rt.required or not getattr(rt.model_field(k), "null", False) or rt.kind == "assignment"}
        days = {name: now().date() + timedelta(days=20 * n + 1) for name in rt.filters if type(rt.model_field(name)) is models.DateField}
        record = ready(house, rt, n, **{**values, **days, "title": f"Varied {n}", "organization": (house.brannock, house.strand_housing)[n % 2]})
        extra = {"own_text": f"a,b {n % 3}", "own_choice": ["Low, deep", "High"][n % 2], "own_number": n % 3 + 0.5 * (n % 2)}
        extra |= {"own_date": f"2026-11-2{n % 3}", "own_person": (house.ruth, house.dev)[n % 2].pk}
        if n % 5:
            record = amend(record, by=ruth, channel="page", extra=extra)
        if n % 4 != 3:
            walk(house, rt, record, states[n % len(states)], n)
        records.append(type(record).objects.select_related("card").get(pk=record.pk))
    pages, caller = signed_in(house.ruth), Caller(house.ruth)
    for name, queries in queries_of(house, rt, records).items():
        sizes = set()
        for query in queries:
            text = urlencode(query)
            on_page, in_api = shown(pages, rt, text), told(caller, rt, text)
            assert sorted(on_page) == sorted(in_api), text
            sizes.add(len(on_page))
        assert max(sizes) > 0, (name, queries)
    for order in orders_of(rt):
        for more in ("open=true", "open=false", f"organization={house.brannock.pk}"):
            assert shown(pages, rt, f"{more}&order={order}") == told(caller, rt, f"{more}&order={order}"), (order, more)
