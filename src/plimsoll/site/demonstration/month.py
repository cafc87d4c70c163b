"""A month of ordinary work: patterns of the content, each happening several times, the same for the same seed. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from plimsoll.kernel.calendars import ServiceHours
from plimsoll.site.demonstration.content import Act, read, timeline

DAYS = 31
DESK = ("ines", "nadia")
CLOSES_BY_ITSELF = timedelta(days=7, hours=2)
CLOSED_NOTE = "Closed by itself: resolved for 7 days, and nobody objected."


def story(now: datetime) -> list[Act]:
    """Everything that happened, with the ordinary work of a month around it, in its order."""
    return sorted([*timeline(now), *month(now)], key=lambda act: act.at)  # stable: what is told first stays first


def month(now: datetime) -> Iterator[Act]:
    """What happened in the last month, act by act of each incident; nothing lies ahead of `now`."""
    plan, organisation = read("month"), read("organisation")
    hours = ServiceHours(**{k: v for k, v in organisation["hours"]["office"].items() if k in ("timezone", "week", "yearly_holidays")})
    rng = Random(plan["seed"])  # noqa: S311 (tells a story, guards nothing)
    stock = [(pattern, place) for pattern in plan["patterns"] for place in pattern["places"]]
    rng.shuffle(stock)
    for number, (at, (pattern, place)) in enumerate(zip(_openings(now, plan, organisation["provider"]["timezone"], rng), stock * 3, strict=False)):
        if number >= 2 * len(stock):
            return
        yield from _ended(_Incident(f"month_{number:03d}", pattern, place, hours, rng, plan["voices"]).acts(at), now)


def _openings(now: datetime, plan: dict[str, Any], timezone: str, rng: Random) -> Iterator[datetime]:
    """When something is reported: on working days by day, at the weekend seldom."""
    zone = ZoneInfo(timezone)
    for days in range(DAYS, -1, -1):
        day = (now.astimezone(zone) - timedelta(days=days)).date()
        count = rng.choice(plan["weekends"] if day.weekday() >= 5 else plan["weekdays"])
        minutes = sorted(rng.randrange(8 * 60 + 5, 17 * 60) for _ in range(count))
        for minute in minutes:
            at = datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(now.tzinfo)
            if at < now - timedelta(minutes=20):
                yield at


def _ended(acts: Iterator[Act], now: datetime) -> Iterator[Act]:
    """The acts that have happened by now; what would come later leaves the incident where it is."""
    for act in acts:
        if act.at >= now:
            return
        yield act


class _Incident:
    """One happening of a pattern."""

    def __init__(self, key: str, pattern: dict[str, Any], place: str, hours: ServiceHours, rng: Random, voices: list[Any]) -> None:
        self.voices = voices
        self.key, self.pattern, self.place, self.hours, self.rng = key, pattern, place, hours, rng
        self.reporter = rng.choice(pattern["from"])
        self.clerk = rng.choice(DESK)
        self.worker = rng.choice(pattern["who"])
        self.luck = rng.random()

    def acts(self, opened_at: datetime) -> Iterator[Act]:
        """From report to closing, each act at its time."""
        p, at = self.pattern, opened_at
        yield self._opening(at)
        # One in twelve lies too long before anybody looks at it.
        at = self._later(at, minutes=self.rng.randrange(2, 20) if self.luck > 0.08 else self.rng.randrange(280, 420))
        known = {"impact": p["impact"], "urgency": p["urgency"], "classification": p["category"]}
        missing = {} if p["by"] != "portal" else known
        if p.get("hand"):
            yield Act(at, self.key, self.clerk, "assign", {**missing, "team": "desk", "owner": self.clerk})
            at = self._later(at, minutes=self.rng.randrange(4, 20))
            missing = {}
        yield Act(at, self.key, self.clerk, "assign", {**missing, "team": p["team"], "owner": self.worker})
        at = self._later(at, minutes=self.rng.randrange(2, 15))
        yield Act(at, self.key, self.worker, "start")
        at = self._later(at, minutes=self.rng.randrange(2, 12))
        yield Act(at, self.key, self.worker, "reply", {"text": p["first"]})
        if "ask" in p:
            at += timedelta(minutes=1)
            yield Act(at, self.key, self.worker, "wait_for_customer", {"waiting_for": p["ask"][0]})
            at = self._later(at, minutes=self.rng.randrange(30, 700))
            yield Act(at, self.key, self.reporter, "reply", {"text": p["ask"][1]})
            at = self._later(at, minutes=self.rng.randrange(5, 60))
            yield Act(at, self.key, self.worker, "resume")
        if "supplier" in p:
            at = self._later(at, minutes=self.rng.randrange(10, 40))
            yield Act(at, self.key, self.worker, "wait_for_supplier", {"waiting_for": p["supplier"]})
        # Most take as long as always; one in eight a lot longer, and misses what was promised.
        share = self.rng.uniform(0.4, 1.3) if self.rng.random() > 0.12 else self.rng.uniform(3.5, 6)
        at = self._later(at, minutes=round(p["takes"] * 60 * share))
        yield Act(at, self.key, self.worker, "note", {"text": p["note"]})
        yield Act(at + timedelta(minutes=1), self.key, self.worker, "spend", {"minutes": self.rng.choice((10, 15, 20, 30, 45)), "activity": "Repair"})
        yield from self._ending(self._later(at, minutes=self.rng.randrange(5, 30)))

    def _ending(self, at: datetime) -> Iterator[Act]:
        p = self.pattern
        resolved = {"code": p["code"], "cause": p["cause"], "text": p["text"]} | ({"item": p["item"]} if "item" in p else {})
        yield Act(at, self.key, self.worker, "resolve", resolved)
        outside = self.reporter != "dev"
        if outside and self.rng.random() < 0.06:
            at = self._later(at, minutes=self.rng.randrange(60, 600))
            yield Act(at, self.key, self.reporter, "reopen", {"note": "It is back, just as before."})
            at = self._later(at, minutes=self.rng.randrange(20, 90))
            yield Act(at, self.key, self.worker, "note", {"text": "Done once more, and watched for a while this time."})
            at = self._later(at, minutes=self.rng.randrange(30, 200))
            yield Act(at, self.key, self.worker, "resolve", resolved)
        if outside and self.rng.random() < 0.6:
            at = self._later(at, minutes=self.rng.randrange(10, 800))
            yield Act(at, self.key, self.reporter, "confirm")
            if self.rng.random() < 0.6:
                score, comment = self.rng.choice(self.voices)
                yield Act(at + timedelta(minutes=3), self.key, self.reporter, "rate", {"score": score, "comment": comment})
        else:
            yield Act(at + CLOSES_BY_ITSELF, self.key, "system", "close", {"note": CLOSED_NOTE})

    def _opening(self, at: datetime) -> Act:
        p = self.pattern
        values = {name: p[name].replace("{place}", self.place) for name in ("title", "description")} | {"kind": "incident", "service": p["service"]}
        known = {"impact": p["impact"], "urgency": p["urgency"], "classification": p["category"], "requester": self.reporter}
        if p["by"] == "portal":
            return Act(at, self.key, self.reporter, "open", values)
        by = self.reporter if p["by"] == "monitoring" else self.clerk
        return Act(at, self.key, by, "open", values | known | {"contact": p["by"]} | ({"organization": p["customer"]} if "customer" in p else {}))

    def _later(self, at: datetime, *, minutes: int) -> datetime:
        """So much worked time later: nobody works at night."""
        found = self.hours.due(at, timedelta(minutes=minutes))
        assert found is not None  # the office has hours
        return found
