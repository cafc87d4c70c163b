"""Writes of measurements: computing ended months, freezing them, correcting a frozen one, keeping targets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.evaluation.measurements.models import StoredFigure, StoredMonth, Target
from plimsoll.evaluation.measurements.queries import basis_of, freeze_days
from plimsoll.evaluation.measurements.rules import is_to_be_frozen
from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.figures.definitions import KEEP, Figure, Indicator, Question, indicators
from plimsoll.kernel.figures.periods import Month, month_of
from plimsoll.kernel.identity.fields import changed, save_checked, snapshot
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named

MOST_MONTHS = 240
TARGET_FIELDS = ("indicator", "aim", "line")


def compute_ended_months(tenant: Tenant, at: datetime | None = None) -> dict[str, int]:
    """Store every ended month since the first record that is not stored, compute those anew that are not frozen, and freeze what is due.

    Each month is its own transaction. Acts in the name of the system; returns how many were computed and frozen.
    """
    at = at or now()
    system = system_person(tenant)
    zone = tenant.timezone or "UTC"
    last = month_of(at, zone).plus(-1)
    computed = frozen = 0
    for indicator in indicators():
        if indicator.needs(tenant):
            continue
        first = _first_month(tenant, indicator, zone)
        if first is None:
            continue
        kept = dict(StoredMonth.objects.filter(tenant=tenant, indicator=indicator.key, is_current=True).values_list("month", "frozen_at"))
        for month in last.trend(MOST_MONTHS):
            if month < first or kept.get(month.first_day) is not None:
                continue
            is_frozen = store_month(tenant, indicator, month, by=system, channel="task", at=at)
            computed += 1
            frozen += is_frozen
    return {"computed": computed, "frozen": frozen}


def _first_month(tenant: Tenant, indicator: Indicator, zone: str) -> Month | None:
    rows: Any = type_named(indicator.kind).model.objects
    opened_at = rows.filter(tenant=tenant).order_by("opened_at").values_list("opened_at", flat=True).first()
    return month_of(opened_at, zone) if opened_at else None


def store_month(tenant: Tenant, indicator: Indicator, month: Month, *, by: Person, channel: str, at: datetime) -> bool:
    """Compute an ended month and store it, in place of what is stored and not frozen. Freezes it when it is due; returns whether it did.

    Raises `Faulty` for a month that is not over, and for one that is frozen.
    """
    if not month.has_ended(at):
        raise Faulty([Fault("period", _("%(month)s is not over yet; its figures are counted when somebody looks.") % {"month": month.name})])
    found = _count(indicator, month, system_person(tenant), at)  # before the transaction: counting must not hold up those who write
    with writing():
        kept = StoredMonth.objects.select_for_update().filter(tenant=tenant, indicator=indicator.key, month=month.first_day, is_current=True).first()
        if kept is not None and kept.frozen_at is not None:
            raise Faulty([Fault("period", _("%(month)s is frozen. Correct it with a reason.") % {"month": month.name})])
        row = kept or StoredMonth(tenant=tenant, indicator=indicator.key, month=month.first_day)
        _fill(row, indicator, month, found, by=by, at=at)
        if is_to_be_frozen(month, at, freeze_days(tenant)):
            row.frozen_at = at
            row.save(update_fields=["frozen_at"])
            _tell(row, "freeze", None, found[0].value, by=by, channel=channel)
    return row.frozen_at is not None


def correct_month(
    tenant: Tenant, indicator: Indicator, month: Month, *, reason: str, by: Person, channel: str, at: datetime | None = None
) -> StoredMonth:
    """Compute a frozen month anew as its next version; the old one stays, and the reason stands in the trail. Needs `indicator:keep`.

    Raises `Refused`, and `Faulty` without a reason or when the month is not frozen.
    """
    check_everywhere(by, KEEP)
    at = at or now()
    reason = " ".join(reason.split())
    if not reason:
        raise Faulty([Fault("reason", _("Say why the frozen month is computed anew."))])
    if len(reason) > 500 or "\x00" in reason:
        raise Faulty([Fault("reason", _("The reason is longer than %(n)d characters, or holds one that can't be stored.") % {"n": 500})])
    found = _count(indicator, month, system_person(tenant), at)
    with writing():
        old = StoredMonth.objects.select_for_update().filter(tenant=tenant, indicator=indicator.key, month=month.first_day, is_current=True).first()
        if old is None or old.frozen_at is None:
            raise Faulty([Fault("period", _("%(month)s is not frozen; it is computed anew by itself.") % {"month": month.name})])
        before = StoredFigure.objects.filter(stored_month=old, dimension="").values_list("value", flat=True).first()
        old.is_current = False
        old.save(update_fields=["is_current"])
        row = StoredMonth(tenant=tenant, indicator=indicator.key, month=month.first_day, version=old.version + 1, reason=reason, frozen_at=at)
        _fill(row, indicator, month, found, by=by, at=at)
        _tell(row, "correct", before, found[0].value, by=by, channel=channel, note=reason)
    return row


def _count(indicator: Indicator, month: Month, eyes: Person, at: datetime) -> list[Figure]:
    """The figure of the whole first, then those of each cut."""
    return [figure for cut in ("", *(d.name for d in indicator.dimensions)) for figure in indicator.measure(Question(eyes, month, at, cut))]


def _fill(row: StoredMonth, indicator: Indicator, month: Month, found: list[Figure], *, by: Person, at: datetime) -> None:
    row.zone, row.formula_version, row.basis = month.zone, indicator.formula_version, basis_of(row.tenant)
    row.computed_at, row.made_by = at, by
    row.save()
    StoredFigure.objects.filter(stored_month=row).delete()
    StoredFigure.objects.bulk_create(
        StoredFigure(stored_month=row, dimension=f.cut, member=f.member, numerator=f.numerator, denominator=f.denominator, value=f.value)
        for f in found
    )


def _tell(row: StoredMonth, action: str, before: float | None, value: float | None, *, by: Person, channel: str, note: str = "") -> None:
    changes: dict[str, tuple[Any, Any]] = {
        "indicator": (None, row.indicator),
        "month": (None, f"{row.month:%Y-%m}"),
        "version": (row.version - 1 or None, row.version),
        "value": (before, None if value is None else float(value)),  # as it is read back
    }
    publish(
        KeptChanged(
            tenant_id=row.tenant_id, kind="stored_month", subject_id=row.pk, action=action, by_id=by.pk, channel=channel, changes=changes, note=note
        )
    )


def keep_target(indicator: Indicator, *, aim: float | None, line: float | None, by: Person, channel: str) -> Target:
    """Set what an indicator is held against, in its unit; None: nothing. Needs `indicator:keep`; raises `Faulty` for what can't be reached."""
    check_everywhere(by, KEEP)
    tenant = by.tenant
    assert tenant is not None
    faults = [fault for name, value in (("aim", aim), ("line", line)) for fault in _faults(indicator, name, value)]
    if aim is not None and line is not None and not faults and ((aim > line) if indicator.better == "down" else (aim < line)):
        faults.append(Fault("aim", _("The target lies beyond the line; it should be on the good side of it.")))
    with writing():
        kept = Target.objects.select_for_update().filter(tenant=tenant, indicator=indicator.key).first() or Target(
            tenant=tenant, indicator=indicator.key
        )
        old = snapshot(kept, TARGET_FIELDS) if kept.pk else {}
        kept.aim, kept.line = aim, line
        save_checked(kept, faults)
        if changes := changed(kept, old, TARGET_FIELDS):
            publish(KeptChanged(tenant_id=tenant.pk, kind="target", subject_id=kept.pk, action="keep", by_id=by.pk, channel=channel, changes=changes))
    return kept


def _faults(indicator: Indicator, name: str, value: float | None) -> list[Fault]:
    if value is None:
        return []
    if not 0 <= value < 1e15:
        return [Fault(name, _("This can't be negative or without end."))]
    return [Fault(name, _("A share lies between 0 and 100 %."))] if indicator.unit == "share" and value > 1 else []


def indicators_of(keys: Sequence[str]) -> list[Indicator]:
    """Those of these keys that there are, in that order; a dashboard names what may not be built yet."""
    found = {i.key: i for i in indicators()}
    return [found[key] for key in keys if key in found]
