"""When people are asked how it went, who answers, and how long an answer may be changed: decisions only; runs without Django."""

from __future__ import annotations

from datetime import datetime, timedelta

CHANGE_WITHIN = timedelta(days=14)
LOWEST, HIGHEST, SATISFIED = 1, 5, 4


def is_asked(before: str | None, after: str, *, has_requester: bool) -> bool:
    """Is the one who asked for it asked now? Once it comes to a good end; never for what was cancelled or merged, which end as dropped."""
    return has_requester and after in ("done", "closed") and before not in ("done", "closed")


def why_not(*, is_asker: bool, category: str, answered_at: datetime | None, moment: datetime) -> str:
    """Why this answer is not taken, as a sentence; empty: it is."""
    if not is_asker:
        return "Only the person who asked for it says how it went."
    if answered_at is None and category == "dropped":
        return "It was cancelled or is part of another one, so nobody is asked how it went."
    if answered_at is not None and moment - answered_at > CHANGE_WITHIN:
        return f"An answer can be changed for {CHANGE_WITHIN.days} days; this one is older."
    return ""


def is_satisfied(score: int) -> bool:
    """4 and 5 of 5 count as satisfied (K-20)."""
    return score >= SATISFIED
