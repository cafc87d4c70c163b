"""Pages of documents that the derived ones cannot be: templates, writing with a preview, fields, reading, versions, comparing, files, the library."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.documents.blocks import Heading, Printed, from_json as printed_from_json
from plimsoll.kernel.documents.claiming import claims_in_force
from plimsoll.kernel.documents.comparing import changes
from plimsoll.kernel.documents.content import template_named, templates
from plimsoll.kernel.documents.drifting import by_record
from plimsoll.kernel.documents.html import as_html
from plimsoll.kernel.documents.models import Document, DocumentVersion
from plimsoll.kernel.documents.odt import office
from plimsoll.kernel.documents.operations import begin
from plimsoll.kernel.documents.queries import draft_as_printed
from plimsoll.kernel.documents.record import DOCUMENT, is_sound
from plimsoll.kernel.documents.rules import WRITTEN
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.operations import StaleRecord, amend
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.queries import find_by_reference
from plimsoll.kernel.ui.context import DeclaredView, SignedInView, address_of
from plimsoll.support.documented_information.queries import library, meter, read_draft, readable, version_of, versions_for

CHANNEL = "page"
PAGE = 50


class DocumentPage(DeclaredView):
    """Shared: the document, and what a person may do with it."""

    record_type = DOCUMENT

    def document(self, number: int) -> Document:
        found = self.found(number)
        assert isinstance(found, Document)
        return found

    def need(self, word: str, document: Document) -> None:
        if not may(self.person, f"document:{word}", document):
            raise Refused(sentence(self.person, f"document:{word}"))

    def can_write(self, document: Document) -> bool:
        return document.state in WRITTEN and may(self.person, "document:amend", document)


class TemplatesPage(DocumentPage):
    """`/documents/templates/`: what can be begun from, and what was already."""

    def get(self, request: HttpRequest) -> HttpResponse:
        begun: dict[str, list[Document]] = {}
        for document in Document.objects.visible_to(self.person).exclude(template="").order_by("number"):
            begun.setdefault(document.template, []).append(document)
        rows = [(template, begun.get(template.key, [])) for template in templates()]
        return self.show(
            "documented_information/templates.html",
            {"rows": rows, "can_open": self.may_open(), "crumbs": self.crumbs((_("Templates"), ""))},
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        template = template_named(request.POST.get("template", ""))
        if template is None:
            raise Http404
        about = request.POST.get("about", "")[:30]
        own: dict[str, Any] = {"about": about} if about else {}
        try:
            made = begin(template, by=self.person, channel=CHANNEL, **own)
        except Faulty as error:
            messages.error(request, str(error))
            return HttpResponseRedirect("/documents/templates/")
        messages.success(
            request, _("%(reference)s is begun from the template. Its fields are filled from your records.") % {"reference": made.reference}
        )
        return HttpResponseRedirect(address_of(made, DOCUMENT, "fields"))


class TemplatePage(DocumentPage):
    """`/documents/templates/{key}/`: one template as it reads here and now, before anything is begun; with `?about=PRC-3` as it is about that."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        template = template_named(key)
        if template is None:
            raise Http404
        assert self.person.tenant is not None
        wanted = request.GET.get("about", "")[:30]
        subject = find_by_reference(self.person, wanted) if wanted else None
        about = subject.reference if subject is not None else ""
        as_draft = Document(
            tenant=self.person.tenant, title=template.title, body=template.text, sort=template.sort, opened_by=self.person, about=about
        )
        draft = read_draft(as_draft)
        return self.show(
            "documented_information/template.html",
            {
                "template": template,
                "about": subject,
                "html": draft.html,
                "meter": meter(draft.standings),
                "can_open": self.may_open(),
                "crumbs": self.crumbs((_("Templates"), "/documents/templates/"), (template.title, "")),
            },
        )


class TextPage(DocumentPage):
    """`…/text/`: the source, with a preview beside it that follows the writing."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        self.need("amend", document)
        return self._show(document, document.body, document.version)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        self.need("amend", document)
        text = request.POST.get("body", "").replace("\r\n", "\n")
        seen = request.POST.get("version", "")
        try:
            amend(document, by=self.person, channel=CHANNEL, version=int(seen) if seen.isdecimal() else None, body=text)
        except StaleRecord as stale:
            said = _("Somebody changed the document meanwhile. Your text is below; what is kept now is in the other tab of the comparison.")
            return self._show(document, text, stale.current.version, [said], status=409)
        except Faulty as error:
            return self._show(document, text, document.version, [fault.sentence for fault in error.faults], status=422)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(request.path)

    def _show(self, document: Document, text: str, version: int, faults: list[str] | None = None, status: int = 200) -> HttpResponse:
        draft = read_draft(document, text)
        return self.show(
            "documented_information/text.html",
            {
                "claims": draft.claims,
                "record": document,
                "base": address_of(document, DOCUMENT),
                "body": text,
                "version": version,
                "faults": faults or [],
                "fault": draft.fault,
                "html": draft.html,
                "can_write": self.can_write(document),
                "crumbs": self.record_crumbs(document, (_("Text"), "")),
            },
            status,
        )


class PreviewPage(DocumentPage):
    """`…/preview/`: what a text that is not kept yet would read like. Answers the fragment."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        self.need("amend", document)
        draft = read_draft(document, request.POST.get("body", "").replace("\r\n", "\n"))
        return render(request, "documented_information/_preview.html", {"html": draft.html, "fault": draft.fault, "claims": draft.claims})


class ReadingView(SignedInView):
    """Shared: a document and a version of it that this person may read, else 404."""

    def document(self, number: int) -> Document:
        found = readable(self.person, number)
        if found is None:
            raise Http404
        return found

    def version(self, document: Document, number: str) -> DocumentVersion:
        found = version_of(document, number, self.person)
        if found is None:
            raise Http404
        return found

    def show(self, template: str, document: Document, title: str, status: int = 200, **context: Any) -> HttpResponse:
        reads_record = may(self.person, "document:read", document)
        base = address_of(document, DOCUMENT)
        crumbs = [(_("Documents"), "/documents/"), (document.reference, base)] if reads_record else [(_("Library"), "/library/")]
        return render(
            self.request,
            template,
            {
                "document": document,
                "record": document,
                "base": base,
                "reads_record": reads_record,
                "has_office": office() is not None,
                "at_kind": "document",
                "crumbs": [*crumbs, (title, "")],
                **context,
            },
            status=status,
        )


def _headings(printed: Printed | None) -> list[Heading]:
    """For the contents beside the text."""
    return [block for block in printed.blocks if isinstance(block, Heading) and block.level <= 2] if printed else []


class DraftPage(ReadingView):
    """`…/draft/`: the draft as it would be printed now, for who works on documents."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        if not may(self.person, "document:internal", document):
            raise Http404
        draft = read_draft(document)
        return self.show(
            "documented_information/read.html",
            document,
            _("Draft %(number)s") % {"number": document.draft_number},
            html=draft.html,
            claims=draft.claims,
            printed=draft.printed,
            headings=_headings(draft.printed),
            fault=draft.fault,
            meter=meter(draft.standings),
            open_fields=[s for s in draft.standings if s.is_open],
            files=f"{address_of(document, DOCUMENT)}draft",
            version=None,
        )


class VersionPage(ReadingView):
    """`…/versions/{number}/`: an approved version, as it was approved, with what records say otherwise since."""

    def get(self, request: HttpRequest, number: int, version: str) -> HttpResponse:
        document = self.document(number)
        row = self.version(document, version)
        printed = printed_from_json(row.printed) if row.printed else None  # what was disposed of has no text any more
        is_inside = may(self.person, "document:internal", document)
        return self.show(
            "documented_information/read.html",
            document,
            _("Version %(number)s") % {"number": row.number},
            html=as_html(printed, marks=False) if printed else "",
            reading=row.readings.filter(person_id=self.person.pk, dropped_at=None).first() if row.state == "valid" else None,
            printed=printed,
            headings=_headings(printed),
            version=row,
            is_sound=is_sound(row),
            changed=by_record(row.drifts.all()) if is_inside else [],
            claims=claims_in_force(row) if is_inside and row.state == "valid" else [],
            files=f"{address_of(document, DOCUMENT)}versions/{row.number}",
        )


class VersionsPage(ReadingView):
    """`…/versions/`: every approved version, newest first."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        rows = versions_for(document, self.person).defer(None)  # each is proved, so its text is read
        reads_record = may(self.person, "document:internal", document)
        return self.show(
            "documented_information/versions.html",
            document,
            _("Versions"),
            rows=[(v, is_sound(v)) for v in rows],
            legacy=document.legacy.select_related("by", "file").order_by("-approved_on", "-pk") if reads_record else [],
            can_take_in=may(self.person, "document:amend", document),
        )


class ComparePage(ReadingView):
    """`…/compare/?a=1.0&b=2.0`: text and values of two versions; without numbers the draft with the version in force."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        versions = list(versions_for(document, self.person))
        known = {v.number: v for v in versions}
        may_draft = may(self.person, "document:internal", document)
        a, b = request.GET.get("a", ""), request.GET.get("b", "")
        if not a and versions:
            a = versions[0].number if may_draft else versions[min(1, len(versions) - 1)].number
        b = b or ("draft" if may_draft else versions[0].number if versions else "")
        old, new = (self._printed(document, name, may_draft) for name in (a, b))
        return self.show(
            "documented_information/compare.html",
            document,
            _("Compare"),
            a=a,
            b=b,
            choices=[*(["draft"] if may_draft else []), *known],
            changes=changes(old.blocks, new.blocks) if old is not None and new is not None else None,
        )

    def _printed(self, document: Document, name: str, may_draft: bool) -> Printed | None:
        if name == "draft":
            return draft_as_printed(document)[0] if may_draft else None
        version = version_of(document, name, self.person)
        return printed_from_json(version.printed) if version is not None and version.printed else None


class LibraryPage(SignedInView):
    """`/library/`: every document in force that this person may read."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = " ".join(request.GET.get("q", "").split())[:100]
        rows = library(self.person)
        if wanted:
            rows = rows.filter(title__icontains=wanted)
        page = Paginator(rows, PAGE).get_page(request.GET.get("page", "1"))
        context = {"page_of": page, "q": wanted, "crumbs": [(_("Library"), "")], "at_kind": "document"}
        return render(request, "documented_information/library.html", context)
