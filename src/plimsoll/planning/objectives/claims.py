"""What documents can claim of objectives: that they can be measured, and that they are measured in their interval."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.claims import Claim, Offender, Over, Verdict, declare_claim
from plimsoll.kernel.figures.findings import Rule
from plimsoll.planning.objectives.queries import UNMEASURABLE, UNMEASURED, UNSTATED, current, faults_of

KINDS = ("objective",)


def _without(rule: Rule, why: Callable[[], str], **only: str) -> Callable[[Over], Verdict]:
    def judge(over: Over) -> Verdict:
        counted = tuple(current(over.tenant).filter(**only).order_by("number").values_list("pk", flat=True))
        found = [f.source for f in faults_of(over.tenant, over.at) if f.rule == rule and f.source is not None]
        return Verdict(counted, tuple(Offender(source, why()) for source in found))

    return judge


declare_claim(
    Claim(
        "objectives.measurable",
        gettext_lazy("Every objective can be measured"),
        gettext_lazy(
            "Counts the objectives that are proposed, agreed or running. Contradicted by each that lacks its measure, unit, starting value, target, "
            "day or owner, unless others serve it and are measured for it."
        ),
        KINDS,
        _without(UNMEASURABLE, lambda: _("can't be measured")),
        ids=("S-026", "6.2.1-d"),
    )
)
declare_claim(
    Claim(
        "objectives.measured",
        gettext_lazy("Running objectives are measured in their interval"),
        gettext_lazy(
            "Counts the running objectives. Contradicted by each that was not measured within its own interval, by hand or by its indicator."
        ),
        KINDS,
        _without(UNMEASURED, lambda: _("not measured in its interval"), state="running"),
        ids=("6.2.1-d",),
    )
)
declare_claim(
    Claim(
        "objectives.serve_policy",
        gettext_lazy("Every objective serves a statement of the policy"),
        gettext_lazy("Counts the objectives that are proposed, agreed or running. Contradicted by each that names no statement that it serves."),
        KINDS,
        _without(UNSTATED, lambda: _("names no statement that it serves")),
        ids=("6.2.1-b",),
    )
)
