"""Major incidents for programs: declaring, the room's roles, updates, notes, steps, who was told and who is affected. Ending one is a move."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.parts import comment_form, insiders_only, named, person_in
from plimsoll.kernel.api.problems import BASE, faulty
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, id_of, listed, moment_in, number_of, person_of, tenant_of, typed
from plimsoll.kernel.api.schemas import names_of
from plimsoll.kernel.api.shapes import record_by, shown
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.text import BIGGEST
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.record import INCIDENT
from plimsoll.resolution.majors.models import MajorIncident, MajorProposal, MajorUpdate, ProcedureStep, ToldTop
from plimsoll.resolution.majors.operations import ROLES, affect, inform_top, note_down, send_update, spare, take_role, tick_step
from plimsoll.resolution.majors.pages.review_api import REVIEW_OPERATIONS, REVIEW_VIEWS
from plimsoll.resolution.majors.pages.room_schemas import PARAMETERS, SCHEMAS
from plimsoll.resolution.majors.panels import may_declare
from plimsoll.resolution.majors.proposing import declare_major, decline
from plimsoll.resolution.majors.queries import (
    DECLARE,
    FOLLOW,
    PublicMajor,
    affected_organizations,
    clocks_of,
    informed_since,
    manager_since,
    may_follow,
    open_majors_for,
    recent_majors_for,
)
from plimsoll.resolution.majors.record import MAJOR
from plimsoll.resolution.majors.reporting import timeline_of

CHANNEL = "api"
PAGED = ("limit", "cursor")


def _major(request: HttpRequest, number: str, *, known: tuple[str, ...] = ()) -> tuple[Person, MajorIncident]:
    """The room is for those who handle it; others read the record."""
    person = person_of(request)
    check_parameters(request, known)
    found = record_by(MAJOR, person, number_of(MAJOR, number))
    assert isinstance(found, MajorIncident)
    insiders_only(person, found)
    found.lead.tenant = found.tenant
    return person, found


def _incident(request: HttpRequest, number: str) -> tuple[Person, Incident]:
    person = person_of(request)
    check_parameters(request)
    found = record_by(INCIDENT, person, number_of(INCIDENT, number))
    assert isinstance(found, Incident)
    if not may_declare(found, person):
        raise Refused(sentence(person, DECLARE))
    return person, found


# Declaring


def _proposal(row: MajorProposal) -> dict[str, Any]:
    return {
        "criterion": row.criterion,
        "words": row.words,
        "at": row.at,
        "decided_at": row.decided_at,
        "decided_by": named(row.decided_by),
        "reason": row.reason,
        "major": row.major.reference if row.major else None,
    }


def list_major_proposals(request: HttpRequest, number: str) -> HttpResponse:
    """By which criteria an incident was proposed as a major one, and what was decided."""
    _person, incident = _incident(request, number)
    rows = MajorProposal.objects.filter(incident=incident.pk).select_related("decided_by", "major")
    return answer({"items": [_proposal(row) for row in rows]})


def declare_one(request: HttpRequest, number: str) -> HttpResponse:
    """Declare an incident a major one; without an open proposal with the reason."""
    person, incident = _incident(request, number)
    body = body_of(request, ("reason", "title", "owner", "began_at"))
    made = declare_major(
        incident,
        by=person,
        channel=CHANNEL,
        reason=typed(body, "reason", str, ""),
        title=typed(body, "title", str, ""),
        owner=person_in(body, "owner", person),
        began_at=moment_in(body, "began_at"),
    )
    return answer(shown(made, MAJOR, person), status=201, location=f"{BASE}/majors/{made.number}")


def decline_one(request: HttpRequest, number: str) -> HttpResponse:
    """Say why an incident that was proposed is no major one."""
    person, incident = _incident(request, number)
    body = body_of(request, ("reason",), ("reason",))
    return answer(_proposal(decline(incident, reason=typed(body, "reason", str, ""), by=person, channel=CHANNEL)))


# The room


def read_room(request: HttpRequest, number: str) -> HttpResponse:
    """Roles, clocks, the procedure, who was told and who is affected."""
    _person, major = _major(request, number)
    people = {p.pk: p for p in Person.objects.filter(pk__in=[getattr(major, f"{name}_id") for name in ROLES])}
    clocks = clocks_of(major, manager_at=manager_since([major]).get(major.pk), informed_at=informed_since([major]).get(major.pk))
    moment = now()
    return answer(
        {
            "roles": {name: named(people.get(getattr(major, f"{name}_id"))) for name in ROLES},
            "clocks": [
                {"name": c.name, "due_at": c.due_at, "done_at": c.done_at, "is_late": c.is_late(c.done_at or moment)} for c in clocks.values()
            ],
            "steps": [_step(s) for s in ProcedureStep.objects.filter(major=major.pk).select_related("done_by")],
            "told": [_told(t) for t in ToldTop.objects.filter(major=major.pk).select_related("person")],
            "affected": [{"id": o.pk, "name": o.name} for o in affected_organizations(major)],
        }
    )


def set_role(request: HttpRequest, number: str, role: str) -> HttpResponse:
    """Take a role, or give it to somebody (`person`). With a manager the handling begins."""
    person, major = _major(request, number)
    body = body_of(request, ("person",))
    if role not in ROLES:
        raise Http404
    kept = take_role(major, role, by=person, channel=CHANNEL, person=person_in(body, "person", person))
    return answer(shown(kept, MAJOR, person))


def _update(row: MajorUpdate) -> dict[str, Any]:
    return {
        "id": row.pk,
        "audience": row.audience,
        "text": "" if row.comment.redacted_at else row.comment.text,
        "is_redacted": row.comment.redacted_at is not None,
        "author": named(row.comment.author),
        "at": row.at,
        "was_due_at": row.was_due_at,
        "next_due_at": row.next_due_at,
    }


def list_updates(request: HttpRequest, number: str) -> HttpResponse:
    """What people were told, for whom, and when it had been due."""
    _person, major = _major(request, number, known=PAGED)
    rows = MajorUpdate.objects.filter(major=major.pk).select_related("comment__author")
    return listed(request, [rows], "id", lambda found: [_update(row) for row in found])


def add_update(request: HttpRequest, number: str) -> HttpResponse:
    """Tell people where it stands; the clock of the next update begins anew."""
    person, major = _major(request, number)
    body = body_of(request, ("text", "audience", "next_due_at"), ("text", "audience"))
    made = send_update(
        major,
        text=typed(body, "text", str, ""),
        audience=typed(body, "audience", str, ""),
        next_due_at=moment_in(body, "next_due_at"),
        by=person,
        channel=CHANNEL,
    )
    return answer(_update(made), status=201)


def add_note(request: HttpRequest, number: str) -> HttpResponse:
    """A note of the scribe, perhaps of some minutes ago."""
    person, major = _major(request, number)
    body = body_of(request, ("text", "at"), ("text",))
    return answer(comment_form(note_down(major, text=typed(body, "text", str, ""), by=person, channel=CHANNEL, at=moment_in(body, "at"))), status=201)


def _step(row: ProcedureStep) -> dict[str, Any]:
    return {
        "position": row.position,
        "text": row.text,
        "is_done": row.done_at is not None,
        "done_at": row.done_at,
        "done_by": named(row.done_by),
    }


def tick_one_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Tick a step of the procedure off, or take the tick back."""
    person, major = _major(request, number)
    found = ProcedureStep.objects.filter(major=major.pk, position=min(id_of(step), 2**31 - 1)).first()
    if found is None:
        raise Http404
    body = body_of(request, ("is_done",), ("is_done",))
    return answer(_step(tick_step(found, major, is_done=typed(body, "is_done", bool, False), by=person, channel=CHANNEL)))


def _told(row: ToldTop) -> dict[str, Any]:
    return {"person": named(row.person), "how": row.how, "at": row.at}


def add_told(request: HttpRequest, number: str) -> HttpResponse:
    """Write down that top management was told in another way than by notice."""
    person, major = _major(request, number)
    body = body_of(request, ("how",), ("how",))
    return answer(_told(inform_top(major, how=typed(body, "how", str, ""), by=person, channel=CHANNEL)), status=201)


def add_affected(request: HttpRequest, number: str) -> HttpResponse:
    """Name a customer that is affected beside those of the service."""
    person, major = _major(request, number)
    body = body_of(request, ("organization",), ("organization",))
    key = typed(body, "organization", int, 0)
    found = Organization.objects.filter(pk=key, tenant=tenant_of(person)).first() if 0 < key <= BIGGEST else None
    if found is None:
        if not may(person, "majorincident:inform", major):
            raise Refused(sentence(person, "majorincident:inform"))
        raise faulty("organization", _("There is no such organisation."))
    affect(major, [found], by=person, channel=CHANNEL)
    return answer({"items": [{"id": o.pk, "name": o.name} for o in affected_organizations(major)]})


def remove_affected(request: HttpRequest, number: str, organization: str) -> HttpResponse:
    """Take a customer off again that was named."""
    person, major = _major(request, number)
    found = Organization.objects.filter(pk=id_of(organization), tenant=tenant_of(person)).first()
    if found is None:
        raise Http404
    spare(major, found, by=person, channel=CHANNEL)
    return answer({"items": [{"id": o.pk, "name": o.name} for o in affected_organizations(major)]})


def read_timeline(request: HttpRequest, number: str) -> HttpResponse:
    """What happened, oldest first: of the major incident, and of its leading incident for whoever sees that from inside."""
    person, major = _major(request, number)
    is_lead_seen = may(person, "incident:read", major.lead) and is_inside(person, major.lead)
    return answer(
        {
            "items": [
                {"at": h.at, "recorded_at": h.recorded_at, "record": h.ref, "who": h.who, "what": h.what, "text": h.text, "kind": h.kind}
                for h in timeline_of(major, with_lead=is_lead_seen)
            ]
        }
    )


# What customers read


def _public(major: PublicMajor) -> dict[str, Any]:
    return {
        "reference": major.reference or None,
        "headline": major.headline,
        "service": major.service,
        "began_at": major.began_at,
        "restored_at": major.restored_at,
        "next_update_at": major.next_update_at,
        "texts": [{"at": said.at, "text": said.text} for said in major.texts],
    }


def read_status(request: HttpRequest) -> HttpResponse:
    """What is disrupted now and what was lately, as the status page says it."""
    person = person_of(request)
    check_parameters(request)
    if not may_follow(person):
        raise Refused(sentence(person, FOLLOW))
    return answer({"running": [_public(m) for m in open_majors_for(person)], "lately": [_public(m) for m in recent_majors_for(person)]})


# What the document says

_WHOLE = names_of(MAJOR)[0]
_RECORD = (Answer(200, _WHOLE),)
_ONE, _LEAD = "/majors/{number}", "/incidents/{number}/major"
_BODY = (403, 404, 413, 415, 422)
ROOM = Room(
    tag="major incidents",
    operations=(
        Operation("GET", f"{_LEAD}/proposals", "list_major_proposals", "Its proposals as a major one", (Answer(200, "MajorProposal[]"),)),
        Operation(
            "POST",
            f"{_LEAD}/declare",
            "declare_one",
            "Declare it a major one",
            (Answer(201, _WHOLE, ("Location",)),),
            _BODY,
            "MajorDeclaration",
        ),
        Operation("POST", f"{_LEAD}/decline", "decline_one", "Say why it is none", (Answer(200, "MajorProposal"),), _BODY, "MajorDecline"),
        Operation("GET", f"{_ONE}/room", "read_room", "Roles, clocks, steps, who was told and is affected", (Answer(200, "MajorRoom"),)),
        Operation("PUT", f"{_ONE}/roles/{{role}}", "set_role", "Take or give a role", _RECORD, (*_BODY, 409), "MajorRoleChange"),
        Operation("GET", f"{_ONE}/updates", "list_updates", "What people were told", (Answer(200, "MajorUpdate[]", ("Link",)),), parameters=PAGED),
        Operation("POST", f"{_ONE}/updates", "add_update", "Tell people where it stands", (Answer(201, "MajorUpdate"),), _BODY, "NewMajorUpdate"),
        Operation("POST", f"{_ONE}/notes", "add_note", "Note what happened", (Answer(201, "Comment"),), _BODY, "NewMajorNote"),
        Operation("PUT", f"{_ONE}/steps/{{step}}", "tick_one_step", "Tick a step off, or back", (Answer(200, "MajorStep"),), _BODY, "Tick"),
        Operation("POST", f"{_ONE}/told", "add_told", "Note that top management was told", (Answer(201, "MajorTold"),), _BODY, "NewMajorTold"),
        Operation("POST", f"{_ONE}/affected", "add_affected", "Name an affected customer", (Answer(200, "Named[]"),), _BODY, "NewAffected"),
        Operation(
            "DELETE", f"{_ONE}/affected/{{organization}}", "remove_affected", "Take a named customer off", (Answer(200, "Named[]"),), (403, 404, 422)
        ),
        Operation("GET", f"{_ONE}/timeline", "read_timeline", "What happened, oldest first", (Answer(200, "MajorHappening[]"),)),
        *REVIEW_OPERATIONS,
        Operation("GET", "/status", "read_status", "What is disrupted, as customers are told", (Answer(200, "MajorStatus"),), (403,)),
    ),
    views={
        **REVIEW_VIEWS,
        **{
            view.__name__: view
            for view in (
                list_major_proposals,
                declare_one,
                decline_one,
                read_room,
                set_role,
                list_updates,
                add_update,
                add_note,
                tick_one_step,
                add_told,
                add_affected,
                remove_affected,
                read_timeline,
                read_status,
            )
        },
    },
    schemas=SCHEMAS,
    parameters=PARAMETERS,
)
