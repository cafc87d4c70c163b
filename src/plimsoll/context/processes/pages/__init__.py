"""Pages of processes: the map with what is open, the matrix of interfaces, what goes in and out of one, the list to start from, parts."""

from django.urls import URLPattern, path

from plimsoll.context.parts.pages.api import parts_room
from plimsoll.context.parts.pages.editing import parts_route
from plimsoll.context.processes.pages.register import MapPage, MatrixPage, SipocPage, StartPage
from plimsoll.context.processes.parts import ALL
from plimsoll.context.processes.record import PROCESS

ROOM = parts_room(PROCESS, ALL)


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [
        path("processes/map/", MapPage.as_view(), name="processes_map"),
        path("processes/matrix/", MatrixPage.as_view(), name="processes_matrix"),
        path("processes/start/", StartPage.as_view(), name="processes_start"),
        path("processes/<int:number>/sipoc/", SipocPage.as_view(), name="process_sipoc"),
        *(parts_route(PROCESS, part_type) for part_type in ALL),
    ]
