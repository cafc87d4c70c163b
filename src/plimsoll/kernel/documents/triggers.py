"""What makes a document be looked at before its day (S-103): triggers by name, and the reviews that they ask for. It knows no room's kinds.

A template names its triggers in its front matter, `review_when = ["scope", "major"]`. Which act of which record pulls a trigger is said once, in
`site/wiring.py`. A review that was asked for is answered by what becomes of the document: confirmed, drafted anew, withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import teams_of
from plimsoll.kernel.documents.models import Document, DocumentVersion, ReviewAsked
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.dues import Due, OwnDue, declare_own_due
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.parts import tell
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Assignment
from plimsoll.kernel.roles.queries import held_at
from plimsoll.kernel.tasks.registry import find

TASK = "documents.ask_reviews"
DAYS_TO_REVIEW = 30
ANSWERS = {"confirm": "confirm", "revise": "revise", "approve": "revise", "withdraw": "withdraw"}  # by move, what came of the review

ASKED = Rule("document_review_asked", gettext_lazy("Something changed, and a document is to be looked at because of it"), ("S-103", "7.5.2-c"))


@dataclass(frozen=True, slots=True)
class Trigger:
    """An act that makes documents be looked at: some moves of a kind, and some fields of it when they are changed in some states."""

    key: str
    title: str | Promise  # “the scope changed”
    kind: str
    moves: frozenset[str]
    fields: frozenset[str] = frozenset()
    while_in: frozenset[str] = frozenset()

    def is_pulled_by(self, event: Written) -> bool:
        if event.record.kind != self.kind or event.entry.origin == "imported":
            return False
        action = event.entry.action
        return action in self.moves or (action == "amend" and event.record.state in self.while_in and bool(self.fields & event.changes.keys()))


_triggers: dict[str, Trigger] = {}


def set_triggers(found: Iterable[Trigger]) -> None:
    """Say which acts are triggers; called once at start with what `site/wiring.py` says."""
    _triggers.clear()
    _triggers.update({trigger.key: trigger for trigger in found})


def triggers() -> tuple[Trigger, ...]:
    return tuple(_triggers.values())


def trigger_words(key: str) -> str:
    """What happened, in words."""
    return str(_triggers[key].title) if key in _triggers else key


def unknown_triggers(named: Iterable[Any]) -> list[str]:
    """Those of some names that no trigger has."""
    return [str(name) for name in named if not isinstance(name, str) or name not in _triggers]


# Asking


def note_write(event: Written) -> None:
    """Wired to `Written`: a trigger was pulled, so documents in force that name it are to be looked at. One query, and none where it was not."""
    for trigger in _triggers.values():
        if trigger.is_pulled_by(event) and _named_by(event.record.tenant_id, trigger.key):
            task = find(TASK)
            assert task is not None
            task.enqueue(
                tenant=Tenant.objects.get(pk=event.record.tenant_id),
                dedupe_key=f"{trigger.key}:{event.record.pk}",
                tenant_id=event.record.tenant_id,
                trigger=trigger.key,
                card_id=event.record.pk,
            )


def _named_by(tenant_id: int, trigger: str) -> list[int]:
    """The documents whose version in force names a trigger. One query."""
    rows = DocumentVersion.objects.filter(document__tenant_id=tenant_id, state="valid").values_list("document_id", "triggers")
    return [document for document, named in rows if trigger in named]


def ask_reviews(tenant: Tenant, trigger: str, card: Card, *, at: datetime | None = None) -> int:
    """Ask that each document whose version in force names the trigger be looked at. While a review that the same record asked for is open, it is
    not asked for again. Returns how many were asked for."""
    moment, system, count = at or now(), system_person(tenant), 0
    due = day_of(tenant, moment) + timedelta(days=DAYS_TO_REVIEW)
    for document in Document.objects.filter(pk__in=_named_by(tenant.pk, trigger)).exclude(pk=card.pk).order_by("pk"):
        with writing():
            fresh = locked(document)
            if ReviewAsked.objects.filter(document=fresh, trigger=trigger, card=card, ended_at=None).exists():
                continue
            ReviewAsked.objects.create(document=fresh, trigger=trigger, card=card, asked_at=moment, due_on=due)
            changes = {"trigger": (None, trigger), "because": (None, card.reference), "due_on": (None, due)}
            tell(fresh, "ask for review", by=system, channel="rule", at=at, changes=changes, note=trigger_words(trigger))
            count += 1
    return count


def answer_reviews(document: Document, move: str, *, by: Person, at: datetime) -> None:
    """What came of a document answers every review that was asked for before. Called within the move."""
    if move in ANSWERS:
        ReviewAsked.objects.filter(document=document, ended_at=None).update(ended_at=at, outcome=ANSWERS[move], ended_by=by)


# Reading


def open_reviews(documents: Collection[Document]) -> list[ReviewAsked]:
    """What is asked of some documents and not answered, the most urgent first. One query."""
    rows = ReviewAsked.objects.filter(document__in=[d.pk for d in documents], ended_at=None)
    return list(rows.select_related("card").order_by("due_on", "pk"))


def _owned_by(person: Person) -> Q:
    """Documents that a person looks after, or whose owning role they hold, themselves or in a team."""
    assert person.tenant is not None
    mine = Q(person=person) | Q(team__in=teams_of(person))
    held = Assignment.objects.filter(held_at(person.tenant), mine, is_deputy=False).values("role")
    return Q(document__owner=person) | Q(document__owner=None, document__owner_role__in=held)


def reviews_for(person: Person) -> list[ReviewAsked]:
    """The reviews that wait for this person, the most urgent first. One query beside that of their teams."""
    if person.tenant is None:
        return []
    rows = ReviewAsked.objects.filter(_owned_by(person), document__tenant=person.tenant, document__is_open=True, ended_at=None)
    seen = Document.objects.visible_to(person).order_by().values("pk")
    return list(rows.filter(document__in=seen).select_related("document", "card").defer("document__body").order_by("due_on", "pk")[:50])


def faults_of(tenant: Tenant, at: Any = None) -> list[Finding]:
    """Reviews that are asked for and not done. One query."""
    rows = ReviewAsked.objects.filter(document__tenant=tenant, document__is_open=True, ended_at=None).select_related("document", "card")
    said = _("“%(title)s” is to be looked at by %(day)s: %(what)s (%(record)s).")
    return [
        Finding(
            ASKED,
            said % {"title": r.document.title, "day": day_words(r.due_on), "what": trigger_words(r.trigger), "record": r.card.reference},
            source_of(r.document),
        )
        for r in rows.defer("document__body").order_by("due_on", "pk")
    ]


def _dues(person: Person, since: date | None, until: date, most: int) -> Sequence[Due]:
    """By when reviews that were asked for are to be done. Three queries."""
    seen = Document.objects.visible_to(person).order_by().values("pk")
    rows = ReviewAsked.objects.filter(document__in=seen, document__is_open=True, ended_at=None, due_on__lte=until)
    if since is not None:
        rows = rows.filter(due_on__gte=since)
    mine = set(rows.filter(_owned_by(person)).values_list("pk", flat=True))
    return [
        Due(
            day=r.due_on,
            what=str(REVIEW_DUE.label),
            title=r.document.title,
            reference=r.document.reference,
            href=f"/documents/{r.document.number}/review/",
            kind="document",
            key=f"reviewasked-{r.pk}",
            owner=person.pk if r.pk in mine else r.document.owner_id,
            about=_("%(what)s (%(record)s)") % {"what": trigger_words(r.trigger), "record": r.card.reference},
        )
        for r in rows.select_related("document", "card").defer("document__body").order_by("due_on", "pk")[:most]
    ]


REVIEW_DUE = declare_own_due(OwnDue("document_review_asked", gettext_lazy("review asked for"), "document", _dues))

__all__ = [
    "ASKED",
    "DAYS_TO_REVIEW",
    "Trigger",
    "answer_reviews",
    "ask_reviews",
    "faults_of",
    "note_write",
    "open_reviews",
    "reviews_for",
    "set_triggers",
    "trigger_words",
    "triggers",
    "unknown_triggers",
]
