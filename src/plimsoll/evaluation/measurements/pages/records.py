"""`/indicators/<key>/records/`: exactly the records behind a figure, those of them that the reader may see; they are what was counted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.evaluation.measurements.pages.common import BASE, month_label
from plimsoll.evaluation.measurements.pages.one import OneView
from plimsoll.evaluation.measurements.queries import FROZEN, STORED, answer, labels_of, member_asked
from plimsoll.kernel.figures.definitions import Indicator, Question, check_part
from plimsoll.kernel.figures.periods import Month
from plimsoll.kernel.identity.models import Organization
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.queries import BadCursor, Page, keyset_page
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.shown import Names

ORDER = "-opened_at"
COLUMNS = ("card_id", "number", "title", "state", "category", "priority", "organization_id", "opened_at")


class RecordsPage(OneView):
    """The list behind a figure, newest first, a keyset page at a time."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        indicator, month = self.indicator(key), self.month()
        part = check_part(indicator, request.GET.get("part", ""))
        by, of = request.GET.get("by", ""), request.GET.get("of", "")
        only = member_asked(indicator, by, of)
        question = Question(self.person, month, now(), only=only)
        needs = indicator.needs(self.tenant)
        rows: Any = type_named(indicator.kind).model.objects.none() if needs else indicator.counted(question, part)
        page, faults = self._page(rows)
        kept = {"period": month.name, "part": part, **({"by": by, "of": of} if by else {})}
        count = rows.order_by().count()
        # Without a record to see, a number gives no name away.
        named = labels_of(indicator, only[0], [only[1]])[only[1]] if only and count else of
        return render(
            request,
            "measurements/records.html",
            {
                **self.time(month, part=part, by=by, of=of),
                "indicator": indicator,
                "part_label": indicator.parts[part],
                "parts": [(str(label), "?" + urlencode({**kept, "part": name}), name == part) for name, label in indicator.parts.items()],
                "named": named,
                "by_title": indicator.dimension(by).title if only else "",
                "count": count,
                "needs": needs,
                "stored": self._stored(indicator, month, count) if not by and not needs else None,
                "faults": faults,
                "rows": self._rows(indicator, page),
                "newer": "?" + urlencode({**kept, "before": page.previous}) if page.previous else "",
                "older": "?" + urlencode({**kept, "after": page.next}) if page.next else "",
                "back": f"{BASE}{indicator.key}/?period={month.name}",
                "crumbs": [
                    (_("Indicators"), f"{BASE}?period={month.name}"),
                    (str(indicator.title), f"{BASE}{indicator.key}/?period={month.name}"),
                    (_("Records"), ""),
                ],
            },
        )

    def _page(self, rows: Any) -> tuple[Page, list[str]]:
        def values(part: Any) -> list[Any]:
            return list(part.values_list(*COLUMNS, named=True))

        cursor = self.request.GET.get("after") or self.request.GET.get("before")
        try:
            return keyset_page([rows], ORDER, cursor, rows_of=values), []
        except BadCursor as error:
            return keyset_page([rows], ORDER, rows_of=values), [str(error)]

    def _stored(self, indicator: Indicator, month: Month, count: int) -> str:
        """Says so when a stored month was computed from more or fewer records than can be shown now."""
        found = answer(self.person, indicator, month)
        if found.standing not in (STORED, FROZEN) or self.request.GET.get("part", "") not in ("", "whole"):
            return ""
        whole = found.whole.denominator if found.whole.denominator is not None else found.whole.value
        if whole is None or int(whole) == count:
            return ""
        return _("The stored figure of %(month)s was made of %(n)d; these are the %(now)d that the rule counts now.") % {
            "month": month_label(month),
            "n": int(whole),
            "now": count,
        }

    def _rows(self, indicator: Indicator, page: Page) -> list[dict[str, Any]]:
        record_type = type_named(indicator.kind)
        flow = workflow_of(self.person.tenant, indicator.kind)
        names = Names()
        names.want(Organization, [row.organization_id for row in page.rows])
        names.fetch()
        return [
            {
                "ref": f"{record_type.prefix}-{row.number}",
                "href": f"/{record_type.plural_kind}/{row.number}/",
                "title": row.title,
                "category": row.category,
                "state": flow.state(row.state).label,
                "priority": row.priority,
                "for": names.of(Organization, row.organization_id),
                "opened_at": row.opened_at,
            }
            for row in page.rows
        ]
