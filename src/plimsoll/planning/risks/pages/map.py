"""`/risks/map/`: current risks by likelihood and effect, before treatment or now, of a family or a service; a cell leads to exactly its risks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.access.queries import check, reach
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.ui.context import DeclaredView
from plimsoll.planning.risks.models import Risk, RiskCriteria
from plimsoll.planning.risks.queries import criteria_in_force, scale_of, services_of
from plimsoll.planning.risks.record import RISK
from plimsoll.planning.risks.rules import ENDED
from plimsoll.planning.risks.scale import Scale

BEFORE, NOW = "before", "now"
IN_A_CELL = 6
WIDTH, HEIGHT = 100, 68  # of a cell in the drawing over the table


def step_of(risk: Risk, shown: str) -> tuple[int | None, int | None]:
    """Where a risk lies: as it was before anything was done, or now."""
    is_left = shown == NOW and risk.residual_level is not None
    return (risk.residual_likelihood, risk.residual_impact) if is_left else (risk.likelihood, risk.impact)


def line_of(scale: Scale) -> str:
    """The line between what may stay and what must be treated, as a path over the matrix; empty where there is none."""
    must = {
        (one, other): bool(band and band.must_treat)
        for one in range(1, scale.size + 1)
        for other in range(1, scale.size + 1)
        for band in [scale.band(scale.level(one, other))]
    }
    drawn = []
    for (one, other), is_above in must.items():
        x, y = WIDTH * (other - 1), HEIGHT * (scale.size - one)
        if is_above and other > 1 and not must[one, other - 1]:
            drawn.append(f"M{x} {y}V{y + HEIGHT}")
        if is_above and one > 1 and not must[one - 1, other]:
            drawn.append(f"M{x} {y + HEIGHT}H{x + WIDTH}")
    return "".join(drawn)


class MapPage(DeclaredView):
    """The matrix, its legend and the register under it, which is also its table twin."""

    record_type = RISK

    def get(self, request: HttpRequest) -> HttpResponse:
        check(self.person, "risk:read")
        asked = request.GET
        sign = "opportunity" if asked.get("sign") == "opportunity" else "risk"
        shown = BEFORE if asked.get("show") == BEFORE else NOW
        family = asked.get("family", "") if asked.get("family", "") in dict(Risk.FAMILIES) else ""
        rows: Any = Risk.objects.visible_to(self.person)
        risks = list(rows.filter(sign=sign).exclude(state__in=ENDED).select_related("owner").order_by("number"))
        services = services_of(risks, self.person)
        known = {card.pk: card for cards in services.values() for card in cards}
        service = key if (key := whole(asked.get("service", ""))) in known else None
        risks = [
            r for r in risks if (not family or r.family == family) and (service is None or any(card.pk == service for card in services.get(r.pk, ())))
        ]
        criteria = criteria_in_force(self.person.tenant_id or 0)
        scale = scale_of(criteria)
        kept = {
            k: v
            for k, v in {
                "sign": sign if sign != "risk" else "",
                "family": family,
                "service": service or "",
                "show": "" if shown == NOW else shown,
            }.items()
            if v
        }
        cell = _cell(asked.get("cell", ""), scale)
        chosen = [r for r in risks if cell is None or step_of(r, shown) == cell]
        level = (lambda r: r.now_level or 0) if shown == NOW else (lambda r: r.level or 0)
        return self.show(
            "risks/map.html",
            {
                "title": self._title(risks, scale, sign),
                "facts": self._facts(risks, criteria),
                "sign": sign,
                "shown": shown,
                "family": family,
                "families": Risk.FAMILIES,
                "service": service,
                "services": sorted(known.values(), key=lambda card: card.title),
                "scale": scale,
                "criteria": criteria,
                "matrix": self._matrix(risks, scale, shown, kept, cell) if scale else [],
                "impacts": scale.impacts if scale else (),
                "bands": [(band, scale.heat(band.low)) for band in scale.bands] if scale else [],
                "line": line_of(scale) if scale else "",
                "view": f"0 0 {WIDTH * scale.size} {HEIGHT * scale.size}" if scale else "",
                "cell": cell,
                "cell_words": self._cell_words(cell, scale) if cell and scale else "",
                "without_cell": "?" + urlencode(kept),
                "unplaced": sum(1 for r in risks if None in step_of(r, shown)),
                "rows": self._rows(sorted(chosen, key=lambda r: (-level(r), r.number)), services),
                "may_open": self.may_open(),
                "sees_criteria": not reach(self.person, "riskcriteria:read").is_empty,
                "crumbs": self.crumbs((_("Map"), "")),
            },
        )

    @staticmethod
    def _title(risks: Sequence[Risk], scale: Scale | None, sign: str) -> str:
        if sign == "opportunity":
            return ngettext("One opportunity", "%(n)d opportunities", len(risks)) % {"n": len(risks)}
        if scale is None:
            return _("Risks")
        above = sum(1 for r in risks if (band := scale.band(r.now_level)) is not None and band.must_treat)
        if not above:
            return _("No risk lies above the line")
        return ngettext("One risk lies above the line", "%(n)d risks lie above the line", above) % {"n": above}

    @staticmethod
    def _facts(risks: Sequence[Risk], criteria: RiskCriteria | None) -> list[str]:
        today = localdate()
        late = sum(1 for r in risks if r.review_on is not None and r.review_on < today)
        found = [ngettext("one is current", "%(n)d are current", len(risks)) % {"n": len(risks)}]
        if late:
            found.append(ngettext("one review overdue", "%(n)d reviews overdue", late) % {"n": late})
        return found

    @staticmethod
    def _matrix(risks: Sequence[Risk], scale: Scale, shown: str, kept: dict[str, Any], chosen: tuple[int, int] | None) -> list[dict[str, Any]]:
        places: dict[tuple[int | None, int | None], list[Risk]] = {}
        for risk in risks:
            places.setdefault(step_of(risk, shown), []).append(risk)
        rows = []
        for one in range(scale.size, 0, -1):
            cells = []
            for other in range(1, scale.size + 1):
                level = scale.level(one, other)
                there = places.get((one, other), [])
                cells.append(
                    {
                        "level": level,
                        "heat": scale.heat(level),
                        "risks": there[:IN_A_CELL],
                        "count": len(there),
                        "href": "?" + urlencode({**kept, "cell": f"{one}-{other}"}) + "#register",
                        "is_chosen": chosen == (one, other),
                    }
                )
            rows.append({"word": scale.likelihoods[one - 1], "cells": cells})
        return rows

    @staticmethod
    def _cell_words(cell: tuple[int, int], scale: Scale) -> str:
        said = {"likelihood": scale.word("likelihoods", cell[0]), "effect": scale.word("impacts", cell[1]), "level": scale.level(*cell)}
        return _("%(likelihood)s and %(effect)s, level %(level)s") % said

    def _rows(self, risks: Sequence[Risk], services: dict[int, list[Card]]) -> list[dict[str, Any]]:
        flow = workflow_of(self.person.tenant, "risk")
        today = localdate()
        return [
            {
                "risk": r,
                "state": flow.state(r.state),
                "services": ", ".join(card.title for card in services.get(r.pk, ())),
                "is_late": r.review_on is not None and r.review_on < today,
            }
            for r in risks
        ]


def _cell(text: str, scale: Scale | None) -> tuple[int, int] | None:
    """“4-5” as likelihood and effect, when there is such a cell."""
    one, _dash, other = text.partition("-")
    steps = (whole(one), whole(other))
    if scale is None or None in steps or not all(1 <= (step or 0) <= scale.size for step in steps):
        return None
    return steps[0] or 0, steps[1] or 0
