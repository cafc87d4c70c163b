"""What came of each review of a document: still true, a new version, or withdrawn; when, by whom, and what was looked at (S-093)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from plimsoll.kernel.documents.models import HEAVY, DocumentVersion
from plimsoll.kernel.trail.models import Entry

ENDS = ("confirm", "revise", "withdraw")
MOST = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """One review that ended. `version` is the number that was in force when it did."""

    document: int
    action: str
    version: str
    who: str
    at: datetime
    note: str

    @property
    def words(self) -> str:
        return {"confirm": _("No change: still true"), "revise": _("A new version is drafted"), "withdraw": _("Withdrawn")}[self.action]


def outcomes_of(documents: Collection[int], *, since: datetime | None = None) -> list[Outcome]:
    """The reviews of some documents that ended, the newest first. Two queries."""
    rows = Entry.objects.filter(card__in=documents, action__in=ENDS).select_related("actor", "detail").order_by("-at", "-pk")
    entries = list((rows.filter(at__gte=since) if since is not None else rows)[:MOST])
    versions: dict[int, list[DocumentVersion]] = {}
    for version in DocumentVersion.objects.filter(document__in={e.card_id for e in entries}).defer(*HEAVY).order_by("-approved_at", "-pk"):
        versions.setdefault(version.document_id, []).append(version)
    found = []
    for entry in entries:
        assert entry.card_id is not None
        held = next((v.number for v in versions.get(entry.card_id, ()) if v.approved_at <= entry.at), "")
        detail = getattr(entry, "detail", None)
        told = (detail.values if detail is not None else {}).get("note") or (None, "")
        found.append(Outcome(entry.card_id, entry.action, held, entry.actor.name, entry.at, str(told[1] or "")))
    return found


__all__ = ["Outcome", "outcomes_of"]
