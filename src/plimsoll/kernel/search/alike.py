"""What is alike: records that share the telling words of a text that somebody is still writing. At most four searches, however long it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import words
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.search.queries import find

MOST = 5
TELLING = 4  # shorter words tell little
SHORT = 7  # what has fewer letters may be two words run together
MOST_ASKED = 4  # words that are searched together; longer ones are rarer, so they go first


def telling_words(text: str) -> list[str]:
    """The words that tell most about a text: the longest, each once."""
    found = dict.fromkeys(w for w in words(text)[:60] if len(w) >= TELLING)
    return sorted(found, key=lambda w: (-len(w), w))[:MOST_ASKED]


def alike(
    person: Person,
    text: str,
    *,
    kinds: Sequence[str],
    service: int | None = None,
    organization: int | None = None,
    without: int | None = None,
    categories: Collection[str] | None = None,
    size: int = MOST,
) -> list[Card]:
    """Records of some kinds that this person may read, those alike in most words first; then those of the same service and customer, open ones,
    and the newest. All words together are asked for first, then one fewer, until there are enough. `categories`: only in such states."""
    wanted = telling_words(text)
    found: dict[int, tuple[int, Card]] = {}
    for count in range(len(wanted), 0, -1):
        for hit in find(person, " ".join(wanted[:count]), kinds=kinds, size=4 * size, snippets=False).hits:
            if hit.card.pk != without and (categories is None or hit.card.category in categories):
                found.setdefault(hit.card.pk, (count, hit.card))
        if len(found) >= size:
            break
    services = _services([card for _count, card in found.values()]) if service is not None else {}

    def rank(item: tuple[int, Card]) -> tuple[int, bool, bool, bool, int]:
        count, card = item
        is_open = card.category not in ("done", "closed", "dropped")
        return (-count, services.get(card.pk) != service, card.organization_id != organization, not is_open, -card.pk)

    return [card for _count, card in sorted(found.values(), key=rank)[:size]]


def beginning(word: str) -> str:
    """What a word shares with its other forms, in any language that ends them: "printing", "printer" and "prints" begin alike."""
    return word[: max(5, len(word) - 3)]


def apart(word: str) -> list[str]:
    """The two words that people may have run together, leaving a hyphen or an apostrophe out: "wifi" is "wi fi", "cant" "can t", "email" "e mail"."""
    return [f"{word[:cut]} {word[cut:]}" for cut in (len(word) - 2, len(word) - 1, 1)] if len(word) < SHORT else []


def nearest(person: Person, text: str, *, kinds: Sequence[str], size: int = MOST) -> list[Card]:
    """Records that hold some words of a sentence, or other forms of them, though not all: those with the most and the longest first.
    For people who write as they speak; at most four searches, and three more for each short word that stands nowhere as it was typed."""
    found: dict[int, tuple[int, Card]] = {}
    for start in dict.fromkeys(beginning(word) for word in telling_words(text)):
        for typed in (start, *apart(start)):
            if hits := find(person, typed, kinds=kinds, size=4 * size, snippets=False).hits:
                break
        for hit in hits:
            weight = len(start) * (2 if len(hits) < 4 * size else 1)  # what few records hold tells more
            found[hit.card.pk] = (found.get(hit.card.pk, (0, hit.card))[0] + weight, hit.card)
    return [card for _weight, card in sorted(found.values(), key=lambda item: (-item[0], -item[1].pk))[:size]]


def _services(cards: Sequence[Card]) -> dict[int, int | None]:
    """The services of some cards; a query per kind that has them."""
    keys: dict[str, list[int]] = {}
    for card in cards:
        keys.setdefault(card.kind, []).append(card.pk)
    done: dict[int, int | None] = {}
    for kind, some in keys.items():
        if type_named(kind).has("service"):
            rows: Any = type_named(kind).model.objects
            done |= dict(rows.filter(pk__in=some).values_list("pk", "service_id"))
    return done
