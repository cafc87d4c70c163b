"""What documents say of each other: the documents under one, and references to what holds no more (S-016, S-094)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.parsed import Reference
from plimsoll.kernel.documents.queries import parsed
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.sources import day_words, source_of

DANGLING = Rule("reference_to_nothing", gettext_lazy("What a document refers to exists, and is in force"), ("S-016", "L-01"))
CLOSED = ("withdrawn", "archived")


def references_of(document: Document) -> tuple[Reference, ...]:
    """The other documents that a text names, each once."""
    source, _fault = parsed(document.body)
    return tuple({r.code: r for r in reversed(source.references)}.values())[::-1] if source is not None else ()


def defects_of(document: Document) -> list[Finding]:
    """References of one document to what is not there, not in force, or overdue. One query."""
    return _defects([(document, references_of(document))]) if "](doc:" in document.body else []


def faults_of(tenant: Tenant, at: Any = None) -> list[Finding]:
    """The same of every document that is not over. Two queries."""
    return defects_in(Document.objects.filter(tenant=tenant))


def defects_in(documents: QuerySet[Document]) -> list[Finding]:
    """The same of some documents."""
    rows = documents.filter(is_open=True, body__contains="](doc:").order_by("number")
    return _defects([(document, references_of(document)) for document in rows])


def _defects(named: list[tuple[Document, tuple[Reference, ...]]]) -> list[Finding]:
    codes = {r.code for _document, references in named for r in references}
    if not codes:
        return []
    tenant = named[0][0].tenant_id
    known = {d.code: d for d in Document.objects.filter(tenant=tenant, code__in=codes).defer("body")}
    found = []
    for document, references in named:
        for one in references:
            if why := _why(known.get(one.code)):
                said = _("“%(title)s” refers to %(code)s (line %(line)d): %(why)s") % {
                    "title": document.title,
                    "code": one.code,
                    "line": one.line,
                    "why": why,
                }
                found.append(Finding(DANGLING, said, source_of(known.get(one.code) or document)))
    return found


def _why(named: Document | None) -> str:
    """Why a reference can't be followed; empty when it can."""
    if named is None:
        return _("there is no document of that code. Write it, or take the reference out.")
    if named.state in CLOSED:
        return _("it is withdrawn. Refer to what took its place, or take the reference out.")
    if not named.edition:
        return _("no version of it is in force yet. Have it approved.")
    if named.state == "overdue":
        return _("its review was due on %(day)s.") % {"day": day_words(named.review_due_date)}
    return ""


def late_below(documents: Collection[Document]) -> dict[int, tuple[str, ...]]:
    """By document, those under it whose review is overdue, by name. One query."""
    found: dict[int, list[str]] = {}
    rows = Document.objects.filter(parent__in=[d.pk for d in documents], state="overdue").order_by("number")
    for parent, reference, title in rows.values_list("parent_id", "card__reference", "title"):
        found.setdefault(parent or 0, []).append(f"{reference} {title}")
    return {pk: tuple(names) for pk, names in found.items()}


def is_under(document: Document, other: Document) -> bool:
    """Is a document another one, or under it by any number of steps?"""
    key: int | None = document.pk
    seen: set[int] = set()
    while key is not None and key not in seen:
        if key == other.pk:
            return True
        seen.add(key)
        key = Document.objects.filter(pk=key).values_list("parent_id", flat=True).first()
    return False


__all__ = ["DANGLING", "defects_in", "defects_of", "faults_of", "is_under", "late_below", "references_of"]
