"""Reading documents: how each field of a text stands, who wrote in it, who may approve it, and the text as it would be printed now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from plimsoll.kernel.documents.blocks import Printed, Signature
from plimsoll.kernel.documents.composing import Filled, compose
from plimsoll.kernel.documents.models import HEAVY, Document, DocumentVersion, Filling
from plimsoll.kernel.documents.source import ClaimFault, Parsed, SourceFault, Use, parse
from plimsoll.kernel.documents.triggers import triggers, unknown_triggers
from plimsoll.kernel.figures.blanks import Asked, Blank, UnknownBlank, Value, blank_named
from plimsoll.kernel.figures.claims import BadClaim, claim_at
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_of, day_words
from plimsoll.kernel.roles.models import Assignment
from plimsoll.kernel.roles.queries import members_of
from plimsoll.kernel.trail.models import Entry

# Acts in which somebody writes in a document; whoever did one since the last approval is an author of the next version.
WRITING = ("open", "amend", "fill", "unfill")


@dataclass(frozen=True, slots=True)
class Standing:
    """How one field of a text stands: what fills it, or why it is open and where it is filled."""

    name: str
    title: str
    where: str
    href: str
    value: Value | None
    filling: Filling | None
    blank: Blank | None
    fault: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.sentence)

    @property
    def sentence(self) -> str:
        """Why it is open, and where it is filled; empty when it is not."""
        if self.fault:
            return self.fault
        if self.filling is not None and (self.filling.text or (self.filling.is_none and self.blank is not None and self.blank.shape != "text")):
            return ""
        if self.blank is not None and not self.blank.is_kept:
            return _("“%(title)s” is not kept in this system yet: say it in words, with a reason.") % {"title": self.title}
        if self.value is not None and not self.value.is_empty:
            return ""
        if self.blank is not None and self.blank.shape != "text":
            return _("“%(title)s” is empty: fill it (%(where)s), or confirm that there is none.") % {"title": self.title, "where": self.where}
        return _("“%(title)s” is open: %(where)s.") % {"title": self.title, "where": self.where}

    @property
    def filled(self) -> Filled:
        """For composing."""
        text = self.filling.text if self.filling is not None else ""
        reason = self.filling.reason if self.filling is not None else ""
        is_none = self.filling is not None and self.filling.is_none and (self.value is None or self.value.is_empty)
        return Filled(value=self.value, override=text, reason=reason, is_confirmed_none=is_none, sentence=self.sentence)


def parsed(text: str) -> tuple[Parsed | None, SourceFault | None]:
    """A source read, or what is wrong with it and in which line; a claim that nobody can judge is wrong too."""
    try:
        source = parse(text)
        for claimed in source.claims:
            _known(claimed.address, claimed.line)
        _pulled(source)
    except SourceFault as fault:
        return None, fault
    return source, None


def _known(address: str, line: int) -> None:
    try:
        claim_at(address)
    except BadClaim as error:
        raise ClaimFault(line, error.args[0]) from None


def _pulled(source: Parsed) -> None:
    if unknown := unknown_triggers(source.front.get("review_when", ())):
        said = _("There is no trigger “%(name)s”: “review_when” knows %(known)s.")
        raise SourceFault(1, said % {"name": unknown[0][:60], "known": ", ".join(trigger.key for trigger in triggers())})


def author_names(document: Document) -> list[str]:
    """Who wrote in the draft, by name, in the order in which they first did."""
    return names_of(authors_of([document]).get(document.pk, ()))


def own_values(document: Document, authors: Sequence[str], *, number: str, at: datetime) -> dict[str, Value]:
    """What a document says of itself: its header's fields (F-46 to F-51, F-42, F-43)."""
    day = day_of(document.tenant, at)
    return {
        name: Value(text=str(text))
        for name, text in {
            "document.title": document.title,
            "document.code": document.code or _("none"),
            "document.version": number,
            "document.date": day_words(day),
            "document.created_by": ", ".join(authors) or str(document.opened_by),
            "document.approved_by": document.approver_role.title if document.approver_role else "",
            "document.level": document.get_level_display(),
            "document.owner_role": document.owner_role.title if document.owner_role else "",
            "document.valid_from": day_words(document.valid_from or day),
            "document.review_months": document.review_months,
        }.items()
    }


def standings(document: Document, source: Parsed, own: Mapping[str, Value], *, at: datetime) -> list[Standing]:
    """Each field of a text once, in the order in which the text names them. As many queries as its fields take together."""
    fillings = {f.name: f for f in document.fillings.select_related("by")} if document.pk is not None else {}
    asked = Asked(document.tenant, at, document.about)
    return [_standing(use, asked, own, fillings.get(use.name)) for use in _once(source.uses)]


def _once(uses: Iterable[Use]) -> list[Use]:
    return list({use.name: use for use in reversed(list(uses))}.values())[::-1]


def _standing(use: Use, asked: Asked, own: Mapping[str, Value], filling: Filling | None) -> Standing:
    try:
        blank = blank_named(use.name)
    except UnknownBlank as error:
        return Standing(use.name, use.name, "", "", None, filling, None, fault=f"{error.args[0]} ({_('line')} {use.line})")
    value = own.get(use.name) or (blank.resolve(asked) if blank.resolve is not None else None)
    return Standing(use.name, str(blank.title), str(blank.where), blank.href, value, filling, blank)


def open_sentences(document: Document) -> tuple[str, ...]:
    """Why the text can't be approved as far as its fields go; a damaged source is one reason."""
    source, fault = parsed(document.body)
    if source is None:
        assert fault is not None
        return (_("Line %(line)d: %(sentence)s") % {"line": fault.line, "sentence": fault.sentence},)
    at = now()
    own = own_values(document, author_names(document), number=document.draft_number, at=at)
    return tuple(s.sentence for s in standings(document, source, own, at=at) if s.is_open)


def authors_of(documents: Sequence[Document]) -> dict[int, tuple[int, ...]]:
    """By document who wrote in it since its last approval, in the order in which they first did. One query."""
    found: dict[int, list[int]] = {}
    rows = (
        Entry.objects.filter(card__in=[d.pk for d in documents], action__in=(*WRITING, "approve"))
        .order_by("card", "position")
        .values_list("card_id", "action", "actor_id")
    )
    for card, action, actor in rows:
        assert card is not None
        if action == "approve":
            found[card] = []
        elif actor is not None and actor not in found.setdefault(card, []):
            found[card].append(actor)
    return {card: tuple(people) for card, people in found.items()}


def approvers_of(roles: Collection[int]) -> dict[int, frozenset[int]]:
    """By role the people who hold it now, themselves or in a team. Two queries."""
    moment = now()
    held = list(
        Assignment.objects.filter(role__in=roles, state="in_force", starts_at__lte=moment)
        .exclude(ends_at__lte=moment)
        .values_list("role_id", "person_id", "team_id")
    )
    members = members_of({team for _role, _person, team in held if team is not None}, moment)
    found: dict[int, set[int]] = {}
    for role, person_id, team_id in held:
        found.setdefault(role, set()).update({person_id} if person_id is not None else members.get(team_id or 0, frozenset()))
    return {role: frozenset(people) for role, people in found.items()}


def names_of(people: Collection[int]) -> list[str]:
    """The names of some people, in the order given."""
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    return [names[pk] for pk in people if pk in names]


def printed(
    document: Document,
    source: Parsed,
    found: Sequence[Standing],
    own: Mapping[str, Value],
    *,
    number: str,
    at: datetime,
    watermark: str,
    signatures: Sequence[Signature] = (),
) -> Printed:
    """The text with its cover as it would be printed at this moment. `own` are its `own_values`."""
    header = [
        (_("Code"), document.code),
        (_("Version"), number),
        (_("Date of version"), own["document.date"].text),
        (_("Created by"), own["document.created_by"].text),
        (_("Approved by"), own["document.approved_by"].text),
        (_("Confidentiality level"), own["document.level"].text),
    ]
    is_kept = document.pk is not None
    history = [
        (day_words(old.approved_on), old.number, old.approved_by, old.description)
        for old in (document.legacy.order_by("approved_on", "pk") if is_kept else ())
    ]
    history += [
        (day_words(day_of(document.tenant, v.approved_at)), v.number, ", ".join(v.authors), v.description)
        for v in (document.versions.defer(*HEAVY).order_by("pk") if is_kept else ())
    ] + [(own["document.date"].text, number, own["document.created_by"].text, document.change_description)]
    provider = provider_of(document.tenant)
    logo = getattr(provider, "logo", None)
    return Printed(
        title=document.title,
        kind=document.get_sort_display(),
        organization=provider.name if provider is not None else "",
        logo=bytes(logo.content) if logo is not None else None,
        logo_type=logo.type if logo is not None else "",
        header=tuple((label, value) for label, value in header if value),
        history=tuple(history),
        blocks=compose(source, {s.name: s.filled for s in found}),
        signatures=tuple(signatures),
        watermark=watermark,
        code=document.code,
        version=number,
    )


def draft_as_printed(
    document: Document, text: str | None = None, *, at: datetime | None = None
) -> tuple[Printed | None, list[Standing], SourceFault | None]:
    """The draft as it would be printed now, how its fields stand, and what is wrong with its source. `text`: another than the one that is kept."""
    moment = at or now()
    source, fault = parsed(document.body if text is None else text)
    if source is None:
        return None, [], fault
    own = own_values(document, author_names(document), number=document.draft_number, at=moment)
    found = standings(document, source, own, at=moment)
    # Where paper is signed, the draft is printed with the place for it.
    signatures = (Signature(own["document.approved_by"].text, ""),) if document.tenant.settings.get("documents.signed_on_paper") else ()
    return printed(document, source, found, own, number=document.draft_number, at=moment, watermark=_("DRAFT"), signatures=signatures), found, None


def version_in_force(document: Document) -> DocumentVersion | None:
    return document.versions.filter(state="valid").first()
