"""Ordering from the portal: what can be ordered, and the form of one thing. The rules are those of requests; only the frame is another."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.resolution.requests.models import Request
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

    channel = CHANNEL

    def for_whom(self, key: Any) -> Any:
        return self.person

    def thanks(self, made: Request) -> str:
        return ""  # the page that comes next says it

    def page_of(self, made: Request) -> str:
        return f"/portal/requests/{made.number}/?new=1"

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return super().show("portal/order_one.html", context, status)
