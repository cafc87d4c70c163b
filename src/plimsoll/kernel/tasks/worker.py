"""The worker: takes jobs one after the other; beside it, a pulse that keeps leases alive and a clock for schedules and ticks.

The main thread runs the job, so that a signal can end it. Each thread has its own connection.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, connections

from plimsoll.kernel.tasks import leases, running, schedules
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.tasks.registry import ticks

log = logging.getLogger("plimsoll.tasks")

SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 2.0  # seconds between two looks of an idle worker
LOOK_FOR_LOST = 5.0
RENEW = 10.0  # a third of the lease: two renewals may fail before it ends
HEARTBEAT = 20.0
GRACE = 20.0  # seconds for the job in hand after SIGTERM


class TimeIsUp(BaseException):
    """The grace after SIGTERM is over. Not an Exception, so that no task catches it; its open transaction is rolled back."""


class Worker:
    """One worker. `run` returns after SIGTERM or SIGINT, or when `once_empty` and nothing is due."""

    def __init__(self, *, grace: float = GRACE) -> None:
        self.name = running.worker_name()
        self.grace = grace
        self.done = 0
        self._stopping = False
        self._over = threading.Event()
        self._job: Job | None = None
        self._context: running.JobContext | None = None
        self._taken_at = self._renewed_at = self._beat_at = self._looked_at = 0.0
        self._ticked_at: dict[str, float] = {}
        # A pipe and not an Event: a signal handler that sets an Event can meet its own lock and hang.
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_writer, False)

    def run(self, *, once_empty: bool = False) -> None:
        """Work until told to stop."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._time_is_up)
        schedules.sync_schedules()
        schedules.beat(self.name, "worker")
        threads = [
            threading.Thread(target=self._repeat, args=(action, every), name=name, daemon=True)
            for name, action, every in (("pulse", self._pulse, 1.0), ("clock", self._clock, 1.0))
        ]
        for thread in threads:
            thread.start()
        try:
            self._work(once_empty)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._over.set()
            for thread in threads:
                thread.join(1.0)
            try:
                schedules.stop_beating(self.name)
            except DatabaseError:
                log.warning("The worker %s could not say goodbye.", self.name)

    def stop(self) -> None:
        """Take no further job."""
        self._stopping = True
        os.write(self._wake_writer, b"x")

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if not self._stopping:
            signal.setitimer(signal.ITIMER_REAL, self.grace)
            self.stop()

    def _time_is_up(self, number: int, frame: FrameType | None) -> None:
        if self._job is not None:
            raise TimeIsUp

    def _wait(self, seconds: float) -> None:
        select.select([self._wake_reader], [], [], seconds)

    def _work(self, once_empty: bool) -> None:
        pause, looked_at = SHORTEST_PAUSE, 0.0
        while not self._stopping:
            with_lost = time.monotonic() - looked_at >= LOOK_FOR_LOST
            try:
                job = leases.claim(self.name, with_lost=with_lost)
            except (DatabaseError, InterfaceError) as error:
                log.warning("The database does not answer (%s); the worker tries again.", error)
                connection.close()
                self._wait(LONGEST_PAUSE)
                continue
            if with_lost and job is None:
                looked_at = time.monotonic()
            if job is not None:
                pause = SHORTEST_PAUSE
                self._do(job)
            elif once_empty:
                return
            else:
                self._wait(pause)
                pause = min(pause * 1.3, LONGEST_PAUSE)

    def _do(self, job: Job) -> None:
        self._context = running.JobContext(job)
        self._taken_at = time.monotonic()
        self._job = job
        try:
            running.run(job, self._context)
            self.done += 1
        except TimeIsUp:
            self._job = None
            log.warning("Job %s (%s) is left to another worker: this one must go.", job.pk, job.task)
            leases.give_back(job)
        except (DatabaseError, InterfaceError):
            # Its outcome could not be kept. The lease ends by itself and the job runs again.
            log.exception("The outcome of job %s (%s) could not be kept.", job.pk, job.task)
            connection.close()
        finally:
            self._job = self._context = None

    def _repeat(self, action: Callable[[], None], every: float) -> None:
        """A thread's life: act, wait, and let no fault end it."""
        try:
            while not self._over.wait(every):
                try:
                    close_old_connections()
                    action()
                except Exception:
                    log.exception("The worker's %s stumbled; it goes on.", threading.current_thread().name)
                    connection.close()
        finally:
            connections.close_all()

    def _pulse(self) -> None:
        moment = time.monotonic()
        job, context = self._job, self._context
        if job is not None and context is not None and moment - max(self._taken_at, self._renewed_at) >= RENEW:
            self._renewed_at = moment
            if not leases.renew(job) and self._job is job:
                context.is_lost = True
        if moment - self._beat_at >= HEARTBEAT:
            self._beat_at = moment
            schedules.beat(self.name, "worker")

    def _clock(self) -> None:
        moment = time.monotonic()
        if moment - self._looked_at >= LOOK_FOR_LOST:
            self._looked_at = moment
            schedules.enqueue_due()
        for tick in ticks():
            if moment - self._ticked_at.get(tick.name, 0.0) >= tick.seconds:
                self._ticked_at[tick.name] = moment
                if schedules.take_tick(tick):
                    tick.function()
