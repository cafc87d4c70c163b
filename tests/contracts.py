"""What the contract tests share: records of any kind with everything on them, and every address that is derived for a kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plimsoll.agreements.levels.operations import draft_terms, put_in_force
from plimsoll.agreements.levels.pages.forms import frozen_hours
from plimsoll.agreements.levels.rules import Target, Terms
from plimsoll.context.parts.operations import add_part
from plimsoll.context.processes.parts import ACTIVITIES, DUTIES
from plimsoll.context.scopes.parts import EXCLUSIONS, MILESTONES, RESOURCES
from plimsoll.context.scopes.rules import DIMENSIONS
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.approvals.operations import Asked, ask
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import RecordType, declared, type_named, type_of
from plimsoll.kernel.records.models import Record, gate_open
from plimsoll.kernel.records.operations import move, open_record, set_derived
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Assignment
from plimsoll.kernel.roles.operations import give_role
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.ui.routes import routes_of
from plimsoll.kernel.workflow import Move
from plimsoll.leadership.authorities.parts import TOUCHED
from plimsoll.planning.objectives.operations import keep_action, measure
from plimsoll.planning.risks.operations import end_treatment, judge_treatment, keep_treatment
from plimsoll.resolution.majors.reviewing import decide
from plimsoll.resolution.requests.operations import draft_plan, entitle, put_in_force as in_force
from plimsoll.resolution.requests.plan import Plan
from tests.api import Caller
from tests.cast import MANAGER, House
from tests.shapes import ON_EACH_DATABASE

BACKEND = "plimsoll.kernel.identity.backend.SignInBackend"
TITLE = "Quicksilver lantern"
every_type = pytest.mark.parametrize(
    "rt",
    [pytest.param(rt, marks=[] if rt.kind in ON_EACH_DATABASE else [pytest.mark.once], id=rt.kind) for rt in declared()],
)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def text_of(answer: HttpResponse) -> str:
    """The body of an answer, of a download too."""
    if answer.streaming:
        body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        for close in answer._resource_closers:  # type: ignore[attr-defined]
            close()  # the files alone: closing the answer would close the database
        return body.decode(errors="replace")
    return answer.content.decode(errors="replace")


def cost(fetch: Callable[[], Any]) -> int:
    """How many statements an answer takes, with the caches as warm as they are in a running system."""
    fetch()
    with CaptureQueriesContext(connection) as seen:
        answer = fetch()
    assert answer.status_code == 200, answer.status_code
    return len(seen)


def laden(house: House, record: Record, times: int = 1, word: str = "Quicksilver") -> Record:
    """The record with comments, links, files, tags, things to tick, effort and a watcher."""
    others = [house.record(type_of(record), title=f"Beside {n}", organization=house.brannock) for n in range(times)]
    for n in range(times):
        parts.comment(record, text=f"{word} said {n}", is_public=bool(n % 2), by=house.ruth, channel="page")
        parts.link(record, "relates to", others[n], by=house.ruth, channel="page")
        parts.attach(record, name=f"{word}-{n}.txt", content=b"quick", is_public=True, by=house.ruth, channel="page")
        parts.add_check(record, text=f"{word} to tick {n}", by=house.ruth, channel="page", owner=house.dev)
        parts.spend(record, minutes=5, by=house.ruth, channel="page", note=f"{word} spent {n}")
    parts.tag(record, [f"{word.lower()}-{n}" for n in range(times)], by=house.ruth, channel="page")
    return type(record).objects.select_related("tenant", "organization", "card").get(pk=record.pk)


def asked(house: House, record: Record) -> Any:
    """An open question on the record."""
    return ask(record, question="Shall we, Quicksilver?", steps=[Asked(name="Lead", people=(house.dev,))], by=house.ruth, channel="page")


def _type(record: Record) -> RecordType:
    return next(rt for rt in declared() if rt.model is type(record))


def page_addresses(rt: RecordType, record: Record) -> Iterator[tuple[str, str, frozenset[str]]]:
    """(name, address, methods) of every derived page of one record."""
    moves = [m.name for m in rt.workflow.moves_from(record.state)]
    file = record.card.attachments.first()
    for route in routes_of(rt):
        pattern = str(route.pattern)
        if "<int:number>" not in pattern:
            continue
        known = {"<int:number>": str(record.number), "<int:attachment>": str(file.pk if file else 1)}
        methods = frozenset(m for m in ("get", "post") if hasattr(route.callback.view_class, m))  # type: ignore[union-attr]
        for one in moves if "<str:name>" in pattern else [""]:
            address = pattern.replace("<str:name>", one)
            for place, value in known.items():
                address = address.replace(place, value)
            yield str(route.name), f"/{address}", methods


POSTS: dict[str, dict[str, str]] = {
    "edit": {"title": "Mine now", "version": "1"},
    "move": {"note": "Mine", "confirmed": "1"},
    "comments": {"text": "Mine", "mode": "internal"},
    "links": {"target": "1", "meaning": "relates to"},
    "tags": {"tags": "mine"},
    "checklist": {"text": "Mine"},
    "efforts": {"minutes": "5"},
    "watch": {"watch": "1"},
    "approvals": {"act": "ask", "question": "Mine?", "name_1": "Lead", "needed_1": "1"},
}


def sent_to(name: str, house: House, record: Record) -> dict[str, Any]:
    """What a browser might send to a derived page."""
    if name.endswith("-attachments"):
        return {"files": SimpleUploadedFile("mine.txt", b"mine")}
    if name.endswith("-links") and (link := record.card.links_out.first()):
        return {"target": link.target.reference, "meaning": "relates to"}
    if name.endswith("-approvals"):
        return {**POSTS["approvals"], "person_1_1": str(house.dev.pk)}
    return dict(POSTS.get(name.partition("-")[2], {}))


def fingerprint(record: Record) -> tuple[Any, ...]:
    """What a forbidden act may not have changed: every stored value, and how much hangs on the record."""
    fresh = type(record).objects.get(pk=record.pk)
    values = tuple((f.attname, str(getattr(fresh, f.attname))) for f in fresh._meta.concrete_fields)
    hanging = tuple(
        (relation.name, relation.related_model.objects.filter(**{relation.field.name: record.pk}).count())
        for relation in record.card._meta.related_objects
        if isinstance(relation, models.ManyToOneRel) and not isinstance(relation, models.OneToOneRel) and relation.related_model is not Entry
    )
    return values, hanging, Entry.objects.count()


def filled(house: House, rt: RecordType, n: int = 0) -> dict[str, Any]:
    """Values for every field of a kind, made from the fields' own types; another `n` gives others."""
    values: dict[str, Any] = {}
    for name in rt.fields:
        field = rt.model_field(name)
        if name in LEFT_OUT.get(rt.kind, ()):
            continue
        if (rt.kind, name) in OF_A_FORM:  # texts that are read as something else than words
            values[name] = OF_A_FORM[rt.kind, name]
            continue
        if name == "began_at":  # lies behind, as symptoms do
            values[name] = (now() - timedelta(minutes=n + 1)).replace(second=0, microsecond=0)
            continue
        if name == "signed_on":  # lies behind too: nobody signs tomorrow
            values[name] = date(2026, 1, 1 + n)
            continue
        if name in ("validated_on", "told_on", "done_on", "obtained_on"):  # lies behind too
            values[name] = date(2021, 1, 1 + n)
            continue
        if (rt.kind, name) in OF_ITS_OWN:  # one incident is handled as one major incident
            values[name] = house.wanted(rt)[name]
            continue
        if isinstance(field, models.ForeignKey):
            values[name] = _thing(house, field.related_model, n)
        elif field.choices:
            values[name] = field.flatchoices[n % len(field.flatchoices)][0]
        elif isinstance(field, models.BooleanField):
            values[name] = bool(n % 2)
        elif isinstance(field, models.DateTimeField):
            values[name] = (now() + timedelta(days=30 if name.startswith("ends") else 0, minutes=n)).replace(second=0, microsecond=0)
        elif isinstance(field, models.DateField):
            values[name] = date(2031, 1, 1 + n)
        elif isinstance(field, models.JSONField):
            values[name] = ["incident:read", "service:read"][: 1 + n % 2] if field.default is list else {}
        elif isinstance(field, models.IntegerField):
            values[name] = 1 + n % 3
        elif isinstance(field, models.SlugField):
            values[name] = f"{name.replace('_', '-')}-{n % 3}"
        else:
            values[name] = f"{name.replace('_', ' ').capitalize()} {n % 3}"
    return values


# An assignment is for a person or a team; a priority follows from impact and urgency, and its reason only from a hand.
LEFT_OUT = {
    "document": ("code",),  # a code is one document's
    "incident": ("priority", "priority_reason"),
    "recalculation": ("opened_before",),
    "fulfilmenttask": ("plan_key", "minutes"),
    "assignment": ("team", "for_service", "in_organization"),
    "unit": ("parent",),  # the first unit that there is may be the one itself
    "objective": ("parent",),  # the first would serve itself
    "otherpartyoperation": ("agreement",),  # it is of the type that fits the party
}


OF_A_FORM: dict[tuple[str, str], Any] = {
    ("objective", "indicator"): "incident_volume",
    ("document", "level"): "internal",  # the others are access classes
    ("document", "about"): "INC-1",
    ("process", "clauses"): "8.6.1",
    ("process", "kinds"): "incident",
    ("objective", "baseline"): "40",
    ("objective", "target"): "95.5",
    ("objective", "direction"): "up",
    ("awarenessstatement", "indicator"): "incident_volume",
    ("riskcriteria", "method"): "multiply",
    ("riskcriteria", "size"): 5,
    ("riskcriteria", "likelihood_words"): "Rare\nUnlikely\nPossible\nLikely: monthly\nAlmost certain",
    ("riskcriteria", "impact_words"): "Slight\nMinor\nSerious\nSevere\nGrave: all customers",
    ("riskcriteria", "classes"): "Low: 1-4\nMedium: 5-9\nHigh: 10-15, must be treated\nSevere: 16-25, must be treated",
    ("riskcriteria", "matrix"): "",
}
OF_ITS_OWN = {("majorincident", "lead"), ("majorreview", "major")}


def _thing(house: House, model: Any, n: int) -> Any:
    if issubclass(model, Record):
        there = model.objects.filter(tenant=house.tenant).order_by("pk").first()
        if there is not None:
            return there
        kind = str(model._meta.model_name)
        if kind == "requestmodel":
            return house.offered()
        if kind != "role":
            return house.record(type_named(kind))
        return move(house.record(type_named(kind), words=["incident:read"]), "put_in_force", by=house.ruth, channel="page")
    if model is Organization:
        return house.brannock
    if model is Person:
        return (house.ines, house.greta, house.ruth)[n % 3]
    if model is Team:
        return (house.desk, house.network)[n % 2]
    return model._default_manager.filter(tenant=house.tenant).order_by("pk").first()


def for_api(value: Any) -> Any:
    """A value as programs send it."""
    if isinstance(value, models.Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def for_page(value: Any) -> str:
    """A value as a form sends it."""
    if isinstance(value, list):
        return "\n".join(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M}"
    return json.dumps(value) if isinstance(value, dict) else str(for_api(value))


def paths_of(rt: RecordType) -> dict[str, tuple[Move, ...]]:
    """For every state the shortest way to it, as moves."""
    found: dict[str, tuple[Move, ...]] = {rt.workflow.initial: ()}
    frontier = [rt.workflow.initial]
    while frontier:
        here = frontier.pop(0)
        for arrow in rt.workflow.moves_from(here):
            if arrow.target not in found:
                found[arrow.target] = (*found[here], arrow)
                frontier.append(arrow.target)
    return found


def ready(house: House, rt: RecordType, n: int = 0, **values: Any) -> Record:
    """A record that can go everywhere: all fields filled, and what the guards of its kind ask for besides."""
    given = {**filled(house, rt, n), **values}
    if rt.kind == "agreement":
        party = given.get("organization")
        fitting = {"customer": ("sla", "ola"), "provider": ("ola",), "supplier": ("contract",)}
        if party is not None and given.get("type") not in fitting[party.kind]:
            given["type"] = fitting[party.kind][0]
        given["organization"] = party or {"sla": house.brannock, "ola": house.provider, "contract": house.telco}[given["type"]]
    if rt.kind == "document":
        given["approver_role"] = _approves_documents(house)
    if rt.kind == "competence":
        given["approver_role"] = _approves_documents(house)
    if rt.kind == "awarenessstatement":
        given["person"] = house.fresh(house.dev)  # who alone confirms it
    if rt.kind == "resourceneed":
        _decides_on_resources(house)
    if rt.kind == "scope":
        given |= {f"{name}_answer": "considered" for name in DIMENSIONS}
    if rt.kind == "contextissue":
        given["climate_decision"] = "relevant"
    if rt.kind == "supplier":
        party = given.setdefault("organization", house.telco)
        given["type"] = {"customer": "customer", "provider": "internal", "supplier": "external"}[party.kind]
    if rt.kind == "otherpartyoperation":
        given |= _under_an_agreement(house, given.setdefault("organization", house.telco))
    record = house.record(rt, **given)
    if rt.kind == "smschange":
        _govern(house)
        touched = house.record(type_named("role"), title=f"Touched by {record.reference}", words=["incident:read"])
        add_part(TOUCHED, record, {"record": touched.card}, by=house.ruth, channel="page")
    if rt.kind == "process":
        activity = add_part(ACTIVITIES, record, {"name": "Do it"}, by=house.ruth, channel="page")
        role = _thing(house, type_named("role").model, n)
        add_part(DUTIES, record, {"activity": activity, "role": role, "letter": "A"}, by=house.ruth, channel="page")
    if rt.kind == "scope":
        _with_its_parts(house, record)
    if rt.kind == "agreement":
        terms = Terms(hours=frozen_hours(_calendar(house)), targets=(Target("resolve", None, timedelta(hours=8)),))
        draft = draft_terms(record, terms, by=house.ruth, channel="page")  # type: ignore[arg-type]
        put_in_force(draft, started_at=now(), by=house.ruth, channel="page", flow=type_named("incident").workflow)
    if rt.kind == "risk":
        _criteria(house)
        _accepts_risks(house)
        planned = keep_treatment(record, text="Do it", owner=house.ines, due_on=now().date(), by=house.ruth, channel="page")  # type: ignore[arg-type]
        end_treatment(planned, is_done=True, by=house.ruth, channel="page")
        judge_treatment(planned, verdict="effective", evaluation="Looked at it.", by=house.ruth, channel="page")
    if rt.kind == "objective":
        keep_action(record, text="Do it", owner=house.ines, due_on=now().date(), by=house.ruth, channel="page")  # type: ignore[arg-type]
        measure(record, value="96", on=now().date(), by=house.ruth, channel="page")  # type: ignore[arg-type]
    if rt.kind == "requestmodel":
        entitle(record, organization=house.brannock, by=house.ruth, channel="page")  # type: ignore[arg-type]
        in_force(draft_plan(record, Plan(), by=house.ruth, channel="page"), by=house.ruth, channel="page")  # type: ignore[arg-type]
    if rt.kind == "recalculation":
        set_derived(record, {"differing": 1}, by=house.system, channel="task", action="count")
    if rt.kind == "majorincident":
        review = open_record(type_named("majorreview"), by=house.ruth, channel="page", title="Review", major=record, owner=house.ruth)
        _reviewed(house, review)
    if rt.kind == "majorreview":
        major = move(record.major, "handle", by=house.ruth, channel="page", fields={"owner": house.ruth})  # type: ignore[attr-defined]
        move(major, "resolve", by=house.ruth, channel="page", fields={"outcome": "Took the controller back."})
        decide(record, kind="none", text="It was a one-off.", by=house.ruth, channel="page")  # type: ignore[arg-type]
    if rt.kind == "incident":
        elder = house.incident("The same", organization=record.organization, requester=None, at=now() - timedelta(hours=1))
        parts.link(record, "duplicates", elder, by=house.ruth, channel="page")
        parts.comment(record, text="Looked at it.", is_public=False, by=house.ruth, channel="page")
    if not Grant.objects.filter(person=house.dev, words=MANAGER).exists():
        # Nobody publishes alone what they wrote: Dev walks what Ruth opened.
        Grant.objects.create(tenant=house.tenant, person=house.dev, words=MANAGER, role_name="SMS manager", started_at=now())
    return record


def _under_an_agreement(house: House, party: Any) -> dict[str, Any]:
    """What an operation by a party needs to start: an agreement with it that holds, and an evaluation before."""
    party_type, agreed = {"customer": ("customer", "ola"), "provider": ("internal", "ola"), "supplier": ("supplier", "contract")}[party.kind]
    kind = type_named("agreement")
    rows: Any = kind.model.objects
    agreement = rows.filter(organization=party, type=agreed, state="active").first()
    if agreement is None:
        agreement = ready(house, kind, organization=party, type=agreed)
        walk(house, kind, agreement, "active")
        agreement.refresh_from_db()
    return {"party_type": party_type, "agreement": agreement, "starts_on": date(2031, 2, 1), "evaluated_on": date(2031, 1, 1)}


def _approves_documents(house: House) -> Record:
    """A role that Dev holds; the word alone does not suffice."""
    there = type_named("role").model.objects.filter(tenant=house.tenant, title="Approves documents").first()
    if there is not None:
        return there
    role = open_record(type_named("role"), by=house.ruth, channel="page", title="Approves documents", words=["document:approve"])
    in_force_role = move(role, "put_in_force", by=house.ruth, channel="page")
    give_role(role=in_force_role, person=house.dev, by=house.ruth, channel="page")  # type: ignore[arg-type]
    return in_force_role


def _with_its_parts(house: House, scope: Any) -> None:
    """The blocks without which a scope is not approved."""
    if not scope.excludes_nothing:
        add_part(EXCLUSIONS, scope, {"kind": "other", "text": "Print shop", "reason": "Sold."}, by=house.ruth, channel="page")
    add_part(MILESTONES, scope, {"name": "Policy in force", "due_on": date(2031, 1, 1)}, by=house.ruth, channel="page")
    add_part(RESOURCES, scope, {"kind": "people", "text": "A manager", "amount": "1"}, by=house.ruth, channel="page")


def _reviewed(house: House, review: Any) -> None:
    """A review that is done, though what it is about still runs: it can go everywhere then."""
    decide(review, kind="none", text="It was a one-off.", by=house.ruth, channel="page")
    with gate_open():
        type(review).objects.filter(pk=review.pk).update(state="done", category="closed", is_open=False)
    Card.objects.filter(pk=review.pk).update(state="done", category="closed")


def _govern(house: House) -> None:
    """Ruth runs the management system, Dev is its top management; the words alone do not suffice."""
    for code, person in (("sms_manager", house.ruth), ("top_management", house.dev)):
        if not type_named("role").model.objects.filter(tenant=house.tenant, code=code).exists():
            role = open_record(type_named("role"), by=house.ruth, channel="page", title=f"As {code}", code=code, words=["service:read"])
            put = move(role, "put_in_force", by=house.ruth, channel="page")
            give_role(role=put, person=person, by=house.system, channel="page")  # type: ignore[arg-type]


def _criteria(house: House) -> Record:
    """Risk criteria that are in force."""
    rt = type_named("riskcriteria")
    there = rt.model.objects.filter(tenant=house.tenant, state="in_force").first()
    if there is not None:
        return there
    made = house.record(rt, **filled(house, rt))
    return move(move(made, "propose", by=house.ruth, channel="page"), "approve", by=house.system, channel="page")


def _accepts_risks(house: House) -> None:
    """Dev holds a role that accepts every risk; the word alone does not suffice."""
    if Assignment.objects.filter(tenant=house.tenant, person=house.dev, state="in_force", role__title="Accepts risks").exists():
        return
    role = open_record(
        type_named("role"), by=house.ruth, channel="page", title="Accepts risks", words=["risk:read"], limits={"risk_acceptance_level": 25}
    )
    move(role, "put_in_force", by=house.ruth, channel="page")
    give_role(role=role, person=house.dev, by=house.ruth, channel="page")  # type: ignore[arg-type]


def _decides_on_resources(house: House) -> None:
    """Dev holds a role that decides up to a cost; the word alone does not suffice."""
    if Assignment.objects.filter(tenant=house.tenant, person=house.dev, state="in_force", role__title="Decides on resources").exists():
        return
    role = open_record(
        type_named("role"), by=house.ruth, channel="page", title="Decides on resources", words=["risk:read"], limits={"resource_cost": 99}
    )
    move(role, "put_in_force", by=house.ruth, channel="page")
    give_role(role=role, person=house.dev, by=house.ruth, channel="page")  # type: ignore[arg-type]


def _calendar(house: House) -> Calendar:
    there = Calendar.objects.filter(tenant=house.tenant).first()
    return there or Calendar.objects.create(tenant=house.tenant, name="Office", timezone="Europe/London", week={"mon": [["08:00", "18:00"]]})


def fields_of_move(house: House, rt: RecordType, arrow: Move, n: int = 0) -> dict[str, Any]:
    """What the form of a move asks for, filled."""
    every = filled(house, rt, n)
    return {name: every[name] for name in (*arrow.asks, *arrow.needs) if name in every}


def mover(house: House, rt: RecordType, arrow: Move) -> Person:
    """Who makes a move on the way through the states: Dev, but where nobody approves what they submitted themselves."""
    return house.ruth if (rt.kind, arrow.name) == ("smschange", "submit") else house.dev


def walk(house: House, rt: RecordType, record: Record, state: str, n: int = 0) -> None:
    """Take a record to a state through the API."""
    for arrow in paths_of(rt)[state]:
        caller = Caller(house.fresh(mover(house, rt, arrow)))
        body = {"note": "On we go.", "fields": {k: for_api(v) for k, v in fields_of_move(house, rt, arrow, n).items()}}
        answer = caller.post(f"{rt.plural_kind}/{record.number}/moves/{arrow.name}", body)
        assert answer.status_code == 200, (rt.kind, arrow.name, answer.content)


__all__ = [
    "TITLE",
    "asked",
    "cost",
    "every_type",
    "fields_of_move",
    "filled",
    "fingerprint",
    "for_api",
    "for_page",
    "laden",
    "mover",
    "page_addresses",
    "paths_of",
    "ready",
    "sent_to",
    "signed_in",
    "text_of",
    "walk",
]
