"""What the plan of a large organisation costs: 200 services, 1,000 people, and what goes with them, the draft with every field resolved anew.

Run by `bench.run` in the database that it measures, or alone in a migrated one: `python -m bench.plan [SERVICES PEOPLE]`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402 (Django must be ready first)
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from plimsoll.kernel.documents.models import Document  # noqa: E402
from plimsoll.kernel.documents.queries import draft_as_printed  # noqa: E402
from plimsoll.kernel.identity.models import Person, Tenant  # noqa: E402
from plimsoll.kernel.roles.operations import give_role, load_starter_roles  # noqa: E402
from tests.cast import build_house  # noqa: E402
from tests.contracts import BACKEND  # noqa: E402
from tests.large import enlarge, plan_of  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
SERVICES, PEOPLE = 200, 1000
ROUNDS = 5


def made(services: int, people: int) -> Document:
    """The organisation with its plan, unless it stands already."""
    found = Document.objects.filter(tenant__name="Northmere Digital Services", template="sms-plan").select_related("tenant").first()
    if found is not None:
        return found
    house = build_house()
    roles = load_starter_roles(tenant=house.tenant, by=house.ruth, channel="set-up")
    for code, person in (("top_management", house.greta), ("sms_manager", house.ruth), ("training_coordinator", house.dev)):
        give_role(role=roles[code], person=person, by=house.system, channel="set-up")
    enlarge(house, services, people)
    return plan_of(house)


def middle(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def in_the_server(plan: Document) -> dict[str, float]:
    """Seconds of the page and of each file, in a process that is warm, and the statements of one rendering."""
    ruth = Person.objects.get(tenant=plan.tenant, name="Ruth Castellano")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(ruth, backend=BACKEND)
    found = {}
    for name, path in (("page", "draft/"), ("PDF", "draft.pdf"), ("DOCX", "draft.docx")):
        times = []
        for _round in range(ROUNDS + 1):
            began = time.perf_counter()
            answer = client.get(f"/documents/{plan.number}/{path}")
            times.append(time.perf_counter() - began)
            assert answer.status_code == 200, (path, answer.status_code)
        found[f"plan as {name}, in the server, s"] = middle(times[1:])
    with CaptureQueriesContext(connection) as seen:
        draft_as_printed(Document.objects.select_related("tenant").get(pk=plan.pk))
    return found | {"plan, statements": len(seen)}


def by_command(slug: str) -> dict[str, float]:
    """Seconds from the start of the process to the file."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("pdf", "docx"):
            out = Path(folder) / f"plan.{kind}"
            words = ["document", "sms-plan", "--version", "draft", "--format", kind, "--out", str(out), "--organization", slug]
            times = []
            for _round in range(ROUNDS):
                began = time.perf_counter()
                subprocess.run([str(ROOT / "plimsoll"), *words], env=os.environ, check=True, stderr=subprocess.DEVNULL)
                times.append(time.perf_counter() - began)
            assert out.stat().st_size > 20_000
            found[f"plan as {kind.upper()}, by command, s"] = middle(times)
    return found


def main() -> None:
    services, people = (int(word) for word in (sys.argv[1:3] or (SERVICES, PEOPLE)))
    plan = made(services, people)
    slug = Tenant.objects.get(pk=plan.tenant_id).slug
    print(json.dumps(in_the_server(plan) | by_command(slug)))


if __name__ == "__main__":
    main()
