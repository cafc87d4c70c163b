"""What the plan of the management system proves, beside the records that it prints (6.3)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.parties.models import OtherPartyOperation
from plimsoll.agreements.suppliers.models import Supplier
from plimsoll.context.obligations.models import Limitation, Obligation
from plimsoll.context.scopes.models import ScopeResource
from plimsoll.evaluation.conformity.evidence.scope import approved_scope
from plimsoll.kernel.documents.models import Document, DocumentVersion, Drift
from plimsoll.kernel.figures.evidence import MOST, Answer, Inquiry, Judged, Shortfall, counted, evidence, judged
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.roles.models import Role
from plimsoll.leadership.authorities.evidence import holdings
from plimsoll.leadership.policies.evidence import policy_of
from plimsoll.planning.objectives.evidence import agreed
from plimsoll.planning.risks.evidence import current
from plimsoll.planning.risks.rules import OPPORTUNITY, RISK
from plimsoll.portfolio.requirements.models import ServiceRequirement
from plimsoll.portfolio.services.models import Service
from plimsoll.support.documented_information.proving import (
    Standing,
    is_said_none,
    open_names,
    printed_keys,
    printed_rows,
    source_of_key,
    standing_of,
    value_of,
)
from plimsoll.support.resources.models import ResourceNeed
from plimsoll.support.tools.models import Tool

PLAN, SERVICE_LIST = "sms-plan", "service-list"
LIMITATIONS, OTHER_PARTIES = "limitations.open", "other_parties.operations"
# By the kind of a resource need its twin in the scope, and how it is called.
RESOURCES = {"human": "people", "technical": "technology", "information": "information", "financial": "money"}


def plan_of(inquiry: Inquiry) -> Standing:
    """How the plan stands, with what it printed."""
    return standing_of(inquiry, PLAN, heavy=("values", "source"))


@evidence(
    "plan_in_force",
    population=gettext_lazy("what makes the plan hold: approval, review, fields, and agreement with the records"),
    counts=gettext_lazy("those that are as they should be"),
    kinds=("document",),
    href="/documents/",
)
def plan_in_force(inquiry: Inquiry) -> Answer:
    """6.3-a: the plan is approved by top management, reviewed in time, whole, and says what the records say."""
    standing = plan_of(inquiry)
    if standing.version is None or standing.document is None:
        return judged([standing.judged(standing.absent())])
    here, owner = source_of(standing.document), standing.document.owner_id
    short: list[Shortfall] = []
    numerator = 4
    overdue = standing.overdue(inquiry)
    unapproved = standing.unfit(inquiry, "top_management")
    nothing = _("“%(title)s” prints nothing in the place of “%(name)s”. Fill it, and approve the next version.")
    unfilled = [nothing % {"title": standing.title, "name": name} for name in open_names(standing.version)]
    for faults in ([unapproved] if unapproved and unapproved != overdue else [], [overdue] if overdue else [], unfilled):
        numerator -= bool(faults)
        short += [Shortfall(fault, here, owner) for fault in faults]
    drifts = list(standing.version.drifts.all()[: MOST + 1])
    numerator -= bool(drifts)
    for drift in drifts:
        said = {"title": standing.title, "what": drift.label or drift.name, "was": drift.was or "–", "now": drift.now or "–"}
        told = _("“%(title)s” says otherwise than “%(what)s” (then: %(was)s; now: %(now)s). Draft the next version.") % said
        short.append(Shortfall(told, source_of_key(drift.key, drift.label or drift.name, drift.href) or here, owner))
    at = standing.version.approved_at
    note = _("Records changed since the plan was last compared with them.") if standing.version.changed_at is not None else ""
    return Answer(numerator, 4, tuple(short[:MOST]), (here,), {standing.document.origin: 1}, at, at, note)


@evidence(
    "plan_builds_on_sources",
    population=gettext_lazy("what a plan builds on: policy, objectives, risks, opportunities, service requirements, the standard"),
    counts=gettext_lazy("those that the plan in force prints or refers to, and that hold something"),
    kinds=("document", "objective", "risk", "servicerequirement", "obligation"),
    href="/documents/",
)
def plan_builds_on_sources(inquiry: Inquiry) -> Answer:
    """6.3-b: the plan names each source, and there is something in it."""
    standing = plan_of(inquiry)
    if (absent := standing.absent()) or standing.version is None:
        return judged([standing.judged(absent)])
    text, names = standing.version.source, set(standing.version.values)
    policy, _statements = policy_of(inquiry)
    standards = inquiry.rows(Obligation).filter(state="in_force", type="standard")
    is_ours = Q(title__contains="20000") | Q(document__contains="20000")
    needs = inquiry.rows(ServiceRequirement).filter(is_open=True)
    sources: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
        (_("the policy"), "policies.", ("doc:SMS-POL",), policy.version is not None),
        (_("objectives"), "objectives.", ("doc:SMS-OBJ",), bool(agreed(inquiry))),
        (_("risks"), "risks.", ("doc:SMS-RISK",), current(inquiry).filter(sign=RISK).exists()),
        (_("opportunities"), "risks.", ("doc:SMS-RISK",), current(inquiry).filter(sign=OPPORTUNITY).exists()),
        (_("service requirements"), "requirements.", ("doc:SMS-SLR",), needs.exists()),
        (_("the standard"), "obligations.standards", ("20000-1",), standards.filter(is_ours).exists()),
    )
    found = []
    for what, prefix, marks, there in sources:
        said = {"title": standing.title, "what": what}
        if not (any(name.startswith(prefix) for name in names) or any(mark in text for mark in marks)):
            fault = _("“%(title)s” neither prints nor refers to this source: %(what)s. Add it.") % said
        else:
            fault = "" if there else _("“%(title)s” refers to this source, and it holds nothing: %(what)s. Enter what is known.") % said
        found.append(standing.judged(fault))
    return judged(found)


@evidence(
    "plan_lists_services",
    population=gettext_lazy("live services in scope"),
    counts=gettext_lazy("those that the plan in force or its list of services prints"),
    kinds=("service", "document"),
    href="/services/?state=live",
)
def plan_lists_services(inquiry: Inquiry) -> Answer:
    """6.3-c: every service stands in the plan."""
    standing = plan_of(inquiry)
    if absent := standing.absent():
        return judged([standing.judged(absent)])
    keys = printed_keys(standing.version, standing_of(inquiry, SERVICE_LIST, heavy=("values",)).version)
    told = _("Neither the plan in force nor its list of services prints “%(name)s”. Approve a version that does.")
    rows = inquiry.rows(Service).filter(state__in=("live", "retiring"), in_scope=True).order_by("number")
    return judged(_of(s, "" if f"service:{s.pk}" in keys else told % {"name": s.title}) for s in rows)


@evidence(
    "plan_states_limitations",
    population=gettext_lazy("known limitations, or the confirmation that there are none"),
    counts=gettext_lazy("those that the plan in force prints"),
    kinds=("limitation", "document"),
    href="/limitations/",
)
def plan_states_limitations(inquiry: Inquiry) -> Answer:
    """6.3-d: what limits system and services stands in the plan; that nothing does is said there too."""
    standing = plan_of(inquiry)
    if (absent := standing.absent()) or standing.version is None:
        return judged([standing.judged(absent)])
    rows = list(inquiry.rows(Limitation).filter(state="open").order_by("number"))
    if not rows:
        told = _("No limitation is known, and “%(title)s” does not confirm that there is none. Confirm it, or enter what is known.")
        return judged([standing.judged("" if is_said_none(standing.version, LIMITATIONS) else told % {"title": standing.title})])
    keys = printed_keys(standing.version)
    told = _("The plan in force does not print the limitation “%(name)s”. Approve a version that does.")
    return judged(_of(row, "" if f"limitation:{row.pk}" in keys else told % {"name": row.title}) for row in rows)


@evidence(
    "plan_names_responsibility",
    population=gettext_lazy("roles in force, and live services in scope"),
    counts=gettext_lazy("roles printed with those who hold them, and services printed with their owner"),
    kinds=("role", "assignment", "service", "document"),
    href="/roles/",
)
def plan_names_responsibility(inquiry: Inquiry) -> Answer:
    """6.3-f: the plan, with its list of services, names who answers for what as it is now."""
    standing = plan_of(inquiry)
    if absent := standing.absent():
        return judged([standing.judged(absent)])
    rows = printed_rows(standing.version, standing_of(inquiry, SERVICE_LIST, heavy=("values",)).version)
    gone, left = inquiry.gone("person"), holdings(inquiry)
    held: dict[int, list[str]] = defaultdict(list)
    for key, own in holdings(replace(inquiry, without=frozenset())).items():
        held[key] = sorted({str(a.person or a.team) for a in own})
    found = []
    for role in inquiry.rows(Role).filter(edition__gt=0).exclude(state="retired").order_by("number"):
        cells = " ".join(cell for row in rows.get(f"role:{role.pk}", ()) for cell in row.cells)
        lacks = [name for name in held[role.pk] if name not in cells]
        said = {"role": role.title, "names": ", ".join(lacks)}
        if not cells:
            fault = _("The plan in force does not print the role “%(role)s”. Approve a version that does.") % said
        elif held[role.pk] and not left.get(role.pk):
            fault = _("Nobody would hold the role “%(role)s” any more, whatever the plan prints. Give it to somebody.") % said
        else:
            fault = _("The plan in force does not name who holds “%(role)s”: %(names)s. Approve a version that does.") % said if lacks else ""
        found.append(_of(role, fault))
    services = inquiry.rows(Service).filter(state__in=("live", "retiring"), in_scope=True).select_related("owner").order_by("number")
    for service in services:
        cells = " ".join(cell for row in rows.get(f"service:{service.pk}", ()) for cell in row.cells)
        said = {"name": service.title, "owner": service.owner or ""}
        if service.owner is None or service.owner_id in gone:
            fault = _("Nobody answers for “%(name)s”. Name its owner.") % said
        else:
            told = _("Neither the plan in force nor its list of services names %(owner)s as owner of “%(name)s”. Approve a version that does.")
            fault = "" if service.owner.name in cells else told % said
        found.append(_of(service, fault))
    return judged(found)


@evidence(
    "plan_covers_resources",
    population=gettext_lazy("people, technology, information and money"),
    counts=gettext_lazy("those of which a need is on record, in the approved scope or asked for"),
    kinds=("resourceneed", "scope"),
    href="/resources/",
)
def plan_covers_resources(inquiry: Inquiry) -> Answer:
    """6.3-g: of each kind of resource it is said what is needed."""
    scope = approved_scope(inquiry)
    stated = set(ScopeResource.objects.filter(scope=scope).values_list("kind", flat=True)) if scope is not None else set()
    needs = list(inquiry.rows(ResourceNeed).exclude(state="withdrawn").order_by("-opened_at", "pk"))
    found = []
    for kind, label in ResourceNeed.TYPES:
        need = next((n for n in needs if n.type == kind), None)
        if need is not None:
            found.append(_of(need, ""))
        elif RESOURCES[kind] in stated and scope is not None:
            found.append(_of(scope, ""))
        else:
            told = _("It is not said what is needed of this kind of resource: %(kind)s. Enter it.")
            found.append(Judged(told % {"kind": str(label).lower()}))
    return judged(found)


@evidence(
    "plan_covers_other_parties",
    population=gettext_lazy("the section on other parties, and operations by them that run"),
    counts=gettext_lazy("the section filled, and operations that the plan in force prints"),
    kinds=("otherpartyoperation", "document"),
    href="/other-parties/?state=running",
)
def plan_covers_other_parties(inquiry: Inquiry) -> Answer:
    """6.3-h: the plan says how we work with others, and names what they operate."""
    standing = plan_of(inquiry)
    if (absent := standing.absent()) or standing.version is None:
        return judged([standing.judged(absent)])
    value = value_of(standing.version, OTHER_PARTIES)
    is_filled = value is not None and (not value.is_empty or is_said_none(standing.version, OTHER_PARTIES))
    told = _("“%(title)s” has no section on other parties that is filled. Fill it, or confirm that there are none.") % {"title": standing.title}
    found = [standing.judged("" if is_filled else told)]
    keys = printed_keys(standing.version)
    for row in operations(inquiry):
        sentence = _("The plan in force does not print “%(name)s”, which another party operates. Approve a version that does.") % {"name": row.title}
        found.append(_of(row, "" if f"otherpartyoperation:{row.pk}" in keys else sentence))
    return judged(found)


def operations(inquiry: Inquiry) -> list[OtherPartyOperation]:
    """What other parties operate on the day, without what ends with a party that is taken as gone."""
    away = inquiry.gone("organization")
    if suppliers := inquiry.gone("supplier"):
        away |= set(Supplier.objects.filter(tenant=inquiry.tenant, pk__in=suppliers).values_list("organization_id", flat=True))
    rows = inquiry.rows(OtherPartyOperation).filter(state="running").exclude(organization__in=away)
    return list(rows.select_related("organization").order_by("number"))


@evidence(
    "tools_described",
    population=gettext_lazy("tools in use"),
    counts=gettext_lazy("those that say what they are used for, and have an owner"),
    kinds=("tool",),
    href="/tools/?state=in_use",
)
def tools_described(inquiry: Inquiry) -> Answer:
    """6.3-i: which tools support the system, what for, and who answers for each."""
    gone = inquiry.gone("person")

    def why(tool: Tool) -> str:
        if not tool.description.strip():
            return _("“%(title)s” does not say what it is used for. Say it.") % {"title": tool.title}
        return _("“%(title)s” has no owner. Name who answers for it.") % {"title": tool.title}

    owned = Q(owner__isnull=False) & ~Q(owner__in=gone) if gone else Q(owner__isnull=False)
    return counted(inquiry.rows(Tool).filter(state="in_use"), ~Q(description__regex=r"^\s*$") & owned, why=why, source=source_of)


@evidence(
    "plans_agree",
    population=gettext_lazy("other plans in force"),
    counts=gettext_lazy("those reviewed in time that say nothing else than the records, by which the plan of the system is filled too"),
    kinds=("document",),
    href="/documents/?sort=plan",
)
def plans_agree(inquiry: Inquiry) -> Answer:
    """6.3-k: other plans don't say otherwise than the plan, as all of them say what the records say."""
    documents = inquiry.rows(Document).filter(sort="plan").exclude(template=PLAN)
    versions = DocumentVersion.objects.filter(document__in=documents, state="valid", started_on__lte=inquiry.day).defer("source", "values", "printed")
    rows = list(versions.select_related("document").order_by("document__number"))
    drifts: dict[int, Drift] = {d.version_id: d for d in Drift.objects.filter(version__in=rows).order_by("-pk")}
    found = []
    for version in rows:
        standing = Standing(version.document.template, version, version.document)
        fault = standing.overdue(inquiry)
        if not fault and (drift := drifts.get(version.pk)) is not None:
            said = {"title": version.title, "what": drift.label or drift.name, "was": drift.was or "–", "now": drift.now or "–"}
            fault = _("“%(title)s” says otherwise than “%(what)s” (then: %(was)s; now: %(now)s). Draft its next version.") % said
        found.append(standing.judged(fault))
    return judged(found)


def _of(record: Any, fault: str) -> Judged:
    return Judged(fault, source_of(record), record.origin, record.opened_at, getattr(record, "owner_id", None))
