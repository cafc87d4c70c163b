"""The same creation sent by many at the same moment makes one record, and each is told of it."""

from __future__ import annotations

import json

from tests.system import System, results

SEND = """
import json, sys
from django.test import Client
client = Client(SERVER_NAME="127.0.0.1", headers={"Authorization": "Bearer " + sys.argv[1], "Idempotency-Key": "the same"})
for _ in range(5):
    answer = client.post("/api/v1/incidents", json.dumps({"title": "Once"}), content_type="application/json")
    print(json.dumps([answer.status_code, answer.json().get("number")]), flush=True)
"""
PREPARE = """
from plimsoll.kernel.identity.models import Person
from tests.api import token_of
print(token_of(Person.objects.get(name="Ines Okafor")))
"""
COUNT = """
from plimsoll.resolution.incidents.models import Incident
from plimsoll.kernel.trail.models import Entry
print(Incident.objects.count(), Entry.objects.filter(kind="incident").count())
"""


def test_a_creation_sent_by_several_processes_makes_one_record(peopled: System) -> None:
    token = peopled.python(PREPARE).strip()
    told = results([peopled.start(SEND, token) for _ in range(4)])
    answers = [json.loads(line) for text in told for line in text.splitlines()]
    assert len(answers) == 20
    assert {tuple(a) for a in answers} == {(201, 1)}
    assert peopled.python(COUNT).split() == ["1", "1"]
