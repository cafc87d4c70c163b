"""Three dashboards that choose indicators: for an agent, a team lead and a process manager. They count nothing of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.evaluation.measurements import words
from plimsoll.evaluation.measurements.operations import indicators_of
from plimsoll.evaluation.measurements.pages.common import BASE, FiguresView, shown
from plimsoll.evaluation.measurements.queries import answers, labels_of, targets, trend
from plimsoll.evaluation.measurements.rules import SHORTEST_TREND
from plimsoll.kernel.access.queries import may, teams_of
from plimsoll.kernel.figures.definitions import Indicator
from plimsoll.kernel.figures.periods import Month
from plimsoll.kernel.identity.models import Person

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard: which indicators stand as tiles, and which in a table below, cut by what. `is_mine`: only the reader's own teams."""

    name: str
    title: Words
    purpose: Words
    tiles: tuple[str, ...]
    cut: str
    columns: tuple[str, ...]
    is_mine: bool = False


BOARDS = (
    Board(
        "agent",
        gettext_lazy("Agent"),
        gettext_lazy("What waits, how fast people hear from us, and how it stands in my teams."),
        (
            "incident_backlog",
            "incident_unassigned",
            "incident_time_to_respond",
            "incident_first_contact",
            "incident_reopened",
            "incident_self_service",
        ),
        "team",
        ("incident_backlog", "incident_backlog_age", "incident_time_to_resolve", "incident_reopened"),
        is_mine=True,
    ),
    Board(
        "team-lead",
        gettext_lazy("Team lead"),
        gettext_lazy("How the work lies across the teams, and where it is handed on or comes back."),
        (
            "incident_backlog",
            "incident_backlog_age_p90",
            "incident_time_to_resolve",
            "incident_handovers",
            "incident_reopened",
            "incident_unassigned",
        ),
        "team",
        ("incident_volume", "incident_backlog", "incident_backlog_age", "incident_time_to_resolve", "incident_handovers", "incident_reopened"),
    ),
    Board(
        "process-manager",
        gettext_lazy("Process manager"),
        gettext_lazy("Whether the process holds its lines, and for which customers it does not."),
        (
            "incident_volume",
            "incident_backlog",
            "incident_backlog_age_p90",
            "incident_time_to_respond",
            "incident_time_to_resolve",
            "incident_resolved_in_time",
            "incident_responded_in_time",
            "incident_satisfaction",
            "incident_first_level",
            "incident_reopened",
            "incident_misclassified",
            "incident_with_knowledge",
            "incident_self_service",
            "incident_priority_overridden",
            "incident_closure",
            "major_volume",
            "major_reviewed_in_time",
            "major_time_to_declare",
            "request_on_time",
            "request_cycle",
        ),
        "organization",
        (
            "incident_volume",
            "incident_backlog",
            "incident_time_to_respond",
            "incident_time_to_resolve",
            "incident_resolved_in_time",
            "incident_reopened",
            "incident_satisfaction",
        ),
    ),
)


def boards_for(person: Person) -> list[Board]:
    """Those that make sense for somebody: teams are looked at from the inside."""
    return list(BOARDS) if may(person, "incident:internal") else []


class DashboardPage(FiguresView):
    """`/indicators/dashboards/<name>/`."""

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        board = next((b for b in boards_for(self.person) if b.name == name), None)
        if board is None:
            raise Http404
        month = self.month()
        tiles = [i for i in indicators_of(board.tiles) if may(self.person, f"{i.kind}:read")]
        found = trend(self.person, tiles, month, SHORTEST_TREND)
        held = targets(self.tenant)
        rows = [shown(i, found[i.key], held.get(i.key), self.tenant) for i in tiles]
        return render(
            request,
            "measurements/dashboard.html",
            {
                **self.time(month),
                "board": board,
                "boards": boards_for(self.person),
                "tiles": rows,
                "over": sum(1 for row in rows if row.level is not None and row.level > 1),
                "table": self._table(board, month),
                "crumbs": [(_("Indicators"), BASE), (str(board.title), "")],
            },
        )

    def _table(self, board: Board, month: Month) -> dict[str, Any]:
        """Each member of the cut as a row, each indicator as a column; a figure opens its records."""
        columns = [i for i in indicators_of(board.columns) if may(self.person, f"{i.kind}:read")]
        found = answers(self.person, columns, [month], cut=board.cut)
        figures = {i.key: {f.member: f for f in found[i.key, month.name].figures} for i in columns}
        members: set[int | None] = {m for by_member in figures.values() for m in by_member}
        if board.is_mine:
            members &= teams_of(self.person)
        names = labels_of(columns[0], board.cut, members) if columns else {}
        return {
            "title": columns[0].dimension(board.cut).title if columns else "",
            "heads": [str(i.title) for i in columns],
            "is_mine": board.is_mine,
            "rows": [
                (names[member], [self._cell(i, figures[i.key].get(member), board.cut, month) for i in columns])
                for member in sorted(members, key=lambda m: (m is None, names[m].casefold()))
            ],
        }

    @staticmethod
    def _cell(indicator: Indicator, figure: Any, cut: str, month: Month) -> tuple[str, str]:
        """The figure in words, and the address of its records; none where there is nothing to open."""
        if figure is None or figure.value is None:
            return ("0" if indicator.unit == "count" else "–"), ""
        query = urlencode({"period": month.name, "by": cut, "of": "none" if figure.member is None else figure.member})
        return words.said(indicator, figure.value), f"{BASE}{indicator.key}/records/?{query}"
