"""What risks do in the background; thin: find, call one operation."""

from django.utils.translation import gettext_lazy

from plimsoll.kernel.tasks.registry import task
from plimsoll.planning.risks.models import RiskCriteria
from plimsoll.planning.risks.operations import TASK, judge_all


@task(name=TASK, label=gettext_lazy("Risks judged by new criteria"), attempts=3)
def run_judging(*, criteria: int) -> dict[str, int]:
    """Judge every current risk anew; asked again it goes on where it stopped."""
    return {"changed": judge_all(RiskCriteria.objects.select_related("tenant", "organization").get(pk=criteria))}
