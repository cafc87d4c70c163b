"""Files that nobody came back to, thin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.tasks.registry import scheduled, task
from plimsoll.support.intake.operations import KEPT_FOR, clear_intakes


@scheduled("forget files to be taken in after a month", "52 4 * * *")
@task(name="intake.clear", label=gettext_lazy("Forget files that were to be taken in and were left alone"), attempts=2)
def clear() -> dict[str, int]:
    """Forget files that were untouched for thirty days."""
    return {"files": clear_intakes(now() - KEPT_FOR)}
