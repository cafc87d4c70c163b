"""Filling the fields of a draft: each by itself, several at once, and the way to where a field is filled and back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.documents.content import example_of
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.operations import fill, unfill
from plimsoll.kernel.documents.queries import Standing, draft_as_printed
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.ui.context import address_of
from plimsoll.kernel.ui.way_back import leave, remember
from plimsoll.support.documented_information.pages.writing import CHANNEL, DocumentPage
from plimsoll.support.documented_information.queries import meter, read_draft


class FieldsPage(DocumentPage):
    """`…/fields/`: every field of the draft, what fills it, and what is said in its place; those that are open first, several at once."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        self.need("internal", document)
        leave(request, request.path)
        return self._show(document)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        document = self.document(number)
        if request.POST.get("act") == "many":
            return self._many(document)
        name, act = request.POST.get("name", ""), request.POST.get("act", "")
        text, reason = request.POST.get("text", ""), request.POST.get("reason", "")
        try:
            if act == "unfill":
                unfill(document, name, by=self.person, channel=CHANNEL)
            else:
                fill(document, name, by=self.person, channel=CHANNEL, text="" if act == "none" else text, reason=reason, is_none=act == "none")
        except Faulty as error:
            return self._show(document, {"name": name, "text": text, "reason": reason, "sentences": [f.sentence for f in error.faults]}, 422)
        messages.success(request, _("Records fill it again.") if act == "unfill" else _("Kept. It stands in the draft and in the trail."))
        return HttpResponseRedirect(f"{request.path}#{name}")

    def _many(self, document: Document) -> HttpResponse:
        """What was ticked, all of it or nothing: “there is none” with one reason for all, and words each with its own."""
        sent = self.request.POST
        nones, says = sent.getlist("none"), sent.getlist("say")
        faults: dict[str, list[str]] = {}
        if nones and not sent.get("none_reason", "").strip():
            faults[""] = [_("Say why there are none: one sentence for all that you ticked.")]
        elif not nones and not says:
            faults[""] = [_("Nothing was ticked, so nothing was kept.")]
        else:
            try:
                with writing():
                    for name in dict.fromkeys([*nones, *says]):
                        is_none = name in nones
                        text, reason = ("", sent["none_reason"]) if is_none else (sent.get(f"text-{name}", ""), sent.get(f"reason-{name}", ""))
                        try:
                            fill(document, name, by=self.person, channel=CHANNEL, text=text, reason=reason, is_none=is_none)
                        except Faulty as error:
                            faults[name] = [fault.sentence for fault in error.faults]
                    if faults:
                        raise _Refusal
            except _Refusal:
                pass
        if faults:
            return self._show(document, status=422, refused=faults)
        count = len({*nones, *says})
        messages.success(self.request, ngettext("%(n)d field is filled.", "%(n)d fields are filled.", count) % {"n": count})
        return HttpResponseRedirect(self.request.path)

    def _show(
        self, document: Document, typed: dict[str, Any] | None = None, status: int = 200, refused: dict[str, list[str]] | None = None
    ) -> HttpResponse:
        draft = read_draft(document)
        standings = draft.standings
        can_write = self.can_write(document)
        still_open = {s.name for s in standings if s.is_open}
        elsewhere = [one for name, sentences in (refused or {}).items() if name not in still_open for one in sentences]
        return self.show(
            "documented_information/fields.html",
            {
                "record": document,
                "base": address_of(document, DOCUMENT),
                "rows": sorted(standings, key=lambda s: not s.is_open),
                "open_rows": [self._open(s, refused) for s in standings if s.is_open and s.blank is not None] if can_write else [],
                "none_reason": self.request.POST.get("none_reason") or _("Looked at when this was written: there is none at present."),
                "refused": elsewhere,  # what was ticked is filled meanwhile, or nothing was
                "meter": meter(standings),
                "fault": draft.fault,
                "claims": draft.claims,
                "typed": typed or {},
                "can_write": can_write,
                "crumbs": self.record_crumbs(document, (_("Fields"), "")),
            },
            status,
        )

    def _open(self, standing: Standing, refused: dict[str, list[str]] | None) -> dict[str, Any]:
        """An open field in the list of all: words that are offered, or what was typed before a refusal."""
        sent, name = self.request.POST, standing.name
        words, reason = example_of(name)
        assert standing.blank is not None
        is_again = refused is not None
        return {
            "name": name,
            "title": standing.title,
            "where": standing.where,
            "href": standing.href,
            "is_words": not standing.blank.is_kept or standing.blank.shape == "text",
            "may_be_none": standing.blank.shape != "text",
            "text": sent.get(f"text-{name}", "") if is_again else words,
            "reason": sent.get(f"reason-{name}", "") if is_again else reason,
            "is_none": is_again and name in sent.getlist("none"),
            "is_said": is_again and name in sent.getlist("say"),
            "sentences": (refused or {}).get(name, []),
        }


class _Refusal(Exception):
    """Something was refused; nothing is kept of what was sent with it."""


class WherePage(DocumentPage):
    """`…/fields/where/{name}/`: to the register that fills a field; until somebody is back, every page names the way back."""

    def get(self, request: HttpRequest, number: int, name: str) -> HttpResponse:
        document = self.document(number)
        self.need("internal", document)
        _printed, standings, _fault = draft_as_printed(document)
        found = next((s for s in standings if s.name == name and s.href), None)
        if found is None:
            raise Http404
        remember(request, address_of(document, DOCUMENT, "fields"), _("Fields of %(title)s") % {"title": document.title})
        return HttpResponseRedirect(found.href)


__all__ = ["FieldsPage", "WherePage"]
