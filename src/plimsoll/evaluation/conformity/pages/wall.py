"""`/conformity/`: every requirement on one wall, by clause, with one of them beside it; and how the verdicts are made."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.evaluation.conformity import words
from plimsoll.evaluation.conformity.fitness import decided, line_at
from plimsoll.evaluation.conformity.operations import ASSESS
from plimsoll.evaluation.conformity.pages.common import ConformityView, address_of, shown
from plimsoll.evaluation.conformity.queries import per_clause, verdicts_of
from plimsoll.evaluation.conformity.rules import ASPECTS, GAPS, VERDICTS, Line, tally
from plimsoll.evaluation.conformity.standard import CLAUSES, EDITION, items, of_clause
from plimsoll.kernel.access.queries import may_everywhere


class WallPage(ConformityView):
    """Where we stand: the newest assessment, or that of a day."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assessment = self.assessment()
        verdicts = verdicts_of(assessment) if assessment else {}
        counted = tally(verdicts.values())
        line = line_at(assessment) if assessment else Line(None, None)
        only = request.GET.get("verdict", "")
        chosen = items().get(request.GET.get("item", "")) or items()[next((k for k, v in verdicts.items() if v in GAPS), "4.1-a")]
        return render(
            request,
            "conformity/wall.html",
            {
                **self.about_the_day(),
                **(shown(self.person, self.tenant, chosen, assessment, self.day) if assessment else {}),
                "assessment": assessment,
                "edition": EDITION,
                "line": line,
                "line_word": words.fitness_said(line),
                "line_said": words.line_said(line) if assessment else "",
                "awaits": words.awaits_approval(line.limit, decided(self.tenant)) if assessment and not self.day else "",
                "tally": counted,
                "legend": self._legend(counted.counts, only),
                "aspects": self._aspects(verdicts),
                "sections": [self._section(clause, verdicts, per_clause(verdicts), only, chosen.id) for clause in CLAUSES],
                "only": only if only in VERDICTS else "",
                "may_assess": may_everywhere(self.person, ASSESS),
                "is_demonstration": self.tenant.is_demonstration,
                "crumbs": [(_("Conformity"), "")],
            },
        )

    def _legend(self, counts: Any, only: str) -> list[dict[str, Any]]:
        kept = f"&day={self.day.isoformat()}" if self.day else ""
        return [
            {
                "name": name,
                "n": counts.get(name, 0),
                "word": words.verdict_word(name),
                "shape": words.SHAPES[name][0],
                "tone": words.SHAPES[name][1],
                "href": f"?verdict={name}{kept}" if only != name else f"?{kept.lstrip('&')}",
                "is_only": only == name,
            }
            for name in VERDICTS
        ]

    @staticmethod
    def _aspects(verdicts: Any) -> list[tuple[str, int, int]]:
        """What is documented, operating and effective, each of those requirements that speak of it."""
        found = []
        for aspect in ASPECTS:
            counted = tally(verdict for key, verdict in verdicts.items() if aspect in items()[key].aspects)
            found.append((str(words.ASPECT_WORDS[aspect]), counted.present, counted.triggered))
        return found

    def _section(self, clause: str, verdicts: Any, by_clause: Any, only: str, chosen: str) -> dict[str, Any]:
        counted = tally(by_clause.get(clause, ()))
        rows: list[dict[str, Any]] = []
        for sub in of_clause(clause):
            dots = [(item, verdicts.get(item.id, "not_assessed")) for item in sub.items]
            first = next((item for item, verdict in dots if verdict == only), sub.items[0]) if only else sub.items[0]
            rows.append(
                {
                    "sub": sub,
                    "dots": [
                        {
                            "item": i,
                            "shape": words.SHAPES[v][0],
                            "tone": words.SHAPES[v][1],
                            "is_chosen": i.id == chosen,
                            "is_dim": bool(only) and v != only,
                        }
                        for i, v in dots
                    ],
                    "present": sum(1 for _i, v in dots if v == "conforms"),
                    "total": len(dots),
                    "href": address_of(first.id, self.day),
                    "is_current": any(i.id == chosen for i, _v in dots),
                }
            )
        return {
            "clause": clause,
            "title": words.CLAUSE_TITLES[clause],
            "present": counted.present,
            "total": sum(len(r["dots"]) for r in rows),
            "rows": rows,
        }


class DecidingPage(ConformityView):
    """How a verdict is made, in words."""

    def get(self, request: HttpRequest) -> HttpResponse:
        verdicts = [(words.verdict_word(name), *words.SHAPES[name]) for name in VERDICTS]
        crumbs = [(_("Conformity"), "/conformity/"), (_("How we decide"), "")]
        return render(request, "conformity/deciding.html", {"verdicts": verdicts, "crumbs": crumbs})
