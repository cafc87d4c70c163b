"""Asking the records: each item's query, over a period, as it is now. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from plimsoll.evaluation.conformity.rules import Attested, Verdict, decide
from plimsoll.evaluation.conformity.standard import Item, items
from plimsoll.kernel.figures.evidence import Answer, Inquiry, Query, queries
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import declared

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Finding:
    """What one requirement shows: its verdict, the answer behind it (None: none could be asked), and how its human part stands."""

    item: Item
    verdict: Verdict
    answer: Answer | None = None
    query: Query | None = None
    attested: Attested = ""
    note: str = ""

    @property
    def body(self) -> dict[str, Any]:
        """As it is stored: plain JSON, the same for the same answer."""
        if self.answer is None:
            return {"note": self.note, "attested": self.attested} if self.note or self.attested else {}
        told = asdict(self.answer)
        for name in ("oldest", "newest"):
            told[name] = told[name].isoformat() if told[name] else None
        return {**told, "attested": self.attested}


def period_start(tenant: Tenant, at: datetime, months: int = MONTHS) -> datetime:
    """The first moment of the period: the same day so many months earlier, where the tenant is; the last day of a shorter month."""
    local = at.astimezone(ZoneInfo(tenant.timezone or "UTC"))
    years, rest = divmod(local.year * 12 + local.month - 1 - months, 12)
    for day in range(local.day, 0, -1):
        try:
            first = local.replace(year=years, month=rest + 1, day=day, hour=0, minute=0, second=0, microsecond=0)
        except ValueError:
            continue
        return first.astimezone(ZoneInfo("UTC"))
    raise AssertionError  # every month has a first day


def missing_kinds(item: Item) -> tuple[str, ...]:
    """The kinds of records that an item waits for; none once they are built."""
    known = {t.kind for t in declared()}
    return tuple(kind for kind in item.waits if kind not in known)


def ask(
    item: Item, tenant: Tenant, at: datetime, *, attested: Attested = "", without: frozenset[str] = frozenset(), asked: Asked | None = None
) -> Finding:
    """What one requirement shows at a moment. `asked` remembers answers, as some requirements put the same question."""
    if waits := missing_kinds(item):
        note = _("No process in the system yet: %(kinds)s.") % {"kinds": ", ".join(waits)}
        return Finding(item, "not_assessed", note=note)
    query = queries().get(item.query) if item.query else None
    if query is None:
        note = _("Nothing in the system asks this of the records yet.") if item.kind != "attested" else ""
        return Finding(item, decide(item.kind, numerator=None, denominator=None, bands=item.bands, attested=attested), attested=attested, note=note)
    inquiry = Inquiry(tenant, period_start(tenant, at, int(item.parameters.get("within_months", MONTHS))), at, item.bounds, without)
    key = (query.name, tuple(sorted(inquiry.bounds.items())), inquiry.start)
    answer = asked.get(key) if asked is not None else None
    if answer is None:
        answer = query.ask(inquiry)
        if asked is not None:
            asked[key] = answer
    verdict = decide(
        item.kind,
        numerator=answer.numerator,
        denominator=answer.denominator,
        bands=item.bands,
        is_conditional=bool(item.condition),
        attested=attested,
    )
    return Finding(item, verdict, answer, query, attested, answer.note)


Asked = dict[tuple[Any, ...], Answer]


def ask_all(tenant: Tenant, at: datetime, *, attested: Mapping[str, Attested] | None = None, without: frozenset[str] = frozenset()) -> list[Finding]:
    """What every requirement shows at a moment, in the order of the standard."""
    asked: Asked = {}
    words = attested or {}
    return [ask(item, tenant, at, attested=words.get(item.id, ""), without=without, asked=asked) for item in items().values()]
