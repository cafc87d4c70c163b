"""The parts of a scope, declared: exclusions, milestones, resources."""

from django.utils.translation import gettext_lazy as _

from plimsoll.context.parts.declaring import PartType
from plimsoll.context.scopes.models import Exclusion, Milestone, ScopeResource
from plimsoll.context.scopes.rules import CONTENT_OPEN

_CLOSED = _("A scope changes while it is a draft. Send it back, or draft the next one.")
EXCLUSIONS = PartType(
    model=Exclusion,
    name="exclusion",
    plural="exclusions",
    record="scope",
    fields=("kind", "record", "text", "reason"),
    title=_("Exclusions"),
    one=_("an exclusion"),
    nothing=_("Nothing is excluded so far. If it stays so, say so on the scope itself."),
    open_in=CONTENT_OPEN,
    closed=_CLOSED,
)
MILESTONES = PartType(
    model=Milestone,
    name="milestone",
    plural="milestones",
    record="scope",
    fields=("name", "due_on", "done_on"),
    title=_("Timeline"),
    one=_("a milestone"),
    nothing=_("No milestone yet. Say by which steps the management system is put in place, and until when."),
    open_in=CONTENT_OPEN,
    closed=_CLOSED,
    late=("done_on",),
)
RESOURCES = PartType(
    model=ScopeResource,
    name="resource",
    plural="resources",
    record="scope",
    fields=("kind", "text", "amount"),
    title=_("Resources"),
    one=_("a resource"),
    nothing=_("No resource yet. Say what is needed to put the management system in place and to run it."),
    open_in=CONTENT_OPEN,
    closed=_CLOSED,
)
ALL = (EXCLUSIONS, MILESTONES, RESOURCES)
