"""Who works on which job: claim, renew, finish, fail, give back. A lease that nobody renews ends, and another worker takes the job.

Two short write transactions per job, claim and finish, because SQLite has one writer.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.text import plain
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.tasks.queue import waiting_twin

LEASE = timedelta(seconds=30)
FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=1)
MOST_ERROR = 8_000  # characters of an error that are kept


def delay(attempts: int, chance: float | None = None) -> timedelta:
    """How long to wait after so many attempts: doubling from 10 s to an hour, ±20 % so that what failed together does not return together."""
    spread = 0.8 + 0.4 * (random.random() if chance is None else chance)  # noqa: S311 (spreads load, guards nothing)
    doubled: timedelta = min(FIRST_DELAY * 2.0 ** min(attempts - 1, 16), LONGEST_DELAY)
    return doubled * spread


def _due(moment: datetime) -> Any:
    return Job.objects.filter(finished_at=None, lease_until=None, run_at__lte=moment).order_by("-priority", "run_at", "id")


def _lost(moment: datetime) -> Any:
    return Job.objects.filter(lease_until__isnull=False, lease_until__lt=moment).order_by("lease_until")


def claim(worker: str, *, with_lost: bool = True, job_id: int | None = None) -> Job | None:
    """Take the next job, or None. Looks first without a lock: an idle worker costs one small read and never disturbs a writer.

    `with_lost` also looks for jobs whose worker died. `job_id` takes that one only, if it is due.
    """
    moment = now()
    for rows in (_due(moment), *([_lost(moment)] if with_lost else [])):
        wanted = rows if job_id is None else rows.filter(pk=job_id)
        if not wanted.values_list("pk", flat=True)[:1]:
            continue
        with writing():
            job: Job | None = wanted.select_for_update(skip_locked=True).first()
            if job is None:
                continue
            if job.state == "running" and job.attempts >= job.most_attempts:
                _bury(job, _("Its worker died in the middle, %(count)d times.") % {"count": job.attempts}, moment)
                continue
            job.state, job.attempts, job.lease_until, job.leased_by = "running", job.attempts + 1, moment + LEASE, worker
            job.started_at, job.progress = moment, {}
            job.save(update_fields=["state", "attempts", "lease_until", "leased_by", "started_at", "progress"])
        return job
    return None


def held(job: Job) -> Any:
    """The row of a job as long as it is still ours: same worker, same attempt."""
    return Job.objects.filter(pk=job.pk, state="running", leased_by=job.leased_by, attempts=job.attempts)


def renew(job: Job, **values: Any) -> bool:
    """Keep the job for another 30 s; False when it was cancelled or taken over."""
    with writing():
        return bool(held(job).update(lease_until=now() + LEASE, **values))


def finish(job: Job, result: Any) -> bool:
    """The job is done. False when it was no longer ours: then its result is dropped, as someone else's counts."""
    with writing():
        return bool(held(job).update(state="done", result=plain(result), error="", finished_at=now(), lease_until=None))


def fail(job: Job, error: str, *, for_good: bool = False) -> bool:
    """The job failed: try again later, or give it up after the last attempt. False when it was no longer ours."""
    moment = now()
    with writing():
        if not held(job).exists():
            return False
        if for_good or job.attempts >= job.most_attempts:
            _bury(job, error, moment)
            return True
        wait = delay(job.attempts)
        try:
            with transaction.atomic():
                held(job).update(state="failed", error=error[-MOST_ERROR:], run_at=moment + wait, lease_until=None)
        except IntegrityError:  # the same work was asked for again meanwhile
            twin = waiting_twin(job.dedupe_key or "")
            held(job).update(
                state="stopped",
                finished_at=moment,
                lease_until=None,
                error=_("Failed, and job %(twin)s does the same work: %(error)s") % {"twin": twin.pk if twin else "?", "error": error[-MOST_ERROR:]},
            )
    return True


def _bury(job: Job, error: str, moment: datetime) -> None:
    Job.objects.filter(pk=job.pk).update(state="dead", error=error[-MOST_ERROR:], finished_at=moment, lease_until=None)


def give_back(job: Job) -> None:
    """A worker that must go leaves the job to the next at once; the attempt does not count. Joins a twin that waits, if there is one."""
    with writing():
        if job.dedupe_key and waiting_twin(job.dedupe_key) is not None:
            held(job).update(lease_until=now())  # taken up as a lost one
        else:
            held(job).update(state="waiting", attempts=job.attempts - 1, run_at=now(), lease_until=None)
