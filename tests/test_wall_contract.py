"""The walls, over every record type and every derived address: what one may not see is not there, and a reader changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.exchange.exporting import exported
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records.declaration import RecordType, declared
from plimsoll.kernel.records.models import Record, Share
from plimsoll.kernel.register.models import Sequence
from plimsoll.kernel.tasks.running import run_waiting
from tests.api import Caller
from tests.cast import House
from tests.contract_calls import api_calls
from tests.contracts import TITLE, asked, every_type, fingerprint, laden, page_addresses, sent_to, signed_in, text_of

STRANGERS = ("mallory", "strand", "sam", "nobody")


@pytest.fixture
def walled(house: House) -> House:
    """A house whose numbers are no small ones, so that a number in an answer is that record's. The numbers alone: to open so many records
    of every kind before every test took more than all that the tests ask."""
    for rt in declared():
        Sequence.objects.update_or_create(tenant=house.tenant, kind=rt.kind, defaults={"last": 600})
    return house


def hidden(house: House, rt: RecordType) -> Record:
    record = house.record(rt, title=TITLE, organization=house.brannock)
    record = laden(house, record)
    asked(house, record)
    run_waiting()
    return record


def tells_of(text: str, record: Record, rt: RecordType, *, said: str = "") -> list[str]:
    """What an answer tells of a record, but for what the asker said themselves."""
    marks = [rf"\b{record.reference}\b", TITLE, "Quicksilver", rf"/{rt.plural_kind}/{record.number}\b(?!/moves)"]
    return [mark for mark in marks if re.search(mark, text) and not re.search(mark, said)]


@every_type
def test_no_derived_page_of_it_is_there(walled: House, rt: RecordType) -> None:
    record = hidden(walled, rt)
    before = fingerprint(record)
    for who in STRANGERS:
        client = signed_in(getattr(walled, who))
        for name, address, methods in page_addresses(rt, record):
            for method in ("get", "post"):
                answer = getattr(client, method)(address, sent_to(name, walled, record) if method == "post" else {})
                assert answer.status_code == (404 if method in methods else 405), (who, method, address, answer.status_code)
                assert tells_of(text_of(answer), record, rt, said=address) == [], (who, method, address)
    assert fingerprint(record) == before


@every_type
def test_no_operation_of_the_api_finds_it(walled: House, rt: RecordType) -> None:
    record = hidden(walled, rt)
    before = fingerprint(record)
    for who in STRANGERS:
        caller = Caller(getattr(walled, who))
        for _view, said, call in api_calls(rt, record, walled):
            answer = call(caller)
            assert answer.status_code == 404, (who, said, answer.status_code, answer.content)
            assert tells_of(text_of(answer), record, rt, said=f"/{said.split(' ')[1]}") == [], (who, said)
    assert fingerprint(record) == before


def ways_round(rt: RecordType, record: Record) -> Iterator[tuple[str, str]]:
    """Addresses that are not the record's own and could tell of it, with what the asker says in them."""
    plural, word = rt.plural_kind, "Quicksilver"
    yield f"/{plural}/?open=", ""
    yield f"/{plural}/?q=lantern&open=", ""
    yield f"/{plural}/?organization={record.organization_id}&open=", ""
    yield f"/{plural}/news/?since=2020-01-01T00:00:00Z&open=", ""
    yield f"/{plural}/new/", ""
    yield f"/choose/{rt.kind}/?q=lantern", ""
    yield f"/choose/{rt.kind}/?q={record.number}", ""
    for model in ("person", "organization", "team"):
        yield f"/choose/{model}/?q={word}", word
    yield "/", ""
    yield "/inbox/", ""
    yield "/search/?q=lantern", ""
    yield f"/search/?q={record.reference}", record.reference
    yield "/palette.json?q=lantern", ""
    yield f"/palette.json?q={record.reference}", record.reference
    yield "/palette.json", ""
    for other in declared():
        for name, target in other.foreign.items():
            if target is rt.model:
                # A form that is filled from its address, and a filter: both show what they were given by name.
                yield f"/{other.plural_kind}/new/?{name}={record.pk}", ""
                yield f"/{other.plural_kind}/?{name}={record.pk}&open=", ""
                yield f"/api/v1/{other.plural_kind}?{name}={record.pk}", ""
    yield f"/api/v1/{plural}?open=true", ""
    yield f"/api/v1/{plural}?q=lantern", ""
    yield "/api/v1/search?q=lantern", ""
    yield f"/api/v1/search?q={record.reference}", ""
    yield "/api/v1/kinds", ""
    for key in ("incident_volume", "incident_backlog"):
        yield f"/indicators/{key}/?by=organization", ""
        yield f"/indicators/{key}/records/", ""
        yield f"/indicators/{key}/records/?by=organization&of={record.organization_id}", ""
        yield f"/api/v1/indicators/{key}/records", ""
    yield f"/api/v1/people?q={word}", word


@every_type
def test_nothing_else_tells_of_it(walled: House, rt: RecordType) -> None:
    record = hidden(walled, rt)
    for who in STRANGERS:
        nothing_else_tells(getattr(walled, who), record, rt)


def nothing_else_tells(person: Person, record: Record, rt: RecordType) -> None:
    client = signed_in(person)
    for address, said in ways_round(rt, record):
        answer = client.get(address)
        assert answer.status_code < 500, address
        assert tells_of(text_of(answer), record, rt, said=said) == [], address
    assert client.get(f"/go/{record.reference}/").status_code == 404
    number = str(record.number)
    for path, data in (
        (f"/{rt.plural_kind}/bulk/", {"act": "move", "pick": number}),
        (f"/{rt.plural_kind}/bulk/", {"act": "assign", "pick": number}),
        (f"/{rt.plural_kind}/moves/{rt.workflow.moves[0].name}/", {"pick": number, "confirmed": "1", "note": "x"}),
        (f"/{rt.plural_kind}/assign/", {"pick": number, "confirmed": "1", "owner": str(person.pk)}),
    ):
        answer = client.post(path, data)
        assert tells_of(text_of(answer), record, rt) == [], path
    told = Caller(person).post(f"{rt.plural_kind}/moves/{rt.workflow.moves[0].name}", {"numbers": [record.number], "note": "x"})
    assert told.status_code == 403 or [row["problem"]["status"] for row in told.json()["items"]] == [404]
    assert tells_of(text_of(told), record, rt, said=f"/{rt.plural_kind}/{record.number}") in ([], [rf"\b{record.reference}\b"])
    assert TITLE not in text_of(told)
    assert not Notice.objects.filter(person=person).exists()


@every_type
def test_no_export_holds_it_whatever_else_one_may_export(walled: House, rt: RecordType) -> None:
    record = hidden(walled, rt)
    for who in STRANGERS:
        person = getattr(walled, who)
        Grant.objects.create(tenant=person.tenant, person=person, words=["export:run"], role_name="Exporter", started_at=now())
        for other in declared():
            told = "\n".join(json.dumps(line) for line in exported(other, by=walled.fresh(person), with_history=True))
            assert tells_of(told, record, rt) == [], (who, other.kind)


@every_type
def test_a_form_sent_again_does_not_name_what_its_sender_may_not_see(walled: House, rt: RecordType) -> None:
    record = hidden(walled, rt)
    for other in declared():
        for name, target in other.foreign.items():
            if target is rt.model:
                for who in ("mallory", "aoife"):
                    answer = signed_in(getattr(walled, who)).post(f"/{other.plural_kind}/new/", {"title": "", name: str(record.pk)})
                    assert tells_of(text_of(answer), record, rt) == [], (who, other.kind, name)


@every_type
def test_no_number_of_a_person_gives_their_name_away(walled: House, rt: RecordType) -> None:
    """Numbers are guessed easily: a form, a filter and a conflict name only whom one may know."""
    theirs = walled.record(rt, organization=walled.provider)
    other = walled.other_tenant
    walled.mallory = walled.fresh(walled.mallory)
    mine = Caller(walled.mallory).post("incidents", {"title": "Mallory's own"}).json()
    assert other.pk != theirs.tenant_id
    mallory = signed_in(walled.mallory)
    for name, target in rt.foreign.items():
        if target is not Person:
            continue
        for address in (f"/{rt.plural_kind}/?{name}={walled.dev.pk}&open=", f"/{rt.plural_kind}/new/?{name}={walled.dev.pk}"):
            assert "Dev Chauhan" not in text_of(mallory.get(address)), address
            assert "Mallory Vale" not in text_of(signed_in(walled.ruth).get(address.replace(str(walled.dev.pk), str(walled.mallory.pk)))), address
        assert "Dev Chauhan" not in text_of(mallory.post(f"/{rt.plural_kind}/new/", {"title": "", name: str(walled.dev.pk)})), name
    for path, data in (
        (f"/incidents/{mine['number']}/edit/", {"title": "x", "owner": str(walled.dev.pk), "version": "99"}),
        ("/incidents/assign/", {"pick": str(mine["number"]), "confirmed": "1", "owner": str(walled.dev.pk)}),
        (f"/incidents/{mine['number']}/moves/start/", {"owner": str(walled.dev.pk), "version": "99"}),
    ):
        assert "Dev Chauhan" not in text_of(mallory.post(path, data)), path


@every_type
def test_a_link_from_what_one_sees_names_nothing_behind_the_wall(walled: House, rt: RecordType) -> None:
    """Linking to it by number finds nothing, on pages and through the API."""
    record = hidden(walled, rt)
    there = walled.incident("Strand's own", organization=walled.strand_housing, requester=walled.strand)
    Grant.objects.create(tenant=walled.tenant, person=walled.strand, words=["incident:*@own"], role_name="All of one's own", started_at=now())
    for target in (record.reference, f"/{rt.plural_kind}/{record.number}/"):
        answer = signed_in(walled.strand).post(f"/incidents/{there.number}/links/", {"target": target, "meaning": "relates to"})
        assert answer.status_code in (403, 422) and TITLE not in text_of(answer), target
    answer = Caller(walled.strand).post(f"incidents/{there.number}/links", {"target": record.reference, "meaning": "relates to"})
    assert answer.status_code in (403, 404, 422) and TITLE not in text_of(answer)
    assert not there.card.links_out.exists()


def test_what_one_sees_no_more_leaves_inbox_home_and_palette(walled: House) -> None:
    record = walled.incident(TITLE, team=walled.field)
    sam = signed_in(walled.sam)
    assert TITLE in text_of(sam.get(f"/incidents/{record.number}/"))
    Caller(walled.sam).put(f"incidents/{record.number}/watchers/me")
    Caller(walled.ines).post(f"incidents/{record.number}/comments", {"text": "Quicksilver for you", "audience": "public"})
    assert Notice.objects.filter(person=walled.sam).exists()
    Caller(walled.ines).patch(f"incidents/{record.number}", {"team": walled.desk.pk})
    Caller(walled.sam).delete(f"incidents/{record.number}/watchers/me")
    Share.objects.filter(person=walled.sam).update(until=now())
    rt = next(t for t in declared() if t.kind == "incident")
    for address in ("/", "/inbox/", "/palette.json", "/search/?q=lantern", "/incidents/?open="):
        assert tells_of(text_of(sam.get(address)), record, rt) == [], address


# --- Readers ---------------------------------------------------------------------------------------------------


@every_type
def test_no_page_lets_a_reader_change_anything(house: House, rt: RecordType) -> None:
    record = house.record(rt, title=TITLE, organization=house.brannock)
    laden(house, record)
    asked(house, record)
    before = fingerprint(record)
    greta = signed_in(house.greta)
    for name, address, methods in page_addresses(rt, record):
        if "get" in methods:
            answer = greta.get(address)
            assert answer.status_code in (200, 302, 400, 403, 404), address
            text_of(answer)
        if "post" in methods and name not in (f"{rt.kind}-watch", f"{rt.kind}-mute", f"{rt.kind}-presence"):  # one's own, not the record's
            answer = greta.post(address, sent_to(name, house, record))
            assert answer.status_code == 403, (address, answer.status_code)
    number = str(record.number)
    for path, data in (
        (f"/{rt.plural_kind}/new/", {"title": "Mine"}),
        *[(f"/{rt.plural_kind}/moves/{m.name}/", {"pick": number, "confirmed": "1", "note": "x"}) for m in rt.workflow.moves_from(record.state)],
        (f"/{rt.plural_kind}/assign/", {"pick": number, "confirmed": "1", "owner": str(house.greta.pk)}),
        (f"/{rt.plural_kind}/bulk/", {"pick": number, "act": "move"}),
    ):
        answer = greta.post(path, data)
        assert answer.status_code in (200, 302, 403, 404, 422), path
    assert fingerprint(record) == before


@every_type
def test_no_call_lets_a_reader_change_anything(house: House, rt: RecordType) -> None:
    record = house.record(rt, title=TITLE, organization=house.brannock)
    laden(house, record)
    asked(house, record)
    before = fingerprint(record)
    caller = Caller(house.greta)
    for view, said, call in api_calls(rt, record, house):
        if said.startswith("GET") or view in ("add_watcher", "remove_watcher"):
            continue
        answer = call(caller)
        assert answer.status_code == 403, (said, answer.status_code, answer.content)
    assert caller.post(rt.plural_kind, {"title": "Mine"}).status_code in (403, 422)
    assert caller.put(f"{rt.plural_kind}/{record.number}/watchers/{house.dev.pk}").status_code == 403
    told = caller.post(f"{rt.plural_kind}/moves/{rt.workflow.moves_from(record.state)[0].name}", {"numbers": [record.number], "note": "x"})
    assert told.status_code == 403 or [row["is_done"] for row in told.json()["items"]] == [False]
    assert fingerprint(record) == before


@every_type
def test_a_token_that_reads_only_changes_nothing_whoever_holds_it(house: House, rt: RecordType) -> None:
    record = laden(house, house.record(rt, title=TITLE))
    before = fingerprint(record)
    caller = Caller(house.ruth, scopes=("read",))
    assert caller.get(f"{rt.plural_kind}/{record.number}").status_code == 200
    for _view, said, call in api_calls(rt, record, house):
        # To follow what one reads takes no more than reading it.
        if not said.startswith("GET") and not said.endswith("/watchers/me"):
            answer = call(caller)
            assert answer.status_code in ((403, 404) if "/checklist/" in said or "/approvals/" in said else (403,)), (said, answer.status_code)
    assert fingerprint(record) == before
