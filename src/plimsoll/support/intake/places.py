"""Which of our fields a bracket of a plan asks for (F-01 to F-51). Pure: names of fields are handed in by their items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from plimsoll.kernel.documents.reading.shapes import Bracket, Labelled, Text


@dataclass(frozen=True, slots=True)
class Asks:
    """A rule: a bracket with these words, in such a section, with such words around, asks for these items of the map.

    Where several items stand for a row of places (the roles of a table), `in_turn` gives the first place the first item, and so on.
    """

    items: tuple[str, ...]
    text: str
    section: str = ""
    above: str = ""
    after: str = ""
    is_empty: bool = False
    in_turn: bool = False


RULES = (
    Asks(("F-01",), r"logo"),
    Asks(("F-25", "F-26"), r"", section=r"other part|third part|outsourc", above=r"process|party|relationship|document|contract"),
    Asks(("F-02",), r"^(organi[sz]ation|company)('s)? name$"),
    Asks(("F-03",), r"whole organi[sz]ation"),
    Asks(("F-04",), r"location, customers?"),
    Asks(("F-05",), r"^(list of )?locations?$"),
    Asks(("F-06",), r"^(list of )?customers?$"),
    Asks(("F-07",), r"part of the organi[sz]ation|^(department|unit)s?$"),
    Asks(("F-08",), r"^(it|kind of services?)$"),
    Asks(("F-09",), r"service level manager"),
    Asks(("F-10",), r"service (level )?requirements"),
    Asks(("F-11",), r"quality management"),
    Asks(("F-12",), r"information security management"),
    Asks(("F-13",), r"management system|^\W*$", section=r"requirements|management systems"),
    Asks(("F-14",), r"limitations?$"),
    Asks(("F-15",), r"polic|^list$", above=r"polic"),
    Asks(("F-16",), r"standard|^list$", above=r"standard"),
    Asks(("F-17",), r"statut|regulat|law|^list$", above=r"statut|regulat|law"),
    Asks(("F-18",), r"agreement portfolio|contractual"),
    Asks(("F-27",), r"role|manager|owner", section=r"risk"),
    Asks(("F-19", "F-21", "F-22"), r"^role( description)?$", in_turn=True),
    Asks(("F-20",), r"year|month|quarter|interval|frequency", section=r"resource|role"),
    Asks(("F-38",), r"year|month|quarter|interval|frequency", section=r"review"),
    Asks(("F-23",), r"^roles$"),
    Asks(("F-24",), r"process manager of"),
    Asks(("F-28",), r"", section=r"risk", is_empty=True),
    Asks(("F-29",), r"tool"),
    Asks(("F-32",), r"performance$|", section=r"measur|report", after=r"^indicators", is_empty=True),
    Asks(("F-33",), r"", section=r"measur|report", after=r"^responsibilit", is_empty=True),
    Asks(("F-35",), r"", section=r"measur|report", after=r"^decisions", is_empty=True),
    Asks(("F-36",), r"", section=r"measur|report", after=r"^process", is_empty=True),
    Asks(("F-30", "F-31"), r"", section=r"measur|report", is_empty=True, in_turn=True),
    Asks(("F-34",), r"process (manager|owner)s"),
    Asks(("F-37",), r"^top management$", section=r"review"),
    Asks(("F-41",), r"^top management$"),
    Asks(("F-39",), r"^sms manager$", section=r"review"),
    Asks(("F-40",), r"^sms manager$", section=r"change"),
    Asks(("F-44",), r"^sms manager$"),
    Asks(("F-42",), r"^date$", section=r"valid"),
    Asks(("F-43",), r"job title|role|owner", section=r"valid"),
    Asks(("F-45",), r"^(job title|name|signature)$"),
)

# The fields of the cover, by what they are called.
COVER = (
    ("F-46", r"code|document (number|no|id)|reference"),
    ("F-48", r"date"),
    ("F-47", r"version|edition|revision|issue"),
    ("F-49", r"created|author|written|prepared"),
    ("F-50", r"approved|approver|authori[sz]ed"),
    ("F-51", r"confidential|classification|security level"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A bracket, the items that it asks for, and the field of ours that fills it (empty: none does)."""

    bracket: Bracket
    items: tuple[str, ...] = ()
    field: str = ""


def places(text: Text, fields: Mapping[str, str]) -> list[Place]:
    """Each bracket that is to be filled, with what it asks for. `fields`: our fields by item, “F-05” to “locations.in_scope”."""
    turns: Counter[int] = Counter()
    found = []
    for bracket in text.to_fill:
        items: tuple[str, ...] = ()
        for number, rule in enumerate(RULES):
            if _asks(rule, bracket):
                items = rule.items
                if rule.in_turn:
                    items = (items[min(turns[number], len(items) - 1)],)
                    turns[number] += 1
                break
        found.append(Place(bracket, items, next((fields[i] for i in items if i in fields), "")))
    return found


def _asks(rule: Asks, bracket: Bracket) -> bool:
    text, section = bracket.text.casefold(), bracket.section.casefold()
    if rule.is_empty and not bracket.is_empty:
        return False
    if not rule.is_empty and not re.search(rule.text, text):
        return False
    return (
        bool(re.search(rule.section, section))
        and bool(re.search(rule.above, (bracket.row if bracket.inside == "item" else bracket.column).casefold()))
        and bool(re.search(rule.after, bracket.after.casefold()))
    )


def cover_item(label: Labelled) -> str:
    """The item of a field of the cover; empty when it is none of ours."""
    return next((item for item, words in COVER if re.search(words, label.label.casefold())), "")


def filled_by(places_: Iterable[Place]) -> int:
    """How many have a field of ours."""
    return sum(bool(p.field) for p in places_)
