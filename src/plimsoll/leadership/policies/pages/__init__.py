"""Pages of policies: every statement in force with what carries it out and how well it is kept; and the part on the document's page."""

from django.urls import URLPattern, path

from plimsoll.context.parts.pages.api import parts_room
from plimsoll.context.parts.pages.editing import parts_route
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.leadership.policies.pages.statements import StatementsPage
from plimsoll.leadership.policies.parts import SERVINGS

ROOM = parts_room(DOCUMENT, (SERVINGS,))


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [path("policies/", StatementsPage.as_view(), name="policies"), parts_route(DOCUMENT, SERVINGS)]
