"""Figures in words: counts, shares, durations and changes as people read them. It knows no record."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _, ngettext

from plimsoll.evaluation.measurements.queries import COUNTED, FROZEN, RUNNING, STORED
from plimsoll.kernel.figures.definitions import Figure, Indicator


def number(value: float, decimals: int = 0) -> str:
    """A number as the reader's language writes it, with thousands."""
    return str(number_format(round(value, decimals), decimals, use_l10n=True, force_grouping=True))


def value_in_words(indicator: Indicator, value: float | None) -> tuple[str, str]:
    """The figure and what stands smaller behind it: (“92.5”, “%”), (“3 h”, “ 20 min”). Nothing to measure is told as that."""
    if value is None:
        return "", _("no records")
    if indicator.unit == "share":
        return number(value * 100, 1), "%"
    if indicator.unit == "seconds":
        return _time(value)
    return (number(value), "") if indicator.unit == "count" else (number(value, 2), "")


def said(indicator: Indicator, value: float | None) -> str:
    """The same as one text."""
    return "".join(value_in_words(indicator, value))


def duration(seconds: float) -> str:
    """Two units at most; hours of service or of the clock are hours, and only long ones become days."""
    return "".join(_time(seconds))


def _time(seconds: float) -> tuple[str, str]:
    minutes = round(seconds / 60)
    if minutes < 60:
        return number(minutes), _(" min")
    hours, minutes = divmod(minutes, 60)
    if hours < 100:
        return _("%(h)d h") % {"h": hours}, _(" %(m)d min") % {"m": minutes} if minutes else ""
    days = hours / 24
    return number(days, 1 if days < 100 else 0), _(" days")


def made_of(indicator: Indicator, figure: Figure) -> str:
    """What a share or a mean was made of: “12 of 14”, “over 14 records”."""
    if figure.denominator is None:
        return ""
    n = number(figure.denominator)
    if indicator.unit == "share" and figure.numerator is not None:
        return _("%(part)s of %(whole)s") % {"part": number(figure.numerator), "whole": n}
    return ngettext("over %(n)s record", "over %(n)s records", int(figure.denominator)) % {"n": n}


def change(indicator: Indicator, now: float | None, before: float | None) -> str:
    """The difference from the month before, in the indicator's unit, in words as well as by sign."""
    if now is None or before is None:
        return _("nothing to compare with")
    gap = now - before
    if indicator.unit == "share":
        gap = round(gap * 100, 1)
        shown = _("%(n)s points") % {"n": number(abs(gap), 1)}
    elif indicator.unit == "seconds":
        gap = round(gap / 60)
        shown = duration(abs(gap) * 60)
    else:
        decimals = 0 if indicator.unit == "count" else 2
        gap = round(gap, decimals)
        shown = number(abs(gap), decimals)
    if not gap:
        return _("as the month before")
    return (_("%(n)s more than the month before") if gap > 0 else _("%(n)s less than the month before")) % {"n": shown}


def standing_in_words(standing: str) -> str:
    """Where a figure comes from."""
    return {
        RUNNING: _("month still running"),
        COUNTED: _("counted just now"),
        STORED: _("stored, not frozen yet"),
        FROZEN: _("frozen"),
    }[standing]
