"""Which records the indicators of satisfaction (K-20) count, whatever their kind."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.rules import SATISFIED
from plimsoll.kernel.figures.periods import Month

SOURCE = gettext_lazy("The answers of those who asked, given on the portal or by a program.")


def answered_in(rows: Any, period: Month) -> Any:
    """Those whose question was first answered in the month."""
    said = Satisfaction.objects.filter(answered_at__gte=period.start, answered_at__lt=period.end)
    return rows.filter(pk__in=said.values("card"))


def satisfied(rows: Any) -> Any:
    """Those that were given 4 or 5 of 5, as the answer stands now."""
    return rows.filter(pk__in=Satisfaction.objects.filter(score__gte=SATISFIED).values("card"))


def asked_in(rows: Any, period: Month) -> Any:
    """Those that were asked about in the month."""
    asked = Satisfaction.objects.filter(asked_at__gte=period.start, asked_at__lt=period.end)
    return rows.filter(pk__in=asked.values("card"))


def with_answer(rows: Any) -> Any:
    """Those that have an answer by now, whenever it came."""
    return rows.filter(pk__in=Satisfaction.objects.exclude(answered_at=None).values("card"))
