"""What major incidents do by the clock; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.tasks.registry import task, tick
from plimsoll.resolution.majors.operations import reply_to_the_rest
from plimsoll.resolution.majors.proposing import propose_by_time
from plimsoll.resolution.majors.watching import escalate_late


@task(name="majors.reply", label=gettext_lazy("Tell the incidents under a major one"))
def reply(*, comment: int, after: int) -> int:
    """Say an update on every incident under the lead that was not told yet. Returns how many."""
    return reply_to_the_rest(comment, after=after)


@tick(name="majors.late", seconds=20)
def late() -> int:
    """Tell of every clock of a major incident that ran over. Returns how many."""
    return escalate_late()


@tick(name="majors.propose", seconds=60)
def propose() -> int:
    """Propose, in every tenant, what meets a criterion by now because time went by. Returns how many."""
    return sum(propose_by_time(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk"))
