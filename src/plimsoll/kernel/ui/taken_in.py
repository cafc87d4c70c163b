"""What a record's page shows from elsewhere: messages split off with it, and messages, files and links of what was merged into it.

Nothing is copied. What was merged is read where it is, and only by whoever may read it there: so the walls are those of each record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Attachment, Comment, Excerpt, Link, Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.targets.queries import SaidRow
from plimsoll.kernel.ui.context import address_of
from plimsoll.kernel.workflow.flow import ENDED_CATEGORIES

SAME = "duplicates"  # what is dropped as the same as another is shown on it
SHAPING = (SAME, "split from")  # links by which a page shows what stands elsewhere
MOST_LINKS = 200  # read at once


@dataclass(frozen=True, slots=True)
class End:
    """The other end of a link. `via`: the number of the record taken in whose link it is; empty for one's own."""

    link: int
    meaning: str
    card: Card
    is_out: bool
    via: str = ""


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of the newest links of some cards that a person may see, oldest first; which meanings there are; and where older ones go on."""

    ends: Sequence[End] = ()
    meanings: frozenset[str] = frozenset()
    older: int | None = None


def ends_of(keys: Sequence[int], person: Person, via: dict[int, str] | None = None, *, before: int | None = None, only: Sequence[str] = ()) -> Ends:
    """Two queries, and no more than `MOST_LINKS` links: the newest, or those before one. `only` those of some meanings."""
    rows = Link.objects.filter(Q(source_id__in=keys) | Q(target_id__in=keys)).order_by("-id")
    rows = rows.filter(pk__lt=before) if before is not None else rows
    rows = rows.filter(meaning__in=only) if only else rows
    links = list(rows.values_list("pk", "meaning", "source_id", "target_id")[: MOST_LINKS + 1])
    older = links[MOST_LINKS - 1][0] if len(links) > MOST_LINKS else None
    links = links[:MOST_LINKS]
    mine = set(keys)
    ends = [(pk, meaning, target, True, source) for pk, meaning, source, target in links if source in mine]
    ends += [(pk, meaning, source, False, target) for pk, meaning, source, target in links if target in mine]
    if not ends:
        return Ends()
    others = {card for _pk, _m, card, _out, _here in ends}
    cards = {card.pk: card for part in visible_cards(person, Card.objects.filter(pk__in=others)) for card in part}
    found = [End(pk, meaning, cards[card], out, (via or {}).get(here, "")) for pk, meaning, card, out, here in sorted(ends) if card in cards]
    return Ends(found, frozenset(meaning for _pk, meaning, _card, out, _here in ends if out), older)


def linked_to(record: Record, person: Person, before: int | None = None) -> tuple[Ends, Sequence[End]]:
    """The newest links of a record, or those before one; and all that its page reads from: what it took in stands behind any of many links."""
    found = ends_of([record.pk], person, before=before)
    if found.older is None and before is None:
        return found, found.ends
    shaping = ends_of([record.pk], person, only=SHAPING)
    every = {(e.link, e.is_out): e for e in (*found.ends, *shaping.ends)}
    return Ends(found.ends, found.meanings | shaping.meanings, found.older), [every[key] for key in sorted(every)]


def in_order(ends: Sequence[End]) -> list[End]:
    """As they are read: what still goes on first, the newest links before the others."""
    return sorted(ends, key=lambda e: (e.card.category in ENDED_CATEGORIES, -e.link))


@dataclass(slots=True)
class Shown:
    """What one reader sees on a record from elsewhere. Costs nothing for a record without links."""

    record: Record
    person: Person
    inside: bool
    ends: Sequence[End]
    taken: dict[int, Card] = field(default_factory=dict)
    places: dict[int, Card] = field(default_factory=dict)
    firsts: list[tuple[int, datetime, str, int]] = field(default_factory=list)  # card, when, the long text, by whom

    def __post_init__(self) -> None:
        same = [e.card for e in self.ends if e.meaning == SAME and not e.is_out and e.card.kind == self.record.kind and e.card.category == "dropped"]
        self.taken = {card.pk: card for card in same}
        self.places = dict(self.taken)
        rt = type_named(self.record.kind)
        if self.taken and rt.body:
            asked = f"{rt.requester}_id" if rt.requester else "opened_by_id"
            rows: Any = rt.model.objects.visible_to(self.person).filter(pk__in=self.taken)
            self.firsts = [
                (pk, at, text, who or by) for pk, at, text, who, by in rows.values_list("pk", "opened_at", rt.body, asked, "opened_by_id") if text
            ]

    def comments(self, before: int | None, most: int, *, has_excerpts: bool) -> list[Comment]:
        """The newest messages that this reader may read, oldest first: its own, those split off with it, those of what was taken in."""
        here = Q(card_id=self.record.pk)
        if has_excerpts:
            self.places |= {e.card.pk: e.card for e in self.ends}  # where it was said is named to whoever may see that record
            here |= Q(pk__in=Excerpt.objects.filter(card_id=self.record.pk).values("comment_id"))
        wanted = here if self.inside else here & Q(is_public=True)
        for card in self.taken.values():
            wanted |= Q(card_id=card.pk) if is_inside(self.person, card) else Q(card_id=card.pk, is_public=True)
        rows = Comment.objects.filter(wanted)
        if before is not None:
            rows = rows.filter(pk__lt=before)
        found: Any = rows.annotate(kind=F("author__kind"), side=F("author__organization__kind")).order_by("-id")
        return list(found[:most])[::-1]

    def said(self, comments: Sequence[Any]) -> list[SaidRow]:
        """All public messages of the record itself as clocks read them, and their count for its moves, when `comments` are all there are."""
        own = [c for c in comments if c.card_id == self.record.pk]
        if self.inside:
            self.record.notes = (sum(c.redacted_at is None for c in own), sum(c.redacted_at is None and c.is_public for c in own))
        return [(c.card_id, c.at, c.author_id, c.kind, c.side) for c in sorted(own, key=lambda c: (c.at, c.pk)) if c.is_public]

    def files(self) -> list[Attachment]:
        """The files that this reader may have."""
        insides = {pk: is_inside(self.person, card) for pk, card in self.taken.items()} | {self.record.pk: self.inside}
        rows = Attachment.objects.filter(card_id__in=insides, removed_at=None).order_by("id")
        return [file for file in rows if file.is_public or insides[file.card_id]]

    def further_ends(self) -> list[End]:
        """The links of what was taken in, but those between it and this record."""
        if not self.taken:
            return []
        known = {self.record.pk, *self.taken, *(e.card.pk for e in self.ends)}
        found = ends_of(list(self.taken), self.person, {pk: c.reference for pk, c in self.taken.items()})
        return [e for e in found.ends if e.card.pk not in known]

    def merged_into(self) -> dict[str, str] | None:
        """Where this record went on, when it was merged into another that this reader may see."""
        if self.record.category != "dropped":
            return None
        found = next((e.card for e in reversed(self.ends) if e.meaning == SAME and e.is_out and e.card.kind == self.record.kind), None)
        return None if found is None else {"ref": found.reference, "title": found.title, "href": address_of(found, type_named(found.kind))}

    def base_of(self, card_id: int) -> str:
        """The address of the record that something is from."""
        return address_of(self.places.get(card_id) or self.record, type_named(self.record.kind))

    def origin(self, card_id: int) -> dict[str, str] | None:
        """From where it is, when not from here."""
        card = self.places.get(card_id)
        return None if card is None or card_id == self.record.pk else {"ref": card.reference, "href": address_of(card, type_named(card.kind))}
