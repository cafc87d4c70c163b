"""The same SQL and JSON without ORM, forms, permissions or trail logic: what the database and the server cost by themselves.

A WSGI application for granian. It answers the same shapes: create, read one, list of 50 open by update. `STATEMENTS` is what it runs.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

STATEMENTS: dict[str, list[str]] = {
    "read": [
        "SELECT i.*, o.name FROM incidents_incident i JOIN identity_organization o ON o.id = i.organization_id WHERE i.tenant_id = ? AND i.number = ?"
    ],
    "list": [
        "SELECT card_id, number, title, state, category, priority, organization_id, service_id, team_id, owner_id, requester_id, opened_at, changed_at, version "
        "FROM incidents_incident WHERE tenant_id = ? AND is_open ORDER BY changed_at DESC, card_id DESC LIMIT 51",
        "SELECT id, name FROM identity_organization WHERE tenant_id = ?",
        "SELECT id, name FROM identity_team WHERE tenant_id = ?",
    ],
    "create": [
        "UPDATE register_sequence SET last = last + 1 WHERE tenant_id = ? AND kind = 'incident'",
        "SELECT last FROM register_sequence WHERE tenant_id = ? AND kind = 'incident'",
        "INSERT INTO register_card (tenant_id, organization_id, kind, number, reference, title, state, category, opened_at, changed_at, version, entries, "
        "access_class, origin, source, external_reference) VALUES (?, ?, 'incident', ?, ?, ?, 'new', 'new', ?, ?, 1, 1, '', 'live', '', '') RETURNING id",
        "INSERT INTO trail_entry (format, uid, tenant_id, kind, subject, card_id, position, action, at, recorded_at, actor_id, channel, origin, changes, key, "
        "digest, mac) VALUES (1, ?, ?, 'incident', ?, ?, 1, 'open', ?, ?, ?, 'api', 'live', ?, '0001', ?, ?)",
        "INSERT INTO trail_span (tenant_id, card_id, kind, state, category, started_at) VALUES (?, ?, 'incident', 'new', 'new', ?)",
        "INSERT INTO search_searchrow (card_id, tenant_id, organization, kind, access_class, public, internal) VALUES (?, ?, ?, 'incident', '', ?, '')",
    ],
}
_local = threading.local()
_lock = threading.Lock()
URL = os.environ.get("BARE_DATABASE", "")


def connection() -> Any:
    """One connection per thread."""
    if not hasattr(_local, "db"):
        if URL.startswith("postgres"):
            import psycopg  # noqa: PLC0415 (only for PostgreSQL)

            _local.db = psycopg.connect(URL, autocommit=True)
        else:
            _local.db = sqlite3.connect(urlsplit(URL).path, timeout=20, isolation_level=None, check_same_thread=False)
            _local.db.execute("PRAGMA synchronous=NORMAL")
    return _local.db


def run(sql: str, values: tuple[Any, ...]) -> list[Any]:
    """One statement, with the placeholders of the database."""
    cursor = connection().execute(sql.replace("?", "%s") if URL.startswith("postgres") else sql, values)
    return cursor.fetchall() if cursor.description else []


def create(tenant: int, organization: int, person: int, title: str) -> dict[str, Any]:
    """A record, its card, its entry, its span, its search row: what the product writes, with nothing thought about it."""
    moment = datetime.now(UTC)
    at: Any = moment if URL.startswith("postgres") else moment.isoformat(sep=" ")[:26]
    one, two, card_sql, entry_sql, span_sql, row_sql = STATEMENTS["create"]
    with _lock:
        connection().execute("BEGIN" if URL.startswith("postgres") else "BEGIN IMMEDIATE")
        run(one, (tenant,))
        number = run(two, (tenant,))[0][0]
        card = run(card_sql, (tenant, organization, number, f"INC-{number}", title, at, at))[0][0]
        run(entry_sql, (uuid.uuid4().hex, tenant, card, card, at, at, person, "{}", b"0" * 32, b"0" * 32))
        run(span_sql, (tenant, card, at))
        run(row_sql, (card, tenant, organization, title.lower()))
        connection().execute("COMMIT")
    return {"number": number, "title": title, "state": "new"}


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """GET /read/N, GET /list, POST /create; the ids come in the query of the bench."""
    path = environ["PATH_INFO"].split("/")
    tenant, organization, person = (int(n) for n in os.environ["BARE_IDS"].split(","))
    if path[1] == "read":
        rows = run(STATEMENTS["read"][0], (tenant, int(path[2])))
        body = json.dumps([str(value) for value in rows[0]]).encode()
    elif path[1] == "list":
        first, *rest = STATEMENTS["list"]
        rows = run(first, (tenant,))
        names = [dict(run(sql, (tenant,))) for sql in rest]
        body = json.dumps([[str(v) for v in row] + [names[0].get(row[6]), names[1].get(row[8])] for row in rows[:50]]).encode()
    else:
        given = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        body = json.dumps(create(tenant, organization, person, given["title"])).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
