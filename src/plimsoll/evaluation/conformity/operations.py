"""Writes of conformity: an assessment computed and kept, and whether what is kept is still what was computed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.evaluation.conformity.answers import Finding, ask_all, period_start
from plimsoll.evaluation.conformity.fitness import SETTING
from plimsoll.evaluation.conformity.models import Assessment, KeptAnswer, Result
from plimsoll.evaluation.conformity.rules import digest_of, tally
from plimsoll.evaluation.conformity.standard import EDITION, items
from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.settings import keep_setting
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_of

READ, ASSESS, TOLERATE = "evidence:read", "evidence:assess", "evidence:tolerate"


def assess(tenant: Tenant, *, by: Person | None = None, channel: str, at: datetime | None = None) -> Assessment:
    """Ask every requirement of the records as they are now, and keep what they show. Needs `evidence:assess`; nobody: the system does it.

    The records are read before the transaction, so that counting never holds up those who write.
    """
    if by is not None:
        check_everywhere(by, ASSESS)
    at = at or now()
    found = ask_all(tenant, at)
    return keep(tenant, found, by=by or system_person(tenant), channel=channel, at=at)


def keep(tenant: Tenant, found: list[Finding], *, by: Person, channel: str, at: datetime) -> Assessment:
    """Store what every requirement showed, the details that are not there yet, and the digest of it all in the trail."""
    bodies = {one.item.id: one.body for one in found}
    digests = {key: digest_of(body) for key, body in bodies.items() if body}
    counts = dict(tally(one.verdict for one in found).counts)
    with writing():
        there = dict(KeptAnswer.objects.filter(tenant=tenant, digest__in=set(digests.values())).values_list("digest", "pk"))
        fresh = {digest: bodies[key] for key, digest in digests.items() if digest not in there}
        KeptAnswer.objects.bulk_create([KeptAnswer(tenant=tenant, digest=digest, body=body) for digest, body in fresh.items()], ignore_conflicts=True)
        if fresh:  # read again: another assessment may have stored the same in between, and rows that clash come back without a key
            there |= dict(KeptAnswer.objects.filter(tenant=tenant, digest__in=list(fresh)).values_list("digest", "pk"))
        row = Assessment.objects.create(
            tenant=tenant,
            at=at,
            day=day_of(tenant, at),
            period_start=period_start(tenant, at),
            edition=EDITION,
            made_by=by,
            counts=counts,
            digest=digest_of(sorted((_line(one, digests.get(one.item.id, "")) for one in found), key=lambda line: line[0])),
        )
        Result.objects.bulk_create(
            Result(
                assessment=row,
                item=one.item.id,
                verdict=one.verdict,
                numerator=one.answer.numerator if one.answer else None,
                denominator=one.answer.denominator if one.answer else None,
                query_version=one.query.version if one.query else None,
                detail_id=there.get(digests.get(one.item.id, "")),
            )
            for one in found
        )
        changes: dict[str, tuple[Any, Any]] = {"digest": (None, row.digest), **{name: (None, n) for name, n in counts.items() if n}}
        publish(
            KeptChanged(tenant_id=tenant.pk, kind="assessment", subject_id=row.pk, action="compute", by_id=by.pk, channel=channel, changes=changes)
        )
    return row


def _line(one: Finding, digest: str) -> list[Any]:
    answer = one.answer
    return [
        one.item.id,
        one.verdict,
        answer.numerator if answer else None,
        answer.denominator if answer else None,
        one.query.version if one.query else None,
        digest,
    ]


def is_sound(row: Assessment) -> bool:
    """Is a stored assessment still what was computed: each detail under its digest, and all of it under the assessment's?"""
    results = list(row.results.select_related("detail"))
    if any(r.detail is not None and digest_of(r.detail.body) != r.detail.digest for r in results):
        return False
    lines = [[r.item, r.verdict, r.numerator, r.denominator, r.query_version, r.detail.digest if r.detail else ""] for r in results]
    return digest_of(sorted(lines, key=lambda line: line[0])) == row.digest


def tolerate(tenant: Tenant, number: int | None, *, by: Person, channel: str) -> None:
    """Say how many requirements may fall short; None: not decided. Needs `evidence:tolerate`; raises `Faulty` for what is no such number.

    It counts once a version of the plan that says it is approved; until then the line is drawn where the version in force has it.
    """
    check_everywhere(by, TOLERATE)
    most = len(items())
    if number is not None and not 0 <= number <= most:
        raise Faulty([Fault("tolerated", _("There are %(n)d requirements: give a number from 0 to %(n)d.") % {"n": most})])
    keep_setting(tenant, SETTING, number, by=by, channel=channel)
