"""Days of milestones: until when each step of putting the management system in place is to be done."""

from django.utils.translation import gettext_lazy as _

from plimsoll.context.scopes.models import Milestone
from plimsoll.kernel.records.dues import PartDue, declare_part_due

MILESTONE = declare_part_due(PartDue(model=Milestone, label=_("milestone"), record="scope", day="due_on", words="name", while_={"done_on": None}))
