"""Orders that are placed again and again: kept, paused, ended; and placed once for each day of their rhythm, also after downtime."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.operations import notify
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.permissions import Refused, check
from plimsoll.resolution.requests.answering import answered
from plimsoll.resolution.requests.models import Occurrence, Recurrence, Request, RequestModel
from plimsoll.resolution.requests.operations import order
from plimsoll.resolution.requests.queries import form_of, is_entitled, today_of, version_in_force
from plimsoll.resolution.requests.rules import next_occurrence

MOST_TROUBLE = 500
MOST_AT_ONCE = 60  # occurrences that one run catches up with


def keep_recurrence(
    model: RequestModel, answers: Mapping[str, Any], *, requester: Person, every: str, starts_on: date, by: Person, channel: str
) -> Recurrence:
    """Have something ordered again and again. Needs `requestmodel:amend`; raises `Faulty` with a fault at each answer that is wrong."""
    check(by, "requestmodel:amend", model)
    version = version_in_force(model)
    faults = [Fault("every", _("Choose how often."))] if every not in dict(Recurrence.RHYTHMS) else []
    if version is None or not is_entitled(requester, model):
        faults.append(Fault("requester", _("“%(title)s” is not among what %(who)s may order.") % {"title": model.title, "who": requester.name}))
    else:
        checked = answered(form_of(version), answers)
        faults += checked.faults
    if faults:
        raise Faulty(faults)
    with writing():
        made = Recurrence.objects.create(
            tenant=model.tenant,
            request_model=model,
            requester=requester,
            answers=dict(checked.answers),
            every=every,
            starts_on=starts_on,
            next_on=starts_on,
            kept_by=by,
        )
        changes = {
            "request_model": (None, model.reference),
            "requester": (None, requester.pk),
            "every": (None, every),
            "starts_on": (None, starts_on),
        }
        _tell(made, "keep", by=by, channel=channel, changes=changes)
    return made


def _tell(row: Recurrence, action: str, *, by: Person, channel: str, changes: dict[str, tuple[Any, Any]]) -> None:
    publish(KeptChanged(tenant_id=row.tenant_id, kind="recurrence", subject_id=row.pk, action=action, by_id=by.pk, channel=channel, changes=changes))


def pause_recurrence(row: Recurrence, *, is_paused: bool, by: Person, channel: str) -> Recurrence:
    """Let it rest, or go on. What fell into the rest is not ordered afterwards."""
    check(by, "requestmodel:amend", row.request_model)
    with writing():
        kept = Recurrence.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if kept.ended_at is not None or kept.is_paused == is_paused:
            return kept
        while not is_paused and kept.next_on < today_of(kept.tenant):
            kept.next_on = next_occurrence(kept.next_on, kept.every, kept.starts_on)
        kept.is_paused = is_paused
        kept.save(update_fields=["is_paused", "next_on"])
        _tell(kept, "pause" if is_paused else "resume", by=by, channel=channel, changes={"is_paused": (not is_paused, is_paused)})
    return kept


def end_recurrence(row: Recurrence, *, by: Person, channel: str) -> Recurrence:
    """Order it no more. What was ordered goes on."""
    check(by, "requestmodel:amend", row.request_model)
    with writing():
        kept = Recurrence.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if kept.ended_at is None:
            kept.ended_at = now()
            kept.save(update_fields=["ended_at"])
            _tell(kept, "end", by=by, channel=channel, changes={"ended_at": (None, kept.ended_at)})
    return kept


def place_due(tenant: Tenant, today: date | None = None) -> tuple[int, int]:
    """Place the orders that are due, each day's exactly once, also those that were missed. Returns how many were placed and could not be."""
    day = today or today_of(tenant)
    placed = failed = 0
    due = Recurrence.objects.filter(tenant=tenant, ended_at=None, is_paused=False, next_on__lte=day).order_by("next_on", "pk")
    for pk in list(due.values_list("pk", flat=True)):
        for _turn in range(MOST_AT_ONCE):
            try:
                if _place_next(pk, day) is None:
                    break
                placed += 1
            except (Faulty, Refused) as error:
                said = " ".join(f.sentence for f in error.faults) if isinstance(error, Faulty) else str(error)
                _keep_trouble(pk, said[:MOST_TROUBLE])
                failed += 1
                break
    return placed, failed


def _keep_trouble(pk: int, said: str) -> None:
    """Keep why an order could not be placed, and tell it once to whoever keeps it and to whoever looks after what is ordered."""
    with writing():
        row = Recurrence.objects.select_for_update(of=("self",)).get(pk=pk)
        if row.trouble == said:
            return
        old, row.trouble = row.trouble, said
        row.save(update_fields=["trouble"])
        model, system = row.request_model, system_person(row.tenant)
        _tell(row, "fail", by=system, channel="task", changes={"trouble": (old, said)})
        note = _("The order of %(day)s for %(who)s could not be placed: %(why)s") % {
            "day": date_format(row.next_on, "j F Y"),
            "who": row.requester.name,
            "why": said,
        }
        entry = parts.tell(model, "fail to order", by=system, channel="task", changes={"recurrence": (None, row.pk)}, note=note)
        keepers = Person.objects.select_related("tenant", "organization").filter(pk__in=[pk for pk in (row.kept_by_id, model.owner_id) if pk])
        notify(model, keepers, entry=entry, why="requester")


def end_with_the_person(event: KeptChanged) -> None:
    """Wired to `KeptChanged`: for whoever left nothing is ordered any more."""
    if event.kind == "person" and event.action == "leave" and "left_at" in event.changes:
        for row in Recurrence.objects.filter(requester=event.subject_id, ended_at=None).select_related("request_model", "tenant"):
            end_recurrence(row, by=system_person(row.tenant), channel="rule")


def _place_next(pk: int, day: date) -> Request | None:
    """Place the next order of a recurrence when it is due; None when it is not."""
    with writing():
        row = Recurrence.objects.select_for_update(of=("self",)).select_related("request_model__tenant", "tenant").get(pk=pk)
        if row.ended_at is not None or row.is_paused or row.next_on > day:
            return None
        requester = Person.objects.select_related("tenant", "organization").get(pk=row.requester_id)
        made = order(row.request_model, row.answers, by=system_person(row.tenant), channel="task", requester=requester)
        Occurrence.objects.create(recurrence=row, due_on=row.next_on, request=made)
        row.next_on = next_occurrence(row.next_on, row.every, row.starts_on)
        row.trouble = ""
        row.save(update_fields=["next_on", "trouble"])
    return made
