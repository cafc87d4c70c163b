"""What a change touches, declared as a part."""

from django.utils.translation import gettext_lazy as _

from plimsoll.context.parts.declaring import PartType
from plimsoll.leadership.authorities.models import Touched
from plimsoll.leadership.authorities.rules import CONTENT_OPEN

TOUCHED = PartType(
    model=Touched,
    name="touched",
    plural="touched",
    record="change",
    fields=("record",),
    title=_("Documents and roles"),
    one=_("a document or role"),
    nothing=_("Nothing is named yet. Say which documents and roles this change puts in force."),
    open_in=CONTENT_OPEN,
    closed=_("What a change touches is said while it is a draft. Take it back first."),
)
