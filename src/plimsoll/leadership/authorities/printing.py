"""Authorities that no document in force prints: roles that the plan does not print as they are enforced, and words held through none of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.documents.models import DocumentVersion
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.roles.fields import columns_said, said_of
from plimsoll.kernel.roles.models import Assignment, Role, RoleVersion
from plimsoll.kernel.roles.wording import authorities
from plimsoll.leadership.authorities.governance import governance

TABLE = "roles.table"


@dataclass(frozen=True, slots=True)
class Unprinted:
    """A role whose version in force is not what the plan prints: `differs` names the columns, empty when it is not printed at all."""

    role: Role
    number: int
    differs: tuple[str, ...]
    authorities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Authorities that somebody holds and no printed role gives: who, by which role (empty: by none), what."""

    holder: str
    role: str
    authorities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undocumented:
    """What of authorities no plan in force prints. Without a plan (`plan` None) everything is."""

    plan: DocumentVersion | None
    roles: tuple[Unprinted, ...]
    held: tuple[Held, ...]


def undocumented(tenant: Tenant) -> Undocumented:
    """Roles in force against the table that the plan in force prints, and grants against the printed roles; five queries."""
    plan = (
        DocumentVersion.objects.filter(document__tenant=tenant, document__template=governance().plan, state="valid")
        .select_related("document")
        .first()
    )
    printed = _rows_of(plan)
    versions = RoleVersion.objects.filter(role__tenant=tenant, ended_at=None).select_related("role").order_by("title", "pk")
    found, known = [], set()
    for version in versions:
        row = printed.get(version.role_id)
        says = dict(zip(columns_said(), said_of(version), strict=True))
        differs = tuple(name for name, text in says.items() if row is not None and row.get(name, "") != text)
        if row is None or differs:
            found.append(Unprinted(version.role, version.number, differs, tuple(authorities(version.words))))
        if row is not None:
            known.add(version.role_id)
    return Undocumented(plan, tuple(found), tuple(_held(tenant, known)))


def _rows_of(plan: DocumentVersion | None) -> dict[int, dict[str, str]]:
    """By role what its row in a version says, by column. Nothing where words stand in the place of the table."""
    told = plan.values.get(TABLE) if plan is not None else None
    if not told or told.get("override") or not told.get("value"):
        return {}
    value = told["value"]
    return {row["source"]["pk"]: dict(zip(value["columns"], row["cells"], strict=False)) for row in value["rows"] if row.get("source")}


def _held(tenant: Tenant, printed: set[int]) -> list[Held]:
    grants = Grant.objects.filter(in_force(now()), tenant=tenant).exclude(Q(person__kind="system")).select_related("person", "team").order_by("pk")
    rows = list(grants)
    roles = dict(Assignment.objects.filter(pk__in=[g.assignment for g in rows if g.assignment]).values_list("pk", "role"))
    return [
        Held(str(g.person or g.team or _("nobody")), g.role_name, tuple(authorities(g.words)))
        for g in rows
        if roles.get(g.assignment or 0) not in printed
    ]


__all__ = ["Undocumented", "undocumented"]
