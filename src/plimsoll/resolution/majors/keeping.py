"""Keeping what major incidents are judged and handled by: criteria, steps, minutes. One write each, every write in the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.fields import changed, clean_text, save_checked, snapshot
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.settings import keep_setting, settings_changed
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.roles.models import Role
from plimsoll.resolution.majors.models import KeptCriterion
from plimsoll.resolution.majors.rules import MEASURES, STARTING_CRITERIA, Condition, faults_of_criterion

WORD = "settings:change"
FIELDS = ("position", "name", "conditions", "needs_all", "is_active")
MOST_STEPS = 40


def _tenant_of(by: Person) -> Tenant:
    check_everywhere(by, WORD)
    assert by.tenant is not None  # check() refused everybody without one
    return by.tenant


def keep_criterion(
    *,
    by: Person,
    channel: str,
    name: str,
    conditions: Mapping[str, int],
    needs_all: bool = True,
    is_active: bool = True,
    position: int | None = None,
    criterion: KeptCriterion | None = None,
    instead_of: str = "",
) -> KeptCriterion:
    """Enter a criterion, or write the one given anew as a whole. Needs `settings:change`; raises `Refused` or `Faulty`.

    With the first one the organization takes the list over: those that every one starts with are entered before it, to be changed too.
    `instead_of` names the one of those whose place this one takes.
    """
    tenant = _tenant_of(by)
    with writing():
        place = None
        if criterion is None and not KeptCriterion.objects.filter(tenant=tenant).exists():
            for n, starting in enumerate(STARTING_CRITERIA, start=1):
                if starting.name not in (" ".join(name.split()), instead_of):
                    given = {c.measure: c.limit for c in starting.conditions}
                    made = KeptCriterion.objects.create(tenant=tenant, position=n, name=starting.name, conditions=given, needs_all=starting.needs_all)
                    _tell(made, "add", by=by, channel=channel, changes=changed(made, {}, FIELDS))
                else:
                    place = n
        kept = KeptCriterion.objects.select_for_update().get(pk=criterion.pk, tenant=tenant) if criterion else KeptCriterion(tenant=tenant)
        old = snapshot(kept, FIELDS) if criterion else {}
        faults: list[Fault] = []
        kept.name = clean_text("name", name, faults, most=100)
        kept.conditions = {m: conditions[m] for m in (*MEASURES, *conditions) if m in conditions}
        kept.needs_all, kept.is_active = needs_all, is_active
        found = faults_of_criterion(kept.name, [Condition(m, n) for m, n in kept.conditions.items()])
        faults += [Fault(field, sentence) for field, sentence in found]
        if position is not None:
            kept.position = max(0, min(position, 10_000))
        elif criterion is None:
            kept.position = place or (KeptCriterion.objects.filter(tenant=tenant).aggregate(last=Max("position"))["last"] or 0) + 1
        save_checked(kept, faults)
        if changes := changed(kept, old, FIELDS):
            _tell(kept, "keep" if criterion else "add", by=by, channel=channel, changes=changes)
    return kept


def _tell(kept: KeptCriterion, action: str, *, by: Person, channel: str, changes: dict[str, tuple[Any, Any]]) -> None:
    settings_changed(kept.tenant_id)
    if by.tenant is not None:
        by.tenant.refresh_from_db(fields=["settings_version"])
    publish(
        KeptChanged(
            tenant_id=kept.tenant_id,
            kind="major_criterion",
            subject_id=kept.pk,
            action=action,
            by_id=by.pk,
            channel=channel,
            changes=changes,
        )
    )


def keep_procedure(
    *,
    by: Person,
    channel: str,
    steps: Sequence[str],
    update_minutes: Mapping[str, int],
    top_minutes: int,
    manager_minutes: int,
    review_days: int,
    told_role: Role | None = None,
) -> None:
    """Keep the steps and the minutes of the procedure; they hold for what is declared from now on, the minutes for what runs too.
    `told_role` is the role whose holders are told at once; None: whoever's role names `majorincident:oversee`.

    `update_minutes` by priority as text, with `other` for the rest. Needs `settings:change`; raises `Refused` or `Faulty`.
    """
    tenant = _tenant_of(by)
    lines = [line for step in steps if (line := " ".join(step.split()))]
    faults = []
    if not lines or len(lines) > MOST_STEPS:
        faults.append(Fault("steps", _("A procedure has between 1 and %(n)d steps.") % {"n": MOST_STEPS}))
    if any(len(line) > 250 for line in lines):
        faults.append(Fault("steps", _("A step has up to 250 characters.")))
    if told_role is not None and told_role.tenant_id != tenant.pk:
        faults.append(Fault("told_role", _("There is no such role.")))
    faults += [Fault(f"update_{p}", _("This is between 5 minutes and a week.")) for p, n in update_minutes.items() if not 5 <= n <= 10_080]
    for field, value in (("top_minutes", top_minutes), ("manager_minutes", manager_minutes)):
        if not 1 <= value <= 10_080:
            faults.append(Fault(field, _("This is between 1 minute and a week.")))
    if not 1 <= review_days <= 90:
        faults.append(Fault("review_days", _("This is between 1 and 90 working days.")))
    if faults:
        raise Faulty(faults)
    with writing():
        kept: dict[str, Any] = {
            "major_steps": lines,
            "major_update_minutes": dict(update_minutes),
            "major_top_minutes": top_minutes,
            "major_manager_minutes": manager_minutes,
            "major_review_days": review_days,
            "major_told_role": told_role.pk if told_role is not None else None,
        }
        for name, value in kept.items():
            keep_setting(tenant, name, value, by=by, channel=channel)
