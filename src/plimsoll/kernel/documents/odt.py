"""A document as ODT: the DOCX, turned over by the LibreOffice of this machine, where there is one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

OFFICES = ("soffice", "libreoffice")
LONGEST = 60  # seconds that it may take; a plan takes three


class NotConverted(RuntimeError):
    """LibreOffice is not here, or gave nothing back."""


def office() -> str | None:
    """The LibreOffice of this machine."""
    return next((path for name in OFFICES if (path := shutil.which(name))), None)


def converted(content: bytes, source: str, target: str) -> bytes:
    """A file of one kind as another, by LibreOffice without a window and with a profile that is gone afterwards. Raises `NotConverted`."""
    program = office()
    if program is None:
        raise NotConverted("LibreOffice is not installed on this machine.")
    with TemporaryDirectory(prefix="plimsoll-office-") as folder:
        given = Path(folder) / f"document.{source}"
        given.write_bytes(content)
        order = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", target, "--outdir", folder, str(given)]
        try:
            done = subprocess.run(order, capture_output=True, timeout=LONGEST, check=False)  # noqa: S603 - no text of a person among its words
        except subprocess.TimeoutExpired as error:
            raise NotConverted(f"LibreOffice took longer than {LONGEST} seconds.") from error
        made = given.with_suffix(f".{target}")
        if done.returncode or not made.exists():
            raise NotConverted(done.stderr.decode(errors="replace")[:1000] or "LibreOffice gave nothing back.")
        return made.read_bytes()


def as_odt(docx: bytes) -> bytes:
    """The document as ODT, from what it is as DOCX."""
    return converted(docx, "docx", "odt")


__all__ = ["NotConverted", "as_odt", "converted", "office"]
