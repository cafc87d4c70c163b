"""Schedules: one job per due moment, however many look; caught up once. Ticks: one worker at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from plimsoll.kernel.tasks import registry, running, schedules
from plimsoll.kernel.tasks.models import Heartbeat, Job, Schedule
from plimsoll.kernel.tasks.registry import Tick, scheduled, task

pytestmark = pytest.mark.django_db

seen: list[str] = []


@scheduled("test nightly", "30 2 * * *", text="night")
@task(name="test.scheduled")
def nightly(*, text: str) -> None:
    seen.append(text)


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    seen.clear()
    monkeypatch.setattr(registry, "_schedules", {"test nightly": registry._schedules["test nightly"]})


def test_a_schedule_runs_once_per_moment_and_once_after_a_long_stop() -> None:
    with time_machine.travel(datetime(2026, 11, 2, 1, tzinfo=UTC), tick=False) as clock:
        schedules.sync_schedules()
        row = Schedule.objects.get(name="test nightly")
        assert row.next_run_at == datetime(2026, 11, 2, 2, 30, tzinfo=UTC)
        assert schedules.enqueue_due() == 0
        clock.move_to(datetime(2026, 11, 2, 2, 30, tzinfo=UTC))
        assert schedules.enqueue_due() == 1
        assert schedules.enqueue_due() == 0  # a second scheduler comes too late
        running.run_waiting()
        assert seen == ["night"]
        clock.move_to(datetime(2026, 11, 9, 12, tzinfo=UTC))  # seven nights missed
        assert schedules.enqueue_due() == 1
        row.refresh_from_db()
        assert row.next_run_at == datetime(2026, 11, 10, 2, 30, tzinfo=UTC)
        assert Job.objects.count() == 2


def test_a_job_that_still_waits_is_not_asked_for_twice() -> None:
    with time_machine.travel(datetime(2026, 11, 2, 1, tzinfo=UTC), tick=False) as clock:
        schedules.sync_schedules()
        for day in (3, 4, 5):
            clock.move_to(datetime(2026, 11, day, 3, tzinfo=UTC))
            schedules.enqueue_due()
        assert Job.objects.count() == 1


def test_rows_follow_the_code_and_keep_the_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    schedules.sync_schedules()
    Schedule.objects.update(is_enabled=False)
    Schedule.objects.create(name="old", task="task.that.is.gone", cron="* * * * *", next_run_at=datetime(2026, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(registry, "_schedules", {"test nightly": registry.Scheduled("test nightly", "test.scheduled", "0 4 * * *", {"text": "x"})})
    schedules.sync_schedules()
    row = Schedule.objects.get(name="test nightly")
    assert (row.cron, row.payload, row.is_enabled) == ("0 4 * * *", {"text": "x"}, False)
    assert not Schedule.objects.get(name="old").is_enabled
    assert schedules.enqueue_due(datetime(2030, 1, 1, tzinfo=UTC)) == 0


def test_a_wrong_cron_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="can't be read"):
        scheduled("broken", "every day")


def test_a_tick_is_taken_by_one_worker_at_a_time() -> None:
    beat = Tick("test", 10, lambda: None)
    with time_machine.travel(datetime(2026, 11, 2, 1, tzinfo=UTC), tick=False) as clock:
        assert [schedules.take_tick(beat) for _ in range(3)] == [True, False, False]
        clock.shift(timedelta(seconds=10))
        assert [schedules.take_tick(beat) for _ in range(3)] == [True, False, False]


def test_workers_that_died_are_forgotten_after_a_day() -> None:
    with time_machine.travel(datetime(2026, 11, 2, 1, tzinfo=UTC), tick=False) as clock:
        schedules.beat("dead", "worker")
        clock.shift(timedelta(days=2))
        schedules.beat("alive", "worker")
        schedules.beat("leaving", "worker")
        schedules.stop_beating("leaving")
        assert list(Heartbeat.objects.values_list("name", flat=True)) == ["alive"]
