"""Whether it helped, beside the article: taken along by exports, and its words redacted with those of the article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.beside import Beside, Taking, Told, Who, Words
from plimsoll.kernel.records.models import Record
from plimsoll.support.knowledge.models import Judgement

WORDS = "helpful_comment"  # as the trail calls it


class JudgementsBeside(Beside):
    """Others than our own people take along what they said themselves."""

    is_public = True

    def told(self, records: Sequence[Any], by: Person) -> Told:
        rows = Judgement.objects.filter(article__in=[r.pk for r in records]).order_by("at")
        if not reach(by, "article:internal").everything:
            rows = rows.filter(person=by)
        found: Told = {}
        for row in rows:
            told = {"by": Who(row.person_id), "helped": row.is_helpful, "comment": row.comment, "edition": row.edition, "at": row.at}
            found.setdefault(row.article_id, {"judgements": []})["judgements"].append(told)
        return found

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        for row in told.get("judgements", ()):
            if (person := taking.person(row["by"])) is not None:
                values = {"is_helpful": row["helped"], "comment": row["comment"], "edition": row["edition"], "at": parse_datetime(row["at"])}
                Judgement.objects.get_or_create(article_id=record.pk, person=person, defaults=values)
        return {}

    def held(self, record: Record) -> list[Words]:
        said = " / ".join(Judgement.objects.filter(article=record.pk).exclude(comment="").order_by("-at").values_list("comment", flat=True)[:20])
        return [Words(WORDS, _("What was said of whether it helped"), said, change=WORDS)]

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        if WORDS in keys:
            Judgement.objects.filter(article=record.pk).update(comment="")
