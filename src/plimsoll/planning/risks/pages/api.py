"""Treatments of risks for programs; everything else of a risk is its record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.parts import named, person_in
from plimsoll.kernel.api.problems import faulty
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, day_in, id_of, number_of, person_of, typed
from plimsoll.kernel.api.schemas import ID, TEXT, WHOLE, maybe, ref, thing
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.queries import find_by_reference
from plimsoll.kernel.register.models import Card
from plimsoll.planning.risks.models import Risk, Treatment
from plimsoll.planning.risks.operations import end_treatment, judge_treatment, keep_treatment
from plimsoll.planning.risks.panels import treatment_rows
from plimsoll.planning.risks.record import RISK

PLANNED = ("text", "owner", "due_on", "priority", "linked")


def _risk(request: HttpRequest, number: str, *, writes: bool = False) -> tuple[Person, Risk]:
    person = person_of(request)
    check_parameters(request)
    found = record_by(RISK, person, number_of(RISK, number))
    assert isinstance(found, Risk)
    if writes and not may(person, "risk:amend", found):
        raise Refused(sentence(person, "risk:amend"))
    return person, found


def _part(risk: Risk, treatment: str) -> Treatment:
    found = Treatment.objects.filter(pk=id_of(treatment), risk=risk.pk).select_related("risk", "owner").first()
    if found is None:
        raise Http404
    return found


def _told(risk: Risk, person: Person, only: Treatment | None = None) -> list[dict[str, Any]]:
    return [
        {
            "id": row["part"].pk,
            "text": row["part"].text,
            "owner": named(row["part"].owner),
            "due_on": row["part"].due_on,
            "priority": row["part"].priority,
            "state": row["part"].state,
            "linked": row["linked"].reference if row["linked"] else None,
            "done_on": row["part"].done_on,
            "verdict": row["part"].verdict or None,
            "evaluation": row["part"].evaluation,
            "level": row["part"].residual_level,
        }
        for row in treatment_rows(risk, person)
        if only is None or row["part"].pk == only.pk
    ]


def _linked(body: dict[str, Any], person: Person) -> Card | None:
    text = typed(body, "linked", str, "")
    if not text:
        return None
    if (found := find_by_reference(person, text)) is None:
        raise faulty("linked", _("There is no such record."))
    return found


def list_treatments(request: HttpRequest, number: str) -> HttpResponse:
    """What is done about a risk."""
    person, risk = _risk(request, number)
    return answer({"items": _told(risk, person)})


def _keep(person: Person, risk: Risk, body: dict[str, Any], treatment: Treatment | None) -> Treatment:
    return keep_treatment(
        risk,
        text=typed(body, "text", str, ""),
        owner=person_in(body, "owner", person),
        due_on=day_in(body, "due_on"),
        priority=typed(body, "priority", int, 2),
        linked=_linked(body, person),
        treatment=treatment,
        by=person,
        channel="api",
    )


def add_treatment(request: HttpRequest, number: str) -> HttpResponse:
    """Plan a treatment."""
    person, risk = _risk(request, number, writes=True)
    made = _keep(person, risk, body_of(request, PLANNED, ("text", "owner", "due_on")), None)
    return answer(_told(risk, person, made)[0], status=201)


def change_treatment(request: HttpRequest, number: str, treatment: str) -> HttpResponse:
    """Change a treatment that is still to do; what is left out becomes empty."""
    person, risk = _risk(request, number, writes=True)
    kept = _keep(person, risk, body_of(request, PLANNED, ("text", "owner", "due_on")), _part(risk, treatment))
    return answer(_told(risk, person, kept)[0])


def finish_treatment(request: HttpRequest, number: str, treatment: str) -> HttpResponse:
    """A treatment is done."""
    person, risk = _risk(request, number, writes=True)
    body = body_of(request, ("on",))
    kept = end_treatment(_part(risk, treatment), is_done=True, on=day_in(body, "on"), by=person, channel="api")
    return answer(_told(risk, person, kept)[0])


def drop_treatment(request: HttpRequest, number: str, treatment: str) -> HttpResponse:
    """A treatment is dropped, for a reason."""
    person, risk = _risk(request, number, writes=True)
    body = body_of(request, ("reason",), ("reason",))
    kept = end_treatment(_part(risk, treatment), is_done=False, reason=typed(body, "reason", str, ""), by=person, channel="api")
    return answer(_told(risk, person, kept)[0])


def judge_one(request: HttpRequest, number: str, treatment: str) -> HttpResponse:
    """Say whether a treatment worked."""
    person, risk = _risk(request, number, writes=True)
    body = body_of(request, ("verdict", "evaluation", "level"), ("verdict", "evaluation"))
    kept = judge_treatment(
        _part(risk, treatment),
        verdict=typed(body, "verdict", str, ""),
        evaluation=typed(body, "evaluation", str, ""),
        level=typed(body, "level", int),
        by=person,
        channel="api",
    )
    return answer(_told(risk, person, kept)[0])


_DAY = {"type": "string", "format": "date"}
_WORDS = {"type": "string", "minLength": 1, "maxLength": 500}
_PRIORITY = {"enum": [value for value, _label in Treatment.PRIORITIES]}
_VERDICT = {"enum": [value for value, _label in Treatment.VERDICTS if value]}
_ALL, _ONE = "/risks/{number}/treatments", "/risks/{number}/treatments/{treatment}"
_BODY = (403, 404, 413, 415, 422)
_KEPT = (Answer(200, "Treatment"),)
ROOM = Room(
    tag="risks",
    operations=(
        Operation("GET", _ALL, "list_treatments", "What is done about a risk", (Answer(200, "Treatment[]"),)),
        Operation("POST", _ALL, "add_treatment", "Plan a treatment", (Answer(201, "Treatment"),), _BODY, "NewTreatment"),
        Operation("PUT", _ONE, "change_treatment", "Change a treatment", _KEPT, _BODY, "NewTreatment"),
        Operation("POST", f"{_ONE}/finish", "finish_treatment", "A treatment is done", _KEPT, _BODY, "TreatmentDone"),
        Operation("POST", f"{_ONE}/drop", "drop_treatment", "Drop a treatment", _KEPT, _BODY, "TreatmentDropped"),
        Operation("POST", f"{_ONE}/judge", "judge_one", "Say whether a treatment worked", _KEPT, _BODY, "TreatmentJudged"),
    ),
    views={view.__name__: view for view in (list_treatments, add_treatment, change_treatment, finish_treatment, drop_treatment, judge_one)},
    schemas={
        "Treatment": thing(
            {
                "id": ID,
                "text": TEXT,
                "owner": maybe(ref("Named")),
                "due_on": _DAY,
                "priority": _PRIORITY,
                "state": {"enum": [value for value, _label in Treatment.STATES]},
                "linked": maybe({**TEXT, "description": "The reference of the record that carries it out, for whoever may see it."}),
                "done_on": maybe(_DAY),
                "verdict": maybe(_VERDICT),
                "evaluation": TEXT,
                "level": maybe(WHOLE),
            }
        ),
        "NewTreatment": thing(
            {"text": _WORDS, "owner": ID, "due_on": _DAY, "priority": _PRIORITY, "linked": maybe(TEXT)}, ("text", "owner", "due_on")
        ),
        "TreatmentDone": thing({"on": maybe(_DAY)}),
        "TreatmentDropped": thing({"reason": _WORDS}, ("reason",)),
        "TreatmentJudged": thing({"verdict": _VERDICT, "evaluation": _WORDS, "level": maybe(WHOLE)}, ("verdict", "evaluation")),
    },
    parameters={"treatment": {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}, "description": "The id of the treatment."}},
)
