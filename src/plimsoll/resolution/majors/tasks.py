"""What major incidents do by the clock; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.tasks.registry import scheduled, task
from plimsoll.resolution.majors.proposing import propose_by_time
from plimsoll.resolution.majors.watching import escalate_late


@scheduled("look at the clocks of major incidents", "* * * * *")
@task(name="majors.watch", label=gettext_lazy("Look at the clocks of major incidents, and propose what has been open too long"))
def watch() -> dict[str, int]:
    """Tell of what runs over, and propose by time, in every tenant."""
    proposed = sum(propose_by_time(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk"))
    return {"late": escalate_late(), "proposed": proposed}
