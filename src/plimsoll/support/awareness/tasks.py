"""What awareness does by the clock; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.tasks.registry import scheduled, task
from plimsoll.support.awareness.operations import ask_anew, remind


@scheduled("awareness statements", "11 5 * * *")
@task(name="awareness.ask", label=gettext_lazy("Awareness statements put before people again, and reminders"))
def ask() -> dict[str, int]:
    """Ask anew what was confirmed a year ago, and remind of what waits, in every tenant. Returns how many of each."""
    asked = reminded = 0
    for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk"):
        asked += ask_anew(tenant)
        reminded += remind(tenant)
    return {"asked": asked, "reminded": reminded}
