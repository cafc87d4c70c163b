"""Reading intakes: what a sent file says, and each proposal with what is known of it already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import may_everywhere, reach
from plimsoll.kernel.documents.content import Template, template_named
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.reading.files import NotReadable, read_file
from plimsoll.kernel.figures.blanks import blanks
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.support.intake.drafting import Draft, draft
from plimsoll.support.intake.models import Intake
from plimsoll.support.intake.ours import Read, beside_ours
from plimsoll.support.intake.proposing import HEADER, Proposal

CUSTOMER = "customer"  # an organisation that is kept, no record


def mine(person: Person) -> QuerySet[Intake]:
    """The intakes of a person, newest first. Nobody sees another's."""
    return Intake.objects.filter(tenant=person.tenant, person=person).defer("content").order_by("-touched_at", "-pk")


def reading_of(intake: Intake) -> Read:
    """What the file says; raises `NotReadable`."""
    return _reading(intake.digest, intake.name, _Content(bytes(intake.content)))


class _Content:
    """Bytes that are told apart by their digest, so that the memory of readings holds no file twice."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Content)


@lru_cache(maxsize=8)
def _reading(digest: str, name: str, content: _Content) -> Read:
    return beside_ours(read_file(name, content.content))


def shapes() -> dict[str, str]:
    """The shape of each of our fields."""
    return {blank.name: blank.shape for blank in blanks()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a proposal that can be changed before it is taken over."""

    name: str
    label: str
    value: str
    is_long: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as the page shows it: what it would fill, whether it is ticked, what is there already, and why it can't be taken."""

    proposal: Proposal
    label: str  # “role”
    entries: tuple[Entry, ...]
    is_taken: bool
    existing: str = ""
    existing_href: str = ""
    refused: str = ""


def type_for(proposal: Proposal) -> RecordType | None:
    """The record type that a proposal would make; None when none is kept that its words suffice for."""
    try:
        found = type_named(proposal.kind)
    except KeyError:
        return None
    return found if set(found.required) <= {"title", *proposal.values} else None


def proposed(intake: Intake, person: Person) -> list[Proposed]:
    """Every proposal of a record; a query for each kind that is proposed."""
    records = [p for p in reading_of(intake).proposals if p.is_record]
    there = _existing(records, person)
    kept = intake.choices.get("rows", {})
    return [_one(p, kept.get(p.key), there, person) for p in records]


def _one(proposal: Proposal, kept: Mapping[str, str] | None, there: Mapping[tuple[str, str], tuple[str, str]], person: Person) -> Proposed:
    record_type = type_for(proposal)
    existing, href = there.get((proposal.kind, proposal.title.casefold()), ("", ""))
    refused = ""
    if proposal.kind == CUSTOMER:
        label = _("customer")
        if not may_everywhere(person, "organization:keep"):
            refused = _("You may not enter customers; ask an administrator. It stays in the text.")
    elif record_type is None:
        label = _("process operated by another party") if proposal.kind == "operation" else proposal.kind
        refused = _("Such records are opened with more than a text says. It is kept as words in the draft.")
    else:
        label = str(record_type.label)
        if reach(person, f"{proposal.kind}:open").is_empty:
            refused = _("You may not open such records. It stays in the text.")
    ticked = kept.get("take") == "on" if kept is not None else not (existing or proposal.is_example)
    return Proposed(proposal, label, tuple(_entries(proposal, record_type, kept or {})), ticked and not refused, existing, href, refused)


def _entries(proposal: Proposal, record_type: RecordType | None, kept: Mapping[str, str]) -> list[Entry]:
    found = [Entry("title", _("title"), kept.get("title", proposal.title))]
    if record_type is None:
        return found
    for name, value in proposal.values.items():
        if name not in record_type.fields or name in ("title", "code"):
            continue
        field = record_type.model_field(name)
        choices = tuple((str(key), str(words)) for key, words in (field.flatchoices or ()))
        found.append(Entry(name, str(field.verbose_name), kept.get(name, value), isinstance(field, models.TextField), choices))
    return found


def _existing(records: list[Proposal], person: Person) -> dict[tuple[str, str], tuple[str, str]]:
    """What has the same title already, with its page."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for kind in dict.fromkeys(p.kind for p in records):
        titles = [p.title.casefold() for p in records if p.kind == kind]
        if kind == CUSTOMER:
            rows = Organization.objects.filter(tenant=person.tenant).annotate(lowered=Lower("name")).filter(lowered__in=titles)
            found |= {(kind, o.name.casefold()): (o.name, "/organizations/") for o in rows}
            continue
        try:
            record_type = type_named(kind)
        except KeyError:
            continue
        held: Any = record_type.model.objects.visible_to(person).annotate(lowered=Lower("title")).filter(lowered__in=titles)
        found |= {(kind, r.title.casefold()): (r.reference, f"/{record_type.plural_kind}/{r.number}/") for r in held.order_by("-number")}
    return found


@dataclass(frozen=True, slots=True)
class Cover:
    """What the document would be: from the cover of the text, or as it was changed."""

    title: str
    code: str
    level: str
    mode: str  # words or template
    template: Template | None


def cover_of(intake: Intake) -> Cover:
    read = reading_of(intake)
    kept = intake.choices.get("document", {})
    said = {p.items[0]: p.values["value"] for p in read.proposals if p.kind == HEADER and p.items}
    template = template_named(read.matched.template)
    levels = {str(words).casefold(): key for key, words in Document.LEVELS} | {key: key for key, _words in Document.LEVELS}
    title = read.text.title or (template.title if template else re.sub(r"\.[^.]+$", "", intake.name))
    if title.isupper():
        title = title.capitalize().replace("(sms)", "(SMS)")
    return Cover(
        title=kept.get("title", title)[:250],
        code=kept.get("code", said.get("F-46", "") if re.fullmatch(r"[\w./-]{1,40}", said.get("F-46", "")) else ""),
        level=kept.get("level", levels.get(said.get("F-51", "").casefold(), "internal")),
        mode=kept.get("mode", "words"),
        template=template,
    )


def drafted(intake: Intake, *, taken: set[str] | None = None) -> Draft:
    """The text as a source of ours; tables whose roles are taken over become the field of roles."""
    read = reading_of(intake)
    lines = {p.line for p in read.proposals if p.kind == "role" and (taken is None or p.key in taken)}
    return draft(read, shapes(), lines)


__all__ = ["CUSTOMER", "Cover", "Entry", "NotReadable", "Proposed", "cover_of", "drafted", "mine", "proposed", "reading_of", "shapes", "type_for"]
