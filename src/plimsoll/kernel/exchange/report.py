"""What came of an import: counts, damaged cells by row and column, times that had to move. Plain data."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

MOST_SHOWN = 200


@dataclass
class Report:
    """Counts and the first faults of a run; all faults are counted."""

    rows: int = 0
    records: int = 0
    created: int = 0
    appended: int = 0
    unchanged: int = 0
    differs: int = 0
    left_out: int = 0
    updates: int = 0
    moved_times: int = 0
    junk: int = 0
    faults: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    made_things: set[tuple[str, str]] = field(default_factory=set)  # (kind, natural key): a dry run makes some more than once
    is_dry: bool = False
    started: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0

    def fault(self, row: int, column: str, value: str, sentence: str) -> None:
        """A damaged cell, or a row or record that could not be taken whole."""
        self.faults += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append({"row": row, "column": column, "value": value[:60], "sentence": sentence})

    def move_time(self, row: int, column: str, value: str, zone: str) -> None:
        """A time that does not exist in the map's zone and went forward."""
        self.moved_times += 1
        if self.moved_times <= MOST_SHOWN:
            self.notes.append(f"Row {row}, {column}: {value} does not exist in {zone} (clocks went forward); it was moved forward.")

    @property
    def made(self) -> dict[str, int]:
        """How many things of each kind were made because the file names them."""
        return dict(Counter(kind for kind, _ in self.made_things))

    @property
    def changed(self) -> int:
        """Records that this run wrote."""
        return self.created + self.appended

    def finish(self) -> Report:
        self.seconds = round(time.perf_counter() - self.started, 3)
        return self

    def as_json(self) -> dict[str, Any]:
        """The report as `--json` prints it and the run keeps it."""
        return {
            "rows": self.rows,
            "records": self.records,
            "created": self.created,
            "appended": self.appended,
            "unchanged": self.unchanged,
            "differs": self.differs,
            "left_out": self.left_out,
            "updates": self.updates,
            "changed": self.changed,
            "moved_times": self.moved_times,
            "junk": self.junk,
            "faults": self.faults,
            "shown_faults": self.shown,
            "notes": self.notes,
            "made": self.made,
            "is_dry_run": self.is_dry,
            "seconds": self.seconds,
            "updates_per_second": round(self.updates / self.seconds) if self.seconds else 0,
        }
