"""Canned texts at the composer: the one that an address puts into it, and those that were sent along."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.macros.models import Macro
from plimsoll.kernel.macros.queries import macros_on, said_by
from plimsoll.kernel.records.models import Record

MOST_TOGETHER = 50  # texts put into one message


def with_macro(composer: dict[str, Any], record: Record, person: Person, given: str) -> dict[str, Any]:
    """The composer with the canned text that the address asks for (`?macro=`, the way without script); as it is when there is none such."""
    number = whole(given) if given else None
    macro = next((m for m in macros_on(person, record) if m.pk == number), None) if number else None
    if macro is None:
        return composer
    said = _("Sending this also does what the macro “%(name)s” says.") % {"name": macro} if macro.acts else ""
    return composer | {
        "text": said_by(macro, record, person),
        "mode": "internal" if macro.is_internal else composer["mode"],
        "macro": macro.pk if macro.acts or macro.is_internal else "",
        "macro_said": said,
    }


def macros_sent(given: str) -> list[Macro]:
    """The macros whose numbers came with a text: first the one that is done, then others whose text was put in before.

    One that is gone is a fault, so that nobody believes it was done.
    """
    wanted = [whole(number) or 0 for number in given.split()[:MOST_TOGETHER]]
    found = Macro.objects.in_bulk(wanted)
    if any(number not in found for number in wanted):
        raise Faulty([Fault("text", _("That canned text is no longer there for you. What you wrote is still here."))])
    return [found[number] for number in dict.fromkeys(wanted)]
