"""Writes of risks beside open, amend and move: treatments, and what follows when criteria are put in force."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.operations import locked, move, set_derived
from plimsoll.kernel.records.permissions import check
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.tasks.registry import find
from plimsoll.planning.risks.models import Recomputed, Risk, RiskCriteria, Treatment
from plimsoll.planning.risks.queries import criteria_in_force
from plimsoll.planning.risks.record import levels_by
from plimsoll.planning.risks.rules import ENDED

MOST_TEXT = 500
TASK = "risks.judge_all"
TREATMENT = frozenset({"treatment", "reason", "evaluation"})
LEVELS = ("level", "level_class", "residual_level", "residual_class")


def _words(text: str) -> str:
    return " ".join(text.split())


def _too_long(name: str, text: str) -> list[Fault]:
    if len(text) > MOST_TEXT or "\x00" in text:
        return [Fault(name, _("It is longer than %(n)d characters, or holds one that can't be stored.") % {"n": MOST_TEXT})]
    return []


def keep_treatment(
    risk: Risk,
    *,
    text: str,
    owner: Person | None,
    due_on: date | None,
    priority: int = 2,
    linked: Card | None = None,
    treatment: Treatment | None = None,
    by: Person,
    channel: str,
    at: datetime | None = None,
) -> Treatment:
    """Plan a treatment, or change one that is still to do. Needs `risk:amend`; raises `Refused` or `Faulty`.

    `linked` is the record that carries it out; callers find it among what `by` may see.
    """
    words = _words(text)
    faults = _too_long("text", words)
    if not words:
        faults.append(Fault("text", _("Say what is done.")))
    if owner is None or owner.tenant_id != risk.tenant_id:
        faults.append(Fault("owner", _("Say who does it.")))
    if due_on is None:
        faults.append(Fault("due_on", _("Say until when.")))
    if priority not in dict(Treatment.PRIORITIES):
        faults.append(Fault("priority", _("Choose a priority.")))
    if linked is not None and (linked.tenant_id != risk.tenant_id or linked.pk == risk.pk):
        faults.append(Fault("linked", _("There is no such record.")))
    with writing():
        fresh = locked(risk)
        check(by, "risk:amend", fresh)
        kept = Treatment(risk=fresh) if treatment is None else Treatment.objects.select_for_update().get(pk=treatment.pk, risk=fresh)
        if fresh.state in ENDED:
            faults.append(Fault("", _("%(risk)s is over; nothing more is planned for it.") % {"risk": fresh.reference}))
        if kept.state != "open":
            faults.append(Fault("", _("It is no longer to do. Plan another treatment.")))
        if faults:
            raise Faulty(faults)
        given: dict[str, Any] = {"text": words, "owner": owner, "due_on": due_on, "priority": priority, "linked": linked}
        changes = {} if kept.pk is None else {n: (getattr(kept, n), v) for n, v in given.items() if getattr(kept, n) != v}
        if kept.pk is not None and not changes:
            return kept
        is_new = kept.pk is None
        for name, value in given.items():
            setattr(kept, name, value)
        kept.save()
        told: dict[str, tuple[Any, Any]] = {"treatment": (None, words)}
        for name, value in given.items():
            if name != "text" and (is_new or name in changes):
                told[f"treatment.{name}"] = (None if is_new else changes[name][0], value)
        parts.tell(fresh, "plan treatment" if is_new else "change treatment", by=by, channel=channel, changes=told, texts=TREATMENT, at=at)
    return kept


def end_treatment(
    treatment: Treatment, *, is_done: bool, by: Person, channel: str, on: date | None = None, reason: str = "", at: datetime | None = None
) -> Treatment:
    """A treatment is done, or dropped with its reason. Needs `risk:amend`; asked again it changes nothing."""
    day = on or localdate(at)
    words = _words(reason)
    faults = _too_long("reason", words)
    if not is_done and not words:
        faults.append(Fault("reason", _("Say why it is dropped.")))
    if is_done and day > localdate():
        faults.append(Fault("on", _("That day is still to come.")))
    with writing():
        fresh = locked(treatment.risk)
        check(by, "risk:amend", fresh)
        kept = Treatment.objects.select_for_update().get(pk=treatment.pk, risk=fresh)
        if kept.state != "open":
            return kept
        if faults:
            raise Faulty(faults)
        kept.state, kept.done_on = ("done", day) if is_done else ("dropped", None)
        kept.save(update_fields=["state", "done_on"])
        changes: dict[str, tuple[Any, Any]] = {"treatment": (None, kept.text), "treatment.state": ("open", kept.state)}
        if is_done:
            changes["treatment.done_on"] = (None, day)
        name = "finish treatment" if is_done else "drop treatment"
        parts.tell(fresh, name, by=by, channel=channel, changes=changes, texts=TREATMENT, note=words, at=at)
    return kept


def judge_treatment(
    treatment: Treatment,
    *,
    verdict: str,
    evaluation: str,
    by: Person,
    channel: str,
    level: int | None = None,
    at: datetime | None = None,
) -> Treatment:
    """Say whether a treatment that is done worked, how that was judged, and which level was left (6.1.3-c). Needs `risk:amend`."""
    words = _words(evaluation)
    faults = _too_long("evaluation", words)
    if not verdict or verdict not in dict(Treatment.VERDICTS):
        faults.append(Fault("verdict", _("Say whether it worked.")))
    if not words:
        faults.append(Fault("evaluation", _("Say how that was judged.")))
    if level is not None and not 0 < level < 10_000:
        faults.append(Fault("level", _("A level is a whole number from 1 on.")))
    with writing():
        fresh = locked(treatment.risk)
        check(by, "risk:amend", fresh)
        kept = Treatment.objects.select_for_update().get(pk=treatment.pk, risk=fresh)
        if kept.state != "done":
            faults.append(Fault("", _("It is judged when it is done.")))
        if faults:
            raise Faulty(faults)
        before = (kept.verdict, kept.residual_level)
        kept.verdict, kept.evaluation, kept.residual_level = verdict, words, level
        kept.evaluated_on, kept.evaluated_by = localdate(at), by
        kept.save(update_fields=["verdict", "evaluation", "residual_level", "evaluated_on", "evaluated_by"])
        changes: dict[str, tuple[Any, Any]] = {
            "treatment": (None, kept.text),
            "treatment.verdict": (before[0] or None, verdict),
            "treatment.level": (before[1], level),
            "evaluation": (None, words),
        }
        parts.tell(fresh, "judge treatment", by=by, channel=channel, changes=changes, texts=TREATMENT, at=at)
    return kept


def follow(event: Written) -> None:
    """Wired to `Written`: criteria that are put in force end those before, and every current risk is judged anew by a job."""
    record = event.record
    if record.kind != "riskcriteria" or event.entry.action != "approve":
        return
    system = system_person(record.tenant)
    for before in RiskCriteria.objects.filter(tenant=record.tenant_id, state="in_force").exclude(pk=record.pk):
        note = _("%(criteria)s are in force instead.") % {"criteria": record.reference}
        move(before, "supersede", by=system, channel="rule", note=note, at=event.entry.at)
    task = find(TASK)
    assert task is not None
    task.enqueue(tenant=record.tenant, asked_by=event.by, criteria=record.pk)


def judge_all(criteria: RiskCriteria) -> int:
    """Compute the levels of every current risk by criteria in force, each in its own trail, and keep what was before and after.

    Repeatable; returns for how many something changed. Criteria that are superseded meanwhile change nothing.
    """
    in_force = criteria_in_force(criteria.tenant_id)
    if in_force is None or in_force.pk != criteria.pk:
        return 0
    system = system_person(criteria.tenant)
    note = _("By %(criteria)s, now in force.") % {"criteria": criteria.reference}
    changed = 0
    rows = Risk.objects.filter(tenant=criteria.tenant_id).exclude(state__in=ENDED).exclude(criteria=criteria).exclude(likelihood=None)
    for key in list(rows.order_by("pk").values_list("pk", flat=True)):
        with writing():
            fresh = locked(Risk.objects.get(pk=key))
            fresh.tenant = criteria.tenant
            after = levels_by(criteria, vars(fresh))
            before = {name: getattr(fresh, name) for name in LEVELS}
            set_derived(fresh, after, by=system, channel="task", action="judge by new criteria", note=note)
            told = {name: after[name] for name in LEVELS}
            if told != before:
                changed += 1
                Recomputed.objects.update_or_create(criteria=criteria, risk_id=key, defaults={"before": before, "after": told, "at": now()})
    return changed
