"""A recalculation that stands still is worked on again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.agreements.levels.models import Recalculation
from plimsoll.agreements.levels.recalculating import try_again
from plimsoll.agreements.levels.record import RECALCULATION
from plimsoll.kernel.tasks.queue import JobRefused
from plimsoll.kernel.ui.context import DeclaredView, address_of


class AgainPage(DeclaredView):
    """`/recalculations/{number}/again/`: takes a POST; its button stands over the recalculation's page."""

    record_type = RECALCULATION

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponseRedirect(address_of(self.found(number), RECALCULATION))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        found = self.found(number)
        assert isinstance(found, Recalculation)
        try:
            try_again(found, by=self.person, channel="page")
        except JobRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("It will be tried again."))
        return HttpResponseRedirect(address_of(found, RECALCULATION))
