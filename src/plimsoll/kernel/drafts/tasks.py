"""Drafts that nobody came back to, thin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from plimsoll.kernel.drafts.operations import KEPT_FOR, clear_drafts
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.tasks.registry import scheduled, task


@scheduled("forget drafts after a month", "41 4 * * *")
@task(name="drafts.clear", label=gettext_lazy("Forget drafts that were left alone"), attempts=2)
def clear() -> dict[str, int]:
    """Forget drafts that were untouched for thirty days."""
    return {"drafts": clear_drafts(now() - KEPT_FOR)}
