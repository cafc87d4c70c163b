"""The one line of the whole system: how many requirements fall short, held against how many top management tolerates.

The limit is what the plan in force says, read from the values that were frozen when it was approved. What was decided since counts with the
next approval; so a limit can't be moved out of the way of a figure without a version of the plan that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTransform

from plimsoll.evaluation.conformity.models import Assessment
from plimsoll.evaluation.conformity.rules import Line, line_of, whole_number
from plimsoll.kernel.documents.models import DocumentVersion
from plimsoll.kernel.identity.models import Tenant

PLAN = "SMS-PLAN"
FIELD = "conformity.gaps_tolerated"
SETTING = "conformity_gaps_tolerated"


def decided(tenant: Tenant) -> int | None:
    """What top management decided last, whether a plan says it already or not."""
    found = (tenant.settings or {}).get(SETTING)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def newest_line(tenant: Tenant, *, excepted: int = 0) -> Line:
    """The line now: the newest assessment against the plan in force. One query. `excepted`: gaps with an accepted exception."""
    rows = Assessment.objects.filter(tenant=tenant).order_by("-day", "-at", "-pk")
    found = rows.annotate(said=Subquery(_frozen(_in_force(tenant)))).values_list("counts", "said").first()
    return line_of(found[0], _number(found[1]), excepted=excepted) if found else Line(None, None)


def line_at(row: Assessment, *, excepted: int = 0) -> Line:
    """The line as it stood with one assessment: the newest is held against the plan in force now, one of a day against that day's."""
    is_newest = not Assessment.objects.filter(tenant_id=row.tenant_id, day__gt=row.day).exists()
    return line_of(row.counts, tolerated(row.tenant, None if is_newest else row.day), excepted=excepted)


def tolerated(tenant: Tenant, day: date | None = None) -> int | None:
    """How many may fall short, as the plan in force says, or the one that was in force at the end of a day."""
    return _number(_frozen(_in_force(tenant, day)).first())


def _in_force(tenant: Tenant, day: date | None = None) -> QuerySet[DocumentVersion]:
    rows = DocumentVersion.objects.filter(document__tenant=tenant, document__code=PLAN, disposed_at=None)
    if not tenant.is_demonstration:
        rows = rows.exclude(document__origin="demonstration")
    if day is None:
        return rows.filter(state="valid").order_by("-pk")
    return rows.filter(Q(ended_on=None) | Q(ended_on__gt=day), started_on__lte=day).exclude(state="approved").order_by("-started_on", "-pk")


def _frozen(rows: QuerySet[DocumentVersion]) -> Any:
    return rows.annotate(said=KeyTransform(FIELD, "values")).values_list("said", flat=True)[:1]


def _number(frozen: Mapping[str, Any] | None) -> int | None:
    """The number that a version was approved with: what its author wrote over the field, else what the field had."""
    if not isinstance(frozen, Mapping):
        return None
    return whole_number(frozen.get("override") or (frozen.get("value") or {}).get("text") or "")
