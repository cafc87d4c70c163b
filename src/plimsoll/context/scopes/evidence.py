"""What the scope proves (4.3)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.documents.models import AudienceLine
from plimsoll.kernel.figures.evidence import Answer, Inquiry, evidence, judged
from plimsoll.support.documented_information.proving import standing_of


@evidence(
    "scope_statement_in_force",
    population=gettext_lazy("the scope statement"),
    counts=gettext_lazy("one approved by top management, in force, reviewed in time and with readers"),
    kinds=("document",),
    href="/documents/",
)
def scope_statement_in_force(inquiry: Inquiry) -> Answer:
    """4.3-c: the scope is written, approved, in force and within reach."""
    standing = standing_of(inquiry, "scope-statement")
    fault = standing.unfit(inquiry, "top_management")
    if not fault and not AudienceLine.objects.filter(document=standing.document).exists():
        fault = _("Nobody is named to read “%(title)s”. Say who its readers are.") % {"title": standing.title}
    return judged([standing.judged(fault)])
