"""Reads for clocks: what a room promises, what happened to records, which rules escalate, and the clocks of a record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.records.models import Comment, Excerpt, Record
from plimsoll.kernel.targets.models import EscalationRule
from plimsoll.kernel.targets.rules import STARTING_RULES, Life, Promise, Reading, Rule, Said, Stretch, reckon
from plimsoll.kernel.trail.models import Span


class Source(Protocol):
    """What a room promises for its records. Both are asked inside writes, so they read what is in hand or cached."""

    @property
    def watched(self) -> frozenset[str]:
        """The fields, beside state, team and priority, whose change may change the promises."""

    def promises(self, record: Record) -> Sequence[Promise]:
        """The promises that the record is under, one per key; none when no agreement covers it."""

    def hours(self, tenant: Tenant, terms: int, *, other: bool = False) -> ServiceHours | None:
        """The service hours of a version of the terms, or its other ones."""

    def named(self, record: Record, terms: int) -> tuple[str, str]:
        """What people call that version, and the address of its page."""

    def behind(self, record: Record, terms: int) -> str:
        """What an internal clock is called beside the others: by which terms it runs, and whose they are."""

    def uncovered(self, record: Record) -> str:
        """Why nothing is promised for the record, as a sentence."""

    def answerable(self, record: Record) -> int | None:
        """The person who answers for what the record is about, or None."""


_sources: dict[str, Source] = {}


def set_sources(sources: Mapping[str, Source]) -> None:
    """Say which kinds have clocks; called once at start with what `site/wiring.py` says."""
    _sources.clear()
    _sources.update(sources)


def source_of(kind: str) -> Source | None:
    return _sources.get(kind)


def timed_kinds() -> tuple[str, ...]:
    """The kinds whose records have clocks."""
    return tuple(_sources)


SPAN = ("card_id", "started_at", "state", "category", "priority", "team")  # what clocks read of a span


SAID = ("card_id", "at", "author_id", "author__kind", "author__organization__kind")  # and of a public message
SaidRow = tuple[int, datetime, int, str, str]


def lives_of(
    records: Iterable[Record], spans: Iterable[tuple[Any, ...]] | None = None, said: Iterable[SaidRow] | None = None, *, has_excerpts: bool = True
) -> dict[int, Life]:
    """What happened to some records, as clocks need it, what was split off with them included; three queries, however many there are.

    `spans` (values of `SPAN`, in order), `said` (of `SAID`, by time) and `has_excerpts` spare whoever has read them already each of the three.
    """
    rows = {record.pk: record for record in records}
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    if spans is None:
        spans = Span.objects.filter(card__in=rows).order_by("card_id", "id").values_list(*SPAN)
    for card, *stretch in spans:
        stretches[card].append(Stretch(*stretch))
    messages: dict[int, list[Said]] = defaultdict(list)
    if said is None:
        said = Comment.objects.filter(card__in=rows, is_public=True).order_by("card_id", "at", "id").values_list(*SAID)
    for card, at, author, kind, side in said:
        if kind == "system":
            continue  # what a program says by itself is no response, and asks nobody
        messages[card].append(Said(at, is_ours=side != "customer" and author != _requester(rows[card])))
    columns = ("card_id", *(f"comment__{name}" for name in SAID[1:]))
    excerpts = Excerpt.objects.filter(card__in=rows, comment__is_public=True).values_list(*columns) if has_excerpts else ()
    for card, at, author, kind, side in excerpts:
        if kind != "system":
            one = Said(at, is_ours=side != "customer" and author != _requester(rows[card]))
            messages[card] = sorted([*messages[card], one], key=lambda s: s.at)
    return {pk: Life(record.opened_at, stretches[pk] or [_as_it_is(record, record.opened_at)], messages[pk]) for pk, record in rows.items()}


def _requester(record: Record) -> int | None:
    return getattr(record, "requester_id", None)


def _as_it_is(record: Record, at: datetime) -> Stretch:
    return Stretch(at, record.state, record.category, getattr(record, "priority", None), getattr(record, "team_id", None))


def first_life(record: Record, at: datetime) -> Life:
    """The life of a record that is opened this moment."""
    return Life(record.opened_at, [_as_it_is(record, at)])


def readings_of(
    record: Record, spans: Iterable[tuple[Any, ...]] | None = None, said: Iterable[SaidRow] | None = None, *, has_excerpts: bool = True
) -> list[Reading]:
    """The clocks of a record computed from its life, in the order of its promises. The rest is for `lives_of`."""
    source = source_of(record.kind)
    promises = source.promises(record) if source else ()
    if not promises:
        return []
    life = lives_of([record], spans, said, has_excerpts=has_excerpts)[record.pk]
    return [reckon(promise, life) for promise in promises]


def rules_kept(tenant: Tenant) -> tuple[Rule, ...]:
    """The rules in force as they stand in the database: the organization's own, or the starting ones while it has none."""
    rows = list(EscalationRule.objects.filter(tenant_id=tenant.pk))
    if not rows:
        return STARTING_RULES
    return tuple(Rule(r.percent, tuple(r.tell), r.measure, r.priority, r.person_id, r.give_to_id) for r in rows if r.is_active)


def sign_of(rules: Iterable[Rule]) -> str:
    """A short mark of some rules, the same for the same rules in any order: who changes them says by it which ones they saw."""
    return sha256("\n".join(sorted(repr(rule) for rule in rules)).encode()).hexdigest()[:16]


@per_settings
def escalation_rules(tenant: Tenant) -> tuple[Rule, ...]:
    """The same, remembered until settings change."""
    return rules_kept(tenant)


def thresholds(tenant: Tenant, reading: Reading) -> list[int]:
    """The shares, in percent, at which a rule holds for this clock."""
    return sorted({rule.percent for rule in escalation_rules(tenant) if rule.holds(reading.promise.measure, reading.priority)})
