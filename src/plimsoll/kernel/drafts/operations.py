"""Keeping and forgetting drafts. Whose they are is always an argument; there is no other way to them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.drafts.models import Draft
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now

MOST_CHARACTERS = 300_000  # of all values of one form together: the longest text that a record takes, and its other fields
MOST_DRAFTS = 100  # per person; the oldest go first
KEPT_FOR = timedelta(days=30)
MOST_ADDRESS = 2000

Values = dict[str, list[str]]


def draft_of(person: Person, place: str) -> Draft | None:
    """What this person typed there; also when it was sent already (then without values)."""
    return Draft.objects.filter(person=person, place=place).first()


def keep_draft(*, person: Person, place: str, values: Any, at: datetime | None = None) -> Draft:
    """Keep what a form holds, in place of what was kept before. Raises `Faulty` when it is no form's values or too long."""
    faults = []
    if not 0 < len(place) <= 200 or "\x00" in place:
        faults.append(Fault("place", _("Say which form this is, in at most 200 characters.")))
    is_form = isinstance(values, dict) and all(isinstance(v, list) and all(isinstance(one, str) for one in v) for v in values.values())
    text = json.dumps(values, ensure_ascii=False) if is_form else ""
    if not is_form or "\\u0000" in text or _has_half_characters(text):
        faults.append(Fault("values", _("Give the values of the form: a list of texts by field.")))
    elif len(text) > MOST_CHARACTERS:
        faults.append(Fault("values", _("A draft holds at most %(n)d characters; this one stays in your browser only.") % {"n": MOST_CHARACTERS}))
    if faults:
        raise Faulty(faults)
    moment = at or now()
    with writing():
        made, _is_new = Draft.objects.update_or_create(person=person, place=place, defaults={"values": values, "kept_at": moment, "sent_at": None})
        old = Draft.objects.filter(person=person).order_by("-kept_at", "-pk").values_list("pk", flat=True)[MOST_DRAFTS : MOST_DRAFTS + 50]
        if gone := list(old):
            Draft.objects.filter(pk__in=gone).delete()
    return made


def _has_half_characters(text: str) -> bool:
    """Half of a pair of UTF-16 units, as a browser sends of a text cut in the middle of an emoji: no database stores it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def forget_draft(*, person: Person, place: str) -> None:
    """Thrown away by its writer: no trace stays."""
    if "\x00" in place:
        return  # no form is called so, and no database can look for it
    with writing():
        Draft.objects.filter(person=person, place=place).delete()


def draft_sent(*, person: Person, place: str, sending: str = "", led_to: str = "") -> None:
    """What was typed there is written now: the words go, the moment stays for the other windows, and which sending it was."""
    if not _is_name(place, ""):
        return
    is_known = sending and _is_name(place, sending) and 0 < len(led_to) <= MOST_ADDRESS
    known = {"sending": sending, "led_to": led_to} if is_known else {"sending": "", "led_to": ""}
    with writing():
        Draft.objects.filter(person=person, place=place).update(values={}, sent_at=now(), **known)


def claim_sending(*, person: Person, place: str, sending: str) -> str | None:
    """Take a sending for oneself, before what it says is written: None when it is new, and whoever asks again meets it until it is given up.

    Otherwise it arrived before (its answer was lost on the way, and the browser sends it again): where it led, or "" as long as that is not
    known, since it is being written or was interrupted while it was. Nothing of it may be written again.
    """
    if not sending or not _is_name(place, sending):
        return None
    with writing():
        # One statement takes it: of two at the same moment the second waits for the row, and then finds the name there.
        Draft.objects.get_or_create(person=person, place=place, defaults={"kept_at": now()})
        if Draft.objects.filter(person=person, place=place).exclude(sending=sending).update(sending=sending, led_to=""):
            return None
    return Draft.objects.filter(person=person, place=place, sending=sending).values_list("led_to", flat=True).first() or ""


def give_up_sending(*, person: Person, place: str, sending: str) -> None:
    """It was refused and wrote nothing, so the same may be sent again."""
    if not sending or not _is_name(place, sending):
        return
    with writing():
        mine = Draft.objects.filter(person=person, place=place, sending=sending, led_to="")
        mine.filter(values={}, sent_at=None).delete()
        mine.update(sending="")


def _is_name(place: str, sending: str) -> bool:
    return 0 < len(place) <= 200 and len(sending) <= 64 and "\x00" not in place + sending


def clear_drafts(before: datetime) -> int:
    """Forget those untouched since a moment. Returns how many."""
    with writing():
        return Draft.objects.filter(kept_at__lt=before).delete()[0]
