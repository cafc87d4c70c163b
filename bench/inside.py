"""What the bench measures in the product's own process: statements of a creation, import speed, clock answers. `python -m bench.inside SIZE|ids`."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

import numpy as np  # noqa: E402 (Django must be ready first)
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from plimsoll.evaluation.measurements.queries import answers, month_asked  # noqa: E402
from plimsoll.kernel.access.models import Grant  # noqa: E402
from plimsoll.kernel.calendars import ServiceHours  # noqa: E402
from plimsoll.kernel.exchange.importing import import_file  # noqa: E402
from plimsoll.kernel.exchange.mapping import map_named  # noqa: E402
from plimsoll.kernel.figures.definitions import indicators  # noqa: E402
from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant  # noqa: E402
from plimsoll.kernel.identity.tokens import create_token  # noqa: E402
from plimsoll.kernel.lib.time import now  # noqa: E402
from plimsoll.resolution.incidents.models import Incident  # noqa: E402

OUTSIDE = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def statements(size: int) -> dict[str, list[str]]:
    """The statements of one creation, one reading and one list, in a process that is warm."""
    agent = Person.objects.select_related("tenant", "organization").get(email="agent@bench.example")
    _row, raw = create_token(person=agent, name="inside", scopes=["*"], expires_at=now() + timedelta(days=1), by=agent, channel="command line")
    client = Client(headers={"authorization": f"Bearer {raw}"}, SERVER_NAME="127.0.0.1")
    sample = Incident.objects.visible_to(agent).filter(number=size).get()
    body = json.dumps(
        {
            "title": "Counted",
            "service": sample.service_id,
            "requester": sample.requester_id,
            "organization": sample.organization_id,
            "impact": 2,
            "urgency": 2,
        }
    )
    found = {}
    acts: dict[str, Any] = {
        "create": lambda: client.post("/api/v1/incidents", body, content_type="application/json"),
        "read": lambda: client.get(f"/api/v1/incidents/{size}"),
        "list": lambda: client.get("/api/v1/incidents?open=true&limit=50"),
    }
    for name, act in acts.items():
        act()
        with CaptureQueriesContext(
            connection,
        ) as caught:
            answer = act()
        assert answer.status_code < 300, answer.content
        found[name] = [q["sql"] for q in caught.captured_queries if not q["sql"].startswith(OUTSIDE)]
    return found


def clock() -> dict[str, float]:
    """Answers of the clock arithmetic, one by one and in batch."""
    hours = ServiceHours(
        timezone="Europe/Berlin", week={d: [("08:00", "18:00")] for d in ("mon", "tue", "wed", "thu", "fri")}, yearly_holidays=["12-25"]
    )
    start, target = datetime(2026, 1, 5, 7, 13, tzinfo=UTC), timedelta(hours=9)
    ends = [start + timedelta(minutes=37 * n) for n in range(1000)]
    for end in ends:
        hours.elapsed(start, end)
    began = time.perf_counter()
    for _ in range(50):
        for end in ends:
            hours.elapsed(start, end)
            hours.due(end, target)
    one_by_one = 100_000 / (time.perf_counter() - began)
    starts = np.datetime64("2026-01-05T07:13", "us") + np.arange(1_000_000).astype("timedelta64[m]")
    targets = np.full(1_000_000, np.timedelta64(9 * 3_600_000_000, "us"))
    hours.due_many(starts[:10], targets[:10])
    began = time.perf_counter()
    hours.due_many(starts, targets)
    return {"clock answers one by one, a second": one_by_one, "clock, 1,000,000 in batch, s": time.perf_counter() - began}


def importing() -> float:
    """Updates a second of an import, as the command does it: the log's first 5,000 incidents where the samples are, else those that are shipped."""
    root = Path(__file__).resolve().parent.parent
    whole = Path(os.environ.get("PLIMSOLL_TEST_DATA", root.parent / "shared")) / "data" / "uci_incident_event_log.csv.gz"
    path = whole if whole.exists() else root / "content" / "demo" / "uci_first400.csv.gz"
    agent = Person.objects.select_related("tenant", "organization").get(email="agent@bench.example")
    began = time.perf_counter()
    report = import_file(path, map_named("uci_incidents"), by=agent, channel="command line", limit=5000)
    return report.updates / (time.perf_counter() - began)


def indicators_of_a_month() -> float:
    """Seconds to count every indicator of the newest whole month anew, by the eyes of somebody who sees all that is not classified."""
    agent = Person.objects.select_related("tenant", "organization").get(email="agent@bench.example")
    Grant.objects.create(tenant=agent.tenant, person=agent, words=["indicator:read"], role_name="figures", started_at=now())
    assert agent.tenant is not None
    agent.tenant.settings["indicator_first_level_teams"] = list(Team.objects.values_list("pk", flat=True)[:2])
    month = month_asked(agent).plus(-1)
    took = []
    for _ in range(3):
        began = time.perf_counter()
        answers(agent, indicators(), [month], is_fresh=True)
        took.append(time.perf_counter() - began)
    return sorted(took)[1]


def main() -> None:
    if sys.argv[1] == "ids":
        tenant = Tenant.objects.get(slug="bench")
        print(f"{tenant.pk},{Organization.objects.get(tenant=tenant, name='Customer 1').pk},{Person.objects.get(email='agent@bench.example').pk}")
        return
    told = statements(int(sys.argv[1]))
    figures = {
        "create, statements": len(told["create"]),
        "read, statements": len(told["read"]),
        "list, statements": len(told["list"]),
        **clock(),
        "indicators of a month, s": indicators_of_a_month(),
        "import, updates a second": importing(),
    }
    print(json.dumps({"figures": figures, "statements": told}))


if __name__ == "__main__":
    main()
