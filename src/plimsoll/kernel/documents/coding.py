"""The scheme by which documents get their codes, where the organisation has one (S-004). It is data; a change holds for new documents only."""

from __future__ import annotations

import re
from string import Formatter

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.settings import keep_setting
from plimsoll.kernel.lib.faults import Fault, Faulty

SETTING = "documents.code_pattern"
SHORT = {"policy": "POL", "plan": "PLN", "procedure": "PRO", "agreement": "AGR", "register": "REG", "report": "REP"}
MOST = 40


def pattern_of(tenant: Tenant) -> str:
    """The scheme, such as “NDS-{kind}-{number:03}”; empty: codes are typed, or left out."""
    return str(tenant.settings.get(SETTING) or "")


def keep_pattern(tenant: Tenant, pattern: str, *, by: Person, channel: str) -> None:
    """Set the scheme, or with nothing have none. Raises `Refused` or `Faulty`."""
    check_everywhere(by, "document:keep")
    pattern = pattern.strip()
    if pattern and (said := _fault(pattern)):
        raise Faulty([Fault("pattern", said)])
    keep_setting(tenant, SETTING, pattern, by=by, channel=channel)


def _fault(pattern: str) -> str:
    try:
        names = {name for _text, name, _spec, _how in Formatter().parse(pattern) if name is not None}
        made = made_by(pattern, "policy", 1)
    except (ValueError, KeyError, IndexError, AttributeError):
        return _("Write the scheme such as NDS-{kind}-{number:03}.")
    if "number" not in names or names - {"number", "kind"}:
        return _("The scheme needs {number}, and knows {kind} beside it.")
    if len(made) > MOST - 4 or not re.fullmatch(r"[A-Za-z0-9._/-]+", made):
        return _("A code has up to 36 letters, digits, dots, dashes and strokes.")
    return ""


def made_by(pattern: str, sort: str, number: int) -> str:
    """The code that a scheme gives."""
    return pattern.format(kind=SHORT.get(sort, "DOC"), number=number)


def next_code(tenant: Tenant, sort: str) -> str:
    """The first code of the scheme that no document has or had; empty without a scheme. One query."""
    if not (pattern := pattern_of(tenant)):
        return ""
    taken = set(Document.objects.filter(tenant=tenant).exclude(code="").values_list("code", flat=True))
    number = 1
    while (code := made_by(pattern, sort, number)) in taken:
        number += 1
    return code


__all__ = ["keep_pattern", "made_by", "next_code", "pattern_of"]
