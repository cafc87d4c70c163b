"""Text made comparable and reproducible: folding for search, canonical JSON for digests. It knows nothing of models."""

import hashlib
import json
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

# Letters that NFKD leaves whole although people type them without their stroke or ligature.
_STROKES = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h", "ı": "i"})
BIGGEST = 2**63 - 1  # what a 64-bit column holds; SQLite raises above it
LONGEST = 4000  # digits; Python itself refuses to read more than 4,300
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case without accents, so that both databases compare alike ("Čačić" and "cacic")."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_STROKES)


def words(text: str) -> list[str]:
    """The folded words of a text, in order. A number such as INC-1042 gives two."""
    return _WORD.findall(fold(text))


def whole(text: object, most: int = BIGGEST) -> int | None:
    """The whole number that somebody sent as plain digits, from 0 to `most`; None for anything else, so that what is no number finds nothing.

    Digits of other scripts, signs, blanks and numbers that no database column holds are no numbers here.
    """
    digits = str(text)
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > LONGEST:
        return None
    number = int(digits)
    return number if number <= most else None


def plain(value: Any) -> Any:
    """A value as JSON can hold it: moments and days in ISO 8601, decimals as text, models by their primary key."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if hasattr(value, "pk"):
        return value.pk
    return str(value)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces. Digests are taken over this."""
    return _encode(value)


def seen_mark(key: object, value: Any) -> str:
    """A short mark of something as somebody saw it; sent back with a form it tells whether it is still the same."""
    return f"{key}-{hashlib.sha256(canonical(value).encode()).hexdigest()[:16]}"
