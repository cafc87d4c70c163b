"""Every indicator counted again from the lines of an export, in plain Python: not one line of the product is used here.

`python tests/figures_by_hand.py export.jsonl 2016-05` prints them. Without service hours kept, an hour is an hour of the clock.
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

STAGE = {
    "new": "new",
    "assigned": "ready",
    "in_progress": "active",
    "resolved": "done",
    "closed": "closed",
    "cancelled": "dropped",
    "merged": "dropped",
}
ENDED = ("done", "closed", "dropped")
OPEN = ("new", "ready", "active", "waiting", "decide")
PEOPLE = ("portal", "self", "phone", "mail", "person")


def stage_of(state: str) -> str:
    return "waiting" if state.startswith("waiting_") else STAGE[state]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class Life:
    """One incident as its line tells it: stretches of state, team, owner and priority, in the order of its trail."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.reference = line["reference"]
        self.opened = moment(line["opened_at"])
        self.fields = line["fields"]
        self.organization = line["organization"]
        self.is_open = stage_of(line["state"]) in OPEN
        self.links = line.get("links", [])
        self.said = [moment(c["at"]) for c in line.get("comments", []) if c["is_public"] and not c["by"].startswith("customer")]
        self.stretches: list[dict[str, Any]] = []
        self.was_reclassified = False
        now: dict[str, Any] = {"state": None, "team": None, "owner": None, "priority": None}
        for entry in sorted(line["trail"], key=lambda e: e["position"]):
            changes = entry.get("changes", {})
            if changes.get("classification", [None])[0] is not None:
                self.was_reclassified = True
            told = {name: changes[name][1] for name in now if name in changes}
            if told or not self.stretches:
                at = moment(entry["at"])
                now |= told
                if self.stretches:
                    self.stretches[-1]["to"] = at
                self.stretches.append({**now, "stage": stage_of(now["state"]), "from": at, "to": None})

    def entered(self, stage: str, start: datetime, end: datetime) -> list[int]:
        """The places of the stretches with which it came into a stage within a period."""
        return [
            n
            for n, s in enumerate(self.stretches)
            if s["stage"] == stage and start <= s["from"] < end and (n == 0 or self.stretches[n - 1]["stage"] != stage)
        ]

    def at(self, when: datetime) -> dict[str, Any] | None:
        """The open stretch that reaches a moment from before it."""
        return next((s for s in self.stretches if s["stage"] in OPEN and s["from"] < when and (s["to"] is None or s["to"] >= when)), None)

    def handovers(self, until: datetime | None = None) -> int:
        pairs = zip(self.stretches, self.stretches[1:], strict=False)
        return sum(1 for a, b in pairs if a["team"] and b["team"] and a["team"] != b["team"] and (until is None or b["from"] < until))

    def first_response(self) -> datetime | None:
        worked = [s["from"] for s in self.stretches if s["stage"] in ("active", "waiting", "done", "closed")]
        return min([*worked[:1], *self.said[:1]], default=None)

    def time_to_resolve(self, place: int) -> timedelta:
        """Up to a stretch, without those in which the clock stood still."""
        to = self.stretches[place]["from"]
        still = [
            (max(s["from"], self.opened), min(s["to"] or to, to))
            for s in self.stretches
            if s["state"] == "waiting_customer" or s["stage"] in ("done", "closed")
        ]
        return max(to - self.opened, timedelta()) - sum((b - a for a, b in still if a < b), timedelta())


def used_up(life: Life, within: timedelta, stop: datetime | None) -> datetime | None:
    """When a target was used up, around the clock and without the times in which it had ended; None when it was not by the stop."""
    left, at = within, life.opened
    for number, s in enumerate(life.stretches):
        # What happened later may bear an earlier time: time never runs twice, nor backwards.
        begin = max(s["from"], at) if number else at
        end = s["to"] if stop is None or (s["to"] is not None and s["to"] <= stop) else stop
        if end is not None and end <= begin:
            continue
        at = begin if end is None else end
        if s["stage"] in ENDED:
            continue
        if end is None or end - begin > left:
            return begin + left
        left -= end - begin
    return None


def ended_for_good(life: Life, index: int) -> bool:
    """Dropped and taken up again is no end."""
    return life.stretches[index]["stage"] != "dropped" or all(s["stage"] == "dropped" for s in life.stretches[index:])


def verdict(life: Life, measure: str, targets: dict[int | None, timedelta]) -> tuple[bool, datetime] | None:
    """Whether a target was met, and the moment that decides its month: of the stop when met, of being used up when missed."""
    if measure == "respond":
        ended = next((s for i, s in enumerate(life.stretches) if s["stage"] in ENDED and ended_for_good(life, i)), None)
        stop = min([*life.said[:1], *([ended["from"]] if ended else [])], default=None)
        is_dropped = ended is not None and ended["stage"] == "dropped" and stop == ended["from"]
        last = [s for s in life.stretches if stop is None or s["from"] <= stop][-1]
    else:
        run = []
        for s in reversed(life.stretches):
            if s["stage"] not in ENDED:
                break
            run.append(s)
        is_dropped = bool(run) and life.stretches[-1]["stage"] == "dropped"
        stop = run[-1]["from"] if run else None
        last = run[-1] if run else life.stretches[-1]
    within = targets.get(last["priority"], targets.get(None))
    if within is None:
        return None
    missed = used_up(life, within, stop)
    if missed is not None:
        return False, missed
    return None if stop is None or is_dropped else (True, stop)


def month(text: str, zone: str) -> tuple[datetime, datetime]:
    year, number = map(int, text.split("-"))
    place = ZoneInfo(zone)
    return datetime(year, number, 1, tzinfo=place).astimezone(UTC), datetime(year + number // 12, number % 12 + 1, 1, tzinfo=place).astimezone(UTC)


def figures(
    lives: Iterable[Life],
    period: str,
    zone: str,
    *,
    now: datetime,
    first_level: frozenset[str] = frozenset(),
    member: Callable[[Life], bool] | None = None,
    agreed: dict[str, dict[int | None, timedelta]] | None = None,
    shares: Iterable[tuple[str, int | None, timedelta]] = (),
    limits: dict[int | None, int] | None = None,
) -> dict[str, float | None]:
    """Each indicator's value by its key, for one month; `member` says which incidents belong to a cut (not for the backlog's team and priority).

    `agreed` are the targets of an agreement around the clock that covers every incident, by measure and priority (None: all others); `shares`
    the times of its shares of a month, and `limits` up to how many a month its targets hold.
    """
    start, end = month(period, zone)
    every = [life for life in lives if member is None or member(life)]
    opened = [i for i in every if start <= i.opened < end]
    resolved = [i for i in every if i.entered("done", start, end)]
    closed = [i for i in every if i.entered("closed", start, end)]
    stop = min(end, now)
    open_ = [i for i in every if i.at(stop)]
    ages = sorted((stop - i.opened).total_seconds() for i in open_)
    reported = [i for i in opened if i.fields["contact"] in PEOPLE]
    responded = [i for i in every if (at := i.first_response()) is not None and start <= at < end]
    at_once = [
        i
        for i in resolved
        if i.fields["contact"] in PEOPLE
        and not any(s["stage"] == "waiting" for s in i.stretches)
        and not any(s["stage"] in OPEN and s["from"] > i.opened + timedelta(minutes=60) for s in i.stretches)
        and any(s["stage"] == "done" and s["from"] <= i.opened + timedelta(minutes=60) for s in i.stretches)
        and i.handovers() == 0
        and i.fields["reopen_count"] == 0
    ]
    again = [
        i
        for i in resolved
        if any(
            s["stage"] in OPEN and s["from"] <= i.stretches[place]["from"] + timedelta(days=14)
            for place in i.entered("done", start, end)
            for s in i.stretches[place + 1 :]
        )
    ]
    alone = [
        i
        for i in opened
        if i.opened < now - timedelta(hours=4)
        and not any(s["from"] <= i.opened + timedelta(hours=4) and (s["owner"] or s["stage"] not in OPEN) for s in i.stretches)
    ]
    by_first = [i for i in resolved if all(i.stretches[place]["team"] in first_level for place in i.entered("done", start, end))]
    ranked = [i for i in opened if i.fields["priority"] is not None]

    def share(part: float, whole: int) -> float | None:
        return part / whole if whole else None

    def kept(measure: str) -> float | None:
        found = [v for i in every if agreed and (v := verdict(i, measure, agreed[measure])) is not None and start <= v[1] < min(end, now)]
        return share(len([v for v in found if v[0]]), len(found))

    def by_shares() -> float | None:
        outcomes: dict[str, list[bool]] = defaultdict(list)
        for measure, priority, within in shares:
            for i in every:
                if (v := verdict(i, measure, {priority: within})) is not None and start <= v[1] < min(end, now):
                    outcomes[i.reference].append(v[0])
        return share(len([o for o in outcomes.values() if all(o)]), len(outcomes))

    def by_limits() -> float | None:
        under: dict[int | None, int] = defaultdict(int)
        for i in opened:
            priority = i.fields["priority"] if limits and i.fields["priority"] in limits else None
            if limits and priority in limits:
                under[priority] += 1
        return share(sum(min(n, (limits or {})[priority]) for priority, n in under.items()), sum(under.values()))

    return {
        "agreed_shares": by_shares(),
        "agreed_workload": by_limits(),
        "incident_volume": len(opened),
        "incident_backlog": len(open_),
        "incident_backlog_age": share(sum(ages), len(ages)),
        "incident_backlog_age_p90": ages[math.ceil(len(ages) * 9 / 10) - 1] if ages else None,
        "incident_time_to_respond": share(sum(max((i.first_response() - i.opened).total_seconds(), 0) for i in responded), len(responded)),  # type: ignore[operator]
        "incident_time_to_resolve": share(sum(i.time_to_resolve(i.entered("done", start, end)[-1]).total_seconds() for i in resolved), len(resolved)),
        "incident_first_contact": share(len(at_once), len([i for i in resolved if i.fields["contact"] in PEOPLE])),
        "incident_first_level": share(len(by_first), len(resolved)),
        "incident_handovers": share(sum(i.handovers(end) for i in resolved), len(resolved)),
        "incident_reopened": share(len(again), len(resolved)),
        "incident_misclassified": share(len([i for i in closed if i.was_reclassified]), len(closed)),
        "incident_resolved_in_time": kept("resolve"),
        "incident_responded_in_time": kept("respond"),
        "incident_uncovered": share(0 if agreed else len(opened), len(opened)),
        "incident_with_knowledge": share(
            len([i for i in resolved if any(link["meaning"] == "uses" and link["target"].startswith("KNO-") for link in i.links)]), len(resolved)
        ),
        "incident_self_service": share(len([i for i in reported if i.fields["contact"] in ("portal", "self")]), len(reported)),
        "incident_unassigned": share(len(alone), len(opened)),
        "incident_priority_overridden": share(len([i for i in ranked if i.fields["is_priority_overridden"]]), len(ranked)),
        # nobody is asked about what another tool resolved, so there is nothing to count
        "incident_satisfaction": None,
        "incident_satisfaction_answers": None,
        "incident_closure": share(len([i for i in opened if not i.is_open]), len(opened)),
    }


def by_member(lives: Iterable[Life], name: str) -> dict[Any, list[Life]]:
    """The incidents by what they have now of a dimension."""
    found = defaultdict(list)
    for life in lives:
        found[life.organization if name == "organization" else life.fields[name]].append(life)
    return dict(found)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        told = [Life(json.loads(line)) for line in file]
    print(json.dumps(figures(told, sys.argv[2], "UTC", now=datetime.now(UTC)), indent=2))  # noqa: T201
