"""Who takes part in a training, for programs; everything else of it is its record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.parts import insiders_only, named, person_in
from plimsoll.kernel.api.problems import faulty
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, day_in, id_of, nothing, number_of, person_of, typed
from plimsoll.kernel.api.schemas import ID, TRUTH, maybe, ref, thing
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.permissions import may
from plimsoll.support.competence.models import LEVELS, PROOFS, Participant, Training
from plimsoll.support.competence.operations import name_participants, note_participation, remove_participant, write_qualifications
from plimsoll.support.competence.record import TRAINING


def _training(request: HttpRequest, number: str, *, is_writing: bool = False) -> tuple[Person, Training]:
    person = person_of(request)
    check_parameters(request)
    found = record_by(TRAINING, person, number_of(TRAINING, number))
    assert isinstance(found, Training)
    insiders_only(person, found)
    if is_writing and not may(person, "training:amend", found):
        raise Refused(sentence(person, "training:amend"))
    return person, found


def _participant(training: Training, key: str) -> Participant:
    found = Participant.objects.filter(pk=id_of(key), training=training.pk).select_related("training", "person").first()
    if found is None:
        raise Http404
    return found


def _told(row: Participant) -> dict[str, Any]:
    return {"id": row.pk, "person": named(row.person), "took_part": row.took_part}


def list_participants(request: HttpRequest, number: str) -> HttpResponse:
    """For whom a training is, and who took part."""
    _person, training = _training(request, number)
    return answer({"items": [_told(row) for row in training.participants.select_related("person")]})


def name_participant(request: HttpRequest, number: str) -> HttpResponse:
    """Name somebody; who is named already stays as they are."""
    person, training = _training(request, number, is_writing=True)
    who = person_in(body_of(request, ("person",), ("person",)), "person", person)
    if who is None:
        raise faulty("person", _("There is no such person."))
    name_participants(training, [who], by=person, channel="api")
    return answer(_told(Participant.objects.select_related("person").get(training=training.pk, person=who)), status=201)


def note_participant(request: HttpRequest, number: str, participant: str) -> HttpResponse:
    """Note whether somebody took part."""
    person, training = _training(request, number, is_writing=True)
    row = _participant(training, participant)
    took = typed(body_of(request, ("took_part",), ("took_part",)), "took_part", bool, False)
    note_participation(training, {row.person_id: took}, by=person, channel="api")
    return answer(_told(_participant(training, participant)))


def drop_participant(request: HttpRequest, number: str, participant: str) -> HttpResponse:
    """Take somebody off the list."""
    person, training = _training(request, number, is_writing=True)
    remove_participant(_participant(training, participant), by=person, channel="api")
    return nothing()


def qualify_participants(request: HttpRequest, number: str) -> HttpResponse:
    """Enter what those who took part can show now, for all of them."""
    person, training = _training(request, number, is_writing=True)
    body = body_of(request, ("level", "proof", "expires_on"), ("level", "proof"))
    made = write_qualifications(
        training,
        level=typed(body, "level", int, 0),
        proof=typed(body, "proof", str, ""),
        expires_on=day_in(body, "expires_on"),
        by=person,
        channel="api",
    )
    return answer({"made": [q.reference for q in made]}, status=201)


_MANY, _ONE = "/training/{number}/participants", "/training/{number}/participants/{participant}"
_BODY = (403, 404, 413, 415, 422)
ROOM = Room(
    tag="training",
    operations=(
        Operation("GET", _MANY, "list_participants", "For whom it is", (Answer(200, "Participant[]"),)),
        Operation("POST", _MANY, "name_participant", "Name somebody", (Answer(201, "Participant"),), _BODY, "NewParticipant"),
        Operation("PATCH", _ONE, "note_participant", "Note whether somebody took part", (Answer(200, "Participant"),), _BODY, "TookPart"),
        Operation("DELETE", _ONE, "drop_participant", "Take somebody off the list", (Answer(204),), (403, 404, 422)),
        Operation(
            "POST",
            "/training/{number}/qualifications",
            "qualify_participants",
            "Enter what those who took part can show",
            (Answer(201, "QualificationsMade"),),
            _BODY,
            "NewQualifications",
        ),
    ),
    views={v.__name__: v for v in (list_participants, name_participant, note_participant, drop_participant, qualify_participants)},
    schemas={
        "Participant": thing({"id": ID, "person": maybe(ref("Named")), "took_part": maybe(TRUTH)}),
        "NewParticipant": thing({"person": ID}, ("person",)),
        "TookPart": thing({"took_part": TRUTH}, ("took_part",)),
        "NewQualifications": thing(
            {
                "level": {"type": "integer", "minimum": 1, "maximum": len(LEVELS)},
                "proof": {"enum": [value for value, _label in PROOFS]},
                "expires_on": maybe({"type": "string", "format": "date"}),
            },
            ("level", "proof"),
        ),
        "QualificationsMade": thing({"made": {"type": "array", "items": {"type": "string"}}}),
    },
    parameters={"participant": {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}, "description": "The id of the participant."}},
)
