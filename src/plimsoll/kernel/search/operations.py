"""Keeping the search rows: what of a record can be found by whom, folded alike for both databases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from plimsoll.kernel.lib.text import words
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import type_named, type_of
from plimsoll.kernel.records.events import Redacted, Replayed, Written
from plimsoll.kernel.records.models import Comment, Record
from plimsoll.kernel.records.projections import Projection, register_projection
from plimsoll.kernel.search.models import SearchRow

MOST = 200_000  # characters a side; what lies beyond is not found


def texts(record: Record, comments: Iterable[tuple[bool, str]] = ()) -> tuple[str, str]:
    """The public and the internal text of a record, folded."""
    record_type = type_of(record)
    public = [record.reference, record.external_reference]
    internal: list[str] = []
    for name in record_type.searched:
        if value := getattr(record, name):
            (internal if name in record_type.internal else public).append(str(value))
    if record.extra:
        for custom in customs_of(record.tenant, record.kind):
            if (value := record.extra.get(custom.name)) not in (None, "") and custom.type in ("text", "choice"):
                (public if custom.is_public else internal).append(str(value))
    for is_public, text in comments:
        (public if is_public else internal).append(text)
    return _indexed(public), _indexed(internal)


def _indexed(texts: list[str]) -> str:
    """Words only, parted by one space: so neither database's own notion of a word (an address, 1e5, a hyphen) makes them differ."""
    return " ".join(words("\n".join(t for t in texts if t)[:MOST]))


def index(event: Written) -> None:
    """Wired to `Written`. A move that changes no searched text leaves the row alone; a comment is added at its end."""
    record, record_type = event.record, type_of(event.record)
    if event.entry.action == "open":
        public, internal = texts(record)
        SearchRow(
            card_id=record.pk,
            tenant_id=record.tenant_id,
            organization=record.organization_id,
            kind=record.kind,
            access_class=record.access_class,
            public=public,
            internal=internal,
        ).save(force_insert=True)
    elif event.comment is not None or any(
        name in record_type.searched or name.startswith("extra.") or name in ("organization", "access_class") for name in event.changes
    ):
        build(record)


def build(record: Record) -> None:
    """Make the row of one record anew."""
    public, internal = texts(record, Comment.objects.filter(card=record.pk, redacted_at=None).order_by("id").values_list("is_public", "text"))
    SearchRow.objects.update_or_create(
        card_id=record.pk,
        defaults={
            "tenant_id": record.tenant_id,
            "organization": record.organization_id,
            "kind": record.kind,
            "access_class": record.access_class,
            "public": public,
            "internal": internal,
        },
    )


def compare(record: Record) -> list[str]:
    """What differs between the row and what it should be."""
    row = SearchRow.objects.filter(card_id=record.pk).first()
    public, internal = texts(record, Comment.objects.filter(card=record.pk, redacted_at=None).order_by("id").values_list("is_public", "text"))
    if row is None:
        return [f"{record.reference} has no search row."]
    return (
        []
        if (row.public, row.internal, row.access_class) == (public, internal, record.access_class)
        else [f"The search row of {record.reference} is old."]
    )


def index_many(event: Replayed) -> None:
    """Wired to `Replayed`: the rows of a batch with few statements."""
    keys = list(event.card_ids)
    records: Sequence[Any] = list(type_named(event.kind).model.objects.filter(pk__in=keys).select_related("tenant"))
    said: dict[int, list[tuple[bool, str]]] = {}
    for card, is_public, text in Comment.objects.filter(card__in=keys, redacted_at=None).order_by("id").values_list("card", "is_public", "text"):
        said.setdefault(card, []).append((is_public, text))
    rows = []
    for record in records:
        public, internal = texts(record, said.get(record.pk, ()))
        rows.append(
            SearchRow(
                card_id=record.pk,
                tenant_id=record.tenant_id,
                organization=record.organization_id,
                kind=record.kind,
                access_class=record.access_class,
                public=public,
                internal=internal,
            )
        )
    SearchRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["card"], update_fields=["organization", "access_class", "public", "internal"]
    )


def index_again(event: Redacted) -> None:
    """Wired to `Redacted`: what was erased can't be found any more."""
    build(type_named(event.kind).model.objects.select_related("tenant").get(pk=event.card_id))


register_projection(Projection("search", build, compare))
