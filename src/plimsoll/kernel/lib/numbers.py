"""Numbers as people type them. It knows nothing of forms or models."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

UNCLEAR = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")
GROUPED = {
    ",": re.compile(r"-?\d{1,3}(,\d{3})+\.\d+|-?\d{1,3}(,\d{3}){2,}"),
    ".": re.compile(r"-?\d{1,3}(\.\d{3})+,\d+|-?\d{1,3}(\.\d{3}){2,}"),
}


class UnclearNumber(ValueError):
    """What was typed can be either of two numbers. `args[0]` asks which."""


def plain_number(text: str) -> str:
    """A number as people write it ("£ 1,450.00", "12,5", "1 450") as a computer reads it. "1,450" can be either of two and is refused: read
    wrongly, it would pass below a threshold."""
    said = "".join(c for c in text.strip() if not c.isspace() and unicodedata.category(c) != "Sc")
    if UNCLEAR.fullmatch(said):
        joined = said.replace(",", "").replace(".", "")
        said_so = _("Is that %(n)s, or a number with a fraction? Write it without marks between thousands, such as %(n)s or 12.50.")
        raise UnclearNumber(said_so % {"n": joined})
    for thousands, point in ((",", "."), (".", ",")):
        if GROUPED[thousands].fullmatch(said):
            return said.replace(thousands, "").replace(point, ".")
    return said.replace(",", ".")
