"""How the level of a risk follows from its likelihood and its effect, and what class a level falls into. Pure; runs without Django."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MULTIPLY, ADD, MATRIX = "multiply", "add", "matrix"
SIZES = (3, 4, 5)
MOST_BANDS = 8
MUST = "must be treated"
_BAND = re.compile(
    r"^(?P<name>[^:;]{1,40}?)\s*[:;]\s*(?P<low>\d{1,4})\s*(?:(?:-|–|to)\s*(?P<high>\d{1,4}))?\s*(?:[,;]\s*(?P<must>must be treated)\s*)?\.?$", re.I
)


@dataclass(frozen=True, slots=True)
class Band:
    """A class of risks: the levels from `low` to `high`, both included, and whether such a risk must be treated."""

    name: str
    low: int
    high: int
    must_treat: bool = False

    @property
    def range(self) -> str:
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"


@dataclass(frozen=True, slots=True)
class Scale:
    """The criteria as they are computed with. Likelihoods and effects are (word, hint) from the lowest; `cells` only for a free matrix,
    a row per likelihood."""

    method: str = MULTIPLY
    size: int = 5
    likelihoods: tuple[tuple[str, str], ...] = ()
    impacts: tuple[tuple[str, str], ...] = ()
    bands: tuple[Band, ...] = ()
    cells: tuple[tuple[int, ...], ...] = ()
    unread: tuple[str, ...] = field(default=())  # lines that could not be read, as they were written

    def level(self, likelihood: int | None, impact: int | None) -> int | None:
        """The level, or None where nothing was said or the scale does not reach so far."""
        if not likelihood or not impact or max(likelihood, impact) > self.size:
            return None
        if self.method == MATRIX:
            rows = self.cells
            return rows[likelihood - 1][impact - 1] if len(rows) >= likelihood and len(rows[likelihood - 1]) >= impact else None
        return likelihood + impact if self.method == ADD else likelihood * impact

    def band(self, level: int | None) -> Band | None:
        return next((band for band in self.bands if level is not None and band.low <= level <= band.high), None)

    def heat(self, level: int | None) -> int:
        """How warm a level is drawn, 1 to 4; 0 where it has no class."""
        band = self.band(level)
        if band is None:
            return 0
        steps = len(self.bands) - 1
        return 1 + round(3 * self.bands.index(band) / steps) if steps else 1

    @property
    def levels(self) -> tuple[int, ...]:
        """Every level that can occur, once, from the lowest."""
        steps = range(1, self.size + 1)
        return tuple(sorted({level for one in steps for other in steps if (level := self.level(one, other)) is not None}))

    def word(self, name: str, value: int | None) -> str:
        """What a step of the likelihoods or the impacts is called."""
        words = getattr(self, name)
        return words[value - 1][0] if value and len(words) >= value else str(value or "")


def read_words(text: str) -> tuple[tuple[str, str], ...]:
    """“Likely: monthly” a line, from the lowest, as (word, hint)."""
    found = []
    for line in text.splitlines():
        if line.strip():
            word, _colon, hint = line.partition(":")
            found.append((word.strip(), hint.strip()))
    return tuple(found)


def read_bands(text: str) -> tuple[tuple[Band, ...], tuple[str, ...]]:
    """“High: 10–15, must be treated” a line; what can't be read comes back beside."""
    bands, unread = [], []
    for line in text.splitlines():
        if not line.strip():
            continue
        found = _BAND.match(line.strip())
        if found is None:
            unread.append(line.strip())
        else:
            low = int(found["low"])
            bands.append(Band(found["name"].strip(), low, int(found["high"] or low), bool(found["must"])))
    return tuple(bands), tuple(unread)


def read_cells(text: str) -> tuple[tuple[int, ...], ...]:
    """A row of numbers a line, from the lowest likelihood; what is no number counts as 0, which no matrix may hold."""
    rows = [line.replace(",", " ").replace(";", " ").split() for line in text.splitlines() if line.strip()]
    return tuple(tuple(int(cell) if cell.isdecimal() and len(cell) < 5 else 0 for cell in row) for row in rows)


def read_scale(method: str, size: int, likelihoods: str, impacts: str, bands: str, cells: str) -> Scale:
    """The scale that the texts of criteria mean, whole or not."""
    read, unread = read_bands(bands)
    return Scale(method, size, read_words(likelihoods), read_words(impacts), read, read_cells(cells) if method == MATRIX else (), unread)


def faults_of(scale: Scale) -> list[tuple[str, str]]:
    """What keeps criteria from being used: (field, sentence) pairs. Classes cover every level once, without gap or overlap (6.1.2-c)."""
    faults = []
    for name, words, what in (("likelihood_words", scale.likelihoods, "likelihood"), ("impact_words", scale.impacts, "effect")):
        if len(words) != scale.size:
            faults.append(
                (name, f"A scale of {scale.size} needs {scale.size} words for the {what}, one a line from the lowest; there are {len(words)}.")
            )
        elif len({word.casefold() for word, _hint in words}) != len(words):
            faults.append((name, f"Two steps of the {what} have the same name."))
    if scale.method == MATRIX:
        if len(scale.cells) != scale.size or any(len(row) != scale.size for row in scale.cells):
            return [*faults, ("matrix", f"The matrix needs {scale.size} lines of {scale.size} numbers, from the lowest likelihood.")]
        if any(cell < 1 for row in scale.cells for cell in row):
            return [*faults, ("matrix", "Every cell of the matrix holds a whole number from 1 on.")]
        if sentence := _falling(scale.cells):
            faults.append(("matrix", sentence))
    if scale.unread:
        return [*faults, ("classes", f"“{scale.unread[0][:60]}” can't be read. Write a class as “High: 10–15, must be treated”.")]
    return [*faults, *(("classes", sentence) for sentence in _faults_of_bands(scale))]


def _falling(cells: Sequence[Sequence[int]]) -> str:
    """A risk that is likelier or graver is never lower."""
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            if (column and cell < line[column - 1]) or (row and cell < cells[row - 1][column]):
                return f"In line {row + 1} the number {cell} is lower than one before it. What is likelier or graver is never lower."
    return ""


def _faults_of_bands(scale: Scale) -> Iterable[str]:
    bands = scale.bands
    if not 2 <= len(bands) <= MOST_BANDS:
        yield f"Criteria need two to {MOST_BANDS} classes; there are {len(bands)}."
        return
    if len({band.name.casefold() for band in bands}) != len(bands):
        yield "Two classes have the same name."
    for band in bands:
        if band.low > band.high:
            yield f"“{band.name}” ends at {band.high} before it begins at {band.low}."
            return
    levels = scale.levels
    lowest, highest = (levels[0], levels[-1]) if levels else (1, 1)
    if bands[0].low > lowest:
        yield f"No class holds the levels below {bands[0].low}; levels begin at {lowest}."
    for before, after in zip(bands, bands[1:], strict=False):
        if after.low <= before.high:
            yield f"“{before.name}” ({before.range}) and “{after.name}” ({after.range}) overlap. Every level belongs to one class, lowest first."
        elif after.low > before.high + 1:
            yield f"Between “{before.name}” ({before.range}) and “{after.name}” ({after.range}) there is a gap: no class holds {before.high + 1}."
    if bands[-1].high < highest:
        yield f"No class holds the levels above {bands[-1].high}; levels go up to {highest}."
    must = [band.must_treat for band in bands]
    if not any(must):
        yield "Say of at least one class that it must be treated."
    elif must != sorted(must):
        yield f"“{bands[must.index(True)].name}” must be treated, so every class above it must be too."


def in_words(names: Sequence[str]) -> str:
    """One, two and three."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


__all__ = [
    "ADD",
    "MATRIX",
    "MULTIPLY",
    "MUST",
    "SIZES",
    "Band",
    "Scale",
    "faults_of",
    "in_words",
    "read_bands",
    "read_cells",
    "read_scale",
    "read_words",
]
