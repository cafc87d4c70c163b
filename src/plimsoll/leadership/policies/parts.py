"""What carries out statements, declared as a part of documents."""

from django.utils.translation import gettext_lazy as _

from plimsoll.context.parts.declaring import PartType
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.leadership.policies.models import Serving

SERVINGS = PartType(
    model=Serving,
    name="serving",
    plural="servings",
    record="document",
    fields=("statement", "record"),
    title=_("Carried out by"),
    one=_("what carries out a statement"),
    nothing=_("Nothing is named yet. Name a process, an agreement, a procedure, whatever carries out one of the numbered statements."),
    open_in=tuple(state.name for state in DOCUMENT.workflow.states if state.is_open),
    closed=_("The document is no longer in force."),
)
