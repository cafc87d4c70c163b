"""Views pinned to the side bar: chosen on the page of views, named and counted after each page, so that no page costs more for them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.operations import MOST_PINS, keep_preferences
from plimsoll.kernel.records.declaration import declared
from plimsoll.kernel.ui.context import DeclaredView, SignedInView, address
from plimsoll.kernel.ui.list_views import address_of_view
from plimsoll.kernel.views.queries import counts_of, visible_views


def pins_of(person: Person) -> list[int]:
    """The numbers of the views that a person pinned, in the order in which they did."""
    pins = person.preferences.get("pins")
    return [pin for pin in pins if isinstance(pin, int)][:MOST_PINS] if isinstance(pins, list) else []


class PinPage(DeclaredView):
    """`/{plural}/views/{view}/pin/`: puts a view into one's side bar, or takes it out (`pin` = 0)."""

    def get(self, request: HttpRequest, view: int) -> HttpResponse:
        return HttpResponseRedirect(address(self.record_type, None, "views"))

    def post(self, request: HttpRequest, view: int) -> HttpResponse:
        if not visible_views(self.person, self.record_type).filter(pk=view).exists():
            raise Http404
        others = [pin for pin in pins_of(self.person) if pin != view]
        wanted = others if request.POST.get("pin") == "0" else [*others, view]
        keep_preferences(person=self.person, by=self.person, channel="page", pins=wanted[-MOST_PINS:])
        return HttpResponseRedirect(address(self.record_type, None, "views"))


class PinnedPage(SignedInView):
    """`/views/pinned/`: one's pinned views with their counts; those that one may no longer see are not there."""

    def get(self, request: HttpRequest) -> HttpResponse:
        pins = pins_of(self.person)
        found = {v.pk: v for v in visible_views(self.person).filter(pk__in=pins)} if pins else {}
        kinds = {t.kind: t for t in declared() if not reach(self.person, f"{t.kind}:read").is_empty}
        views = [found[pin] for pin in pins if pin in found and found[pin].kind in kinds]
        counts: dict[int, str] = {}
        for kind, record_type in kinds.items():
            counts |= counts_of(self.person, record_type, [v for v in views if v.kind == kind])
        return JsonResponse({"views": [{"label": v.name, "href": address_of_view(kinds[v.kind], v), "count": counts[v.pk]} for v in views]})
