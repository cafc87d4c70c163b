"""Actions and measurements of objectives for programs; everything else of an objective is its record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.parts import named, person_in
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, day_in, id_of, number_of, person_of, typed
from plimsoll.kernel.api.schemas import ID, MOMENT, TEXT, maybe, ref, thing
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.permissions import may
from plimsoll.planning.objectives.models import Measurement, Objective, ObjectiveAction
from plimsoll.planning.objectives.operations import end_action, keep_action, measure
from plimsoll.planning.objectives.record import OBJECTIVE
from plimsoll.planning.objectives.rules import plain

PLANNED = ("text", "owner", "due_on", "resources")


def _objective(request: HttpRequest, number: str, word: str = "") -> tuple[Person, Objective]:
    person = person_of(request)
    check_parameters(request)
    found = record_by(OBJECTIVE, person, number_of(OBJECTIVE, number))
    assert isinstance(found, Objective)
    if word and not may(person, word, found):
        raise Refused(sentence(person, word))
    return person, found


def _action(objective: Objective, action: str) -> ObjectiveAction:
    found = ObjectiveAction.objects.filter(pk=id_of(action), objective=objective.pk).select_related("objective", "owner").first()
    if found is None:
        raise Http404
    return found


def _of_action(row: ObjectiveAction) -> dict[str, Any]:
    return {
        "id": row.pk,
        "text": row.text,
        "owner": named(row.owner),
        "due_on": row.due_on,
        "resources": row.resources,
        "state": row.state,
        "done_on": row.done_on,
    }


def _of_measurement(row: Measurement) -> dict[str, Any]:
    return {
        "id": row.pk,
        "value": plain(row.value),
        "on": row.measured_on,
        "by": named(row.made_by),
        "at": row.made_at,
        "note": row.note,
        "corrects": row.corrects_id,
        "reason": row.reason,
    }


def list_actions(request: HttpRequest, number: str) -> HttpResponse:
    """By what an objective is to be reached."""
    _person, objective = _objective(request, number)
    return answer({"items": [_of_action(row) for row in objective.actions.select_related("owner")]})


def _keep(person: Person, objective: Objective, body: dict[str, Any], action: ObjectiveAction | None) -> ObjectiveAction:
    return keep_action(
        objective,
        text=typed(body, "text", str, ""),
        owner=person_in(body, "owner", person),
        due_on=day_in(body, "due_on"),
        resources=typed(body, "resources", str, ""),
        action=action,
        by=person,
        channel="api",
    )


def add_action(request: HttpRequest, number: str) -> HttpResponse:
    """Plan an action."""
    person, objective = _objective(request, number, "objective:amend")
    return answer(_of_action(_keep(person, objective, body_of(request, PLANNED, ("text", "owner", "due_on")), None)), status=201)


def change_action(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Change an action that is still to do; what is left out becomes empty."""
    person, objective = _objective(request, number, "objective:amend")
    body = body_of(request, PLANNED, ("text", "owner", "due_on"))
    return answer(_of_action(_keep(person, objective, body, _action(objective, action))))


def finish_action(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """An action is done."""
    person, objective = _objective(request, number, "objective:amend")
    body = body_of(request, ("on",))
    return answer(_of_action(end_action(_action(objective, action), is_done=True, on=day_in(body, "on"), by=person, channel="api")))


def drop_action(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """An action is dropped, for a reason."""
    person, objective = _objective(request, number, "objective:amend")
    body = body_of(request, ("reason",), ("reason",))
    kept = end_action(_action(objective, action), is_done=False, reason=typed(body, "reason", str, ""), by=person, channel="api")
    return answer(_of_action(kept))


def list_measurements(request: HttpRequest, number: str) -> HttpResponse:
    """What was measured, oldest first; what was wrong stands beside what replaced it."""
    _person, objective = _objective(request, number)
    return answer({"items": [_of_measurement(row) for row in objective.measurements.select_related("made_by")]})


def add_measurement(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what was measured; with `corrects` and a reason in the place of one that was wrong."""
    person, objective = _objective(request, number, "objective:measure")
    body = body_of(request, ("value", "on", "note", "corrects", "reason"), ("value", "on"))
    corrects = None
    if (key := typed(body, "corrects", int)) is not None:
        corrects = Measurement.objects.filter(pk=min(max(key, 0), 2**62), objective=objective.pk).first()
        if corrects is None:
            raise Http404
    made = measure(
        objective,
        value=typed(body, "value", str, ""),
        on=day_in(body, "on"),
        note=typed(body, "note", str, ""),
        corrects=corrects,
        reason=typed(body, "reason", str, ""),
        by=person,
        channel="api",
    )
    return answer(_of_measurement(made), status=201)


_DAY = {"type": "string", "format": "date"}
_WORDS = {"type": "string", "minLength": 1, "maxLength": 500}
_NUMBER = {
    "type": "string",
    "pattern": "^[+-]?[0-9]{1,12}([.,][0-9]{1,4})?$",
    "description": "A number as text, so that nothing is rounded.",
    "examples": ["95", "4.2"],
}
_ACTIONS, _ONE = "/objectives/{number}/actions", "/objectives/{number}/actions/{action}"
_BODY = (403, 404, 413, 415, 422)
_KEPT = (Answer(200, "ObjectiveAction"),)
ROOM = Room(
    tag="objectives",
    operations=(
        Operation("GET", _ACTIONS, "list_actions", "By what it is to be reached", (Answer(200, "ObjectiveAction[]"),)),
        Operation("POST", _ACTIONS, "add_action", "Plan an action", (Answer(201, "ObjectiveAction"),), _BODY, "NewObjectiveAction"),
        Operation("PUT", _ONE, "change_action", "Change an action", _KEPT, _BODY, "NewObjectiveAction"),
        Operation("POST", f"{_ONE}/finish", "finish_action", "An action is done", _KEPT, _BODY, "ObjectiveActionDone"),
        Operation("POST", f"{_ONE}/drop", "drop_action", "Drop an action", _KEPT, _BODY, "ObjectiveActionDropped"),
        Operation("GET", "/objectives/{number}/measurements", "list_measurements", "What was measured", (Answer(200, "Measurement[]"),)),
        Operation(
            "POST",
            "/objectives/{number}/measurements",
            "add_measurement",
            "Write down what was measured",
            (Answer(201, "Measurement"),),
            _BODY,
            "NewMeasurement",
        ),
    ),
    views={view.__name__: view for view in (list_actions, add_action, change_action, finish_action, drop_action, list_measurements, add_measurement)},
    schemas={
        "ObjectiveAction": thing(
            {
                "id": ID,
                "text": TEXT,
                "owner": maybe(ref("Named")),
                "due_on": _DAY,
                "resources": TEXT,
                "state": {"enum": [value for value, _label in ObjectiveAction.STATES]},
                "done_on": maybe(_DAY),
            }
        ),
        "NewObjectiveAction": thing(
            {"text": _WORDS, "owner": ID, "due_on": _DAY, "resources": {"type": "string", "maxLength": 250}}, ("text", "owner", "due_on")
        ),
        "ObjectiveActionDone": thing({"on": maybe(_DAY)}),
        "ObjectiveActionDropped": thing({"reason": _WORDS}, ("reason",)),
        "Measurement": thing(
            {
                "id": ID,
                "value": _NUMBER,
                "on": _DAY,
                "by": maybe(ref("Named")),
                "at": MOMENT,
                "note": TEXT,
                "corrects": maybe(ID),
                "reason": TEXT,
            }
        ),
        "NewMeasurement": thing(
            {
                "value": _NUMBER,
                "on": _DAY,
                "note": {"type": "string", "maxLength": 500},
                "corrects": maybe(ID),
                "reason": {"type": "string", "maxLength": 500},
            },
            ("value", "on"),
        ),
    },
    parameters={"action": {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}, "description": "The id of the action."}},
)
