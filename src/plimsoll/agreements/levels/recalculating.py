"""Recalculations: which records would be under another version, what their clocks would say then, and putting them under it on request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _, ngettext

from plimsoll.agreements.levels.models import Agreement, Recalculation, RecalculationLine, Version
from plimsoll.agreements.levels.queries import promises_of, supporting_for, version_for
from plimsoll.agreements.levels.rules import SLA, read_terms
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.operations import locked, move, set_derived
from plimsoll.kernel.records.permissions import check, may
from plimsoll.kernel.targets.queries import lives_of, timed_kinds
from plimsoll.kernel.targets.rules import GOING, Life, Promise, reckon
from plimsoll.kernel.tasks import queue
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.tasks.queue import JobRefused
from plimsoll.kernel.tasks.registry import find

BATCH = 250
TASK = "levels.recalculation"
UNDER_WAY = {"computing": "compute", "applying": "apply"}  # the state, and the act that led there


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a recalculation stands still, and when it is tried again by itself (None: by nobody until somebody asks)."""

    reason: str
    tried_again_at: datetime | None


def start(event: Written) -> None:
    """Wired to `Written`: a recalculation that is to be computed or applied is done by a job, however many records there are."""
    if event.record.kind != "recalculation" or event.entry.action not in ("compute", "apply"):
        return
    assert isinstance(event.record, Recalculation)
    _ask(event.record, event.entry.action, by=event.by)


def _ask(recalculation: Recalculation, act: str, *, by: Person) -> None:
    task = find(TASK)
    assert task is not None
    task.enqueue(tenant=recalculation.tenant, asked_by=by, recalculation=recalculation.pk, act=act, by=by.pk)


def trouble_of(recalculation: Recalculation) -> Trouble | None:
    """What keeps a recalculation from going on by itself: its job failed or is gone. None while all goes well."""
    if recalculation.state not in UNDER_WAY:
        return None
    job = _job_of(recalculation)
    if job is not None and job.state in ("waiting", "running"):
        return None
    # The first line says what went wrong; those below say where in the program.
    reason = job.error.strip().split("\n")[0][:300] if job is not None else ""
    return Trouble(reason, job.run_at if job is not None and job.state == "failed" else None)


def may_try_again(recalculation: Recalculation, person: Person) -> bool:
    return recalculation.state in UNDER_WAY and may(person, f"recalculation:{UNDER_WAY[recalculation.state]}", recalculation)


def try_again(recalculation: Recalculation, *, by: Person, channel: str) -> None:
    """Have a recalculation that stands still worked on again. Needs the word that it was asked for by; raises `Refused` or `JobRefused`."""
    with writing():
        fresh = locked(recalculation)
        act = UNDER_WAY.get(fresh.state)
        if act is None:
            raise JobRefused(_("%(recalculation)s is not being worked on, so there is nothing to try again.") % {"recalculation": fresh.reference})
        check(by, f"recalculation:{act}", fresh)
        job = _job_of(fresh)
        if job is None or job.state == "done":
            _ask(fresh, act, by=by)
        else:
            queue.retry(job, by=by, channel=channel)


def _job_of(recalculation: Recalculation) -> Job | None:
    """The job of what is under way now; jobs that ended are forgotten after a month."""
    mine = Job.objects.filter(tenant=recalculation.tenant_id, task=TASK, payload__recalculation=recalculation.pk)
    return mine.filter(payload__act=UNDER_WAY[recalculation.state]).order_by("-id").first()


def compute(recalculation: Recalculation) -> Recalculation:
    """Make the list of before and after anew. Nothing else is written; a job that was killed begins again."""
    system = system_person(recalculation.tenant)
    with writing():
        RecalculationLine.objects.filter(recalculation=recalculation).delete()
    considered = differing = verdicts = 0
    for records in _records(recalculation):
        lines = _lines(recalculation, records)
        with writing():
            RecalculationLine.objects.bulk_create(lines)
        considered += len(records)
        differing += len(lines)
        verdicts += sum(line.is_verdict_changed for line in lines)
    with writing():
        fresh = Recalculation.objects.get(pk=recalculation.pk)
        counted = {"considered": considered, "differing": differing, "verdicts_changed": verdicts, "computed_at": now()}
        set_derived(fresh, counted, by=system, channel="task", action="count")
        return move(Recalculation.objects.get(pk=recalculation.pk), "finish", by=system, channel="task", note=_("The list is made."))


def apply(recalculation: Recalculation, *, asked_by: Person) -> Recalculation:
    """Put every record of the list under its new version, each in its own trail with the reason. A job that was killed goes on.

    What changed after the list was made (its service, its versions) is left as it is, and told: the list no longer speaks of it.
    """
    system = system_person(recalculation.tenant)
    note = _("%(recalculation)s, asked for by %(who)s: %(reason)s") % {
        "recalculation": recalculation.reference,
        "who": asked_by.name,
        "reason": recalculation.reason,
    }
    waiting = RecalculationLine.objects.filter(recalculation=recalculation, is_applied=False, is_left=False)
    while lines := list(waiting.select_related("card")[:BATCH]):
        with writing():
            left: list[int] = []
            for line in lines:
                record: Any = locked(type_named(line.card.kind).model._default_manager.get(pk=line.card_id))
                record.tenant = recalculation.tenant
                if not _is_as_listed(line, record):
                    left.append(line.pk)
                    continue
                after = None if line.after_version_id is None else Version(pk=line.after_version_id)
                values = {"covered_by": after, "backed_by": line.after_backing}
                set_derived(record, values, by=system, channel="task", action="recalculate", note=note)
            RecalculationLine.objects.filter(pk__in=left).update(is_left=True)
            RecalculationLine.objects.filter(pk__in={line.pk for line in lines} - set(left)).update(is_applied=True)
    with writing():
        fresh = Recalculation.objects.get(pk=recalculation.pk)
        set_derived(fresh, {"applied_at": now()}, by=system, channel="task", action="count")
        changed = RecalculationLine.objects.filter(recalculation=recalculation, is_left=True).count()
        said = _("Every record of the list is under its new version.")
        if changed:
            said = ngettext(
                "%(n)d record changed after the list was made and was left as it is; the others are under their new version.",
                "%(n)d records changed after the list was made and were left as they are; the others are under their new version.",
                changed,
            ) % {"n": changed}
        return move(Recalculation.objects.get(pk=recalculation.pk), "end", by=system, channel="task", note=said)


def _is_as_listed(line: RecalculationLine, record: Any) -> bool:
    """Is the record still what the line compared, and would it still come under what the line says?"""
    if record.covered_by_id != line.before_version_id or (line.before_backing is not None and list(record.backed_by) != line.before_backing):
        return False
    return _should_be(record) == (line.after_version_id, line.after_backing)


def _should_be(record: Any) -> tuple[int | None, list[int]]:
    """Under which version a record belongs by what is known today, and which stand behind it."""
    tenant = record.tenant
    version = version_for(tenant, record.organization, record.service_id, record.opened_at)
    return version, supporting_for(tenant, record.service_id, record.opened_at)


def _records(recalculation: Recalculation) -> Iterator[list[Any]]:
    """The records that the agreement could cover, of every kind that agreements cover, a batch at a time in the order of their cards.

    A kind that promises by itself, as what can be ordered does, names no version of an agreement.
    """
    concerned = _concerned(recalculation.agreement)
    for kind in (k for k in timed_kinds() if type_named(k).has("covered_by")):
        rows: Any = type_named(kind).model.objects.filter(concerned, tenant_id=recalculation.tenant_id)
        if recalculation.opened_from is not None:
            rows = rows.filter(opened_at__gte=_beginning(recalculation.opened_from, recalculation))
        if recalculation.opened_before is not None:
            rows = rows.filter(opened_at__lt=_beginning(recalculation.opened_before, recalculation))
        last = 0
        while found := list(rows.filter(pk__gt=last).select_related("tenant", "organization").order_by("pk")[:BATCH]):
            last = found[-1].pk
            yield found


def _concerned(agreement: Agreement) -> Q:
    """A customer's agreement speaks of that customer's records; what stands behind services speaks of theirs, whoever the customer is."""
    if agreement.type == SLA:
        party = agreement.organization_id
        return Q(organization__in=[party, *Organization.objects.filter(parent_id=party).values_list("pk", flat=True)])
    found = [read_terms(v.terms).services for v in Version.objects.filter(agreement=agreement, published_at__isnull=False)]
    if all(found):
        return Q(service__in=frozenset().union(*found))
    return Q(service__isnull=False)  # one of them names no service: it stands behind them all


def _beginning(day: date, recalculation: Recalculation) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(recalculation.tenant.timezone))


def _lines(recalculation: Recalculation, records: Sequence[Any]) -> list[RecalculationLine]:
    """A line for each record that would be under another version."""
    tenant = recalculation.tenant
    found = []
    for record in records:
        version, backing = _should_be(record)
        if (version, backing) != (record.covered_by_id, list(record.backed_by)):
            found.append((record, version, backing))
    lives = lives_of([record for record, _version, _backing in found])
    lines = []
    for record, version, backing in found:
        life = lives[record.pk]
        before = _verdicts(promises_of(tenant, record.covered_by_id, record.backed_by), life)
        after = _verdicts(promises_of(tenant, version, backing), life)
        lines.append(
            RecalculationLine(
                recalculation=recalculation,
                card_id=record.pk,
                before_version_id=record.covered_by_id,
                after_version_id=version,
                before_backing=list(record.backed_by),
                after_backing=backing,
                before=before,
                after=after,
                is_verdict_changed={k: v["verdict"] for k, v in before.items()} != {k: v["verdict"] for k, v in after.items()},
            )
        )
    return lines


def _verdicts(promises: Sequence[Promise], life: Life) -> dict[str, dict[str, Any]]:
    """What each clock says: a running one that is over its time is called missed, as its month will count it."""
    moment = now()
    found = {}
    for reading in (reckon(promise, life) for promise in promises):
        verdict = "missed" if reading.is_missed(moment) else "open" if reading.state in GOING else reading.state
        found[reading.promise.key] = {
            "state": reading.state,
            "verdict": verdict,
            "due_at": reading.due_at.isoformat() if reading.due_at else None,
            "stopped_at": reading.stopped_at.isoformat() if reading.stopped_at else None,
        }
    return found
