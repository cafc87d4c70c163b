"""The parts of an interested party, declared: its requirements."""

from django.utils.translation import gettext_lazy as _

from plimsoll.context.interested_parties.models import PartyRequirement
from plimsoll.context.interested_parties.rules import OPEN
from plimsoll.context.parts.declaring import PartType

REQUIREMENTS = PartType(
    model=PartyRequirement,
    name="requirement",
    plural="requirements",
    record="party",
    fields=("kind", "text", "is_climate", "addressed_by", "how", "decided_on"),
    title=_("Requirements"),
    one=_("a requirement"),
    nothing=_("No requirement yet. Say what they require of the management system or the services, and where that is addressed."),
    open_in=OPEN,
    closed=_("They are no longer relevant. Take them up again first."),
)
