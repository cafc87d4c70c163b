"""The declarations of risks and of the criteria that they are judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.roles.limits import limits_of
from plimsoll.kernel.roles.wording import name_limit
from plimsoll.planning.risks.models import Risk, RiskCriteria
from plimsoll.planning.risks.queries import criteria_facts_of, criteria_in_force, facts_of, scale_of
from plimsoll.planning.risks.rules import CRITERIA_FLOW, LIMIT, RISK_FLOW, TERMINATE, TOLERATE, TRANSFER, TREAT

JUDGED = ("likelihood", "impact", "residual_likelihood", "residual_impact")
SCALE = ("method", "size", "likelihood_words", "impact_words", "classes", "matrix")
UNACCEPTED: dict[str, Any] = {"accepted_by": None, "accepted_at": None, "accepted_as": "", "accepted_until": None}
AFRESH: dict[str, Any] = {
    **UNACCEPTED,
    "decision": "",
    "residual_likelihood": None,
    "residual_impact": None,
    "residual_level": None,
    "residual_class": "",
}
DECIDED = {"treat": TREAT, "tolerate": TOLERATE, "transfer": TRANSFER, "terminate": TERMINATE}


def levels_by(criteria: RiskCriteria | None, steps: Mapping[str, Any]) -> dict[str, Any]:
    """The levels and classes that follow from likelihoods and effects by some criteria."""
    scale = scale_of(criteria)
    found: dict[str, Any] = {"criteria": criteria}
    for level, name, likelihood, impact in (
        ("level", "level_class", "likelihood", "impact"),
        ("residual_level", "residual_class", "residual_likelihood", "residual_impact"),
    ):
        value = scale.level(steps.get(likelihood), steps.get(impact)) if scale else None
        band = scale.band(value) if scale else None
        found |= {level: value, name: band.name if band else ""}
    return found


class RiskBehaviour(Behaviour):
    """The level follows from likelihood and effect by the criteria in force; moves write down what was decided and by whom."""

    def prepare(self, tenant: Tenant, values: dict[str, Any], before: Record | None) -> dict[str, Any]:
        if not any(name in values for name in JUDGED):
            return {}
        steps = {name: values.get(name, getattr(before, name, None)) for name in JUDGED}
        return levels_by(criteria_in_force(tenant), steps)

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return facts_of([r for r in records if isinstance(r, Risk)])

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        assert isinstance(record, Risk)
        if move in ("assess_again", "reopen"):
            return dict(AFRESH)
        if move == "treat_more":
            return dict(UNACCEPTED)
        if move == "tolerate":
            left = {"residual_likelihood": record.likelihood, "residual_impact": record.impact}
            return {"decision": TOLERATE, **left, "residual_level": record.level, "residual_class": record.level_class}
        if move in DECIDED:
            return {"decision": DECIDED[move]}
        if move == "accept":
            limit = limits_of(record.tenant, LIMIT).get(values["by"].pk)
            return {"accepted_by": values["by"], "accepted_at": values["at"], "accepted_as": limit.role if limit else ""}
        return {}

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        said = {
            "plan treatment": _("planned a treatment: %(text)s"),
            "change treatment": _("changed a treatment: %(text)s"),
            "finish treatment": _("finished a treatment: %(text)s"),
            "drop treatment": _("dropped a treatment: %(text)s"),
            "judge treatment": _("judged whether a treatment worked: %(text)s"),
            "judge by new criteria": _("judged anew by the criteria now in force"),
        }.get(action, "")
        return said % {"text": values.get("treatment") or ""} if said else ""


name_limit(LIMIT, gettext_lazy("accepts risks up to level %(value)s"))
RISK = declare(
    RecordType(
        model=Risk,
        prefix="RSK",
        clause="6.1",
        workflow=RISK_FLOW,
        behaviour_class=RiskBehaviour,
        fields=(
            "title", "sign", "family", "aim", "found_by", "description", "cause", "consequence", "customer_impact", "owner", "likelihood", "impact",
            "transferred_to", "residual_likelihood", "residual_impact", "accepted_until", "review_on",
        ),
        columns=("reference", "title", "state", "sign", "level", "residual_level", "owner", "review_on"),
        filters=("state", "sign", "family", "owner", "aim", "found_by", "likelihood", "impact", "residual_likelihood", "residual_impact",
                 "level_class"),
        required=("title", "family"),
        ahead=("accepted_until", "review_on"),
        searched=("title", "description", "cause", "consequence", "customer_impact"),
        derived=("level", "level_class", "residual_level", "residual_class", "criteria"),
        body="description",
        icon="triangle-alert",
        group="system",
        dues=("review_on", "accepted_until"),
    )
)  # fmt: skip


class CriteriaBehaviour(Behaviour):
    """Criteria are changed while they are a draft; in force they never change."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return criteria_facts_of([r for r in records if isinstance(r, RiskCriteria)])

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        if not isinstance(before, RiskCriteria) or before.state == "draft":
            return []
        changed = [name for name in SCALE if name in values and values[name] != getattr(before, name)]
        return [Fault(changed[0], _("Criteria are changed while they are a draft. Draft the next ones instead."))] if changed else []

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        return {"approved_by": values["by"], "approved_at": values["at"]} if move == "approve" else {}

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return _("judged every current risk anew") if action == "judge all" else ""


CRITERIA = declare(
    RecordType(
        model=RiskCriteria,
        prefix="RCR",
        clause="6.1.2",
        workflow=CRITERIA_FLOW,
        behaviour_class=CriteriaBehaviour,
        fields=("title", "description", *SCALE),
        columns=("reference", "title", "state", "method", "size", "changed_at"),
        filters=("state", "method"),
        required=("title",),
        searched=("title", "description"),
        plain=("likelihood_words", "impact_words", "classes", "matrix"),
        body="description",
        icon="scale",
        group="system",
        plural="riskcriteria",
    )
)
