"""What incidents are measured by (9.1): each indicator with its rule in words, how it counts, and exactly which records it counted.

Numbers are those of our requirements (K-01 …). Outages (K-06), changes (K-16), and requests (K-21)
wait for their records.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.definitions import Indicator, Question, declare
from plimsoll.resolution.incidents import counting as c
from plimsoll.resolution.incidents.measuring import (
    DIMENSIONS,
    backlog_age,
    backlog_age_p90,
    backlog_count,
    count_of,
    handover_rate,
    share,
    time_to_resolve,
    time_to_respond,
)

AS_NOW = gettext_lazy("Cut by the service, customer, team and priority that the incident has now.")
AS_THEN = gettext_lazy("Cut by the team and priority of the end of the month, and by the service and customer of now.")
FROM_SPANS = gettext_lazy("Spans: when an incident came into which state, with which team, as its trail tells.")
FROM_RECORDS = gettext_lazy("The incidents themselves.")
COUNTED = gettext_lazy("Counted")
RESOLVED = gettext_lazy("Resolved in the month")


def _one(rows: Any) -> Any:
    """The records of an indicator that counts one set."""
    return lambda question, part: rows(question)


def _reported(question: Question) -> Any:
    return c.by_people(c.opened(question))


def _reported_and_resolved(question: Question) -> Any:
    return c.by_people(c.resolved(question))


def _knows_first_level(tenant: Any) -> str:
    """Which teams are first level is the organisation's to say; until then nothing is measured, rather than guessed."""
    return "" if c.Limits.of(tenant).first_level_teams else _("Say in the settings of indicators which teams are first level.")


VOLUME = declare(
    Indicator(
        code="K-01",
        key="incident_volume",
        title=gettext_lazy("Incidents opened"),
        rule=gettext_lazy("How many incidents were opened in the month, whatever became of them."),
        formula=gettext_lazy("number opened in the month"),
        source=FROM_RECORDS,
        cuts=AS_NOW,
        unit="count",
        better="down",
        kind="incident",
        dimensions=DIMENSIONS,
        measure=count_of(c.opened),
        counted=_one(c.opened),
        parts={"whole": COUNTED},
    )
)

BACKLOG = declare(
    Indicator(
        code="K-02",
        key="incident_backlog",
        title=gettext_lazy("Backlog"),
        rule=gettext_lazy(
            "How many incidents stood open when the month ended; of the running month now. Open is every state that is not done, closed or dropped. "
            "What happens in the very moment of the end belongs to the next month."
        ),
        formula=gettext_lazy("number open at the end"),
        source=FROM_SPANS,
        cuts=AS_THEN,
        unit="count",
        better="down",
        kind="incident",
        dimensions=DIMENSIONS,
        measure=backlog_count,
        counted=_one(c.backlog),
        parts={"whole": COUNTED},
    )
)

BACKLOG_AGE = declare(
    Indicator(
        code="K-03",
        key="incident_backlog_age",
        title=gettext_lazy("Age of the backlog, mean"),
        rule=gettext_lazy("How long the incidents that stood open at the end of the month had been open, on average, nights and weekends included."),
        formula=gettext_lazy("sum of (end − opened) ÷ number open at the end"),
        source=FROM_SPANS,
        cuts=AS_THEN,
        unit="seconds",
        better="down",
        kind="incident",
        dimensions=DIMENSIONS,
        measure=backlog_age,
        counted=_one(c.backlog),
        parts={"whole": COUNTED},
    )
)

BACKLOG_AGE_P90 = declare(
    Indicator(
        code="K-03",
        key="incident_backlog_age_p90",
        title=gettext_lazy("Age of the backlog, nine in ten"),
        rule=gettext_lazy(
            "The age that nine in ten of the incidents open at the end of the month did not exceed (the nearest rank, not interpolated)."
        ),
        formula=gettext_lazy("90th percentile of (end − opened) over those open at the end"),
        source=FROM_SPANS,
        cuts=AS_THEN,
        unit="seconds",
        better="down",
        kind="incident",
        dimensions=DIMENSIONS,
        measure=backlog_age_p90,
        counted=_one(c.backlog),
        parts={"whole": COUNTED},
    )
)

TO_RESPOND = declare(
    Indicator(
        code="K-04",
        key="incident_time_to_respond",
        title=gettext_lazy("Time to the first response"),
        rule=gettext_lazy(
            "Service hours from opening to the first response, on average over the incidents that had theirs in the month. The first response "
            "is the first message that the reporter could read and nobody of a customer wrote, or the first state in which it was worked on, "
            "whichever came first: a phone call that nobody noted can't be known. Hours are those of the service, else the organisation's, as "
            "they are kept now."
        ),
        formula=gettext_lazy("sum of service hours (opened to first response) ÷ number first responded to in the month"),
        source=gettext_lazy("Spans and messages."),
        cuts=AS_NOW,
        unit="seconds",
        better="down",
        kind="incident",
        dimensions=DIMENSIONS,
        measure=time_to_respond,
        counted=_one(c.responded),
        parts={"whole": COUNTED},
    )
)

TO_RESOLVE = declare(
    Indicator(
        code="K-05",
        key="incident_time_to_resolve",
        title=gettext_lazy("Time to resolve"),
        rule=gettext_lazy(
            "Service hours from opening to resolving, on average over the incidents resolved in the month, without the time in the state "
            "“Waiting: customer” and without the time between resolving and reopening. Resolved twice in the month counts once, up to the last "
            "time. What was closed without being resolved first is not in it. Hours are those of the service, else the organisation's, as they "
            "are kept now. Which states an agreement lets pause is not asked here, so that incidents under different agreements, and under none, "
            "are measured by one rule; “Resolved in time” follows the agreement."
        ),
        formula=gettext_lazy("sum of (service hours (opened to resolved) − paused) ÷ number resolved"),
        source=FROM_SPANS,
        cuts=AS_NOW,
        unit="seconds",
        better="down",
        kind="incident",
        dimensions=DIMENSIONS,
        measure=time_to_resolve,
        counted=_one(c.resolved),
        parts={"whole": RESOLVED},
    )
)

FIRST_CONTACT = share(
    "incident",
    _reported_and_resolved,
    c.at_first_contact,
    (gettext_lazy("Reported by people and resolved in the month"), gettext_lazy("Resolved at first contact")),
    code="K-07",
    key="incident_first_contact",
    cuts=AS_NOW,
    title=gettext_lazy("Resolved at first contact"),
    rule=gettext_lazy(
        "Of the incidents that a person reported (phone, mail, portal, self service, in person) and that were resolved in the month, how many "
        "were resolved at once. Whether the reporter was still on the phone is not recorded; instead: resolved within some minutes of opening "
        "(a setting, 60), without waiting, without going from team to team, and not reopened since."
    ),
    formula=gettext_lazy("number resolved at first contact ÷ number reported by people and resolved"),
    source=FROM_SPANS,
    better="up",
)

FIRST_LEVEL = share(
    "incident",
    c.resolved,
    c.by_first_level,
    (RESOLVED, gettext_lazy("Resolved by the first level")),
    code="K-08",
    key="incident_first_level",
    cuts=AS_NOW,
    title=gettext_lazy("Resolved by the first level"),
    rule=gettext_lazy(
        "Of the incidents resolved in the month, how many lay with a first-level team when they were resolved. Which teams those are is a setting; "
        "until it is made nothing is measured. Without a team counts as not by the first level."
    ),
    formula=gettext_lazy("number resolved by first-level teams ÷ number resolved"),
    source=FROM_SPANS,
    better="up",
    needs=_knows_first_level,
)

HANDOVERS = declare(
    Indicator(
        code="K-09",
        key="incident_handovers",
        title=gettext_lazy("Handovers per incident"),
        rule=gettext_lazy(
            "How often the incidents resolved in the month had gone from one team to another, on average, in their whole life until the month "
            "ended. Giving it to the first team, to nobody, or to another person of the same team is no handover."
        ),
        formula=gettext_lazy("changes of team ÷ number resolved"),
        source=FROM_SPANS,
        cuts=AS_NOW,
        unit="number",
        better="down",
        kind="incident",
        dimensions=DIMENSIONS,
        measure=handover_rate,
        counted=lambda question, part: c.handed_over(question, c.resolved(question)) if part == "done" else c.resolved(question),
        parts={"whole": RESOLVED, "done": gettext_lazy("Handed over at least once")},
    )
)

REOPENED = share(
    "incident",
    c.resolved,
    c.reopened,
    (RESOLVED, gettext_lazy("Reopened")),
    code="K-10",
    key="incident_reopened",
    cuts=AS_NOW,
    title=gettext_lazy("Reopened"),
    rule=gettext_lazy(
        "Of the incidents resolved in the month, how many were open again within some days of it (a setting, 14). It can therefore still rise "
        "after the month ended, until those days are over; freeze months later than that."
    ),
    formula=gettext_lazy("number reopened within the days ÷ number resolved"),
    source=FROM_SPANS,
    better="down",
)

MISCLASSIFIED = share(
    "incident",
    c.closed,
    lambda question, rows: c.reclassified(rows),
    (gettext_lazy("Closed in the month"), gettext_lazy("With another category than at first")),
    code="K-11",
    key="incident_misclassified",
    cuts=AS_NOW,
    title=gettext_lazy("Wrongly classified at first"),
    rule=gettext_lazy(
        "Of the incidents closed in the month, how many had their category changed after it was given for the first time. One that was changed "
        "and changed back counts too: it was wrong in between."
    ),
    formula=gettext_lazy("number with a changed category ÷ number closed"),
    source=gettext_lazy("Spans, and the trail's changes of the category."),
    better="down",
)

CLOCKS = gettext_lazy("The clocks of incidents, which follow from the trail and from the agreement that covers each.")
MET = gettext_lazy("Within the target")

RESOLVED_IN_TIME = share(
    "incident",
    lambda question: c.judged(question, "resolve"),
    lambda question, rows: c.in_time(question, rows, "resolve"),
    (gettext_lazy("With a verdict in the month"), MET),
    code="K-12",
    key="incident_resolved_in_time",
    cuts=AS_NOW,
    title=gettext_lazy("Resolved in time"),
    rule=gettext_lazy(
        "Of the incidents whose target to resolve has its verdict in the month, how many were resolved within it. Met counts in the month of "
        "resolving; a miss counts in the month in which the target was used up, also while the incident is still open. Without a target nothing "
        "counts; what is under no agreement has its own figure."
    ),
    formula=gettext_lazy("number resolved within target ÷ (number resolved within target + number whose target was used up)"),
    source=CLOCKS,
    better="up",
)

RESPONDED_IN_TIME = share(
    "incident",
    lambda question: c.judged(question, "respond"),
    lambda question, rows: c.in_time(question, rows, "respond"),
    (gettext_lazy("With a verdict in the month"), MET),
    code="K-13",
    key="incident_responded_in_time",
    cuts=AS_NOW,
    title=gettext_lazy("Responded in time"),
    rule=gettext_lazy(
        "Of the incidents whose target to respond has its verdict in the month, how many had their first message to the customer, or were "
        "resolved, within it. A miss counts in the month in which the target was used up, also while nobody has responded yet."
    ),
    formula=gettext_lazy("number responded to within target ÷ (number within target + number whose target was used up)"),
    source=CLOCKS,
    better="up",
)

UNCOVERED = share(
    "incident",
    c.opened,
    lambda question, rows: rows.filter(covered_by=None),
    (gettext_lazy("Opened in the month"), gettext_lazy("Under no agreement")),
    code="8.3.3",
    key="incident_uncovered",
    cuts=AS_NOW,
    title=gettext_lazy("Under no agreement"),
    rule=gettext_lazy("Of the incidents opened in the month, how many no agreement covered for that customer and service when they were opened."),
    formula=gettext_lazy("number under no agreement ÷ number opened"),
    source=FROM_RECORDS,
    better="down",
)

WITH_KNOWLEDGE = share(
    "incident",
    c.resolved,
    lambda question, rows: c.with_knowledge(rows),
    (RESOLVED, gettext_lazy("With the article that helped")),
    code="K-17",
    key="incident_with_knowledge",
    cuts=AS_NOW,
    title=gettext_lazy("Resolved with knowledge"),
    rule=gettext_lazy(
        "Of the incidents resolved in the month, how many are linked with an article (“uses the knowledge of”). What was read and not linked "
        "can't be known; known errors count as soon as there are any."
    ),
    formula=gettext_lazy("number linked with an article ÷ number resolved"),
    source=gettext_lazy("Spans and links."),
    better="up",
)

SELF_SERVICE = share(
    "incident",
    _reported,
    lambda question, rows: c.by_themselves(rows),
    (gettext_lazy("Reported by people in the month"), gettext_lazy("By portal or self service")),
    code="K-18",
    key="incident_self_service",
    cuts=AS_NOW,
    title=gettext_lazy("Reported by self service"),
    rule=gettext_lazy(
        "Of the incidents that a person reported in the month, how many came by the portal or by self service. Questions that an article "
        "answered before anything was reported are not recorded, so they are in neither number."
    ),
    formula=gettext_lazy("number by portal or self service ÷ number reported by people"),
    source=FROM_RECORDS,
    better="up",
)

LEFT_ALONE = share(
    "incident",
    c.opened,
    c.left_alone,
    (gettext_lazy("Opened in the month"), gettext_lazy("With nobody for too long")),
    code="K-19",
    key="incident_unassigned",
    cuts=AS_NOW,
    title=gettext_lazy("Left with nobody"),
    rule=gettext_lazy(
        "Of the incidents opened in the month, how many were with no person for longer than some hours after opening (a setting, 4, hours of "
        "the clock) and were still open then. A team alone is nobody."
    ),
    formula=gettext_lazy("number without a person for longer ÷ number opened"),
    source=FROM_SPANS,
    better="down",
)

OVERRIDDEN = share(
    "incident",
    lambda question: c.opened(question).filter(priority__isnull=False),
    lambda question, rows: c.overridden(rows),
    (gettext_lazy("Opened in the month, with a priority"), gettext_lazy("Priority set by hand")),
    code="8.6.1-b",
    key="incident_priority_overridden",
    cuts=AS_NOW,
    title=gettext_lazy("Priority set by hand"),
    rule=gettext_lazy("Of the incidents opened in the month that have a priority, how many have another one than impact and urgency give."),
    formula=gettext_lazy("number with a priority set by hand ÷ number opened with a priority"),
    source=FROM_RECORDS,
    better="down",
)

CLOSURE = share(
    "incident",
    c.opened,
    lambda question, rows: rows.filter(is_open=False),
    (gettext_lazy("Opened in the month"), gettext_lazy("Ended since")),
    code="8.6.1-d",
    key="incident_closure",
    cuts=AS_NOW,
    title=gettext_lazy("Ended of those opened"),
    rule=gettext_lazy(
        "Of the incidents opened in the month, how many are resolved, closed or dropped by now. A past month rises until it is frozen."
    ),
    formula=gettext_lazy("number ended ÷ number opened"),
    source=FROM_RECORDS,
    better="up",
)
