"""Canned texts at the composer: the one that an address puts into it, and the one that was sent along."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.macros.models import Macro
from plimsoll.kernel.macros.queries import macros_on, said_by
from plimsoll.kernel.records.models import Record


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


def macro_sent(given: str) -> Macro | None:
    """The macro whose number came with a text. One that is gone is a fault, so that nobody believes it was done."""
    if not given:
        return None
    macro = Macro.objects.filter(pk=whole(given) or 0).first()
    if macro is None:
        raise Faulty([Fault("text", _("That canned text is no longer there for you. What you wrote is still here."))])
    return macro
