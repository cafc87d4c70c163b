"""Custom fields of every type on every kind: in forms, pages, API, filters, search, exports and trail; internal ones never outside."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.utils.html import escape

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.exchange.commands import write_export
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.customs import amend_custom_field, define_custom_field, retire_custom_field
from plimsoll.kernel.records.declaration import RecordType, declared
from plimsoll.kernel.records.models import CustomField, Record
from plimsoll.kernel.records.operations import amend
from tests.api import Caller
from tests.cast import House
from tests.contracts import ON_EACH_DATABASE, fields_of_move, for_api, for_page, mover, paths_of, ready, signed_in, text_of, walk

TYPES = ("text", "choice", "number", "date", "person")
# What becomes of a custom field is the same code for every kind: asked of one of each shape, of the others with the slow tests.
each_shape = pytest.mark.parametrize(
    "rt",
    [pytest.param(rt, marks=[] if rt.kind in ON_EACH_DATABASE else [pytest.mark.once, pytest.mark.slow], id=rt.kind) for rt in declared()],
)


def _each_with_a_type() -> list[Any]:
    """Every kind with one type in turn, and those of each shape with all; the others with the slow tests, as the code is the same for every kind."""
    found = []
    for n, rt in enumerate(declared()):
        for m, type_ in enumerate(TYPES):
            is_shape = rt.kind in ON_EACH_DATABASE
            marks = [] if is_shape else [pytest.mark.once] if m == n % len(TYPES) else [pytest.mark.once, pytest.mark.slow]
            found.append(pytest.param(rt, type_, marks=marks, id=f"{type_}-{rt.kind}"))
    return found


def define(house: House, rt: RecordType, *, is_public: bool = True, **values: Any) -> dict[str, CustomField]:
    """A field of each type; internal ones carry another name and other words."""
    head, label = ("open", "Harbour") if is_public else ("shut", "Bunker")
    return {
        type_: define_custom_field(
            tenant=house.tenant,
            kind=rt.kind,
            name=f"{head}_{type_}",
            label=f"{label} {type_}",
            type=type_,
            choices=[f"{label} one", f"{label} two"] if type_ == "choice" else None,
            is_public=is_public,
            by=house.ruth,
            channel="page",
            **values,
        )
        for type_ in TYPES
    }


def values_of(house: House, *, is_public: bool = True) -> dict[str, Any]:
    if is_public:
        return {
            "open_text": "Zirconium",
            "open_choice": "Harbour two",
            "open_number": 4711.5,
            "open_date": "2031-07-29",
            "open_person": house.greta.pk,
        }
    return {"shut_text": "Vanadium", "shut_choice": "Bunker two", "shut_number": 8153, "shut_date": "2032-03-27", "shut_person": house.dev.pk}


def opening_page(house: House, rt: RecordType) -> str:
    """Where a record of the kind is opened by hand: its form; a request by the form of what is ordered."""
    return f"/requests/order/{house.offered().number}/" if rt.kind == "request" else f"/{rt.plural_kind}/new/"


def faults_of(answer: Any) -> list[str]:
    """What a refused form says."""
    page = text_of(answer)
    return re.findall(r"(?s)One thing.{0,900}|things are missing.{0,900}", page) or [page]


SECRETS = ("Bunker", "Vanadium", "8153", "2032-03-27", "27 March 2032", "27 Mar 2032", "shut_")


def exports_of(rt: RecordType, person: Any) -> dict[str, str]:
    told = {}
    for form in ("jsonl", "csv"):
        for with_history in (False, True):
            file = io.BytesIO()
            write_export(rt, file, form=form, with_history=with_history, by=person)
            told[f"{form} {with_history}"] = file.getvalue().decode()
    return told


def started(house: House, rt: RecordType) -> Record:
    record = ready(house, rt, title="A record with more", organization=house.brannock)
    return amend(record, by=house.fresh(house.ruth), channel="page", extra=values_of(house))


@each_shape
def test_forms_offer_them_and_take_their_values(house: House, rt: RecordType) -> None:
    define(house, rt)
    ruth = signed_in(house.ruth)
    address = opening_page(house, rt)
    page = text_of(ruth.get(address))
    for type_ in TYPES:
        assert f"Harbour {type_}" in page, type_
    sent = {name: for_page(value) for name, value in house.wanted(rt).items()} | {"title": "With more", "organization": str(house.brannock.pk)}
    if rt.has("in_scope"):
        sent["in_scope"] = "on"  # else the reason is asked for
    extra = {f"extra.{name}": str(value) for name, value in values_of(house).items()}
    answer = ruth.post(address, {**sent, **extra})
    assert answer.status_code == 302, faults_of(answer)
    made = rt.model.objects.latest("opened_at")
    assert made.extra == values_of(house)
    edit = text_of(ruth.get(f"/{rt.plural_kind}/{made.number}/edit/"))
    for word in ("Harbour text", "Zirconium", "Harbour two", "4711.5", "2031-07-29", "Greta Lindqvist"):
        assert word in edit, word
    assert (
        ruth.post(
            f"/{rt.plural_kind}/{made.number}/edit/?field=extra.open_text", {"extra.open_text": "Xenon", "version": str(made.version)}
        ).status_code
        == 302
    )
    made = rt.model.objects.get(pk=made.pk)
    assert made.extra == {**values_of(house), "open_text": "Xenon"}
    refused = ruth.post(f"/{rt.plural_kind}/{made.number}/edit/?field=extra.open_number", {"extra.open_number": "many", "version": str(made.version)})
    assert refused.status_code == 422 and "many" in text_of(refused)


@each_shape
def test_they_are_shown_told_found_and_exported(house: House, rt: RecordType) -> None:
    define(house, rt)
    record = started(house, rt)
    house.record(rt, title="Another")
    ruth, caller = signed_in(house.ruth), Caller(house.ruth)
    base = f"/{rt.plural_kind}/{record.number}/"
    for tail in ("", "print/"):
        page = text_of(ruth.get(base + tail))
        for word in (*[f"Harbour {type_}" for type_ in TYPES], "Zirconium", "Harbour two", "Greta Lindqvist", "2031"):
            assert word in page, (tail, word)
        assert re.search(r"4[,.]?711[.,]5", page), tail
    trail = text_of(ruth.get(f"{base}trail/"))
    for word in ("Zirconium", "Harbour two", "Greta Lindqvist"):
        assert word in trail, word
    assert re.search("harbour text", trail, re.I)
    assert caller.get(f"{rt.plural_kind}/{record.number}").json()["extra"] == values_of(house)
    changes = {c["field"]: c["new"] for e in caller.get(f"{rt.plural_kind}/{record.number}/trail").json()["items"] for c in e["changes"]}
    assert {f"extra.{name}": value for name, value in values_of(house).items()}.items() <= changes.items()
    for name, value in values_of(house).items():
        assert [r["number"] for r in caller.get(f"{rt.plural_kind}?x_{name}={value}").json()["items"]] == [record.number], name
        assert re.findall(r'data-row="([^"]+)"', text_of(ruth.get(f"/{rt.plural_kind}/?x_{name}={value}"))) == [record.reference], name
    for word in ("zirconium", "harbour"):
        assert record.number in [hit["number"] for hit in caller.get(f"search?q={word}").json()["items"]], word
    for form, told in exports_of(rt, house.fresh(house.ruth)).items():
        for word in ("Zirconium", "Harbour two", "4711.5", "2031-07-29"):
            assert word in told, (form, word)
    line = next(json.loads(row) for row in exports_of(rt, house.fresh(house.ruth))["jsonl False"].splitlines() if record.reference in row)
    assert line["extra"] == {**values_of(house), "open_person": house.greta.email}


@each_shape
def test_internal_ones_are_nowhere_for_people_outside(house: House, rt: RecordType) -> None:
    define(house, rt)
    define(house, rt, is_public=False)
    record = started(house, rt)
    record = amend(record, by=house.fresh(house.ruth), channel="page", extra=values_of(house, is_public=False))
    words = [f"{rt.kind}:{act}" for act in ("read", "amend", "open", "comment", *[m.name for m in rt.workflow.moves])]
    Grant.objects.create(
        tenant=house.tenant, person=house.maeve, organization=house.brannock, words=words, role_name="Representative", started_at=now()
    )
    Grant.objects.create(tenant=house.tenant, person=house.maeve, words=["export:run"], role_name="Exporter", started_at=now())
    maeve, caller = signed_in(house.maeve), Caller(house.maeve)
    base = f"/{rt.plural_kind}/{record.number}/"
    pages = [base, f"{base}edit/", f"{base}trail/", f"{base}print/", f"{base}workflow/", f"/{rt.plural_kind}/?open=", f"/{rt.plural_kind}/new/"]
    pages += [f"{base}moves/{m.name}/" for m in rt.workflow.moves_from(record.state)]
    told = {address: text_of(maeve.get(address)) for address in pages}
    assert "Zirconium" in told[base]
    calls = [f"{rt.plural_kind}/{record.number}{tail}" for tail in ("", "/trail", "/moves")]
    calls += [rt.plural_kind, f"{rt.plural_kind}?fields=extra", "kinds", "search?q=zirconium"]
    told |= {path: text_of(caller.get(path)) for path in calls}
    told |= exports_of(rt, house.fresh(house.maeve))
    for where, text in told.items():
        # As a whole number: the microseconds of a moment may well hold the same four digits.
        assert [secret for secret in SECRETS if re.search(rf"(?<!\d){re.escape(secret)}(?!\d)", text)] == [], where
    assert caller.get(f"{rt.plural_kind}/{record.number}").json()["extra"] == values_of(house)
    for word in ("vanadium", "bunker"):
        assert caller.get(f"search?q={word}").json()["items"] == [], word
        assert base not in text_of(maeve.get(f"/search/?q={word}")), word
    for name, value in values_of(house, is_public=False).items():
        assert caller.get(f"{rt.plural_kind}?x_{name}={value}").status_code == 400, name
    before = rt.model.objects.get(pk=record.pk).extra
    assert caller.patch(f"{rt.plural_kind}/{record.number}", {"extra": {"shut_text": "Guessed"}}).status_code in (403, 422)
    maeve.post(f"{base}edit/?field=extra.shut_text", {"extra.shut_text": "Guessed", "version": str(record.version)})
    assert rt.model.objects.get(pk=record.pk).extra == before
    inside = text_of(signed_in(house.ruth).get(base))
    assert "Bunker text" in inside and "Vanadium" in inside


@pytest.mark.parametrize(("rt", "type_"), _each_with_a_type())
def test_one_that_a_state_requires_is_asked_for_on_page_and_api(house: House, rt: RecordType, type_: str) -> None:
    arrow = next(arrows[-1] for arrows in paths_of(rt).values() if len(arrows) == 1)
    define_custom_field(
        tenant=house.tenant,
        kind=rt.kind,
        name=f"open_{type_}",
        label="Cost centre",
        type=type_,
        choices=["Harbour two"] if type_ == "choice" else None,
        required_in=[arrow.target],
        by=house.ruth,
        channel="page",
    )
    value = values_of(house)[f"open_{type_}"]
    fields = fields_of_move(house, rt, arrow)
    first, second = ready(house, rt), ready(house, rt)
    who = mover(house, rt, arrow)
    dev, caller = signed_in(who), Caller(house.fresh(who))
    address = f"/{rt.plural_kind}/{first.number}/moves/{arrow.name}/"
    assert "Cost centre" in text_of(dev.get(address))
    sent = {name: for_page(v) for name, v in fields.items()} | {"note": "On we go."}
    refused = dev.post(address, sent)
    assert refused.status_code == 422 and "Cost centre" in text_of(refused)
    body = {"note": "On we go.", "fields": {k: for_api(v) for k, v in fields.items()}}
    refused = caller.post(f"{rt.plural_kind}/{second.number}/moves/{arrow.name}", body)
    assert refused.status_code == 409, refused.content
    assert any("Cost centre" in reason and reason.endswith(".") for reason in refused.json()["reasons"])
    for record in (first, second):
        assert rt.model.objects.get(pk=record.pk).state == rt.workflow.initial
    answer = dev.post(address, {**sent, f"extra.open_{type_}": str(value)})
    assert answer.status_code == 302, faults_of(answer)
    body["fields"]["extra"] = {f"open_{type_}": value}
    answer = caller.post(f"{rt.plural_kind}/{second.number}/moves/{arrow.name}", body)
    assert answer.status_code == 200, answer.content
    for record in (first, second):
        made = rt.model.objects.get(pk=record.pk)
        assert (made.state, made.extra) == (arrow.target, {f"open_{type_}": value})
        # Once there, it can't be emptied again.
        assert caller.patch(f"{rt.plural_kind}/{made.number}", {"extra": {f"open_{type_}": None}}).status_code in (409, 422)


@each_shape
def test_a_renamed_one_carries_its_new_label_everywhere(house: House, rt: RecordType) -> None:
    made = define(house, rt)
    record = started(house, rt)
    for type_, field in made.items():
        amend_custom_field(field, by=house.fresh(house.ruth), channel="page", label=f"Lagoon & {type_}")
    ruth = signed_in(house.ruth)
    base = f"/{rt.plural_kind}/{record.number}/"
    for address in (base, f"{base}edit/", f"{base}print/", f"{base}trail/", opening_page(house, rt), f"/{rt.plural_kind}/?open="):
        page = text_of(ruth.get(address))
        for type_ in TYPES:
            if not address.endswith("trail/"):
                assert escape(f"Lagoon & {type_}") in page, (address, type_)
            assert f"harbour {type_}" not in page.lower(), (address, type_)
    assert re.search(r"lagoon &amp; text", text_of(ruth.get(f"{base}trail/")), re.I)
    assert Caller(house.ruth).get(f"{rt.plural_kind}/{record.number}").json()["extra"] == values_of(house)


@each_shape
def test_a_retired_one_keeps_its_values_and_is_offered_no_more(house: House, rt: RecordType) -> None:
    made = define(house, rt)
    record = started(house, rt)
    for field in made.values():
        retire_custom_field(field, by=house.fresh(house.ruth), channel="page")
    ruth, caller = signed_in(house.ruth), Caller(house.ruth)
    base = f"/{rt.plural_kind}/{record.number}/"
    for tail in ("", "print/"):
        page = text_of(ruth.get(base + tail))
        for word in ("Harbour text", "Zirconium", "Harbour two", "Greta Lindqvist"):
            assert word in page, (tail, word)
    for address in (f"/{rt.plural_kind}/new/", f"{base}edit/", f"/{rt.plural_kind}/?open="):
        assert "Harbour" not in text_of(ruth.get(address)), address
    assert caller.get(f"{rt.plural_kind}/{record.number}").json()["extra"] == values_of(house)
    for form, told in exports_of(rt, house.fresh(house.ruth)).items():
        assert "Zirconium" in told and "4711.5" in told, form
    sent = {name: for_page(value) for name, value in fields_of_move(house, rt, rt.workflow.moves[0]).items()}
    assert ruth.post(f"{base}edit/?field=title", {"title": "Its values stay", "version": str(record.version), **sent}).status_code == 302
    walk(house, rt, record, next(state for state, arrows in paths_of(rt).items() if len(arrows) == 1))
    assert rt.model.objects.get(pk=record.pk).extra == values_of(house)
    assert caller.get(f"{rt.plural_kind}?x_open_text=Zirconium").status_code == 400
