"""Reviews of major incidents for programs: what they decide, and their reports as they were frozen. Finishing one is a move."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation
from plimsoll.kernel.api.parts import insiders_only, named, person_in
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, day_in, id_of, number_of, person_of, typed
from plimsoll.kernel.api.schemas import ID, MOMENT, TEXT, TRUTH, WHOLE, maybe, ref, thing
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.resolution.majors.models import MajorReview, ReviewDecision, ReviewReport
from plimsoll.resolution.majors.record import REVIEW
from plimsoll.resolution.majors.reporting import content_of, without_the_lead
from plimsoll.resolution.majors.reviewing import decide, is_sound


def _review(request: HttpRequest, number: str) -> tuple[Person, MajorReview]:
    person = person_of(request)
    check_parameters(request)
    found = record_by(REVIEW, person, number_of(REVIEW, number))
    assert isinstance(found, MajorReview)
    return person, found


def _decision(row: ReviewDecision) -> dict[str, Any]:
    return {"id": row.pk, "kind": row.kind, "text": row.text, "owner": named(row.owner), "due_on": row.due_on, "at": row.decided_at}


def list_review_decisions(request: HttpRequest, number: str) -> HttpResponse:
    """What a review decided."""
    _person, review = _review(request, number)
    return answer({"items": [_decision(row) for row in review.decisions.select_related("owner")]})


def add_review_decision(request: HttpRequest, number: str) -> HttpResponse:
    """Enter what a review decides, while it is due or under way."""
    person, review = _review(request, number)
    if not may(person, "majorreview:amend", review):
        raise Refused(sentence(person, "majorreview:amend"))
    body = body_of(request, ("kind", "text", "owner", "due_on"), ("kind", "text"))
    made = decide(
        review,
        kind=typed(body, "kind", str, ""),
        text=typed(body, "text", str, ""),
        owner=person_in(body, "owner", person),
        due_on=day_in(body, "due_on"),
        by=person,
        channel="api",
    )
    return answer(_decision(made), status=201)


def list_reports(request: HttpRequest, number: str) -> HttpResponse:
    """The versions of the report."""
    person, review = _review(request, number)
    insiders_only(person, review)
    return answer({"items": [_head(row) for row in ReviewReport.objects.filter(review=review.pk).select_related("made_by")]})


def _head(row: ReviewReport) -> dict[str, Any]:
    return {
        "number": row.number,
        "made_at": row.made_at,
        "made_by": named(row.made_by),
        "digest": row.digest,
        "is_sound": is_sound(row),
        "redacted_at": row.redacted_at,
    }


def read_report(request: HttpRequest, number: str, report: str) -> HttpResponse:
    """A version of the report, or with `now` what it would say now. Lines of a leading incident that one may not read are left out."""
    person, review = _review(request, number)
    insiders_only(person, review)
    lead = review.major.lead
    is_lead_seen = may(person, "incident:read", lead) and is_inside(person, lead)
    if report == "now":
        return answer({"version": None, "content": without_the_lead(content_of(review, now()), is_seen=is_lead_seen)})
    found = ReviewReport.objects.filter(review=review.pk, number=min(id_of(report), 2**31 - 1)).select_related("made_by").first()
    if found is None:
        raise Http404
    return answer({"version": _head(found), "content": without_the_lead(found.content, is_seen=is_lead_seen)})


_ONE = "/majorreviews/{number}"
REVIEW_SCHEMAS = {
    "ReviewDecision": thing(
        {
            "id": ID,
            "kind": {"enum": [value for value, _label in ReviewDecision.KINDS]},
            "text": TEXT,
            "owner": maybe(ref("Named")),
            "due_on": maybe({"type": "string", "format": "date"}),
            "at": MOMENT,
        }
    ),
    "NewReviewDecision": thing(
        {
            "kind": {"enum": [value for value, _label in ReviewDecision.KINDS]},
            "text": {"type": "string", "minLength": 1, "maxLength": 500},
            "owner": maybe(ID),
            "due_on": maybe({"type": "string", "format": "date"}),
        },
        ("kind", "text"),
    ),
    "ReportVersion": thing(
        {
            "number": WHOLE,
            "made_at": MOMENT,
            "made_by": ref("Named"),
            "digest": {**TEXT, "description": "SHA-256 of what was frozen."},
            "is_sound": {**TRUTH, "description": "It is still what was frozen; false once words were erased from it by order."},
            "redacted_at": maybe(MOMENT),
        }
    ),
    "ReviewReport": thing(
        {"version": maybe(ref("ReportVersion")), "content": {"type": "object", "description": "Facts, figures, timeline, findings and decisions."}}
    ),
}
REVIEW_PARAMETERS = {
    "report": {
        "in": "path",
        "schema": {"type": "string", "pattern": "^(now|[0-9]{1,9})$"},
        "description": "The number of the version, or “now” for what it would say now.",
    }
}
REVIEW_OPERATIONS = (
    Operation("GET", f"{_ONE}/decisions", "list_review_decisions", "What a review decided", (Answer(200, "ReviewDecision[]"),)),
    Operation(
        "POST",
        f"{_ONE}/decisions",
        "add_review_decision",
        "Enter a decision",
        (Answer(201, "ReviewDecision"),),
        (403, 404, 413, 415, 422),
        "NewReviewDecision",
    ),
    Operation("GET", f"{_ONE}/reports", "list_reports", "The versions of the report", (Answer(200, "ReportVersion[]"),)),
    Operation("GET", f"{_ONE}/reports/{{report}}", "read_report", "A version of the report, or the report of now", (Answer(200, "ReviewReport"),)),
)
REVIEW_VIEWS = {view.__name__: view for view in (list_review_decisions, add_review_decision, list_reports, read_report)}
