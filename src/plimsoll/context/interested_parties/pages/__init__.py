"""Pages of interested parties: their requirements."""

from django.urls import URLPattern

from plimsoll.context.interested_parties.parts import REQUIREMENTS
from plimsoll.context.interested_parties.record import PARTY
from plimsoll.context.parts.pages.api import parts_room
from plimsoll.context.parts.pages.editing import parts_route

ROOM = parts_room(PARTY, (REQUIREMENTS,))


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [parts_route(PARTY, REQUIREMENTS)]
