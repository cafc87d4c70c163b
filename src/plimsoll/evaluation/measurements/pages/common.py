"""What the pages of indicators share: who may, the month of the address, faults as sentences, and one figure as people see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plimsoll.evaluation.measurements import words
from plimsoll.evaluation.measurements.charts import Chart, draw
from plimsoll.evaluation.measurements.models import Target
from plimsoll.evaluation.measurements.queries import Answer, month_asked
from plimsoll.evaluation.measurements.rules import is_over, level
from plimsoll.kernel.access.queries import check, may, may_everywhere
from plimsoll.kernel.figures.definitions import KEEP, WORD, Indicator, UnknownCut, UnknownIndicator, UnknownPart, indicators
from plimsoll.kernel.figures.periods import BadPeriod, Month
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.ui.context import SignedInView, person_of

BASE = "/indicators/"


class FiguresView(SignedInView):
    """A page for those who may read figures. What is wrong in the address is told in a sentence, with a way back."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = person_of(request)
        if person is not None:
            check(person, WORD)
        try:
            return super().dispatch(request, *args, **kwargs)
        except (BadPeriod, UnknownCut, UnknownPart) as error:
            return told(request, str(error.args[0]), 400)
        except UnknownIndicator as error:
            return told(request, str(error.args[0]), 404)

    @property
    def tenant(self) -> Tenant:
        assert self.person.tenant is not None
        return self.person.tenant

    def month(self) -> Month:
        """The month of the address."""
        return month_asked(self.person, self.request.GET.get("period", ""))

    def seen_indicators(self) -> list[Indicator]:
        """Those of kinds of which this person may see any record."""
        return [i for i in indicators() if may(self.person, f"{i.kind}:read")]

    def time(self, month: Month, **kept: str) -> dict[str, Any]:
        """The month in words, and the addresses of those beside it."""
        rest = {name: value for name, value in kept.items() if value}
        is_running = not month.has_ended(now())
        return {
            "month": month,
            "month_label": month_label(month),
            "is_running": is_running,
            "earlier": "?" + urlencode({"period": month.plus(-1).name, **rest}),
            "later": "" if is_running else "?" + urlencode({"period": month.plus(1).name, **rest}),
            "kept": rest,
            "may_keep": may_everywhere(self.person, KEEP),
        }


def told(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """A page with one sentence."""
    return render(
        request,
        "ui/error.html",
        {
            "error_title": _("There is no such figure"),
            "error_text": sentence,
            "ways": [{"label": _("All indicators"), "href": BASE}],
            "crumbs": [(_("Indicators"), BASE), (_("No such figure"), "")],
        },
        status=status,
    )


def month_label(month: Month) -> str:
    """“May 2016”."""
    return date_format(month.first_day, "F Y")


def short_label(month: Month) -> str:
    """“May”, and in January with its year."""
    return date_format(month.first_day, "M Y" if month.month == 1 else "M")


@dataclass(frozen=True, slots=True)
class Shown:
    """One indicator over one month as a page shows it."""

    indicator: Indicator
    title: str
    figure: str
    unit: str
    of: str
    change: str
    line: str
    aim: str
    level: float | None
    standing: str
    needs: str
    spark: Chart
    sentence: str
    href: str
    records: str

    @property
    def tone(self) -> str:
        return "" if self.level is None else "good" if self.level < 0.8 else "watch" if self.level <= 1 else "bad"


def shown(indicator: Indicator, trend: Sequence[Answer], target: Target | None, tenant: Tenant) -> Shown:
    """The last answer of a trend with what came before it."""
    last = trend[-1]
    value = last.whole.value
    before = trend[-2].whole.value if len(trend) > 1 else None
    figure, unit = words.value_in_words(indicator, value)
    line = target.line if target else None
    needs = indicator.needs(tenant)
    query = "?" + urlencode({"period": last.month.name})
    return Shown(
        indicator=indicator,
        title=str(indicator.title),
        figure="" if needs else figure,
        unit=_("not measured") if needs else unit,
        of=words.made_of(indicator, last.whole) if value is not None else "",
        change="" if needs else words.change(indicator, value, before),
        line=words.said(indicator, line) if line is not None else "",
        aim=words.said(indicator, target.aim) if target and target.aim is not None else "",
        level=level(value, line, indicator.better, indicator.unit),
        standing=words.standing_in_words(last.standing),
        needs=needs,
        spark=draw(
            [a.whole.value for a in trend],
            line=line,
            is_over=lambda v: is_over(v, line, indicator.better),
            width=120,
            height=36,
            is_small=True,
        ),
        sentence=sentence_of(indicator, trend, line),
        href=f"{BASE}{indicator.key}/{query}",
        records=f"{BASE}{indicator.key}/records/{query}",
    )


def sentence_of(indicator: Indicator, trend: Sequence[Answer], line: float | None) -> str:
    """What one would say of the chart to somebody who can't see it."""
    known = [(a.month, a.whole.value) for a in trend if a.whole.value is not None]
    if not known:
        return _("%(title)s: no records in these %(n)d months.") % {"title": indicator.title, "n": len(trend)}
    if len(known) == 1:
        return _("Only %(month)s has a figure so far: %(value)s. A trend needs two months.") % {
            "month": month_label(known[0][0]),
            "value": words.said(indicator, known[0][1]),
        }
    (low_at, low), (high_at, high) = min(known, key=lambda k: k[1]), max(known, key=lambda k: k[1])
    told = _(
        "%(title)s over %(n)d months: from %(first)s in %(first_month)s to %(last)s in %(last_month)s; "
        "lowest %(low)s in %(low_month)s, highest %(high)s in %(high_month)s."
    ) % {
        "title": indicator.title,
        "n": len(trend),
        "first": words.said(indicator, known[0][1]),
        "first_month": month_label(known[0][0]),
        "last": words.said(indicator, known[-1][1]),
        "last_month": month_label(known[-1][0]),
        "low": words.said(indicator, low),
        "low_month": month_label(low_at),
        "high": words.said(indicator, high),
        "high_month": month_label(high_at),
    }
    return f"{told} " + _("The line is %(line)s.") % {"line": words.said(indicator, line)} if line is not None else told


__all__ = ["BASE", "FiguresView", "Shown", "month_label", "sentence_of", "short_label", "shown", "told"]
