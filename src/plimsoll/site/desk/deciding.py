"""What waits for somebody's approval without having been asked of them by name: they hold the word, of a document the role. It writes nothing."""

from __future__ import annotations

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.queries import approvers_of, authors_of
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import RecordType, declared
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.workflows import workflow_of

MOST = 50


def waiting_for(person: Person) -> list[tuple[RecordType, Record]]:
    """Records in a state in which somebody decides, whose `approve` this person may say; the oldest first. A query for each such kind."""
    found: list[tuple[RecordType, Record]] = []
    for record_type in declared():
        if record_type.requester or not reach(person, f"{record_type.kind}:approve").everything:
            continue
        flow = workflow_of(person.tenant, record_type.kind)
        states = [s.name for s in flow.states if s.category == "decide" and any(m.name == "approve" and s.name in m.sources for m in flow.moves)]
        if not states:
            continue
        rows = list(record_type.model.objects.visible_to(person).filter(state__in=states).order_by("changed_at", "pk")[:MOST])
        found += [(record_type, record) for record in _decidable(rows, person)]
    return sorted(found, key=lambda pair: pair[1].changed_at)[:MOST]


def _decidable(rows: list[Record], person: Person) -> list[Record]:
    """Without what this person opened, and of documents those that a role of theirs approves and others wrote."""
    documents = [row for row in rows if isinstance(row, Document)]
    if not documents:
        return [row for row in rows if row.opened_by_id != person.pk]
    held, wrote = approvers_of({d.approver_role_id for d in documents} - {None}), authors_of(documents)  # type: ignore[arg-type]
    return [d for d in documents if person.pk in held.get(d.approver_role_id or 0, ()) and person.pk not in wrote.get(d.pk, ())]


__all__ = ["waiting_for"]
