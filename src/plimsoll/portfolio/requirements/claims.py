"""What documents can claim of service requirements: that each that is agreed is covered."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.claims import Claim, Offender, Over, Verdict, declare_claim
from plimsoll.portfolio.requirements.queries import covering, current, not_covered


def covered(over: Over) -> Verdict:
    """Three queries."""
    rows = list(current(over.tenant))
    found = not_covered(rows, covering(current(over.tenant)))
    return Verdict(tuple(r.pk for r in rows), tuple(Offender(f.source, _("nothing covers it")) for f in found if f.source is not None))


declare_claim(
    Claim(
        "requirements.covered",
        gettext_lazy("Each agreed requirement is covered"),
        gettext_lazy(
            "Counts the service requirements that are agreed. Contradicted by each to which no agreement that holds is linked, and of which no "
            "words say why none is needed."
        ),
        ("servicerequirement", "agreement"),
        covered,
        ids=("S-027", "8.3.3-b"),
    )
)
