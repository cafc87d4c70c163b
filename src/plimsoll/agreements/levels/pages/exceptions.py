"""The records that the shares of an agreement do not count, as an exception of its terms holds for them: listed, added and taken back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.models import Agreement, Exclusion
from plimsoll.agreements.levels.operations import exclude, include
from plimsoll.agreements.levels.pages.terms import CHANNEL, AgreementPage
from plimsoll.agreements.levels.queries import known_version, versions_known
from plimsoll.agreements.levels.record import AGREEMENT
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.queries import find_by_reference, visible_cards
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.ui.context import address_of

MOST = 50


class ExclusionForm(forms.Form):
    """Which record, and which exception."""

    record = forms.CharField(label=gettext_lazy("Record"), max_length=40, help_text=gettext_lazy("Its number, such as INC-1042."))
    reason = forms.CharField(label=gettext_lazy("Which exception holds, and why"), max_length=500)


class ExceptionsPage(AgreementPage):
    """`/agreements/{number}/exceptions/`: fifty at a time, the newest first."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self.agreement(number), ExclusionForm(initial={"record": request.GET.get("record", "")}))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        agreement = self.agreement(number)
        self.need("amend", agreement)
        if (back := whole(request.POST.get("include", ""))) is not None:
            found = Exclusion.objects.select_related("agreement", "card").filter(pk=back, agreement=agreement.pk).first()
            if found is None:
                raise Http404
            include(found, by=self.person, channel=CHANNEL)
            messages.success(request, _("%(ref)s is counted again.") % {"ref": found.card.reference})
            return HttpResponseRedirect(request.path)
        form = ExclusionForm(request.POST)
        if form.is_valid():
            card = find_by_reference(self.person, form.cleaned_data["record"])
            if card is None:
                form.add_error("record", _("You see no record of that number."))
            else:
                try:
                    exclude(agreement, card, reason=form.cleaned_data["reason"], by=self.person, channel=CHANNEL)
                except Faulty as error:
                    for fault in error.faults:
                        form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
                else:
                    messages.success(request, _("%(ref)s is not counted. Months that are frozen do not move.") % {"ref": card.reference})
                    return HttpResponseRedirect(request.path)
        return self._show(agreement, form)

    def _show(self, agreement: Agreement, form: forms.Form) -> HttpResponse:
        before = whole(self.request.GET.get("before", ""))
        rows = agreement.exclusions.select_related("card", "made_by")
        if before is not None:
            rows = rows.filter(pk__lt=before)
        found = list(rows[: MOST + 1])
        seen = {
            pk
            for part in visible_cards(self.person, Card.objects.filter(pk__in={row.card_id for row in found}))
            for pk in part.values_list("pk", flat=True)
        }
        base = address_of(agreement, AGREEMENT)
        terms = [
            known.terms
            for v in versions_known(agreement.tenant)
            if v.agreement == agreement.pk and (known := known_version(agreement.tenant, v.version))
        ]
        context: dict[str, Any] = {
            "record": agreement,
            "base": base,
            "rows": [(row, row.card_id in seen) for row in found[:MOST]],
            "older": f"?before={found[MOST - 1].pk}" if len(found) > MOST else "",
            "form": form,
            "exceptions": terms[-1].exceptions if terms else "",
            "can_amend": may(self.person, "agreement:amend", agreement),
            "crumbs": self.record_crumbs(agreement, (_("Exceptions"), "")),
        }
        return self.show("levels/exceptions.html", context, 422 if form.errors else 200)
