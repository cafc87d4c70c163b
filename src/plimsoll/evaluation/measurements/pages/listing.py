"""`/indicators/`: every indicator over one month, with its line, the change to the month before, and its trend."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.evaluation.measurements.pages.common import FiguresView, shown
from plimsoll.evaluation.measurements.pages.dashboards import boards_for
from plimsoll.evaluation.measurements.queries import targets, trend
from plimsoll.evaluation.measurements.rules import SHORTEST_TREND


class IndicatorsPage(FiguresView):
    """The list of all indicators."""

    def get(self, request: HttpRequest) -> HttpResponse:
        month = self.month()
        wanted = self.seen_indicators()
        found = trend(self.person, wanted, month, SHORTEST_TREND)
        held = targets(self.tenant)
        rows = [shown(i, found[i.key], held.get(i.key), self.tenant) for i in wanted]
        over = sum(1 for row in rows if row.level is not None and row.level > 1)
        return render(
            request,
            "measurements/indicators.html",
            {
                **self.time(month),
                "rows": rows,
                "over": over,
                "has_lines": any(row.line for row in rows),
                "boards": boards_for(self.person),
                "crumbs": [(_("Indicators"), "")],
            },
        )
