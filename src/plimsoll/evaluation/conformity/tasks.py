"""What conformity does by the clock and on demand; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.evaluation.conformity.operations import assess
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.tasks.registry import scheduled, task


@scheduled("compute what the records prove", "4 6 * * *")
@task(name="conformity.assess", label=gettext_lazy("Compute what the records prove"))
def assess_all() -> dict[str, int]:
    """Compute every requirement anew, in every tenant that is set up."""
    made = [assess(tenant, channel="task") for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk")]
    return {"assessments": len(made)}


@task(name="conformity.assess_one", label=gettext_lazy("Compute what the records prove, on demand"))
def assess_one(tenant_id: int) -> dict[str, int]:
    """Compute every requirement of one tenant anew, as somebody asked."""
    row = assess(Tenant.objects.get(pk=tenant_id), channel="task")
    return {"assessment": row.pk}
