"""What requests and their tasks are promised: the times of the version that they were ordered by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.targets.rules import RESOLVE, Promise
from plimsoll.resolution.requests.models import FulfilmentTask, Request
from plimsoll.resolution.requests.queries import hours_of, plan_known, version_words

# The customer's own time: while their approval is asked, and from a question to them on.
PAUSES = {"awaiting_approval": False, "waiting_customer": True}


class RequestClocks:
    """The promise of a request: fulfilled within the time of its version, in the hours of its version."""

    watched: frozenset[str] = frozenset()

    def promises(self, record: Record) -> Sequence[Promise]:
        assert isinstance(record, Request)
        plan = plan_known(record.tenant, record.model_version_id)
        if plan is None or plan.within is None or record.model_version_id is None:
            return []
        return [Promise(RESOLVE, RESOLVE, {None: plan.within}, hours_of(record.tenant, plan), record.model_version_id, pauses=PAUSES)]

    def hours(self, tenant: Tenant, terms: int, *, other: bool = False) -> ServiceHours | None:
        return hours_of(tenant, plan_known(tenant, terms))

    def named(self, record: Record, terms: int) -> tuple[str, str]:
        words, number = version_words(record.tenant, terms)
        if not words:
            return "", ""
        return _("%(model)s, version %(n)d") % {
            "model": words,
            "n": number,
        }, f"/requestmodels/{words.split()[0].partition('-')[2]}/versions/{number}/"

    def behind(self, record: Record, terms: int) -> str:
        return ""  # nothing stands behind what was ordered

    def uncovered(self, record: Record) -> str:
        return _("No time is promised for what was ordered.")

    def answerable(self, record: Record) -> int | None:
        assert isinstance(record, Request)
        return record.request_model.owner_id


class TaskClocks:
    """The target of a task, in the hours of the version that its request was ordered by; blocked, it stands still."""

    watched = frozenset({"minutes"})

    def promises(self, record: Record) -> Sequence[Promise]:
        assert isinstance(record, FulfilmentTask)
        if record.minutes is None:
            return []
        terms = (record.request.model_version_id or 0) if record.request is not None else 0
        hours = hours_of(record.tenant, plan_known(record.tenant, terms) if terms else None)
        return [Promise(RESOLVE, RESOLVE, {None: timedelta(minutes=record.minutes)}, hours, terms, pauses={"blocked": False})]

    def hours(self, tenant: Tenant, terms: int, *, other: bool = False) -> ServiceHours | None:
        return hours_of(tenant, plan_known(tenant, terms) if terms else None)

    def named(self, record: Record, terms: int) -> tuple[str, str]:
        return RequestClocks().named(record, terms) if terms else (_("The usual hours"), "")

    def behind(self, record: Record, terms: int) -> str:
        return ""

    def uncovered(self, record: Record) -> str:
        return _("No target is set for this task.")

    def answerable(self, record: Record) -> int | None:
        assert isinstance(record, FulfilmentTask)
        return record.request.request_model.owner_id if record.request is not None else None
