"""Reviewing a draft: who is asked to read it and until when, what they remark on its paragraphs, and how each remark ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.documents.blocks import Block, Heading, runs_of, text_of
from plimsoll.kernel.documents.models import Document, Remark, Reviewer, Round
from plimsoll.kernel.documents.queries import draft_as_printed
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import MOST_TEXT
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.parts import tell
from plimsoll.kernel.records.permissions import check, may
from plimsoll.kernel.records.sources import day_of

OPEN_TO_REMARKS = ("draft", "in_review")


def may_review(person: Person, document: Document) -> bool:
    """May this person read the draft and say something of it?"""
    return may(person, "document:internal", document) and may(person, "document:comment", document)


def ask_to_review(document: Document, people: Sequence[Person], *, until: date, by: Person, channel: str, at: datetime | None = None) -> Round:
    """Ask people to read the draft until a day; a round that was open ends. Raises `Refused` or `Faulty`; then nothing was written."""
    moment = at or now()
    with writing():
        fresh = locked(document)
        check(by, "document:amend", fresh)
        faults = []
        if fresh.state not in OPEN_TO_REMARKS:
            faults.append(Fault("", _("There is no draft to read. Draft the next version first.")))
        if not people:
            faults.append(Fault("people", _("Say who is to read it.")))
        if until < day_of(fresh.tenant, moment):
            faults.append(Fault("until", _("That day is over. Choose today or a later one.")))
        for person in people:
            person.tenant = fresh.tenant
            if not (person.is_active and person.tenant_id == fresh.tenant_id and may_review(person, fresh)):
                faults.append(Fault("people", _("%(name)s may not read drafts of it. Choose somebody else, or give them a role.") % {"name": person}))
        if faults:
            raise Faulty(faults)
        end_rounds(fresh, moment)
        made = Round.objects.create(document=fresh, draft=fresh.draft_number, until=until, asked_by=by, asked_at=moment)
        Reviewer.objects.bulk_create([Reviewer(round=made, person=person) for person in dict.fromkeys(people)])
        tell(fresh, "ask review", by=by, channel=channel, at=at, changes={"until": (None, until), "readers": (None, [p.pk for p in people])})
    return made


def end_rounds(document: Document, at: datetime) -> None:
    """What was asked of this draft is asked no more."""
    document.rounds.filter(ended_at=None).update(ended_at=at)


def answer_round(document: Document, answer: str, *, by: Person, channel: str, at: datetime | None = None) -> None:
    """Say that one has read the draft: nothing to remark, or there are remarks."""
    with writing():
        fresh = locked(document)
        check(by, "document:comment", fresh)
        asked = Reviewer.objects.filter(round__document=fresh, round__ended_at=None, person=by).first()
        if asked is None:
            raise Faulty([Fault("", _("You are not asked to read this draft."))])
        if answer not in ("fine", "remarks"):
            raise Faulty([Fault("answer", _("Say that you have nothing to remark, or that you have remarks."))])
        asked.answer, asked.answered_at = answer, at or now()
        asked.save(update_fields=["answer", "answered_at"])
        tell(fresh, "answer review", by=by, channel=channel, at=at, changes={"answer": (None, answer)})


def remark(document: Document, anchor: str, *, text: str, must_settle: bool = False, by: Person, channel: str, at: datetime | None = None) -> Remark:
    """Say something of a paragraph of the draft. One that must be settled holds up the approval. Raises `Refused` or `Faulty`."""
    text = text.strip()
    with writing():
        fresh = locked(document)
        check(by, "document:comment", fresh)
        check(by, "document:internal", fresh)
        faults = _text_faults(text)
        if fresh.state not in OPEN_TO_REMARKS:
            faults.append(Fault("", _("Remarks are made on a draft. What is in force changes with its next version.")))
        known = excerpts(fresh) if not faults else {}
        if not faults and anchor not in known:
            faults.append(Fault("anchor", _("The draft has no such paragraph. Somebody may have changed it; read it anew.")))
        if faults:
            raise Faulty(faults)
        made = Remark.objects.create(
            document=fresh,
            draft=fresh.draft_number,
            anchor=anchor,
            excerpt=known[anchor][:200],
            text=text,
            must_settle=must_settle,
            by=by,
            at=at or now(),
        )
        changes = {"remark": (None, made.pk), "paragraph": (None, anchor), "must_settle": (None, must_settle), "says": (None, text)}
        tell(fresh, "remark", by=by, channel=channel, at=at, changes=changes, texts=frozenset({"says"}))
    return made


def excerpts(document: Document) -> dict[str, str]:
    """How each paragraph of the draft begins, by its anchor; empty for a text that can't be read."""
    printed, _standings, _fault = draft_as_printed(document)
    return {block.anchor: beginning(block) for block in (printed.blocks if printed is not None else ())}


def beginning(block: Block) -> str:
    """The first words of a block."""
    return block.title if isinstance(block, Heading) else " ".join(text_of(runs_of(block)).split())


def answer_remark(made: Remark, *, text: str, by: Person, channel: str, at: datetime | None = None) -> Remark:
    """Answer a remark; who works on the draft and who made it may."""
    text = text.strip()
    with writing():
        fresh, held = _held(made)
        if held.by_id != by.pk:
            check(by, "document:amend", fresh)
        check(by, "document:comment", fresh)
        if faults := _text_faults(text):
            raise Faulty(faults)
        before = held.answer
        held.answer, held.answered_by, held.answered_at = text, by, at or now()
        held.save(update_fields=["answer", "answered_by", "answered_at"])
        changes = {"remark": (None, held.pk), "answer": (before or None, text)}
        tell(fresh, "answer remark", by=by, channel=channel, at=at, changes=changes, texts=frozenset({"answer"}))
    return held


def may_close(made: Remark, person: Person, document: Document) -> bool:
    """Who made it, or who may approve the document; what need not be settled also whoever writes in it."""
    return may_review(person, document) and (
        made.by_id == person.pk or may(person, "document:approve", document) or (not made.must_settle and may(person, "document:amend", document))
    )


def close_remark(made: Remark, *, by: Person, channel: str, at: datetime | None = None) -> Remark:
    """Say that a remark is settled."""
    with writing():
        fresh, held = _held(made)
        if not may_close(held, by, fresh):
            raise Refused(_("A remark that must be settled is closed by who made it, or by who approves the document."))
        held.closed_by, held.closed_at = by, at or now()
        held.save(update_fields=["closed_by", "closed_at"])
        tell(fresh, "close remark", by=by, channel=channel, at=at, changes={"remark": (None, held.pk)})
    return held


def _held(made: Remark) -> tuple[Document, Remark]:
    """The document, locked, and the remark as it is now; a closed one is done with."""
    fresh = locked(made.document)
    held = Remark.objects.select_related("document", "by").get(pk=made.pk)
    if held.closed_at is not None:
        raise Faulty([Fault("", _("That remark is closed already."))])
    return fresh, held


def _text_faults(text: str) -> list[Fault]:
    if not text:
        return [Fault("text", _("Write something first."))]
    if len(text) > MOST_TEXT or "\x00" in text:
        return [Fault("text", _("The text is too long, or holds a character that can't be stored."))]
    return []


def must_be_settled(documents: Iterable[Document]) -> dict[int, tuple[str, ...]]:
    """By document, the open remarks that must be settled before it is approved, each as a sentence. One query."""
    found: dict[int, list[str]] = {}
    rows = Remark.objects.filter(document__in=[d.pk for d in documents], must_settle=True, closed_at=None).select_related("by").order_by("pk")
    for row in rows:
        said = _("%(who)s on “%(where)s”: %(what)s") % {"who": row.by, "where": row.excerpt[:60] or row.anchor, "what": row.text[:160]}
        found.setdefault(row.document_id, []).append(said)
    return {pk: tuple(said) for pk, said in found.items()}


__all__ = [
    "answer_remark",
    "answer_round",
    "ask_to_review",
    "beginning",
    "close_remark",
    "end_rounds",
    "excerpts",
    "may_close",
    "may_review",
    "must_be_settled",
    "remark",
]
