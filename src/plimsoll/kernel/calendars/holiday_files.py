"""Holidays out of a file that somebody published: iCalendar (.ics) or the JSON of gov.uk. Plain Python; it stores nothing.

Of iCalendar only what such files use is read: VEVENT with DTSTART, DTEND and SUMMARY. A rule that repeats (RRULE) is not followed,
except that a plain yearly one gives a day of each year.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

LONGEST = 60  # days of one holiday; what is longer is no holiday but a fault of the file
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T\d{6}Z?)?", re.ASCII)


@dataclass(slots=True)
class Found:
    """What a file holds: single days with their names, days of each year ("12-25") with theirs, and what could not be read, as sentences."""

    days: dict[date, str] = field(default_factory=dict)
    yearly: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_holidays(content: bytes) -> Found:
    """The holidays of a file, whichever of the two it is. Raises ValueError with a sentence when it is neither."""
    text = content.decode("utf-8-sig", errors="replace")
    if text.lstrip().startswith("{"):
        return _from_json(text)
    if "BEGIN:VCALENDAR" in text[:2000].upper():
        return _from_calendar(text)
    raise ValueError("This is neither an iCalendar file nor the bank holidays of gov.uk as JSON.")


def _from_json(text: str) -> Found:
    """`{division: {"events": [{"title", "date"}]}}`; the first division counts where there are several."""
    try:
        data = json.loads(text)
        divisions = data if all(isinstance(v, dict) for v in data.values()) else {"": data}
        events = next(iter(divisions.values()))["events"]
    except (ValueError, KeyError, AttributeError, StopIteration, TypeError):
        raise ValueError("The JSON holds no list of events as the bank holidays of gov.uk do.") from None
    found = Found()
    for event in events if isinstance(events, list) else []:
        try:
            found.days[date.fromisoformat(event["date"])] = str(event.get("title", ""))[:100]
        except (TypeError, KeyError, ValueError, AttributeError):
            found.faults.append(f"An event has no day that can be read: {str(event)[:80]}.")
    return found


def _from_calendar(text: str) -> Found:
    found = Found()
    event: dict[str, str] | None = None
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():  # long lines are folded in such files
        name, _colon, value = line.partition(":")
        name = name.partition(";")[0].strip().upper()
        if name == "BEGIN" and value.strip().upper() == "VEVENT":
            event = {}
        elif name == "END" and value.strip().upper() == "VEVENT" and event is not None:
            _take(event, found)
            event = None
        elif event is not None and name in ("DTSTART", "DTEND", "SUMMARY", "RRULE"):
            event.setdefault(name, value.strip())
    if not found.days and not found.yearly and not found.faults:
        raise ValueError("The calendar holds no events.")
    return found


def _take(event: dict[str, str], found: Found) -> None:
    title = event.get("SUMMARY", "").replace("\\,", ",").replace("\\n", " ")[:100]
    start, end = _day(event.get("DTSTART", "")), _day(event.get("DTEND", ""))
    if start is None:
        found.faults.append(f"“{title or 'An event'}” has no day that can be read.")
        return
    rule = event.get("RRULE", "").upper()
    if rule and set(rule.split(";")) <= {"FREQ=YEARLY", "INTERVAL=1"}:
        found.yearly[f"{start:%m-%d}"] = title
        return
    if rule:
        found.faults.append(f"“{title}” repeats by a rule that is not followed; only its first day was taken.")
    length = max((end - start).days, 1) if end else 1  # the end of whole days is exclusive
    if length > LONGEST:
        found.faults.append(f"“{title}” lasts {length} days and was left out.")
        return
    for offset in range(length):
        found.days[start + timedelta(days=offset)] = title


def _day(value: str) -> date | None:
    match = _DAY.fullmatch(value)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
