"""Several writers at once, and processes killed in the middle: nothing acknowledged is lost, nothing is half written."""

from __future__ import annotations

import json
import random
import signal
import time

import pytest

from tests.system import System, results

WHO = """
import sys
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import StaleRecord, amend, move, open_record
from plimsoll.kernel.records import parts
ines = Person.objects.select_related("tenant", "organization").get(name="Ines Okafor")
INCIDENT = type_named("incident")
"""
OPEN = (
    WHO
    + """
for n in range(int(sys.argv[2])):
    record = open_record(INCIDENT, by=ines, channel="api", title=f"{sys.argv[1]} {n}")
    print(record.number, flush=True)
"""
)
COUNT = """
from django.db import connection
from plimsoll.resolution.incidents.models import Incident
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.trail.models import Entry, Span
from plimsoll.kernel.search.models import SearchRow
import json
print(json.dumps({"numbers": sorted(Incident.objects.values_list("number", flat=True)), "cards": Card.objects.filter(kind="incident").count(),
    "entries": Entry.objects.filter(kind="incident").count(), "spans": Span.objects.count(), "rows": SearchRow.objects.count()}))
"""


def test_writers_at_once_give_no_number_twice_and_lose_nothing(peopled: System) -> None:
    told = results([peopled.start(OPEN, f"writer {n}", "25") for n in range(4)])
    acknowledged = sorted(int(line) for out in told for line in out.split())
    found = json.loads(peopled.python(COUNT))
    assert found["numbers"] == acknowledged == list(range(1, 101))
    assert found["cards"] == found["entries"] == found["spans"] == found["rows"] == 100
    assert json.loads(peopled.run("verify", "--json").stdout)["faults"] == []


def test_two_editors_of_one_record_lose_no_edit(peopled: System) -> None:
    peopled.python(OPEN, "shared", "1")
    edit = (
        WHO
        + """
from plimsoll.resolution.incidents.models import Incident
done = 0
while done < 15:
    record = Incident.objects.get(number=1)
    try:
        amend(record, by=ines, channel="api", version=record.version, symptom=str(int(record.symptom or 0) + 1))
        done += 1
    except StaleRecord:
        pass
"""
    )
    results([peopled.start(edit) for _ in range(3)])
    told = peopled.python(
        "from plimsoll.resolution.incidents.models import Incident\nr = Incident.objects.get(number=1)\nprint(r.symptom, r.version)"
    )
    assert told.split() == ["45", "46"]


def test_two_who_put_the_same_incidents_under_two_others_give_none_two_parents_nor_a_circle(peopled: System) -> None:
    peopled.python(OPEN, "family", "12")
    put = (
        WHO
        + """
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.operations import add_child
above, other = Incident.objects.get(number=int(sys.argv[1])), Incident.objects.get(number=int(sys.argv[2]))
for child in [*Incident.objects.filter(number__gt=2).order_by("number"), other]:
    try:
        add_child(above, child, by=ines, channel="api")
    except Faulty:
        pass
"""
    )
    results([peopled.start(put, "1", "2"), peopled.start(put, "2", "1")])
    links = json.loads(
        peopled.python(
            """
from plimsoll.kernel.records.models import Link
import json
print(json.dumps(list(Link.objects.filter(meaning="parent of").values_list("source__number", "target__number"))))
"""
        )
    )
    children = [below for _above, below in links]
    assert len(children) == len(set(children)) == 11, "ten have one parent each, and one of the two is above the other"


def test_a_comment_and_an_edit_at_once_both_stay(peopled: System) -> None:
    peopled.python(OPEN, "shared", "1")
    comment = (
        WHO
        + """
from plimsoll.resolution.incidents.models import Incident
for n in range(15):
    parts.comment(Incident.objects.get(number=1), text=f"note {n}", is_public=False, by=ines, channel="api")
"""
    )
    edit = (
        WHO
        + """
from plimsoll.resolution.incidents.models import Incident
for n in range(15):
    record = Incident.objects.get(number=1)
    amend(record, by=ines, channel="api", version=record.version, symptom=f"symptom {n}")
"""
    )
    results([peopled.start(comment), peopled.start(edit), peopled.start(comment)])
    told = peopled.python(
        "from plimsoll.kernel.records.models import Comment\nfrom plimsoll.resolution.incidents.models import Incident\n"
        "print(Comment.objects.count(), Incident.objects.get(number=1).version)"
    )
    assert told.split() == ["30", "16"]
    assert json.loads(peopled.run("verify", "--json").stdout)["faults"] == []


@pytest.mark.parametrize("seed", range(3))
def test_a_writer_killed_in_the_middle_loses_nothing_acknowledged(peopled: System, seed: int) -> None:
    writers = [peopled.start(OPEN, f"writer {n}", "100000") for n in range(2)]
    outputs = [writer.stdout for writer in writers if writer.stdout]
    told = [output.readline() for output in outputs]  # both are at it, however busy the machine is
    time.sleep(random.Random(seed).random() * 1.5)
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    told += [line for output in outputs for line in output.read().split("\n")[:-1] if line]
    for writer in writers:
        writer.communicate()  # closes what is left open
    acknowledged = sorted(map(int, told))
    found = json.loads(peopled.python(COUNT))
    assert set(acknowledged) <= set(found["numbers"])
    assert len(found["numbers"]) - len(acknowledged) <= len(writers), "at most one each that was written but not yet told"
    assert found["cards"] == found["entries"] == found["spans"] == found["rows"] == len(found["numbers"])
    assert json.loads(peopled.run("verify", "--json").stdout)["faults"] == []
    peopled.python(OPEN, "after", "1")
