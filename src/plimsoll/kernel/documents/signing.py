"""Signing on paper, where the organisation prescribes it: approval waits for a scan of the page that was signed (S-097)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.documents.models import Document, SignedPage
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.settings import keep_setting
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.parts import attach
from plimsoll.kernel.records.permissions import check

SETTING = "documents.signed_on_paper"
TYPES = ("application/pdf", "image/png", "image/jpeg", "image/tiff")


def are_signed_on_paper(tenant: Tenant) -> bool:
    """Does the organisation prescribe paper? Without a word, approval is electronic."""
    return bool(tenant.settings.get(SETTING))


def keep_signing(tenant: Tenant, *, on_paper: bool, by: Person, channel: str) -> None:
    """Say how documents are signed from now on."""
    check_everywhere(by, "document:keep")
    keep_setting(tenant, SETTING, on_paper, by=by, channel=channel)


def attach_signed_page(document: Document, *, name: str, content: bytes, by: Person, channel: str, at: datetime | None = None) -> SignedPage:
    """Put the scan of the signed page on a draft in review. It counts for this draft only. Raises `Refused` or `Faulty`."""
    with writing():
        fresh = locked(document)
        check(by, "document:internal", fresh)
        if fresh.state != "in_review":
            raise Faulty([Fault("file", _("A page is signed while the draft is in review, when its text stands still."))])
        made = attach(fresh, name=name, content=content, is_public=False, by=by, channel=channel, at=at)
        if made.content_type not in TYPES:
            raise Faulty([Fault("file", _("Scan the signed page as PDF, PNG, JPEG or TIFF."))])
        return SignedPage.objects.create(document=fresh, draft=fresh.draft_number, file=made, at=at or now())


def signed_pages(documents: Collection[Document]) -> dict[int, SignedPage]:
    """By document, the newest scan for its draft as it is now. One query."""
    drafts = {d.pk: d.draft_number for d in documents}
    rows = SignedPage.objects.filter(document__in=drafts, file__removed_at=None).select_related("file").order_by("pk")
    return {row.document_id: row for row in rows if drafts[row.document_id] == row.draft}


__all__ = ["are_signed_on_paper", "attach_signed_page", "keep_signing", "signed_pages"]
