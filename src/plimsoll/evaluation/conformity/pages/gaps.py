"""`/conformity/gaps/`: what falls short, clause by clause, with the records that do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.evaluation.conformity import words
from plimsoll.evaluation.conformity.models import Result
from plimsoll.evaluation.conformity.pages.common import ConformityView, address_of
from plimsoll.evaluation.conformity.rules import GAPS
from plimsoll.evaluation.conformity.seeing import as_seen, visible_to
from plimsoll.evaluation.conformity.standard import items
from plimsoll.kernel.figures.evidence import queries

NAMED = 5  # shortfalls of each requirement; its page has all


class GapsPage(ConformityView):
    """Every requirement that shows less than it should."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assessment = self.assessment()
        rows: list[Result] = []
        if assessment is not None:
            found = {r.item: r for r in assessment.results.filter(verdict__in=GAPS).select_related("detail")}
            rows = [found[key] for key in items() if key in found]
        bodies = {r.item: r.detail.body if r.detail else {} for r in rows}
        seen = visible_to(self.person, bodies.values())
        gaps = []
        for row in rows:
            item, body = items()[row.item], as_seen(bodies[row.item], seen)
            query = queries().get(item.query)
            short = (row.denominator or 0) - (row.numerator or 0)
            gaps.append(
                {
                    "item": item,
                    "href": address_of(item.id, self.day),
                    "word": words.verdict_word(row.verdict),
                    "shape": words.SHAPES[row.verdict],
                    "made_of": words.made_of(row.numerator, row.denominator, query.population if query else ""),
                    "missing_word": words.missing_word(item, row.verdict, row.numerator, row.denominator),
                    "shortfalls": body.get("shortfalls", ())[:NAMED],
                    "more": max(0, short - NAMED),
                }
            )
        return render(
            request,
            "conformity/gaps.html",
            {**self.about_the_day(), "assessment": assessment, "gaps": gaps, "crumbs": [(_("Conformity"), "/conformity/"), (_("Gaps"), "")]},
        )
