"""The OpenAPI 3.1 document: what the table of operations says, put into ninja's. Nothing here runs per request but for the document itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from plimsoll.kernel.api import saved_views, schemas
from plimsoll.kernel.api.problems import KINDS
from plimsoll.kernel.records.declaration import RecordType


@dataclass(frozen=True)
class Answer:
    """An answer: its status, its schema (`Name`, `Name[]` for a page of them, empty for no body), its headers."""

    status: int
    schema: str = ""
    headers: tuple[str, ...] = ()
    media: str = "application/json"


ALWAYS = (400, 401, 405, 406, 429, 500)
HEADERS = {
    "ETag": "The version, in quotes. Send it back as If-Match.",
    "Link": 'The pages before and after (RFC 8288): rel="prev" and rel="next"; left out where there is none.',
    "Location": "The address of what was made.",
    "Content-Disposition": "Always attachment, with the file's name.",
    "WWW-Authenticate": "Bearer.",
    "Retry-After": "Seconds to wait.",
    "Allow": "The methods that are.",
}
_PROBLEM_HEADERS = {401: ("WWW-Authenticate",), 405: ("Allow",), 412: ("ETag",), 429: ("Retry-After",)}
_TEXT = {"type": "string"}
PARAMETERS: dict[str, dict[str, Any]] = {
    "number": {
        "in": "path",
        "schema": {"type": "string", "pattern": "^([A-Za-z]{1,10}-)?[0-9]{1,9}$", "examples": ["1042"]},
        "description": "The number, 1042, or the reference, INC-1042.",
    },
    "move_name": {"in": "path", "schema": {"type": "string", "minLength": 1}, "description": "A move of the workflow, as GET /kinds lists them."},
    "link": {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}, "description": "The id of the link."},
    "attachment": {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}, "description": "The id of the attachment."},
    "item": {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}, "description": "The id of the thing to tick."},
    "view": {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}, "description": "The id of the saved view."},
    "approval": {"in": "path", "schema": {"type": "string", "pattern": "^[0-9]{1,18}$"}, "description": "The id of the decision."},
    "who": {"in": "path", "schema": {"type": "string", "pattern": "^(me|[0-9]{1,18})$"}, "description": "“me”, or a person's id."},
    "limit": {"in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "description": "Rows on a page."},
    "cursor": {"in": "query", "schema": _TEXT, "description": "The page mark, from the Link header of the page before."},
    "fields": {"in": "query", "schema": _TEXT, "description": "Only these members, with commas: reference,title,state."},
    "q": {"in": "query", "schema": {"type": "string", "maxLength": 200}, "description": "Part of the name."},
    "If-Match": {
        "in": "header",
        "schema": _TEXT,
        "description": "The ETag that was read. When the record is no longer at it: 412 with the record as it is.",
    },
    "If-None-Match": {"in": "header", "schema": _TEXT, "description": "ETags that the caller has; 304 when one still holds."},
    "Idempotency-Key": {
        "in": "header",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
        "description": "Any text, new for each new record. Sent twice with the same body, one record is made and answered twice.",
    },
}


def _header(names: Sequence[str]) -> dict[str, Any]:
    return {name: {"description": HEADERS[name], "schema": _TEXT} for name in names}


def _problem(status: int) -> dict[str, Any]:
    kinds = [k for k in KINDS.values() if k.status == status]
    found: dict[str, Any] = {
        "description": "; ".join(k.title for k in kinds),
        "content": {"application/problem+json": {"schema": schemas.ref("Problem")}},
    }
    if status in _PROBLEM_HEADERS:
        found["headers"] = _header(_PROBLEM_HEADERS[status])
    return found


def _answer(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = {"description": HTTPStatus(answer.status).phrase}
    if answer.schema:
        name = answer.schema.removesuffix("[]")
        found["content"] = {answer.media: {"schema": schemas.page_of(schemas.ref(name)) if answer.schema.endswith("[]") else schemas.ref(name)}}
    elif answer.media != "application/json":
        found["content"] = {answer.media: {"schema": {}}}
    if answer.headers:
        found["headers"] = _header(answer.headers)
    return found


def described(
    document: Any, types: Sequence[RecordType], more_schemas: Mapping[str, dict[str, Any]], more_parameters: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """ninja's document with our parameters, bodies, answers and schemas, and those that rooms add."""
    parameters = {**PARAMETERS, **more_parameters}
    for path, methods in document["paths"].items():
        for details in methods.values():
            operation = details.pop("x-operation")
            names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
            own = [
                {"name": name, "required": parameters[name]["in"] == "path", **parameters[name]}
                for name in (*names, *operation.parameters, *operation.headers)
                if name in parameters
            ]
            details["parameters"] = own + operation.more
            if operation.body:
                details["requestBody"] = {"required": True, "content": {media: {"schema": schemas.ref(operation.body)} for media in operation.media}}
            answers = {str(a.status): _answer(a) for a in operation.answers}
            details["responses"] = answers | {
                str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in sorted({*ALWAYS, *operation.refuses})
            }
    document["components"]["schemas"] = {
        **schemas.SHARED,
        **more_schemas,
        **saved_views.SCHEMAS,
        **{name: schema for t in types for name, schema in schemas.of_kind(t).items()},
    }
    document["components"]["responses"] = {f"Problem{status}": _problem(status) for status in sorted({k.status for k in KINDS.values()})}
    document["components"]["schemas"] = dict(sorted(document["components"]["schemas"].items()))
    return dict(document)
