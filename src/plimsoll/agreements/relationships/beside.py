"""The answer to "How did it go?" beside its record: taken along by exports, and its words redacted with those of the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.queries import seen_satisfaction
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.beside import Beside, Taking, Told, Who, Words
from plimsoll.kernel.records.models import Record

WORDS = "rating_comment"  # as the trail calls it


class SatisfactionBeside(Beside):
    is_public = True

    def told(self, records: Sequence[Any], by: Person) -> Told:
        rows = seen_satisfaction(by, records[0].kind).filter(card__in=[r.pk for r in records]) if records else []
        return {
            row.card_id: {
                "satisfaction": [
                    {
                        "asked": Who(row.person_id),
                        "asked_at": row.asked_at,
                        "score": row.score,
                        "comment": row.comment,
                        "answered_at": row.answered_at,
                    }
                ]
            }
            for row in rows
        }

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        for row in told.get("satisfaction", ()):
            if (asked := taking.person(row["asked"])) is not None:
                values = {name: row[name] for name in ("score", "comment")}
                moments = {name: parse_datetime(row[name]) if row[name] else None for name in ("asked_at", "answered_at")}
                Satisfaction.objects.get_or_create(card_id=record.pk, defaults={"person": asked, **values, **moments})
        return {}

    def held(self, record: Record) -> list[Words]:
        said = Satisfaction.objects.filter(card_id=record.pk).values_list("comment", flat=True)
        return [Words(WORDS, _("How it went"), text, change=WORDS) for text in said]

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        if WORDS in keys:
            Satisfaction.objects.filter(card_id=record.pk).update(comment="")
