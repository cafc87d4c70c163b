"""Looks that are long over, thin."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.presence.operations import clear_presence
from plimsoll.kernel.tasks.registry import scheduled, task


@scheduled("forget who was looking", "11 * * * *")
@task(name="presence.clear", label=gettext_lazy("Forget who was looking"), attempts=2)
def clear() -> dict[str, int]:
    """Forget looks that are more than an hour old."""
    return {"looks": clear_presence(now() - timedelta(hours=1))}
