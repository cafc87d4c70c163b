"""How one sort of thing is set up by a file: found by its key, compared, opened or changed by the ordinary writes, and told again.

Rooms say it of what is their own (`bringing.py`), `site/wiring.py` lists all of it in the order in which it is written.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from plimsoll.kernel.exchange.configuring.entries import Entry
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.records.declaration import type_named, type_of_prefix
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.queries import find_by_reference, visible_cards
from plimsoll.kernel.register.models import Card

CHANNEL = "import"
GONE = ("closed", "dropped")  # categories of states in which a record is found by its number only
NUMBER = re.compile(r"([A-Z]{2,5})-(\d{1,15})")
TRUE, FALSE = ("true", "yes", "1", "x"), ("false", "no", "0")


class Awaited(Exception):
    """What is named stands further down in the same file: it is set once that is there."""


@dataclass(slots=True)
class Kept:
    """What became of an entry: the thing, and what changed of it, as (column, before, after)."""

    thing: Any
    is_new: bool
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    note: str = ""


class Names:
    """What a file names is found here: people by address, external reference or name; records by number, key, code or title; the rest by name."""

    def __init__(self, by: Person, entries: Iterable[Entry] = ()) -> None:
        assert by.tenant is not None
        self.by, self.tenant = by, by.tenant
        self.made: dict[tuple[str, str], Any] = {}
        self.awaited = {(entry.kind, fold(name)) for entry in entries for name in (entry.key, entry.title) if name}

    def enter(self, kind: str, entry: Entry, thing: Any) -> None:
        """From now on what the file calls so is this."""
        for name in (entry.key, entry.title):
            self.awaited.discard((kind, fold(name)))
            if name:
                self.made.setdefault((kind, fold(name)), thing)

    def find(self, model: type[models.Model], text: str, column: str) -> Any:
        """The thing of a name. Raises `Faulty` with what to do, or `Awaited`."""
        text = text.strip()
        if issubclass(model, Record):
            return self.record(model, text, column)
        if model is Person:
            return self._person(text, column)
        found = model._default_manager.filter(tenant=self.tenant, name__iexact=text).first()
        if found is None:
            said = _("There is no %(what)s “%(name)s”. Set it up first, or by this file.")
            raise Faulty([Fault(column, said % {"what": model._meta.verbose_name, "name": text[:80]})])
        return found

    def record(self, model: type[Record], text: str, column: str) -> Any:
        """A record of one kind by number, the key that it has in the file, its code or its title."""
        record_type = type_named(str(model._meta.model_name))
        plural = record_type.plural_kind
        if (made := self.made.get((plural, fold(text)))) is not None:
            return made
        if (plural, fold(text)) in self.awaited:
            raise Awaited
        found = self.living(model, text)
        if len(found) == 1:
            return found[0]
        said = {"what": record_type.label, "name": text[:80], "prefix": record_type.prefix, "ones": ", ".join(r.reference for r in found[:5])}
        if found:
            raise Faulty([Fault(column, _("Several are called “%(name)s”: %(ones)s. Write the number of the one that is meant.") % said)])
        raise Faulty([Fault(column, _("There is no %(what)s “%(name)s”. Set it up by this file, or write its number, such as %(prefix)s-3.") % said)])

    def living(self, model: type[Record], text: str) -> list[Any]:
        """The records that a number, key, code or title names, as far as this person sees them and they have not ended."""
        rows: Any = model.objects.visible_to(self.by)
        if (found := NUMBER.fullmatch(text)) and (named := type_of_prefix(found[1])) is not None and named.model is model:
            return list(rows.filter(number=int(found[2])))
        rows = rows.exclude(category__in=GONE)
        names = {f.name for f in model._meta.concrete_fields}
        for where in ("code", "external_reference", "title__iexact"):
            if where.partition("__")[0] in names and (ones := list(rows.filter(**{where: text})[:6])):
                return ones
        return []

    def card(self, text: str, kinds: Sequence[str], column: str) -> Card:
        """A record of any of some kinds (empty: of any kind), by number, the key that it has in the file, or title."""
        text = text.strip()
        plurals = {type_named(kind).plural_kind for kind in kinds}
        made = [one for (plural, name), one in self.made.items() if name == fold(text) and one is not None and (plural in plurals or not plurals)]
        if len(made) == 1:
            found: Card = made[0].card
            return found
        if NUMBER.fullmatch(text):
            numbered = find_by_reference(self.by, text)
            cards = [numbered] if numbered is not None and (numbered.kind in kinds or not kinds) else []
        else:
            rows = Card.objects.filter(tenant=self.tenant, title__iexact=text).exclude(category__in=GONE)
            cards = [card for part in visible_cards(self.by, rows, kinds or None) for card in part[:6]]
        if len(cards) == 1:
            return cards[0]
        said = {"name": text[:80], "ones": ", ".join(card.reference for card in cards[:5])}
        if cards:
            raise Faulty([Fault(column, _("Several are called “%(name)s”: %(ones)s. Write the number of the one that is meant.") % said)])
        raise Faulty([Fault(column, _("There is no record “%(name)s”. Write its number, such as ROL-3.") % said)])

    def _person(self, text: str, column: str) -> Person:
        people = Person.objects.filter(tenant=self.tenant, is_active=True, erased_at=None)
        for where in ("email__iexact", "external_reference", "name__iexact"):
            found = list(people.filter(**{where: text})[:2])
            if len(found) == 1:
                return found[0]
            if found:
                said = _("Several people are called “%(name)s”. Write the e-mail address of the one that is meant.")
                raise Faulty([Fault(column, said % {"name": text[:80]})])
        said = _("There is no person “%(name)s” here. Bring people in first (House, People, Import; or ./plimsoll people), or mend the address.")
        raise Faulty([Fault(column, said % {"name": text[:80]})])


class Keeper:
    """One sort of thing that files set up. `lists` are the paths at which its tables hold rows of parts."""

    name = ""
    fields: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()

    def keep(self, entry: Entry, names: Names, note: str) -> Kept:
        """Open it, or change what the file says otherwise. Raises `Faulty`, `Refused`, `MoveRefused`."""
        raise NotImplementedError

    def finish(self, entry: Entry, kept: Kept, names: Names, note: str) -> None:
        """What is written once everything of the file is there: parts, and what names others. Adds to the changes."""

    def told(self, by: Person) -> Iterator[dict[str, Any]]:
        """Everything of it that this person may see, as a file says it."""
        return iter(())


class Parts:
    """Parts of a record as files say them; `name` heads them."""

    name = ""
    fields: tuple[str, ...] = ()

    def keep(self, record: Any, rows: Sequence[Mapping[str, Any]], names: Names) -> list[tuple[str, str, str]]:
        """Enter those that are not there, change those that say otherwise; others stay. Faults name their place, `activities.2.name`."""
        raise NotImplementedError

    def told(self, record: Any, by: Person) -> list[dict[str, Any]]:
        return []


def fold(text: str) -> str:
    return " ".join(text.casefold().split())


def check_known(given: Mapping[str, Any], known: Iterable[str], where: str = "") -> None:
    """Raises `Faulty` for every name that is none, with the nearest one that is."""
    all_known = sorted(known)
    faults = []
    for name in given:
        if name not in all_known:
            near = difflib.get_close_matches(name, all_known, n=1)
            hint = _("Did you mean “%(name)s”?") % {"name": near[0]} if near else _("There are: %(known)s.") % {"known": ", ".join(all_known)}
            faults.append(Fault(f"{where}{name}", _("There is no such column.") + " " + hint))
    if faults:
        raise Faulty(faults)


def truth(value: Any, column: str) -> bool:
    """Yes or no. Raises `Faulty`."""
    if isinstance(value, bool):
        return value
    if (text := str(value).strip().lower()) in (*TRUE, *FALSE):
        return text in TRUE
    raise Faulty([Fault(column, _("“%(value)s” is neither yes nor no.") % {"value": str(value)[:40]})])


def texts(value: Any, column: str) -> list[str]:
    """A list of texts, or one text parted by semicolons. Raises `Faulty`."""
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, list) or any(isinstance(part, dict | list) for part in parts):
        raise Faulty([Fault(column, _("A list of texts is needed here."))])
    return [text for part in parts if (text := str(part).strip())]


def brief(value: Any) -> str:
    """A value in the few words of a preview."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Record | Card):
        return str(value.reference)
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def written_name(thing: Any) -> Any:
    """What a file calls a thing."""
    if isinstance(thing, Person):
        return thing.email or thing.external_reference or thing.name
    if isinstance(thing, Record | Card):
        return thing.title
    return getattr(thing, "name", None) or str(thing)


_keepers: dict[str, Keeper] = {}


def set_keepers(keepers: Sequence[Keeper]) -> None:
    """Say what files may set up, in the order in which it is written; called once at start with what `site/wiring.py` says."""
    _keepers.clear()
    _keepers.update({keeper.name: keeper for keeper in keepers})


def keepers() -> Mapping[str, Keeper]:
    return _keepers
