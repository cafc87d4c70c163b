"""Reading documents for pages: what a person may read of one, the library, the files of a version, how far a draft is filled."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.documents.blocks import Printed
from plimsoll.kernel.documents.claiming import ClaimStanding, claims_of
from plimsoll.kernel.documents.distributing import opened_outside
from plimsoll.kernel.documents.html import as_html
from plimsoll.kernel.documents.markdown import as_markdown
from plimsoll.kernel.documents.models import CLOSED_LEVELS, HEAVY, Document, DocumentVersion
from plimsoll.kernel.documents.queries import Standing, draft_as_printed
from plimsoll.kernel.documents.source import SourceFault
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.permissions import may

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "md": "text/markdown; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Meter:
    """How far a draft is filled."""

    filled: int
    total: int

    @property
    def share(self) -> float:
        return self.filled / self.total if self.total else 1.0


def meter(standings: list[Standing]) -> Meter:
    return Meter(sum(not s.is_open for s in standings), len(standings))


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it would be printed now: how its fields and its claims stand, and what is wrong with its source."""

    printed: Printed | None
    standings: list[Standing]
    fault: SourceFault | None
    claims: list[ClaimStanding]

    @property
    def html(self) -> str:
        return as_html(self.printed, marks=True, claims={c.address: c.standing for c in self.claims}) if self.printed is not None else ""


def read_draft(document: Document, text: str | None = None) -> Draft:
    """The draft that is kept, or another text in its place."""
    printed, standings, fault = draft_as_printed(document, text)
    return Draft(printed, standings, fault, claims_of(document, text, as_printed=printed))


def library(person: Person) -> QuerySet[DocumentVersion]:
    """The versions in force that a person may read, by title: whoever works inside reads what is not closed, others what is
    public and says that they may (5.2.2-b); closed
    ones need the class in a role. Drafts are never among them."""
    rows = DocumentVersion.objects.filter(document__tenant=person.tenant, state="valid").select_related("document").defer(*HEAVY, "document__body")
    if person.organization is None or person.organization.kind in ("customer", "supplier"):
        kind = person.organization.kind if person.organization is not None else "customer"
        return rows.filter(opened_outside(kind)).order_by("title", "pk")
    found = reach(person, "document:read")
    closed = [level for level in CLOSED_LEVELS if found.everything_classified or level in found.classes]
    return rows.filter(document__level__in=["public", "internal", *closed]).order_by("title", "pk")


def readable(person: Person, number: int) -> Document | None:
    """A document of which this person may read something: the record, or its version in force from the library."""
    found = Document.objects.visible_to(person).filter(tenant_id=person.tenant_id or 0, number=number).first()
    if found is not None:
        return found
    version = library(person).filter(document__number=number).first()
    return version.document if version is not None else None


def _versions(document: Document, person: Person) -> QuerySet[DocumentVersion]:
    rows = document.versions.select_related("approved_by").order_by("-pk")
    return rows if may(person, "document:read", document) else rows.filter(state="valid")


def versions_for(document: Document, person: Person) -> QuerySet[DocumentVersion]:
    """Every approved version for who works on documents; for others the one in force. Newest first, without their texts."""
    return _versions(document, person).defer(*HEAVY)


def version_of(document: Document, number: str, person: Person) -> DocumentVersion | None:
    """A version with its text, if this person may read it."""
    return _versions(document, person).filter(number=number).first()


def file_of(printed: Printed, kind: str) -> bytes:
    """The text as a file of a kind: pdf, docx, odt or md. Raises `NotConverted` for odt where LibreOffice is not there."""
    # Only where they are needed: the makers of files cost every start a quarter of a second.
    from plimsoll.kernel.documents.docx import as_docx  # noqa: PLC0415
    from plimsoll.kernel.documents.odt import as_odt  # noqa: PLC0415
    from plimsoll.kernel.documents.pdf import as_pdf, pages_begun  # noqa: PLC0415

    if kind == "pdf":
        return as_pdf(printed)
    if kind in ("docx", "odt"):
        made = as_docx(printed, pages_begun(printed))
        return as_odt(made) if kind == "odt" else made
    return as_markdown(printed).encode()


__all__ = ["TYPES", "Draft", "Meter", "file_of", "library", "meter", "read_draft", "readable", "version_of", "versions_for"]
