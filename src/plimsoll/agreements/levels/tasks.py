"""What agreements do in the background; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.agreements.levels.models import Recalculation
from plimsoll.agreements.levels.recalculating import apply, compute
from plimsoll.agreements.levels.reminding import remind
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.tasks.registry import scheduled, task


@task(name="levels.recalculation", label=gettext_lazy("Recalculation of an agreement"), attempts=3)
def run_recalculation(*, recalculation: int, act: str, by: int) -> dict[str, int]:
    """Compute the list of a recalculation, or apply it. Asked again after its end it does nothing."""
    found = Recalculation.objects.select_related("tenant", "agreement", "card").get(pk=recalculation)
    if act == "compute" and found.state == "computing":
        found = compute(found)
    elif act == "apply" and found.state == "applying":
        found = apply(found, asked_by=Person.objects.get(pk=by))
    return {"considered": found.considered, "differing": found.differing, "verdicts_changed": found.verdicts_changed}


@scheduled("remind of reviews and ends of agreements", "17 5 * * *")
@task(name="levels.remind", label=gettext_lazy("Remind owners of agreements of reviews and ends"))
def remind_of_agreements() -> int:
    """Remind in every tenant; what was told is not told again."""
    return sum(remind(tenant) for tenant in Tenant.objects.exclude(set_up_at=None).order_by("pk"))
