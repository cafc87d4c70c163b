"""How well the statements of a policy are kept, from the indicators: the figure of the last month that ended, against its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plimsoll.evaluation.measurements.queries import answers, month_asked, targets
from plimsoll.evaluation.measurements.rules import level
from plimsoll.evaluation.measurements.words import said, value_in_words
from plimsoll.kernel.access.queries import may
from plimsoll.kernel.figures.definitions import WORD, UnknownIndicator, indicator_named
from plimsoll.kernel.identity.models import Person
from plimsoll.leadership.policies.proofs import Proof

# By what a statement speaks of; K-05, K-12, K-13 and K-10 of the requirements map.
FIGURES: Mapping[str, Sequence[str]] = {
    "agreements": ("incident_responded_in_time", "incident_resolved_in_time"),
    "incidents": ("incident_time_to_resolve", "incident_resolved_in_time"),
    "outcomes": ("incident_reopened",),
}


def prove(person: Person) -> dict[str, list[Proof]]:
    """By subject the figures of the last month that ended; nothing for who may not read indicators. Two queries where months are stored."""
    if person.tenant is None or not may(person, WORD):
        return {}
    known = {}
    for key in {key for keys in FIGURES.values() for key in keys}:
        try:
            known[key] = indicator_named(key)
        except UnknownIndicator:
            continue
    month, kept = month_asked(person).plus(-1), targets(person.tenant)
    found = answers(person, list(known.values()), [month])
    period = date_format(month.first_day, "F Y")
    proofs: dict[str, list[Proof]] = {}
    for tag, keys in FIGURES.items():
        for key in keys:
            if (indicator := known.get(key)) is None or indicator.needs(person.tenant):
                continue
            value = found[key, month.name].whole.value
            if value is None:
                continue
            figure, unit = value_in_words(indicator, value)
            line = kept[key].line if key in kept else None
            share = level(value, line, indicator.better, indicator.unit)
            against = _("line %(line)s") % {"line": said(indicator, line)} if line is not None else ""
            href = f"/indicators/{key}/?{urlencode({'period': month.name})}"
            proofs.setdefault(tag, []).append(Proof(str(indicator.title), f"{figure}{unit}", period, href, share, against))
    return proofs


__all__ = ["FIGURES", "prove"]
