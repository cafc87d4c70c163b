"""The workflow of a kind as an organization runs it: what the code ships, with its own changes on top."""

from typing import Any

from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.settings import settings_changed
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import WorkflowVersion
from plimsoll.kernel.trail.models import Span
from plimsoll.kernel.workflow import Workflow, WorkflowError


@per_settings
def workflow_of(tenant: Tenant, kind: str) -> Workflow:
    """The workflow in force for a tenant and kind."""
    shipped = type_named(kind).workflow
    newest = WorkflowVersion.objects.filter(tenant_id=tenant.pk, kind=kind).order_by("-number").values_list("changes", flat=True).first()
    return shipped.with_changes(newest) if newest else shipped


def change_workflow(*, tenant: Tenant, kind: str, changes: dict[str, Any], by: Person, channel: str) -> WorkflowVersion:
    """Put a new version of an organization's own changes in force. Raises WorkflowError with a sentence when they contradict the code's."""
    check_everywhere(by, "workflow:change")
    after = type_named(kind).workflow.with_changes(changes)
    with writing():
        for name in sorted({s.name for s in workflow_of(tenant, kind).states} - {s.name for s in after.states}):
            # A state that records are or were in would read as closed from now on, and figures of the past would change.
            if Span.objects.filter(tenant_id=tenant.pk, kind=kind, state=name).exists():
                raise WorkflowError(f"The state “{name}” can't be taken away: records are in it, or were. Rename it instead.")
        newest = WorkflowVersion.objects.filter(tenant=tenant, kind=kind).order_by("-number").first()
        version = WorkflowVersion.objects.create(
            tenant=tenant, kind=kind, number=newest.number + 1 if newest else 1, changes=changes, in_force_from=now(), made_by=by
        )
        settings_changed(tenant.pk)
        tenant.refresh_from_db(fields=["settings_version"])
        publish(
            KeptChanged(
                tenant_id=tenant.pk,
                kind="workflow",
                subject_id=version.pk,
                action="change",
                by_id=by.pk,
                channel=channel,
                changes={"kind": (None, kind), "number": (None, version.number), "changes": (newest.changes if newest else None, changes)},
            )
        )
    return version


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Two sets of changes as one: added states and moves joined by name, labels and extensions united."""
    both: dict[str, Any] = {
        "labels": {**old.get("labels", {}), **new.get("labels", {})},
        "guards": sorted({*old.get("guards", ()), *new.get("guards", ())}),
    }
    for part in ("states", "moves"):
        by_name = {row["name"]: row for row in (*old.get(part, ()), *new.get(part, ()))}
        both[part] = list(by_name.values())
    both["extend"] = {
        name: sorted({*old.get("extend", {}).get(name, ()), *new.get("extend", {}).get(name, ())})
        for name in {*old.get("extend", {}), *new.get("extend", {})}
    }
    return {k: v for k, v in both.items() if v}
