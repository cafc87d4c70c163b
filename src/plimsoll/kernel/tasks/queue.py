"""Asking for background work: enqueue, try again, cancel. The row is inserted in the asker's transaction; an engine only hears of it.

The engine is the setting `PLIMSOLL_TASKS`: "database" (workers look for rows), "at once" (run in this process after the commit; for
tests), or the dotted path of a class with `announce(job_id, run_at)`. Such an executor, for Celery say, pushes the id alone through
its broker and its worker calls `running.run_one(job_id)`. The row stays the truth: what a broker loses, a database worker picks up.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any, Protocol

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.text import plain
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.tasks.models import Job

# By path, as settings name backends: the engine that runs at once stands above this module.
ENGINES = {"database": "plimsoll.kernel.tasks.queue.Database", "at once": "plimsoll.kernel.tasks.running.AtOnce"}


class JobRefused(Exception):
    """A job can't be tried again or cancelled as it stands now; `args[0]` is a sentence for people."""


class Executor(Protocol):
    """Hears of each job after its commit."""

    def announce(self, job_id: int, run_at: datetime) -> None: ...


class Database:
    """Nothing to tell: the workers look for rows by themselves."""

    def announce(self, job_id: int, run_at: datetime) -> None:
        return None


@lru_cache(maxsize=4)
def _engine(name: str) -> Executor:
    return import_string(ENGINES.get(name, name))()  # type: ignore[no-any-return]


def executor() -> Executor:
    """The engine of this process."""
    return _engine(getattr(settings, "PLIMSOLL_TASKS", "database"))


def full_key(task: str, tenant: Tenant | None, key: str) -> str | None:
    """The key as it is stored: no tenant's key ever meets another's, nor another task's."""
    if not key:
        return None
    whole = f"{task}|{tenant.pk if tenant else ''}|{key}"
    return whole if len(whole) <= 200 else hashlib.sha256(whole.encode()).hexdigest()


def waiting_twin(key: str) -> Job | None:
    """The job of this key that is still to be run."""
    return Job.objects.filter(dedupe_key=key, finished_at=None, lease_until=None).first()


def enqueue(
    task: str,
    *,
    payload: dict[str, Any],
    attempts: int,
    priority: int = 0,
    tenant: Tenant | None = None,
    asked_by: Person | None = None,
    run_after: datetime | timedelta | None = None,
    dedupe_key: str = "",
) -> Job:
    """Insert the row of a job; see `registry.Task.enqueue`, through which tasks are asked for."""
    moment = now()
    run_at = moment + run_after if isinstance(run_after, timedelta) else run_after or moment
    key = full_key(task, tenant, dedupe_key)
    job = Job(
        tenant=tenant,
        task=task,
        payload=plain(payload),
        priority=priority,
        run_at=run_at,
        most_attempts=attempts,
        dedupe_key=key,
        asked_by=asked_by,
        created_at=moment,
    )
    with writing():
        if key is None:
            job.save(force_insert=True)
        else:
            while True:
                if (twin := waiting_twin(key)) is not None:
                    return twin
                try:
                    with transaction.atomic():
                        job.save(force_insert=True)
                    break
                except IntegrityError:  # someone was faster by a hair; the twin is there now, or already runs
                    job.pk = None
        transaction.on_commit(partial(executor().announce, job.pk, run_at))
    return job


def _told(job: Job, action: str, old: str, *, by: Person, channel: str) -> None:
    tenant_id = job.tenant_id or by.tenant_id
    if tenant_id is not None:
        publish(
            KeptChanged(
                tenant_id=tenant_id, kind="job", subject_id=job.pk, action=action, by_id=by.pk, channel=channel, changes={"state": (old, job.state)}
            )
        )


def retry(job: Job, *, by: Person, channel: str) -> Job:
    """Run a job again that failed, was given up or was cancelled: now, with all its attempts. Raises JobRefused."""
    with writing():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        old = locked.state
        if old not in ("failed", "dead", "stopped"):
            raise JobRefused(
                _("Job %(number)d is %(state)s. Only a job that failed, was given up or was cancelled can be tried again.")
                % {"number": locked.pk, "state": locked.get_state_display().lower()}
            )
        if locked.dedupe_key and (twin := waiting_twin(locked.dedupe_key)) is not None and twin.pk != locked.pk:
            raise JobRefused(
                _("Job %(twin)d waits already and does the same work; job %(number)d isn't needed.") % {"twin": twin.pk, "number": locked.pk}
            )
        locked.state, locked.attempts, locked.run_at, locked.finished_at = "waiting", 0, now(), None
        locked.save(update_fields=["state", "attempts", "run_at", "finished_at"])
        _told(locked, "retry", old, by=by, channel=channel)
        transaction.on_commit(partial(executor().announce, locked.pk, locked.run_at))
    return locked


def cancel(job: Job, *, by: Person, channel: str) -> Job:
    """Cancel a job that is not over. One that runs is left at its next report of progress; what it has committed stays. Raises JobRefused."""
    with writing():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        old = locked.state
        if locked.finished_at is not None:
            raise JobRefused(
                _("Job %(number)d is over: %(state)s. There is nothing to cancel.")
                % {"number": locked.pk, "state": locked.get_state_display().lower()}
            )
        locked.state, locked.finished_at, locked.lease_until, locked.leased_by = "stopped", now(), None, ""
        locked.save(update_fields=["state", "finished_at", "lease_until", "leased_by"])
        _told(locked, "cancel", old, by=by, channel=channel)
    return locked
