"""Pauses in microseconds, put in order and merged. It knows nothing of working time, agreements or records."""

from collections.abc import Iterable
from datetime import datetime

import numpy as np
import numpy.typing as npt

from plimsoll.kernel.calendars.reading import not_an_instant, read_array
from plimsoll.kernel.calendars.table import EPOCH, INF, NAT, US, Ints

Pauses = Iterable[tuple[datetime, datetime | None]]
PauseArrays = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]


def merge(pauses: Pauses, since: int) -> list[tuple[int, int]]:
    """The pauses in microseconds from `since` on, in order and apart from one another; INF ends an open one."""
    spans = []
    for number, (start, end) in enumerate(pauses):
        try:
            a, b = (start - EPOCH) // US, INF if end is None else (end - EPOCH) // US
        except TypeError:
            raise not_an_instant(**{f"start of pause {number}": start, f"end of pause {number}": end or start}) from None
        if b < a:
            raise ValueError(f"Pause {number} ends at {end}, before it starts at {start}. Swap the two or correct one.")
        if a < b and since < b:
            spans.append((max(a, since), b))
    spans.sort()
    merged: list[tuple[int, int]] = []
    for a, b in spans:
        if merged and a <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(b, merged[-1][1])
        else:
            merged.append((a, b))
    return merged


def merge_many(pauses: PauseArrays, starts: Ints, unknown: npt.NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """What `merge` gives, for all rows: row, start, end, in the order of rows; marks rows with a pause of unknown start in `unknown`."""
    index = np.asarray(pauses[0])
    row = index.astype(np.int64)
    if index.ndim != 1 or (index.dtype.kind not in "iu" and len(index)):
        raise ValueError(f"The indexes of the pauses are {index.dtype} with {index.ndim} dimensions. Give one row of whole numbers.")
    if len(row) and not (row.min() >= 0 and row.max() < len(starts)):
        raise ValueError(f"The indexes of the pauses run from {row.min()} to {row.max()}. Keep them within 0 to {len(starts) - 1}.")
    from_, to = read_array(pauses[1], "pause starts", "M", len(row)), read_array(pauses[2], "pause ends", "M", len(row))
    to = np.where(to == NAT, INF, to)
    if (wrong := from_ > to).any():
        raise ValueError(f"Pause {wrong.argmax()} ends before it starts. Swap the two instants or correct one.")
    unknown[row[from_ == NAT]] = True
    from_ = np.maximum(from_, starts[row])
    kept = (from_ < to) & ~unknown[row]
    row, from_, to = row[kept], from_[kept], to[kept]
    if ((row[1:] > row[:-1]) | ((row[1:] == row[:-1]) & (from_[1:] > to[:-1]))).all():
        return row, from_, to  # in order and apart already, as stored pauses mostly are; sorting would cost most of the time
    row, at = np.concatenate([row, row]), np.concatenate([from_, to])
    step = np.repeat(np.array([1, -1]), len(row) // 2)
    order = np.lexsort((at, row))
    row, at, step = row[order], at[order], step[order]
    depth = np.cumsum(step)
    begins = (depth == 1) & (step == 1)
    return row[begins], at[begins], at[depth == 0]
