"""What conformity does by the clock and on demand; thin: find, call one operation. A run that is repeated asks nothing twice."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy

from plimsoll.evaluation.conformity.operations import assess
from plimsoll.evaluation.conformity.queries import latest
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.tasks.registry import scheduled, task

SOON = timedelta(hours=1)  # a daily run that follows so closely upon another one is the same that was begun again


@scheduled("compute what the records prove", "4 6 * * *")
@task(name="conformity.assess", label=gettext_lazy("Compute what the records prove"))
def assess_all() -> dict[str, int]:
    """Compute every requirement anew, in every tenant that is set up."""
    made = 0
    for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk"):
        before = latest(tenant)
        if before is None or before.at <= now() - SOON:
            assess(tenant, channel="task")
            made += 1
    return {"assessments": made}


@task(name="conformity.assess_one", label=gettext_lazy("Compute what the records prove, on demand"))
def assess_one(tenant_id: int, asked_at: str) -> dict[str, int]:
    """Compute every requirement of one tenant anew, unless that was done since somebody asked for it."""
    tenant = Tenant.objects.get(pk=tenant_id)
    before = latest(tenant)
    if before is not None and before.at >= datetime.fromisoformat(asked_at):
        return {"assessments": 0}
    assess(tenant, channel="task")
    return {"assessments": 1}
