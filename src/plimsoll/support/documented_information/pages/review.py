"""Pages of a draft that is read by others: remarks on its paragraphs, rounds, the signed page, the outcome of a review, a changed template."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.documents.html import blocks_as_html
from plimsoll.kernel.documents.models import Document, Remark, Round
from plimsoll.kernel.documents.outcomes import outcomes_of
from plimsoll.kernel.documents.queries import draft_as_printed
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.documents.remarking import (
    OPEN_TO_REMARKS,
    answer_remark,
    answer_round,
    ask_to_review,
    beginning,
    close_remark,
    may_close,
    may_review,
    remark,
)
from plimsoll.kernel.documents.rules import WRITTEN
from plimsoll.kernel.documents.signing import are_signed_on_paper, attach_signed_page, signed_pages
from plimsoll.kernel.documents.taking_over import Whose, moved_on, pieces_of, take_over
from plimsoll.kernel.documents.triggers import open_reviews, trigger_words
from plimsoll.kernel.documents.upgrading import Piece
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.operations import MoveRefused, StaleRecord, move
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.sources import source_of_card
from plimsoll.kernel.ui.choosing import find_one
from plimsoll.kernel.ui.context import address_of
from plimsoll.support.documented_information.pages.writing import CHANNEL, DocumentPage


def carry(form: forms.Form, error: Faulty) -> None:
    """The faults of a write, each at its field."""
    for fault in error.faults:
        form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)


class RoundForm(forms.Form):
    """Whom one asks to read the draft, and until when."""

    people = forms.CharField(
        label=gettext_lazy("Who is to read it"), widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("One name or mail address a line.")
    )
    until = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))

    def named(self, by: Person) -> list[Person]:
        """The people that were typed; a name that nobody or several have is a fault."""
        keys = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["people"].splitlines())):
            if (key := find_one(by, Person, line)) is None:
                raise Faulty([Fault("people", _("Nobody, or more than one, is called “%(name)s”. Write the mail address.") % {"name": line[:60]})])
            keys.append(key)
        return list(Person.objects.filter(pk__in=keys, tenant_id=by.tenant_id or 0).select_related("organization"))


class RemarksPage(DocumentPage):
    """`…/remarks/`: the draft with what is said of its paragraphs; `?on=` names the one that something is said of."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        self._need_sight(document)
        return self._show(document, on=request.GET.get("on", ""))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        self._need_sight(document)
        act, text = request.POST.get("act", ""), request.POST.get("text", "")
        form = None
        try:
            where = self._act(document, act, text)
        except Faulty as error:
            if act == "ask":
                form = RoundForm(request.POST)
                form.is_valid()
                carry(form, error)
            said = [f.sentence for f in error.faults if form is None or f.field not in form.fields]
            on = request.POST.get("on", "")
            return self._show(
                document, on=on, typed={"act": act, "remark": whole(request.POST.get("remark", "")), "text": text}, said=said, form=form
            )
        return HttpResponseRedirect(f"{request.path}#{where}" if where else request.path)

    def _need_sight(self, document: Document) -> None:
        if not may(self.person, "document:internal", document):
            raise Http404

    def _act(self, document: Document, act: str, text: str) -> str:
        post = self.request.POST
        if act == "remark":
            made = remark(document, post.get("on", ""), text=text, must_settle="must_settle" in post, by=self.person, channel=CHANNEL)
            return f"remark-{made.pk}"
        if act in ("answer", "close"):
            found = Remark.objects.select_related("document", "by").filter(document=document, pk=whole(post.get("remark", "")) or 0).first()
            if found is None:
                raise Http404
            if act == "answer":
                answer_remark(found, text=text, by=self.person, channel=CHANNEL)
            else:
                close_remark(found, by=self.person, channel=CHANNEL)
            return f"remark-{found.pk}"
        if act == "ask":
            form = RoundForm(post)
            if not form.is_valid():
                raise Faulty([])
            ask_to_review(document, form.named(self.person), until=form.cleaned_data["until"], by=self.person, channel=CHANNEL)
            messages.success(self.request, _("They are asked, and told."))
            return ""
        if act in ("fine", "remarks"):
            answer_round(document, act, by=self.person, channel=CHANNEL)
            messages.success(self.request, _("Thank you. Who asked you sees it."))
            return ""
        raise Http404

    def _show(
        self, document: Document, *, on: str = "", typed: dict[str, Any] | None = None, said: list[str] | None = None, form: RoundForm | None = None
    ) -> HttpResponse:
        printed, _standings, fault = draft_as_printed(document)
        rows = list(document.remarks.select_related("by", "answered_by", "closed_by").order_by("pk"))
        can_remark = document.state in OPEN_TO_REMARKS and may_review(self.person, document)
        can_answer = may(self.person, "document:amend", document)
        shown: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            is_open = row.closed_at is None
            shown.setdefault(row.anchor, []).append(
                {
                    "remark": row,
                    "can_answer": is_open and can_remark and (can_answer or row.by_id == self.person.pk),
                    "can_close": is_open and may_close(row, self.person, document),
                }
            )
        blocks = printed.blocks if printed is not None else ()
        there = {block.anchor for block in blocks}
        rounds = list(Round.objects.filter(document=document).select_related("asked_by").prefetch_related("reviewers__person").order_by("-pk")[:20])
        mine = next((r for one in rounds if one.ended_at is None for r in one.reviewers.all() if r.person_id == self.person.pk), None)
        can_ask = document.state in OPEN_TO_REMARKS and may(self.person, "document:amend", document)
        return self.show(
            "documented_information/remarks.html",
            {
                "record": document,
                "base": address_of(document, DOCUMENT),
                "fault": fault,
                "said": said or [],
                "blocks": [(block.anchor, blocks_as_html([block], marks=False), beginning(block), shown.get(block.anchor, [])) for block in blocks],
                "gone": [one for anchor, some in shown.items() if anchor not in there for one in some],
                "open_count": sum(row.closed_at is None for row in rows),
                "must_count": sum(row.closed_at is None and row.must_settle for row in rows),
                "rounds": rounds,
                "mine": mine,
                "on": on if on in there and can_remark else "",
                "typed": typed or {},
                "can_remark": can_remark,
                "form": (form or RoundForm()) if can_ask else None,
                "crumbs": self.record_crumbs(document, (_("Remarks"), "")),
            },
            422 if said or form is not None else 200,
        )


class OutcomeForm(forms.Form):
    """What came of looking at a document again (S-093)."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What comes of it"),
        widget=forms.RadioSelect,
        choices=[
            ("confirm", gettext_lazy("No change: it is still true")),
            ("revise", gettext_lazy("A new version is drafted")),
            ("withdraw", gettext_lazy("It is withdrawn")),
        ],
    )
    note = forms.CharField(
        label=gettext_lazy("What was looked at, and why this comes of it"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )


class OutcomePage(DocumentPage):
    """`…/review/`: the review of what is in force, with one of three outcomes and a note."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self.document(number), OutcomeForm())

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        form = OutcomeForm(request.POST)
        if not form.is_valid():
            return self._show(document, form, 422)
        try:
            moved = move(document, form.cleaned_data["outcome"], by=self.person, channel=CHANNEL, note=form.cleaned_data["note"])
        except MoveRefused as error:
            for reason in error.reasons:
                form.add_error(None, reason)
            return self._show(document, form, 422)
        messages.success(request, _("The review is kept, with its note."))
        return HttpResponseRedirect(address_of(moved, DOCUMENT))

    def _show(self, document: Document, form: OutcomeForm, status: int = 200) -> HttpResponse:
        if not may(self.person, "document:internal", document):
            raise Http404
        return self.show(
            "documented_information/outcome.html",
            {
                "record": document,
                "base": address_of(document, DOCUMENT),
                "form": form if document.state in ("valid", "overdue") else None,
                "asked": [(r, trigger_words(r.trigger), source_of_card(r.card)) for r in open_reviews([document])],
                "outcomes": outcomes_of([document.pk]),
                "crumbs": self.record_crumbs(document, (_("Review"), "")),
            },
            status,
        )


class ScanForm(forms.Form):
    """The scan of the page that was signed."""

    file = forms.FileField(label=gettext_lazy("Scan of the signed page"), help_text=gettext_lazy("PDF, PNG, JPEG or TIFF."))


class SignaturePage(DocumentPage):
    """`…/signature/`: print the draft, have it signed, attach the scan. Only where the organisation prescribes paper."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self.document(number), ScanForm())

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        form = ScanForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                attach_signed_page(document, name=file.name, content=file.read(), by=self.person, channel=CHANNEL)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("The signed page is attached. The draft can be approved now."))
                return HttpResponseRedirect(request.path)
        return self._show(document, form, 422)

    def _show(self, document: Document, form: ScanForm, status: int = 200) -> HttpResponse:
        if not (may(self.person, "document:internal", document) and are_signed_on_paper(document.tenant)):
            raise Http404
        return self.show(
            "documented_information/signature.html",
            {
                "record": document,
                "base": address_of(document, DOCUMENT),
                "page": signed_pages([document]).get(document.pk),
                "form": form if document.state == "in_review" else None,
                "crumbs": self.record_crumbs(document, (_("Signature"), "")),
            },
            status,
        )


class TemplateChangesPage(DocumentPage):
    """`…/template/`: what the template changed since it was copied, what the document changed, and taking it over section by section."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        self.need("internal", document)
        return self._show(document, {})

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        self.need("amend", document)
        taken: dict[str, Whose] = {}
        for piece in self._pieces(document):
            if (whose := request.POST.get(f"whose-{piece.anchor}", "")) in ("ours", "theirs"):
                taken[piece.anchor] = whose  # type: ignore[assignment]
        seen = request.POST.get("version", "")
        try:
            take_over(document, taken, by=self.person, channel=CHANNEL, version=int(seen) if seen.isdecimal() else None)
        except StaleRecord:
            return self._show(document, taken, [_("Somebody changed the document meanwhile. Choose again from what stands here now.")], 409)
        except Faulty as error:
            return self._show(document, taken, [f.sentence for f in error.faults], 422)
        messages.success(request, _("Taken over. Read the draft before you ask for its review."))
        return HttpResponseRedirect(address_of(document, DOCUMENT, "draft"))

    def _pieces(self, document: Document) -> tuple[Piece, ...]:
        try:
            return tuple(piece for piece in pieces_of(document) if piece.kind != "same")
        except Faulty:
            return ()

    def _show(self, document: Document, taken: dict[str, Whose], said: list[str] | None = None, status: int = 200) -> HttpResponse:
        template = moved_on(document)
        return self.show(
            "documented_information/template_changes.html",
            {
                "record": document,
                "base": address_of(document, DOCUMENT),
                "template": template,
                "rows": [(p, taken.get(p.anchor) or ("theirs" if p.kind == "theirs" else "ours")) for p in self._pieces(document)]
                if template
                else [],
                "said": said or [],
                "can_write": document.state in WRITTEN and may(self.person, "document:amend", document),
                "can_revise": document.state in ("valid", "overdue") and may(self.person, "document:revise", document),
                "crumbs": self.record_crumbs(document, (_("Template"), "")),
            },
            status,
        )
