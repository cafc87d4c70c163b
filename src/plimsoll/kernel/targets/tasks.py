"""What runs by itself: looking every few seconds for targets that are used up, and once more for what is open when the rules changed."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from plimsoll.kernel.targets.escalating import escalate_due, plan_warnings
from plimsoll.kernel.tasks.registry import task, tick


@tick(name="targets.escalate", seconds=10)
def escalate() -> int:
    """Escalate what is due. Runs beside the jobs, and skips fast."""
    return escalate_due()


@task(name="targets.warn", label=gettext_lazy("Look by the new rules of escalation after what is open"))
def warn(*, of: int, since: str) -> int:
    """Plan by the rules of now when the running clocks of an organization are told of next. Returns of how many."""
    return plan_warnings(of, datetime.fromisoformat(since))
