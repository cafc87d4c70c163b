"""Running one job: find its task, call it, keep its result or its error. It knows workers only by name."""

from __future__ import annotations

import logging
import os
import socket
import time
import traceback
from datetime import datetime
from typing import Any

from django.db import connection

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.tasks import leases
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.tasks.registry import find

log = logging.getLogger("plimsoll.tasks")


class JobStopped(Exception):
    """The job was cancelled, or its lease was lost: leave it. Raised out of `progress`; let it pass."""


class GiveUp(Exception):
    """Raised by a task that will never succeed; no further attempt is made. `args[0]` is a sentence."""


class JobContext:
    """What a task that has a parameter `job` may ask and tell: who asked for it, and how far it is."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._told_at = 0.0
        self.is_lost = False  # set by the worker's pulse, too

    @property
    def id(self) -> int:
        return self._job.pk

    @property
    def attempt(self) -> int:
        """1 in the first run."""
        return self._job.attempts

    @property
    def tenant(self) -> Tenant | None:
        return self._job.tenant

    @property
    def asked_by(self) -> Person | None:
        """Who asked for it, with tenant and organization, ready to be the actor."""
        if self._job.asked_by_id is None:
            return None
        return Person.objects.select_related("tenant", "organization").get(pk=self._job.asked_by_id)

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell how far it is, as often as you like: written once a second at most. Raises JobStopped when the job was cancelled.

        Call it between transactions: inside one, others see it only after the commit.
        """
        if self.is_lost:
            raise JobStopped
        moment = time.monotonic()
        if moment - self._told_at < 1 and done != total:
            return
        self._told_at = moment
        if not leases.renew(self._job, progress={"done": done, "total": total, "note": note}):
            self.is_lost = True
            raise JobStopped


def worker_name() -> str:
    """This process, so that no other ever has the name: host, process, and a few random bytes."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{os.urandom(3).hex()}"


def run(job: Job, context: JobContext | None = None) -> bool:
    """Run a claimed job to its end and keep the outcome. True when it is done. Never raises what the task raised."""
    context = context or JobContext(job)
    wanted = find(job.task)
    if wanted is None:
        leases.fail(job, f"This program knows no task called {job.task}.")
        return False
    given: dict[str, Any] = {**job.payload, "job": context} if wanted.takes_job else job.payload
    try:
        outcome = wanted.function(**given)
    except JobStopped:
        log.info("Job %s (%s) was cancelled.", job.pk, job.task)
        return False
    except GiveUp as error:
        log.warning("Job %s (%s) is given up: %s", job.pk, job.task, error)
        _after_a_fault()
        leases.fail(job, str(error), for_good=True)
        return False
    except Exception as error:
        log.exception("Job %s (%s) failed in attempt %s of %s.", job.pk, job.task, job.attempts, job.most_attempts)
        _after_a_fault()
        leases.fail(job, f"{type(error).__name__}: {error}\n\n{traceback.format_exc(limit=-8)}")
        return False
    if not leases.finish(job, outcome):
        log.warning("Job %s (%s) was cancelled or taken over while it ran; its result is dropped.", job.pk, job.task)
        return False
    return True


def _after_a_fault() -> None:
    """A broken connection must not take the report of the failure with it."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def run_one(job_id: int) -> bool:
    """Run one job by its id, if it is due and nobody has it: what the worker of a broker calls. True when it is done."""
    job = leases.claim(worker_name(), job_id=job_id)
    return job is not None and run(job)


def run_waiting(most: int = 1000) -> int:
    """Run what is due, here, one after the other; for tests and `plimsoll worker --until-empty`. Returns how many ran."""
    name = worker_name()
    count = 0
    while count < most and (job := leases.claim(name)) is not None:
        run(job)
        count += 1
    return count


class AtOnce:
    """The engine of tests: each job runs in this process right after its commit. One for later stays a row."""

    def announce(self, job_id: int, run_at: datetime) -> None:
        if run_at <= now():
            run_one(job_id)
