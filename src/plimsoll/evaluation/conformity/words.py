"""Verdicts, aspects and origins in the words that people read. Screens say that evidence is there or is not; they never certify."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.evaluation.conformity.answers import Finding
from plimsoll.evaluation.conformity.rules import Line, banded
from plimsoll.evaluation.conformity.standard import Item

VERDICT_WORDS: dict[str, Promise] = {
    "conforms": gettext_lazy("evidence present"),
    "partly": gettext_lazy("partly present"),
    "does_not": gettext_lazy("missing or contrary"),
    "no_evidence": gettext_lazy("no evidence in the period"),
    "not_triggered": gettext_lazy("not triggered in the period"),
    "not_assessed": gettext_lazy("not assessed"),
}
# Shape and tone, as the design draws them.
SHAPES: dict[str, tuple[str, str]] = {
    "conforms": ("conforms", "good"),
    "partly": ("partly", "watch"),
    "does_not": ("fails", "bad"),
    "no_evidence": ("noevidence", "still"),
    "not_triggered": ("nottriggered", "still"),
    "not_assessed": ("noprocess", "still"),
}
ASPECT_WORDS: dict[str, Promise] = {
    "documented": gettext_lazy("documented"),
    "operating": gettext_lazy("operating"),
    "effective": gettext_lazy("effective"),
}
ORIGIN_WORDS: dict[str, Promise] = {
    "live": gettext_lazy("entered as it happened"),
    "late": gettext_lazy("entered late"),
    "imported": gettext_lazy("imported"),
    "demonstration": gettext_lazy("of the demonstration"),
}
INTERVALS: dict[str, Promise] = {
    "day": gettext_lazy("every day"),
    "week": gettext_lazy("every week"),
    "month": gettext_lazy("every month"),
    "quarter": gettext_lazy("every quarter"),
    "half-year": gettext_lazy("every half-year"),
    "year": gettext_lazy("every year"),
}
FITNESS_WORDS: dict[str, Promise] = {
    "fit": gettext_lazy("Fit"),
    "near": gettext_lazy("Near the line"),
    "over": gettext_lazy("Over the line"),
    "unknown": gettext_lazy("Not measured"),
}
CLAUSE_TITLES: dict[str, Promise] = {
    "4": gettext_lazy("Context"),
    "5": gettext_lazy("Leadership"),
    "6": gettext_lazy("Planning"),
    "7": gettext_lazy("Support"),
    "8.1": gettext_lazy("Operation"),
    "8.2": gettext_lazy("Services"),
    "8.3": gettext_lazy("Agreements"),
    "8.4": gettext_lazy("Supply"),
    "8.5": gettext_lazy("Changes"),
    "8.6": gettext_lazy("Resolution"),
    "8.7": gettext_lazy("Assurance"),
    "9": gettext_lazy("Evaluation"),
    "10": gettext_lazy("Improvement"),
}


def verdict_word(verdict: str) -> str:
    return str(VERDICT_WORDS.get(verdict, verdict))


def fitness_said(line: Line) -> str:
    """Fit, Near the line, Over the line, Not measured."""
    return str(FITNESS_WORDS[line.fitness])


def line_said(line: Line) -> str:
    """Load and limit in a few words, or what is missing of them."""
    if line.load is None:
        return _("Nothing was computed yet")
    if line.limit is None:
        said = ngettext("%(n)d gap; the plan in force says no limit", "%(n)d gaps; the plan in force says no limit", line.load)
        return said % {"n": line.load}
    told = ngettext("%(n)d gap, %(limit)d tolerated", "%(n)d gaps, %(limit)d tolerated", line.load) % {"n": line.load, "limit": line.limit}
    if line.looked_at is None:
        return told
    return told + "; " + ngettext("%(n)d requirement looked at", "%(n)d requirements looked at", line.looked_at) % {"n": line.looked_at}


def awaits_approval(counting: int | None, decided: int | None) -> str:
    """That a limit was decided which the plan in force does not say yet; empty where it does, or where none was decided."""
    if decided is None or decided == counting:
        return ""
    return _("A limit of %(n)d is decided, and counts once a version of the plan that says it is approved.") % {"n": decided}


def made_of(numerator: int | None, denominator: int | None, population: object) -> str:
    """“12 of 14: live services, 86 %”; empty where nothing could be asked."""
    if numerator is None or denominator is None:
        return ""
    if denominator == 0:
        return _("0 of 0: %(what)s.") % {"what": population}
    return _("%(n)d of %(of)d: %(what)s, %(share)s %%.") % {
        "n": numerator,
        "of": denominator,
        "what": population,
        "share": percent(numerator / denominator),
    }


def percent(share: float) -> str:
    """A share in whole per cent, never rounded up to 100 or down to 0."""
    return f"{min(99, max(1, round(share * 100))):d}" if 0 < share < 1 else f"{share * 100:.0f}"


def line_words(item: Item) -> str:
    """From which share on evidence counts as present."""
    bands = item.bands
    if bands.present_from >= 1:
        return _("Counts as present when all of them do.")
    return _("Counts as present from %(share)s %%.") % {"share": percent(bands.present_from)}


def missing_word(item: Item, verdict: str, numerator: int | None, denominator: int | None) -> str:
    """Why a requirement is there in part though its records all are: what a person has to say was not said. Else empty."""
    if verdict != "partly" or not item.attests or not denominator or numerator is None:
        return ""
    if banded(numerator, denominator, item.bands) != "conforms":
        return ""
    return _("What the records show is enough. A person's word is missing: “%(said)s”") % {"said": item.attests}


def short_words(n: int) -> str:
    return ngettext("%(n)d falls short", "%(n)d fall short", n) % {"n": n}


def told(found: Finding) -> str:
    """One line about one requirement, for a terminal."""
    if found.answer is None:
        return found.note
    population = found.query.population if found.query else ""
    return made_of(found.answer.numerator, found.answer.denominator, population)
