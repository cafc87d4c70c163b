"""What incidents do by the clock; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.tasks.registry import scheduled, task
from plimsoll.resolution.incidents.operations import close_the_confirmed


@scheduled("close resolved incidents", "17 3 * * *")
@task(name="incidents.close_the_confirmed", label=gettext_lazy("Close what was resolved long enough ago"))
def close_resolved() -> dict[str, int]:
    """Close what was resolved long enough ago, in every tenant."""
    results = [close_the_confirmed(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk")]
    return {"closed": sum(c for c, _ in results), "stayed": sum(s for _, s in results)}
