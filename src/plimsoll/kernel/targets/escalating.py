"""Telling people when a share of a target is used up: once per share and clock, also after downtime, and never in a burst."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.events import publish
from plimsoll.kernel.identity.models import Person, TeamMembership
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import amend, locked
from plimsoll.kernel.records.queries import record_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.targets.events import Escalated
from plimsoll.kernel.targets.models import Clock, Escalation
from plimsoll.kernel.targets.operations import next_warning
from plimsoll.kernel.targets.queries import escalation_rules, readings_of, source_of, thresholds
from plimsoll.kernel.targets.rules import GOING, Reading, Rule
from plimsoll.kernel.trail.models import Entry

logger = logging.getLogger(__name__)
LATE = timedelta(minutes=15)  # found later than this, it is marked and nobody gets a mail
MOST = 200


def escalate_due(moment: datetime | None = None) -> int:
    """Escalate every clock whose next share is used up, each record in a transaction of its own. Returns how many shares were noticed.

    `moment` is for a story that is told afterwards, as the demonstration's: what is noticed then carries that time.
    """
    at = moment or now()
    cards = list(Clock.objects.filter(warn_at__lte=at).order_by("warn_at").values_list("card_id", flat=True)[:MOST])
    noticed = 0
    for pk in dict.fromkeys(cards):
        try:
            noticed += _escalate(pk, at)
        except Exception:  # one record that can't be told must not silence all the others
            logger.exception("The clocks of record %d could not be escalated; it is tried again in an hour.", pk)
            Clock.objects.filter(card_id=pk, warn_at__lte=at).update(warn_at=at + timedelta(hours=1))
    return noticed


def plan_warnings(tenant_id: int, since: datetime) -> int:
    """Plan anew when each running clock of an organization is told of next, after its rules changed: of what is used up from `since` on, so that
    new rules take nothing from anybody over what went by before them. Each record in a transaction of its own; returns how many."""
    cards = Clock.objects.filter(tenant=tenant_id, state__in=GOING).order_by("card_id").values_list("card_id", flat=True).distinct()
    count = 0
    for pk in cards:
        with writing():
            record = locked(record_of(Card.objects.get(pk=pk)))
            stored = {row.key: row for row in Clock.objects.select_for_update().filter(card_id=pk)}
            done = set(Escalation.objects.filter(card_id=pk).values_list("key", "percent"))
            for reading in readings_of(record):
                if (row := stored.get(key := reading.promise.key)) is not None:
                    row.warn_at = next_warning(record, reading, {percent for which, percent in done if which == key}, since)
                    row.save(update_fields=["warn_at"])
        count += 1
    return count


def _escalate(card_id: int, at: datetime) -> int:
    with writing():
        record = locked(record_of(Card.objects.get(pk=card_id)))
        stored = {row.key: row for row in Clock.objects.select_for_update().filter(card_id=card_id)}
        done: dict[str, set[int]] = {key: set() for key in stored}
        for key, percent in Escalation.objects.filter(card_id=card_id).values_list("key", "percent"):
            done.setdefault(key, set()).add(percent)
        noticed = 0
        for reading in readings_of(record):
            key = reading.promise.key
            if (row := stored.pop(key, None)) is None:
                continue
            marks = [m for m in reading.marks(thresholds(record.tenant, reading)) if m[1] <= at and m[0] not in done[key]]
            overtaken = [m for m in marks if m[0] < max(done[key], default=0)]  # of a rule that was made after a higher share was told
            Escalation.objects.bulk_create(_row(record, key, *m, at, is_late=True) for m in overtaken)
            if ahead := [m for m in marks if m not in overtaken]:
                record = _notice(record, reading, ahead, at)
            if marks:
                done[key] |= {percent for percent, _reached in marks}
                noticed += len(marks)
            row.warn_at = next_warning(record, reading, done[key])
            row.save(update_fields=["warn_at"])
        Clock.objects.filter(pk__in=[row.pk for row in stored.values()]).update(warn_at=None)  # nothing is promised there any more
    return noticed


def _notice(record: Record, reading: Reading, marks: list[tuple[int, datetime]], at: datetime) -> Record:
    """Of several shares that were passed unnoticed only the highest is told; the others are marked as found late."""
    percent, reached_at = marks[-1]
    is_late = at - reached_at > LATE
    system = system_person(record.tenant)
    changes = {"clock": (None, reading.promise.key), "percent": (None, percent), "reached_at": (None, reached_at), "is_late": (None, is_late)}
    entry = parts.tell(record, "escalate", by=system, channel="rule", changes=changes, at=at)
    Escalation.objects.bulk_create(
        _row(record, reading.promise.key, p, reached, at, is_late=is_late or p != percent, entry=entry if p == percent else None)
        for p, reached in marks
    )
    rules = [r for r in escalation_rules(record.tenant) if r.percent == percent and r.holds(reading.promise.measure, reading.priority)]
    people = tuple(dict.fromkeys(pk for rule in rules for pk in _people(record, rule)))
    publish(Escalated(card_id=record.pk, entry_id=entry.pk, people=people, is_late=is_late))
    return _give(record, rules, percent, system, at)


def _row(record: Record, key: str, percent: int, reached: datetime, at: datetime, *, is_late: bool, entry: Entry | None = None) -> Escalation:
    return Escalation(card_id=record.pk, key=key, percent=percent, reached_at=reached, noticed_at=at, is_late=is_late, entry=entry)


def _people(record: Record, rule: Rule) -> list[int]:
    """Whom a rule tells; a team's members when the record is with nobody and its owner was to be told."""
    found: list[int] = []
    owner, team = getattr(record, "owner_id", None), getattr(record, "team_id", None)
    members = TeamMembership.objects.filter(in_force(now()), team_id=team, person__is_active=True) if team else TeamMembership.objects.none()
    for whom in rule.tell:
        if whom == "owner" and owner is not None:
            found.append(owner)
        elif whom in ("team", "owner"):
            found += members.values_list("person_id", flat=True)
        elif whom == "leads":
            found += members.filter(is_lead=True).values_list("person_id", flat=True)
        elif whom == "answerable" and (source := source_of(record.kind)) is not None and (answerable := source.answerable(record)) is not None:
            found.append(answerable)
    return [*found, *([rule.person] if rule.person else [])]


def _give(record: Record, rules: list[Rule], percent: int, system: Person, at: datetime) -> Record:
    """Functional escalation: the first rule that names a team gives the record to it."""
    give_to = next((rule.give_to for rule in rules if rule.give_to), None)
    if give_to is None or give_to == getattr(record, "team_id", None):
        return record
    note = _("Given over by rule: %(percent)d %% of the time is used up.") % {"percent": percent}
    try:
        return amend(record, by=system, channel="rule", note=note, at=at, team=give_to, owner=None)
    except Faulty:  # the team of the rule is no longer in use: those who are told see it
        return record
