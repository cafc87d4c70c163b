"""The claims of documents: how each of a text stands, what a version in force claimed when it was approved, and which claims do not hold now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.kernel.documents.blocks import Block, Printed, runs_of
from plimsoll.kernel.documents.models import Document, DocumentVersion
from plimsoll.kernel.documents.parsed import Claimed, Parsed
from plimsoll.kernel.documents.queries import parsed
from plimsoll.kernel.figures.blanks import Source, as_json
from plimsoll.kernel.figures.claims import CONTRADICTED, HOLDS, PREFIX, BadClaim, Meant, Offender, Verdict, as_value, claim_at, standing_words
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now

NOT_TRUE = Rule("claim_contradicted", gettext_lazy("Records contradict a claim of a document in force"), ("S-011", "S-103"))
MOST_NAMED = 5  # records that a sentence names

# One pass of judging asks each claim once, whatever texts make it: by its address, and what the document is about.
Judged = dict[tuple[str, str], Verdict | None]


@dataclass(frozen=True, slots=True)
class ClaimStanding:
    """How one claim of a text stands. Without a verdict its kind is not there any more."""

    address: str
    words: str
    meant: Meant | None
    verdict: Verdict | None
    line: int = 0
    anchor: str = ""

    @property
    def standing(self) -> str:
        return self.verdict.standing if self.verdict is not None else "gone"

    @property
    def standing_words(self) -> str:
        return standing_words(self.standing) if self.verdict is not None else _("no longer judged")

    @property
    def tone(self) -> str:
        return "good" if self.standing == HOLDS else "bad" if self.standing == CONTRADICTED else ""

    @property
    def title(self) -> str:
        return str(self.meant.claim.title) if self.meant is not None else self.address

    @property
    def query(self) -> str:
        return str(self.meant.claim.query) if self.meant is not None else ""

    @property
    def counted(self) -> int:
        return len(self.verdict.counted) if self.verdict is not None else 0

    @property
    def offenders(self) -> tuple[Offender, ...]:
        return self.verdict.offenders if self.verdict is not None else ()

    def as_json(self) -> dict[str, Any]:
        """For programs; ids of the records are those of their cards."""
        return {
            "claim": self.address.removeprefix(PREFIX),
            "words": self.words,
            "line": self.line or None,
            "standing": self.standing,
            "counted": self.counted,
            "offenders": [
                {"record": o.source.label, "kind": o.source.kind, "id": o.source.pk, "href": o.source.href, "why": o.why} for o in self.offenders
            ],
        }


def judged(address: str, tenant: Tenant, at: datetime, about: str, kept: Judged) -> Verdict | None:
    """The verdict over the year until a moment; none where the kind is gone."""
    key = address, about
    if key not in kept:
        try:
            kept[key] = claim_at(address).judge(tenant, at, about=about)
        except BadClaim:
            kept[key] = None
    return kept[key]


def standings_of(source: Parsed, document: Document, blocks: Iterable[Block] = (), *, at: datetime | None = None) -> list[ClaimStanding]:
    """Each claim of a text once, in the order in which it makes them; its words as `blocks` print them. As many queries as its kinds take."""
    moment, words = at or now(), words_in(blocks) if source.claims else {}
    kept: Judged = {}
    once: Mapping[str, Claimed] = {claimed.address: claimed for claimed in reversed(source.claims)}
    return [
        ClaimStanding(
            address,
            words.get(address) or once[address].words,
            _meant(address),
            judged(address, document.tenant, moment, document.about, kept),
            once[address].line,
            once[address].anchor,
        )
        for address in dict.fromkeys(c.address for c in source.claims)
    ]


def words_in(blocks: Iterable[Block]) -> dict[str, str]:
    """By claim the words that make it first, as they are printed."""
    found: dict[str, str] = {}
    for block in blocks:
        said: dict[str, str] = {}
        for run in runs_of(block):
            if run.claim and run.claim not in found:
                said[run.claim] = said.get(run.claim, "") + run.text
        found |= said
    return found


def _meant(address: str) -> Meant | None:
    try:
        return claim_at(address)
    except BadClaim:
        return None


def claims_of(document: Document, text: str | None = None, *, as_printed: Printed | None = None, at: datetime | None = None) -> list[ClaimStanding]:
    """The claims of a draft, or of another text in its place; none where it can't be read."""
    body = document.body if text is None else text
    if f"]({PREFIX}" not in body:
        return []
    source, _fault = parsed(body)
    return standings_of(source, document, as_printed.blocks if as_printed is not None else (), at=at) if source is not None else []


def frozen(found: Iterable[ClaimStanding]) -> dict[str, dict[str, Any]]:
    """What a version keeps of its claims, beside the values of its fields."""
    return {
        s.address: {
            "title": s.words,
            "value": as_json(as_value(s.verdict)) if s.verdict is not None else None,
            "override": "",
            "reason": "",
            "is_none": False,
            "counted": s.counted,
            "place": place,
        }
        for place, s in enumerate(found)
    }


def claimed_by(version: DocumentVersion) -> dict[str, Mapping[str, Any]]:
    """What a version claimed, by address, as it was frozen, in the order of its text."""
    found = [(name, told) for name, told in version.values.items() if name.startswith(PREFIX)]
    return dict(sorted(found, key=lambda pair: pair[1]["place"]))  # a database may keep keys in an order of its own


def claims_in_force(version: DocumentVersion, *, at: datetime | None = None, kept: Judged | None = None) -> list[ClaimStanding]:
    """How the claims of an approved version stand now."""
    moment, seen, document = at or now(), {} if kept is None else kept, version.document
    return [
        ClaimStanding(address, str(told["title"]), _meant(address), judged(address, document.tenant, moment, document.about, seen))
        for address, told in claimed_by(version).items()
    ]


def faults_of(tenant: Tenant, at: datetime | None = None) -> list[Finding]:
    """Claims of documents in force that do not hold. One query, and those of each claim once, however many documents make it."""
    kept: Judged = {}
    found = []
    rows = DocumentVersion.objects.filter(document__tenant=tenant, state="valid").select_related("document__tenant")
    for version in rows.defer("source", "printed", "document__body").order_by("document__number"):
        for one in claims_in_force(version, at=at, kept=kept):
            if one.standing == CONTRADICTED:
                found.append(Finding(NOT_TRUE, sentence_of(one, version.title), _place(version)))
    return found


def _place(version: DocumentVersion) -> Source:
    document = version.document
    label = f"DOC-{document.number} {version.title}"
    return Source("document", document.pk, label, f"/documents/{document.number}/versions/{version.number}/")


def sentence_of(one: ClaimStanding, title: str) -> str:
    """What does not hold, by which records, in a sentence."""
    said = {"title": title, "words": one.words, "records": named(one.offenders)}
    return _("“%(title)s” says “%(words)s”. That does not hold: %(records)s.") % said


def named(offenders: Sequence[Offender]) -> str:
    """Records that contradict, each with why; of many the first."""
    said = "; ".join(f"{o.source.label} ({o.why})" if o.why else o.source.label for o in offenders[:MOST_NAMED])
    more = len(offenders) - MOST_NAMED
    return said + (" " + ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more} if more > 0 else "")


__all__ = [
    "NOT_TRUE",
    "ClaimStanding",
    "Judged",
    "claimed_by",
    "claims_in_force",
    "claims_of",
    "faults_of",
    "frozen",
    "judged",
    "named",
    "sentence_of",
    "standings_of",
    "words_in",
]
