"""What runs by itself: looking every few seconds for targets that are used up."""

from plimsoll.kernel.targets.escalating import escalate_due
from plimsoll.kernel.tasks.registry import tick


@tick(name="targets.escalate", seconds=10)
def escalate() -> int:
    """Escalate what is due. Runs beside the jobs, and skips fast."""
    return escalate_due()
