"""The parts of an operation by another party, declared: its proofs."""

from django.utils.translation import gettext_lazy as _

from plimsoll.agreements.parties.models import Proof
from plimsoll.agreements.parties.rules import OPEN
from plimsoll.context.parts.declaring import PartType

PROOFS = PartType(
    model=Proof,
    name="proof",
    plural="proofs",
    record="operation",
    fields=("box", "kind", "name", "dated_on", "months", "record", "place"),
    title=_("Proof of control"),
    one=_("a proof of control"),
    nothing=_("No proof yet. For each of the four, enter what shows it: a contract, minutes, a report, a procedure."),
    open_in=OPEN,
    closed=_("It is ended. Take it up again first."),
)
