"""One text, all rules: what is wrong with it, worst first. It reads nothing but the subject."""

from __future__ import annotations

from plimsoll.support.intake.linting import plans, texts
from plimsoll.support.intake.linting.catalogue import RULES, SERIOUS, Lint, Subject

_ORDER = {rule.key: place for place, rule in enumerate(RULES)}


def lint(subject: Subject) -> list[Lint]:
    """Everything that breaks a rule, the serious first, then by rule and line."""
    checks = (*texts.CHECKS, *plans.ALL, *(plans.PLANS if subject.sort == "plan" else ()))
    return in_order([found for check in checks for found in check(subject)])


def in_order(found: list[Lint]) -> list[Lint]:
    return sorted(found, key=lambda f: (f.rule.key not in SERIOUS, _ORDER.get(f.rule.key, len(_ORDER)), f.line))
