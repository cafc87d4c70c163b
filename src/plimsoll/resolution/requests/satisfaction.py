"""How satisfied people are with what became of their requests (K-20), beside the same two of incidents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.rules import SATISFIED
from plimsoll.kernel.figures.definitions import Indicator, Question, declare
from plimsoll.resolution.incidents.measuring import DIMENSIONS
from plimsoll.resolution.requests.indicators import AS_NOW, seen, share_of

SOURCE = gettext_lazy("The answers of those who asked, given on the portal or by a program.")


def answered(question: Question) -> Any:
    """Requests whose question was first answered in the month."""
    rows = Satisfaction.objects.filter(answered_at__gte=question.period.start, answered_at__lt=question.period.end)
    return seen(question).filter(pk__in=rows.values("card"))


def satisfied(rows: Any) -> Any:
    """Those of them that were given 4 or 5 of 5, as the answer stands now."""
    return rows.filter(pk__in=Satisfaction.objects.filter(score__gte=SATISFIED).values("card"))


def asked(question: Question) -> Any:
    """Requests that were asked about in the month."""
    rows = Satisfaction.objects.filter(asked_at__gte=question.period.start, asked_at__lt=question.period.end)
    return seen(question).filter(pk__in=rows.values("card"))


def with_answer(rows: Any) -> Any:
    """Those of them that have an answer by now, whenever it came."""
    return rows.filter(pk__in=Satisfaction.objects.exclude(answered_at=None).values("card"))


SATISFACTION = declare(
    Indicator(
        code="K-20",
        key="request_satisfaction",
        title=gettext_lazy("People satisfied with their requests"),
        rule=gettext_lazy(
            "Of the answers given in the month to “How did it go?” about requests, the share that gave 4 or 5 of 5. The month is that of the first "
            "answer; one that was changed counts as it stands now. What was cancelled or rejected is never asked about."
        ),
        formula=gettext_lazy("number with 4 or 5 ÷ number answered in the month"),
        source=SOURCE,
        cuts=AS_NOW,
        unit="share",
        better="up",
        kind="request",
        dimensions=DIMENSIONS,
        measure=share_of(answered, satisfied),
        counted=lambda question, part: satisfied(answered(question)) if part == "done" else answered(question),
        parts={"whole": gettext_lazy("Answered in the month"), "done": gettext_lazy("Satisfied")},
    )
)

ANSWERS = declare(
    Indicator(
        code="K-20",
        key="request_satisfaction_answers",
        title=gettext_lazy("Answers to “How did it go?” about requests"),
        rule=gettext_lazy(
            "Of the requests about which somebody was asked in the month, the share that has an answer. A share of satisfied people out of few "
            "answers says little: read the two together."
        ),
        formula=gettext_lazy("number with an answer ÷ number asked about in the month"),
        source=SOURCE,
        cuts=AS_NOW,
        unit="share",
        better="up",
        kind="request",
        dimensions=DIMENSIONS,
        measure=share_of(asked, with_answer),
        counted=lambda question, part: with_answer(asked(question)) if part == "done" else asked(question),
        parts={"whole": gettext_lazy("Asked about in the month"), "done": gettext_lazy("Answered")},
    )
)
