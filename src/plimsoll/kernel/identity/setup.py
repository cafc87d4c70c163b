"""The one-time code of the first visit: proof that whoever sets the system up can read its data folder."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings

from plimsoll.kernel.identity.models import Tenant

# Without letters and digits that look alike: it is typed from a terminal.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def is_set_up() -> bool:
    """Whether some tenant was set up."""
    return Tenant.objects.exclude(set_up_at=None).exists()


def _path() -> Path:
    return Path(settings.PLIMSOLL_DATA_DIR) / "setup-code"


def setup_code() -> str | None:
    """The code that the first visit asks for, made at the first call and kept in the data folder; None once the system is set up."""
    if is_set_up():
        return None
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip() or _made_anew(path)
    code = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(code + "\n")
    return code


def _made_anew(path: Path) -> str | None:
    """A killed start may have left an empty file."""
    path.unlink(missing_ok=True)
    return setup_code()


def is_setup_code(given: str) -> bool:
    """Whether this is the code, however it is spaced and cased."""
    code = setup_code()
    return code is not None and hmac.compare_digest(_letters(code).encode(), _letters(given).encode())


def _letters(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())


def forget_setup_code() -> None:
    """Take the code away: the system is set up."""
    _path().unlink(missing_ok=True)
