"""Everything that happens in one app because something happened in another. Read top to bottom."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from plimsoll.agreements.levels import operations as levels, proving as levels_proving, recalculating
from plimsoll.agreements.levels.panels import BeforeAndAfter, CurrentAgreements, Versions, ending_soon, standstill
from plimsoll.agreements.parties.panels import Scorecard, operation_flags
from plimsoll.agreements.parties.parts import PROOFS
from plimsoll.agreements.relationships import operations as relationships
from plimsoll.agreements.relationships.beside import SatisfactionBeside
from plimsoll.agreements.relationships.panels import HowItWent
from plimsoll.agreements.suppliers.panels import Contracts, supplier_flags
from plimsoll.context.interested_parties.panels import Requirements as PartyRequirements
from plimsoll.context.interested_parties.parts import REQUIREMENTS
from plimsoll.context.obligations.panels import obligation_flags
from plimsoll.context.parts.beside import PartsBeside
from plimsoll.context.processes.panels import Activities, Duties, Factors, Flows, Gives, Receives, process_acts, process_flags
from plimsoll.context.processes.parts import ALL as PARTS_OF_PROCESSES
from plimsoll.context.scopes import operations as scopes
from plimsoll.context.scopes.panels import Exclusions, Resources, Timeline, UnitsBelow, scope_acts
from plimsoll.context.scopes.parts import ALL as PARTS_OF_SCOPES
from plimsoll.context.scopes.queries import people_in_scope
from plimsoll.evaluation.measurements import proving
from plimsoll.evaluation.measurements.panels import KeptThisMonth
from plimsoll.evaluation.measurements.queries import stored_values
from plimsoll.kernel.documents import drifting, triggers
from plimsoll.kernel.documents.beside import DocumentBeside
from plimsoll.kernel.documents.triggers import Trigger
from plimsoll.kernel.events import Event, KeptChanged
from plimsoll.kernel.notifications import operations as notifications
from plimsoll.kernel.records.beside import Beside
from plimsoll.kernel.records.conditions import Condition
from plimsoll.kernel.records.events import Erased, Redacted, Replayed, Written
from plimsoll.kernel.search import operations as search
from plimsoll.kernel.targets import operations as targets
from plimsoll.kernel.targets.events import Escalated
from plimsoll.kernel.targets.queries import Source
from plimsoll.kernel.trail import operations as trail
from plimsoll.kernel.ui.panels import Acts, Flags, Panel
from plimsoll.leadership.authorities.beside import TouchedBeside, VersionsBeside
from plimsoll.leadership.authorities.panels import (
    InChanges,
    RoleVersions,
    TouchedRecords,
    assignment_acts,
    assignment_flags,
    change_flags,
    role_flags,
)
from plimsoll.leadership.authorities.queries import under_a_change
from plimsoll.leadership.policies.naming import Namer
from plimsoll.leadership.policies.panels import CarriedOut
from plimsoll.leadership.policies.parts import SERVINGS
from plimsoll.leadership.policies.proofs import Prover
from plimsoll.planning.objectives import naming as objectives_naming
from plimsoll.planning.objectives.beside import ObjectiveBeside
from plimsoll.planning.risks import operations as risks
from plimsoll.planning.risks.beside import RiskBeside
from plimsoll.planning.risks.panels import Judged, RisksOfAService, risk_flags
from plimsoll.portfolio.requirements.panels import Requirements, requirement_flags
from plimsoll.portfolio.services.panels import Customers, StandsOn
from plimsoll.resolution.incidents import merging, operations as incidents
from plimsoll.resolution.incidents.beside import CoveringBeside
from plimsoll.resolution.incidents.clocks import IncidentClocks
from plimsoll.resolution.incidents.panels import OpenIncidents, incident_acts
from plimsoll.resolution.majors import following as majors, proposing, reviewing
from plimsoll.resolution.majors.beside import MajorBeside, ReviewBeside
from plimsoll.resolution.majors.panels import Decisions, MajorIncidents, Reports, major_acts, major_flags, review_acts, review_flags, running_flags
from plimsoll.resolution.requests import operations as requests, recurring, routing
from plimsoll.resolution.requests.beside import AccessBeside, TaskBeside, VersionBeside
from plimsoll.resolution.requests.clocks import RequestClocks, TaskClocks
from plimsoll.resolution.requests.panels import (
    Accesses,
    Audience,
    CanBeOrdered,
    Instruction,
    Versions as PlanVersions,
    incident_to_request,
    model_acts,
)
from plimsoll.site.portal.sections import customer_view
from plimsoll.support.awareness import operations as awareness
from plimsoll.support.awareness.panels import statement_flags
from plimsoll.support.communication.beside import ToldBeside
from plimsoll.support.communication.panels import Tellings, communication_flags
from plimsoll.support.competence import operations as competence
from plimsoll.support.competence.beside import ParticipantsBeside
from plimsoll.support.competence.panels import Holders, Participants, qualification_flags, training_acts, training_flags
from plimsoll.support.documented_information import telling as documents
from plimsoll.support.documented_information.panels import (
    Versions as DocumentVersions,
    contradicted,
    document_acts,
    drifted,
    review_asked,
    said_of_it,
)
from plimsoll.support.intake.panels import Found, lint_acts
from plimsoll.support.knowledge.beside import JudgementsBeside
from plimsoll.support.knowledge.panels import DidItHelp
from plimsoll.support.resources.panels import need_flags
from plimsoll.support.tools.panels import tool_flags

WIRING: Mapping[type[Event], Sequence[Callable[[Any], None]]] = {
    Written: [
        targets.follow,
        search.index,
        notifications.tell,
        incidents.close_children,
        merging.follow_merging,
        levels.forget,
        recalculating.start,
        proposing.propose,
        majors.follow,
        requests.follow,
        routing.follow_roles,
        relationships.ask_when_done,
        drifting.note_write,
        triggers.note_write,
        documents.follow,
        scopes.supersede_others,
        risks.follow,
    ],
    Replayed: [targets.follow_many, search.index_many, drifting.note_replay],
    Escalated: [notifications.tell_escalated],
    Redacted: [search.index_again, reviewing.redact_reports],
    Erased: [competence.erase_with_the_person, awareness.erase_with_the_person],
    KeptChanged: [trail.record_kept, requests.end_with_the_person, recurring.end_with_the_person, drifting.note_kept],
}

# Which kinds have clocks, and what they are promised.
CLOCKS: Mapping[str, Source] = {
    "incident": IncidentClocks(),
    "request": RequestClocks(),
    "fulfilmenttask": TaskClocks(),
}

# What an upper floor hangs on the page of a lower one, by kind.
PANELS: Mapping[str, Sequence[type[Panel]]] = {
    "service": [MajorIncidents, OpenIncidents, CanBeOrdered, CurrentAgreements, Requirements, RisksOfAService, Customers, StandsOn],
    "incident": [HowItWent],
    "request": [HowItWent],
    "article": [DidItHelp],
    "agreement": [Versions, KeptThisMonth],
    "supplier": [Contracts],
    "recalculation": [BeforeAndAfter],
    "majorreview": [Decisions, Reports],
    "requestmodel": [PlanVersions, Audience],
    "accessright": [Accesses],
    "fulfilmenttask": [Instruction],
    "document": [DocumentVersions, CarriedOut, InChanges, Found],
    "role": [RoleVersions, InChanges],
    "smschange": [TouchedRecords],
    "unit": [UnitsBelow],
    "scope": [Exclusions, Timeline, Resources],
    "party": [PartyRequirements],
    "riskcriteria": [Judged],
    "process": [Activities, Duties, Flows, Gives, Receives, Factors],
    "otherpartyoperation": [Scorecard],
    "competence": [Holders],
    "training": [Participants],
    "communication": [Tellings],
}

# In which kinds the known answers to a kind are, offered while somebody writes.
ANSWERS: Mapping[str, Sequence[str]] = {
    "incident": ["article"],
}

# What goes along with records of a kind: exported and taken in with them, its words redacted with theirs.
BESIDE: Mapping[str, Sequence[Beside]] = {
    "document": [PartsBeside(SERVINGS), DocumentBeside()],
    "incident": [SatisfactionBeside(), CoveringBeside()],
    "request": [SatisfactionBeside(), VersionBeside()],
    "fulfilmenttask": [TaskBeside()],
    "accessright": [AccessBeside()],
    "majorincident": [MajorBeside()],
    "majorreview": [ReviewBeside()],
    "article": [JudgementsBeside()],
    "role": [VersionsBeside()],
    "smschange": [TouchedBeside()],
    "scope": [PartsBeside(part_type) for part_type in PARTS_OF_SCOPES],
    "party": [PartsBeside(REQUIREMENTS)],
    "risk": [RiskBeside()],
    "objective": [ObjectiveBeside()],
    "process": [PartsBeside(part_type) for part_type in PARTS_OF_PROCESSES],
    "otherpartyoperation": [PartsBeside(PROOFS)],
    "training": [ParticipantsBeside()],
    "communication": [ToldBeside()],
}

# What is asked before records of a kind come into force.
CONDITIONS: Mapping[str, Condition] = {
    "role": under_a_change,
    "document": under_a_change,
}

# What makes documents be looked at before their day (S-103): the templates name these.
TRIGGERS: Sequence[Trigger] = [
    Trigger("scope", gettext_lazy("the scope changed"), "scope", moves=frozenset({"approve"})),
    Trigger(
        "obligation",
        gettext_lazy("a law or another obligation changed"),
        "obligation",
        moves=frozenset({"put_in_force", "lapse", "take_up"}),
        fields=frozenset({"title", "edition", "document", "how_applies", "type"}),
        while_in=frozenset({"in_force"}),
    ),
    Trigger(
        "objective",
        gettext_lazy("an objective changed"),
        "objective",
        moves=frozenset({"agree", "revise", "abandon", "miss"}),
        fields=frozenset({"title", "metric", "target", "due_on", "statement"}),
        while_in=frozenset({"agreed", "running"}),
    ),
    Trigger("major", gettext_lazy("a major incident was closed"), "majorincident", moves=frozenset({"close"})),
]

# Where objectives read the stored months of their indicators.
MONTHS = stored_values

# Which records say in a field of their own what statement of a policy they serve, and who proves how well subjects of policies are kept.
NAMERS: Sequence[Namer] = [objectives_naming.named]
PROVERS: Sequence[tuple[tuple[str, ...], Prover]] = [(("agreements",), levels_proving.prove), (tuple(proving.FIGURES), proving.prove)]
# Who of the provider's people is in scope, for documents that everybody in scope must read.
IN_SCOPE = people_in_scope

# What can be done with a record of a kind beside its moves.
ACTS: Mapping[str, Sequence[Acts]] = {
    "incident": [incident_acts, major_acts, incident_to_request, customer_view],
    "request": [customer_view],
    "requestmodel": [model_acts],
    "majorreview": [review_acts],
    "document": [document_acts, lint_acts],
    "assignment": [assignment_acts],
    "scope": [scope_acts],
    "process": [process_acts],
    "training": [training_acts],
}

# What stands over the page of a record of a kind.
FLAGS: Mapping[str, Sequence[Flags]] = {
    "incident": [major_flags],
    "majorincident": [running_flags, review_flags],
    "recalculation": [standstill],
    "document": [review_asked, drifted, contradicted, said_of_it, change_flags],
    "role": [role_flags],
    "assignment": [assignment_flags],
    "agreement": [ending_soon],
    "supplier": [supplier_flags],
    "servicerequirement": [requirement_flags],
    "obligation": [obligation_flags],
    "limitation": [obligation_flags],
    "managementsystem": [obligation_flags],
    "tool": [tool_flags],
    "risk": [risk_flags],
    "process": [process_flags],
    "otherpartyoperation": [operation_flags],
    "qualification": [qualification_flags],
    "training": [training_flags],
    "awarenessstatement": [statement_flags],
    "communication": [communication_flags],
    "resourceneed": [need_flags],
}
