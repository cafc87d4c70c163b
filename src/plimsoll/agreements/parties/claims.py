"""What documents can claim of other parties: that what they operate is agreed, that we answer for it, and that this is proved."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.portfolio import is_valid
from plimsoll.agreements.parties.models import Proof
from plimsoll.agreements.parties.queries import running, scorecards
from plimsoll.agreements.parties.rules import FRESH
from plimsoll.kernel.figures.claims import Claim, Offender, Over, Verdict, declare_claim
from plimsoll.kernel.records.sources import day_of, source_of

_NAMES = dict(Proof.BOXES)


def agreed(over: Over) -> Verdict:
    """One query."""
    today = day_of(over.tenant, over.at)
    rows = list(running(over.tenant))
    wrong = []
    for row in rows:
        lacks = [] if row.agreement is not None and is_valid(row.agreement, today) else [_("no valid agreement")]
        if row.owner_id is None:
            lacks.append(_("nobody of ours is accountable"))
        if lacks:
            also = (source_of(row.agreement),) if row.agreement is not None else ()
            wrong.append(Offender(source_of(row), ", ".join(lacks), also))
    return Verdict(tuple(r.pk for r in rows), tuple(wrong))


def proved(over: Over) -> Verdict:
    """Two queries."""
    rows = list(running(over.tenant))
    wrong = []
    for card in scorecards(rows, day_of(over.tenant, over.at)):
        open_boxes = [str(_NAMES[box]) for box, standing in card.boxes.items() if standing != FRESH]
        if open_boxes:
            wrong.append(Offender(source_of(card.operation), _("no proof that counts: %(what)s") % {"what": ", ".join(open_boxes)}))
    return Verdict(tuple(r.pk for r in rows), tuple(wrong))


declare_claim(
    Claim(
        "parties.agreed",
        gettext_lazy("What other parties operate is agreed, and we are accountable for it"),
        gettext_lazy(
            "Counts what other parties operate now. Contradicted by each without a valid agreement, or without somebody of ours who is accountable."
        ),
        ("otherpartyoperation", "agreement"),
        agreed,
        ids=("S-072", "S-074", "8.2.3-a", "8.2.3-d"),
    )
)
declare_claim(
    Claim(
        "parties.proved",
        gettext_lazy("Control of what other parties operate is proved in four ways"),
        gettext_lazy(
            "Counts what other parties operate now. Contradicted by each where one of the four proofs of control is missing or out of date."
        ),
        ("otherpartyoperation",),
        proved,
        ids=("S-075", "S-076", "S-077", "S-078"),
    )
)
