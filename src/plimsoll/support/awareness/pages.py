"""`/awarenessstatements/shares/`: team by team who confirmed what they contribute; and statements for all holders of a role at once."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.kernel.access.queries import Refused, reach, sentence
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.ui.context import DeclaredView, address
from plimsoll.kernel.ui.forms_derived import ReferenceField
from plimsoll.support.awareness.operations import write_for_role
from plimsoll.support.awareness.queries import faults_of, shares_of
from plimsoll.support.awareness.record import STATEMENT


class SharesPage(DeclaredView):
    """For those who read every statement; others see their own."""

    record_type = STATEMENT

    def get(self, request: HttpRequest) -> HttpResponse:
        if not reach(self.person, "awarenessstatement:read").everything:
            raise Refused(sentence(self.person, "awarenessstatement:read"))
        assert self.person.tenant is not None
        moment = now()
        return self.show(
            "awareness/shares.html",
            {
                "shares": shares_of(self.person.tenant, moment),
                "findings": faults_of(self.person.tenant, moment),
                "may_open": self.may_open(),
                "crumbs": self.crumbs((_("Who confirmed"), "")),
            },
        )


class RoundForm(forms.Form):
    """What every holder of a role is told; each statement can be changed before it is put before its person."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=250)
    contribution = forms.CharField(label=gettext_lazy("How they contribute"), widget=forms.Textarea(attrs={"rows": 4}))
    policy = forms.CharField(label=gettext_lazy("What policy and objectives ask of them"), widget=forms.Textarea(attrs={"rows": 3}))
    services = forms.CharField(label=gettext_lazy("The services that their work is part of"), widget=forms.Textarea(attrs={"rows": 3}))
    deviation = forms.CharField(label=gettext_lazy("What happens when requirements are not met"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: object, by: Person, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.by = by
        self.fields["role"] = ReferenceField(Role, by, label=_("Role"))
        self.order_fields(["role", "title", "contribution", "policy", "services", "deviation"])

    def clean_role(self) -> Role:
        found = Role.objects.visible_to(self.by).filter(pk=self.cleaned_data["role"]).first()
        if found is None:
            raise forms.ValidationError(_("There is no such role, or you may not see it."))
        return found


class RoundPage(DeclaredView):
    """`/awarenessstatements/round/`: a draft for each holder of a role."""

    record_type = STATEMENT

    def get(self, request: HttpRequest) -> HttpResponse:
        self._check()
        return self._show(RoundForm(by=self.person))

    def post(self, request: HttpRequest) -> HttpResponse:
        self._check()
        form = RoundForm(request.POST, by=self.person)
        if not form.is_valid():
            return self._show(form)
        made = write_for_role(by=self.person, channel="page", **form.cleaned_data)
        said = ngettext("One statement is drafted.", "%(n)d statements are drafted.", len(made)) % {"n": len(made)}
        messages.success(request, said if made else _("Everybody who holds that role has a statement already."))
        return HttpResponseRedirect(address(STATEMENT) + "?state=draft")

    def _check(self) -> None:
        if reach(self.person, "awarenessstatement:read").is_empty:
            raise Http404
        if not reach(self.person, "awarenessstatement:open").everything:
            raise Refused(sentence(self.person, "awarenessstatement:open"))

    def _show(self, form: RoundForm) -> HttpResponse:
        context = {"form": form, "crumbs": self.crumbs((_("For all holders of a role"), ""))}
        return self.show("awareness/round.html", context, 422 if form.is_bound else 200)


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    return [
        path("awarenessstatements/shares/", SharesPage.as_view(), name="awareness_shares"),
        path("awarenessstatements/round/", RoundPage.as_view(), name="awareness_round"),
    ]
