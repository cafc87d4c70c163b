"""Which room finds what is wrong with the records of which kind: the page of findings and the linter of documents read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from plimsoll.agreements.levels import portfolio
from plimsoll.agreements.parties import queries as operations
from plimsoll.agreements.suppliers import queries as suppliers
from plimsoll.context.interested_parties import queries as parties
from plimsoll.context.issues import queries as issues
from plimsoll.context.obligations import queries as obligations
from plimsoll.context.processes import queries as processes
from plimsoll.context.scopes import queries as scopes
from plimsoll.kernel.documents import claiming, referencing, triggers
from plimsoll.kernel.figures.findings import Finding
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.sources import day_of
from plimsoll.leadership.authorities import duties
from plimsoll.leadership.policies import queries as policies
from plimsoll.planning.objectives import queries as objectives
from plimsoll.planning.objectives.models import Objective
from plimsoll.planning.risks import queries as risks
from plimsoll.portfolio.requirements import queries as requirements
from plimsoll.support.awareness import queries as awareness
from plimsoll.support.communication import queries as communication
from plimsoll.support.competence import queries as competence
from plimsoll.support.resources import queries as resources
from plimsoll.support.tools import queries as tools

Finder = Callable[[Tenant, datetime], Iterable[Finding]]


def _by_day(faults_of: Callable[..., Iterable[Any]], *, with_day: bool = True) -> Finder:
    def find(tenant: Tenant, at: datetime) -> list[Finding]:
        found = faults_of(tenant, day_of(tenant, at)) if with_day else faults_of(tenant)
        return list(found)

    return find


def _of_documents(tenant: Tenant) -> list[Finding]:
    """References that lead nowhere, claims that do not hold, reviews that are asked for, and statements of policies."""
    return [*referencing.faults_of(tenant), *claiming.faults_of(tenant), *triggers.faults_of(tenant), *policies.faults_of(tenant)]


_scopes, _obligations = _by_day(scopes.faults_of), _by_day(obligations.faults_of, with_day=False)
_duties = _by_day(duties.faults_of, with_day=False)

# Which room looks after a kind.
FINDERS: dict[str, Finder] = {
    "unit": _scopes,
    "location": _scopes,
    "scope": _scopes,
    "contextissue": _by_day(issues.faults_of),
    "party": _by_day(parties.faults_of, with_day=False),
    "obligation": _obligations,
    "limitation": _obligations,
    "managementsystem": _obligations,
    "role": _duties,
    "assignment": _duties,
    "dutyconflict": _duties,
    "process": _by_day(processes.faults_of, with_day=False),
    "otherpartyoperation": _by_day(operations.faults_of, with_day=False),
    "document": _by_day(_of_documents, with_day=False),
    "competence": _by_day(competence.faults_of, with_day=False),
    "awarenessstatement": _by_day(awareness.faults_of, with_day=False),
    "communication": _by_day(communication.faults_of, with_day=False),
    "resourceneed": _by_day(resources.faults_of, with_day=False),
    "tool": _by_day(tools.faults_of, with_day=False),
    "risk": _by_day(risks.faults_of),
    "objective": _by_day(objectives.faults_of),
    "servicerequirement": _by_day(requirements.faults_of, with_day=False),
    "agreement": _by_day(portfolio.faults_of, with_day=False),
    "supplier": _by_day(suppliers.faults_of, with_day=False),
}


def stated_by_objectives(tenant: Tenant) -> Iterable[str]:
    """Which statements of policies objectives say that they serve."""
    return Objective.objects.filter(tenant=tenant).exclude(statement="").values_list("statement", flat=True)
