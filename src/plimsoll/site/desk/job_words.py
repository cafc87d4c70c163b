"""Background work in words: what a job is for, and what became of it. The task's own declaration says the first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.tasks.registry import find
from plimsoll.site.serving import tasks as of_the_house  # noqa: F401 (no app, so not discovered: known here by being imported)

MOST_ROWS = 5


def name_of(task: str) -> str:
    """What people call this work. A task that this program no longer knows says so; its technical name stands beside it."""
    known = find(task)
    return str(known.label) if known is not None and known.label else _("Work that this version does not know")


def detail_of(job: Job) -> str:
    """The technical name, the number and the last line of what went wrong, for whoever keeps the system."""
    wrong = job.error.strip().split("\n")[-1][:300]
    return f"{job.task} {job.pk}" + (f" · {wrong}" if wrong else "")


def outcome_of(job: Job) -> list[str]:
    """What became of the rows of a bulk act: how many were done, and why others stayed. Other work says it on its own page."""
    result: Any = job.result
    if job.task != "ui.bulk" or not isinstance(result, dict):
        return []
    done = int(result.get("done", 0))
    stayed: dict[str, str] = result.get("stayed") or {}
    said = [ngettext("%(n)d record was moved or given away.", "%(n)d records were moved or given away.", done) % {"n": done}]
    said += [_("%(ref)s stayed: %(why)s") % {"ref": ref, "why": why} for ref, why in list(stayed.items())[:MOST_ROWS]]
    if (more := len(stayed) - MOST_ROWS) > 0:
        said.append(ngettext("%(n)d more stayed.", "%(n)d more stayed.", more) % {"n": more})
    return said
