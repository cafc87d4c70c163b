"""Files of documents: a version or the draft as PDF, DOCX, ODT and Markdown, and the picture on the cover."""

from __future__ import annotations

import logging
import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.kernel.documents.blocks import Printed, from_json as printed_from_json
from plimsoll.kernel.documents.odt import NotConverted
from plimsoll.kernel.documents.queries import draft_as_printed
from plimsoll.kernel.documents.record import DOCUMENT
from plimsoll.kernel.identity.logos import CONTENT_TYPES
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.ui.context import address_of
from plimsoll.support.documented_information.pages.writing import ReadingView
from plimsoll.support.documented_information.queries import TYPES, file_of

logger = logging.getLogger(__name__)


class FilePage(ReadingView):
    """`…/versions/{number}/file.pdf`, `.docx`, `.md`, and `…/draft.pdf` and so on."""

    def get(self, request: HttpRequest, number: int, kind: str, version: str = "") -> HttpResponse:
        document = self.document(number)
        if kind not in TYPES:
            raise Http404
        if version:
            kept = self.version(document, version).printed
            if not kept:
                raise Http404
            printed: Printed | None = printed_from_json(kept)
        else:
            if not may(self.person, "document:internal", document):
                raise Http404
            printed, _standings, _fault = draft_as_printed(document)
        if printed is None:
            messages.error(request, _("The text has a fault; it can't be printed before that is mended."))
            return HttpResponseRedirect(address_of(document, DOCUMENT, "text"))
        try:
            content = file_of(printed, kind)
        except NotConverted:
            logger.warning("%s could not be written as ODT", document.reference, exc_info=True)
            messages.error(request, _("ODT could not be written: LibreOffice on the server gave nothing back. Take the DOCX instead."))
            return HttpResponseRedirect(
                f"{address_of(document, DOCUMENT)}versions/{version}/" if version else address_of(document, DOCUMENT, "draft")
            )
        name = re.sub(r"[^A-Za-z0-9.]+", "-", f"{document.code or document.reference}-{printed.title}-{printed.version}").strip("-")
        return HttpResponse(content, content_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name[:100]}.{kind}"'})


class LogoPage(ReadingView):
    """`…/versions/{number}/logo`, `…/draft/logo`: the picture on the cover, of the version the one that it was approved with."""

    def get(self, request: HttpRequest, number: int, version: str = "") -> HttpResponse:
        document = self.document(number)
        if version:
            kept = self.version(document, version).printed
            printed = printed_from_json(kept) if kept else None
            content, sort = (printed.logo, printed.logo_type) if printed is not None else (None, "")
        else:
            logo = getattr(provider_of(document.tenant), "logo", None)
            content, sort = (bytes(logo.content), logo.type) if logo is not None else (None, "")
        if content is None or sort not in CONTENT_TYPES:
            raise Http404
        answer = HttpResponse(content, content_type=CONTENT_TYPES[sort])
        # A drawing that is opened by itself must be no page: nothing in it runs.
        answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Cache-Control"] = "private, max-age=60"
        return answer
