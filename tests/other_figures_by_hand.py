"""The indicators of requests, major incidents and satisfaction counted again from exported lines, in plain Python: not one line of the product.

What an export does not tell is given: what is promised, how many steps a procedure has, how often people are told. Top management is taken to be
told by hand ("inform" in the trail), and every comment on a major incident to be an update: an export does not tell the others apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from tests.figures_by_hand import moment, month

GOOD_ENDS = {"incident": ("resolved", "closed"), "request": ("fulfilled", "closed")}
Line = dict[str, Any]


def mean_of(times: Iterable[timedelta]) -> float | None:
    found = [t.total_seconds() for t in times]
    return sum(found) / len(found) if found else None


def share(rows: list[Line], is_part: Callable[[Line], bool]) -> float | None:
    return len([row for row in rows if is_part(row)]) / len(rows) if rows else None


def entries(line: Line) -> list[Line]:
    return sorted(line["trail"], key=lambda e: e["position"])


def told(line: Line, action: str) -> list[datetime]:
    return [moment(e["at"]) for e in entries(line) if e["action"] == action]


def states(line: Line) -> list[tuple[str, datetime]]:
    """Each state with the moment from which it held."""
    return [(e["changes"]["state"][1], moment(e["at"])) for e in entries(line) if "state" in e.get("changes", {})]


class Month:
    def __init__(self, period: str, zone: str) -> None:
        self.start, self.end = month(period, zone)

    def holds(self, at: str | datetime | None) -> bool:
        at = moment(at) if isinstance(at, str) else at
        return at is not None and self.start <= at < self.end


# Requests (K-21)


def elapsed(line: Line) -> timedelta:
    """Around the clock; not while an approval is asked, not while the customer is asked in a message, not between an end and a reopening."""
    spent, asked = timedelta(), [moment(c["at"]) for c in line.get("comments", ()) if c["is_public"]]
    stretches = states(line)
    for (state, start), (_next, end) in zip(stretches, stretches[1:], strict=False):
        if state in ("awaiting_approval", "fulfilled", "closed"):
            continue
        if state == "waiting_customer":
            end = min([max(at, start) for at in asked if at < end] or [end])
        spent += end - start
    return spent


def requests(lines: list[Line], tasks: list[Line], of: Month, promised: dict[str, timedelta]) -> dict[str, float | None]:
    """`promised`: within what, by what was ordered."""
    done = [line for line in lines if of.holds(line["fields"]["fulfilled_at"])]
    with_promise = [line for line in done if line["fields"]["request_model"] in promised]
    worked_on = {entries(task)[0]["changes"].get("request", [None, None])[1] for task in tasks}
    took = [(moment(line["fields"]["fulfilled_at"]) - moment(line["opened_at"])).total_seconds() for line in done]
    return {
        "request_on_time": share(with_promise, lambda line: elapsed(line) <= promised[line["fields"]["request_model"]]),
        "request_cycle": median(took) if took else None,
        "request_automated": share(done, lambda line: line["reference"] not in worked_on),
    }


# Major incidents (K-14, K-15)


def majors(
    lines: list[Line], reviews: list[Line], of: Month, *, now: datetime, top: int, manager: int, every: dict[int, int], steps: int
) -> dict[str, float | None]:
    """`top` and `manager`: within how many minutes; `every`: how often people are told, by priority; `steps`: how many the procedure has."""
    real = [line for line in lines if line["state"] != "withdrawn"]
    declared = [line for line in real if of.holds(line["opened_at"])]
    restored = [line for line in real if of.holds(line["fields"]["restored_at"])]
    kept = [r for r in reviews if r["state"] != "dropped"]

    def reviews_of(line: Line) -> list[Line]:
        return [r for r in kept if r["fields"]["major"] == line["title"]]

    def is_late(review: Line) -> bool:
        return bool(moment(review["fields"]["due_at"]) < now)

    def managed(line: Line) -> datetime | None:
        return next((moment(e["at"]) for e in entries(line) if e.get("changes", {}).get("owner", [None, None])[1]), None)

    def since(line: Line, at: datetime | None) -> timedelta:
        assert at is not None
        return at - moment(line["opened_at"])

    def is_told_in_time(line: Line) -> bool:
        due, said = timedelta(minutes=every[line["fields"]["priority"]]), [moment(c["at"]) for c in line.get("comments", ())]
        before = [moment(line["opened_at"]), *said]
        return bool(said) and all(at - earlier <= due for earlier, at in zip(before, said, strict=False))

    def ticked(line: Line) -> set[str]:
        found: set[str] = set()
        for e in entries(line):
            if e["action"] in ("tick step", "untick step"):
                text = {**e.get("changes", {}), **e.get("texts", {})}["text"][1]
                found = found | {text} if e["action"] == "tick step" else found - {text}
        return found

    judged = [line for line in restored if any(r["state"] == "done" or is_late(r) for r in reviews_of(line))]
    return {
        "major_volume": len(declared),
        "major_reviewed_in_time": share(
            judged,
            lambda line: any(r["state"] == "done" and moment(r["fields"]["done_at"]) <= moment(r["fields"]["due_at"]) for r in reviews_of(line)),
        ),
        "major_time_to_declare": mean_of(moment(line["opened_at"]) - moment(line["fields"]["began_at"]) for line in declared),
        "major_time_to_inform": mean_of(since(line, min(told(line, "inform"))) for line in declared if told(line, "inform")),
        "major_informed_in_time": share(declared, lambda line: any(since(line, at) <= timedelta(minutes=top) for at in told(line, "inform"))),
        "major_updates_in_time": share(restored, is_told_in_time),
        "major_managed_in_time": share(declared, lambda line: managed(line) is not None and since(line, managed(line)) <= timedelta(minutes=manager)),
        "major_time_to_manager": mean_of(since(line, managed(line)) for line in declared if managed(line)),
        "major_by_procedure": share(restored, lambda line: len(ticked(line)) == steps),
    }


def of_incidents(lines: list[Line], of: Month, *, now: datetime, quiet: timedelta) -> dict[str, float | None]:
    """What majors ask of incidents. Of what met criteria several times in a month, the answers are told by the same trail."""
    proposed = [line for line in lines if any(of.holds(at) for at in told(line, "propose major"))]
    urgent = [line for line in lines if of.holds(line["opened_at"]) and (line["fields"]["priority"] or 9) <= 2]

    def was_quiet(line: Line) -> bool:
        fields = line["fields"]
        over = moment(fields["resolved_at"] or fields["closed_at"]) if fields["resolved_at"] or fields["closed_at"] else now
        said = sorted(moment(c["at"]) for c in line.get("comments", ()))
        marks = [moment(line["opened_at"]), *[at for at in said if at < over], over]
        return any(b - a > quiet for a, b in zip(marks, marks[1:], strict=False))

    return {
        "major_proposals_decided": share(proposed, lambda line: bool(told(line, "declare major") or told(line, "decline major"))),
        "urgent_incident_gap": share(urgent, was_quiet),
    }


# Satisfaction (K-20)


def satisfaction(lines: list[Line], kind: str, of: Month) -> dict[str, float | None]:
    """Asked once, when it first came to a good end, of who has an address; answered when first rated; judged as it was rated last."""
    ends, asked, answered = GOOD_ENDS[kind], [], []
    for line in lines:
        who = line.get("people", {}).get(line["fields"]["requester"], {})
        first = next((at for n, (state, at) in enumerate(states(line)) if n and state in ends), None)
        if first is not None and who.get("email"):
            if of.holds(first):
                asked.append(line)
            if any(of.holds(at) for at in told(line, "rate")[:1]):
                answered.append(line)

    def score(line: Line) -> int:
        return int([e["changes"]["score"][1] for e in entries(line) if e["action"] == "rate" and "score" in e.get("changes", {})][-1])

    return {
        f"{kind}_satisfaction": share(answered, lambda line: score(line) >= 4),
        f"{kind}_satisfaction_answers": share(asked, lambda line: bool(told(line, "rate"))),
    }
