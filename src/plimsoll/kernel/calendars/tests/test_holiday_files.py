"""Holidays out of published files: what is read, what is left out and said so."""

from __future__ import annotations

import json
from datetime import date

import pytest

from plimsoll.kernel.calendars.holiday_files import read_holidays


def calendar(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VTIMEZONE", "DTSTART:19810329T010000Z", "END:VTIMEZONE", *lines, "END:VCALENDAR", ""]).encode()


def test_days_of_a_calendar_with_their_names_and_several_days_at_once() -> None:
    found = read_holidays(
        calendar(
            "BEGIN:VEVENT",
            "DTSTART;VALUE=DATE:20261224",
            "DTEND;VALUE=DATE:20261227",
            "SUMMARY:Christmas\\, all",
            " of it",
            "END:VEVENT",
            "BEGIN:VEVENT",
            "DTSTART:20270101T000000Z",
            "SUMMARY:New year",
            "END:VEVENT",
        )
    )
    assert found.days == {
        **dict.fromkeys((date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26)), "Christmas, allof it"),
        date(2027, 1, 1): "New year",
    }
    assert found.faults == []


def test_a_yearly_rule_gives_a_day_of_each_year_and_others_are_reported() -> None:
    found = read_holidays(
        calendar(
            "BEGIN:VEVENT",
            "DTSTART;VALUE=DATE:20200501",
            "RRULE:FREQ=YEARLY",
            "SUMMARY:May",
            "END:VEVENT",
            "BEGIN:VEVENT",
            "DTSTART;VALUE=DATE:20200601",
            "RRULE:FREQ=MONTHLY",
            "SUMMARY:Odd",
            "END:VEVENT",
            "BEGIN:VEVENT",
            "DTSTART:soon",
            "SUMMARY:Bad",
            "END:VEVENT",
            "BEGIN:VEVENT",
            "DTSTART:20200101",
            "DTEND:20210101",
            "SUMMARY:Year off",
            "END:VEVENT",
        )
    )
    assert found.yearly == {"05-01": "May"}
    assert list(found.days) == [date(2020, 6, 1)]
    assert [f.split("”")[0] for f in found.faults] == ["“Odd", "“Bad", "“Year off"]


def test_bank_holidays_as_json() -> None:
    one = {"events": [{"title": "New Year’s Day", "date": "2027-01-01"}, {"title": "broken"}]}
    for data in (one, {"england-and-wales": one, "scotland": {"events": []}}):
        found = read_holidays(json.dumps(data).encode())
        assert found.days == {date(2027, 1, 1): "New Year’s Day"} and len(found.faults) == 1


@pytest.mark.parametrize("content", [b"", b"hello", b"{", b"{}", b'{"a": 1}', b"[1]", b"\xff\xfe\x00", calendar()])
def test_anything_else_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(ValueError, match="neither|no list of events|no events"):
        read_holidays(content)
