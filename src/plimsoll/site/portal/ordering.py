"""Ordering from the portal: what can be ordered, and the form of one thing. The rules are those of requests; only the frame is another."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.kernel.records.clean import Faulty
from plimsoll.resolution.requests.operations import order
from plimsoll.resolution.requests.pages.ordering import OrderingView, OrderPage
from plimsoll.site.portal.sections import things
from plimsoll.site.portal.shell import CHANNEL


class PortalCataloguePage(OrderingView):
    """`/portal/order/?q=`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.check_may()
        text = " ".join(request.GET.get("q", "").split())[:100]
        found = [(heading or _("Other things"), list(some)) for heading, some in groupby(things(self.person, text), key=lambda t: t.heading)]
        return self.show("portal/order.html", {"groups": found, "text": text})


class PortalOrderPage(OrderPage):
    """`/portal/order/{number}/`. People order here for themselves; our own people order for others on the inside page."""

    def for_whom(self, key: Any) -> Any:
        return self.person

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        self.check_may()
        offer = self._offer(number, self.person)
        form = self._form(offer, request.POST)
        if form.is_valid():
            try:
                made = order(
                    offer.model,
                    form.answers(),
                    by=self.person,
                    channel=CHANNEL,
                    requester=self.person,
                    description=form.cleaned_data["description"],
                    extra=form.extra(),
                )
            except Faulty as error:
                form.faulty(error.faults)
            else:
                messages.success(request, _("%(ref)s is ordered.") % {"ref": made.reference})
                return HttpResponseRedirect(f"/portal/requests/{made.number}/?new=1")
        return self._show(offer, form)

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return super().show("portal/order_one.html", context, status)
