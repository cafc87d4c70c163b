"""What articles do by the clock; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.tasks.registry import scheduled, task
from plimsoll.support.knowledge.operations import expire_overdue


@scheduled("mark overdue articles", "37 4 * * *")
@task(name="knowledge.expire_overdue", label=gettext_lazy("Mark articles whose review is overdue"))
def expire() -> int:
    """Mark what was to be reviewed by yesterday, in every tenant. Returns how many."""
    return sum(expire_overdue(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk"))
