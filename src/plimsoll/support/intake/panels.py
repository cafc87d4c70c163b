"""What stands on the page of a document: what the linter finds in its words, and the way to the whole list."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.rules import WRITTEN
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.ui.panels import Act, PanelRow
from plimsoll.support.intake.linting.looking import lint_words

MOST = 5


class Found:
    """What is wrong with the words of the draft, the serious first. What records are wrong stands on the page behind it."""

    @property
    def title(self) -> str:
        return _("Found in the text")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, Document)
        if not may(person, "document:internal", record) or record.state not in (*WRITTEN, "in_review"):
            return []
        return [
            PanelRow(
                f"/documents/{record.number}/findings/",
                str(found.rule.title),
                _("line %(n)d") % {"n": found.line} if found.line else "",
                found.quote,
                "late" if found.is_serious else "waiting",
            )
            for found in lint_words(record)[:MOST]
        ]

    def more(self, record: Record) -> str:
        return f"/documents/{record.number}/findings/"

    def change(self, record: Record, person: Person) -> str:
        return ""


def lint_acts(record: Record, person: Person) -> list[Act]:
    """The way to everything that is found in the text and in the records that fill it."""
    if not may(person, "document:internal", record):
        return []
    return [Act(_("What the linter finds"), f"/documents/{record.number}/findings/", "list-checks")]
