"""Reading policies in force: each statement with what carries it out, and what falls short of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.documents.models import DocumentVersion
from plimsoll.kernel.documents.source import SourceFault, parse
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.register.models import Card
from plimsoll.leadership.policies.models import Serving
from plimsoll.leadership.policies.naming import named
from plimsoll.leadership.policies.rules import Said, missing_subjects, named_in
from plimsoll.support.documented_information.queries import library

UNSERVED = Rule("statement_unserved", gettext_lazy("A statement of a policy that nothing carries out"), ("S-102", "S-135"))
UNSPOKEN = Rule("subject_unspoken", gettext_lazy("A policy does not speak of something that it should"), ("5.2.1-c", "S-113", "S-118"))
UNKNOWN = Rule("statement_unknown", gettext_lazy("A record serves a statement that no policy in force has"), ("S-102", "6.2.1-b"))


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy in force, with its statements."""

    version: DocumentVersion
    statements: tuple[Said, ...]


def statements_in(version: DocumentVersion) -> tuple[Said, ...]:
    """The numbered statements of an approved version, as it was approved."""
    return tuple(Said(version.document_id, key, text, tags) for key, text, tags in _read(version.source))


@lru_cache(maxsize=64)
def _read(source: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    try:
        return tuple((s.key, s.text, s.tags) for s in parse(source).statements)
    except SourceFault:  # it was read when it was approved; a reader of today may be stricter
        return ()


def policies_for(person: Person) -> list[Policy]:
    """The policies in force that a person may read, by title, those with statements first; one query."""
    rows = library(person).filter(document__sort="policy").defer("values", "printed")
    found = [Policy(version, statements_in(version)) for version in rows]
    return sorted(found, key=lambda policy: not policy.statements)


def in_force(tenant: Tenant) -> list[Policy]:
    """Every policy in force of an organisation, whoever may read it; one query."""
    rows = DocumentVersion.objects.filter(document__tenant=tenant, state="valid", document__sort="policy").select_related("document")
    return [Policy(version, statements_in(version)) for version in rows.defer("values", "printed").order_by("pk")]


def served(tenant: Tenant, policies: list[Policy]) -> dict[tuple[int, str], list[int]]:
    """By document and key of a statement the cards of what carries it out: entered on the document, or said by the record itself.

    What a record says without a document's name belongs to every policy that has such a statement. Two queries, and one for each kind that says it.
    """
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    documents = [p.version.document_id for p in policies]
    for document, key, card in Serving.objects.filter(document__in=documents).values_list("document_id", "statement", "record_id"):
        if card is not None:
            found[document, key].append(card)
    known = [s for p in policies for s in p.statements]
    for card, words in named(tenant):
        for said in named_in(words, known):
            if card not in found[said.document, said.key]:
                found[said.document, said.key].append(card)
    return found


def cards_seen(person: Person, keys: set[int]) -> dict[int, Card]:
    """Those of some cards that are open and that this person may see, by their key."""
    if not keys:
        return {}
    rows = Card.objects.filter(pk__in=keys).exclude(category__in=("dropped",))
    return {card.pk: card for part in visible_cards(person, rows) for card in part}


def faults_of(tenant: Tenant) -> list[Finding]:
    """Statements that nothing carries out, subjects of which no policy speaks, and records that serve a statement that is not there."""
    policies = in_force(tenant)
    carried = served(tenant, policies)
    found = []
    for policy in policies:
        source = source_of(policy.version.document)
        found += [
            Finding(UNSERVED, _("%(policy)s, %(key)s: nothing carries it out.") % {"policy": policy.version.title, "key": s.key}, source)
            for s in policy.statements
            if not carried.get((s.document, s.key))
        ]
    service_policies = [p for p in policies if p.version.document.template == "sms-policy"]
    for policy in service_policies:
        for tag, item in missing_subjects(policy.statements):
            told = {"policy": policy.version.title, "what": tag, "item": item}
            found.append(Finding(UNSPOKEN, _("%(policy)s has no statement on %(what)s (%(item)s).") % told, source_of(policy.version.document)))
    known = [s for p in policies for s in p.statements]
    lost = {card: words for card, words in named(tenant) if words.strip() and not named_in(words, known)} if known else {}
    for card in Card.objects.filter(pk__in=lost).order_by("kind", "number"):
        told = {"record": f"{card.reference} {card.title}", "words": lost[card.pk]}
        found.append(Finding(UNKNOWN, _("%(record)s serves “%(words)s”, and no policy in force has such a statement.") % told))
    return found


__all__ = ["Policy", "cards_seen", "faults_of", "in_force", "policies_for", "served", "statements_in"]
