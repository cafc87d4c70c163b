"""Settings of conformity: how many requirements may fall short before the system is over its line."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.evaluation.conformity.fitness import decided, tolerated
from plimsoll.evaluation.conformity.operations import TOLERATE, tolerate
from plimsoll.evaluation.conformity.words import awaits_approval
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.site.desk.people_common import WordView, carry
from plimsoll.site.desk.settings_common import CHANNEL, settings_form, tenant_of

BACK = "/settings/"


class ToleratedForm(forms.Form):
    """How many may."""

    tolerated = forms.IntegerField(
        label=gettext_lazy("So many requirements may fall short"), required=False, help_text=gettext_lazy("A whole number; empty: not decided.")
    )


class ToleratedPage(WordView):
    """`/settings/conformity/`."""

    word = TOLERATE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, ToleratedForm(initial={"tolerated": decided(tenant_of(self.person))}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ToleratedForm(request.POST)
        if form.is_valid():
            tenant = tenant_of(self.person)
            try:
                tolerate(tenant, form.cleaned_data["tolerated"], by=self.person, channel=CHANNEL)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, awaits_approval(tolerated(tenant), decided(tenant)) or _("It is kept as the plan in force says it."))
                return HttpResponseRedirect(f"{BACK}conformity/")
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        tenant = tenant_of(self.person)
        counting = tolerated(tenant)
        if counting is None:
            in_force = _("No plan in force says a number, so the system as a whole is not measured.")
        else:
            in_force = _("The plan in force says %(n)d.") % {"n": counting}
        what = _(
            "How many requirements may fall short, without an accepted exception, before the system is over its line. The SMS plan prints the "
            "number, and it counts as the approved version prints it."
        )
        intro = " ".join(filter(None, (what, in_force, awaits_approval(counting, decided(tenant)))))
        return settings_form(request, form, title=_("Conformity"), button=_("Save"), back=BACK, intro=intro)
