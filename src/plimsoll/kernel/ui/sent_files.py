"""Files that a form sent, for whoever puts them on a record.

A browser forgets them when the form is refused. So they are held for their sender until the form is sent again: beside the store, by a day at
most, under names that only this person can give. Nothing of them is in a record, the trail or a backup before the form is taken.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.records.files import most_bytes

SALT = "plimsoll.held"
HELD_SECONDS = 86_400
MOST_HELD = 100_000_000  # bytes of one form
MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Held:
    """A file that waits for its form: its name, and the mark by which the form asks for it."""

    name: str
    mark: str
    path: Path


@dataclass(slots=True)
class SentFiles:
    """The files of one form that was sent: those that came with it, and those held since it was refused before."""

    person: Person
    came: list[UploadedFile[Any]]
    held: list[Held]
    again: list[str] = field(default_factory=list)  # names of those that must be chosen again

    @classmethod
    def of(cls, request: HttpRequest, person: Person) -> SentFiles:
        marks = request.POST.getlist("held")[:MOST_FILES]
        return cls(person, request.FILES.getlist("files"), [held for mark in dict.fromkeys(marks) if (held := _held(mark, person)) is not None])

    def read(self) -> list[tuple[str, bytes]]:
        """The name and the bytes of each. Raises `Faulty` for one that is too large, before it is read, for an empty one, and for one gone."""
        done = []
        for held in self.held:
            try:
                done.append((held.name, held.path.read_bytes()))
            except FileNotFoundError:
                raise Faulty([Fault("files", _("%(name)s waited too long. Choose it again.") % {"name": held.name})]) from None
        return done + read_sent(self.came)

    def hold(self) -> SentFiles:
        """Hold them until the form is sent again, as far as there is room and they are files that would be taken."""
        _forget_old()
        room = MOST_HELD
        kept = []
        for held in self.held:
            if held.path.exists():
                held.path.touch()
                kept.append(held)
                room -= held.path.stat().st_size
        for file in self.came:
            size, name = file.size or 0, file.name or "file"
            if 0 < size <= min(most_bytes(), room) and len(kept) < MOST_FILES:
                file.seek(0)
                kept.append(_hold(name, file.read(), self.person))
                room -= size
            else:
                self.again.append(name)
        self.held, self.came = kept, []
        return self

    def done(self) -> None:
        """They are on their record now."""
        for held in self.held:
            held.path.unlink(missing_ok=True)


def read_sent(sent: Iterable[UploadedFile[Any]]) -> list[tuple[str, bytes]]:
    """The name and the bytes of each that came. Raises `Faulty` for one that is too large, before it is read, and for an empty one."""
    done = []
    for file in sent:
        if (file.size or 0) > most_bytes():
            raise Faulty([Fault("files", _("%(name)s is larger than %(n)d MB.") % {"name": file.name, "n": most_bytes() // 1_000_000})])
        if not file.size:
            raise Faulty([Fault("files", _("%(name)s is empty.") % {"name": file.name})])
        done.append((file.name or "file", file.read()))
    return done


def _folder() -> Path:
    return Path(settings.PLIMSOLL_FILES) / "held"


def _path(person: Person, key: str) -> Path:
    return _folder() / f"{person.pk}-{key}"


def _hold(name: str, content: bytes, person: Person) -> Held:
    key = secrets.token_hex(16)
    path = _path(person, key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)
    return Held(name, signing.dumps({"who": person.pk, "name": name, "key": key}, salt=SALT), path)


def _held(mark: str, person: Person) -> Held | None:
    """What a form asks for by a mark; None for one that was not made for this person."""
    try:
        told = signing.loads(mark, salt=SALT)
        who, name, key = told["who"], str(told["name"]), str(told["key"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
    return Held(name, mark, _path(person, key)) if who == person.pk else None


def _forget_old() -> None:
    """Those of yesterday go, since nobody came back to them."""
    folder, oldest = _folder(), time.time() - HELD_SECONDS
    for path in folder.iterdir() if folder.exists() else ():
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:  # somebody else was quicker
            continue
