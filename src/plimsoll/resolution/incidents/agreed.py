"""What agreements promise of the incidents of a month: shares that meet a time, and limits up to which targets hold. Judged from the clocks.

A record is judged in the month in which it met the time, or in which the time was used up, as every target is. What its own clock stores answers
most of it; only where a share has another time than the clock is the clock computed anew from the record's life.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from plimsoll.agreements.levels.models import Exclusion
from plimsoll.agreements.levels.queries import Agreed, limits_agreed, promises_of, shares_agreed
from plimsoll.agreements.levels.rules import ShareTarget, Workload
from plimsoll.kernel.figures.definitions import Figure, Question, ratio
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.targets.models import Clock
from plimsoll.kernel.targets.queries import lives_of
from plimsoll.kernel.targets.rules import MET, MISSED, PAUSED, RUNNING, reckon, verdict
from plimsoll.resolution.incidents.counting import OF_INCIDENT, seen
from plimsoll.resolution.incidents.measuring import counts
from plimsoll.resolution.incidents.models import Incident

AGREED = "agreed"  # the dimension of these indicators: a row of the terms
AT_ONCE = 500


@dataclass(slots=True)
class Judged:
    """The incidents that one share judged in a month."""

    met: set[int] = field(default_factory=set)
    missed: set[int] = field(default_factory=set)
    excluded: set[int] = field(default_factory=set)


def _asked(question: Question, rows: Iterable[Agreed]) -> tuple[list[Agreed], Question]:
    """The rows that a question is about, and the question of the incidents themselves."""
    if question.only is not None and question.only[0] == AGREED:
        return [row for row in rows if row.key == question.only[1]], replace(question, only=None)
    return list(rows), question


def judged(question: Question) -> dict[int, Judged]:
    """What each share judged in the month, by its key; those that judged nothing are left out."""
    assert question.person.tenant is not None
    shares, inner = _asked(question, shares_agreed(question.person.tenant))
    by_version: dict[tuple[int, str], list[Agreed]] = defaultdict(list)
    for share in shares:
        assert isinstance(share.row, ShareTarget)
        by_version[share.known.version, share.row.measure].append(share)
    found: dict[int, Judged] = {}
    if not by_version:
        return found
    start, end = question.period.start, question.period.end
    clocks = Clock.objects.filter(
        Q(stopped_at=None) | Q(stopped_at__gte=start),
        tenant_id=question.person.tenant_id or 0,
        kind="incident",
        key__in={measure for _v, measure in by_version},
        terms__in={version for version, _m in by_version},
        started_at__lt=end,
        card__in=seen(inner).values("pk"),
    )
    names = ("card_id", "key", "terms", "priority", "state", "within", "in_other_hours", "due_at", "stopped_at", "elapsed")
    unsure: dict[int, list[tuple[Any, Agreed]]] = defaultdict(list)
    excluded = _excluded({share.known.agreement for share in shares})

    def keep(row: Any, share: Agreed, outcome: tuple[bool, datetime] | None) -> None:
        if outcome is None or not start <= outcome[1] < min(end, question.asked_at):
            return
        into = found.setdefault(share.key, Judged())
        is_out = (share.known.agreement, row.card_id) in excluded
        (into.excluded if is_out else into.met if outcome[0] else into.missed).add(row.card_id)

    for row in clocks.values_list(*names, named=True):
        for share in by_version.get((row.terms, row.key), ()):
            target = share.row
            assert isinstance(target, ShareTarget)
            if target.priority not in (None, row.priority) or target.is_second != row.in_other_hours:
                continue
            outcome = _from_clock(row, target)
            if outcome == "unsure" or target.team is not None:
                unsure[row.card_id].append((row, share))
            elif not isinstance(outcome, str):
                keep(row, share, outcome)
    for row, share, outcome in _from_lives(question.person.tenant, unsure):
        keep(row, share, outcome)
    return found


def _from_clock(row: Any, target: ShareTarget) -> tuple[bool, datetime] | str | None:
    """The verdict as far as the stored clock knows it; "unsure" where the record's life has to be asked."""
    if row.within == target.within:
        if row.state == MET:
            return True, row.stopped_at
        return (False, row.due_at) if row.state in (MISSED, RUNNING, PAUSED) and row.due_at is not None else None
    if row.stopped_at is not None and row.state in (MET, MISSED) and row.elapsed < target.within:
        return True, row.stopped_at
    return "unsure"


def _from_lives(tenant: Tenant, unsure: Mapping[int, Sequence[tuple[Any, Agreed]]]) -> Iterable[tuple[Any, Agreed, tuple[bool, datetime] | None]]:
    """The verdicts that only the lives of the records tell; three queries for some hundred of them."""
    every = list(unsure)
    for first in range(0, len(every), AT_ONCE):
        cards = every[first : first + AT_ONCE]
        records = {record.pk: record for record in Incident.objects.filter(pk__in=cards)}
        lives = lives_of(records.values())
        for card in cards:
            for row, share in unsure[card]:
                promise = next((p for p in promises_of(tenant, row.terms, ()) if p.key == row.key), None)
                if promise is None:
                    continue
                reading = reckon(promise, lives[card])
                target = share.row
                assert isinstance(target, ShareTarget)
                if target.team is None or target.team == _team_of(lives[card].stretches, reading.stopped_at):
                    yield row, share, verdict(reading, target.within)


def _team_of(stretches: Sequence[Any], stopped_at: datetime | None) -> int | None:
    """Whose it was when the clock stopped, or is now."""
    before = [s for s in stretches if stopped_at is None or s.started_at <= stopped_at]
    team: int | None = (before or stretches)[-1].team
    return team


def _excluded(agreements: set[int]) -> set[tuple[int, int]]:
    return set(Exclusion.objects.filter(agreement__in=agreements).values_list("agreement_id", "card_id"))


def _parts(found: dict[int, Judged], part: str) -> set[int]:
    """The records of one part over several shares: each once, and within the time when it kept every share that judged it."""
    met, missed, excluded = ({card for j in found.values() for card in getattr(j, name)} for name in ("met", "missed", "excluded"))
    return {"whole": met | missed, "done": met - missed, "missed": missed, "excluded": excluded}[part]


def _cut(question: Question, whole: set[int], done: set[int]) -> list[Figure]:
    """A share of records, in all or by what they have now."""
    if not question.cut:
        return [ratio(question.period, len(done), len(whole))]
    column = OF_INCIDENT[question.cut]
    of = counts(Incident.objects.filter(pk__in=whole), column)
    met = counts(Incident.objects.filter(pk__in=done), column)
    return [ratio(question.period, met.get(member, 0), n, cut=question.cut, member=member) for member, n in of.items()]


def share_kept(question: Question) -> list[Figure]:
    """Of what was judged by an agreed share, how much was within its time."""
    found = judged(question)
    if question.cut == AGREED:
        return [
            ratio(question.period, len(j.met), len(j.met | j.missed), cut=AGREED, member=key) for key, j in sorted(found.items()) if j.met or j.missed
        ]
    return _cut(question, _parts(found, "whole"), _parts(found, "done"))


def share_counted(question: Question, part: str) -> Any:
    """Exactly the incidents behind it."""
    return Incident.objects.filter(pk__in=_parts(judged(question), part))


def opened_under(question: Question) -> dict[int, list[int]]:
    """The incidents opened in the month under each limit, in the order of opening. A limit without a priority holds for
    those priorities that have none of their own."""
    assert question.person.tenant is not None
    limits, inner = _asked(question, limits_agreed(question.person.tenant))
    named: dict[int, set[int | None]] = defaultdict(set)
    for limit in limits_agreed(question.person.tenant):
        assert isinstance(limit.row, Workload)
        named[limit.known.version].add(limit.row.priority)
    found: dict[int, list[int]] = {limit.key: [] for limit in limits}
    if not limits:
        return found
    rows = seen(inner).filter(
        covered_by__in={limit.known.version for limit in limits}, opened_at__gte=question.period.start, opened_at__lt=question.period.end
    )
    by_version: dict[int, list[Agreed]] = defaultdict(list)
    for limit in limits:
        by_version[limit.known.version].append(limit)
    for card, version, priority in rows.order_by("opened_at", "pk").values_list("pk", "covered_by_id", "priority"):
        for limit in by_version[version]:
            assert isinstance(limit.row, Workload)
            if limit.row.priority == priority or (limit.row.priority is None and priority not in named[version]):
                found[limit.key].append(card)
    return {key: rows for key, rows in found.items() if rows}  # a limit of somebody else's agreement is not told by its emptiness


def _limits(question: Question) -> dict[int, int]:
    assert question.person.tenant is not None
    return {limit.key: limit.row.most for limit in limits_agreed(question.person.tenant) if isinstance(limit.row, Workload)}


def workload_kept(question: Question) -> list[Figure]:
    """Of what was opened under a limit, how much lay within it; by limit, by what the incidents have now, or in all."""
    found, most = opened_under(question), _limits(question)
    if question.cut == AGREED:
        return [ratio(question.period, min(len(rows), most[key]), len(rows), cut=AGREED, member=key) for key, rows in sorted(found.items())]
    return _cut(question, *(_opened(found, most, part) for part in ("whole", "done")))


def _opened(found: Mapping[int, Sequence[int]], most: Mapping[int, int], part: str) -> set[int]:
    if part == "whole":
        return {card for rows in found.values() for card in rows}
    return {card for key, rows in found.items() for card in (rows[: most[key]] if part == "done" else rows[most[key] :])}


def workload_counted(question: Question, part: str) -> Any:
    """The incidents opened under a limit, those within it, or those that were opened beyond it."""
    return Incident.objects.filter(pk__in=_opened(opened_under(question), _limits(question), part))
