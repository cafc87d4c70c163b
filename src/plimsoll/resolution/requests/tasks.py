"""What requests do in the background; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.tasks.registry import scheduled, task
from plimsoll.resolution.requests.accesses import end_what_is_over, proceed_access
from plimsoll.resolution.requests.models import AccessRight, Request
from plimsoll.resolution.requests.operations import close_the_fulfilled, proceed
from plimsoll.resolution.requests.recurring import place_due


@task(name="requests.proceed", label=gettext_lazy("Let a request go on"), priority=5)
def proceed_request(*, request: int) -> str:
    """Let a request go as far as it goes by itself."""
    return proceed(Request.objects.get(pk=request)).state


@task(name="requests.proceed_access", label=gettext_lazy("Take an access away"))
def proceed_an_access(*, access: int) -> str:
    """Open the task that takes an access away, or say that it is gone."""
    return proceed_access(AccessRight.objects.get(pk=access)).state


@scheduled("accesses that end", "7 * * * *")
@task(name="requests.end_accesses", label=gettext_lazy("Let accesses end whose time is over"))
def end_accesses() -> dict[str, int]:
    """End accesses whose time is over and remind of those that end soon, in every tenant."""
    results = [end_what_is_over(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk")]
    return {"ended": sum(e for e, _ in results), "reminded": sum(r for _, r in results)}


@scheduled("recurring orders", "23 * * * *")
@task(name="requests.place_recurring", label=gettext_lazy("Place recurring orders"))
def place_recurring() -> dict[str, int]:
    """Place the recurring orders that are due, in every tenant."""
    results = [place_due(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk")]
    return {"placed": sum(p for p, _ in results), "failed": sum(f for _, f in results)}


@scheduled("close fulfilled requests", "27 3 * * *")
@task(name="requests.close_the_fulfilled", label=gettext_lazy("Close what was fulfilled long enough ago"))
def close_fulfilled() -> dict[str, int]:
    """Close what was fulfilled long enough ago, in every tenant."""
    results = [close_the_fulfilled(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk")]
    return {"closed": sum(c for c, _ in results), "stayed": sum(s for _, s in results)}
