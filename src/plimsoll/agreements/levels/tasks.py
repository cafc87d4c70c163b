"""What agreements do in the background; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.agreements.levels.models import Recalculation
from plimsoll.agreements.levels.recalculating import apply, compute
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.tasks.registry import task


@task(name="levels.recalculation", label=gettext_lazy("Recalculation an agreement"), attempts=3)
def run_recalculation(*, recalculation: int, act: str, by: int) -> dict[str, int]:
    """Compute the list of a recalculation, or apply it. Asked again after its end it does nothing."""
    found = Recalculation.objects.select_related("tenant", "agreement", "card").get(pk=recalculation)
    if act == "compute" and found.state == "computing":
        found = compute(found)
    elif act == "apply" and found.state == "applying":
        found = apply(found, asked_by=Person.objects.get(pk=by))
    return {"considered": found.considered, "differing": found.differing, "verdicts_changed": found.verdicts_changed}
