"""Figures as programs get them: the same members from the API and from the command line. It counts nothing."""

from __future__ import annotations

from typing import Any

from plimsoll.evaluation.measurements.models import Target
from plimsoll.evaluation.measurements.queries import Answer, labels_of
from plimsoll.kernel.figures.definitions import Figure, Indicator


def indicator_shape(indicator: Indicator) -> dict[str, Any]:
    """What the indicator is."""
    return {
        "key": indicator.key,
        "code": indicator.code,
        "title": str(indicator.title),
        "rule": str(indicator.rule),
        "unit": indicator.unit,
        "better": indicator.better,
        "formula_version": indicator.formula_version,
        "cuts": [d.name for d in indicator.dimensions],
        "parts": list(indicator.parts),
    }


def figure_shape(figure: Figure) -> dict[str, Any]:
    """One figure; a value of null is undefined: there was nothing to measure."""
    return {"value": figure.value, "numerator": figure.numerator, "denominator": figure.denominator}


def answer_shape(answer: Answer, *, cut: str = "", target: Target | None = None) -> dict[str, Any]:
    """A month's figure, or its figures by the members of a cut, with where they come from."""
    told: dict[str, Any] = {
        "period": answer.month.name,
        "start": answer.month.start.isoformat(),
        "end": answer.month.end.isoformat(),
        "zone": answer.month.zone,
        "standing": answer.standing,
        "version": answer.version or None,
        "at": answer.at.isoformat() if answer.at else None,
        "target": target.aim if target else None,
        "line": target.line if target else None,
    }
    if not cut:
        return told | figure_shape(answer.whole)
    names = labels_of(answer.indicator, cut, [f.member for f in answer.figures])
    return told | {
        "by": cut,
        "figures": [{"id": f.member, "name": names[f.member]} | figure_shape(f) for f in in_order(answer.figures, names)],
    }


def in_order(figures: tuple[Figure, ...], names: dict[int | None, str]) -> list[Figure]:
    """The members of a cut by name, those without one last."""
    return sorted(figures, key=lambda f: (f.member is None, names[f.member].casefold(), f.member or 0))
