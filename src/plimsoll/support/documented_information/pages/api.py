"""The claims of documents for programs: how each stands now, by which records."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.parts import insiders_only
from plimsoll.kernel.api.reading import answer, check_parameters, number_of, person_of
from plimsoll.kernel.api.schemas import ID, TEXT, WHOLE, Schema, maybe, thing
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.documents.claiming import claims_in_force, claims_of
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.queries import version_in_force
from plimsoll.kernel.documents.record import DOCUMENT

OFFENDER: Schema = thing({"record": TEXT, "kind": TEXT, "id": ID, "href": maybe(TEXT), "why": TEXT})
CLAIM: Schema = thing(
    {
        "claim": {**TEXT, "description": "The kind with its parameters, “agreements.reviewed?months=12”."},
        "words": TEXT,
        "version": {**TEXT, "description": "“draft”, or the number of the version in force that makes the claim."},
        "line": maybe(WHOLE),
        "standing": {"enum": ["holds", "contradicted", "nothing", "gone"]},
        "counted": WHOLE,
        "offenders": {"type": "array", "items": OFFENDER},
    }
)


def list_document_claims(request: HttpRequest, number: str) -> HttpResponse:
    """The claims of the version in force as they stand now, then those of the draft where one is written."""
    person = person_of(request)
    check_parameters(request)
    document = record_by(DOCUMENT, person, number_of(DOCUMENT, number))
    assert isinstance(document, Document)
    insiders_only(person, document)
    version = version_in_force(document)
    rows: list[dict[str, Any]] = []
    if version is not None:
        rows += [{**one.as_json(), "version": version.number} for one in claims_in_force(version)]
    if document.state in ("draft", "in_review"):
        rows += [{**one.as_json(), "version": "draft"} for one in claims_of(document)]
    return answer({"items": rows})


LISTING = Operation(
    "GET", "/documents/{number}/claims", "list_document_claims", "The claims of this document, and how each stands now", (Answer(200, "Claim[]"),)
)
ROOM = Room("documents", (LISTING,), {"list_document_claims": list_document_claims}, {"Claim": CLAIM}, {})
