"""How satisfied people are with what became of their requests (K-20), beside the same two of incidents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from plimsoll.agreements.relationships.counting import SOURCE, answered_in, asked_in, satisfied, with_answer
from plimsoll.kernel.figures.definitions import Question
from plimsoll.resolution.incidents.measuring import share
from plimsoll.resolution.requests.indicators import AS_NOW, seen


def answered(question: Question) -> Any:
    """Requests whose question was first answered in the month."""
    return answered_in(seen(question), question.period)


def asked(question: Question) -> Any:
    """Requests that were asked about in the month."""
    return asked_in(seen(question), question.period)


SATISFACTION = share(
    "request",
    answered,
    lambda question, rows: satisfied(rows),
    (gettext_lazy("Answered in the month"), gettext_lazy("Satisfied")),
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
    better="up",
)

ANSWERS = share(
    "request",
    asked,
    lambda question, rows: with_answer(rows),
    (gettext_lazy("Asked about in the month"), gettext_lazy("Answered")),
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
    better="up",
)
