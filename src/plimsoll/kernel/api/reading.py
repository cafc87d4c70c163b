"""Reading requests and writing answers: bodies, page sizes, versions, keyset pages. It knows no kind of record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar, overload
from urllib.parse import urlencode

import msgspec
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.api.problems import Problem, bad_parameter, faulty
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import BIGGEST, whole
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault, RecordType
from plimsoll.kernel.records.queries import keyset_page
from plimsoll.kernel.register.models import BIGGEST_NUMBER

JSON = "application/json"
MOST = 200
USUAL = 50
_encode = msgspec.json.Encoder(decimal_format="string").encode
_number = re.compile(r"\A(?:([A-Za-z]{1,10})-)?([0-9]{1,9})\Z")
T = TypeVar("T")


def person_of(request: HttpRequest) -> Person:
    """Who asks."""
    return request.auth  # type: ignore[attr-defined, no-any-return]


def tenant_of(person: Person) -> int:
    """The tenant of whoever asks; nobody without one gets past the authentication."""
    assert person.tenant_id is not None
    return person.tenant_id


def answer(value: Any, *, status: int = 200, etag: str = "", link: str = "", location: str = "") -> HttpResponse:
    """A JSON answer."""
    made = HttpResponse(_encode(value), status=status, content_type=JSON)
    for name, text in (("ETag", etag), ("Link", link), ("Location", location)):
        if text:
            made[name] = text
    return made


def nothing() -> HttpResponse:
    """Done, and nothing to say."""
    made = HttpResponse(status=204)
    del made["Content-Type"]
    return made


def check_parameters(request: HttpRequest, known: Iterable[str] = ()) -> None:
    """An unknown parameter is an error and not silently nothing: a misspelt filter would give everything."""
    if unknown := set(request.GET) - set(known):
        raise bad_parameter({name[:60]: [_("There is no such parameter.")] for name in sorted(unknown)})


def body_of(request: HttpRequest, known: Sequence[str], needed: Sequence[str] = (), *, types: tuple[str, ...] = (JSON,)) -> dict[str, Any]:
    """The JSON object of a request. Names outside `known` are faults."""
    if (request.content_type or "") not in types:
        raise Problem("unsupported-media-type", _("Send %(types)s.") % {"types": " or ".join(types)})
    raw = request.body
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem("bad-request", _("The body is not JSON: %(fault)s") % {"fault": str(error)[:200]}) from None
    if not isinstance(found, dict):
        raise faulty("", _("An object is needed: {…}."))
    if b"\\u0000" in raw and _has_nul(found):
        raise faulty("", _("A text holds a character that can't be stored (NUL). Take it out."))
    faults = [Fault(name[:60], _("There is no such field to set.")) for name in found if name not in known]
    faults += [Fault(name, _("This is needed.")) for name in needed if found.get(name) in (None, "")]
    if faults:
        raise Faulty(faults)
    return found


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_has_nul(k) or _has_nul(v) for k, v in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))


@overload
def typed(body: dict[str, Any], name: str, kind: type[T], default: T) -> T: ...
@overload
def typed(body: dict[str, Any], name: str, kind: type[T], default: None = None) -> T | None: ...
def typed(body: dict[str, Any], name: str, kind: type[T], default: T | None = None) -> T | None:
    """A value of the body, of exactly this type; null is as if it were left out."""
    value = body.get(name)
    if value is None:
        return default
    words = {
        str: _("A text is needed."),
        int: _("A whole number is needed."),
        bool: _("True or false is needed."),
        list: _("A list is needed."),
        dict: _("An object is needed: {…}."),
    }
    if type(value) is not kind or (isinstance(value, int) and abs(value) > BIGGEST):
        raise faulty(name, words[kind])
    return value


def moment_in(body: dict[str, Any], name: str) -> datetime | None:
    """A moment with its zone."""
    text = typed(body, name, str)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1900 <= found.year <= 2999:
        raise faulty(name, _("The moment needs a time zone, for example 2026-11-21T10:00:00Z."))
    return found


def day_in(body: dict[str, Any], name: str) -> date | None:
    """A day."""
    text = typed(body, name, str)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise faulty(name, _("“%(value)s” is not a date; write it as 2026-11-21.") % {"value": text[:40]}) from None


def number_of(record_type: RecordType, text: str) -> int:
    """The number in an address: `1042`, or as people say it, `INC-1042`. Anything else is not found."""
    found = _number.match(text)
    if found is None or (found[1] and found[1].upper() != record_type.prefix):
        raise Http404
    return int(found[2])


def id_of(text: str) -> int:
    """An id in an address."""
    if (number := whole(text)) is None:
        raise Http404
    return number


def limit_of(request: HttpRequest) -> int:
    """How many rows a page has."""
    given = request.GET.get("limit")
    if given is None:
        return USUAL
    if not (wanted := whole(given, MOST)):
        raise bad_parameter({"limit": [_("A number from 1 to %(most)d is needed.") % {"most": MOST}]})
    return wanted


def cursor_of(request: HttpRequest) -> str | None:
    """The page mark."""
    return request.GET.get("cursor") or None


def version_of(request: HttpRequest) -> int | None:
    """The version that If-Match names; None without it, and for `*`. Anything that is no version of ours matches nothing."""
    given = request.META.get("HTTP_IF_MATCH", "").strip()
    if not given or given == "*":
        return None
    text = given.removeprefix("W/").strip('"')
    return -1 if (version := whole(text, BIGGEST_NUMBER)) is None else version


def links_of(request: HttpRequest, after: str | None, before: str | None) -> str:
    """The Link header (RFC 8288) of a page: this address with another mark."""
    if after is None and before is None:
        return ""
    rest = [(name, value) for name in request.GET if name != "cursor" for value in request.GET.getlist(name)]
    return ", ".join(
        f'<{request.path}?{urlencode([*rest, ("cursor", mark)])}>; rel="{relation}"'
        for mark, relation in ((after, "next"), (before, "prev"))
        if mark is not None
    )


def listed(
    request: HttpRequest,
    parts: Sequence[QuerySet[Any]],
    order: str,
    shown: Callable[[list[Any]], list[Any]],
    rows_of: Callable[[QuerySet[Any]], list[Any]] = list,
) -> HttpResponse:
    """A keyset page of anything as an answer."""
    page = keyset_page(parts, order, cursor_of(request), limit_of(request), rows_of)
    return answer({"items": shown(page.rows)}, link=links_of(request, page.next, page.previous))
