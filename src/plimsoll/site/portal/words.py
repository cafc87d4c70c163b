"""Promises, steps and next steps of several things at once, in words for those whom they are made to. A constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.targets.models import Clock
from plimsoll.site.portal.rules import next_step, progress


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised on one thing, as people read it. `due_at` is shown in the reader's own time zone."""

    words: str
    due_at: datetime | None = None
    tone: str = ""


def promises(cards: Sequence[int]) -> dict[int, Promise]:
    """The promise of each card that has one: what is promised to the customer, never what stands behind it. One query."""
    rows = Clock.objects.filter(card__in=cards, is_internal=False).values_list("card_id", "measure", "state", "due_at") if cards else []
    found: dict[int, tuple[int, Promise]] = {}
    moment = now()
    for card, measure, state, due_at in rows:
        rank, promise = _promise(measure, state, due_at, moment)
        if promise is not None and (card not in found or rank < found[card][0]):
            found[card] = (rank, promise)
    return {card: promise for card, (_rank, promise) in found.items()}


def _promise(measure: str, state: str, due_at: datetime | None, moment: datetime) -> tuple[int, Promise | None]:
    is_answer = measure == "respond"
    later = 1 if is_answer else 0
    if state == "running" and due_at is not None:
        if due_at < moment:
            words = _("We are late: you should have had an answer by") if is_answer else _("We are late: this should have been done by")
            return 2 + later, Promise(words, due_at, "bad")
        return 0 + (0 if is_answer else 1), Promise(_("We promised to answer you by") if is_answer else _("We promised to have this done by"), due_at)
    if state == "paused":
        return 4 + later, Promise(_("Our clock stands still while it waits."), None, "watch")
    if state in ("met", "missed") and not is_answer:
        return 6, Promise(_("Done within the time that we promised.") if state == "met" else _("Done later than we promised."))
    return 9, None


def their_turn(cards: Iterable[Card], tenant: Any) -> set[int]:
    """Those whose state waits for the one who asked."""
    return {c.pk for c in cards if c.state in workflow_of(tenant, c.kind).requesters_turn}


def last_words(cards: Sequence[int]) -> dict[int, Comment]:
    """The newest public message of each card, with its author; two queries."""
    newest: dict[int, int] = {}
    for pk, card in Comment.objects.filter(card__in=cards, is_public=True, redacted_at=None).order_by("id").values_list("pk", "card_id"):
        newest[card] = pk
    return {c.card_id: c for c in Comment.objects.filter(pk__in=newest.values()).select_related("author")}


def teams_of_cards(cards: Sequence[Card]) -> dict[int, str]:
    """The team that each thing is with, by name; one query a kind and one for the names."""
    by_kind: dict[str, list[int]] = {}
    for card in cards:
        by_kind.setdefault(card.kind, []).append(card.pk)
    keys: dict[int, int] = {}
    for kind, pks in by_kind.items():
        if type_named(kind).has("team"):
            rows: Any = type_named(kind).model.objects
            keys |= dict(rows.filter(pk__in=pks, team__isnull=False).values_list("pk", "team"))
    names = dict(Team.objects.filter(pk__in=set(keys.values())).values_list("pk", "name")) if keys else {}
    return {card: names[team] for card, team in keys.items() if team in names}


def askers(cards: Sequence[Card]) -> dict[int, tuple[int, str]]:
    """Who asked for each thing: key and name; one query a kind and one for the names."""
    by_kind: dict[str, list[int]] = {}
    for card in cards:
        by_kind.setdefault(card.kind, []).append(card.pk)
    keys: dict[int, int] = {}
    for kind, pks in by_kind.items():
        rows: Any = type_named(kind).model.objects
        keys |= dict(rows.filter(pk__in=pks).values_list("pk", type_named(kind).requester))
    names = dict(Person.objects.filter(pk__in={key for key in keys.values() if key}).values_list("pk", "name"))
    return {card: (key, names[key]) for card, key in keys.items() if key in names}


def said_of_state(category: str, label: str, *, is_their_turn: bool, answered: bool, asker: str = "") -> str:
    """A state as the one who asked reads it: the desk's own label, but for what waits for them; `asker` where somebody else reads it."""
    if not is_their_turn or category != "waiting":
        return label
    if answered:
        return _("With us again")
    return _("Waiting for %(asker)s") % {"asker": asker} if asker else _("Waiting for you")


def told(cards: Sequence[Card], person: Person) -> list[dict[str, Any]]:
    """Some things as the portal's lists show them."""
    keys = [c.pk for c in cards]
    asked_by = askers(cards)
    promised, said, teams, turn = promises(keys), last_words(keys), teams_of_cards(cards), their_turn(cards, person.tenant)
    rows = []
    for card in cards:
        record_type = type_named(card.kind)
        comment = said.get(card.pk)
        is_turn = card.pk in turn
        asker, name = asked_by.get(card.pk, (person.pk, ""))
        is_reader = asker == person.pk
        answered = comment is not None and comment.author_id in (person.pk, asker)
        names = {"team": teams.get(card.pk, ""), "asker": name}
        rows.append(
            {
                "href": f"/portal/{record_type.plural_kind}/{card.number}/",
                "ref": card.reference,
                "title": card.title,
                "opened_at": card.opened_at,
                "changed_at": card.changed_at,
                "asker": "" if is_reader else name,
                "state": said_of_state(
                    card.category,
                    workflow_of(person.tenant, card.kind).state(card.state).label,
                    is_their_turn=is_turn,
                    answered=answered,
                    asker="" if is_reader else name,
                ),
                "category": card.category,
                "steps": [
                    (_(word) % names, step) for word, step in progress(card.category, is_their_turn=is_turn, answered=answered, is_reader=is_reader)
                ],
                "next": _(
                    next_step(
                        card.category, team="%(team)s" if card.pk in teams else "", is_their_turn=is_turn, answered=answered, is_reader=is_reader
                    )
                )
                % names,
                "promise": promised.get(card.pk),
                "said": comment,
                "with": teams.get(card.pk, ""),
                "asks": is_turn and is_reader and not (answered and card.category == "waiting"),  # a word said does not confirm that it is well
            }
        )
    return rows
