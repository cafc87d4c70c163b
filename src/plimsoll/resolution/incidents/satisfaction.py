"""How satisfied people are with what became of their incidents (K-20), and how many of those asked say so."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from plimsoll.agreements.relationships.counting import SOURCE, answered_in, asked_in, satisfied, with_answer
from plimsoll.kernel.figures.definitions import Question
from plimsoll.resolution.incidents.counting import seen
from plimsoll.resolution.incidents.measuring import share

AS_NOW = gettext_lazy("Cut by the service, customer, team and priority that the incident has now.")


def answered(question: Question) -> Any:
    """Incidents whose question was first answered in the month."""
    return answered_in(seen(question), question.period)


def asked(question: Question) -> Any:
    """Incidents that were asked about in the month."""
    return asked_in(seen(question), question.period)


SATISFACTION = share(
    "incident",
    answered,
    lambda question, rows: satisfied(rows),
    (gettext_lazy("Answered in the month"), gettext_lazy("Satisfied")),
    code="K-20",
    key="incident_satisfaction",
    title=gettext_lazy("Satisfied people"),
    rule=gettext_lazy(
        "Of the answers given in the month to “How did it go?”, the share that gave 4 or 5 of 5. The month is that of the first answer; one "
        "that was changed counts as it stands now. What was cancelled or merged is never asked about."
    ),
    formula=gettext_lazy("number with 4 or 5 ÷ number answered in the month"),
    source=SOURCE,
    cuts=AS_NOW,
    better="up",
)

ANSWERS = share(
    "incident",
    asked,
    lambda question, rows: with_answer(rows),
    (gettext_lazy("Asked about in the month"), gettext_lazy("Answered")),
    code="K-20",
    key="incident_satisfaction_answers",
    title=gettext_lazy("Answers to “How did it go?”"),
    rule=gettext_lazy(
        "Of the incidents about which somebody was asked in the month, the share that has an answer. A share of satisfied people out of few "
        "answers says little: read the two together."
    ),
    formula=gettext_lazy("number with an answer ÷ number asked about in the month"),
    source=SOURCE,
    cuts=AS_NOW,
    better="up",
)
