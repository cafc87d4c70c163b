"""Whether it helped, beside the article: taken along by exports, and its words redacted with those of the article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import plain
from plimsoll.kernel.records.models import Record
from plimsoll.support.knowledge.models import Judgement

WORDS = "helpful_comment"  # as the trail calls it


class JudgementsBeside:
    """See `kernel.records.beside`. Others than our own people take along what they said themselves."""

    name = "judgements"
    texts: Mapping[str, Any] = {WORDS: gettext_lazy("What was said of whether it helped")}

    people = frozenset({"by"})

    def exported(self, records: Sequence[Record], by: Person) -> dict[int, list[dict[str, Any]]]:
        rows = Judgement.objects.filter(article__in=[r.pk for r in records]).order_by("at")
        if not reach(by, "article:internal").everything:
            rows = rows.filter(person=by)
        found: dict[int, list[dict[str, Any]]] = {}
        for row in rows:
            told = {"by": row.person_id, "helped": row.is_helpful, "comment": row.comment, "edition": row.edition, "at": plain(row.at)}
            found.setdefault(row.article_id, []).append(told)
        return found

    def restore(self, record: Record, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            if row["by"] is not None:
                values = {"is_helpful": row["helped"], "comment": row["comment"], "edition": row["edition"], "at": parse_datetime(row["at"])}
                Judgement.objects.get_or_create(article_id=record.pk, person_id=row["by"], defaults=values)

    def words(self, record: Record) -> dict[str, str]:
        said = " / ".join(Judgement.objects.filter(article=record.pk).exclude(comment="").order_by("-at").values_list("comment", flat=True)[:20])
        return {WORDS: said} if said else {}

    def erase(self, record: Record, names: set[str]) -> None:
        if WORDS in names:
            Judgement.objects.filter(article=record.pk).update(comment="")
