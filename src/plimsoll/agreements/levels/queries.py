"""Reads of agreements with a name: which version covers what, what it promises, and what covers a service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.agreements.levels.covering import KnownVersion, choose, supporting
from plimsoll.agreements.levels.models import Version
from plimsoll.agreements.levels.rules import CONTRACT, SLA, SUPPLIERS_STATES, ShareTarget, Target, Terms, Workload, read_terms
from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Organization, Tenant
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.targets.rules import MEASURES, Allowance, Promise

NOT_YET = ("draft", "negotiating", "withdrawn")  # nothing of these is in force, whatever their versions say


ROWS_OF_A_VERSION = 1000  # more than the rows that terms may have


def frozen_hours(calendar: Calendar) -> dict[str, Any]:
    """Service hours as a version keeps them."""
    return {
        "name": calendar.name,
        "timezone": calendar.timezone,
        "week": calendar.week,
        "holidays": calendar.holidays,
        "yearly_holidays": calendar.yearly_holidays,
    }


@per_settings
def versions_known(tenant: Tenant) -> tuple[KnownVersion, ...]:
    """Every version that is or was in force, without its terms; kept until an agreement changes.

    Those that were corrected are among them, as what was under them stays under them until a recalculation.
    """
    rows = Version.objects.filter(agreement__tenant_id=tenant.pk, published_at__isnull=False).exclude(agreement__state__in=NOT_YET)
    corrected = set(rows.filter(corrects__isnull=False).values_list("corrects", flat=True))
    return tuple(
        KnownVersion(
            version=v.pk,
            agreement=v.agreement_id,
            kind=v.agreement.type,
            organization=v.agreement.organization_id,
            services=read_terms(v.terms).services,
            started_at=v.started_at,
            ended_at=min((at for at in (v.ended_at, v.agreement.ended_at) if at is not None), default=None),
            published_at=v.published_at,
            is_corrected=v.pk in corrected,
        )
        for v in rows.select_related("agreement").order_by("pk")
        if v.started_at is not None and v.published_at is not None
    )


def version_for(tenant: Tenant, organization: Organization | None, service: int | None, at: datetime) -> int | None:
    """The customer's version that covers a record opened at a moment, or None when nothing was agreed."""
    if organization is None:
        return None
    found = choose(versions_known(tenant), [pk for pk in (organization.pk, organization.parent_id) if pk], service, at)
    return None if found is None else found.version


def supporting_for(tenant: Tenant, service: int | None, at: datetime) -> list[int]:
    """The versions of internal agreements and contracts that stand behind a service at a moment."""
    return [found.version for found in supporting(versions_known(tenant), service, at)] if service is not None else []


@dataclass(frozen=True, slots=True)
class Known:
    """A version in force with its terms read. It never changes, so it is kept for as long as the process lives."""

    version: int
    agreement: int
    reference: str
    title: str
    kind: str
    number: int
    terms: Terms
    hours: ServiceHours | None
    second_hours: ServiceHours | None


@lru_cache(maxsize=2000)
def _known(version: int, digest: str) -> Known:
    row = Version.objects.select_related("agreement__card").get(pk=version)
    terms = read_terms(row.terms)
    agreement = row.agreement
    hours = terms.service_hours() if terms.hours else None
    second = terms.hours_of(is_second=True) if terms.second_hours else None
    return Known(version, agreement.pk, agreement.reference, agreement.title, agreement.type, row.number, terms, hours, second)


@per_settings
def _digests(tenant: Tenant) -> dict[int, str]:
    """Which versions there are; the digest keeps a process that outlives a database (tests do) from taking one for another."""
    rows = Version.objects.filter(agreement__tenant_id=tenant.pk, published_at__isnull=False)
    return {
        pk: f"{digest} {reference} {kind} {title}"
        for pk, digest, reference, kind, title in rows.values_list(
            "pk", "digest", "agreement__card__reference", "agreement__type", "agreement__title"
        )
    }


def known_version(tenant: Tenant, version: int | None) -> Known | None:
    """A version that was put in force, with its terms; None for none and for a draft."""
    if version is None or (digest := _digests(tenant).get(version)) is None:
        return None
    return _known(version, digest)


def promises_of(tenant: Tenant, version: int | None, supports: Sequence[int]) -> list[Promise]:
    """What a record is promised by the version that covers it and by those that stand behind it."""
    found: list[Promise] = []
    for pk in [version, *supports]:
        if (known := known_version(tenant, pk)) is not None:
            found += _promises(known)
    return found


def _promises(known: Known) -> list[Promise]:
    terms = known.terms
    if not terms.has_commitment or known.hours is None:
        return []
    is_ours = known.kind == SLA
    promises = []
    for measure in MEASURES:
        targets = [t for t in terms.counted() if t.measure == measure]
        if targets:
            promises.append(
                Promise(
                    key=measure if is_ours else f"{known.reference} {measure}",
                    measure=measure,
                    within={t.priority: t.within for t in targets if not t.is_special},
                    hours=known.hours,
                    terms=known.version,
                    pauses={state: how == "message" for state, how in terms.pauses.items()},
                    runs_in=frozenset(SUPPLIERS_STATES) if known.kind == CONTRACT else frozenset(),
                    teams=frozenset() if is_ours else terms.teams,
                    is_internal=not is_ours,
                    others=tuple(_allowance(known, t) for t in targets if t.is_special),
                )
            )
    return promises


def _allowance(known: Known, target: Target) -> Allowance:
    """A target that holds only for some records."""
    assert known.hours is not None
    hours = known.second_hours if target.is_second and known.second_hours is not None else known.hours
    outside = known.hours if target.is_second and known.terms.is_standby else None
    return Allowance(target.within, hours, target.priority, frozenset({target.team} if target.team else ()), outside)


@dataclass(frozen=True, slots=True)
class Agreed:
    """One row of the terms of a version that is judged month by month; `key` names it for ever, as versions never change."""

    known: Known
    place: int
    row: ShareTarget | Workload

    @property
    def key(self) -> int:
        return self.known.version * ROWS_OF_A_VERSION + self.place


def _agreed(tenant: Tenant, rows_of: Callable[[Terms], Sequence[ShareTarget | Workload]]) -> list[Agreed]:
    found = [known_version(tenant, version.version) for version in versions_known(tenant) if version.kind == SLA]
    return [Agreed(known, place, row) for known in found if known is not None for place, row in enumerate(rows_of(known.terms))]


def shares_agreed(tenant: Tenant) -> list[Agreed]:
    """Every share of the records of a month that was ever promised to a customer."""
    return _agreed(tenant, lambda terms: terms.shares)


def limits_agreed(tenant: Tenant) -> list[Agreed]:
    """Every limit of records a month up to which targets hold."""
    return _agreed(tenant, lambda terms: terms.workload)


def agreements_of_service(service: Record) -> list[Version]:
    """The versions in force now that name a service, the newest first; who may see which agreement the caller asks."""
    moment = now()
    known = [v.version for v in versions_known(service.tenant) if service.pk in v.services and v.covers(moment, service.pk)]
    rows = Version.objects.filter(pk__in=known).exclude(agreement__state__in=("expired", "terminated"))
    return list(rows.select_related("agreement__organization", "agreement__card").order_by("-started_at"))


def how_it_stands(version: Version, moment: datetime) -> tuple[str, str]:
    """Category of state and word: draft, starts later, in force, corrected by another, or over. Prefetch its corrections."""
    if version.published_at is None or version.started_at is None:
        return "new", _("Draft")
    if any(c.published_at is not None for c in version.corrections.all()):
        return "closed", _("Corrected")
    if version.ended_at is not None and version.ended_at <= moment:
        return "closed", _("Was in force")
    return ("ready", _("Starts later")) if version.started_at > moment else ("active", _("In force"))
