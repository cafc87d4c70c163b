"""The sentence of the scope, composed from what the records say: services, units, locations, customers, technology (S-018, 4.3-b). Words only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _, ngettext

MOST = 20  # more names than these make no sentence; it counts them instead, and the tables name each


@dataclass(frozen=True, slots=True)
class Covered:
    """What is in scope, by name, and what is not."""

    provider: str
    service_kind: str = ""
    services: Sequence[str] = ()
    units: Sequence[str] = ()
    locations: Sequence[str] = ()
    customers: Sequence[str] = ()
    technology: str = ""
    excluded: Sequence[str] = ()


def compose(covered: Covered) -> str:
    """The scope in a few sentences; empty while no service is in scope, for then there is nothing to say."""
    if not covered.services:
        return ""
    said = {"name": covered.provider, "kind": covered.service_kind.strip()}
    told = [
        (
            _("The service management system of %(name)s covers the %(kind)s services")
            if said["kind"]
            else _("The service management system of %(name)s covers the services")
        )
        % said
        + " "
        + (
            _few(covered.services)
            or ngettext("of its catalogue (%(n)d)", "of its catalogue (%(n)d)", len(covered.services)) % {"n": len(covered.services)}
        )
    ]
    if covered.units:
        count = {"n": len(covered.units)}
        told.append(
            _("managed and delivered by %(units)s") % {"units": _few(covered.units) or ngettext("%(n)d unit", "%(n)d units", count["n"]) % count}
        )
    if covered.locations:
        count = {"n": len(covered.locations)}
        told.append(_("from %(places)s") % {"places": _few(covered.locations) or ngettext("%(n)d location", "%(n)d locations", count["n"]) % count})
    if covered.customers:
        count = {"n": len(covered.customers)}
        told.append(
            _("for %(customers)s") % {"customers": _few(covered.customers) or ngettext("%(n)d customer", "%(n)d customers", count["n"]) % count}
        )
    sentences = [", ".join(told) + "."]
    if covered.technology.strip():
        sentences.append(_("Technology in scope: %(what)s") % {"what": _ended(covered.technology.strip())})
    if covered.excluded:
        count = {"n": len(covered.excluded)}
        what = _few(covered.excluded) or ngettext("%(n)d exclusion", "%(n)d exclusions", count["n"]) % count
        sentences.append(_("Not in scope: %(what)s.") % {"what": what})
    return " ".join(sentences)


def _few(names: Sequence[str]) -> str:
    """The names as one, two and three; nothing when there are too many to be read."""
    if len(names) > MOST:
        return ""
    if len(names) < 2:
        return "".join(names)
    return _("%(most)s and %(last)s") % {"most": ", ".join(names[:-1]), "last": names[-1]}


def _ended(text: str) -> str:
    return text if text[-1] in ".!?" else f"{text}."
