"""The house's own background work, thin: sealing the trail, comparing projections, clearing what is past its time."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from plimsoll.kernel.api.models import IdempotentAnswer
from plimsoll.kernel.lib.db import learn_sizes, writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.tasks.registry import scheduled, task, tick
from plimsoll.kernel.trail.models import Entry, Seal
from plimsoll.kernel.trail.seals import seal
from plimsoll.site.serving.proving import compare_projections

log = logging.getLogger("plimsoll.upkeep")

ANSWERS_ARE_KEPT = timedelta(hours=24)
JOBS_ARE_KEPT = timedelta(days=30)
SAMPLE = 200
# On PostgreSQL an entry with a lower number may commit after a higher one was sealed; look for such every few minutes.
LOOK_BEHIND = 300.0
_looked_at = 0.0


@tick(name="seal the trail", seconds=10)
def seal_new() -> int:
    """Seal what is new; two small reads when nothing is."""
    global _looked_at  # noqa: PLW0603 (when this process last looked behind)
    newest = Entry.objects.order_by("-id").values_list("id", flat=True).first()
    sealed = Seal.objects.order_by("-number").values_list("newest", flat=True).first()
    if newest is None or (sealed is not None and newest <= sealed and time.monotonic() - _looked_at < LOOK_BEHIND):
        return 0
    _looked_at = time.monotonic()
    return seal()


@scheduled("compare a sample of projections", "17 3 * * *")
@task(name="records.compare_a_sample", label=gettext_lazy("Compare a sample of records with their cards and spans"), attempts=2)
def compare_a_sample(*, most: int = SAMPLE) -> dict[str, Any]:
    """Compare the projections of some records with the records and log what differs."""
    outcome = compare_projections(most)
    for fault in outcome.faults:
        log.error("A projection differs from its record; run plimsoll rebuild. %s", fault)
    return {"compared": outcome.compared, "of": outcome.of, "faults": outcome.faults[:50]}


@scheduled("clear what is past its time", "23 * * * *")
@task(name="upkeep.clear", label=gettext_lazy("Clear what is past its time"), attempts=2)
def clear() -> dict[str, int]:
    """Forget answers to repeated creations after a day, jobs after a month, sessions after their end. Short transactions."""
    moment = now()
    cleared = {
        "answers": _in_slices(IdempotentAnswer.objects.filter(created_at__lt=moment - ANSWERS_ARE_KEPT)),
        "jobs": _in_slices(Job.objects.filter(finished_at__lt=moment - JOBS_ARE_KEPT)),
    }
    store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    with writing():
        store.clear_expired()
    learn_sizes()
    return cleared


def _in_slices(rows: Any, size: int = 1000) -> int:
    """Delete rows a thousand at a time, so that no writer waits long."""
    count = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:size]):
        with writing():
            count += rows.model.objects.filter(pk__in=keys).delete()[0]
    return count
