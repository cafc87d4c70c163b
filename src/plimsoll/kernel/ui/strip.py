"""The strip that shows where a record is in its workflow: the way taken with its times, the state now, the likely way on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from plimsoll.kernel.records.models import Record
from plimsoll.kernel.ui.templatetags._dates import duration
from plimsoll.kernel.ui.templatetags.plimsoll_ui import CATEGORIES
from plimsoll.kernel.workflow import Workflow

Stretch = tuple[str, datetime, datetime | None]


def time_in_states(spans: Sequence[Stretch], moment: datetime) -> dict[str, timedelta]:
    """How long the record was in each state, in the order in which it first came to them."""
    took: dict[str, timedelta] = {}
    for name, started, ended in spans:
        took[name] = took.get(name, timedelta()) + max((ended or moment) - started, timedelta())
    return took


def likely_way(flow: Workflow, state: str) -> list[str]:
    """The states that follow when everything goes its usual way: the primary arrow, else the first that stays in the flow."""
    way: list[str] = []
    here = state
    while True:
        gone = (*way, state, flow.initial)  # what begins anew is no way on
        onward = [m for m in flow.moves_from(here) if m.target not in gone and flow.state(m.target).category not in ("waiting", "dropped")]
        if not onward or flow.state(here).category in ("closed", "dropped"):  # what may be taken back is no way on
            return way
        here = onward[0].target
        way.append(here)


def flow_steps(flow: Workflow, record: Record, spans: Sequence[Stretch], moment: datetime) -> list[dict[str, Any]]:
    """The steps of the strip, as `_flow.html` takes them."""
    took = time_in_states(spans, moment)
    here = took.get(record.state)
    steps: list[dict[str, Any]] = [
        {"label": flow.state(name).label, "step": "past", "category": flow.state(name).category, "took": duration(time)}
        for name, time in took.items()
        if name != record.state
    ]
    now = flow.state(record.state)
    steps.append(
        {
            "label": now.label,
            "step": "now",
            "category": record.category,
            "tone": CATEGORIES.get(record.category, "still"),
            "took": duration(here) if here is not None and now.is_open else "",
        }
    )
    return steps + [
        {"label": flow.state(name).label, "step": "future", "category": flow.state(name).category, "took": ""}
        for name in likely_way(flow, record.state)
        if name not in took
    ]
