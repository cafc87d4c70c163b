"""What a document in force proves: for the queries of rooms that ask whether a thing is written down, approved, and still true."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.models import Document, DocumentVersion
from plimsoll.kernel.figures.blanks import Row, Source, Value, from_json
from plimsoll.kernel.figures.evidence import Inquiry, Judged
from plimsoll.kernel.records.sources import day_words, source_of


@dataclass(frozen=True, slots=True)
class Standing:
    """How the document of a template stands: its version in force (None: there is none), and the document that there is all the same."""

    template: str
    version: DocumentVersion | None
    document: Document | None

    @property
    def title(self) -> str:
        if self.document is not None:
            return self.document.title
        known = template_named(self.template)
        return known.title if known is not None else self.template

    def judged(self, fault: str) -> Judged:
        """The document as one thing that was looked at."""
        document = self.document
        if document is None:
            return Judged(fault)
        at = self.version.approved_at if self.version is not None else document.opened_at
        return Judged(fault, source_of(document), document.origin, at, document.owner_id)

    def absent(self) -> str:
        """Why there is no version in force; empty where there is one."""
        if self.version is not None:
            return ""
        if self.document is None:
            return _("There is no “%(title)s”. Begin it from its template, and let it be approved.") % {"title": self.title}
        return _("No version of “%(title)s” is in force. Let its draft be approved.") % {"title": self.title}

    def unfit(self, inquiry: Inquiry, approver: str = "") -> str:
        """Why it is no evidence: none in force, approved by another role than the one that must, or its review is past; empty where it is."""
        if absent := self.absent():
            return absent
        assert self.document is not None
        if approver and (self.document.approver_role is None or self.document.approver_role.code != approver):
            told = _("“%(title)s” is not approved by the role that must. Name that role as its approver, and approve it anew.")
            return told % {"title": self.title}
        return self.overdue(inquiry)

    def overdue(self, inquiry: Inquiry) -> str:
        """That its review is past; empty where it is not."""
        due = self.document.review_due_date if self.document is not None else None
        if due is None or due >= inquiry.day:
            return ""
        return _("“%(title)s” was to be reviewed by %(day)s. Review it.") % {"title": self.title, "day": day_words(due)}


def standing_of(inquiry: Inquiry, template: str, *, heavy: Iterable[str] = ()) -> Standing:
    """How the document of a template stands on the day; two queries. `heavy` names what else of its version is read (“source”, “values”)."""
    documents = inquiry.rows(Document).filter(template=template)
    versions = DocumentVersion.objects.filter(document__in=documents.values("pk"), state="valid", started_on__lte=inquiry.day)
    versions = versions.defer(*({"source", "values", "printed"} - set(heavy))).select_related("document__approver_role", "document__owner_role")
    version: DocumentVersion | None = versions.order_by("-approved_at", "-pk").first()
    kept = documents.exclude(state__in=("withdrawn", "archived")).order_by("-opened_at", "-pk")
    document = version.document if version is not None else kept.first()
    return Standing(template, version, document)


def value_of(version: DocumentVersion, name: str) -> Value | None:
    """What a field printed; None where the version has no such field."""
    told = version.values.get(name)
    if told is None:
        return None
    return from_json(told["value"]) if told.get("value") is not None else Value()


def is_said_none(version: DocumentVersion, name: str) -> bool:
    """Was it confirmed that there is nothing to print in the place of a field?"""
    told = version.values.get(name)
    return bool(told and told.get("is_none"))


def open_names(version: DocumentVersion) -> list[str]:
    """The fields in whose place nothing was printed: no value, no words, and nobody confirmed that there is none."""
    found = []
    for name, told in version.values.items():
        value = from_json(told["value"]) if told.get("value") is not None else Value()
        if value.is_empty and not told.get("override") and not told.get("is_none"):
            found.append(name)
    return found


def printed_rows(*versions: DocumentVersion | None) -> dict[str, list[Row]]:
    """The rows that some versions print, by the key of the record that they came from."""
    found: dict[str, list[Row]] = {}
    for version in versions:
        for name in version.values if version is not None else ():
            value = value_of(version, name)  # type: ignore[arg-type]
            for row in value.rows if value is not None else ():
                if row.source is not None:
                    found.setdefault(row.source.key, []).append(row)
    return found


def printed_keys(*versions: DocumentVersion | None) -> set[str]:
    """The keys of all records that some versions were filled from."""
    return {s.key for v in versions if v is not None for name in v.values for s in (value_of(v, name) or Value()).all_sources()}


def source_of_key(key: str, label: str, href: str) -> Source | None:
    """The record that a drift names, as a source; None where it is a field's own text."""
    kind, _colon, pk = key.partition("#")[0].partition(":")
    return Source(kind, int(pk), label, href) if pk.isdecimal() else None


__all__ = ["Standing", "is_said_none", "open_names", "printed_keys", "printed_rows", "source_of_key", "standing_of", "value_of"]
