"""An import file brought in: all of it or nothing, tried first by doing all of it and taking it back; and what is here told as such a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, check_everywhere, forget_grants
from plimsoll.kernel.exchange.configuring.entries import Entry, from_data, from_table, read_data
from plimsoll.kernel.exchange.configuring.keeping import Awaited, Keeper, Kept, Names, keepers
from plimsoll.kernel.exchange.configuring.recipes import Recipe, taken
from plimsoll.kernel.exchange.reading import Unreadable
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.cache import forget_all
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.records.operations import MoveRefused

NEW, CHANGED, UNCHANGED, FAULTY = "new", "changed", "unchanged", "faulty"


@dataclass(frozen=True, slots=True)
class CellFault:
    """What can't be taken, by row and column."""

    row: str
    column: str
    sentence: str


@dataclass(slots=True)
class Outcome:
    """What became of one entry, or would: for the preview."""

    row: str
    kind: str
    title: str
    what: str = ""
    reference: str = ""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    note: str = ""
    faults: list[CellFault] = field(default_factory=list)


@dataclass(slots=True)
class Brought:
    """What an import file did, or would do."""

    is_dry: bool
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def faults(self) -> list[CellFault]:
        return [fault for outcome in self.outcomes for fault in outcome.faults]

    def count(self, what: str, kind: str = "") -> int:
        return sum(outcome.what == what and kind in ("", outcome.kind) for outcome in self.outcomes)

    def as_json(self) -> dict[str, Any]:
        return {
            "is_dry_run": self.is_dry,
            **{what: self.count(what) for what in (NEW, CHANGED, UNCHANGED, FAULTY)},
            "rows": [asdict(outcome) for outcome in self.outcomes],
        }


class _Undo(Exception):
    """Takes everything back."""


def entries_of(name: str, content: bytes, *, kind: str = "", recipe: Recipe | None = None) -> list[Entry]:
    """The entries of a file by its ending, or by a map. Raises `Unreadable` or `MapFaulty`."""
    known = keepers()
    if recipe is not None:
        found = taken(recipe, read_data(name, content))
        if strange := sorted({entry.kind for entry in found} - set(known)):
            raise Unreadable(_("The map takes “%(kind)s”. There are: %(known)s.") % {"kind": strange[0], "known": ", ".join(sorted(known))})
        return found
    if name.lower().endswith(".csv"):
        if kind not in known:
            raise Unreadable(_("Say what the rows of a CSV file are. There are: %(known)s.") % {"known": ", ".join(sorted(known))})
        return from_table(content, kind, known[kind].lists)
    return from_data(read_data(name, content), known)


def bring(entries: Sequence[Entry], *, by: Person, name: str, is_dry: bool) -> Brought:
    """Set up what a file says, by the ordinary writes and with the rights of `by`: all of it, or nothing when one row can't be taken.

    Needs `import:run`. A dry run does all of it and takes it back, so that what it tells is what would come of it.
    """
    check_everywhere(by, "import:run")
    brought = Brought(is_dry)
    names = Names(by, entries)
    note = _("Set up by the file “%(name)s”.") % {"name": name[:150]}
    with writing():
        try:
            with transaction.atomic():
                _all(entries, names, note, brought)
                if is_dry or brought.faults:
                    raise _Undo
        except _Undo:
            forget_all()  # what was kept in memory meanwhile never was
            forget_grants(by)
    return brought


def _all(entries: Sequence[Entry], names: Names, note: str, brought: Brought) -> None:
    """Every thing in the order in which it is written; then what hangs on each."""
    known = keepers()
    order = {kind: place for place, kind in enumerate(known)}
    outcomes = [Outcome(entry.row, entry.kind, entry.title) for entry in entries]
    brought.outcomes = outcomes
    work = sorted(zip(entries, outcomes, strict=True), key=lambda pair: order[pair[0].kind])
    seen: dict[tuple[str, str], str] = {}
    done: list[tuple[Entry, Outcome, Kept, Keeper]] = []
    for entry, outcome in work:
        keeper = known[entry.kind]
        word = (entry.kind, (f"{entry.source}:{entry.key}" if entry.key else entry.title).casefold())
        if word in seen:
            said = _("%(row)s sets up the same. Take one of them out, or give it another key.") % {"row": seen[word]}
            outcome.what, outcome.faults = FAULTY, [CellFault(entry.row, "key" if entry.key else "title", said)]
            continue
        seen[word] = entry.row
        kept = _tried(entry, outcome, lambda e=entry, k=keeper: k.keep(e, names, note))  # type: ignore[misc]
        if kept is not None:
            names.enter(entry.kind, entry, kept.thing)
            done.append((entry, outcome, kept, keeper))
    names.awaited.clear()
    for entry, outcome, kept, keeper in done:
        _tried(entry, outcome, lambda e=entry, k=kept, one=keeper: one.finish(e, k, names, note))  # type: ignore[misc]
        if not outcome.faults:
            outcome.what = NEW if kept.is_new else CHANGED if kept.changes else UNCHANGED
            outcome.changes, outcome.note = kept.changes, kept.note
            outcome.reference = str(getattr(kept.thing, "reference", ""))


def _tried(entry: Entry, outcome: Outcome, act: Callable[[], Any]) -> Any:
    """What an act gave; where it is refused its faults stand in the outcome, by row and column."""
    try:
        with transaction.atomic():
            return act()
    except Faulty as error:
        faults = error.faults
    except MoveRefused as error:
        faults = list(error.faults) or [Fault("", " ".join(error.reasons))]
    except Refused as error:
        faults = [Fault("", str(error))]
    except Awaited:
        faults = [Fault("", _("It names something that stands further down in the file and can't be set later. Put that first."))]
    outcome.what = FAULTY
    outcome.faults += [CellFault(entry.place(fault.field), fault.field, fault.sentence) for fault in faults]
    return None


def given_back(kinds: Sequence[str], *, by: Person) -> dict[str, Any]:
    """What is here as an import file, in the order in which it is written. Needs `export:run`; what this person may not see stays out."""
    check_everywhere(by, "export:run")
    found: dict[str, Any] = {}
    for kind, keeper in keepers().items():
        if kind in kinds and (rows := list(keeper.told(by))):
            found[kind] = rows
    return found


__all__ = ["Brought", "CellFault", "Outcome", "bring", "entries_of", "given_back"]
