"""What major incidents are measured by (9.1): each indicator with its rule in words, how it counts, and exactly which records it counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Sum
from django.utils.translation import gettext_lazy

from plimsoll.kernel.figures.definitions import Figure, Indicator, Question, declare, ratio
from plimsoll.resolution.incidents.indicators import AS_NOW as INCIDENT_AS_NOW
from plimsoll.resolution.incidents.measuring import PRIORITY, SERVICE, count_of, share
from plimsoll.resolution.majors import counting as c

AS_NOW = gettext_lazy("Cut by the service and priority that the major incident has now.")
FROM_RECORDS = gettext_lazy("The major incidents themselves; what was withdrawn as none is left out.")
DECLARED = gettext_lazy("Declared in the month")
RESTORED = gettext_lazy("Restored in the month")


def _mean(rows_of: Callable[[Question], Any], start: str, end: str) -> Callable[[Question], list[Figure]]:
    """The mean time between two moments, in seconds of the clock."""
    took = Sum(ExpressionWrapper(F(end) - F(start), output_field=DurationField()))

    def measure(question: Question) -> list[Figure]:
        column = c.COLUMNS.get(question.cut, "")
        rows = rows_of(question).order_by()
        if not column:
            told = rows.aggregate(took=took, n=Count("pk"))
            return [ratio(question.period, told["took"].total_seconds() if told["took"] else 0, told["n"])]
        found = rows.values(column).annotate(took=took, n=Count("pk")).values_list(column, "took", "n")
        return [ratio(question.period, total.total_seconds(), n, cut=question.cut, member=member) for member, total, n in found]

    return measure


def _of_majors(whole: Callable[[Question], Any], part: Callable[[Question, Any], Any], labels: tuple[Any, Any], **said: Any) -> Indicator:
    return share("majorincident", whole, part, labels, dimensions=(SERVICE, PRIORITY), better="up", cuts=AS_NOW, **said)


def _time(rows_of: Callable[[Question], Any], start: str, end: str, label: Any, **said: Any) -> Indicator:
    return declare(
        Indicator(
            unit="seconds",
            kind="majorincident",
            better="down",
            dimensions=(SERVICE, PRIORITY),
            measure=_mean(rows_of, start, end),
            counted=lambda question, name: rows_of(question),
            parts={"whole": label},
            cuts=AS_NOW,
            **said,
        )
    )


VOLUME = declare(
    Indicator(
        code="K-14",
        key="major_volume",
        title=gettext_lazy("Major incidents"),
        rule=gettext_lazy("How many major incidents were declared in the month. Those that turned out to be none are left out."),
        formula=gettext_lazy("number declared in the month"),
        source=FROM_RECORDS,
        cuts=AS_NOW,
        unit="count",
        better="down",
        kind="majorincident",
        dimensions=(SERVICE, PRIORITY),
        measure=count_of(c.declared),
        counted=lambda question, part: c.declared(question),
        parts={"whole": DECLARED},
    )
)

REVIEWED = _of_majors(
    c.to_be_reviewed,
    c.reviewed_in_time,
    (gettext_lazy("Restored in the month, review done or due"), gettext_lazy("Reviewed in time")),
    code="K-14",
    key="major_reviewed_in_time",
    title=gettext_lazy("Major incidents reviewed in time"),
    rule=gettext_lazy(
        "Of the major incidents whose service was restored in the month, how many had their review done by its due time. "
        "A review that is neither done nor due yet is in neither number, so a past month moves until all are."
    ),
    formula=gettext_lazy("number reviewed by the due time ÷ number with a review that is done or was due"),
    source=gettext_lazy("Major incidents and their reviews."),
)

TO_DECLARE = _time(
    c.declared,
    "began_at",
    "opened_at",
    DECLARED,
    code="K-15",
    key="major_time_to_declare",
    title=gettext_lazy("Time to declare"),
    rule=gettext_lazy("From the first symptom to declaring, on average, of the major incidents declared in the month, nights and weekends included."),
    formula=gettext_lazy("sum of (declared − first symptom) ÷ number declared"),
    source=FROM_RECORDS,
)

TO_INFORM = _time(
    c.informed,
    "opened_at",
    "informed_at",
    gettext_lazy("Declared in the month, and top management was told"),
    code="K-15",
    key="major_time_to_inform",
    title=gettext_lazy("Time until top management is told"),
    rule=gettext_lazy(
        "From declaring until top management was first told, on average, of the major incidents declared in the month. One of which nobody was "
        "told is in neither number; “Top management told in time” counts it."
    ),
    formula=gettext_lazy("sum of (told − declared) ÷ number of which top management was told"),
    source=gettext_lazy("Notices, and what was written down."),
)

INFORMED = _of_majors(
    c.declared,
    c.informed_in_time,
    (DECLARED, gettext_lazy("Top management told in time")),
    code="8.6.1-h",
    key="major_informed_in_time",
    title=gettext_lazy("Top management told in time"),
    rule=gettext_lazy("Of the major incidents declared in the month, of how many top management was told within the minutes that are set (30)."),
    formula=gettext_lazy("number told of in time ÷ number declared"),
    source=gettext_lazy("Notices, and what was written down."),
)

TOLD = _of_majors(
    c.restored,
    c.told_in_time,
    (RESTORED, gettext_lazy("Every update in time")),
    code="8.6.1-h",
    key="major_updates_in_time",
    title=gettext_lazy("Every update in time"),
    rule=gettext_lazy(
        "Of the major incidents whose service was restored in the month, of how many people were told at least once and every time when it was due."
    ),
    formula=gettext_lazy("number without a late update ÷ number restored"),
    source=gettext_lazy("Updates, each with the time at which it was due."),
)

MANAGED = _of_majors(
    c.declared,
    c.managed_in_time,
    (DECLARED, gettext_lazy("With a manager in time")),
    code="8.6.1-i",
    key="major_managed_in_time",
    title=gettext_lazy("A manager in time"),
    rule=gettext_lazy("Of the major incidents declared in the month, how many had a manager within the minutes that are set (15)."),
    formula=gettext_lazy("number with a manager in time ÷ number declared"),
    source=gettext_lazy("Spans: who had it when, as its trail tells."),
)

TO_ASSIGN = _time(
    c.managed,
    "opened_at",
    "managed_at",
    gettext_lazy("Declared in the month, with a manager"),
    code="8.6.1-i",
    key="major_time_to_manager",
    title=gettext_lazy("Time until it has a manager"),
    rule=gettext_lazy("From declaring until somebody managed it, on average, of the major incidents declared in the month that had a manager."),
    formula=gettext_lazy("sum of (manager − declared) ÷ number with a manager"),
    source=gettext_lazy("Spans: who had it when, as its trail tells."),
)

PROCEDURE = _of_majors(
    c.restored,
    c.by_the_procedure,
    (RESTORED, gettext_lazy("Every step ticked")),
    code="8.6.1-g",
    key="major_by_procedure",
    title=gettext_lazy("Handled by the whole procedure"),
    rule=gettext_lazy("Of the major incidents whose service was restored in the month, how many have every step of the procedure ticked."),
    formula=gettext_lazy("number with every step ticked ÷ number restored"),
    source=gettext_lazy("The steps that each got when it was declared."),
)

PROPOSED = share(
    "incident",
    c.proposed,
    c.decided,
    (gettext_lazy("Met a criterion in the month"), gettext_lazy("Declared or declined")),
    code="8.6.1-g",
    key="major_proposals_decided",
    title=gettext_lazy("Proposals decided"),
    rule=gettext_lazy(
        "Of the incidents that met a criterion of a major incident in the month, for how many somebody declared one, or said why it is none."
    ),
    formula=gettext_lazy("number declared or declined ÷ number that met a criterion"),
    source=gettext_lazy("What the criteria found, and what people answered."),
    cuts=INCIDENT_AS_NOW,
    better="up",
)

GAPS = share(
    "incident",
    c.urgent,
    c.left_without_a_note,
    (gettext_lazy("Priority Critical or High, opened in the month"), gettext_lazy("Without a note for too long")),
    code="8.6.1-e",
    key="urgent_incident_gap",
    title=gettext_lazy("Urgent, and quiet for too long"),
    rule=gettext_lazy(
        "Of the incidents of priority Critical or High opened in the month, how many stood open at some time without a note or message "
        "for longer than some hours (a setting, 4, hours of the clock), from opening on."
    ),
    formula=gettext_lazy("number with a longer gap ÷ number of priority Critical or High opened"),
    source=gettext_lazy("Notes and messages."),
    cuts=INCIDENT_AS_NOW,
    better="down",
)
