"""`/conformity/compute/`: ask the records now, in the background; the page that follows shows the newest assessment."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.evaluation.conformity.operations import ASSESS
from plimsoll.evaluation.conformity.pages.common import BASE, ConformityView
from plimsoll.evaluation.conformity.tasks import assess_one
from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.lib.time import now


class ComputePage(ConformityView):
    """The button “Compute now”."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(BASE)

    def post(self, request: HttpRequest) -> HttpResponse:
        check_everywhere(self.person, ASSESS)
        assess_one.enqueue(tenant=self.tenant, asked_by=self.person, dedupe_key="assess", tenant_id=self.tenant.pk, asked_at=now().isoformat())
        messages.success(request, _("The records are being asked. Load the page again in a moment to see what they show."))
        return HttpResponseRedirect(BASE)
