"""The declaration of articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record
from plimsoll.support.knowledge.models import Article, Edition
from plimsoll.support.knowledge.queries import digest_of, facts_of
from plimsoll.support.knowledge.rules import ARTICLE_FLOW, SETTLED, TEXTS


class ArticleBehaviour(Behaviour):
    """Publishing freezes an edition; what is published changes only through review."""

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        if action != "judge":
            return ""
        # As it was written (an inbox), or in words already (a trail).
        is_helpful = str(values.get("helpful")).casefold() in ("true", "yes", _("yes").casefold())
        return _("said that it helped") if is_helpful else _("said that it did not help")

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        # In a move `before` already carries the new values, so this speaks to edits only; moves have a guard of their own.
        if before is None or before.state not in SETTLED:
            return []
        return [
            Fault(name, _("A published text changes only through review. Choose “Revise” first."))
            for name in TEXTS
            if name in values and values[name] != getattr(before, name)
        ]

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return facts_of([r for r in records if isinstance(r, Article)])

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        assert isinstance(record, Article)
        if move != "publish":
            return {}
        number = record.edition + 1
        frozen = {name: getattr(record, name) for name in TEXTS}
        Edition.objects.create(
            article=record, number=number, published_by=values["by"], published_at=values["at"], digest=digest_of(number, frozen), **frozen
        )
        return {"edition": number, "published_at": values["at"]}


ARTICLE = declare(
    RecordType(
        model=Article,
        prefix="KNO",
        clause="7.6",
        workflow=ARTICLE_FLOW,
        behaviour_class=ArticleBehaviour,
        fields=("title", "summary", "body", "audience", "owner", "review_due_date", "expires_date"),
        columns=("reference", "title", "state", "audience", "owner", "review_due_date", "edition"),
        filters=("state", "audience", "owner"),
        required=("title",),
        ahead=("review_due_date",),
        searched=("title", "summary", "body"),
        body="body",
        icon="compass",
        group="system",
        plain=("audience",),
        dues=("review_due_date", "expires_date"),
    )
)
