"""What documents can claim of awareness: that everybody who holds a role confirmed what they contribute."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.blanks import Source
from plimsoll.kernel.figures.claims import Claim, Offender, Over, Parameter, Verdict, declare_claim
from plimsoll.kernel.lib.time import months_later
from plimsoll.kernel.records.sources import day_of, source_of
from plimsoll.support.awareness.queries import people_in_scope, statements_of


def confirmed(over: Over) -> Verdict:
    """Four queries."""
    today, months = day_of(over.tenant, over.at), over.number("months")
    statements, people = statements_of(over.tenant), people_in_scope(over.tenant, over.at)
    wrong = []
    for person in people:
        held = statements.get(person.pk, [])
        if not held:
            wrong.append(Offender(Source("person", person.pk, person.name, f"/people/{person.pk}/"), _("has no statement")))
        for one in held:
            day = day_of(over.tenant, one.acknowledged_at) if one.acknowledged_at is not None and one.state == "acknowledged" else None
            if day is None or months_later(day, months) < today:
                wrong.append(Offender(source_of(one), _("%(name)s has not confirmed it in that time") % {"name": person.name}))
    return Verdict(tuple(p.pk for p in people), tuple(wrong))


declare_claim(
    Claim(
        "awareness.confirmed",
        gettext_lazy("Everybody in scope confirmed their awareness statement"),
        gettext_lazy(
            "Counts our own people who hold a role now. Contradicted by each who has no awareness statement, and by each statement put before them "
            "that was not confirmed within so many months."
        ),
        ("awarenessstatement", "assignment", "person"),
        confirmed,
        (Parameter("months", gettext_lazy("months that a confirmation counts"), 1, 60, default="12"),),
        ids=("S-058", "S-062", "7.3-c"),
    )
)
