"""Decisions that wait for somebody who leaves: found, and asked of somebody else instead, so that none is stuck with nobody."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.kernel.approvals.models import Step
from plimsoll.kernel.approvals.operations import may_decide
from plimsoll.kernel.approvals.stand_ins import share_with_stand_ins
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.records.models import Share
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.parts import tell
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.queries import record_of


def steps_asking(person: Person) -> list[Step]:
    """Steps of open decisions that name this person and that they have not decided; the oldest first. Whoever asks: for those who keep people."""
    rows = Step.objects.filter(approval__tenant=person.tenant_id or 0, approval__ended_at=None, people=person)
    rows = rows.exclude(decisions__person=person).exclude(decisions__for_person=person)
    return list(rows.select_related("approval__card", "approval__asked_by", "team").order_by("approval__asked_at", "approval", "position"))


def hand_over_decisions(leaver: Person, taker: Person | None, *, by: Person, channel: str) -> int:
    """Ask the taker wherever the leaver is asked by name. Raises `Faulty` with a sentence per decision that would be left without enough people.

    Whoever keeps people need not see what is decided: what they may not change is handed over by the system, at their order.
    """
    steps = steps_asking(leaver)
    if not steps:
        return 0
    if taker is None:
        raise Faulty([Fault("", _("Decisions wait for %(name)s. Choose who decides in their place.") % {"name": leaver})])
    if taker.pk == leaver.pk or taker.tenant_id != leaver.tenant_id or not taker.is_active or taker.kind != "human":
        raise Faulty([Fault("", _("%(name)s can't decide in their place: they leave, or have left.") % {"name": taker})])
    faults: list[Fault] = []
    with writing():
        for step in steps:
            card = step.approval.card
            record = locked(record_of(card))
            old = sorted(step.people.values_list("pk", flat=True))
            others = may_decide(step, record) - {leaver.pk, step.approval.asked_by_id}
            can_decide = others | ({taker.pk} if taker.pk != step.approval.asked_by_id else set())
            if len(can_decide) < step.needed:
                said = _("%(reference)s needs somebody else to decide: with %(name)s too few could, who neither asked for it nor are asked already.")
                faults.append(Fault("", said % {"reference": card.reference, "name": taker}))
                continue
            step.people.remove(leaver)
            step.people.add(taker)
            Share.objects.update_or_create(card_id=record.pk, person=taker, why="approver", defaults={"until": None})
            share_with_stand_ins(record, [taker])
            tell(
                record,
                "reroute approval",
                by=by if may(by, f"{record.kind}:amend", record) else system_person(record.tenant),
                channel=channel,
                changes={"step": (None, step.position), "people": (old, sorted(step.people.values_list("pk", flat=True)))},
                note=_("Whoever was asked left."),
            )
        if faults:
            raise Faulty(faults)
    return len(steps)


__all__ = ["hand_over_decisions", "steps_asking"]
