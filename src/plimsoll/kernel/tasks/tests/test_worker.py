"""Workers as processes: killed in mid-task, told to end, two at once, and what none of them does twice."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from typing import Any

import pytest

from tests.system import System

# A task that notes each start with a line, sleeps, and notes its end.
TASKS = """
import os, time, pathlib
from datetime import timedelta
from plimsoll.kernel.tasks import leases, worker
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.tasks.registry import task
notes = pathlib.Path(os.environ["PLIMSOLL_DATA_DIR"]) / "notes"

def note(text):
    with notes.open("a") as file:
        file.write(text + "\\n")

@task(name="test.slow")
def slow(*, number, seconds):
    note(f"start {number}")
    time.sleep(seconds)
    note(f"end {number}")
    return number
"""
WORK = TASKS + "import sys; w = worker.Worker(grace=float(sys.argv[1])); w.run(once_empty=len(sys.argv) > 2)\n"


def enqueue(system: System, count: int, seconds: float) -> None:
    code = "import sys\nfor n in range(int(sys.argv[1])): slow.enqueue(number=n, seconds=float(sys.argv[2]))"
    system.python(TASKS + code, str(count), str(seconds))


def jobs(system: System) -> list[dict[str, Any]]:
    return json.loads(
        system.python(
            "import json; from plimsoll.kernel.tasks.models import Job\n"
            "print(json.dumps(list(Job.objects.order_by('id').values('id', 'state', 'attempts', 'result'))))"
        )
    )


def notes(system: System) -> list[str]:
    path = system.folder / "notes"
    return path.read_text().splitlines() if path.exists() else []


def wait_for(condition: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.05)


def end(process: subprocess.Popen[str], seconds: float) -> None:
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=seconds)
    assert process.returncode == 0, told


def test_a_job_whose_worker_is_killed_runs_again_after_its_lease(system: System) -> None:
    enqueue(system, 1, 30)
    killed = system.start(WORK, "5")
    wait_for(lambda: notes(system) == ["start 0"])
    killed.kill()
    killed.communicate()
    # Thirty seconds of lease are not waited for: the row is made as old as that.
    assert system.python(TASKS + "print(leases.claim('other'))").strip() == "None"
    system.python(TASKS + "from plimsoll.kernel.lib.time import now\nJob.objects.update(lease_until=now(), payload={'number': 0, 'seconds': 0})")
    end_of_work = system.start(WORK, "5", "until empty")
    end_of_work.communicate(timeout=20)
    assert notes(system) == ["start 0", "start 0", "end 0"]
    assert [(j["state"], j["attempts"], j["result"]) for j in jobs(system)] == [("done", 2, 0)]


def test_told_to_end_it_finishes_the_job_in_hand_and_takes_no_other(system: System) -> None:
    enqueue(system, 2, 1.5)
    worker = system.start(WORK, "10")
    wait_for(lambda: notes(system) == ["start 0"])
    end(worker, 10)
    assert notes(system) == ["start 0", "end 0"]
    assert [(j["state"], j["attempts"]) for j in jobs(system)] == [("done", 1), ("waiting", 0)]


def test_after_the_grace_the_job_is_given_back_at_once(system: System) -> None:
    enqueue(system, 1, 60)
    worker = system.start(WORK, "0.5")
    wait_for(lambda: notes(system) == ["start 0"])
    end(worker, 5)
    assert [(j["state"], j["attempts"]) for j in jobs(system)] == [("waiting", 0)]


def test_an_idle_worker_ends_within_a_second(system: System) -> None:
    worker = system.start(WORK, "20")
    beats = "from plimsoll.kernel.tasks.models import Heartbeat\nprint(Heartbeat.objects.filter(kind='worker').count())"
    wait_for(lambda: system.python(beats).strip() == "1")
    begun = time.monotonic()
    end(worker, 5)
    assert time.monotonic() - begun < 1.5
    assert system.python(beats).strip() == "0"


@pytest.mark.parametrize("workers", [3])
def test_many_workers_run_each_job_once(system: System, workers: int) -> None:
    enqueue(system, 120, 0.002)
    running = [system.start(WORK, "5", "until empty") for _ in range(workers)]
    for process in running:
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, told
    assert sorted(notes(system)) == sorted([*(f"start {n}" for n in range(120)), *(f"end {n}" for n in range(120))])
    assert {(j["state"], j["attempts"]) for j in jobs(system)} == {("done", 1)}
