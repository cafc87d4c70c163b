"""All records of a kind, in batches that fit in memory."""

from collections.abc import Iterator
from typing import Any

from plimsoll.kernel.records.declaration import RecordType

BATCH = 500


def batches(record_type: RecordType) -> Iterator[list[Any]]:
    """Every record of every tenant, by its key, with what projections read: for maintenance, never for showing."""
    last = 0
    everything = record_type.model._base_manager.select_related("card", "tenant", "organization").order_by("pk")
    while rows := list(everything.filter(pk__gt=last)[:BATCH]):
        yield rows
        last = rows[-1].pk
