"""Decisions asked on a record: what was asked and decided, asking, deciding, taking back. It decides nothing itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.approvals.operations import Asked, ask, decide, withdraw
from plimsoll.kernel.approvals.queries import visible_approvals
from plimsoll.kernel.approvals.stuck import may_ask_others, stuck_step
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused
from plimsoll.kernel.records.permissions import Refused, is_inside, may, may_move
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.choosing import rows_for
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.decisions import decisions_of
from plimsoll.kernel.ui.forms_derived import ReferenceField

CHANNEL = "page"
STEPS = 3  # steps that the form offers; programs may ask for more
PEOPLE = 3  # people per step that the form offers


class AskForm(forms.Form):
    """A question and up to three steps of up to three people; how many must say yes."""

    question = forms.CharField(label=gettext_lazy("What is to be decided"), max_length=250)
    when_approved = forms.ChoiceField(label=gettext_lazy("When it is approved"), required=False)
    when_refused = forms.ChoiceField(label=gettext_lazy("When it is refused"), required=False)

    def __init__(self, *args: Any, moves: list[tuple[str, str]], asker: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asker = asker
        for name in ("when_approved", "when_refused"):
            self.fields[name].choices = [("", _("nothing follows by itself")), *moves]  # type: ignore[attr-defined]
        for step in range(1, STEPS + 1):
            self.fields[f"name_{step}"] = forms.CharField(
                label=_("Step %(n)d") % {"n": step}, max_length=120, required=step == 1, initial=_("Decision") if step == 1 else ""
            )
            for person in range(1, PEOPLE + 1):
                label = _("Step %(n)d, person %(m)d") % {"n": step, "m": person}
                self.fields[f"person_{step}_{person}"] = ReferenceField(Person, asker, label=label, required=False)
            self.fields[f"needed_{step}"] = forms.IntegerField(
                label=_("Step %(n)d, how many must say yes") % {"n": step}, min_value=1, max_value=PEOPLE, initial=1, required=False
            )

    def asked(self) -> list[Asked]:
        """The steps as they are asked; a step without people is left out, unless it is the only one (then asking says what is missing)."""
        steps = []
        for step in range(1, STEPS + 1):
            keys = [pk for person in range(1, PEOPLE + 1) if (pk := self.cleaned_data.get(f"person_{step}_{person}"))]
            people = list(rows_for(self.asker, Person).filter(pk__in=keys))
            if people or step == 1:
                steps.append(
                    Asked(
                        self.cleaned_data.get(f"name_{step}") or _("Step %(n)d") % {"n": step}, self.cleaned_data.get(f"needed_{step}") or 1, people
                    )
                )
        return steps


class ApprovalsPage(DeclaredView):
    """`…/approvals/`: the decisions of a record, and asking for one."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._page(self.found(number))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        act, _dash, pk = request.POST.get("act", "").partition("-")
        if act == "ask":
            return self._ask(record)
        approval = next((a for a in visible_approvals(record, self.person, inside=is_inside(self.person, record)) if a.pk == whole(pk)), None)
        if approval is None:
            raise Http404
        reason = request.POST.get("reason", "")
        if act in ("no", "back") and not reason.strip():
            return self._page(record, asking_why={"act": act, "pk": approval.pk, "fault": _("Say why.") if "reason" in request.POST else ""})
        try:
            if act == "back":
                withdraw(approval, by=self.person, channel=CHANNEL, reason=reason)
            elif act in ("yes", "no"):
                decide(approval, is_yes=act == "yes", by=self.person, channel=CHANNEL, reason=reason)
            else:
                raise Http404
        except (Refused, MoveRefused, Faulty) as error:
            again = {"act": act, "pk": approval.pk, "fault": "", "reason": reason} if reason.strip() else None  # what was typed is handed back
            return self._page(record, refusal=str(error), asking_why=again, status=409)
        messages.success(request, {"back": _("You took the question back."), "yes": _("You approved it."), "no": _("You refused it.")}[act])
        # The decision may have ended the right to read that came with it.
        return HttpResponseRedirect(address_of(record, self.record_type) if may(self.person, f"{record.kind}:read", record) else "/")

    def _ask(self, record: Record) -> HttpResponse:
        form = AskForm(self.request.POST, moves=self._moves(record), asker=self.person)
        if not form.is_valid():
            return self._page(record, form=form, status=422)
        try:
            ask(
                record,
                question=form.cleaned_data["question"],
                steps=form.asked(),
                by=self.person,
                channel=CHANNEL,
                move_when_approved=form.cleaned_data["when_approved"],
                move_when_refused=form.cleaned_data["when_refused"],
            )
        except Faulty as error:
            for fault in error.faults:
                form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            return self._page(record, form=form, status=422)
        return HttpResponseRedirect(address_of(record, self.record_type, "approvals"))

    def _stuck(self, record: Record) -> int:
        """The open decision that nobody can take any more, for whoever may ask others; 0 when there is none."""
        if not may_ask_others(self.person, record):
            return 0
        found = Approval.objects.filter(card_id=record.pk, ended_at=None).select_related("card", "asked_by").first()
        return found.pk if found is not None and stuck_step(found) is not None else 0

    def _moves(self, record: Record) -> list[tuple[str, str]]:
        """What may follow by itself: what whoever asks could do too."""
        return [(m.name, m.title) for m in workflow_of(self.person.tenant, record.kind).moves if may_move(self.person, record, m)]

    def _page(
        self, record: Record, *, form: AskForm | None = None, refusal: str = "", asking_why: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        approvals = decisions_of(record, self.person, inside=is_inside(self.person, record))
        can_ask = may(self.person, f"{record.kind}:amend", record) and not any(a.is_open for a in approvals)
        return self.show(
            "ui/approvals.html",
            {
                "record": record,
                "title": _("Decisions on %(reference)s") % {"reference": record.reference},
                "base": address_of(record, self.record_type),
                "here": address_of(record, self.record_type, "approvals"),
                "approvals": approvals,
                "asking_why": asking_why,
                "refusal": refusal,
                "stuck": self._stuck(record),
                "form": (form or AskForm(moves=self._moves(record), asker=self.person)) if can_ask else None,
                "crumbs": self.record_crumbs(record, (_("Decisions"), "")),
            },
            status=status,
        )
