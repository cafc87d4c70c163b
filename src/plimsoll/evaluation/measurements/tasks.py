"""What measurements do by the clock; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.evaluation.measurements.operations import compute_ended_months
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.tasks.registry import scheduled, task


@scheduled("compute the figures of ended months", "43 2 * * *")
@task(name="measurements.compute", label=gettext_lazy("Compute and freeze the months of indicators"))
def compute_months() -> dict[str, int]:
    """Compute what ended, and freeze what is due, in every tenant."""
    results = [compute_ended_months(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk")]
    return {name: sum(r[name] for r in results) for name in ("computed", "frozen")}
