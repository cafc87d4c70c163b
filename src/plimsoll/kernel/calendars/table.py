"""The worked-time axis of a weekly calendar, in UTC microseconds. It knows nothing of pauses, agreements or records.

Days and weeks live on the wall clock, instants live in UTC. Between two changes of a zone's offset the two differ by a constant,
so the wall-clock openings are cut at every change and each piece is shifted by its own offset: wall times that a change skips
fall into no piece and count nothing, wall times that it repeats fall into two pieces and count twice. No other rule is needed.
"""

from array import array
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
US: Final = timedelta(microseconds=1)
DAY: Final = 86_400_000_000
INF: Final = 1 << 61
NAT: Final = int(np.iinfo(np.int64).min)  # how numpy stores NaT
#: The first and the last instant that a Python datetime in UTC can name. Nothing is worked outside them.
MIN: Final = (datetime.min.replace(tzinfo=UTC) - EPOCH) // US
MAX: Final = (datetime.max.replace(tzinfo=UTC) - EPOCH) // US

_EPOCH_DAY: Final = EPOCH.toordinal()
_ONE_DAY: Final = timedelta(days=1)
_ONE_SECOND: Final = timedelta(seconds=1)


class Table:
    """The openings of one span of years with the time worked up to each; never changed once made, so threads may share it.

    `edges` holds opening, closing, opening, ... in ascending order. For an instant t with i = bisect_right(edges, t), the service
    is open when i is odd, and the time worked up to t is base[i] + t when open, base[i] when closed. It is counted from an origin
    that stays put when a table is widened, so it is negative before that. `totals` is the time worked at each closing; W worked
    is first reached at W - base[2 * k + 1] with k = bisect_left(totals, W). Answers hold for lo < t < hi. The arrays with the
    prefix `np_` share the memory of those without: one form for bisect, one for searchsorted.
    """

    __slots__ = ("base", "edges", "first_year", "hi", "last_year", "lo", "np_base", "np_edges", "np_totals", "totals")

    def __init__(self, edges: Ints, first_year: int, last_year: int, origin: int = 0) -> None:
        self.first_year, self.last_year = first_year, last_year
        self.lo = -INF if first_year <= 1 else year_start(first_year)
        self.hi = INF if last_year >= 9999 else year_start(last_year + 1)
        opens, closes = edges[0::2], edges[1::2]
        totals = np.cumsum(closes - opens) + origin
        base = np.full(len(edges) + 1, origin, dtype=np.int64)
        base[2::2] = totals
        base[1::2] = base[0:-1:2] - opens
        self.edges, self.base, self.totals = (array("q", part.tobytes()) for part in (edges, base, totals))
        self.np_edges, self.np_base, self.np_totals = (np.frombuffer(part, dtype=np.int64) for part in (self.edges, self.base, self.totals))

    def worked(self, at: Ints) -> Ints:
        """The microseconds worked from the origin up to each instant."""
        place = self.np_edges.searchsorted(at, side="right")
        done: Ints = self.np_base[place]
        place &= 1
        place *= at
        done += place
        return done


def year_start(year: int) -> int:
    """The first instant of a year in UTC microseconds; the last instant there is for any year after 9999."""
    return MAX if year > 9999 else (date(max(year, 1), 1, 1).toordinal() - _EPOCH_DAY) * DAY


def year_of(at: int) -> int:
    """The UTC year of an instant; instants that no datetime can name give the year 1 or 9999."""
    return (EPOCH + timedelta(microseconds=min(max(at, MIN), MAX))).year


def join(*parts: Ints) -> Ints:
    """One sorted list of edges out of several that follow one another; intervals that touch become one."""
    edges = np.concatenate(parts)
    if len(edges) < 4:
        return edges
    apart = edges[1:-1:2] != edges[2::2]
    keep = np.ones(len(edges), dtype=np.bool_)
    keep[1:-1:2] = apart
    keep[2::2] = apart
    return edges[keep]


def open_edges(
    zone: ZoneInfo,
    week: tuple[tuple[tuple[int, int], ...], ...],
    holidays: Ints,
    yearly: npt.NDArray[np.bool_],
    first_year: int,
    last_year: int,
) -> Ints:
    """The opening and closing instants within the UTC years first_year to last_year, both included, in ascending order.

    `week` gives for Monday to Sunday the disjoint wall-clock intervals in microseconds of the day, `holidays` the closed days as
    days since 1970-01-01, `yearly` the days closed every year at the place 100 * month + day. Costs about 0.1 ms for each year
    of a zone that was not asked before, and some 0.02 ms for each year of one that was.
    """
    begin, end = year_start(first_year), year_start(last_year + 1)
    days = np.arange(begin // DAY - 2, end // DAY + 3)  # two days more on either side: local days begin up to a day off UTC
    stamps = days.astype("M8[D]")
    months = stamps.astype("M8[M]")
    closed = yearly[(months.astype(np.int64) % 12 + 1) * 100 + (stamps - months.astype("M8[D]")).astype(np.int64) + 1]
    closed |= np.isin(days, holidays)
    days = days[~closed]
    weekdays = (days + 3) % 7  # 1970-01-01 was a Thursday
    nothing = np.empty(0, dtype=np.int64)
    starts = [nothing] + [days[weekdays == day] * DAY + a for day in range(7) for a, _ in week[day]]
    stops = [nothing] + [days[weekdays == day] * DAY + b for day in range(7) for _, b in week[day]]
    wall_opens, wall_closes = np.sort(np.concatenate(starts)), np.sort(np.concatenate(stops))

    pieces = np.array([piece for year in range(first_year, last_year + 1) for piece in offset_pieces(zone, year)], dtype=np.int64)
    offsets = pieces[:, 1]
    piece_from = pieces[:, 0] + offsets
    piece_to = np.append(pieces[1:, 0], end) + offsets
    first = wall_closes.searchsorted(piece_from, side="right")
    counts = wall_opens.searchsorted(piece_to, side="left") - first
    piece = np.repeat(np.arange(len(pieces)), counts)
    row = np.arange(len(piece)) + np.repeat(first - (np.cumsum(counts) - counts), counts)
    edges = np.empty(2 * len(piece), dtype=np.int64)
    edges[0::2] = np.maximum(wall_opens[row], piece_from[piece]) - offsets[piece]
    edges[1::2] = np.minimum(wall_closes[row], piece_to[piece]) - offsets[piece]
    return join(edges)


@lru_cache(maxsize=4096)
def offset_pieces(zone: ZoneInfo, year: int) -> tuple[tuple[int, int], ...]:
    """The pieces of a UTC year with one offset each, as (first instant, offset), both in microseconds.

    The zone is asked once a day and changes are pinned down to the second by halving. Two changes that cancel each other within
    one day would be missed; the closest such pair in the whole time zone database lies four days apart (Freetown, 1939).
    """
    begin = year_start(year)
    fixed = zone.utcoffset(None)
    if fixed is not None:
        return ((begin, fixed // US),)
    # The first day of year 1 and the last of 9999 are not asked: adding an offset could leave the range of datetime.
    clock = datetime(year, 1, 2 if year == 1 else 1, tzinfo=zone)
    stop = datetime(9999, 12, 31, tzinfo=zone) if year == 9999 else datetime(year + 1, 1, 1, tzinfo=zone)
    # `clock` is a UTC reading labelled with the zone, as fromutc() wants it; with one tzinfo on both sides Python subtracts the
    # plain readings, which leaves just the offset.
    offset = zone.fromutc(clock) - clock
    pieces = [(begin, offset // US)]
    while clock < stop:
        following = clock + _ONE_DAY
        changed = zone.fromutc(following) - following
        if changed != offset:
            _find_changes(zone, clock, offset, following, changed, pieces)
        clock, offset = following, changed
    end = year_start(year + 1)
    return tuple(piece for piece in pieces if piece[0] < end)


def _find_changes(
    zone: ZoneInfo, low: datetime, low_offset: timedelta, high: datetime, high_offset: timedelta, pieces: list[tuple[int, int]]
) -> None:
    """Append the changes of offset after `low` up to and including `high`; offsets change at whole seconds only."""
    if high - low <= _ONE_SECOND:
        pieces.append(((high.replace(tzinfo=UTC) - EPOCH) // US, high_offset // US))
        return
    middle = low + timedelta(seconds=(high - low) // _ONE_SECOND // 2)
    middle_offset = zone.fromutc(middle) - middle
    if middle_offset != low_offset:
        _find_changes(zone, low, low_offset, middle, middle_offset, pieces)
    if middle_offset != high_offset:
        _find_changes(zone, middle, middle_offset, high, high_offset, pieces)
