"""What one has access to, until when, and what was taken away again: in words for those who have it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.queries import BadCursor, Page, keyset_page
from plimsoll.resolution.requests.models import AccessRight, Request
from plimsoll.resolution.requests.record import REQUEST
from plimsoll.site.portal.shell import PortalView

SIZE = 20


def has_accesses(person: Person) -> bool:
    """Was anything given to this person, so that there is something to look at?"""
    rows: Any = AccessRight.objects.visible_to(person)
    return bool(rows.exists())


class AccessesPage(PortalView):
    """`/portal/accesses/?page=`: the newest change first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check(self.person, "accessright:read")
        fault = ""
        rows: Any = AccessRight.objects
        parts = [part.select_related("person") for part in rows.parts_visible_to(self.person)]
        try:
            page = keyset_page(parts, "-changed_at", request.GET.get("page") or None, SIZE)
        except BadCursor as error:
            page, fault = Page([], None, None), str(error)
        asked = [access.request_id for access in page.rows if access.request_id]
        mine: Any = Request.objects.visible_to(self.person)
        numbers = dict(mine.filter(pk__in=asked).values_list("pk", "number")) if asked else {}
        return self.show(
            "portal/accesses.html",
            {
                "rows": [self._row(access, numbers) for access in page.rows],
                "older": f"?page={page.next}" if page.next else "",
                "newer": f"?page={page.previous}" if page.previous else "",
                "fault": fault,
            },
            422 if fault else 200,
        )

    def _row(self, access: AccessRight, numbers: dict[int, int]) -> dict[str, Any]:
        said, at, category = _("There is no end to it."), None, "active"
        if access.state == "ended":
            said, at, category = _("It was taken away"), access.ended_at, "closed"
        elif access.state != "active":
            said, category = _("It has ended and is being taken away."), "waiting"
        elif access.ends_at is not None:
            said, at = _("It ends"), access.ends_at
        number = numbers.get(access.request_id or 0)
        return {
            "ref": access.reference,
            "title": access.title,
            "whose": access.person.name if access.person_id != self.person.pk else "",
            "said": said,
            "at": at,
            "category": category,
            "href": f"/portal/requests/{number}/" if number else "",
            "request": f"{REQUEST.prefix}-{number}" if number else "",
        }
