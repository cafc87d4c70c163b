"""Terms of agreements for programs: read, drafted, put in force, corrected; what a recalculation found; the records that are not counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.agreements.levels.models import Agreement, Exclusion, RecalculationLine, Version
from plimsoll.agreements.levels.operations import begun_from, discard_draft, draft_terms, exclude, include, put_in_force
from plimsoll.agreements.levels.pages.terms_json import TERMS_MEMBERS, TERMS_SCHEMAS, hidden_services, terms_taken, terms_written
from plimsoll.agreements.levels.record import AGREEMENT, RECALCULATION
from plimsoll.agreements.levels.rules import read_terms
from plimsoll.kernel.api.document import Answer
from plimsoll.kernel.api.main import Operation, Room
from plimsoll.kernel.api.problems import faulty
from plimsoll.kernel.api.reading import answer, body_of, check_parameters, id_of, listed, moment_in, nothing, number_of, person_of, typed
from plimsoll.kernel.api.schemas import MOMENT, TEXT, WHOLE, maybe, ref, thing
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.permissions import check, may
from plimsoll.kernel.records.queries import find_by_reference, visible_cards
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card

TIMED = "incident"
MOST_ROWS = 200


def _agreement(request: HttpRequest, number: str, *, known: tuple[str, ...] = ()) -> tuple[Person, Agreement]:
    person = person_of(request)
    check_parameters(request, known)
    found = record_by(AGREEMENT, person, number_of(AGREEMENT, number))
    assert isinstance(found, Agreement)
    return person, found


def _versions(agreement: Agreement, person: Person) -> Any:
    """A draft is shown only to who may change it."""
    rows = agreement.versions.select_related("corrects", "published_by").order_by("number")
    return rows if may(person, "agreement:amend", agreement) else rows.filter(published_at__isnull=False)


def _written(version: Version, person: Person) -> dict[str, Any]:
    return {
        "number": version.number,
        "is_draft": version.published_at is None,
        "started_at": version.started_at,
        "ended_at": version.ended_at,
        "published_at": version.published_at,
        "published_by": {"id": version.published_by_id, "name": str(version.published_by)} if version.published_by else None,
        "corrects": version.corrects.number if version.corrects else None,
        "reason": version.reason,
        "digest": version.digest,
        "terms": terms_written(read_terms(version.terms), person),
    }


def list_versions(request: HttpRequest, number: str) -> HttpResponse:
    """Every version of the terms, the draft too for who may change it."""
    person, agreement = _agreement(request, number)
    return answer({"items": [_written(v, person) for v in _versions(agreement, person)[:MOST_ROWS]]})


def read_version(request: HttpRequest, number: str, version: str) -> HttpResponse:
    """One version of the terms."""
    person, agreement = _agreement(request, number)
    found = _versions(agreement, person).filter(number=id_of(version)).first()
    if found is None:
        raise Http404
    return answer(_written(found, person))


def draft_version(request: HttpRequest, number: str) -> HttpResponse:
    """Write down the terms of the next version, whole; `corrects` names the version that was wrong."""
    person, agreement = _agreement(request, number)
    body = body_of(request, (*TERMS_MEMBERS, "corrects"))
    corrects = None
    if (wrong := typed(body, "corrects", int)) is not None:
        corrects = agreement.versions.filter(number=wrong, published_at__isnull=False).first()
        if corrects is None:
            raise faulty("corrects", _("Only a version that was put in force can be corrected."))
    is_next = "corrects" in body and corrects is None
    kept = begun_from(agreement, corrects)
    terms = terms_taken(body, person)
    if kept is not None:  # what the caller can't see, they can't leave out either
        terms = replace(terms, services=terms.services | hidden_services(read_terms(kept.terms), person))
    made = draft_terms(agreement, terms, by=person, channel="api", corrects=corrects, is_next=is_next)
    return answer(_written(made, person))


def discard_version(request: HttpRequest, number: str) -> HttpResponse:
    """Throw the draft away."""
    person, agreement = _agreement(request, number)
    discard_draft(agreement, by=person, channel="api")
    return nothing()


def publish_version(request: HttpRequest, number: str) -> HttpResponse:
    """Put the draft in force, from now on or from a moment; of a correction with its reason."""
    person, agreement = _agreement(request, number)
    body = body_of(request, ("started_at", "reason"))
    draft = agreement.versions.filter(published_at=None).first()
    if draft is None or not may(person, "agreement:amend", agreement):
        check(person, "agreement:publish", agreement)
        raise faulty("", _("There is no draft."))
    started_at = moment_in(body, "started_at")
    flow = workflow_of(agreement.tenant, TIMED)
    made = put_in_force(draft, started_at=started_at, by=person, channel="api", flow=flow, reason=typed(body, "reason", str, ""))
    return answer(_written(made, person))


def list_lines(request: HttpRequest, number: str) -> HttpResponse:
    """Before and after of a recalculation, a page at a time; with `only=verdicts` those whose verdict changes."""
    person = person_of(request)
    check_parameters(request, ("limit", "cursor", "only"))
    recalculation = record_by(RECALCULATION, person, number_of(RECALCULATION, number))
    rows: Any = RecalculationLine.objects.filter(recalculation=recalculation.pk)
    rows = rows.select_related("card", "before_version__agreement", "after_version__agreement")
    if request.GET.get("only") == "verdicts":
        rows = rows.filter(is_verdict_changed=True)

    def shown(found: list[RecalculationLine]) -> list[dict[str, Any]]:
        keys = {line.card_id for line in found}
        seen = {pk for part in visible_cards(person, Card.objects.filter(pk__in=keys)) for pk in part.values_list("pk", flat=True)}
        return [
            {
                "record": line.card.reference if line.card_id in seen else None,
                "before_agreement": line.before_version.agreement.reference if line.before_version else None,
                "before_version": line.before_version.number if line.before_version else None,
                "after_agreement": line.after_version.agreement.reference if line.after_version else None,
                "after_version": line.after_version.number if line.after_version else None,
                "before": line.before,
                "after": line.after,
                "is_verdict_changed": line.is_verdict_changed,
                "is_applied": line.is_applied,
                "is_left": line.is_left,
            }
            for line in found
        ]

    return listed(request, [rows], "id", shown)


def _exclusion(row: Exclusion, *, is_seen: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "record": row.card.reference if is_seen else None,
        "reason": row.reason if is_seen else "",
        "at": row.made_at,
        "by": {"id": row.made_by_id, "name": str(row.made_by)},
    }


def list_exceptions(request: HttpRequest, number: str) -> HttpResponse:
    """The records that the shares of an agreement do not count."""
    person, agreement = _agreement(request, number, known=("limit", "cursor"))

    def shown(found: list[Exclusion]) -> list[dict[str, Any]]:
        keys = {row.card_id for row in found}
        seen = {pk for part in visible_cards(person, Card.objects.filter(pk__in=keys)) for pk in part.values_list("pk", flat=True)}
        return [_exclusion(row, is_seen=row.card_id in seen) for row in found]

    return listed(request, [agreement.exclusions.select_related("card", "made_by")], "-id", shown)


def add_exception(request: HttpRequest, number: str) -> HttpResponse:
    """Do not count a record, with the reason."""
    person, agreement = _agreement(request, number)
    body = body_of(request, ("record", "reason"), ("record", "reason"))
    card = find_by_reference(person, typed(body, "record", str, "")[:40])
    if card is None:
        check(person, "agreement:amend", agreement)
        raise faulty("record", _("You see no record of that number."))
    made = exclude(agreement, card, reason=typed(body, "reason", str, ""), by=person, channel="api")
    return answer(_exclusion(made, is_seen=True), status=201)


def remove_exception(request: HttpRequest, number: str, exception: str) -> HttpResponse:
    """Count a record again."""
    person, agreement = _agreement(request, number)
    check(person, "agreement:amend", agreement)
    found = Exclusion.objects.select_related("agreement", "card").filter(pk=id_of(exception), agreement=agreement.pk).first()
    if found is None:
        raise Http404
    include(found, by=person, channel="api")
    return nothing()


# What the document says


_NAMED = thing({"id": WHOLE, "name": TEXT})
_SIDE = {"type": "object", "description": "By clock: its state, verdict and moments."}
SCHEMAS = {
    **TERMS_SCHEMAS,
    "AgreementDraft": thing(TERMS_MEMBERS | {"corrects": {**maybe(WHOLE), "description": "The number of the version that was wrong."}}, ()),
    "AgreementStart": thing({"started_at": maybe(MOMENT), "reason": TEXT}, ()),
    "AgreementVersion": thing(
        {
            "number": WHOLE,
            "is_draft": {"type": "boolean"},
            "started_at": maybe(MOMENT),
            "ended_at": maybe(MOMENT),
            "published_at": maybe(MOMENT),
            "published_by": maybe(_NAMED),
            "corrects": maybe(WHOLE),
            "reason": TEXT,
            "digest": TEXT,
            "terms": ref("AgreementTerms"),
        }
    ),
    "RecalculationLine": thing(
        {
            "record": {**maybe(TEXT), "description": "Null: a record that the caller may not see."},
            "before_agreement": maybe(TEXT),
            "before_version": maybe(WHOLE),
            "after_agreement": maybe(TEXT),
            "after_version": maybe(WHOLE),
            "before": _SIDE,
            "after": _SIDE,
            "is_verdict_changed": {"type": "boolean"},
            "is_applied": {"type": "boolean"},
            "is_left": {"type": "boolean", "description": "It changed after the list was made, and was left as it is."},
        }
    ),
    "AgreementException": thing({"id": WHOLE, "record": maybe(TEXT), "reason": TEXT, "at": MOMENT, "by": _NAMED}),
    "NewAgreementException": thing({"record": {**TEXT, "examples": ["INC-1042"]}, "reason": TEXT}),
}
PARAMETERS = {
    "version": {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}, "description": "The number of the version."},
    "exception": {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}, "description": "The id of the exception."},
    "only": {"in": "query", "schema": {"enum": ["verdicts"]}, "description": "Only lines whose verdict changes."},
}
_ONE = "/agreements/{number}"
_BODY = (403, 404, 413, 415, 422)
_VERSION = (Answer(200, "AgreementVersion"),)
ROOM = Room(
    tag="agreements",
    operations=(
        Operation("GET", f"{_ONE}/versions", "list_versions", "The versions of the terms", (Answer(200, "AgreementVersion[]"),)),
        Operation("GET", f"{_ONE}/versions/{{version}}", "read_version", "One version of the terms", _VERSION),
        Operation("PUT", f"{_ONE}/draft", "draft_version", "Draft the terms of the next version", _VERSION, _BODY, body="AgreementDraft"),
        Operation("DELETE", f"{_ONE}/draft", "discard_version", "Throw the draft away", (Answer(204),), (403, 404, 422)),
        Operation("POST", f"{_ONE}/draft/publish", "publish_version", "Put the draft in force", _VERSION, _BODY, body="AgreementStart"),
        Operation(
            "GET",
            f"{_ONE}/exceptions",
            "list_exceptions",
            "The records that are not counted",
            (Answer(200, "AgreementException[]", ("Link",)),),
            parameters=("limit", "cursor"),
        ),
        Operation(
            "POST",
            f"{_ONE}/exceptions",
            "add_exception",
            "Do not count a record",
            (Answer(201, "AgreementException"),),
            _BODY,
            body="NewAgreementException",
        ),
        Operation("DELETE", f"{_ONE}/exceptions/{{exception}}", "remove_exception", "Count a record again", (Answer(204),)),
        Operation(
            "GET",
            "/recalculations/{number}/lines",
            "list_lines",
            "Before and after of a recalculation",
            (Answer(200, "RecalculationLine[]", ("Link",)),),
            parameters=("limit", "cursor", "only"),
        ),
    ),
    views={
        view.__name__: view
        for view in (
            list_versions,
            read_version,
            draft_version,
            discard_version,
            publish_version,
            list_exceptions,
            add_exception,
            remove_exception,
            list_lines,
        )
    },
    schemas=SCHEMAS,
    parameters=PARAMETERS,
)
