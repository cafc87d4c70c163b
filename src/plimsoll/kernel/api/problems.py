"""Errors as problem details (RFC 9457): what kinds there are, and which exception becomes which. It knows no endpoint."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.operations import MoveRefused, StaleRecord
from plimsoll.kernel.records.queries import BadCursor

BASE = "/api/v1"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its address' last word, its status, its title, and what a program should do about it."""

    slug: str
    status: int
    title: str
    advice: str


KINDS = {
    kind.slug: kind
    for kind in (
        Kind(
            "bad-request",
            400,
            "The request can't be read",
            "The body is not JSON, or the request is malformed. Send the same request again only after correcting it.",
        ),
        Kind(
            "bad-parameter",
            400,
            "A parameter can't be taken",
            "“faults” names each parameter of the address with a sentence. A page mark (cursor) is taken from the Link header of the page before.",
        ),
        Kind(
            "not-signed-in",
            401,
            "A valid token is needed",
            "Send “Authorization: Bearer <token>”. The token may have expired or been revoked, or its person may have left. "
            "Make a new one in your settings.",
        ),
        Kind(
            "refused",
            403,
            "Not allowed",
            "The person of this token sees the record but may not do this, or the token's scopes are too narrow. “detail” says what is missing.",
        ),
        Kind(
            "not-found",
            404,
            "There is no such thing",
            "There is nothing under this address, or the person of this token may not see it; the two are not told apart.",
        ),
        Kind("method-not-allowed", 405, "This method is not for this address", "The Allow header names the methods that are."),
        Kind(
            "not-acceptable",
            406,
            "No such content type is offered",
            "Answers are JSON. Leave the Accept header out, or let it include application/json.",
        ),
        Kind(
            "move-refused",
            409,
            "The move can't be made now",
            "“reasons” says why, a sentence each: the state, a missing field or a guard. Where fields are missing, “faults” names each of them "
            "with a sentence (custom fields as extra.name, the note of the move as note). GET …/moves tells what can be done.",
        ),
        Kind(
            "still-answering",
            409,
            "The same request is being answered",
            "Another request with this Idempotency-Key is under way. Send it again in a second.",
        ),
        Kind(
            "stale",
            412,
            "Somebody was faster",
            "The record is no longer at the version of If-Match. “current” is the record as it is now; merge, and send again with its version.",
        ),
        Kind("too-large", 413, "The request is too large", "Send less at once; a file's limit is set by the administrator."),
        Kind(
            "unsupported-media-type",
            415,
            "This content type is not taken",
            "Bodies are application/json; a PATCH may also be application/merge-patch+json; files are sent as multipart/form-data.",
        ),
        Kind("faulty", 422, "Some values can't be taken", "“faults” names each field with a sentence. Nothing was written."),
        Kind("key-used", 422, "The Idempotency-Key was used for another request", "Use a new key for each new record; a key is kept for 24 hours."),
        Kind("too-many-attempts", 429, "Too many failed attempts", "Wait as many seconds as Retry-After says, and check the token."),
        Kind(
            "server-error",
            500,
            "Something went wrong here",
            "It is our fault. Tell the administrator the “request”; the log has the rest under this number. Nothing was written.",
        ),
    )
}


class Problem(Exception):
    """An answer that is an error. `more` are members of the document beside the standard ones."""

    def __init__(self, slug: str, detail: str = "", *, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None, **more: Any) -> None:
        self.kind = KINDS[slug]
        self.detail, self.faults, self.headers, self.more = detail, list(faults), dict(headers or {}), more
        super().__init__(detail or self.kind.title)

    def document(self, path: str = "") -> dict[str, Any]:
        """The problem document."""
        found: dict[str, Any] = {
            "type": f"{BASE}/problems/{self.kind.slug}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail or self.kind.title,
        }
        if path:
            found["instance"] = path
        if self.faults:
            found["faults"] = [{"field": f.field, "sentence": str(f.sentence)} for f in self.faults]
        return found | self.more

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The problem as a response."""
        answer = HttpResponse(msgspec.json.encode(self.document(request.path)), status=self.kind.status, content_type="application/problem+json")
        for name, value in self.headers.items():
            answer[name] = value
        return answer


def faulty(field: str, sentence: str) -> Problem:
    """One value of the body that can't be taken."""
    return Problem("faulty", sentence, faults=[Fault(field, sentence)])


def bad_parameter(errors: Mapping[str, Sequence[str]]) -> Problem:
    """Parameters of the address that can't be taken."""
    faults = [Fault(name, " ".join(sentences)) for name, sentences in errors.items()]
    return Problem("bad-parameter", " ".join(f"{f.field}: {f.sentence}" for f in faults), faults=faults)


def problem_of(error: Exception) -> Problem:
    """The problem that an exception stands for. An unknown one is a server error, logged under a number that the answer names."""
    match error:
        case Problem():
            return error
        case Http404():
            return Problem("not-found")
        case Faulty():
            return Problem("faulty", str(error), faults=error.faults)
        case MoveRefused():
            return Problem("move-refused", str(error), faults=error.faults, reasons=[str(r) for r in error.reasons])
        case StaleRecord():
            return Problem("stale", str(error))
        case PermissionDenied():
            return Problem("refused", str(error))
        case BadCursor():
            return bad_parameter({"cursor": [str(error)]})
        case RequestDataTooBig() | TooManyFieldsSent() | TooManyFilesSent():
            return Problem("too-large", _("The request is larger than this system takes."))
        case MultiPartParserError() | UnreadablePostError() | SuspiciousOperation():
            return Problem("bad-request", _("The request can't be read."))
    number = secrets.token_hex(8)
    logger.error("Request %s failed.", number, exc_info=error)
    return Problem("server-error", _("Something went wrong here. The log has it under %(number)s.") % {"number": number}, request=number)
