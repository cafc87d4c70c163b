"""What people of customers do about their things: answer, confirm, open again, withdraw, decide, say how it went. Each is one call below."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.agreements.relationships.operations import rate
from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.approvals.operations import decide
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused, StaleRecord, move, refusals
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.moving import allowed
from plimsoll.kernel.ui.sent_files import SentFiles
from plimsoll.kernel.workflow import UnknownMove
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.operations import reopen_or_follow
from plimsoll.resolution.incidents.queries import is_too_late_to_reopen
from plimsoll.site.portal.one import PortalRecordView
from plimsoll.site.portal.report import attach_sent
from plimsoll.site.portal.shell import CHANNEL


class ActPage(PortalRecordView):
    """A page that takes a POST; what was typed is never lost on a refusal."""

    def get(self, request: HttpRequest, number: int, name: str = "") -> HttpResponse:
        return HttpResponseRedirect(self.base(self.found(number)))

    def acting(self, number: int) -> Record:
        """The record, for somebody who acts here; our own people act on the inside page."""
        record = self.found(number)
        if self.is_preview(record):
            raise Refused(_("This is what the customer sees. Act on the inside page."))
        return record


class AnswerPage(ActPage):
    """`…/answer/`: say something, with files."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.acting(number)
        text, sent = request.POST.get("text", ""), SentFiles.of(request, self.person)
        try:
            with writing():
                parts.comment(record, text=text, is_public=True, by=self.person, channel=CHANNEL)
                attach_sent(sent, record, self.person)
        except Faulty as error:
            return self.page(record, status=422, text=text, fault=" ".join(f.sentence for f in error.faults), sent=sent.hold())
        sent.done()
        messages.success(request, _("Your answer is with us."))
        return HttpResponseRedirect(f"{self.base(record)}#talk")


class WhyForm(forms.Form):
    """A sentence that goes along with an act."""

    note = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: object, label: str, is_needed: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["note"].label, self.fields["note"].required = label, is_needed
        self.fields["note"].error_messages["required"] = _("Say why in a few words; it is read by those who worked on it.")


class PortalMovePage(ActPage):
    """`…/moves/{name}/`: confirm, open again or withdraw; a form where a reason is asked for."""

    def get(self, request: HttpRequest, number: int, name: str = "") -> HttpResponse:
        record = self.acting(number)
        return self._show(record, name, self._form(record, name))

    def post(self, request: HttpRequest, number: int, name: str) -> HttpResponse:
        record = self.acting(number)
        form = self._form(record, name, request.POST)
        if not form.is_valid():
            return self._show(record, name, form, 422)
        note, made, said = form.cleaned_data["note"], record, ""
        try:
            if name == "reopen" and isinstance(record, Incident):
                made, said = reopen_or_follow(record, by=self.person, channel=CHANNEL, note=note)
            else:
                made = move(record, name, by=self.person, channel=CHANNEL, note=note, version=whole(request.POST.get("version", "")))
        except StaleRecord as error:
            return self._show(error.current, name, form, 409, _("It changed meanwhile. Look at how it stands now."))
        except MoveRefused as error:
            return self._show(record, name, form, 422, " ".join(error.reasons))
        except Faulty as error:
            return self._show(record, name, form, 422, " ".join(f.sentence for f in error.faults))
        state = workflow_of(self.person.tenant, made.kind).state(made.state).label
        messages.success(request, said or _("%(ref)s is now: %(state)s.") % {"ref": made.reference, "state": state})
        return HttpResponseRedirect(self.base(made))

    def _form(self, record: Record, name: str, data: object = None) -> WhyForm:
        flow = workflow_of(self.person.tenant, record.kind)
        try:
            arrow = flow.move(name)
        except UnknownMove:
            raise Http404 from None
        if not self._is_for_portal(flow, name):
            raise Http404
        if not allowed(self.person, record, arrow):
            raise Refused(sentence(self.person, f"{record.kind}:{name}"))
        return WhyForm(data, label=_("Say why") if arrow.asks_note else _("Anything you want to add"), is_needed=arrow.asks_note)

    def _show(self, record: Record, name: str, form: WhyForm, status: int = 200, fault: str = "") -> HttpResponse:
        flow = workflow_of(self.person.tenant, record.kind)
        arrow = flow.move(name)
        is_end = flow.state(arrow.target).category == "dropped"  # "Cancel" on a button means to go back, to most people
        is_followed = name == "reopen" and isinstance(record, Incident) and is_too_late_to_reopen(record, record.tenant)
        reasons = [] if is_followed else [r for r in refusals(record, name, by=self.person) if record.state not in arrow.sources]
        lede = _("It ended too long ago to be taken up again. A new report is opened with what is known of it.") if is_followed else ""
        return self.portal(
            "portal/move.html",
            {
                "record": record,
                "base": self.base(record),
                "move": arrow,
                "button": _("Yes, cancel it") if is_end else arrow.title,
                "back": _("No, keep it") if is_end else _("Back"),
                "form": form,
                "reasons": reasons or ([fault] if fault else []),
                "lede": lede,
            },
            status,
        )


class DecidePage(ActPage):
    """`…/decide/`: say yes or no to what one is asked, a no with its reason."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.acting(number)
        act, _dash, pk = request.POST.get("act", "").partition("-")
        approval = None if (key := whole(pk)) is None else Approval.objects.filter(pk=key, card_id=record.pk).first()
        if approval is None or act not in ("yes", "no"):
            raise Http404
        reason = request.POST.get("reason", "")
        if act == "no" and not reason.strip():
            why = {"pk": approval.pk, "fault": _("Say why not; the one who asked reads it.") if "reason" in request.POST else ""}
            return self.page(record, asking_why=why, status=422 if why["fault"] else 200)
        try:
            decide(approval, is_yes=act == "yes", by=self.person, channel=CHANNEL, reason=reason)
        except (Refused, MoveRefused, Faulty) as error:
            again = {"pk": approval.pk, "fault": "", "reason": reason} if act == "no" else None  # what was typed is handed back
            return self.page(record, status=409, fault=str(error), asking_why=again)
        messages.success(request, _("You approved it.") if act == "yes" else _("You refused it."))
        # The decision may have ended the right to read that came with it.
        return HttpResponseRedirect(self.base(record) if may(self.person, f"{record.kind}:read", record) else "/portal/")


class RatePage(ActPage):
    """`…/rate/`: how it went, from 1 to 5, with a sentence if one wants."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.acting(number)
        score, typed = whole(request.POST.get("score", "")) or 0, request.POST.get("comment", "")
        try:
            rate(record, score=score, comment=typed, by=self.person, channel=CHANNEL)
        except Faulty as error:
            return self.page(record, status=422, fault=" ".join(f.sentence for f in error.faults), typed_comment=typed)
        except Refused as error:
            return self.page(record, status=409, fault=str(error), typed_comment=typed)
        messages.success(request, _("Thank you. You can change your answer for 14 days."))
        return HttpResponseRedirect(f"{self.base(record)}#how")
