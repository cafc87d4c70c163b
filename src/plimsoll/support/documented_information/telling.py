"""Who hears of a document: whoever is asked to read a draft, to approve it, or to read what is in force. Wired to `Written`."""

from __future__ import annotations

from plimsoll.kernel.documents.distributing import distribute
from plimsoll.kernel.documents.models import Document, Remark, Reviewer
from plimsoll.kernel.documents.queries import approvers_of
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.notifications.operations import notify
from plimsoll.kernel.records.events import Written


def follow(event: Written) -> None:
    """Ask the readers of a version that has just come into force, and tell those whom an act asks something of."""
    record, entry = event.record, event.entry
    if not isinstance(record, Document) or entry.origin == "imported":
        return
    if "edition" in event.changes and "state" in event.changes:
        distribute(record, at=entry.at)  # its own entry comes here again, and tells them
    people, why = _whom(event, record)
    if people:
        found = Person.objects.filter(pk__in=people, is_active=True, kind="human").select_related("tenant", "organization")
        notify(record, found, entry=entry, why=why)


def _whom(event: Written, document: Document) -> tuple[set[int], str]:
    """The people that an act asks something of, and why they are told."""
    match event.entry.action:
        case "ask review":
            rows = Reviewer.objects.filter(round__document=document, round__ended_at=None)
            return set(rows.values_list("person_id", flat=True)), "reviewer"
        case "submit":
            return set(approvers_of({document.approver_role_id} - {None}).get(document.approver_role_id or 0, ())), "approver"  # type: ignore[arg-type]
        case "distribute":
            return set(event.changes["asked"][1]), "reader"
        case "remind readers":
            return set(event.changes["late"][1]), "reader"
        case "answer remark":
            return set(Remark.objects.filter(pk=event.changes["remark"][1]).values_list("by_id", flat=True)), "reviewer"
    return set(), ""
