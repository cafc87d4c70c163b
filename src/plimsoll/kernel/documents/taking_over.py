"""A template that moved on since a document was copied from it: whether it did, what differs by section, and taking it over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from plimsoll.kernel.documents.content import Template, template_named
from plimsoll.kernel.documents.models import Document, TemplateCopy
from plimsoll.kernel.documents.rules import WRITTEN
from plimsoll.kernel.documents.source import SourceFault
from plimsoll.kernel.documents.upgrading import Piece, merged, three_way
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import amend, locked
from plimsoll.kernel.records.parts import tell
from plimsoll.kernel.records.permissions import check

Whose = Literal["ours", "theirs"]


def keep_copy(document: Document, template: Template, at: datetime) -> None:
    """Keep the template as it is now, as what the document follows."""
    TemplateCopy.objects.update_or_create(document=document, defaults={"text": template.text, "digest": template.digest, "at": at})


def followed(document: Document) -> str:
    """The digest of the template that a document follows; empty for one that was copied from none."""
    return TemplateCopy.objects.filter(document=document).values_list("digest", flat=True).first() or ""


def moved_on(document: Document) -> Template | None:
    """The template as it is now, when it is another than the document took over."""
    template = template_named(document.template) if document.template else None
    digest = followed(document) if template is not None else ""
    return template if template is not None and digest and template.digest != digest else None


def pieces_of(document: Document) -> tuple[Piece, ...]:
    """What changed in the template and in the document since, section by section. Raises `Faulty` when there is nothing to compare."""
    template = template_named(document.template)
    copy = TemplateCopy.objects.filter(document=document).first()
    if template is None or copy is None:
        raise Faulty([Fault("", _("It was not copied from a template, or that template is gone."))])
    try:
        return three_way(copy.text, document.body, template.text)
    except SourceFault as fault:
        raise Faulty([Fault("body", _("Line %(line)d: %(sentence)s") % {"line": fault.line, "sentence": fault.sentence})]) from fault


def take_over(document: Document, taken: Mapping[str, Whose], *, by: Person, channel: str, version: int | None = None) -> Document:
    """Put what the template brought into the draft. `taken` says by section whose text stands; from then on the document follows the new template.

    Raises `Refused`, `Faulty`, or `StaleRecord`; then nothing was written.
    """
    with writing():
        fresh = locked(document, version)
        check(by, "document:amend", fresh)
        if fresh.state not in WRITTEN:
            raise Faulty([Fault("", _("What is in force changes only in a draft. Draft the next version first."))])
        pieces = pieces_of(fresh)
        open_ones = [p.title or _("the beginning") for p in pieces if p.kind == "both" and p.anchor not in taken]
        if open_ones:
            raise Faulty([Fault("", _("Choose whose text stands in: %(sections)s.") % {"sections": ", ".join(open_ones)})])
        template = template_named(fresh.template)
        assert template is not None  # `pieces_of` has asked
        before = followed(fresh)
        changed = amend(fresh, by=by, channel=channel, body=merged(pieces, taken))
        keep_copy(changed, template, now())
        tell(changed, "take over template", by=by, channel=channel, changes={"template_digest": (before, template.digest)})
    return changed


__all__ = ["Whose", "followed", "keep_copy", "moved_on", "pieces_of", "take_over"]
