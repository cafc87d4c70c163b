"""The declarations of SMS changes and of accepted conflicts of duties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.context.parts.declaring import told_of
from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused, move as make_move
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.roles.models import Role
from plimsoll.leadership.authorities.models import DutyConflict, SmsChange
from plimsoll.leadership.authorities.parts import TOUCHED
from plimsoll.leadership.authorities.queries import change_facts, touched_records
from plimsoll.leadership.authorities.rules import CHANGE_FLOW, CONFLICT_FLOW, CONTENT_OPEN, ConflictFacts

CONTENT = ("title", "reason", "effect")


class SmsChangeBehaviour(Behaviour):
    """What is submitted stays as it is; approving carries it out."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        # In a move `before` already carries the new values, so this speaks to edits only.
        if before is None or before.state in CONTENT_OPEN:
            return []
        closed = _("A change is written while it is a draft. Take it back first.")
        return [Fault(name, closed) for name in CONTENT if name in values and values[name] != getattr(before, name)]

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return change_facts([r for r in records if isinstance(r, SmsChange)])

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return told_of((TOUCHED,), action)

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        assert isinstance(record, SmsChange)
        if move == "submit":
            parts, records = touched_records([record])
            for touched in parts[record.pk]:
                touched.seen_version = records[touched.key].version
                touched.save(update_fields=["seen_version"])
            return {"submitted_by": values["by"], "submitted_at": values["at"]}
        if move == "take_back":
            record.touched.update(seen_version=None)
            return {"submitted_by": None, "submitted_at": None}
        if move == "approve":
            carry_out(record, values["by"], values["at"])
            return {"approved_by": values["by"], "approved_at": values["at"]}
        return {}


def carry_out(change: SmsChange, by: Person, at: datetime) -> None:
    """Put every touched role and then every touched document in force, each by its own move with its own guards, in the approver's name.

    Roles first, so that documents print them as they are now. The first refusal refuses all, and names the record.
    """
    parts, records = touched_records([change])
    change.touched.update(begun_at=at)
    note = _("Under %(reference)s.") % {"reference": change.reference}
    for touched in sorted(parts[change.pk], key=lambda t: (isinstance(records[t.key], Document), t.card.number)):
        record = records[touched.key]
        try:
            made = make_move(record, "approve" if isinstance(record, Document) else "put_in_force", by=by, channel="rule", note=note, at=at)
        except MoveRefused as error:
            raise MoveRefused([f"{record.reference} “{record.title}”: {reason}" for reason in error.reasons]) from error
        except Refused as error:
            raise MoveRefused([f"{record.reference} “{record.title}”: {error}"]) from error
        assert isinstance(made, Document | Role)
        touched.begun_at, touched.carried_out_at = at, at
        touched.result = str(made.edition) if isinstance(made, Role) else f"{made.major}.{made.minor}"
        touched.save(update_fields=["begun_at", "carried_out_at", "result"])


class DutyConflictBehaviour(Behaviour):
    """What is accepted says who accepted it; proposing it again takes that away."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        if before is None or before.state == "draft":
            return []
        closed = _("What was accepted stays as it was. Propose it again, or end it.")
        names = ("rule", "person", "reason", "control", "expires_date")
        return [Fault(name, closed) for name in names if name in values and values[name] != getattr(before, name)]

    def facts(self, records: Sequence[Record]) -> list[Any]:
        moment = now()
        return [
            ConflictFacts(r.person_id, r.reason, r.control, r.expires_date, day_of(r.tenant, moment), r.opened_by_id)
            for r in records
            if isinstance(r, DutyConflict)
        ]

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        if move == "accept":
            return {"accepted_by": values["by"], "accepted_at": values["at"]}
        return {"accepted_by": None, "accepted_at": None} if move == "propose_again" else {}


SMS_CHANGE = declare(
    RecordType(
        model=SmsChange,
        prefix="SMC",
        clause="5.3",
        workflow=CHANGE_FLOW,
        behaviour_class=SmsChangeBehaviour,
        fields=("title", "reason", "effect"),
        columns=("reference", "title", "state", "submitted_by", "approved_by", "approved_at"),
        filters=("state", "submitted_by", "approved_by"),
        searched=("title", "reason", "effect"),
        side=("submitted_by", "submitted_at", "approved_by", "approved_at"),
        derived=("submitted_by", "submitted_at", "approved_by", "approved_at"),
        body="reason",
        plural="sms-changes",
        icon="git-pull-request-arrow",
        group="system",
    )
)
DUTY_CONFLICT = declare(
    RecordType(
        model=DutyConflict,
        prefix="DUC",
        clause="5.3",
        workflow=CONFLICT_FLOW,
        behaviour_class=DutyConflictBehaviour,
        fields=("title", "rule", "person", "reason", "control", "expires_date"),
        columns=("reference", "title", "state", "rule", "person", "expires_date", "accepted_by"),
        filters=("state", "rule", "person", "expires_date"),
        searched=("title", "reason", "control"),
        derived=("accepted_by", "accepted_at"),
        body="reason",
        plural="duty-conflicts",
        icon="scale",
        group="system",
        dues=("expires_date",),
    )
)
