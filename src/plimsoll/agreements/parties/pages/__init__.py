"""Pages of what other parties operate: their proofs of control."""

from django.urls import URLPattern

from plimsoll.agreements.parties.parts import PROOFS
from plimsoll.agreements.parties.record import OPERATION
from plimsoll.context.parts.pages.api import parts_room
from plimsoll.context.parts.pages.editing import parts_route

ROOM = parts_room(OPERATION, (PROOFS,))


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [parts_route(OPERATION, PROOFS)]
