"""A cast for each kind of claim: so many records for which it holds, or that contradict it. Written past the writes, as `tests/filling.py` does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from plimsoll.agreements.levels.models import Version
from plimsoll.agreements.levels.pages.forms import frozen_hours
from plimsoll.agreements.levels.rules import Target, Terms, write_terms
from plimsoll.agreements.parties.models import Proof
from plimsoll.context.processes.models import Activity, Duty
from plimsoll.kernel.documents.models import DocumentVersion, Reading
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.roles.models import RoleVersion
from plimsoll.kernel.targets.models import Clock
from plimsoll.resolution.majors.models import ToldTop
from tests.cast import House, time_passed
from tests.filling import many

DAY = timedelta(days=1)
Make = Callable[[House, int, bool], list[Record]]


def rows(house: House, kind: str, n: int, state: str, *, start: int = 100, **values: Any) -> list[Any]:
    return many(house, type_named(kind), n, state, lambda i: {name: v(i) if callable(v) else v for name, v in values.items()}, start=start)


def today(days: int = 0) -> Any:
    return now().date() + timedelta(days=days)


def covered(house: House, n: int, is_good: bool) -> list[Record]:
    services = rows(house, "service", n, "live")
    if is_good:
        agreement = rows(house, "agreement", 1, "active", type="sla", organization=house.brannock)[0]
        terms = Terms(
            hours=frozen_hours(house.office_hours),
            targets=(Target("resolve", None, timedelta(hours=8)),),
            services=frozenset(s.pk for s in services),
        )
        moment = now() - DAY
        Version.objects.create(agreement=agreement, number=1, terms=write_terms(terms), started_at=moment, published_at=moment)
    return services


def aged(record: Record, days: int) -> Record:
    return time_passed(record, opened_at=now() - days * DAY)


def agreements(house: House, n: int, is_good: bool) -> list[Record]:
    return [aged(r, 30 if is_good else 600) for r in rows(house, "agreement", n, "active", type="sla", organization=house.brannock)]


def held_role(house: House, *, start: int = 10) -> Any:
    role = rows(house, "role", 1, "in_force", edition=1, start=start)[0]
    rows(house, "assignment", 1, "in_force", role=role, person=house.ines, starts_at=now() - DAY, start=start)
    return role


def statements(house: House, n: int, is_good: bool) -> list[Record]:
    held_role(house)
    state, said = ("acknowledged", {"acknowledged_at": now() - DAY}) if is_good else ("issued", {})
    return rows(house, "awarenessstatement", n, state, person=house.ines, issued_at=now() - 2 * DAY, **said)


def documents(days: int, **values: Any) -> Make:
    def make(house: House, n: int, is_good: bool) -> list[Record]:
        due = today(10 if is_good else -10)
        found = rows(house, "document", n, "valid", edition="1.0", sort="policy", review_due_date=due, **values)
        for document in found:
            version = DocumentVersion.objects.create(
                document=document, number="1.0", state="valid", title=document.title, description="-", approved_by=house.greta, approved_as="-",
                approved_at=now(), started_on=today(-10 if is_good else -days), digest="-",
            )  # fmt: skip
            read = now() if is_good else None
            Reading.objects.create(version=version, person=house.ines, asked_at=now(), due_on=today(-1), read_at=read)
        return found

    return make


def incidents(house: House, n: int, is_good: bool) -> list[Record]:
    found = rows(house, "incident", n, "in_progress", priority=1, organization=house.brannock)
    moment = now()
    for incident in found:
        Clock.objects.create(
            tenant=house.tenant, card_id=incident.pk, kind="incident", key="respond:1", measure="respond", terms=1, state="met", priority=1,
            started_at=moment - 2 * timedelta(hours=1), stopped_at=moment, elapsed=timedelta(minutes=20 if is_good else 45), as_of=moment,
        )  # fmt: skip
    return found


def reviewed(kind: str, state: str, **values: Any) -> Make:
    def make(house: House, n: int, is_good: bool) -> list[Record]:
        owned = {"owner": house.ines} if type_named(kind).has("owner") else {}
        return rows(house, kind, n, state, review_on=today(10 if is_good else -10), **owned, **values)

    return make


def majors(house: House, n: int, is_good: bool) -> list[Record]:
    leads = rows(house, "incident", n, "in_progress", organization=house.brannock)
    found = rows(house, "majorincident", n, "being_handled", lead=lambda i: leads[i])
    for major in found:
        opened = now() - timedelta(hours=3)
        time_passed(major, opened_at=opened)
        ToldTop.objects.create(major=major, how="notice", person=house.ruth, at=opened + timedelta(minutes=5 if is_good else 90))
    return found


def restored(house: House, n: int, is_good: bool) -> list[Record]:
    leads = rows(house, "incident", n, "in_progress", organization=house.brannock)
    found = rows(house, "majorincident", n, "in_review", lead=lambda i: leads[i], restored_at=now() - 40 * DAY)
    rows(house, "majorreview", n, "done", major=lambda i: found[i], done_at=now() - (35 if is_good else 5) * DAY)
    return found


def objectives(house: House, n: int, is_good: bool) -> list[Record]:
    said = {"metric": "Share", "unit": "%", "baseline": "1", "target": "2", "due_on": today(30), "owner": house.ines, "statement": "S1"}
    found = rows(house, "objective", n, "running", frequency="monthly", **(said if is_good else {}))
    return [aged(o, 0 if is_good else 100) for o in found]


def operations(house: House, n: int, is_good: bool) -> list[Record]:
    agreement = rows(house, "agreement", 1, "active", type="contract", organization=house.telco)[0]
    said = {"agreement": agreement, "owner": house.ines} if is_good else {}
    found = rows(house, "otherpartyoperation", n, "running", organization=house.telco, component="Lines", operates="component", **said)
    for operation in found if is_good else ():
        for box, _label in Proof.BOXES:
            Proof.objects.create(operation=operation, box=box, kind="report", name="Report", dated_on=today(-3))
    return found


def processes(house: House, n: int, is_good: bool) -> list[Record]:
    role = held_role(house) if is_good else None
    found = rows(house, "process", n, "in_force", owner_role=role, manager_role=role, review_on=today(10 if is_good else -10))
    for process in found if is_good else ():
        activity = Activity.objects.create(process=process, name="Do it")
        Duty.objects.create(process=process, activity=activity, role=role, letter="A")
    return found


def requirements(house: House, n: int, is_good: bool) -> list[Record]:
    service = rows(house, "service", 1, "live")[0]
    said = {"covering_target": "None needed", "covering_reason": "It is free."} if is_good else {}
    return rows(house, "servicerequirement", n, "agreed", service=service, organization=house.brannock, **said)


def accepted(house: House, n: int, is_good: bool) -> list[Record]:
    _version(house, "top_management", "Top management", {}, start=10)
    return rows(
        house, "risk", n, "accepted", sign="risk", residual_level=15, accepted_at=now() - DAY, accepted_as="Top management" if is_good else "Clerk"
    )


def _version(house: House, code: str, title: str, limits: dict[str, int], *, start: int) -> Any:
    role = rows(house, "role", 1, "in_force", edition=1, code=code, start=start)[0]
    RoleVersion.objects.create(role=role, number=1, title=title, limits=limits, approved_by=house.greta, started_at=now() - DAY)
    return role


def held(house: House, n: int, is_good: bool) -> list[Record]:
    roles = rows(house, "role", n, "in_force", edition=1)
    if is_good:
        rows(house, "assignment", n, "in_force", role=lambda i: roles[i], person=house.ines, starts_at=now() - DAY)
    return roles


def given(house: House, n: int, is_good: bool) -> list[Record]:
    role = rows(house, "role", 1, "in_force", edition=1)[0]
    return rows(house, "assignment", n, "in_force", role=role, person=house.ines, starts_at=now() - DAY, is_set_up=not is_good)


def limited(house: House, n: int, is_good: bool) -> list[Record]:
    _version(house, "top_management", "Top management", {"risk_acceptance_level": 25}, start=10)
    return [_version(house, f"clerk-{i}", "Clerk", {"risk_acceptance_level": 12 if is_good else 16}, start=20 + i) for i in range(n)]


def tools(house: House, n: int, is_good: bool) -> list[Record]:
    said = {"owner": house.ines, "backup": "Every night", "validated_on": today(-30)} if is_good else {"validated_on": today(-800)}
    return rows(house, "tool", n, "in_use", **said)


# By claim as a document writes it: the cast.
CASTS: dict[str, Make] = {
    "agreements.cover_services": covered,
    "agreements.reviewed?months=12": agreements,
    "awareness.confirmed?months=12": statements,
    "documents.on_time": documents(10),
    "documents.read?code=POL": documents(10, code=lambda i: "POL" if i == 0 else f"POL-{i}"),
    "documents.reviewed?months=12": documents(700),
    "incidents.answered?minutes=30&priority=1": incidents,
    "limitations.reviewed": reviewed("limitation", "open"),
    "majors.reviewed?days=10": restored,
    "majors.told?minutes=15": majors,
    "objectives.measurable": objectives,
    "objectives.measured": objectives,
    "objectives.serve_policy": objectives,
    "obligations.reviewed": reviewed("obligation", "in_force"),
    "parties.agreed": operations,
    "parties.proved": operations,
    "processes.accountable": processes,
    "processes.owned": processes,
    "processes.reviewed": processes,
    "requirements.covered": requirements,
    "risks.accepted_by?above=12&role=top_management": accepted,
    "risks.reviewed": reviewed("risk", "in_treatment", sign="risk"),
    "roles.apart": given,
    "roles.held?which=all": held,
    "roles.limited?above=12&of=risk&role=top_management": limited,
    "tools.backed_up": tools,
    "tools.validated?months=12": tools,
}
