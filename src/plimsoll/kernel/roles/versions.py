"""Versions of roles: what is enforced comes from the one in force; what the record says beside it is the draft of the next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.roles.models import Role, RoleVersion

# What a version says. All of it is enforced or printed.
SAID = ("title", "purpose", "responsibilities", "words", "limits")


def put_in_force(role: Role, by: Person, at: datetime) -> RoleVersion:
    """What the record says becomes the version in force; the one before ends at that moment. For the move of that name, within its transaction."""
    before = role.versions.order_by("-number").first()
    role.versions.filter(ended_at=None).update(ended_at=at)
    said: dict[str, Any] = {name: getattr(role, name) for name in SAID}
    return RoleVersion.objects.create(role=role, number=(before.number if before else 0) + 1, approved_by=by, started_at=at, **said)


def version_in_force(role: Role) -> RoleVersion | None:
    return role.versions.filter(ended_at=None).first()


def differing(role: Role, version: RoleVersion) -> tuple[str, ...]:
    """The fields in which the draft says otherwise than a version."""
    return tuple(name for name in SAID if getattr(role, name) != getattr(version, name))


__all__ = ["SAID", "differing", "put_in_force", "version_in_force"]
