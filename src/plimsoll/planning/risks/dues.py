"""Days of treatments: until when each is to be done."""

from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.records.dues import PartDue, declare_part_due
from plimsoll.planning.risks.models import Treatment

TREATMENT = declare_part_due(
    PartDue(model=Treatment, label=_("treatment"), record="risk", day="due_on", words="text", owner="owner", while_={"state": "open"})
)
