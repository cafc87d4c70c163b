"""`/decisions/`: decisions that nobody can take any more, and asking others for them. It decides nothing itself."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.approvals.models import Approval, Step
from plimsoll.kernel.approvals.operations import reroute
from plimsoll.kernel.approvals.stuck import may_ask_others, stuck_for, stuck_step
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused
from plimsoll.kernel.records.permissions import Refused
from plimsoll.kernel.ui.context import SignedInView
from plimsoll.site.desk.people_common import carry, choice, form_page

CHANNEL = "page"


class StuckPage(SignedInView):
    """What waits for nobody, for those who may ask others."""

    def get(self, request: HttpRequest) -> HttpResponse:
        looked = stuck_for(self.person, whole(request.GET.get("after", "")) or 0)
        return render(
            request,
            "desk/decisions.html",
            {"stuck": looked.stuck, "next": f"?after={looked.next}" if looked.next else "", "crumbs": [(_("Stuck decisions"), "")]},
        )


class OthersForm(forms.Form):
    """Who decides instead, and why others are asked."""

    reason = forms.CharField(label=gettext_lazy("Why others are asked"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: object, by: Person, needed: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.people = [f"person_{n}" for n in range(1, max(2, needed) + 1)]
        for n, name in enumerate(self.people, 1):
            label = _("Who decides") if n == 1 else _("Another who decides")
            self.fields[name] = choice(by, Person, label, required=n == 1)
        self.order_fields([*self.people, "reason"])

    def chosen(self) -> list[Person]:
        return [self.cleaned_data[name] for name in self.people if self.cleaned_data.get(name)]


class OthersPage(SignedInView):
    """Ask others for one step. Whoever is asked still and is still here stays asked."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        approval, step = self._stuck(number)
        return self._page(approval, step, OthersForm(by=self.person, needed=step.needed))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        approval, step = self._stuck(number)
        form = OthersForm(request.POST, by=self.person, needed=step.needed)
        if form.is_valid():
            people = {p.pk: p for p in [*step.people.filter(is_active=True), *form.chosen()]}
            try:
                reroute(approval, people=list(people.values()), by=self.person, channel=CHANNEL, reason=form.cleaned_data["reason"])
            except Faulty as error:
                carry(form, error)
            except (Refused, MoveRefused) as error:
                form.add_error(None, str(error))
            else:
                names = ", ".join(p.name for p in form.chosen())
                messages.success(request, _("%(names)s can decide on %(reference)s now.") % {"names": names, "reference": approval.card.reference})
                return HttpResponseRedirect(reverse("decisions_stuck"))
        return self._page(approval, step, form)

    def _stuck(self, number: int) -> tuple[Approval, Step]:
        """A stuck decision for which this person may ask others; anything else is not there."""
        found = Approval.objects.select_related("card", "asked_by").filter(pk=number, tenant_id=self.person.tenant_id or 0).first()
        record = type_named(found.card.kind).model.objects.visible_to(self.person).filter(pk=found.card_id).first() if found else None
        step = stuck_step(found) if found is not None and record is not None and may_ask_others(self.person, record) else None
        if found is None or step is None:
            raise Http404
        return found, step

    def _page(self, approval: Approval, step: Step, form: OthersForm) -> HttpResponse:
        said = {"reference": approval.card.reference, "question": approval.question, "step": step.name, "n": step.needed}
        return form_page(
            self.request,
            form,
            title=_("Ask others: %(reference)s") % said,
            intro=_("“%(question)s”, step “%(step)s”: %(n)d must say yes, and fewer can. Whoever asked can't decide it.") % said,
            button=_("Ask them"),
            back=reverse("decisions_stuck"),
            crumbs=[(_("Stuck decisions"), reverse("decisions_stuck"))],
        )
