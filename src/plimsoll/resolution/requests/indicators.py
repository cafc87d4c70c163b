"""What requests are measured by (K-21): in time, how long, and how many without anybody's hand."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.figures.definitions import WORD, Figure, Indicator, Question, declare
from plimsoll.kernel.targets.models import Clock
from plimsoll.kernel.targets.rules import RESOLVE
from plimsoll.resolution.incidents.counting import OF_INCIDENT
from plimsoll.resolution.incidents.measuring import DIMENSIONS, share
from plimsoll.resolution.requests.models import FulfilmentTask, Request

AS_NOW = gettext_lazy("Cut by the service, customer, team and priority that the request has now.")
FULFILLED = gettext_lazy("Fulfilled in the month")


def seen(question: Question) -> Any:
    """The requests that a person may see and have counted: what `request:read` shows, within the reach of `indicator:read`."""
    rows: Any = Request.objects.visible_to(question.person)
    counted = reach(question.person, WORD)
    if not counted.everything:
        rows = rows.filter(Q(organization_id__in=counted.organizations) | Q(service_id__in=counted.services))
    if question.only is not None:
        name, member = question.only
        rows = rows.filter(**{OF_INCIDENT[name]: member}) if member is not None else rows.filter(**{f"{OF_INCIDENT[name]}__isnull": True})
    return rows


def fulfilled(question: Question) -> Any:
    """Fulfilled in the month and not taken up again since."""
    return seen(question).filter(fulfilled_at__gte=question.period.start, fulfilled_at__lt=question.period.end)


def by_a_version(question: Question) -> Any:
    """Of these those that were ordered here: what was brought in from elsewhere says nothing of who had a task."""
    return fulfilled(question).filter(model_version__isnull=False).exclude(origin="imported")


def _clocks(*states: str) -> Any:
    found = Clock.objects.filter(card=OuterRef("card"), measure=RESOLVE)
    return Exists(found.filter(state__in=states) if states else found)


def promised(question: Question) -> Any:
    """Of these those to which a time was promised."""
    return fulfilled(question).filter(_clocks())


def in_time(question: Question, rows: Any) -> Any:
    return rows.filter(_clocks("met"))


def by_itself(question: Question, rows: Any) -> Any:
    """Those for which nobody had a task."""
    return rows.filter(~Exists(FulfilmentTask.objects.filter(request=OuterRef("card"))))


def cycle(question: Question) -> list[Figure]:
    """The median time from ordering to fulfilling, in seconds of the clock."""
    column = OF_INCIDENT.get(question.cut, "")
    rows = fulfilled(question).order_by().values_list("opened_at", "fulfilled_at", *([column] if column else []))
    times: dict[int | None, list[float]] = defaultdict(list)
    for opened_at, at, *member in rows:
        times[member[0] if member else None].append((at - opened_at).total_seconds())
    if not times and not column:
        return [Figure(question.period, None, None, 0)]
    return [Figure(question.period, median(found), None, len(found), question.cut, member) for member, found in times.items()]


ON_TIME = share(
    "request",
    promised,
    in_time,
    (gettext_lazy("Fulfilled in the month with a promised time"), gettext_lazy("Fulfilled in time")),
    code="K-21",
    key="request_on_time",
    title=gettext_lazy("Requests fulfilled in time"),
    rule=gettext_lazy(
        "Of the requests fulfilled in the month to which a time was promised, how many were fulfilled within it. The time runs in the service "
        "hours of the version that was ordered; it stands still while an approval is asked, and while the customer is asked."
    ),
    formula=gettext_lazy("number fulfilled in time ÷ number fulfilled with a promise"),
    source=gettext_lazy("The requests themselves, and their clocks."),
    cuts=AS_NOW,
    better="up",
)

CYCLE = declare(
    Indicator(
        code="K-21",
        key="request_cycle",
        title=gettext_lazy("Time to fulfil a request"),
        rule=gettext_lazy(
            "The median time from ordering to fulfilling, day and night, over the requests fulfilled in the month; with their approval."
        ),
        formula=gettext_lazy("median of (fulfilled − ordered)"),
        source=gettext_lazy("The requests themselves."),
        cuts=AS_NOW,
        unit="seconds",
        better="down",
        kind="request",
        dimensions=DIMENSIONS,
        measure=cycle,
        counted=lambda question, part: fulfilled(question),
        parts={"whole": FULFILLED},
    )
)

AUTOMATED = share(
    "request",
    by_a_version,
    by_itself,
    (gettext_lazy("Fulfilled in the month, ordered here"), gettext_lazy("Without a task")),
    code="K-21",
    key="request_automated",
    formula_version=2,  # what was brought in from elsewhere is left out
    title=gettext_lazy("Requests fulfilled by themselves"),
    rule=gettext_lazy(
        "Of the requests fulfilled in the month, how many had no task for anybody. Approving is no task. What was brought in from elsewhere is "
        "left out."
    ),
    formula=gettext_lazy("number without a task ÷ number fulfilled"),
    source=gettext_lazy("The requests themselves, and their tasks."),
    cuts=AS_NOW,
    better="up",
)
