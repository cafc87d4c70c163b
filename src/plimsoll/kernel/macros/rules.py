"""Placeholders of canned texts: a closed list of names, no code, no walking from thing to thing. Plain Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

NAMES = ("number", "title", "requester", "requester_first_name", "organization", "state", "service", "link", "my_name", "my_first_name")
_PLACE = re.compile(r"\{([a-z][a-z_]*)\}")


def unknown_names(text: str) -> list[str]:
    """The names in braces that are none of ours. Other braces are ordinary text."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if name not in NAMES]


def filled(text: str, values: Mapping[str, str], missing: Callable[[str], str]) -> str:
    """The text with its names filled in. What a record has not is said in its place by `missing`, so that nobody sends "Dear ,"."""
    return _PLACE.sub(lambda found: (values.get(found[1]) or missing(found[1])) if found[1] in NAMES else found[0], text)
