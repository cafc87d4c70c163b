"""The answer to "How did it go?" beside its record: taken along by exports, and its words redacted with those of the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.queries import seen_satisfaction
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import plain
from plimsoll.kernel.records.models import Record

WORDS = "rating_comment"  # as the trail calls it


class SatisfactionBeside:
    """See `kernel.records.beside`."""

    name = "satisfaction"
    texts: Mapping[str, Any] = {WORDS: gettext_lazy("How it went")}

    people = frozenset({"asked"})

    def exported(self, records: Sequence[Record], by: Person) -> dict[int, list[dict[str, Any]]]:
        rows = seen_satisfaction(by, records[0].kind).filter(card__in=[r.pk for r in records]) if records else []
        return {
            row.card_id: [
                {
                    "asked": row.person_id,
                    "asked_at": plain(row.asked_at),
                    "score": row.score,
                    "comment": row.comment,
                    "answered_at": plain(row.answered_at),
                }
            ]
            for row in rows
        }

    def restore(self, record: Record, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            if row["asked"] is not None:
                values = {name: row[name] for name in ("score", "comment")}
                moments = {name: parse_datetime(row[name]) if row[name] else None for name in ("asked_at", "answered_at")}
                Satisfaction.objects.get_or_create(card_id=record.pk, defaults={"person_id": row["asked"], **values, **moments})

    def words(self, record: Record) -> dict[str, str]:
        said = Satisfaction.objects.filter(card_id=record.pk).values_list("comment", flat=True).first()
        return {WORDS: said} if said else {}

    def erase(self, record: Record, names: set[str]) -> None:
        if WORDS in names:
            Satisfaction.objects.filter(card_id=record.pk).update(comment="")
