"""Keeping service hours: one write, in the trail. It knows no agreement and no clock.

Whether `by` may do it is asked by the caller: pages check `settings:change` before they call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.calendars.hours import ServiceHours
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.fields import changed, clean_text, clean_zone, save_checked, snapshot
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.settings import settings_changed
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty

FIELDS = ("name", "timezone", "week", "holidays", "yearly_holidays", "is_default")
MOST_HOLIDAYS = 2000


def keep_calendar(
    *,
    by: Person,
    channel: str,
    calendar: Calendar | None = None,
    name: str | None = None,
    timezone: str | None = None,
    week: Mapping[str, Iterable[Sequence[str]]] | None = None,
    holidays: Iterable[str] | None = None,
    yearly_holidays: Iterable[str] | None = None,
    is_default: bool | None = None,
) -> Calendar:
    """Enter service hours, or change those given; what is None stays. Raises `Faulty` with the sentence of `ServiceHours` when they are not sound.

    `holidays` are ISO days, `yearly_holidays` "MM-DD"; both are sorted and kept once. Making one the default takes that from the others.
    """
    tenant = by.tenant
    if tenant is None:
        raise Faulty([Fault("", _("Only people of a tenant keep these."))])
    with writing():
        kept = Calendar.objects.select_for_update(of=("self",)).get(pk=calendar.pk, tenant=tenant) if calendar else Calendar(tenant=tenant)
        old = snapshot(kept, FIELDS) if calendar else {}
        faults: list[Fault] = []
        if name is not None or not calendar:
            kept.name = clean_text("name", name or "", faults, most=100, needed=True)
        if timezone is not None or not calendar:
            kept.timezone = clean_zone("timezone", timezone or tenant.timezone, faults, needed=True)
        if week is not None:
            kept.week = {day: [list(pair) for pair in pairs] for day, pairs in week.items() if pairs}
        if holidays is not None:
            kept.holidays = sorted(set(holidays))
        if yearly_holidays is not None:
            kept.yearly_holidays = sorted(set(yearly_holidays))
        if is_default is not None:
            kept.is_default = is_default
        if len(kept.holidays) > MOST_HOLIDAYS:
            faults.append(Fault("holidays", _("These are more than %(n)d days.") % {"n": MOST_HOLIDAYS}))
        if not faults:
            faults += _faults_of(kept)
        save_checked(kept, faults)
        if kept.is_default:
            for other in Calendar.objects.filter(tenant=tenant, is_default=True).exclude(pk=kept.pk):
                other.is_default = False
                other.save(update_fields=["is_default"])
                _tell(other, "keep", by=by, channel=channel, changes={"is_default": (True, False)})
        if changes := changed(kept, old, FIELDS):
            _tell(kept, "keep" if calendar else "add", by=by, channel=channel, changes=changes)
    return kept


def _faults_of(kept: Calendar) -> list[Fault]:
    """The fault of the part that is not sound, tied to its field."""
    whole: dict[str, Any] = {"timezone": kept.timezone, "week": {}, "holidays": [], "yearly_holidays": []}
    for name in ("week", "holidays", "yearly_holidays"):
        try:
            ServiceHours.from_dict({**whole, name: getattr(kept, name)})
        except ValueError as error:
            return [Fault(name, str(error))]
    return []


def _tell(kept: Calendar, action: str, *, by: Person, channel: str, changes: dict[str, tuple[Any, Any]]) -> None:
    settings_changed(kept.tenant_id)
    publish(KeptChanged(tenant_id=kept.tenant_id, kind="calendar", subject_id=kept.pk, action=action, by_id=by.pk, channel=channel, changes=changes))
