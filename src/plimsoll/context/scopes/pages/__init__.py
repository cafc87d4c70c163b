"""Pages of the scope: the statement as it reads, its parts, the next draft."""

from django.urls import URLPattern, path

from plimsoll.context.parts.pages.api import parts_room
from plimsoll.context.parts.pages.editing import parts_route
from plimsoll.context.scopes.pages.statement import NextPage, StatementPage
from plimsoll.context.scopes.parts import ALL
from plimsoll.context.scopes.record import SCOPE

ROOM = parts_room(SCOPE, ALL)


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [
        path("scope/", StatementPage.as_view(), name="scope"),
        path("scopes/<int:number>/next/", NextPage.as_view(), name="scope_next"),
        *(parts_route(SCOPE, part_type) for part_type in ALL),
    ]
