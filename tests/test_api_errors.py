"""Whatever goes wrong, the answer is a problem document that says what, where and what to do, and nothing was written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from plimsoll.kernel.api import auth, records
from plimsoll.kernel.api.problems import KINDS
from plimsoll.kernel.identity.models import ApiToken, Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from tests.api import Caller, token_of
from tests.cast import House


@pytest.fixture
def ines(house: House) -> Caller:
    return Caller(house.ines)


@pytest.fixture
def incident(house: House) -> Record:
    return house.incident()


def slug(answer: Any) -> str:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    document = answer.json()
    kind = document["type"].rpartition("/")[2]
    assert {"type", "title", "status", "detail"} <= set(document)
    assert document["status"] == answer.status_code == KINDS[kind].status
    assert answer["X-Content-Type-Options"] == "nosniff"
    return kind


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "incidents", b"{not json", "bad-request"),
        ("POST", "incidents", b'{"title": "\\ud800"}', "bad-request"),
        ("POST", "incidents", b"[" * 5000, "bad-request"),
        ("POST", "incidents", b"[]", "faulty"),
        ("POST", "incidents", {"title": "a\u0000b"}, "faulty"),
        ("POST", "incidents", {"title": "x", "colour": "red"}, "faulty"),
        ("POST", "incidents", {"title": "x" * 300}, "faulty"),
        ("POST", "incidents", {"title": 7}, "faulty"),
        ("POST", "incidents", {"title": "x", "impact": 10**30}, "faulty"),
        ("POST", "incidents", {"title": "x", "owner": 10**30}, "faulty"),
        ("POST", "incidents", {"title": "x", "organization": 10**30}, "faulty"),
        ("POST", "incidents", {"title": "x", "owner": {"id": [1]}}, "faulty"),
        ("POST", "incidents", {"title": "x", "service": "SVC-999"}, "faulty"),
        ("POST", "incidents", {"title": "x", "extra": []}, "faulty"),
        ("GET", "incidents?limit=0", None, "bad-parameter"),
        ("GET", "incidents?limit=201", None, "bad-parameter"),
        ("GET", "incidents?cursor=xyz", None, "bad-parameter"),
        ("GET", "incidents?colour=red", None, "bad-parameter"),
        ("GET", "incidents?fields=colour", None, "bad-parameter"),
        ("GET", "incidents?order=colour", None, "bad-parameter"),
        ("GET", "incidents?owner=99999999999999999999", None, "bad-parameter"),
        ("GET", "incidents?opened_after=yesterday", None, "bad-parameter"),
        ("GET", "incidents?q=%00", None, "bad-request"),
        ("GET", "incidents/1?colour=red", None, "bad-parameter"),
        ("GET", "incidents/999", None, "not-found"),
        ("GET", "incidents/99999999999999999999", None, "not-found"),
        ("GET", "incidents/SVC-1", None, "not-found"),
        ("GET", "incidents/-1", None, "not-found"),
        ("GET", "nothing/here", None, "not-found"),
        ("GET", "", None, "not-found"),
        ("DELETE", "incidents", None, "method-not-allowed"),
        ("PUT", "incidents/1", {}, "method-not-allowed"),
        ("POST", "incidents/{number}/moves/nowhere", {}, "move-refused"),
        ("POST", "incidents/{number}/moves/merge", {}, "move-refused"),
        ("POST", "incidents/{number}/moves/cancel", {"fields": {"colour": 1}}, "faulty"),
        ("POST", "incidents/{number}/moves/cancel", {"fields": []}, "faulty"),
        ("POST", "incidents/{number}/comments", {"text": "x"}, "faulty"),
        ("POST", "incidents/{number}/comments", {"text": "", "audience": "public"}, "faulty"),
        ("POST", "incidents/{number}/links", {"meaning": "loves", "target": "INC-1"}, "faulty"),
        ("POST", "incidents/{number}/links", {"meaning": "parent of", "target": "INC-999"}, "faulty"),
        ("POST", "incidents/{number}/efforts", {"minutes": 0}, "faulty"),
        ("POST", "incidents/{number}/checklist", {"text": "x", "due_at": "2026-01-01T00:00:00"}, "faulty"),
        ("PUT", "incidents/{number}/tags", {"tags": [1]}, "faulty"),
        ("PUT", "incidents/{number}/watchers/999", {}, "not-found"),
        ("POST", "incidents/{number}/approvals", {"question": "?", "steps": ["x"]}, "faulty"),
    ],
)
def test_every_fault_is_told_as_a_problem(ines: Caller, incident: Record, method: str, path: str, body: Any, expected: str) -> None:
    answer = ines.send(method, path.replace("{number}", str(incident.number)), body)
    assert slug(answer) == expected, answer.content
    if expected in ("faulty", "bad-parameter"):
        assert answer.json()["faults"][0]["sentence"]
    incident.refresh_from_db()
    assert incident.version == 1


def test_every_fault_of_a_body_is_told_at_once(ines: Caller) -> None:
    answer = ines.post("incidents", {"title": "x", "impact": 9, "owner": 999})
    assert {f["field"] for f in answer.json()["faults"]} == {"impact", "owner"}


def test_other_content_types_are_refused(ines: Caller, incident: Record) -> None:
    assert slug(ines.client.post("/api/v1/incidents", "title=x", content_type="application/x-www-form-urlencoded")) == "unsupported-media-type"
    assert slug(ines.post(f"incidents/{incident.number}/attachments", {})) == "unsupported-media-type"
    assert slug(ines.get("incidents", Accept="image/png")) == "not-acceptable"
    merged = ines.client.patch(f"/api/v1/incidents/{incident.number}", b'{"location": "A"}', content_type="application/merge-patch+json")
    assert merged.status_code == 200


def test_too_much_at_once_is_refused(ines: Caller, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert slug(ines.post("incidents", {"title": "x" * 200})) == "too-large"


def test_our_own_fault_is_told_without_a_trace(
    ines: Caller, incident: Record, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("inner words")

    monkeypatch.setattr(records, "amend", broken)
    answer = ines.patch(f"incidents/{incident.number}", {"title": "y"})
    assert slug(answer) == "server-error"
    assert b"inner words" not in answer.content
    assert answer.json()["request"] in caplog.text


@pytest.mark.parametrize("values", [{"expires_at": now() - timedelta(seconds=1)}, {"revoked_at": now()}])
def test_an_ended_token_opens_nothing(house: House, values: dict[str, Any]) -> None:
    answer = Caller(house.ines, **values).get("me")
    assert slug(answer) == "not-signed-in"
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("values", [{"is_active": False}, {"left_at": now()}, {"erased_at": now()}])
def test_the_token_of_somebody_who_left_opens_nothing(house: House, values: dict[str, Any]) -> None:
    ines = Caller(house.ines)
    Person.objects.filter(pk=house.ines.pk).update(**values)
    assert slug(ines.get("me")) == "not-signed-in"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "Bearer \u00e9"])
def test_without_a_good_token_nothing_is_answered(house: House, header: str) -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/incidents", headers={"Authorization": header} if header else {})
    assert slug(answer) == "not-signed-in"
    assert "WWW-Authenticate" in answer


def test_guessing_is_slowed_down_and_keeps_nobody_else_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "MOST_FAILURES", 3)
    guess = Client(raise_request_exception=False, headers={"Authorization": "Bearer guess"})
    assert [guess.get("/api/v1/me").status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    answer = guess.get("/api/v1/me")
    assert slug(answer) == "too-many-attempts"
    assert int(answer["Retry-After"]) > 0
    assert Caller(house.ines).get("me").status_code == 200


def test_scopes_narrow_what_the_person_may(house: House, incident: Record) -> None:
    reader = Caller(house.ines, scopes=("read",))
    assert reader.get(f"incidents/{incident.number}").status_code == 200
    assert slug(reader.patch(f"incidents/{incident.number}", {"title": "y"})) == "refused"
    assert slug(Caller(house.ines, scopes=("incident:open",)).get(f"incidents/{incident.number}")) == "not-found"
    assert Caller(house.ines, scopes=("incident:open",)).post("incidents", {"title": "x"}).status_code == 201


def test_the_last_use_is_noted_once_a_minute(house: House) -> None:
    text = token_of(house.ines)
    ApiToken.objects.update(last_used_at=None)
    caller = Client(headers={"Authorization": f"Bearer {text}"})
    caller.get("/api/v1/me")
    noted = ApiToken.objects.get().last_used_at
    assert noted is not None
    caller.get("/api/v1/me")
    assert ApiToken.objects.get().last_used_at == noted


def test_a_browser_session_reads_and_writes_only_with_its_csrf_token(house: House) -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(house.ines, backend="plimsoll.kernel.records.backend.AccessBackend")
    assert browser.get("/api/v1/me").json()["name"] == "Ines Okafor"
    refused = browser.post("/api/v1/incidents", b'{"title": "x"}', content_type="application/json")
    assert slug(refused) == "refused"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda k: k.slug)
def test_every_kind_of_problem_has_a_page(house: House, kind: Any) -> None:
    page = Client().get(f"/api/v1/problems/{kind.slug}")
    assert page.status_code == 200
    assert "text/html" in page["Content-Type"]
    assert kind.title.split("'")[0] in page.content.decode()
