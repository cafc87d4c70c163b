"""What the demonstration is: who is in it, what of it is real, and how it is taken away. In a real organisation the address does not exist."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.ui.context import SignedInView
from plimsoll.site.demonstration.loading import PASSWORD, people_to_be


class DemonstrationPage(SignedInView):
    """`/demo/`, for everybody in the demonstration, its customers too."""

    def get(self, request: HttpRequest) -> HttpResponse:
        tenant = self.person.tenant
        if tenant is None or not tenant.is_demonstration:
            raise Http404
        title = _("This is a demonstration")
        return render(
            request,
            "desk/demo.html",
            {"title": title, "people": people_to_be(tenant), "password": PASSWORD, "tenant": tenant, "crumbs": [(title, "")]},
        )
