"""Which version of which agreement covers what, at a moment. Decisions only; no Django."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from plimsoll.agreements.levels.rules import SLA


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """A version as far as choosing asks: whose it is, for which services, and from when to when (half-open)."""

    version: int
    agreement: int
    kind: str
    organization: int
    services: frozenset[int]
    started_at: datetime
    ended_at: datetime | None
    published_at: datetime
    is_corrected: bool = False

    def covers(self, at: datetime, service: int | None) -> bool:
        if self.is_corrected:  # its correction stands in its place, also where that covers other services
            return False
        return self.started_at <= at and (self.ended_at is None or at < self.ended_at) and (not self.services or service in self.services)


def choose(known: Iterable[KnownVersion], organizations: Sequence[int | None], service: int | None, at: datetime) -> KnownVersion | None:
    """The customer's version in force at a moment: one that names the service before one for all, the nearer organization first, then the latest.

    A correction was published later than what it corrects, so it is what a record opened from now on finds.
    """
    found = [v for v in known if v.kind == SLA and v.organization in organizations and v.covers(at, service)]
    return max(
        found,
        key=lambda v: (bool(v.services), -organizations.index(v.organization), v.started_at, v.published_at, v.version),
        default=None,
    )


def supporting(known: Iterable[KnownVersion], service: int | None, at: datetime) -> list[KnownVersion]:
    """The versions of internal agreements and contracts in force for a service at a moment, the latest of each agreement."""
    latest: dict[int, KnownVersion] = {}
    for version in known:
        if version.kind != SLA and version.covers(at, service):
            other = latest.get(version.agreement)
            if other is None or (other.started_at, other.published_at, other.version) < (version.started_at, version.published_at, version.version):
                latest[version.agreement] = version
    return sorted(latest.values(), key=lambda v: v.agreement)
