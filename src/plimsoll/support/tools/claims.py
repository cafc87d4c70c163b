"""What documents can claim of tools: that each is validated in its interval."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.claims import Claim, Offender, Over, Parameter, Verdict, declare_claim
from plimsoll.kernel.lib.time import months_later
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.support.tools.queries import tools_in_use


def validated(over: Over) -> Verdict:
    """One query."""
    today, months = day_of(over.tenant, over.at), over.number("months")
    rows = list(tools_in_use(over.tenant))
    wrong = [
        Offender(
            source_of(t),
            _("last found fit on %(day)s") % {"day": day_words(t.validated_on)} if t.validated_on else _("was never found fit for its purpose"),
        )
        for t in rows
        if t.validated_on is None or months_later(t.validated_on, months) < today
    ]
    return Verdict(tuple(t.pk for t in rows), tuple(wrong))


def backed_up(over: Over) -> Verdict:
    """One query."""
    rows = list(tools_in_use(over.tenant))
    wrong = [
        Offender(source_of(t), _("has no owner") if t.owner_id is None else _("does not say how it is backed up"))
        for t in rows
        if t.owner_id is None or not t.backup.strip()
    ]
    return Verdict(tuple(t.pk for t in rows), tuple(wrong))


declare_claim(
    Claim(
        "tools.validated",
        gettext_lazy("Tools are found fit for their purpose in their interval"),
        gettext_lazy("Counts the tools in use. Contradicted by each that was not validated within so many months."),
        ("tool",),
        validated,
        (Parameter("months", gettext_lazy("months between two validations"), 1, 60),),
        ids=("S-083", "6.3-i"),
    )
)
declare_claim(
    Claim(
        "tools.backed_up",
        gettext_lazy("Each tool has an owner and a backup"),
        gettext_lazy("Counts the tools in use. Contradicted by each without an owner, or that does not say how it is backed up."),
        ("tool",),
        backed_up,
        ids=("S-083", "6.3-i"),
    )
)
