"""What runs by the clock: schedule rows kept equal to the code, one job per due moment, and ticks, whoever of many workers is first."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from croniter import croniter
from django.db.models import Q

from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.tasks import queue
from plimsoll.kernel.tasks.models import Heartbeat, Schedule
from plimsoll.kernel.tasks.registry import Tick, find, schedules

log = logging.getLogger("plimsoll.tasks")


def next_moment(cron: str, after: datetime) -> datetime:
    """The first moment of a cron expression (UTC) that lies after another."""
    found: datetime = croniter(cron, after.astimezone(UTC)).get_next(datetime)
    return found


def sync_schedules() -> None:
    """Make the rows of declared schedules equal to the code. Whether one is switched off is the organization's to say, and stays."""
    moment = now()
    rows = {row.name: row for row in Schedule.objects.all()}
    changed: list[Schedule] = []
    for declared in schedules():
        row = rows.get(declared.name) or Schedule(name=declared.name)
        if row.pk and (row.task, row.cron, row.payload) == (declared.task, declared.cron, declared.payload):
            continue
        row.task, row.cron, row.payload, row.next_run_at = declared.task, declared.cron, declared.payload, next_moment(declared.cron, moment)
        changed.append(row)
    gone = [row for row in rows.values() if row.is_enabled and find(row.task) is None]
    if not changed and not gone:
        return
    with writing():
        # One statement that forgives a second worker which starts at the same moment.
        Schedule.objects.bulk_create([row for row in changed if not row.pk], ignore_conflicts=True)
        for row in changed:
            if row.pk:
                row.save(update_fields=["task", "cron", "payload", "next_run_at"])
        for row in gone:
            log.warning("The schedule %s is switched off: this program knows no task called %s.", row.name, row.task)
            row.is_enabled = False
            row.save(update_fields=["is_enabled"])


def enqueue_due(moment: datetime | None = None) -> int:
    """Enqueue each schedule whose moment has come, once however many look, and once after a long stop. Returns how many."""
    at = moment or now()
    due = Schedule.objects.filter(is_enabled=True, next_run_at__lte=at)
    if not due.exists():
        return 0
    count = 0
    with writing():
        for row in due.select_for_update(skip_locked=True).order_by("next_run_at"):
            wanted = find(row.task)
            # The next moment follows the present one, so that a night of downtime is caught up once and not twelve times.
            row.last_run_at, row.next_run_at = at, next_moment(row.cron, at)
            row.save(update_fields=["last_run_at", "next_run_at"])
            if wanted is not None:
                queue.enqueue(wanted.name, payload=row.payload, attempts=wanted.attempts, priority=wanted.priority, dedupe_key=f"schedule {row.name}")
                count += 1
    return count


def beat(name: str, kind: str) -> None:
    """Say that a worker lives."""
    with writing():
        Heartbeat.objects.update_or_create(name=name, defaults={"kind": kind, "at": now()})


def stop_beating(name: str) -> None:
    """A worker that leaves in order is not missed; those that died are forgotten after a day."""
    with writing():
        Heartbeat.objects.filter(Q(name=name) | Q(at__lt=now() - timedelta(days=1))).delete()


def take_tick(tick: Tick) -> bool:
    """True for exactly one of all workers every `tick.seconds`."""
    moment = now()
    # A tenth of grace: a worker's own clock must not make it miss every second turn.
    rows = Heartbeat.objects.filter(name=f"tick {tick.name}", at__lte=moment - timedelta(seconds=tick.seconds * 0.9))
    if not rows.exists():
        if Heartbeat.objects.filter(name=f"tick {tick.name}").exists():
            return False
        with writing():
            return len(Heartbeat.objects.bulk_create([Heartbeat(name=f"tick {tick.name}", kind="tick", at=moment)], ignore_conflicts=True)) == 1
    with writing():
        return bool(rows.update(at=moment))
