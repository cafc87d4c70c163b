"""Pages of taking in: send a file, look at what it says beside ours, accept row by row, take over; and what the linter finds in a document."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, reach, sentence
from plimsoll.kernel.documents.html import as_html
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.queries import draft_as_printed
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.ui.context import DeclaredView
from plimsoll.support.intake.linting.looking import lint_document, lint_read
from plimsoll.support.intake.models import Intake
from plimsoll.support.intake.operations import MOST_BYTES, NotTaken, begin_intake, discard, keep_choices, take_over
from plimsoll.support.intake.queries import cover_of, drafted, mine, proposed, reading_of
from plimsoll.support.intake.telling import REASONS

CHANNEL = "page"
SHOWN = 20


class IntakeView(DeclaredView):
    """Shared: only who may begin documents comes here, and sees their own files only."""

    record_type = DOCUMENT

    def need_opening(self) -> None:
        if reach(self.person, "document:open").is_empty:
            raise Refused(sentence(self.person, "document:open"))

    def intake(self, number: int) -> Intake:
        self.need_opening()
        found = Intake.objects.filter(tenant=self.person.tenant, person=self.person, pk=number).select_related("document").first()
        if found is None:
            raise Http404
        return found


class SendPage(IntakeView):
    """`/library/import/`: the form, and one's own files that wait or were taken over."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.need_opening()
        return self._show([])

    def post(self, request: HttpRequest) -> HttpResponse:
        self.need_opening()
        sent = request.FILES.get("file")
        if sent is None:
            return self._show([_("Choose a file.")], 422)
        if (sent.size or 0) > MOST_BYTES:
            return self._show(
                [_("The file is larger than %(n)d MB. Take out its pictures, or save it as plain text.") % {"n": MOST_BYTES // 1_000_000}], 422
            )
        try:
            made = begin_intake(name=sent.name or "file", content=sent.read(), by=self.person)
        except Faulty as error:
            return self._show([f.sentence for f in error.faults], 422)
        return HttpResponseRedirect(f"/library/import/{made.pk}/")

    def _show(self, faults: list[str], status: int = 200) -> HttpResponse:
        rows = list(mine(self.person).select_related("document")[:SHOWN])
        context = {"faults": faults, "rows": rows, "most": MOST_BYTES // 1_000_000}
        return self.show("intake/send.html", {**context, "crumbs": [(_("Library"), "/library/"), (_("Take in a plan"), "")]}, status)


class ReviewPage(IntakeView):
    """`/library/import/{number}/`: what the file says beside ours, what would be written, and the two buttons: keep for later, take over."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        found = self.intake(number)
        return self._done(found) if found.taken_at is not None else self._show(found)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        found = self.intake(number)
        act = request.POST.get("act", "")
        if act == "discard":
            discard(found, by=self.person)
            messages.success(request, _("Thrown away. Nothing of it was written."))
            return HttpResponseRedirect("/library/import/")
        if found.taken_at is not None:
            return self._done(found)
        keep_choices(found, self._choices(found, request), by=self.person)
        if act != "take":
            messages.success(request, _("Kept for later. Nothing is written yet; files left alone are forgotten after 30 days."))
            return HttpResponseRedirect(request.path)
        try:
            made = take_over(found, by=self.person, channel=CHANNEL)
        except NotTaken as error:
            return self._show(found, error.rows, 422)
        messages.success(request, _("Taken over: %(reference)s, with the records that you accepted.") % {"reference": made.reference})
        return HttpResponseRedirect(request.path)

    def _choices(self, found: Intake, request: HttpRequest) -> dict[str, Any]:
        """What was ticked and typed, of what is proposed only."""

        def typed(name: str, most: int) -> str:
            return request.POST.get(name, "").replace("\r\n", "\n").replace("\x00", "")[:most]

        rows = {}
        for row in proposed(found, self.person):
            key = row.proposal.key
            rows[key] = {entry.name: typed(f"{key}.{entry.name}", 20_000 if entry.is_long else 300) for entry in row.entries}
            rows[key]["take"] = "on" if f"{key}.take" in request.POST else ""
        cover = {name: typed(f"document.{name}", 250) for name in ("title", "code", "level", "mode")}
        return {"rows": rows, "document": cover}

    def _show(self, found: Intake, faults: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
        read = reading_of(found)
        cover = cover_of(found)
        rows = proposed(found, self.person)
        made = drafted(found, taken={r.proposal.key for r in rows if r.is_taken})
        assert self.person.tenant is not None
        as_draft = Document(tenant=self.person.tenant, title=cover.title, body=made.source, opened_by=self.person, level="internal")
        printed, _standings, fault = draft_as_printed(as_draft)
        told = faults or {}
        return self.show(
            "intake/review.html",
            {
                "intake": found,
                "text": read.text,
                "cover": cover,
                "levels": Document.LEVELS,
                "rows": [(row, REASONS.get(row.proposal.reason, ""), told.get(row.proposal.key, "")) for row in rows],
                "facts": [p for p in read.proposals if not p.is_record],
                "sections": read.of_sections,
                "missing": read.matched.missing,
                "places": read.places,
                "unfilled": sum(not p.field for p in read.places),
                "findings": lint_read(read, self.person.tenant),
                "html": as_html(printed, marks=True) if printed else "",
                "fault": fault,
                "made": made,
                "faults": told,
                "document_fault": told.get("document", ""),
                "crumbs": [(_("Library"), "/library/"), (_("Take in a plan"), "/library/import/"), (found.name, "")],
            },
            status,
        )

    def _done(self, found: Intake) -> HttpResponse:
        context = {"intake": found, "outcome": found.outcome, "document": found.document}
        crumbs = [(_("Library"), "/library/"), (_("Take in a plan"), "/library/import/"), (found.name, "")]
        return self.show("intake/done.html", {**context, "crumbs": crumbs})


class FindingsPage(DeclaredView):
    """`/documents/{number}/findings/`: what is wrong with a document's words, its references, and the records that fill it."""

    record_type = DOCUMENT

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.found(number)
        assert isinstance(document, Document)
        if not may(self.person, "document:internal", document):
            raise Refused(sentence(self.person, "document:internal"))
        found = lint_document(document)
        context = {
            "record": document,
            "findings": found,
            "serious": sum(f.is_serious for f in found),
            "can_write": may(self.person, "document:amend", document),
        }
        return render(
            request,
            "intake/findings.html",
            {**context, "at_kind": "document", "record_type": DOCUMENT, "crumbs": self.record_crumbs(document, (_("What the linter finds"), ""))},
        )


def routes() -> list[URLPattern]:
    """The addresses of this room."""
    return [
        path("library/import/", SendPage.as_view(), name="intake"),
        path("library/import/<int:number>/", ReviewPage.as_view(), name="intake_review"),
        path("documents/<int:number>/findings/", FindingsPage.as_view(), name="document_findings"),
    ]
