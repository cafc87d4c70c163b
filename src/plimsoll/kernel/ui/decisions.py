"""The decisions asked on a record as its pages show them, in a constant number of queries. It decides nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.access.wording import doing
from plimsoll.kernel.approvals.ceilings import Ceiling, ceiling_of
from plimsoll.kernel.approvals.deciders import may_decide
from plimsoll.kernel.approvals.models import Approval, Step
from plimsoll.kernel.approvals.operations import stood_in_for
from plimsoll.kernel.approvals.queries import teams_asked, visible_approvals
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import may

CATEGORIES = {"": "decide", "approved": "done", "refused": "dropped", "withdrawn": "closed"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A decision as it is drawn. `waits_for` names those who may decide the open step; empty once it is decided."""

    pk: int
    question: str
    asked_by: str
    asked_at: Any
    result: str
    category: str
    is_open: bool
    steps: list[dict[str, Any]]
    waits_for: str
    can_withdraw: bool

    @property
    def can_decide(self) -> bool:
        return any(step["acts"] for step in self.steps)


def decisions_of(record: Record, person: Person, *, inside: bool) -> list[Shown]:
    """The decisions of a record that this person sees, newest first."""
    approvals = visible_approvals(record, person, inside=inside)
    if not approvals:
        return []
    whom = {person.pk, *stood_in_for(person)}
    mine = teams_asked(approvals, whom)
    return [_shown(approval, list(approval.steps.all()), record, person, whom, mine, inside=inside) for approval in approvals]


def _shown(approval: Approval, steps: list[Step], record: Record, person: Person, whom: set[int], teams: set[int], *, inside: bool) -> Shown:
    current = None
    if approval.ended_at is None:
        current = next((s for s in steps if sum(d.is_yes for d in s.decisions.all()) < s.needed), None)
    is_refused = any(not d.is_yes for s in steps for d in s.decisions.all())
    state = "withdrawn" if approval.withdrawn_at else "" if approval.ended_at is None else "refused" if is_refused else "approved"
    words = {"": _("Open"), "approved": _("Approved"), "refused": _("Refused"), "withdrawn": _("Taken back")}
    return Shown(
        pk=approval.pk,
        question=approval.question,
        asked_by=str(approval.asked_by),
        asked_at=approval.asked_at,
        result=words[state],
        category=CATEGORIES[state],
        is_open=state == "",
        steps=[_row(s, approval, record, person, whom, teams, is_now=s is current, inside=inside) for s in steps],
        waits_for=_whom(current) if current is not None else "",
        can_withdraw=state == "" and approval.asked_by_id == person.pk,
    )


def _row(
    step: Step, approval: Approval, record: Record, person: Person, whom: set[int], teams: set[int], *, is_now: bool, inside: bool
) -> dict[str, Any]:
    """A step as `ui/_steps.html` draws it: done, now with its buttons, to come; who may not, and why."""
    decisions = list(step.decisions.all())
    is_refused = any(not d.is_yes for d in decisions)
    is_done = not is_now and bool(decisions) and not is_refused
    yes = sum(d.is_yes for d in decisions)
    acts, why_not = _acts(step, approval, record, person, whom, teams) if is_now else ([], "")
    return {
        "category": "dropped" if is_refused else "done" if is_done else "decide" if is_now else "new",
        "text": f"{step.name}: {_whom(step)}",
        "when": _("%(n)d of %(m)d") % {"n": yes, "m": step.needed},
        "sub": " ".join([*(_said(d, inside=inside) for d in decisions), *([why_not] if why_not else [])]),
        "acts": acts,
    }


def _whom(step: Step) -> str:
    names = [p.name for p in step.people.all()]
    if step.team is not None:
        names.append(step.team.name)
    if step.word:
        names.append(_("everybody whose role allows %(doing)s") % {"doing": doing(step.word)})
    return ", ".join(names)


def _said(decision: Any, *, inside: bool) -> str:
    who = _("%(person)s for %(other)s") % {"person": decision.person, "other": decision.for_person} if decision.for_person else str(decision.person)
    words = _("%(who)s said yes.") if decision.is_yes else _("%(who)s said no.")
    limit = decision.authority.get("limit", {}) if inside else {}
    by = _("By the role “%(role)s”, version %(version)d, up to %(most)d.") % limit if "most" in limit else ""
    return " ".join(part for part in (words % {"who": who}, by, decision.reason) if part)


def _acts(step: Step, approval: Approval, record: Record, person: Person, whom: set[int], teams: set[int]) -> tuple[list[dict[str, str]], str]:
    """The two buttons, for whoever may press them now, or why a limit keeps them from whoever is asked. The decision itself asks again."""
    said = {pk for d in step.decisions.all() for pk in (d.person_id, d.for_person_id) if pk}
    if approval.asked_by_id == person.pk or person.pk in said:
        return [], ""
    is_asked = bool((whom - said) & {p.pk for p in step.people.all() if p.is_active}) or (step.team_id is not None and step.team_id in teams)
    is_asked = is_asked or bool(step.word and _may_say(step.word, record, person, whom - said))
    ceiling = ceiling_of(record, approval)
    if ceiling is not None:
        is_asked, why_not = _within(ceiling, step, record, person, whom - said, is_asked=is_asked)
        if why_not:
            return [], why_not
    if not is_asked:
        return [], ""
    return [
        {"label": _("Approve"), "value": f"yes-{approval.pk}", "kind": "primary"},
        {"label": _("Refuse…"), "value": f"no-{approval.pk}", "kind": ""},
    ], ""


def _within(ceiling: Ceiling, step: Step, record: Record, person: Person, whom: set[int], *, is_asked: bool) -> tuple[bool, str]:
    """Whether their limit reaches so far, and if they are asked and it does not, why not."""
    deciders = whom & may_decide(step, record)
    if deciders and ceiling.within({person.pk}):
        return True, ""
    return False, ceiling.refusal(person.pk if deciders else next(iter(sorted(whom)))) if is_asked else ""


def _may_say(word: str, record: Record, person: Person, whom: set[int]) -> bool:
    """Does this person, or somebody for whom they stand in, hold the word here? Stand-ins are few; there is one open step."""
    if person.pk in whom and may(person, word, record):
        return True
    others = whom - {person.pk}
    return bool(others) and any(may(o, word, record) for o in Person.objects.filter(pk__in=others).select_related("tenant", "organization"))


__all__ = ["Shown", "decisions_of"]
