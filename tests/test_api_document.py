"""The OpenAPI document is what it was (update with UPDATE_SNAPSHOTS=1), is true (schemathesis), and has its pages."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings as hypothesis_settings, strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.views.operations import keep_view
from plimsoll.site.urls import API as api
from tests.api import token_of
from tests.cast import House

SNAPSHOT = Path(__file__).parent / "snapshots" / "openapi.json"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]
DOCUMENT = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))


def test_the_document_is_what_it_was() -> None:
    text = json.dumps(DOCUMENT, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(text)
    assert SNAPSHOT.read_text() == text, "The API changed. When it should, run again with UPDATE_SNAPSHOTS=1 and look at the difference."


def test_the_document_is_sound_and_names_every_kind() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    for record_type in declared():
        assert f"/api/v1/{record_type.plural_kind}/{{number}}" in DOCUMENT["paths"]
    names = [d["operationId"] for methods in DOCUMENT["paths"].values() for d in methods.values()]
    assert len(names) == len(set(names))
    wanted = {found for found in _refs(DOCUMENT)}
    assert wanted <= {f"#/components/{part}/{name}" for part in ("schemas", "responses") for name in DOCUMENT["components"][part]}


def _refs(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [v for k, v in value.items() if k == "$ref"] + [r for v in value.values() for r in _refs(v)]
    return [r for v in value for r in _refs(v)] if isinstance(value, list) else []


def test_the_reference_is_served_from_here_alone(house: House) -> None:
    assert Client().get("/api/v1/openapi.json").json()["info"]["title"] == "Plimsoll"
    for record_type in declared():
        page = Client().get(f"/api/v1/docs?group={record_type.plural_kind}")
        assert page.status_code == 200
        text = page.content.decode()
        assert "<script" not in text
        assert "style=" not in text
        assert f"/api/v1/{record_type.plural_kind}/{{number}}/moves" in text
        assert "curl -X" in text
    assert Client(raise_request_exception=False).get("/api/v1/docs?group=nothing").status_code == 404


@pytest.fixture
def application(db: None) -> Iterator[Any]:
    """The product as a server runs it, but within the test's transaction: requests must not close its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _operations() -> list[Any]:
    """Every operation. What the declaration derives is the same code for every kind: of incidents it runs always, of others with --full."""
    plurals = {t.plural_kind for t in declared()}
    derived = {path.removeprefix("/api/v1/incidents") for path in DOCUMENT["paths"] if path.startswith("/api/v1/incidents")}
    found = []
    for path, methods in DOCUMENT["paths"].items():
        kind = path.split("/")[3]
        is_repeated = kind in plurals and kind != "incidents" and path.removeprefix(f"/api/v1/{kind}") in derived
        found += [pytest.param(method, path, marks=[pytest.mark.slow] if is_repeated else []) for method in methods]
    return found


@pytest.mark.once
@pytest.mark.parametrize(("method", "path"), _operations(), ids=lambda v: v)
def test_nothing_breaks_and_every_answer_is_documented(house: House, application: Any, method: str, path: str, pytestconfig: pytest.Config) -> None:
    """Random requests by the document, half of them to what is there; what comes back must be what the document says."""
    numbers = _fill(house, path.split("/")[3])
    operation = _schema()[path][method.upper()]
    token = token_of(house.ruth)
    full = bool(pytestconfig.getoption("--full", default=False))
    chosen = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in schemathesis.GenerationMode))

    @seed(1)
    @hypothesis_settings(
        max_examples=100 if full else 6,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=chosen, is_there=st.sampled_from([True, True, True, False]), move=st.sampled_from([m.name for t in declared() for m in t.workflow.moves])
    )
    def sent(case: Any, is_there: bool, move: str) -> None:
        if is_there and isinstance(case.path_parameters, dict):
            known = {
                "number": str(numbers.get(path.split("/")[3], 1)),
                "move_name": move,
                "who": "me",
                "key": "incident_reopened",
                "version": "1",
                "exception": "1",
                "role": "scribe",
                "step": "1",
                "report": "now",
                "entitlement": "1",
                "recurrence": "1",
                "part": "1",
                "participant": "1",
                "treatment": "1",
                "action": "1",
                "organization": str(house.brannock.pk),
                "reference": numbers["reference"],
                **numbers["parts"],
            }
            for name in case.path_parameters:
                case.path_parameters[name] = known[name]
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
        case.call_and_validate(app=application, checks=CHECKS, base_url="http://127.0.0.1")

    sent()


@cache
def _schema() -> Any:
    """The document as the tool reads it: once, as it is two megabytes."""
    return schemathesis.openapi.from_dict(DOCUMENT)


def _fill(house: House, plural: str) -> dict[str, Any]:
    """A record of the kind that is asked for, and an incident with one part of each sort."""
    found: dict[str, Any] = {t.plural_kind: house.record(t).number for t in declared() if t.plural_kind == plural and t.kind != "incident"}
    incident, other = house.incident(), house.incident("Other")
    made: dict[str, Any] = {
        "link": parts.link(incident, "relates to", other, by=house.ruth, channel="page"),
        "attachment": parts.attach(incident, name="a.txt", content=b"a", is_public=True, by=house.ruth, channel="page"),
        "item": parts.add_check(incident, text="Look", by=house.ruth, channel="page"),
    }
    made["view"] = keep_view(by=house.fresh(house.ruth), channel="page", record_type=type_named("incident"), name="Kept", query="open=true")
    parts.comment(incident, text="Word", is_public=True, by=house.ruth, channel="page")
    parts.spend(incident, minutes=5, by=house.ruth, channel="page")
    return {
        **found,
        "incidents": incident.number,
        "reference": incident.reference,
        "parts": {**{name: str(part.pk) for name, part in made.items()}, "approval": "1"},
    }
