"""The declaration of articles."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from plimsoll.kernel.lib.text import canonical
from plimsoll.kernel.records.declaration import Behaviour, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.trail.models import Entry
from plimsoll.support.knowledge.models import Article, Edition
from plimsoll.support.knowledge.rules import ARTICLE_FLOW, Facts


class ArticleBehaviour(Behaviour):
    """Publishing freezes an edition; the guards ask who wrote last."""

    def facts(self, records: Sequence[Record]) -> list[Any]:
        keys = [r.pk for r in records]
        authors: dict[int | None, int] = {}
        for card, actor in Entry.objects.filter(card__in=keys, action__in=["open", "amend"]).order_by("id").values_list("card", "actor"):
            authors[card] = actor
        return [Facts(a.body, a.owner_id, authors.get(a.pk), None, a.review_due_date is not None) for a in records if isinstance(a, Article)]

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        assert isinstance(record, Article)
        if move != "publish":
            return {}
        number = record.edition + 1
        frozen = {"title": record.title, "summary": record.summary, "body": record.body, "audience": record.audience}
        Edition.objects.create(article=record, number=number, published_by=values["by"], published_at=values["at"],
                               digest=hashlib.sha256(canonical({"number": number, **frozen}).encode()).hexdigest(), **frozen)
        return {"edition": number, "published_at": values["at"]}


ARTICLE = declare(RecordType(
    model=Article, prefix="KNO", clause="7.6", workflow=ARTICLE_FLOW, behaviour_class=ArticleBehaviour,
    fields=("title", "summary", "body", "audience", "owner", "review_due_date", "expires_date"),
    columns=("reference", "title", "state", "audience", "owner", "review_due_date", "edition"),
    filters=("state", "audience", "owner"),
    required=("title",), searched=("title", "summary", "body"), body="body", icon="compass", group="system", plain=("audience",),
))
