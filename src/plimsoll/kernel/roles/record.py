"""The declarations of roles and assignments, and how an approved assignment becomes a grant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import Refused, check_everywhere, reach
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.conditions import conditions_of
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.roles.models import Assignment, Role, RoleVersion
from plimsoll.kernel.roles.rules import ASSIGNMENT_FLOW, ROLE_FLOW, AssignmentFacts, RoleFacts
from plimsoll.kernel.roles.versions import SAID, put_in_force


class RoleBehaviour(Behaviour):
    """A role's words are checked; putting a revised role in force compiles its holders' grants anew."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        words = values.get("words")
        if words is not None and (not isinstance(words, list) or not all(isinstance(w, str) for w in words)):
            return [Fault("words", _('Authorities are given as a list of words, such as ["incident:read"].'))]
        return []

    def facts(self, records: Sequence[Record]) -> list[Any]:
        keys = [r.pk for r in records]
        holders = dict(Assignment.objects.filter(role__in=keys, state="in_force").values("role").annotate(n=Count("pk")).values_list("role", "n"))
        conditions = conditions_of(records)
        return [
            RoleFacts(tuple(r.words), r.purpose, holders.get(r.pk, 0), r.edition, partial(conditions, r.pk)) for r in records if isinstance(r, Role)
        ]

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        assert isinstance(record, Role)
        if move == "put_in_force":
            check_everywhere(values["by"], "role:put_in_force")  # its holders may be anywhere
            version = put_in_force(record, values["by"], values["at"])
            keys = Assignment.objects.filter(role_id=record.pk, state="in_force").values_list("pk", flat=True)
            Grant.objects.filter(Q(ended_at=None) | Q(ended_at__gt=now()), assignment__in=list(keys)).update(
                words=version.words, role_name=version.title
            )
            return {"edition": version.number}
        if move == "discard":
            version = record.versions.get(ended_at=None)  # the guard `has_a_version_in_force`
            return {name: getattr(version, name) for name in SAID}
        if move == "retire":
            record.versions.filter(ended_at=None).update(ended_at=values["at"])
            return {"edition": 0}
        return {}


class AssignmentBehaviour(Behaviour):
    """An approved assignment becomes a grant, an ended one ends it. Nothing else writes grants."""

    def prepare(self, tenant: Tenant, values: dict[str, Any], before: Record | None) -> dict[str, Any]:
        role = values.get("role") or getattr(before, "role", None)
        holder = values.get("person") or values.get("team") or getattr(before, "person", None) or getattr(before, "team", None)
        if not values.get("title") and role is not None and holder is not None:
            said = _("%(role)s, deputy: %(holder)s") if values.get("is_deputy") else "%(role)s: %(holder)s"
            return {"title": (said % {"role": role.title, "holder": holder})[:250]}
        return {}

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        faults = []
        if (values.get("person") is None) == (values.get("team") is None):
            faults.append(Fault("person", _("An assignment is for one person or one team.")))
        starts, ends = values.get("starts_at"), values.get("ends_at")
        if starts and ends and ends <= starts:
            faults.append(Fault("ends_at", _("It must end after it starts.")))
        return faults

    def facts(self, records: Sequence[Record]) -> list[Any]:
        found = [r for r in records if isinstance(r, Assignment)]
        editions = dict(Role.objects.filter(pk__in={a.role_id for a in found}).values_list("pk", "edition"))
        return [
            AssignmentFacts(
                holder=a.person_id,
                opener=a.opened_by_id,
                is_role_in_force=bool(editions.get(a.role_id)),
                is_set_up_open=a.tenant.set_up_closed_at is None,
            )
            for a in found
        ]

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return _("accepted the role") if action == "accept" else _("reminded of accepting the role") if action == "remind" else ""

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        assert isinstance(record, Assignment)
        at = values["at"]
        if move == "approve":
            own = reach(values["by"], "assignment:approve")
            if not (own.everything or record.in_organization_id in own.organizations or (record.for_service and record.for_service in own.services)):
                raise Refused(_("You give out roles for a part only; this one would reach further. Say for which organisation it is."))
            role = RoleVersion.objects.get(role=record.role_id, ended_at=None)  # the guard `role_is_in_force`
            Grant.objects.create(
                tenant_id=record.tenant_id,
                person_id=record.person_id,
                team_id=record.team_id,
                organization_id=record.in_organization_id,
                service=record.for_service,
                words=role.words,
                role_name=role.title,
                assignment=record.pk,
                started_at=record.starts_at or at,
                ended_at=record.ends_at,
            )
            return {"starts_at": record.starts_at or at, "is_set_up": record.person_id == values["by"].pk}
        if move == "end":
            Grant.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), assignment=record.pk).update(ended_at=at)
            return {"ends_at": at}
        return {}


ROLE = declare(
    RecordType(
        model=Role,
        prefix="ROL",
        clause="5.3",
        workflow=ROLE_FLOW,
        behaviour_class=RoleBehaviour,
        fields=("title", "purpose", "responsibilities", "words", "limits", "code"),
        columns=("reference", "title", "state", "edition", "changed_at"),
        filters=("state",),
        required=("title",),
        searched=("title", "purpose", "responsibilities"),
        plain=("title", "code"),
        body="purpose",
        derived=("edition",),
        icon="compass",
        group="system",
    )
)
ASSIGNMENT = declare(
    RecordType(
        model=Assignment,
        prefix="ASG",
        clause="5.3",
        workflow=ASSIGNMENT_FLOW,
        behaviour_class=AssignmentBehaviour,
        fields=("title", "role", "person", "team", "in_organization", "for_service", "is_deputy", "starts_at", "ends_at"),
        columns=("reference", "title", "state", "role", "person", "team", "is_deputy", "accepted_at", "ends_at"),
        filters=("state", "role", "person", "team", "is_deputy"),
        required=("role",),
        searched=("title",),
        derived=("accepted_at",),
        icon="compass",
        group="system",
        dues=("ends_at",),
    )
)
