"""An incident that is a wish: choose what is ordered instead, answer its questions, and the incident is closed as such."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, check, sentence
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.operations import MoveRefused
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.record import INCIDENT
from plimsoll.resolution.requests.operations import request_instead
from plimsoll.resolution.requests.pages.forms import OrderForm
from plimsoll.resolution.requests.pages.ordering import CHANNEL
from plimsoll.resolution.requests.queries import Offer, offer_of, orderable
from plimsoll.resolution.requests.record import REQUEST


class AsRequestPage(DeclaredView):
    """`/incidents/{number}/as-request/`: `?model=` is what is ordered."""

    record_type = INCIDENT

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        incident, asker = self._found(number)
        offer = self._offer(asker, request.GET.get("model", ""))
        return self._show(incident, asker, offer, self._form(offer) if offer else None)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        incident, asker = self._found(number)
        offer = self._offer(asker, request.POST.get("model", "") or request.GET.get("model", ""))
        if offer is None:
            return self._show(incident, asker, None, None, 422)
        form = self._form(offer, request.POST)
        if form.is_valid():
            try:
                made = request_instead(incident, offer.model, form.answers(), by=self.person, channel=CHANNEL, requester=asker)
            except Faulty as error:
                form.faulty(error.faults)
            except MoveRefused as error:
                for reason in error.reasons:
                    form.add_error(None, reason)
            else:
                messages.success(request, _("%(incident)s goes on as %(request)s.") % {"incident": incident.reference, "request": made.reference})
                return HttpResponseRedirect(address_of(made, REQUEST))
        return self._show(incident, asker, offer, form, 422)

    def _found(self, number: int) -> tuple[Incident, Person]:
        incident = self.found(number)
        assert isinstance(incident, Incident)
        if not may(self.person, "incident:close_as_request", incident):
            raise Refused(sentence(self.person, "incident:close_as_request"))
        check(self.person, "request:open")  # said before the form, not after it
        rows = Person.objects.select_related("tenant", "organization")
        asker = rows.filter(pk=incident.requester_id).first() if incident.requester_id else None
        return incident, asker or self.person

    def _offer(self, asker: Person, text: str) -> Offer | None:
        number = whole(text)
        if number is None:
            return None
        found = offer_of(asker, number=number)
        if found is None:
            raise Http404
        return found

    def _form(self, offer: Offer, *args: Any) -> OrderForm:
        return OrderForm(*args, plan=offer.plan, person=self.person, has_note=False)

    def _show(self, incident: Incident, asker: Person, offer: Offer | None, form: OrderForm | None, status: int = 200) -> HttpResponse:
        return self.show(
            "requests/as_request.html",
            {
                "record": incident,
                "base": address_of(incident, INCIDENT),
                "asker": asker,
                "offer": offer,
                "offers": orderable(asker) if offer is None else [],
                "form": form,
                "crumbs": self.record_crumbs(incident, (_("It is a request"), "")),
            },
            status,
        )
