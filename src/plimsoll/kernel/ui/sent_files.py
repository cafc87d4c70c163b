"""Files that a form sent, for whoever puts them on a record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.records.files import most_bytes


def read_sent(sent: Iterable[UploadedFile[Any]]) -> list[tuple[str, bytes]]:
    """The name and the bytes of each. Raises `Faulty` for one that is too large, before it is read, and for an empty one."""
    done = []
    for file in sent:
        if (file.size or 0) > most_bytes():
            raise Faulty([Fault("files", _("%(name)s is larger than %(n)d MB.") % {"name": file.name, "n": most_bytes() // 1_000_000})])
        if not file.size:
            raise Faulty([Fault("files", _("%(name)s is empty.") % {"name": file.name})])
        done.append((file.name or "file", file.read()))
    return done
