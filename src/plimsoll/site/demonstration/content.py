"""The story of the demonstration, read from `content/demo`: who there is, and what happened when. It writes nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did: to which record (its key), when, who, what, with which values."""

    at: datetime
    key: str
    by: str
    do: str
    values: dict[str, Any] = field(default_factory=dict)


def folder() -> Path:
    """Where the content lies."""
    return Path(settings.PLIMSOLL_CONTENT) / "demo"


def read(name: str) -> dict[str, Any]:
    """One file of the content, such as `organisation`."""
    with (folder() / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def span(text: str) -> timedelta:
    """“12m”, “3h” or “9d” as a span. Raises ValueError."""
    if not text[:-1].isdigit() or text[-1:] not in UNITS:
        raise ValueError(f"“{text}” is not a span; write 12m, 3h or 9d.")
    return int(text[:-1]) * UNITS[text[-1]]


def timeline(now: datetime) -> list[Act]:
    """Everything that happened to articles and incidents, in the order in which it happened. Raises ValueError when something lies ahead."""
    acts = sorted([*_articles(now), *_incidents(now)], key=lambda act: act.at)  # stable: what is told first stays first
    if acts and acts[-1].at > now:
        raise ValueError(f"“{acts[-1].key}” would happen in the future; let it begin earlier.")
    return acts


def _articles(now: datetime) -> Iterator[Act]:
    for article in read("articles")["articles"]:
        given = {name: article[name] for name in ("title", "summary", "audience", "owner", "body")}
        due = (now + timedelta(days=article["review_in_days"])).date()
        at = datetime.min.replace(tzinfo=now.tzinfo)
        for step in article["steps"]:
            at = max(now - span(step["ago"]), at + timedelta(minutes=7))
            values = {k: v for k, v in step.items() if k not in ("ago", "by", "do")}
            if step["do"] == "open":
                values = {**given, "review_due_date": due, "kind": "article"}
            yield Act(at, article["key"], step["by"], step["do"], values)


def _incidents(now: datetime) -> Iterator[Act]:
    for incident in read("incidents")["incidents"]:
        at = now - span(incident["ago"])
        values = {**incident["values"], "kind": "incident"} | ({"extra": incident["extra"]} if "extra" in incident else {})
        yield Act(at, incident["key"], incident["by"], "open", values)
        if "parent" in incident:
            yield Act(at, incident["parent"], "ines", "child", {"of": incident["key"]})
        for after, by, do, *given in incident["steps"]:
            at += span(after)
            yield Act(at, incident["key"], by, do, given[0] if given else {})
