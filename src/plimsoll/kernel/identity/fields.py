"""Checks of what people type about people: names, addresses, zones. They know nothing of who may."""

from __future__ import annotations

import zoneinfo
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext as _

from plimsoll.kernel.lib.faults import Fault, Faulty


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The time zones by name, sorted, without the historical aliases that have no place."""
    return tuple(
        sorted(z for z in zoneinfo.available_timezones() if z == "UTC" or ("/" in z and not z.startswith(("Etc/", "SystemV/", "posix/", "right/"))))
    )


def clean_text(name: str, value: str, faults: list[Fault], *, most: int = 200, needed: bool = False) -> str:
    """One line: spaces folded, no character that can't be stored, not too long; faults are collected."""
    text = " ".join(value.split())
    if "\x00" in text:
        faults.append(Fault(name, _("The text holds a character that can't be stored (NUL). Take it out.")))
    elif len(text) > most:
        faults.append(Fault(name, _("This is longer than %(n)d characters.") % {"n": most}))
    elif needed and not text:
        faults.append(Fault(name, _("This is needed.")))
    return text


def clean_email(name: str, value: str | None, faults: list[Fault]) -> str | None:
    """An address in lower case, or None when empty."""
    text = (value or "").strip().lower()
    if not text:
        return None
    try:
        validate_email(text)
    except ValidationError:
        faults.append(Fault(name, _("“%(value)s” is not an e-mail address; write it as name@example.org.") % {"value": text[:60]}))
    return text


def clean_zone(name: str, value: str, faults: list[Fault], *, needed: bool = False) -> str:
    """The name of a time zone, such as Europe/London."""
    text = value.strip()
    if (text or needed) and text not in zones():
        faults.append(Fault(name, _("“%(value)s” is not a time zone; choose one such as Europe/London.") % {"value": text[:60]}))
    return text


def keys_of(text: str) -> dict[str, str]:
    """The keys of one's own in a preference: {meaning: own key}. "off j=n k=p": the first word switches all of them off."""
    return {pair[0]: pair[2:] for pair in text.split() if pair not in ("on", "off") and len(pair) > 2 and pair[1] == "="}


def clean_keys(text: str, faults: list[Fault]) -> str:
    """Keys as a preference holds them: single characters, each with one meaning."""
    words = text.split()
    own = keys_of(text)
    if len(text) > 200:
        faults.append(Fault("keys", _("This is longer than %(n)d characters.") % {"n": 200}))
    elif len(own) + sum(word in ("on", "off") for word in words[:1]) != len(words) or any(len(key) != 1 for key in own.values()):
        faults.append(Fault("keys", _("Write keys as pairs of single characters, such as j=n k=p.")))
    elif twice := [key for key in own.values() if list(own.values()).count(key) > 1]:
        faults.append(Fault("keys", _("The key “%(key)s” is given two meanings.") % {"key": twice[0]}))
    return text


def faults_of(error: ValidationError) -> list[Fault]:
    """Django's validation error as faults."""
    if hasattr(error, "error_dict"):
        return [Fault("" if name == "__all__" else name, " ".join(sentences)) for name, sentences in error.message_dict.items()]
    return [Fault("", " ".join(error.messages))]


def save_checked(thing: models.Model, faults: list[Fault], *, but: tuple[str, ...] = ()) -> None:
    """Save when nothing is wrong: the collected faults and the database's own constraints, each with its sentence."""
    if not faults:
        try:
            thing.validate_unique(exclude=set(but))
            thing.validate_constraints(exclude=set(but))
        except ValidationError as error:
            faults = faults_of(error)
    if faults:
        raise Faulty(faults)
    thing.save()


def changed(thing: models.Model, old: dict[str, Any], names: tuple[str, ...]) -> dict[str, tuple[Any, Any]]:
    """{field: (old, new)} of those that differ. Relations compare by number."""
    now = snapshot(thing, names)
    return {name: (old.get(name), now[name]) for name in names if old.get(name) != now[name]}


def snapshot(thing: models.Model, names: tuple[str, ...]) -> dict[str, Any]:
    """The values of some fields, relations by number."""
    return {name: getattr(thing, thing._meta.get_field(name).attname) for name in names}  # type: ignore[union-attr]
