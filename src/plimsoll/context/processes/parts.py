"""The parts of a process, declared: activities, who does what, inputs and outputs, interfaces, success factors."""

from django.utils.translation import gettext_lazy as _

from plimsoll.context.parts.declaring import PartType
from plimsoll.context.processes.models import Activity, Duty, Factor, Flow, Interface
from plimsoll.context.processes.rules import OPEN
from plimsoll.kernel.figures.definitions import indicators

_CLOSED = _("The process is retired. Take it up again first.")


def offered_indicators() -> list[tuple[str, str]]:
    """Every indicator that is declared, by its key."""
    return [(indicator.key, f"{indicator.code} {indicator.title}") for indicator in indicators()]


ACTIVITIES = PartType(
    model=Activity,
    name="activity",
    plural="activities",
    record="process",
    fields=("position", "name", "trigger", "text", "result", "due"),
    title=_("Activities"),
    one=_("an activity"),
    nothing=_("No activity yet. Say what is done, in its order."),
    open_in=OPEN,
    closed=_CLOSED,
)
DUTIES = PartType(
    model=Duty,
    name="duty",
    plural="duties",
    record="process",
    fields=("activity", "role", "letter"),
    title=_("Who does what"),
    one=_("who does what"),
    nothing=_("Nobody is named yet. Say for each activity who does the work and which one role is accountable."),
    open_in=OPEN,
    closed=_CLOSED,
)
FLOWS = PartType(
    model=Flow,
    name="flow",
    plural="flows",
    record="process",
    fields=("direction", "name", "outside"),
    title=_("Inputs and outputs"),
    one=_("an input or output"),
    nothing=_("Nothing goes in or out yet. Say what the process needs and what it makes."),
    open_in=OPEN,
    closed=_CLOSED,
)
INTERFACES = PartType(
    model=Interface,
    name="interface",
    plural="interfaces",
    record="process",
    fields=("to", "information", "type", "method", "frequency", "trigger", "link"),
    title=_("Interfaces"),
    one=_("an interface"),
    nothing=_("It gives nothing to another process yet. Say what passes, to which one, how and how often."),
    open_in=OPEN,
    closed=_CLOSED,
)
FACTORS = PartType(
    model=Factor,
    name="factor",
    plural="factors",
    record="process",
    fields=("name", "indicator", "target", "threshold"),
    title=_("Success factors"),
    one=_("a success factor"),
    nothing=_("No success factor yet. Say what must go well, and by which indicator that shows."),
    open_in=OPEN,
    closed=_CLOSED,
    offered={"indicator": offered_indicators},
)
ALL = (ACTIVITIES, DUTIES, FLOWS, INTERFACES, FACTORS)
