"""Keeping the rules of escalation: all of them in one write, in the trail. Whether `by` may do it is asked by the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.fields import faults_of
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.settings import settings_changed
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.targets.models import EscalationRule
from plimsoll.kernel.targets.queries import rules_kept, sign_of
from plimsoll.kernel.targets.rules import MEASURES
from plimsoll.kernel.tasks.registry import find

MOST_RULES = 50


def keep_escalation_rules(rows: Sequence[Mapping[str, Any]] | None, *, by: Person, channel: str, seen: str | None = None) -> list[EscalationRule]:
    """Put these rules in the place of all that there were: `percent`, `measure`, `priority`, `tell`, `person`, `give_to`. Raises `Faulty`.

    `seen` is the sign of the rules that were seen (`queries.sign_of`): when others are in force by now it is a fault at `seen`.

    No rows means that nothing is escalated; the starting rules hold as long as an organization keeps none of its own, and again after
    None. A fault names the row that it is in, as `0.percent`.
    """
    tenant = by.tenant
    if tenant is None:
        raise Faulty([Fault("", _("Only people of a tenant keep these."))])
    if len(rows or ()) > MOST_RULES:
        raise Faulty([Fault("", _("These are more than %(n)d rules.") % {"n": MOST_RULES})])
    known = {value for value, _label in EscalationRule.TELL}
    made, faults = [], []
    for place, row in enumerate(rows or ()):
        rule = EscalationRule(
            tenant=tenant,
            position=place,
            percent=row["percent"],
            measure=row.get("measure", ""),
            priority=row.get("priority"),
            tell=[word for word in row.get("tell", ()) if word in known],
            person=row.get("person"),
            give_to=row.get("give_to"),
        )
        if rule.measure not in ("", *MEASURES):
            faults.append(Fault(f"{place}.measure", _("There is no such measure.")))
        if not (rule.tell or rule.person or rule.give_to):
            faults.append(Fault(f"{place}.tell", _("Say who is told, or to which team it is given.")))
        if any(thing is not None and thing.tenant_id != tenant.pk for thing in (rule.person, rule.give_to)):
            faults.append(Fault(f"{place}.person", _("There is nobody like that here.")))
        try:
            rule.validate_constraints()
        except ValidationError as error:
            faults += [Fault(f"{place}.percent", fault.sentence) for fault in faults_of(error)]
        made.append(rule)
    if faults:
        raise Faulty(faults)
    with writing():
        Tenant.objects.select_for_update().get(pk=tenant.pk)  # whoever keeps them at the same time waits here, and then sees these
        if seen is not None and seen != sign_of(rules_kept(tenant)):
            raise Faulty([Fault("seen", _("Somebody else kept other rules since you opened this page, so yours are not kept yet."))])
        rows_before = list(EscalationRule.objects.filter(tenant=tenant))
        before = [_told(rule) for rule in rows_before if rule.is_active] if rows_before else None  # None: the starting rules held
        EscalationRule.objects.filter(tenant=tenant).delete()
        if rows is not None and not made:  # a row that does nothing says that the organization decided so
            EscalationRule.objects.create(tenant=tenant, percent=100, is_active=False)
        EscalationRule.objects.bulk_create(made)
        after = None if rows is None else [_told(rule) for rule in made]
        if before != after:
            publish(
                KeptChanged(
                    tenant_id=tenant.pk,
                    kind="escalation_rule",
                    subject_id=tenant.pk,
                    action="keep",
                    by_id=by.pk,
                    channel=channel,
                    changes={"rules": (before, after)},
                )
            )
            settings_changed(tenant.pk)
            task = find("targets.warn")
            assert task is not None
            task.enqueue(tenant=tenant, asked_by=by, of=tenant.pk, since=now().isoformat())
    return made


def _told(rule: EscalationRule) -> dict[str, Any]:
    """A rule as the trail keeps it."""
    return {
        "percent": rule.percent,
        "measure": rule.measure,
        "priority": rule.priority,
        "tell": list(rule.tell),
        "person": rule.person_id,
        "give_to": rule.give_to_id,
    }
