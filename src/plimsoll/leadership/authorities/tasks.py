"""What authorities do by the clock; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.tasks.registry import scheduled, task
from plimsoll.leadership.authorities.operations import expire, remind


@scheduled("acceptance of roles and of conflicts", "27 4 * * *")
@task(name="authorities.daily", label=gettext_lazy("Remind of roles that were not accepted, and end accepted conflicts of duties"))
def follow() -> int:
    """In every tenant; what was told is not told again."""
    return sum(remind(tenant) + expire(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk"))
