"""What the pages of conformity share: who may, which day, and one requirement as people see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.evaluation.conformity import words
from plimsoll.evaluation.conformity.drawing import weeks
from plimsoll.evaluation.conformity.models import Assessment, Result
from plimsoll.evaluation.conformity.operations import READ
from plimsoll.evaluation.conformity.queries import history, latest, nearest_days, of_day, result_of
from plimsoll.evaluation.conformity.seeing import as_seen, visible_to
from plimsoll.evaluation.conformity.standard import Item, Subclause, subclauses
from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.figures.evidence import queries
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.records.sources import day_words
from plimsoll.kernel.ui.context import SignedInView, person_of

BASE = "/conformity/"


class ConformityView(SignedInView):
    """A page for those who may read what the records prove. A day that is no day is told in a sentence."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = person_of(request)
        if person is not None:
            check_everywhere(person, READ)
            try:
                self.day = asked_day(request.GET.get("day", ""))
            except ValueError as error:
                title = _("There is no such day")
                return render(request, "ui/error.html", {"error_title": title, "error_text": str(error), "error_status": 400}, status=400)
        return super().dispatch(request, *args, **kwargs)

    @property
    def tenant(self) -> Tenant:
        assert self.person.tenant is not None
        return self.person.tenant

    def assessment(self) -> Assessment | None:
        """The one that the page shows: the newest, or the last of the day that is asked for."""
        return of_day(self.tenant, self.day) if self.day else latest(self.tenant)

    def about_the_day(self) -> dict[str, Any]:
        """For a day on which nothing was computed: the nearest ones that have something."""
        if self.day is None:
            return {"day": None}
        before, after = nearest_days(self.tenant, self.day)
        return {
            "day": self.day,
            "day_label": day_words(self.day),
            "before": (day_words(before), f"?day={before.isoformat()}") if before else None,
            "after": (day_words(after), f"?day={after.isoformat()}") if after else None,
        }


def asked_day(text: str) -> date | None:
    """The day of an address, none when none is asked for; raises `ValueError` with a sentence."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(_("“%(text)s” is no day; write it as 2026-03-14.") % {"text": text[:40]}) from None


def address_of(item: str, day: date | None) -> str:
    """Where one requirement stands, on the day that is looked at."""
    return f"{BASE}items/{item}/" + (f"?{urlencode({'day': day.isoformat()})}" if day else "")


@dataclass(frozen=True, slots=True)
class Shown:
    """One requirement as the panel beside the wall and its own page show it."""

    item: Item
    subclause: Subclause
    result: Result | None
    verdict: str
    body: dict[str, Any]

    @property
    def word(self) -> str:
        return words.verdict_word(self.verdict)

    @property
    def shape(self) -> str:
        return words.SHAPES[self.verdict][0]

    @property
    def tone(self) -> str:
        return words.SHAPES[self.verdict][1]

    @property
    def made_of(self) -> str:
        if self.result is None:
            return ""
        return words.made_of(self.result.numerator, self.result.denominator, self.population)

    @property
    def population(self) -> str:
        query = queries().get(self.item.query)
        return str(query.population) if query else ""

    @property
    def counts(self) -> str:
        query = queries().get(self.item.query)
        return str(query.counts) if query else ""

    @property
    def href(self) -> str:
        """Where the records are that are counted."""
        query = queries().get(self.item.query)
        return query.href if query else ""

    @property
    def line(self) -> str:
        return words.line_words(self.item) if self.result is not None and self.result.denominator else ""

    @property
    def missing_word(self) -> str:
        result = self.result
        return words.missing_word(self.item, self.verdict, result.numerator, result.denominator) if result is not None else ""

    @property
    def share(self) -> float | None:
        result = self.result
        return result.numerator / result.denominator if result and result.denominator and result.numerator is not None else None

    @property
    def meter(self) -> int:
        """How far the meter is filled, of 400."""
        return round((self.share or 0) * 400)

    @property
    def limit(self) -> int:
        return round(self.item.bands.present_from * 400)

    @property
    def share_label(self) -> str:
        said = {"share": words.percent(self.share or 0), "line": words.percent(self.item.bands.present_from)}
        return _("%(share)s per cent. The line is at %(line)s per cent.") % said

    @property
    def short(self) -> int:
        """How many fall short; at most `MOST` of them are named."""
        result = self.result
        return (result.denominator or 0) - (result.numerator or 0) if result is not None else 0

    @property
    def origins(self) -> list[tuple[str, int, str]]:
        """Where the evidence came from, with its share: imported and late ones stand apart."""
        counts = self.body.get("origins", {})
        whole = sum(counts.values())
        return [(str(words.ORIGIN_WORDS[name]), n, words.percent(n / whole)) for name, n in counts.items() if n]

    @property
    def oldest_label(self) -> str:
        return day_words(_day_in(self.body.get("oldest")))

    @property
    def newest_label(self) -> str:
        return day_words(_day_in(self.body.get("newest")))

    @property
    def aspects(self) -> list[str]:
        return [str(words.ASPECT_WORDS[name]) for name in self.item.aspects]

    @property
    def interval(self) -> str:
        return str(words.INTERVALS.get(self.item.interval, self.item.interval))


def _day_in(moment: str | None) -> date | None:
    return datetime.fromisoformat(moment).date() if moment else None


def shown(person: Person, tenant: Tenant, item: Item, assessment: Assessment | None, day: date | None) -> dict[str, Any]:
    """Everything that is shown of one requirement."""
    result = result_of(assessment, item.id) if assessment else None
    told = result.detail.body if result is not None and result.detail is not None else {}
    body = as_seen(told, visible_to(person, [told])) if told else {}
    last = day or (assessment.day if assessment else None)
    run = history(tenant, item.id, last) if last else None
    sub = next(s for s in subclauses() if s.number == item.clause)
    return {
        "one": Shown(item, sub, result, result.verdict if result else "not_assessed", body),
        "siblings": [(i, address_of(i.id, day)) for i in sub.items],
        "bars": weeks(run.days) if run else [],
        "run": run,
        "turns": [_turn(turn) for turn in reversed(run.turns)] if run else [],
        "assessment": assessment,
    }


def _turn(turn: Any) -> dict[str, Any]:
    return {
        "day": day_words(date.fromisoformat(turn.day)),
        "href": f"?day={turn.day}",
        "before": words.verdict_word(turn.before),
        "after": words.verdict_word(turn.after),
        "shape": words.SHAPES[turn.after],
        "causes": turn.causes[:8],
        "more": max(0, len(turn.causes) - 8),
    }
