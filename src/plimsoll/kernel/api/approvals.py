"""The endpoints of decisions on a record: what is asked, asking, deciding, taking the question back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.api.parts import insiders_only, named, person_in
from plimsoll.kernel.api.problems import faulty
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, id_of, number_of, person_of, tenant_of, typed
from plimsoll.kernel.api.records import View
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.approvals.operations import Asked, ask, decide, state_of, withdraw
from plimsoll.kernel.approvals.queries import visible_approvals
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.text import BIGGEST
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside


def approval_form(approval: Approval) -> dict[str, Any]:
    """A decision as it is answered, with its steps and what was said."""
    steps = [
        {
            "position": s.position,
            "name": s.name,
            "needed": s.needed,
            "word": s.word,
            "team": {"id": s.team_id, "name": s.team.name} if s.team else None,
            "people": [named(p) for p in s.people.all()],
            "decisions": [
                {"person": named(d.person), "for_person": named(d.for_person), "is_yes": d.is_yes, "reason": d.reason, "at": d.at}
                for d in s.decisions.all()
            ],
        }
        for s in approval.steps.select_related("team").prefetch_related("people", "decisions__person", "decisions__for_person")
    ]
    return {
        "id": approval.pk,
        "question": approval.question,
        "asked_by": named(approval.asked_by),
        "asked_at": approval.asked_at,
        "result": state_of(approval),
        "ended_at": approval.ended_at,
        "move_when_approved": approval.move_when_approved,
        "move_when_refused": approval.move_when_refused,
        "steps": steps,
    }


def approval_views(record_type: RecordType) -> dict[str, View]:
    """The views of decisions on the records of one kind, by name."""

    def asked(request: HttpRequest, number: str) -> tuple[Person, Record]:
        person = person_of(request)
        check_parameters(request)
        return person, record_by(record_type, person, number_of(record_type, number))

    def one(record: Record, person: Person, text: str) -> Approval:
        found = next((a for a in visible_approvals(record, person, inside=is_inside(person, record)) if a.pk == id_of(text)), None)
        if found is None:
            raise Http404
        return found

    def list_approvals(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number)
        return answer({"items": [approval_form(a) for a in reversed(visible_approvals(record, person, inside=is_inside(person, record)))]})

    def ask_approval(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number)
        insiders_only(person, record)
        body = body_of(request, ("question", "steps", "move_when_approved", "move_when_refused"), ("question", "steps"))
        question = typed(body, "question", str, "")
        if len(question) > 250:
            raise faulty("question", _("At most %(n)d characters are taken.") % {"n": 250})
        steps = typed(body, "steps", list, [])
        if len(steps) > 20:
            raise faulty("steps", _("At most %(n)d steps can be asked.") % {"n": 20})
        made = ask(
            record,
            question=question,
            steps=[_step(step, person) for step in steps],
            by=person,
            channel="api",
            move_when_approved=typed(body, "move_when_approved", str, ""),
            move_when_refused=typed(body, "move_when_refused", str, ""),
        )
        return answer(approval_form(made), status=201)

    def decide_approval(request: HttpRequest, number: str, approval: str) -> HttpResponse:
        person, record = asked(request, number)
        found = one(record, person, approval)
        body = body_of(request, ("is_yes", "reason", "for_person"), ("is_yes",))
        decided = decide(
            found,
            is_yes=typed(body, "is_yes", bool, False),
            by=person,
            channel="api",
            reason=typed(body, "reason", str, ""),
            for_person=person_in(body, "for_person", person),
        )
        return answer(approval_form(decided))

    def withdraw_approval(request: HttpRequest, number: str, approval: str) -> HttpResponse:
        person, record = asked(request, number)
        found = one(record, person, approval)
        body = body_of(request, ("note",), ("note",))
        return answer(approval_form(withdraw(found, by=person, channel="api", reason=typed(body, "note", str, ""))))

    return {view.__name__: view for view in (list_approvals, ask_approval, decide_approval, withdraw_approval)}


def _step(given: Any, by: Person) -> Asked:
    if not isinstance(given, dict) or set(given) - {"name", "needed", "people", "team", "word"}:
        raise faulty("steps", _("A step is an object with name, needed, people, team and word."))
    name, needed = typed(given, "name", str, "").strip(), typed(given, "needed", int, 1)
    if not 1 <= len(name) <= 120 or not 1 <= needed <= 100:
        raise faulty("steps", _("A step needs a name of at most 120 characters, and between 1 and 100 who must say yes."))
    word, ids, team_id = typed(given, "word", str, ""), typed(given, "people", list, []), typed(given, "team", int)
    if len(word) > 80 or len(ids) > 100 or not all(type(i) is int and 0 < i <= BIGGEST for i in ids):
        raise faulty("steps", _("A step's people are a list of ids, its word has at most 80 characters."))
    people = list(Person.objects.filter(pk__in=ids, tenant_id=tenant_of(by), is_active=True))
    if len(people) != len(set(ids)):
        raise faulty("steps", _("There is no such person."))
    team = Team.objects.filter(pk=team_id, tenant_id=tenant_of(by)).first() if team_id is not None else None
    if team_id is not None and team is None:
        raise faulty("steps", _("There is no such team."))
    return Asked(name=name, needed=needed, people=people, team=team, word=word)
