"""Open approvals follow the limits of roles: at the moment at which a version comes into force, or a role is given or taken."""

from __future__ import annotations

from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.approvals.operations import route_anew
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.roles.models import Assignment, Role, RoleVersion
from plimsoll.kernel.tasks.registry import find
from plimsoll.resolution.requests.models import Request
from plimsoll.resolution.requests.values import APPROVES, LIMIT

CHANGING = {"role": ("put_in_force", "retire"), "assignment": ("approve", "end")}


def follow_roles(event: Written) -> None:
    """Wired to `Written`: whoever may decide from now on sees what waits; what nobody could approve before is asked again by a job."""
    record = event.record
    if not isinstance(record, Role | Assignment) or event.entry.action not in CHANGING[record.kind]:
        return
    role = record.pk if isinstance(record, Role) else record.role_id
    if not any(LIMIT in limits for limits in RoleVersion.objects.filter(role=role).values_list("limits", flat=True)):
        return
    waiting = Request.objects.filter(tenant=record.tenant, is_open=True)
    for approval in Approval.objects.filter(card__in=waiting.values("card"), ended_at=None, move_when_approved=APPROVES).select_related("card"):
        route_anew(approval)
    task = find("requests.proceed")
    assert task is not None
    for pk in waiting.filter(state="submitted").exclude(model_version=None).values_list("pk", flat=True):
        task.enqueue(tenant=record.tenant, dedupe_key=f"{pk}", request=pk)


__all__ = ["follow_roles"]
