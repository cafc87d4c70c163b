"""Assessments and requirements as programs read them: one shape for the API, the command line and the pack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plimsoll.evaluation.conformity.fitness import line_at
from plimsoll.evaluation.conformity.models import Assessment, Result
from plimsoll.evaluation.conformity.rules import Line, tally
from plimsoll.evaluation.conformity.standard import Item, items
from plimsoll.evaluation.conformity.words import fitness_said, verdict_word


def item_shape(item: Item) -> dict[str, Any]:
    """What a requirement is, whatever it shows."""
    return {
        "id": item.id,
        "clause": item.clause,
        "clause_2011": item.clause_2011,
        "exists": item.exists,
        "kind": item.kind,
        "computes": item.computes,
        "attests": item.attests,
        "aspects": list(item.aspects),
        "interval": item.interval,
        "role": item.role,
        "condition": item.condition,
        "waits": list(item.waits),
    }


def result_shape(item: Item, result: Result, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a requirement showed; `body` is its detail as the reader may see it."""
    told = body if body is not None else (result.detail.body if result.detail else {})
    return item_shape(item) | {
        "verdict": result.verdict,
        "words": verdict_word(result.verdict),
        "numerator": result.numerator,
        "denominator": result.denominator,
        "query": item.query,
        "query_version": result.query_version,
        "shortfalls": [_short(one) for one in told.get("shortfalls", ())],
        "sources": [_source(one) for one in told.get("sources", ())],
        "origins": told.get("origins", {}),
        "oldest": told.get("oldest"),
        "newest": told.get("newest"),
        "attested": told.get("attested", ""),
        "note": told.get("note", ""),
    }


def _source(source: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {name: source[name] for name in ("kind", "pk", "label", "href")} if source else None


def _short(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"sentence": one["sentence"], "source": _source(one.get("source"))}


def line_shape(line: Line) -> dict[str, Any]:
    """Load, limit and what they say together; the level is none where one of the two is."""
    level = None if line.level is None else round(line.level, 4)
    return {"load": line.load, "limit": line.limit, "level": level, "fitness": line.fitness, "words": fitness_said(line)}


def assessment_shape(row: Assessment, verdicts: Mapping[str, str]) -> dict[str, Any]:
    """An assessment without its requirements: when, over what, and how many show what."""
    counted = tally(verdicts.values())
    by_aspect = {
        aspect: tally(verdict for key, verdict in verdicts.items() if aspect in items()[key].aspects)
        for aspect in ("documented", "operating", "effective")
    }
    return {
        "edition": row.edition,
        "at": row.at.isoformat(),
        "day": row.day.isoformat(),
        "period_start": row.period_start.isoformat(),
        "digest": row.digest,
        "counts": dict(counted.counts),
        "present": counted.present,
        "triggered": counted.triggered,
        "total": counted.total,
        "gaps": counted.gaps,
        "line": line_shape(line_at(row)),
        "aspects": {name: {"present": t.present, "triggered": t.triggered, "total": t.total} for name, t in by_aspect.items()},
    }
