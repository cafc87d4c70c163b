"""When a step is passed or refused, and who may decide: decisions only; runs without Django."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepView:
    """What the rules see of a step: how many must say yes, who may decide now, and what was said. People are numbers."""

    needed: int
    may_decide: frozenset[int]
    yes: frozenset[int] = frozenset()
    no: frozenset[int] = frozenset()


def result_of(step: StepView) -> str:
    """ "approved", "refused" or "" while open. One no refuses: whoever is asked and says no is not outvoted."""
    if step.no:
        return "refused"
    return "approved" if len(step.yes) >= step.needed else ""


def is_stuck(step: StepView) -> bool:
    """Fewer people may decide than must: the step is re-routed, or it would wait for ever."""
    return result_of(step) == "" and len(step.may_decide | step.yes) < step.needed


def result_of_all(steps: list[StepView]) -> str:
    """The whole: refused by any step, approved by all, else open. Derived, never stored twice."""
    results = [result_of(step) for step in steps]
    if "refused" in results:
        return "refused"
    return "approved" if results and all(r == "approved" for r in results) else ""


def refusal(*, person: int, for_person: int, requester: int, may_decide: frozenset[int], already: frozenset[int], is_current: bool) -> str | None:
    """Why this person can't decide now, as a sentence; None when they can. `for_person` is themselves or whom they stand in for."""
    if not is_current:
        return "This step is not open: an earlier one comes first, or it was decided."
    if requester in (person, for_person):
        return "Nobody approves what they asked for themselves. Somebody else who is asked can."
    if for_person in already or person in already:
        return "This was already decided by you, or in your place."
    if for_person not in may_decide:
        return "You are not among those who may decide this."
    return None
