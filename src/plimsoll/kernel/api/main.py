"""API v1, assembled: the operations of every declared kind as one table, mounted by the top floor at `/api/v1/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from ninja.errors import HttpError

from plimsoll.kernel.api import directory, finding, saved_views, schemas
from plimsoll.kernel.api.approvals import approval_views
from plimsoll.kernel.api.auth import SessionAuth, TokenAuth
from plimsoll.kernel.api.clocks import clock_views
from plimsoll.kernel.api.document import Answer, described
from plimsoll.kernel.api.files import file_views
from plimsoll.kernel.api.pages import reference_urls
from plimsoll.kernel.api.parts import part_views
from plimsoll.kernel.api.problems import Problem, problem_of
from plimsoll.kernel.api.records import View, record_views
from plimsoll.kernel.api.trail import trail_views
from plimsoll.kernel.records.declaration import RecordType, declared
from plimsoll.kernel.records.filters import filterset_for, orders_of


@dataclass(frozen=True)
class Operation:
    """One line of the table: what is asked, by which view, what is answered. `refuses` are the statuses beside those of all."""

    method: str
    path: str
    view: str
    summary: str
    answers: tuple[Answer, ...]
    refuses: tuple[int, ...] = (403, 404)
    body: str = ""
    media: tuple[str, ...] = ("application/json",)
    parameters: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    more: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Room:
    """What a room adds to the API that belongs to no kind of record: its operations, their views, and the schemas and parameters they name."""

    tag: str
    operations: Sequence[Operation]
    views: Mapping[str, View]
    schemas: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    parameters: Mapping[str, dict[str, Any]] = field(default_factory=dict)


_BODY = (403, 404, 413, 415, 422)
_PAGED = ("limit", "cursor")


def operations_of(record_type: RecordType) -> list[Operation]:
    """The table of one kind."""
    one, new, change = schemas.names_of(record_type)
    a, many = record_type.label, record_type.plural_label
    record = Answer(200, one, ("ETag",))
    return [
        Operation(
            "GET",
            "",
            "list_records",
            f"List {many}",
            (Answer(200, f"{one}[]", ("Link",)),),
            (403,),
            parameters=(*_PAGED, "fields"),
            more=_filter_parameters(record_type),
        ),
        Operation(
            "POST",
            "",
            "create_record",
            f"Open {a}",
            (Answer(201, one, ("ETag", "Location")),),
            (403, 409, 413, 415, 422),
            new,
            headers=("Idempotency-Key",),
        ),
        Operation(
            "POST", "/moves/{move_name}", "move_many", f"Move up to fifty {many}", (Answer(200, "BulkResult"),), (403, 413, 415, 422), "BulkMove"
        ),
        Operation(
            "GET", "/{number}", "read_record", f"Read {a}", (record, Answer(304, "", ("ETag",))), parameters=("fields",), headers=("If-None-Match",)
        ),
        Operation(
            "PATCH",
            "/{number}",
            "change_record",
            f"Change {a}",
            (record,),
            (403, 404, 412, 413, 415, 422),
            change,
            ("application/json", "application/merge-patch+json"),
            headers=("If-Match",),
        ),
        Operation("GET", "/{number}/moves", "list_moves", f"What can be done with {a} now", (Answer(200, "Moves", ("ETag",)),)),
        Operation(
            "POST",
            "/{number}/moves/{move_name}",
            "make_move",
            f"Move {a}",
            (record,),
            (403, 404, 409, 412, 413, 415, 422),
            "MoveRequest",
            headers=("If-Match",),
        ),
        Operation("GET", "/{number}/comments", "list_comments", "List comments", (Answer(200, "Comment[]", ("Link",)),), parameters=_PAGED),
        Operation("POST", "/{number}/comments", "add_comment", "Comment", (Answer(201, "Comment"),), _BODY, "NewComment"),
        Operation("GET", "/{number}/links", "list_links", "List links, from both ends", (Answer(200, "Link[]"),)),
        Operation("POST", "/{number}/links", "add_link", "Link to another record", (Answer(201, "Link"),), _BODY, "NewLink"),
        Operation("DELETE", "/{number}/links/{link}", "remove_link", "Take a link away", (Answer(204),)),
        Operation(
            "GET", "/{number}/attachments", "list_attachments", "List attachments", (Answer(200, "Attachment[]", ("Link",)),), parameters=_PAGED
        ),
        Operation(
            "POST",
            "/{number}/attachments",
            "add_attachment",
            "Attach a file",
            (Answer(201, "Attachment", ("Location",)),),
            _BODY,
            "NewAttachment",
            ("multipart/form-data",),
        ),
        Operation(
            "GET",
            "/{number}/attachments/{attachment}/content",
            "read_attachment",
            "Download a file",
            (Answer(200, "", ("Content-Disposition",), "application/octet-stream"),),
        ),
        Operation(
            "POST", "/{number}/attachments/{attachment}/remove", "remove_attachment", "Take a file out of sight", (Answer(204),), _BODY, "Reason"
        ),
        Operation("GET", "/{number}/tags", "list_tags", "List tags", (Answer(200, "Tags"),)),
        Operation("PUT", "/{number}/tags", "set_tags", "Set the tags", (Answer(200, "Tags"),), _BODY, "NewTags"),
        Operation("GET", "/{number}/watchers", "list_watchers", "List watchers", (Answer(200, "Named[]"),)),
        Operation("PUT", "/{number}/watchers/{who}", "add_watcher", "Watch, or let somebody watch", (Answer(204),), (403, 404, 422)),
        Operation("DELETE", "/{number}/watchers/{who}", "remove_watcher", "Watch no more", (Answer(204),)),
        Operation("GET", "/{number}/checklist", "list_checks", "List things to tick", (Answer(200, "Check[]"),)),
        Operation("POST", "/{number}/checklist", "add_check", "Add a thing to tick", (Answer(201, "Check"),), _BODY, "NewCheck"),
        Operation("PUT", "/{number}/checklist/{item}", "tick_check", "Tick it off, or take the tick back", (Answer(200, "Check"),), _BODY, "Tick"),
        Operation("GET", "/{number}/efforts", "list_efforts", "List effort", (Answer(200, "Effort[]", ("Link",)),), parameters=_PAGED),
        Operation("POST", "/{number}/efforts", "add_effort", "Book effort", (Answer(201, "Effort"),), _BODY, "NewEffort"),
        Operation("GET", "/{number}/trail", "list_trail", "What happened, newest first", (Answer(200, "Entry[]", ("Link",)),), parameters=_PAGED),
        Operation("GET", "/{number}/clocks", "list_clocks", "What was promised, and how its clocks stand", (Answer(200, "Clock[]"),)),
        Operation("GET", "/{number}/approvals", "list_approvals", "List decisions", (Answer(200, "Approval[]"),)),
        Operation("POST", "/{number}/approvals", "ask_approval", "Ask for a decision", (Answer(201, "Approval"),), (*_BODY, 409), "NewApproval"),
        Operation(
            "POST", "/{number}/approvals/{approval}/decide", "decide_approval", "Decide", (Answer(200, "Approval"),), (*_BODY, 409), "NewDecision"
        ),
        Operation(
            "POST",
            "/{number}/approvals/{approval}/withdraw",
            "withdraw_approval",
            "Take the question back",
            (Answer(200, "Approval"),),
            (*_BODY, 409),
            "Reason",
        ),
    ]


DIRECTORY = [
    Operation(
        "GET",
        "/search",
        "find_records",
        "Find records of all kinds by words or number",
        (Answer(200, "Found", ("Link",)),),
        (),
        parameters=("q", *_PAGED),
    ),
    Operation("GET", "/me", "read_me", "Whom the token stands for", (Answer(200, "Me"),), ()),
    Operation("GET", "/kinds", "list_kinds", "The kinds of records, as this organisation runs them", (Answer(200, "KindRow[]"),), ()),
    Operation("GET", "/people", "list_people", "People by name", (Answer(200, "PersonRow[]", ("Link",)),), (), parameters=("q", *_PAGED)),
    Operation("GET", "/teams", "list_teams", "Teams by name", (Answer(200, "TeamRow[]", ("Link",)),), (), parameters=("q", *_PAGED)),
    Operation(
        "GET",
        "/organizations",
        "list_organizations",
        "Organisations by name",
        (Answer(200, "OrganizationRow[]", ("Link",)),),
        (),
        parameters=("q", *_PAGED),
    ),
]

_BOTH = ("application/json", "application/merge-patch+json")
DIRECTORY += [
    Operation("GET", "/views", "list_views", "Saved views by name", (Answer(200, "SavedView[]", ("Link",)),), (), parameters=_PAGED),
    Operation("POST", "/views", "add_view", "Save a view", (Answer(201, "SavedView", ("Location",)),), (403, 413, 415, 422), "NewSavedView"),
    Operation("GET", "/views/{view}", "read_view", "Read a saved view", (Answer(200, "SavedView"),), (404,)),
    Operation("PATCH", "/views/{view}", "change_view", "Change a saved view", (Answer(200, "SavedView"),), _BODY, "SavedViewChange", _BOTH),
    Operation("DELETE", "/views/{view}", "remove_saved_view", "Take a saved view away", (Answer(204),)),
]


def _filter_parameters(record_type: RecordType) -> list[dict[str, Any]]:
    """The list's filters as parameters; custom fields (`x_name`) depend on the organization and are told by `GET /kinds`."""
    found: list[dict[str, Any]] = []
    for name, made in filterset_for(record_type).base_filters.items():
        found.append(
            {
                "name": name,
                "in": "query",
                "required": False,
                "schema": made.schema,
                "description": ". ".join(filter(None, (str(made.label).capitalize(), made.explained))),
            }
            | ({"style": "form", "explode": True} if made.is_many else {})
        )
    return [
        *found,
        {
            "name": "order",
            "in": "query",
            "required": False,
            "schema": {"enum": orders_of(record_type), "type": "string"},
            "description": "By what, “-” for falling; -changed_at when left out.",
        },
    ]


class Api(NinjaAPI):
    """NinjaAPI with problem documents for everything, our own schemas, and an answer for every address below it."""

    rooms: Sequence[Room] = ()

    def set_default_exception_handlers(self) -> None:
        """Ours instead of ninja's own."""
        self.add_exception_handler(Exception, _on_error)
        self.add_exception_handler(HttpError, cast("Any", _on_http_error))

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> Any:
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        return described(
            document,
            declared(),
            {name: schema for room in self.rooms for name, schema in room.schemas.items()},
            {name: parameter for room in self.rooms for name, parameter in room.parameters.items()},
        )

    def _get_urls(self) -> list[Any]:
        urls = [*super()._get_urls(), *reference_urls(self)]
        for pattern in urls:
            if isinstance(pattern, URLPattern):
                pattern.callback = guarded(pattern.callback)
        return [*urls, re_path(r"^", guarded(_unknown))]


def _unknown(request: HttpRequest, **_rest: Any) -> HttpResponse:
    raise Problem("not-found")


def guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The outermost layer of every address: whatever goes wrong becomes a problem document, and the headers of all answers are set."""

    @wraps(view)
    def outer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method == "HEAD":
                request.method = "GET"  # a HEAD is a GET whose body the server leaves out
            _check_request(request)
            made = view(request, *args, **kwargs)
            if made.status_code == 405:
                made = Problem("method-not-allowed", headers={"Allow": made.headers.get("Allow", "GET")}).answer(request)
        except Exception as error:  # noqa: BLE001 (every failure is answered as a problem)
            made = problem_of(error).answer(request)
        made.headers.setdefault("Cache-Control", "private, no-cache")
        made.headers.setdefault("X-Content-Type-Options", "nosniff")
        made.headers["Vary"] = "Authorization, Cookie"
        return made

    cast("Any", outer).csrf_exempt = True  # the session's authentication checks it itself, tokens need none
    return outer


def _check_request(request: HttpRequest) -> None:
    accept = request.META.get("HTTP_ACCEPT", "")
    if accept and "*/*" not in accept and "application/" not in accept and "text/html" not in accept:
        raise Problem("not-acceptable")
    if "%00" in request.META.get("QUERY_STRING", ""):
        raise Problem("bad-request", _("A parameter holds a character that can't be stored (NUL)."))


def _on_error(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_of(error).answer(request)


def _on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return Problem("not-signed-in" if error.status_code == 401 else "bad-request", error.message).answer(request)


def _mount(router: Router, operation: Operation, view: View, name: str, tag: str) -> None:
    router.add_api_operation(
        operation.path,
        [operation.method],
        view,
        operation_id=name,
        summary=operation.summary,
        tags=[tag],
        url_name=name,
        response={a.status: None for a in operation.answers},
        openapi_extra={"x-operation": operation},
    )


def build_api(rooms: Sequence[Room] = ()) -> Api:
    """The API of every kind declared so far, and of what rooms add. Call it once, when the apps are ready."""
    api = Api(
        title="Plimsoll",
        version="1",
        urls_namespace="api-v1",
        openapi_url="/openapi.json",
        docs_url=None,
        auth=[TokenAuth(), SessionAuth()],
        description="Every record type, every act, as people have them on pages. Errors are problem documents (RFC 9457).",
    )
    house = Router()
    for operation in DIRECTORY:
        _mount(house, operation, (directory.VIEWS | finding.VIEWS | saved_views.VIEWS)[operation.view], operation.view, "directory")
    # What is asked for most stands first: an address is looked for from the top.
    for record_type in sorted(declared(), key=lambda t: not t.requester):
        views = {
            name: view
            for make in (record_views, part_views, file_views, trail_views, clock_views, approval_views)
            for name, view in make(record_type).items()
        }
        router = Router()
        for operation in operations_of(record_type):
            _mount(router, operation, views[operation.view], f"{record_type.kind}_{operation.view}", record_type.plural_kind)
        api.add_router(f"/{record_type.plural_kind}", router)
    for room in rooms:
        for operation in room.operations:
            _mount(house, operation, room.views[operation.view], operation.view, room.tag)
    api.rooms = rooms
    api.add_router("", house)
    return api
