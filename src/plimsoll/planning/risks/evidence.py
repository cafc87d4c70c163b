"""What risks, opportunities and their treatments prove (6.1)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.interested_parties.models import Party, PartyRequirement
from plimsoll.context.issues.models import ContextIssue
from plimsoll.kernel.figures.evidence import Answer, Inquiry, Judged, counted, evidence, judged
from plimsoll.kernel.identity.models import TeamMembership
from plimsoll.kernel.records.sources import day_words, linked, source_of
from plimsoll.kernel.roles.limits import stated
from plimsoll.kernel.roles.models import Assignment, Role, RoleVersion
from plimsoll.planning.risks.models import Risk, RiskCriteria, Treatment
from plimsoll.planning.risks.queries import scale_of
from plimsoll.planning.risks.rules import ENDED, LIMIT, OPPORTUNITY, RISK
from plimsoll.planning.risks.scale import faults_of as faults_of_scale
from plimsoll.support.documented_information.proving import standing_of


def current(inquiry: Inquiry) -> Any:
    """Risks and opportunities that are neither closed nor found to be none."""
    return inquiry.rows(Risk).exclude(state__in=ENDED)


def criteria_of(inquiry: Inquiry) -> RiskCriteria | None:
    """The criteria in force."""
    found: RiskCriteria | None = inquiry.rows(RiskCriteria).filter(state="in_force").order_by("-approved_at", "-pk").first()
    return found


def with_risk(inquiry: Inquiry, rows: Any) -> set[int]:
    """Those of some records that are linked with a current risk or opportunity; three queries."""
    there = set(current(inquiry).values_list("pk", flat=True))
    return {pk for pk, risks in linked(rows, "risk").items() if any(risk.pk in there for risk in risks)}


@evidence(
    "risks_follow_from_context",
    population=gettext_lazy("current issues of the context, and what interested parties require"),
    counts=gettext_lazy("those that lead to a current risk or opportunity"),
    kinds=("contextissue", "party", "risk"),
    href="/risks/",
)
def risks_follow_from_context(inquiry: Inquiry) -> Answer:
    """6.1.1-a: each issue, and each requirement itself or by its party, is linked with a risk or an opportunity."""
    issues, parties = inquiry.rows(ContextIssue).filter(is_open=True), inquiry.rows(Party).filter(is_open=True)
    led = with_risk(inquiry, issues) | with_risk(inquiry, parties)
    risks = set(current(inquiry).values_list("pk", flat=True))
    found = []
    for issue in issues.order_by("number"):
        told = _("No current risk or opportunity is linked with “%(title)s”. Link what follows from it.") % {"title": issue.title}
        found.append(_of(issue, "" if issue.pk in led else told))
    for row in PartyRequirement.objects.filter(party__in=parties).select_related("party").order_by("pk"):
        said = {"name": row.party.title, "text": row.text}
        told = _("“%(name)s” requires “%(text)s”, and no current risk or opportunity follows from that. Link one with the party.") % said
        found.append(_of(row.party, "" if row.party_id in led or row.addressed_by_id in risks else told))
    return judged(found)


@evidence(
    "risks_have_aims",
    population=gettext_lazy("the three aims, and opportunities as a whole"),
    counts=gettext_lazy("aims under which a current risk or opportunity stands; and at least one current opportunity"),
    kinds=("risk",),
    href="/risks/",
)
def risks_have_aims(inquiry: Inquiry) -> Answer:
    """6.1.1-b: of each aim something is named, and not only what may go wrong."""
    rows = list(current(inquiry).order_by("opened_at", "pk"))
    found = []
    for name, label in Risk.AIMS:
        first = next((r for r in rows if r.aim == name), None)
        told = _("No current risk or opportunity has this aim: %(aim)s. Name one.") % {"aim": str(label).lower()}
        found.append(_of(first, "") if first is not None else Judged(told))
    chance = next((r for r in rows if r.sign == OPPORTUNITY), None)
    found.append(_of(chance, "") if chance is not None else Judged(_("There is no current opportunity. Name at least one.")))
    return judged(found)


@evidence(
    "risks_name_customers",
    population=gettext_lazy("current risks and opportunities"),
    counts=gettext_lazy("those that say what customers would feel"),
    kinds=("risk",),
    href="/risks/",
)
def risks_name_customers(inquiry: Inquiry) -> Answer:
    """6.1.2-b: each says what it means for customers, also where that is nothing."""

    def why(risk: Risk) -> str:
        return _("“%(title)s” does not say what it means for customers. Say so, also where it means nothing.") % {"title": risk.title}

    return counted(current(inquiry), ~Q(customer_impact__regex=r"^\s*$"), why=why, source=source_of)


@evidence(
    "risk_criteria_whole",
    population=gettext_lazy("the criteria by which risks are judged"),
    counts=gettext_lazy("approved criteria in force whose classes cover every level once"),
    kinds=("riskcriteria",),
    href="/riskcriteria/",
)
def risk_criteria_whole(inquiry: Inquiry) -> Answer:
    """6.1.2-c: which risks are taken and which are not follows from criteria that hold."""
    criteria = criteria_of(inquiry)
    if criteria is None:
        draft = inquiry.rows(RiskCriteria).filter(state__in=("draft", "proposed")).order_by("-number").first()
        told = _("No risk criteria are in force. Draft them, and let top management approve them.")
        return judged([_of(draft, told) if draft is not None else Judged(told)])
    scale = scale_of(criteria)
    faults = faults_of_scale(scale) if scale is not None else []
    said = {"title": criteria.title, "fault": faults[0][1] if faults else ""}
    if criteria.approved_by_id is None or criteria.approved_at is None:
        return judged([_of(criteria, _("Nobody approved “%(title)s”. Let top management approve new criteria.") % said)])
    return judged([_of(criteria, _("“%(title)s” is not whole: %(fault)s Draft criteria that are.") % said if faults else "")])


@evidence(
    "risk_method_in_force",
    population=gettext_lazy("the method of managing risks"),
    counts=gettext_lazy("one that top management approved, in force and reviewed in time"),
    kinds=("document",),
    href="/documents/",
)
def risk_method_in_force(inquiry: Inquiry) -> Answer:
    """6.1.2-d: how risks are managed is written, approved and not past its review."""
    standing = standing_of(inquiry, "risk-method")
    return judged([standing.judged(standing.unfit(inquiry, "top_management"))])


@evidence(
    "risks_have_treatments",
    population=gettext_lazy("current risks of a class that must be treated"),
    counts=gettext_lazy("those with a treatment that has an owner, a day and a priority, or with an acceptance that holds"),
    kinds=("risk", "riskcriteria", "role", "assignment"),
    href="/risks/",
)
def risks_have_treatments(inquiry: Inquiry) -> Answer:
    """6.1.3-a: what may not stay as it is has a planned treatment, or somebody with the authority accepted it until a day."""
    scale = scale_of(criteria_of(inquiry))
    if scale is None:
        return judged([_of(risk, _("“%(title)s” can't be judged, as no criteria are in force. Let them be approved.") % {"title": risk.title})
                       for risk in current(inquiry).filter(sign=RISK).order_by("number")])  # fmt: skip
    must = {band.name for band in scale.bands if band.must_treat}
    gone = inquiry.gone("person")
    treated = Treatment.objects.filter(risk__in=current(inquiry), state__in=("open", "done")).exclude(owner__in=gone)
    planned = set(treated.values_list("risk", flat=True))
    bearers = _Bearers(inquiry)
    found = []
    for risk in current(inquiry).filter(sign=RISK).order_by("-level", "number"):
        if risk.now_class not in must:
            continue
        is_accepted = risk.accepted_at is not None and risk.accepted_by_id not in gone
        holds = is_accepted and risk.accepted_until is not None and risk.accepted_until >= inquiry.day
        if risk.pk in planned or (holds and bearers.might(risk)):
            fault = ""
        elif holds:
            said = {"title": risk.title, "level": risk.now_level}
            fault = _("“%(title)s” was accepted without the authority to accept level %(level)s. Let it be accepted by somebody who may.") % said
        elif risk.accepted_until is not None and risk.accepted_until < inquiry.day:
            said = {"title": risk.title, "day": day_words(risk.accepted_until)}
            fault = _("“%(title)s” was accepted until %(day)s. Plan a treatment, or let it be accepted anew.") % said
        else:
            said = {"title": risk.title, "class": risk.now_class}
            fault = _("“%(title)s” must be treated (%(class)s) and is not. Plan a treatment, or let it be accepted.") % said
        found.append(_of(risk, fault))
    return judged(found)


@evidence(
    "treatments_carried_out",
    population=gettext_lazy("treatments of current risks and opportunities, to do or done"),
    counts=gettext_lazy("those that name the record by which they are carried out"),
    kinds=("risk",),
    href="/risks/",
)
def treatments_carried_out(inquiry: Inquiry) -> Answer:
    """6.1.3-b: what is done about a risk is done in a change, a document, a training, and not beside the processes."""
    rows = Treatment.objects.filter(risk__in=current(inquiry), state__in=("open", "done")).select_related("risk", "linked").order_by("pk")
    found = []
    for row in rows:
        is_named = row.linked is not None and f"{row.linked.kind}:{row.linked.pk}" not in inquiry.without
        said = {"text": row.text, "risk": row.risk.title}
        found.append(_part(row, "" if is_named else _("“%(text)s” of “%(risk)s” names no record that carries it out. Name it.") % said))
    return judged(found)


@evidence(
    "treatments_judged",
    population=gettext_lazy("treatments that were done in the period"),
    counts=gettext_lazy("those with a verdict on whether they worked, and the level that is left"),
    kinds=("risk",),
    href="/risks/",
)
def treatments_judged(inquiry: Inquiry) -> Answer:
    """6.1.3-c: of what was done somebody said whether it worked, and what is left."""
    done = Treatment.objects.filter(risk__in=inquiry.rows(Risk), state="done", done_on__gte=inquiry.first_day, done_on__lte=inquiry.day)
    found = []
    for row in done.select_related("risk").order_by("done_on", "pk"):
        said = {"text": row.text, "risk": row.risk.title}
        if not row.verdict:
            fault = _("“%(text)s” of “%(risk)s” is done, and nobody said whether it worked. Judge it.") % said
        elif row.residual_level is None:
            fault = _("“%(text)s” of “%(risk)s” was judged without the level that is left. Assess what is left.") % said
        else:
            fault = ""
        found.append(_part(row, fault))
    return judged(found)


class _Bearers:
    """Up to which level people could accept risks at a moment, by the roles that they held then; three queries."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.versions: dict[int, list[RoleVersion]] = defaultdict(list)
        for version in RoleVersion.objects.filter(role__in=inquiry.rows(Role)).order_by("started_at", "pk"):
            self.versions[version.role_id].append(version)
        whole = inquiry.rows(Assignment).filter(state__in=("in_force", "ended"), in_organization=None, for_service=None)
        self.held = list(whole.filter(role__in=[r for r, some in self.versions.items() if any(stated(v.limits, LIMIT) is not None for v in some)]))
        self.members: dict[int, list[TeamMembership]] = defaultdict(list)
        for row in TeamMembership.objects.filter(team__in={a.team_id for a in self.held if a.team_id is not None}):
            self.members[row.team_id].append(row)

    def might(self, risk: Risk) -> bool:
        """Did whoever accepted a risk hold a role then that accepts its level?"""
        at, person = risk.accepted_at, risk.accepted_by_id
        if at is None or person is None:
            return False
        return any(
            _covers(a.starts_at, a.ends_at, at)
            and (a.person_id == person or any(m.person_id == person and _covers(m.started_at, m.ended_at, at) for m in self.members[a.team_id or 0]))
            and self._limit(a.role_id, at) >= (risk.now_level or 0)
            for a in self.held
        )

    def _limit(self, role: int, at: datetime) -> int:
        """What the version that was in force then states; of a time before the first one, what that says."""
        known = [v for v in self.versions[role] if v.started_at <= at] or self.versions[role][:1]
        limit = stated(known[-1].limits, LIMIT)
        return -1 if limit is None else limit


def _covers(start: datetime | None, end: datetime | None, at: datetime) -> bool:
    return (start is None or start <= at) and (end is None or end > at)


def _of(record: Any, fault: str) -> Judged:
    return Judged(fault, source_of(record), record.origin, record.opened_at, getattr(record, "owner_id", None))


def _part(row: Treatment, fault: str) -> Judged:
    return Judged(fault, source_of(row.risk), row.risk.origin, row.risk.opened_at, row.owner_id)


__all__ = ["criteria_of", "current", "with_risk"]
