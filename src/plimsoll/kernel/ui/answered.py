"""What waits for whoever asked, though they have answered since: lists say so, for the state alone would not. It writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.workflow import Workflow


def answered(rows: Sequence[Any], flow: Workflow, record_type: RecordType) -> frozenset[int]:
    """Those of these rows that wait for an answer and whose newest public message is of whoever asked; one query, none where nothing waits."""
    if not record_type.requester:
        return frozenset()
    askers = {
        row.card_id: getattr(row, f"{record_type.requester}_id") for row in rows if row.category == "waiting" and row.state in flow.requesters_turn
    }
    if not askers:
        return frozenset()
    said = Comment.objects.filter(card__in=askers, is_public=True, redacted_at=None)
    newest = said.order_by().values("card").annotate(newest=Max("pk")).values("newest")
    found = Comment.objects.filter(pk__in=newest).values_list("card_id", "author_id")
    return frozenset(card for card, author in found if author == askers[card])


__all__ = ["answered"]
