"""The page for somebody who leaves, and the one that erases who they were."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import check, may_everywhere
from plimsoll.kernel.approvals.leaving import hand_over_decisions, steps_asking
from plimsoll.kernel.approvals.models import Step
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.roles.leaving import OpenWork, erase, leave, open_work
from plimsoll.kernel.targets.models import EscalationRule
from plimsoll.resolution.requests.models import Recurrence
from plimsoll.site.desk.people_common import SignedInView, carry, check_keep, choice, form_page, person_or_404

DECISIONS = "decisions"


class LeaverForm(forms.Form):
    """Who takes what: one for all, or by kind, or by record; and who decides in their place."""

    def __init__(self, *args: object, by: Person, work: OpenWork, steps: list[Step], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if steps:
            label = _("Who decides in their place")
            self.fields[DECISIONS] = choice(by, Person, label, required=False, help_text=_("Left empty: whoever takes all of it."))
        cards = {card.pk: card for card in work.cards} | {item.card_id: item.card for item in work.items}
        if not cards:
            return
        self.fields["*"] = choice(by, Person, _("Who takes all of it"), required=False)
        kinds = sorted({card.kind for card in cards.values()})
        if len(kinds) > 1:
            for kind in kinds:
                self.fields[kind] = choice(by, Person, _("Who takes %(kind)s") % {"kind": type_named(kind).plural_label}, required=False)
        for card in sorted(cards.values(), key=lambda c: (c.kind, c.number))[:200]:
            title = card.title if may(by, f"{card.kind}:read", card) else ""  # who keeps people need not see what they work on
            self.fields[card.reference] = choice(by, Person, f"{card.reference} {title}".strip(), required=False)

    def successors(self) -> dict[str, Person]:
        return {name: taker for name, taker in self.cleaned_data.items() if taker is not None and name != DECISIONS}

    def decider(self) -> Person | None:
        found: Person | None = self.cleaned_data.get(DECISIONS) or self.cleaned_data.get("*")
        return found


class LeavePage(SignedInView):
    """`/people/{id}/leave/`: what they have in hand, who takes it, and what ends."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        someone = self._someone(number)
        work = open_work(someone)
        steps = steps_asking(someone)
        return self._show(someone, work, steps, LeaverForm(by=self.person, work=work, steps=steps))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        someone = self._someone(number)
        work = open_work(someone)
        steps = steps_asking(someone)
        form = LeaverForm(request.POST, by=self.person, work=work, steps=steps)
        if form.is_valid():
            try:
                with writing():
                    hand_over_decisions(someone, form.decider(), by=self.person, channel="page")
                    leave(person=someone, successors=form.successors(), by=self.person, channel="page")
            except Faulty as error:
                carry(form, error)
            except MoveRefused as error:
                carry(form, Faulty([Fault("", str(error))]))
            else:
                messages.success(request, _("%(name)s has left. Everything that they could do has ended.") % {"name": someone})
                return HttpResponseRedirect(reverse("person", args=[someone.pk]))
        return self._show(someone, work, steps, form)

    def _someone(self, number: int) -> Person:
        someone = person_or_404(self.person, number)
        check_keep(self.person, someone)
        return someone

    def _show(self, someone: Person, work: OpenWork, steps: list[Step], form: LeaverForm) -> HttpResponse:
        return render(
            self.request,
            "desk/people/leave.html",
            {
                "someone": someone,
                "work": work,
                "form": form,
                "steps": [(s, may(self.person, f"{s.approval.card.kind}:read", s.approval.card)) for s in steps],
                "recurring": Recurrence.objects.filter(requester=someone, ended_at=None).count(),
                "rules": EscalationRule.objects.filter(person=someone, is_active=True).count(),
                "may_keep_rules": may_everywhere(self.person, "settings:change"),
                "items": [i for i in work.items if may(self.person, f"{i.card.kind}:read", i.card)],
                "crumbs": [(_("People"), reverse("people")), (someone.name, reverse("person", args=[someone.pk])), (_("Leaves"), "")],
            },
            status=400 if form.errors else 200,
        )


class EraseForm(forms.Form):
    """An order to forget who somebody was."""

    reason = forms.CharField(label=gettext_lazy("On whose order, and why"), max_length=500)
    confirm = forms.CharField(label=gettext_lazy("Their name, once more"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class ErasePage(SignedInView):
    """`/people/{id}/erase/`."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self._someone(number), EraseForm())

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        someone = self._someone(number)
        form = EraseForm(request.POST)
        if form.is_valid() and form.cleaned_data["confirm"].strip() != someone.name:
            form.add_error("confirm", _("That is not their name as it stands here."))
        if form.is_valid():
            try:
                erase(person=someone, by=self.person, channel="page", reason=form.cleaned_data["reason"])
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("Who they were is erased. Their number and what they did stay."))
                return HttpResponseRedirect(reverse("people"))
        return self._show(someone, form)

    def _someone(self, number: int) -> Person:
        someone = person_or_404(self.person, number)
        check(self.person, "person:erase", organization=someone.organization_id)
        return someone

    def _show(self, someone: Person, form: forms.Form) -> HttpResponse:
        back = reverse("person", args=[someone.pk])
        return form_page(
            self.request,
            form,
            title=_("Erase %(name)s") % {"name": someone},
            button=_("Erase the person"),
            back=back,
            is_danger=True,
            intro=_("Name, address and preferences go, here and in the history. It can't be taken back. What they did stays."),
            crumbs=[(_("People"), reverse("people")), (someone.name, back)],
        )
