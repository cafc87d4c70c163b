"""Who may do what: the matrix of the map as it was asked for, what our roles give for each kind, and why where the two differ.

C open · R read · U change · A approve or decide · X close or verify · (o) their own, or what is shared with them · (p) their own process or
service · – nothing. `tests/test_permission_matrix.py` tries every cell of `OURS`, and writes `docs/reference/permissions.md` from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# As it was asked for: one row for each family of records, one column for each role.
MAP = """
Record family | user | rep | supplier | agent | manager | owner | approver | sms | top | auditor | admin
Incident, request | CR(o) U-comment | CR(o) | RU(o) | CRUX | CRUX A-override(p) | R | A(request) | R | R(MI) | R | R
Major incident | R(status) | R(o) | RU(o) | CRU | A X | R U | – | R | R notified | R | –
Problem, known error | R(published) | R(o, published) | RU(o) | CRU | A X | R | – | R | – | R | –
Change, release, transition | C(proposal) | C R(o) A(impact) | R(o) C(draft) | CRU | A X(p) | A(p) | A | A(SMS) | A(SMS, major) | R | –
CI, asset, baseline | – | R(o summary) | R(o) | RU | CRU A(config) | R | – | R | – | R | R
Service, catalogue, portfolio | R(view) | R A(entry) | R(o) | R | RU | CRU A | – | RU A | R A(portfolio) | R | –
Requirement, SLA | – | R A sign(o) | – | R | CRU(SLM) | RU A | – | R A | R | R | –
OLA, contract, supplier, dispute | – | – | R(o) sign | R | CRU A(supplier) | R | – | R A | A(value limit) | R | –
Budget, cost | – | R(o charges) | – | – | R(p) CRU(finance) | R(p) | A | R | A | R | –
Demand, capacity, availability, continuity | – | R(o) | C data(o) | R | CRU A(p) | R U | – | R | R | R | –
Security incident/risk/control | C(report) | C | C(o) | C, R if assigned | CRU A X(security) | R(p) | – | R | R | R | –
Risk, opportunity, treatment | C(propose) | C(propose) | – | C | CRU(p) | CRU(p) | A(level) | CRU A | A(high) | R | –
Policy, plan, process document | R(audience) | R(audience) | R(audience) | R C(comment) | CRU(p) | RU(p) | A | CRU A | A | R | R(config)
Objective, KPI, measurement, report | R(o report) | R(o) | C data(o) | R(team) | CRU(p) | RU(p) | – | CRU A | R A | R | –
Competence, training | R U(ack)(o) | – | – | R(o) | CRU(p) | – | – | R | – | R | –
Audit programme, audit, finding | – | – | – | R(o area) | R reply(p) | R reply(p) | – | CRU(programme) R | R | CRU X(verify) | –
Nonconformity, corrective action | C(complaint) | C | C | C | CRU(p) | CRU(p) | – | A X | R | C R verify | –
Management review | – | – | – | – | C input | C input | – | CRU | A sign | R | –
Improvement | C | C | C | C | CRU A(p) | CRU A(p) | A | A | A | C R | –
Conformity, attestation, evidence | – | – | – | – | attest(p) | attest(p) | – | CRU A | R attest | R verify | –
Users, roles, settings, log | – | – | – | – | – | – | – | R | – | R(log) | CRU
"""
COLUMNS = ("user", "rep", "supplier", "agent", "manager", "owner", "approver", "sms", "top", "auditor", "admin")
# The role of each column, by its code. Of `manager` each kind names its own; an approver holds the role that everybody has, and is asked.
ROLES = {
    "user": "customer_user",
    "rep": "customer_representative",
    "supplier": "supplier_user",
    "agent": "service_desk_agent",
    "owner": "service_owner",
    "approver": "customer_user",
    "sms": "sms_manager",
    "top": "top_management",
    "auditor": "internal_auditor",
    "admin": "administrator",
}
# What the roles give, for each kind with the role that manages its process. What is asked of an approver is only what they decide.
OURS = """
kind                manager                user     rep      supplier agent    manager  owner    approver sms      top      auditor  admin
incident            incident_manager       CR(o)    CR(o)    RU(o)    CRUX     CRUX     R        –        R+C(o)   R        R        R
request             request_manager        CR(o)    CR(o)    –        CRUX     CRUX     R        A(o)     R+C(o)   R+C(o)   R        –
fulfilmenttask      request_manager        –        –        RUX(o)   CRUX     CRUX     R        –        R        R        R        –
accessright         request_manager        R(o)     R(o)     –        RAX      CRUAX    R        –        R        R        R        –
majorincident       incident_manager       –        –        –        CRU      CRUAX    RU       –        RAX      R        R        R
majorreview         incident_manager       –        –        –        R        CRU      R        –        CRU      R        R        –
article             knowledge_editor       R(o)     R(o)     –        CRU      CRUA     R        –        CRUA     R        R        R
service             service_level_manager  R(o)     R(o)     –        R        R        CRUA     –        CRU      RA       R        R
requestmodel        request_manager        R(o)     R(o)     –        R        CRUA     CRU      –        R        R        R        –
servicerequirement  service_level_manager  –        RA(o)    –        R        CRUA     CRUA     –        RA       R        R        –
agreement           service_level_manager  –        R(o)     –        R        CRUA     CRU      –        CRUA     RA       R        R
recalculation       service_level_manager  –        –        –        –        CRUA     –        –        CRUA     –        R        –
supplier            supplier_manager       –        –        –        R        CRUA     R        –        RA       R        R        –
otherpartyoperation supplier_manager       –        –        R(o)     –        CRUA     R        –        CRUA     R        R        –
resourceneed        service_level_manager  –        –        –        –        CRU      CRU      –        CRU      RA       R        –
risk                risk_manager           –        –        –        CR       CRUA     CRUA     –        CRUA     RA       R        –
riskcriteria        risk_manager           –        –        –        –        CRU      R        –        CRU      RA       R        –
document            service_level_manager  –        –        –        –        CRU      CRU      –        CRUA     RA       R        –
process             incident_manager       –        –        –        R        CRU      CRU      –        CRUA     R        R        –
scope               service_level_manager  –        –        –        R        R        R        –        CRU      RA       R        –
smschange           service_level_manager  –        –        –        –        –        –        –        CRU      RA       R        –
contextissue        service_level_manager  –        –        –        –        R        R        –        CRU      R        R        –
party               service_level_manager  –        –        –        –        R        R        –        CRU      R        R        –
unit                service_level_manager  –        –        –        R        R        R        –        CRU      R        R        –
location            service_level_manager  –        –        –        R        R        R        –        CRU      R        R        –
obligation          service_level_manager  –        –        –        –        R        R        –        CRUA     R        R        –
limitation          service_level_manager  –        –        –        R        CRU      CRU      –        CRU      R        R        –
managementsystem    service_level_manager  –        –        –        –        R        R        –        CRUA     R        R        –
tool                service_level_manager  –        –        –        R        R        R        –        CRUA     R        R        R
communication       service_level_manager  –        –        –        R        R        R        –        CRUA     R        R        –
objective           service_level_manager  –        –        –        R        CRU      CRU      –        CRUA     RA       R        –
competence          training_coordinator   –        –        –        R        CRU      R        –        CRUA     RA       R        –
training            training_coordinator   –        –        –        –        CRUA     –        –        CRUA     R        R        –
qualification       training_coordinator   –        –        –        R(o)     CRUX     R(o)     –        CRUX     R(o)     R        –
awarenessstatement  training_coordinator   –        –        –        R(o)     CRUA     R(o)     –        CRUA     R(o)     R        –
role                service_level_manager  –        –        –        –        –        –        –        CRUA     RA       R        CRUA
assignment          service_level_manager  –        –        –        –        –        –        –        CRUA     RA       R        CRUA
dutyconflict        service_level_manager  –        –        –        –        –        –        –        CRUA     RA       R        –
"""
# Which kinds a family of the map holds. What is named here is compared with the map, cell by cell.
FAMILIES = {
    "Incident, request": ("incident", "request"),
    "Major incident": ("majorincident",),
    "Problem, known error": ("article",),
    "Service, catalogue, portfolio": ("service",),
    "Requirement, SLA": ("servicerequirement", "agreement"),
    "OLA, contract, supplier, dispute": ("supplier",),
    "Risk, opportunity, treatment": ("risk",),
    "Policy, plan, process document": ("document", "process"),
    "Objective, KPI, measurement, report": ("objective",),
    "Competence, training": ("competence", "training"),
    "Users, roles, settings, log": ("role", "assignment"),
}
# Families of which kinds are still to come: their cells wait in `docs/reference/waiting.md` under these IDs.
WAITING = {
    "Problem, known error": "M-PB",
    "Change, release, transition": "M-CH",
    "CI, asset, baseline": "M-CI",
    "Service, catalogue, portfolio": "M-PF",
    "OLA, contract, supplier, dispute": "M-SU",
    "Budget, cost": "M-BU",
    "Demand, capacity, availability, continuity": "M-AV",
    "Security incident/risk/control": "M-IS",
    "Objective, KPI, measurement, report": "M-RP",
    "Audit programme, audit, finding": "M-AU",
    "Nonconformity, corrective action": "M-NC",
    "Management review": "M-MR",
    "Improvement": "M-IM",
    "Conformity, attestation, evidence": "M-CF",
}
# The moves that stand for deciding (A) and for closing or verifying (X). Where the map asks for no X, ending something is work.
DECIDES = {
    "accessright": "extend",
    "agreement": "sign",
    "article": "publish",
    "assignment": "approve",
    "awarenessstatement": "issue",
    "communication": "plan",
    "competence": "approve",
    "document": "approve",
    "dutyconflict": "accept",
    "majorincident": "review",
    "managementsystem": "take_into_use",
    "objective": "agree",
    "obligation": "put_in_force",
    "otherpartyoperation": "start",
    "process": "put_in_force",
    "recalculation": "apply",
    "requestmodel": "offer",
    "resourceneed": "grant",
    "risk": "accept",
    "riskcriteria": "approve",
    "role": "put_in_force",
    "scope": "approve",
    "service": "go_live",
    "servicerequirement": "agree",
    "smschange": "approve",
    "supplier": "activate",
    "tool": "validate",
    "training": "plan",
}
CLOSES = {
    "accessright": "end",
    "fulfilmenttask": "complete",
    "incident": "close",
    "majorincident": "close",
    "qualification": "verify",
    "request": "close",
}
# (kinds, columns, why): every cell that gives more or less than the map, once.
DEVIATIONS = (
    ("incident", "manager", "A priority that differs from the matrix is an ordinary change with a reason, marked and counted; whoever changes the "
     "incident may give it, and the manager looks through them. A word of its own would stop the night shift."),
    ("request", "manager", "As of incidents: the priority is an ordinary change. Approving is only for those whom the version asks."),
    ("incident", "approver", "Nothing of an incident is approved; the map asks it of requests."),
    ("incident request", "sms", "Everybody who works here reports and orders for themselves."),
    ("request", "top", "Everybody who works here orders for themselves."),
    ("request", "supplier", "Answers may hold others' data: a supplier works on the tasks that are given to its team, and on nothing else."),
    ("request", "admin", "Answers are people's words. Setting the system up needs none of them."),
    ("majorincident", "user rep", "Customers read the status page, which says what they were told, and not the record (decision 30)."),
    ("majorincident", "supplier", "A supplier works on the incident that leads, which is given to its team; the room holds what concerns others."),
    ("majorincident", "manager", "Who manages it also declares and leads one."),
    ("majorincident", "sms", "Review and closing do not wait for one absent person; who did either stands in the trail."),
    ("majorincident service agreement article", "admin", "Criteria, hours, targets and escalations are settings; their pages name these records. "
     "The administrator reads and changes none."),
    ("article", "supplier", "Articles are for our people and customers; what a supplier needs is attached to what is given to it."),
    ("article", "manager sms", "Knowledge is not the register of known errors: its editor and the SMS manager also write. Nobody publishes what they "
     "wrote last."),
    ("article", "top", "Articles are for all who work here."),
    ("service", "rep", "A customer decides by its agreement and its requirements; the entry follows what was agreed."),
    ("service", "supplier", "What a supplier does for a service stands in its contract and its operations, which it reads."),
    ("service", "manager", "One owner answers for the record of a service; managers comment on it."),
    ("service", "sms", "The SMS manager drafts, designs and rejects. The service's owner or top management lets it go live."),
    ("servicerequirement", "manager", "The service level manager agrees requirements with the customer; the trail says who did."),
    ("servicerequirement", "owner", "An owner writes down what is required of the service."),
    ("servicerequirement", "rep", "Reads and agrees those of their own organisation, as the role is given for it only."),
    ("agreement", "rep", "The customer signs the text; the move that records who signed and when is made by one of our people, with the file."),
    ("agreement", "manager", "The service level manager records the signature; terms come in force by an act of its own, dated."),
    ("agreement", "owner", "The owner drafts and negotiates; signing is for the service level manager and top management."),
    ("agreement", "sms", "Agreements do not wait for one absent person; who drafted and who signed stands in the trail."),
    ("agreement", "top", "Top management signs what binds the organisation, contracts with suppliers too."),
    ("supplier", "supplier", "The register holds our judgement of suppliers; they read their operations and what is given to them."),
    ("supplier", "top", "Top management signs the contract (agreement); the register follows it."),
    ("risk", "user rep", "Customers tell of a risk by an incident or their representative; the register names weaknesses and stays inside."),
    ("risk", "agent", "Who proposes a risk sees what became of it."),
    ("risk", "manager owner", "Accepted up to the limit of the role's version in force (risk_acceptance_level), never by the risk's owner above it."),
    ("risk document process", "approver", "Who decides holds a role that prints it, with its limit (5.3, S-035); being asked does not suffice."),
    ("document process", "user rep supplier agent", "Versions in force reach their readers through the library and by distribution; the record holds "
     "drafts and remarks."),
    ("document process", "owner", "Owners write the documents and processes of their services, and approve none of their own."),
    ("document process", "admin", "Templates and codes come with the program; setting up needs no draft."),
    ("process", "top", "Top management approves the documents of processes and the SMS change; the record of a process follows."),
    ("objective", "user rep", "Customers read figures in their agreement's page and report, not the objective."),
    ("objective", "supplier", "What a supplier measures is entered by the supplier manager, who answers for it."),
    ("objective", "owner", "Owners propose objectives for their services; agreeing them is for the SMS manager and top management."),
    ("competence training", "user", "Competence is that of our people; nobody at a customer has a file here. One's own file needs no word."),
    ("competence", "agent owner", "Everybody reads what their role asks; what single people can show is theirs (qualifications)."),
    ("training", "agent", "One's own training is read in one's own file."),
    ("training", "manager", "The training coordinator plans what was proposed; resources for it are decided elsewhere."),
    ("competence training", "sms", "The SMS manager settles which competence each role needs, and stands in where the coordinator is missing."),
    ("competence training", "top", "Resources and competence are top management's to answer for: reads, and approves profiles of roles it appoints."),
    ("role assignment", "sms", "The SMS manager gives out roles, never to themselves; the administrator keeps accounts."),
    ("role assignment", "top", "Top management appoints, and approves who holds what."),
    ("role assignment", "admin", "The administrator gives roles that exist, never to themselves; once a plan is in force a role comes in force only "
     "under an approved SMS change."),
)  # fmt: skip

OWN = {"o", "view", "published", "audience", "status"}
_TOKEN = re.compile(r"(?<![A-Za-z-])([CRUAX]+)(-\w+)?(?![a-z])(?:\(([^)]*)\))?")


@dataclass(frozen=True, slots=True)
class Row:
    """One kind: the role that manages its process, and by column what it gives: each letter, and whether only of one's own."""

    kind: str
    manager: str
    cells: dict[str, dict[str, bool]]

    def role(self, column: str) -> str:
        return self.manager if column == "manager" else ROLES[column]


def letters(cell: str) -> dict[str, bool]:
    """A cell as letters; True where it reaches only one's own. What customers see of something published counts as their own."""
    found: dict[str, bool] = {}
    for many, suffix, where in _TOKEN.findall(cell):
        if suffix != "-comment":
            found |= {one: re.split(r"[ ,]", where)[0] in OWN for one in many}
    return found


def rows() -> list[Row]:
    found = []
    for line in OURS.strip().splitlines()[1:]:
        kind, manager, *cells = line.split()
        found.append(Row(kind, manager, {c: letters(cell) for c, cell in zip(COLUMNS, cells, strict=True)}))
    return found


def of_the_map() -> dict[str, dict[str, str]]:
    """By family what the map says in each column, in its own letters."""
    lines = [line.split(" | ") for line in MAP.strip().splitlines()[1:]]
    return {family: dict(zip(COLUMNS, cells, strict=True)) for family, *cells in lines}


def asked(family: str, column: str) -> dict[str, bool]:
    """What a cell of the map asks for. Who changes, decides or closes also reads; of an approver, only what they are asked counts."""
    found = letters(of_the_map()[family][column])
    if column == "approver":
        return {one: True for one in found if one in "UAX"}
    return {"R": False, **found} if set(found) & set("UAX") else found


def differing() -> set[tuple[str, str]]:
    """Each kind and column that gives something else than the map asks."""
    known = {row.kind: row for row in rows()}
    return {(k, c) for family, kinds in FAMILIES.items() for k in kinds for c in COLUMNS if known[k].cells[c] != asked(family, c)}


def reasons() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for kinds, columns, why in DEVIATIONS:
        for kind in kinds.split():
            for column in columns.split():
                found.setdefault((kind, column), []).append(why)
    return found


HEADS = {
    "user": "Customer user",
    "rep": "Customer representative",
    "supplier": "Supplier user",
    "agent": "Agent",
    "manager": "Process manager",
    "owner": "Service owner",
    "approver": "Approver",
    "sms": "SMS manager",
    "top": "Top management",
    "auditor": "Auditor",
    "admin": "Administrator",
}


def said(cell: dict[str, bool]) -> str:
    """A cell as people read it."""
    whole, own = ("".join(one for one in "CRUAX" if cell.get(one) is is_own) for is_own in (False, True))
    return " ".join(part for part in (whole, own and f"{own}(o)") if part) or "–"


def page() -> str:
    """`docs/reference/permissions.md`: what roles give by kind, and where that differs from what was asked for."""
    known, differs, why = {row.kind: row for row in rows()}, differing(), reasons()
    lines = [
        "# Who may do what",
        "",
        "<!-- Written from tests/permission_matrix.py by `UPDATE_SNAPSHOTS=1 pytest tests/test_permission_matrix.py`. Don't edit it here. -->",
        "",
        "What the roles that ship give, by kind of record. A test tries every cell over pages and API with somebody who holds just that role.",
        "",
        "C open · R read · U change · A approve or decide · X close or verify · (o) their own, their organisation's, or what is shared with them · "
        "– nothing. **Bold** differs from what the map of the standard asks, and [says why](#why-it-differs). What is asked of an approver is only "
        "what they decide; beside it they hold the role that they hold. Which words stand behind a letter: [words](words.md). "
        "[Why it is so](../decisions/0042-the-permission-matrix-is-tried-and-what-differs-says-why.md).",
        "",
        f"| Kind | {' | '.join(HEADS.values())} |",
        "| --- " * (len(HEADS) + 1) + "|",
    ]
    for kind, row in known.items():
        cells = [f"**{said(row.cells[c])}**" if (kind, c) in differs else said(row.cells[c]) for c in COLUMNS]
        lines.append(f"| `{kind}` | {' | '.join(cells)} |")
    lines += ["", "The process manager of each kind: " + "; ".join(_managers()) + ".", "", "## What was asked for", ""]
    lines += ["A family that still waits for its kinds has its ID in [what waits](waiting.md).", ""]
    lines += [f"| Family | Kinds | Waits | {' | '.join(HEADS.values())} |", "| --- " * (len(HEADS) + 3) + "|"]
    for family, cells in of_the_map().items():
        kinds = ", ".join(f"`{kind}`" for kind in FAMILIES.get(family, ()))
        lines.append(f"| {family} | {kinds} | {WAITING.get(family, '')} | {' | '.join(cells[c] for c in COLUMNS)} |")
    lines += ["", "## Why it differs", "", "| Kind | Role | Asked | Given | Why |", "| --- | --- | --- | --- | --- |"]
    for family, kinds in FAMILIES.items():
        for kind in kinds:
            for c in COLUMNS:
                if (kind, c) in differs:
                    lines.append(f"| `{kind}` | {HEADS[c]} | {of_the_map()[family][c]} | {said(known[kind].cells[c])} | {' '.join(why[kind, c])} |")
    return "\n".join(lines) + "\n"


def _managers() -> Iterator[str]:
    managed: dict[str, list[str]] = {}
    for row in rows():
        managed.setdefault(row.manager, []).append(f"`{row.kind}`")
    return (f"{name.replace('_', ' ')}: {', '.join(kinds)}" for name, kinds in managed.items())
