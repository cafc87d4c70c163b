"""Asking for work, running it, failing, trying again, giving up, cancelling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from plimsoll.kernel.events import bus
from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.tasks import leases, queue, running
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.tasks.registry import task

pytestmark = pytest.mark.django_db

seen: list[Any] = []


@task(name="test.note", attempts=3)
def note(*, text: str) -> dict[str, str]:
    seen.append(text)
    return {"noted": text}


@task(name="test.stumble", attempts=3)
def stumble() -> None:
    raise ValueError("the floor is wet")


@task(name="test.hopeless")
def hopeless() -> None:
    raise running.GiveUp("This address does not exist.")


@task(name="test.long")
def long(*, job: running.JobContext, steps: int) -> int:
    for step in range(steps):
        job.progress(step + 1, steps)
    return job.attempt


@pytest.fixture(autouse=True)
def fresh() -> None:
    seen.clear()


@pytest.fixture
def person() -> Person:
    tenant = Tenant.objects.create(name="Northmere", slug="northmere-tasks")
    organization = Organization.objects.create(tenant=tenant, kind="provider", name="Northmere")
    return Person.objects.create(tenant=tenant, organization=organization, name="Ines")


def test_a_job_runs_and_keeps_its_result() -> None:
    job = note.enqueue(text="hello")
    assert running.run_waiting() == 1
    job.refresh_from_db()
    assert (job.state, job.result, job.attempts, job.lease_until) == ("done", {"noted": "hello"}, 1, None)
    assert seen == ["hello"]
    assert running.run_waiting() == 0


def test_call_runs_in_line_without_a_row() -> None:
    assert note.call(text="now") == {"noted": "now"}
    assert not Job.objects.exists()


def test_a_rolled_back_act_leaves_no_job() -> None:
    with transaction.atomic():
        note.enqueue(text="never")
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_higher_priority_first_then_the_older() -> None:
    note.enqueue(text="second")
    note.enqueue(text="third")
    note.enqueue(text="first", priority=5)
    running.run_waiting()
    assert seen == ["first", "second", "third"]


def test_a_job_for_later_waits() -> None:
    start = datetime(2026, 11, 2, 8, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        note.enqueue(text="later", run_after=timedelta(minutes=5))
        assert running.run_waiting() == 0
        clock.shift(timedelta(minutes=5))
        assert running.run_waiting() == 1


def test_the_same_key_waits_once_per_tenant(person: Person) -> None:
    first = note.enqueue(text="a", dedupe_key="rebuild", tenant=person.tenant)
    assert note.enqueue(text="b", dedupe_key="rebuild", tenant=person.tenant).pk == first.pk
    assert note.enqueue(text="c", dedupe_key="rebuild").pk != first.pk
    running.run_waiting()
    assert note.enqueue(text="d", dedupe_key="rebuild", tenant=person.tenant).pk != first.pk


def test_failures_are_tried_again_later_and_later_then_given_up() -> None:
    with time_machine.travel(datetime(2026, 11, 2, 8, tzinfo=UTC), tick=False) as clock:
        job = stumble.enqueue()
        waits = []
        for _ in range(2):
            assert running.run_waiting() == 1
            job.refresh_from_db()
            assert job.state == "failed"
            assert "ValueError: the floor is wet" in job.error
            waits.append(job.run_at - now())
            assert running.run_waiting() == 0  # not before its time
            clock.shift(waits[-1])
        assert timedelta(seconds=8) <= waits[0] <= timedelta(seconds=12)
        assert timedelta(seconds=16) <= waits[1] <= timedelta(seconds=24)
        assert running.run_waiting() == 1
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("dead", 3)
        clock.shift(timedelta(days=1))
        assert running.run_waiting() == 0


def test_the_delay_doubles_to_an_hour() -> None:
    assert [leases.delay(n, 0.5).total_seconds() for n in (1, 2, 3, 20)] == [10, 20, 40, 3600]
    assert leases.delay(1, 0).total_seconds() == 8


def test_a_hopeless_job_is_given_up_at_once() -> None:
    job = hopeless.enqueue()
    running.run_waiting()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == ("dead", 1, "This address does not exist.")


def test_an_unknown_task_fails_with_a_sentence() -> None:
    job = queue.enqueue("no.such", payload={}, attempts=1)
    running.run_waiting()
    job.refresh_from_db()
    assert (job.state, job.error) == ("dead", "This program knows no task called no.such.")


def test_a_failed_job_steps_back_for_its_twin() -> None:
    job = stumble.enqueue(dedupe_key="once")
    mine = leases.claim("worker one")
    assert mine is not None
    twin = stumble.enqueue(dedupe_key="once")
    assert leases.fail(mine, "broke")
    job.refresh_from_db()
    assert twin.pk != job.pk
    assert job.state == "stopped"
    assert str(twin.pk) in job.error


def test_a_dead_workers_job_is_taken_after_its_lease_and_not_before() -> None:
    with time_machine.travel(datetime(2026, 11, 2, 8, tzinfo=UTC), tick=False) as clock:
        job = note.enqueue(text="again")
        first = leases.claim("worker one")
        assert first is not None
        clock.shift(timedelta(seconds=29))
        assert leases.claim("worker two") is None
        assert leases.renew(first)
        clock.shift(timedelta(seconds=29))
        assert leases.claim("worker two") is None
        clock.shift(timedelta(seconds=2))
        second = leases.claim("worker two")
        assert second is not None
        assert (second.pk, second.attempts) == (job.pk, 2)
        # The first wakes up again: nothing that it says counts any more.
        assert not leases.renew(first)
        assert not leases.finish(first, "late")
        assert not leases.fail(first, "late")
        assert leases.finish(second, "mine")
        job.refresh_from_db()
        assert (job.state, job.result) == ("done", "mine")


def test_a_job_that_kills_its_workers_is_given_up() -> None:
    with time_machine.travel(datetime(2026, 11, 2, 8, tzinfo=UTC), tick=False) as clock:
        job = note.enqueue(text="poison")
        for _ in range(3):
            assert leases.claim("worker") is not None
            clock.shift(timedelta(seconds=31))
        assert leases.claim("worker") is None
        job.refresh_from_db()
        assert job.state == "dead"
        assert "died in the middle, 3 times" in job.error


def test_progress_is_stored_and_a_cancelled_job_stops_at_it(person: Person) -> None:
    job = long.enqueue(steps=3)
    running.run_waiting()
    job.refresh_from_db()
    assert job.progress == {"done": 3, "total": 3, "note": ""}
    assert job.result == 1
    long.enqueue(steps=3)
    mine = leases.claim("worker")
    assert mine is not None
    queue.cancel(mine, by=person, channel="page")
    assert not running.run(mine)
    mine.refresh_from_db()
    assert mine.state == "stopped"


def test_retry_and_cancel_are_told_and_refused_with_a_sentence(person: Person) -> None:
    told: list[bus.KeptChanged] = []
    before = bus.wired()
    bus.connect({bus.KeptChanged: [told.append]})
    try:
        job = hopeless.enqueue(tenant=person.tenant)
        with pytest.raises(queue.JobRefused, match="is waiting"):
            queue.retry(job, by=person, channel="page")
        running.run_waiting()
        again = queue.retry(job, by=person, channel="page")
        assert (again.state, again.attempts) == ("waiting", 0)
        assert queue.cancel(job, by=person, channel="page").state == "stopped"
        with pytest.raises(queue.JobRefused, match="nothing to cancel"):
            queue.cancel(job, by=person, channel="page")
        assert [(t.action, t.changes["state"]) for t in told] == [("retry", ("dead", "waiting")), ("cancel", ("waiting", "stopped"))]
    finally:
        bus.connect(before)


def test_at_once_runs_after_the_commit(settings: Any, django_capture_on_commit_callbacks: Any) -> None:
    settings.PLIMSOLL_TASKS = "at once"
    with django_capture_on_commit_callbacks(execute=True):
        note.enqueue(text="at once")
        note.enqueue(text="tomorrow", run_after=timedelta(days=1))
        assert seen == []
    assert seen == ["at once"]


def test_an_engine_hears_the_id_alone(settings: Any, django_capture_on_commit_callbacks: Any) -> None:
    settings.PLIMSOLL_TASKS = f"{__name__}.Broker"
    with django_capture_on_commit_callbacks(execute=True):
        job = note.enqueue(text="by a broker")
    assert Broker.heard == [job.pk]
    assert running.run_one(job.pk)
    assert not running.run_one(job.pk)  # delivered twice, run once
    assert seen == ["by a broker"]


class Broker:
    heard: list[int] = []

    def announce(self, job_id: int, run_at: datetime) -> None:
        self.heard.append(job_id)


def statements(queries: CaptureQueriesContext) -> list[str]:
    return [q["sql"].split(" ", 1)[0] for q in queries.captured_queries if "SAVEPOINT" not in q["sql"]]


def test_an_idle_look_costs_one_read_and_a_job_two_writes() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert leases.claim("worker", with_lost=False) is None
    assert statements(queries) == ["SELECT"]
    note.enqueue(text="cheap")
    with CaptureQueriesContext(connection) as queries:
        job = leases.claim("worker", with_lost=False)
        assert job is not None
        leases.finish(job, None)
    assert statements(queries) == ["SELECT", "SELECT", "UPDATE", "UPDATE"]
