"""Reads of what other parties operate: their scorecards, how much others operate, and what is not as it should be (8.2.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.portfolio import is_valid
from plimsoll.agreements.parties.models import OtherPartyOperation, Proof
from plimsoll.agreements.parties.rules import FRESH, MISSING, STALE, Facts, missing_kinds, scored
from plimsoll.context.processes.models import Process
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Organization, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.portfolio.services.models import Service

NO_AGREEMENT = Rule("operation_without_agreement", gettext_lazy("Major: others operate something without a valid agreement"), ("S-072", "8.2.3-d"))
NO_ACCOUNTABLE = Rule("operation_without_accountable", gettext_lazy("Nobody of ours is accountable for what others operate"), ("S-074", "8.2.3-a"))
PROOF_MISSING = Rule("proof_missing", gettext_lazy("A proof of control is missing"), ("S-074", "S-075", "S-076", "S-077"))
PROOF_STALE = Rule("proof_stale", gettext_lazy("A proof of control is out of date"), ("S-076", "S-078"))
KIND_MISSING = Rule("evidence_kind_missing", gettext_lazy("A kind of evidence is missing"), ("S-078",))
PAST_ITS_END = Rule("operation_past_its_end", gettext_lazy("Something runs after its last day"), ("S-072",))
ALL_HANDED_OVER = Rule("all_handed_over", gettext_lazy("Others operate every service or every process"), ("8.2.3-c",))
LATE_EVALUATION = Rule("evaluated_late", gettext_lazy("Somebody started before they were evaluated"), ("8.2.3-b",))

RULES = (NO_AGREEMENT, NO_ACCOUNTABLE, PROOF_MISSING, PROOF_STALE, KIND_MISSING, PAST_ITS_END, ALL_HANDED_OVER, LATE_EVALUATION)
MAJOR = (NO_AGREEMENT,)

_NAMES: dict[str, Any] = dict(Proof.BOXES)
_KINDS: dict[str, Any] = dict(Proof.KINDS)


def running(tenant: Tenant, *operates: str) -> Any:
    """What others operate now, by what it is, then by whom."""
    rows = OtherPartyOperation.objects.filter(tenant=tenant, state="running")
    if operates:
        rows = rows.filter(operates__in=operates)
    return rows.select_related("organization", "process", "service", "agreement", "owner").order_by("operates", "organization__name", "title", "pk")


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The four boxes of one operation: how each stands, the proofs in it (newest first), and the kinds of evidence that are missing."""

    operation: OtherPartyOperation
    boxes: dict[str, str]
    proofs: dict[str, tuple[Proof, ...]]
    kinds: tuple[str, ...]

    @property
    def score(self) -> int:
        """How many of the four are proved."""
        return sum(1 for standing in self.boxes.values() if standing == FRESH)


def scorecards(operations: Sequence[OtherPartyOperation], today: date) -> list[Scorecard]:
    """The scorecards of some operations; one query."""
    held: dict[int, list[Proof]] = defaultdict(list)
    for proof in Proof.objects.filter(operation__in=[o.pk for o in operations]).select_related("record").order_by("-dated_on", "pk"):
        held[proof.operation_id].append(proof)
    made = []
    for operation in operations:
        rows = held[operation.pk]
        judged = [p.judged for p in rows]
        boxes = scored(judged, today)
        proofs = {box: tuple(p for p in rows if p.box == box) for box in boxes}
        made.append(Scorecard(operation, boxes, proofs, tuple(missing_kinds(operation.party_type, judged, today))))
    return made


def operation_facts(operations: Sequence[OtherPartyOperation]) -> list[Facts]:
    """The facts of some operations, in two queries however many there are."""
    kinds = dict(Organization.objects.filter(pk__in={o.organization_id for o in operations}).values_list("pk", "kind"))
    agreements = {
        o.pk: o.agreement for o in OtherPartyOperation.objects.filter(pk__in=[o.pk for o in operations]).select_related("agreement") if o.agreement
    }
    moment = now()
    made = []
    for o in operations:
        kept = agreements.get(o.pk)
        agreement = kept if kept is not None and kept.pk == o.agreement_id else o.agreement
        made.append(
            Facts(
                party_type=o.party_type,
                party=kinds.get(o.organization_id, ""),
                operates=o.operates,
                named=bool({"process": o.process_id, "service": o.service_id}.get(o.operates, o.component.strip())),
                agreed=agreement.type if agreement else "",
                is_valid=agreement is not None and is_valid(agreement, day_of(o.tenant, moment)),
                is_theirs=agreement is None or agreement.organization_id == o.organization_id,
                owner=o.owner_id,
                activities=o.activities,
                evaluation=o.evaluation,
                evaluated_on=o.evaluated_on,
                starts_on=o.starts_on,
            )
        )
    return made


@dataclass(frozen=True, slots=True)
class Share:
    """How many services and processes there are, and how many of them others operate as a whole."""

    services: int
    services_by_others: int
    processes: int
    processes_by_others: int


def share_of(tenant: Tenant) -> Share:
    """8.2.3-c: how much others operate; a part of something is not all of it. Three queries."""
    services = set(Service.objects.filter(tenant=tenant, is_open=True).values_list("pk", flat=True))
    processes = set(Process.objects.filter(tenant=tenant, is_open=True).values_list("pk", flat=True))
    rows = list(OtherPartyOperation.objects.filter(tenant=tenant, state="running", part="").values_list("operates", "service_id", "process_id"))
    return Share(
        len(services),
        len(services & {service for operates, service, _process in rows if operates == "service"}),
        len(processes),
        len(processes & {process for operates, _service, process in rows if operates == "process"}),
    )


def faults_of(tenant: Tenant, at: datetime | None = None, *, only: int | None = None) -> list[Finding]:
    """What is wrong with what others operate now; a constant number of queries. `only` asks for one operation."""
    today = day_of(tenant, at or now())
    rows = running(tenant)
    found: list[Finding] = []
    for card in scorecards(list(rows if only is None else rows.filter(pk=only)), today):
        found += _of(card, today)
    if only is None:
        share = share_of(tenant)
        if (share.services and share.services == share.services_by_others) or (share.processes and share.processes == share.processes_by_others):
            found.append(Finding(ALL_HANDED_OVER, _("Others operate every service or every process. Something must stay with us.")))
    return found


def _of(card: Scorecard, today: date) -> Iterator[Finding]:
    operation, source = card.operation, source_of(card.operation)
    said: dict[str, Any] = {"what": operation.what or operation.title, "who": operation.organization.name}
    if operation.agreement is None or not is_valid(operation.agreement, today):
        yield Finding(NO_AGREEMENT, _("%(who)s operates “%(what)s” without a valid agreement.") % said, source)
    if operation.owner_id is None:
        yield Finding(NO_ACCOUNTABLE, _("Nobody of ours is accountable for “%(what)s”, which %(who)s operates.") % said, source)
    if operation.until is not None and operation.until < today:
        yield Finding(PAST_ITS_END, _("%(who)s was to operate “%(what)s” until %(day)s.") % {**said, "day": day_words(operation.until)}, source)
    if operation.starts_on is not None and (operation.evaluated_on is None or operation.evaluated_on > operation.starts_on):
        yield Finding(LATE_EVALUATION, _("%(who)s began to operate “%(what)s” before they were evaluated.") % said, source)
    for box, standing in card.boxes.items():
        named = {**said, "box": str(_NAMES[box])}
        if standing == MISSING:
            yield Finding(PROOF_MISSING, _("“%(what)s” by %(who)s: nothing proves “%(box)s”.") % named, source)
        elif standing == STALE:
            last = max(p.judged.good_until for p in card.proofs[box])
            sentence = _("“%(what)s” by %(who)s: the proof of “%(box)s” is out of date since %(day)s.")
            yield Finding(PROOF_STALE, sentence % {**named, "day": day_words(last)}, source)
    if card.kinds:
        kinds = ", ".join(str(_KINDS[kind]).lower() for kind in card.kinds)
        sentence = _("“%(what)s” by %(who)s has no evidence of these kinds that still counts: %(kinds)s.")
        yield Finding(KIND_MISSING, sentence % {**said, "kinds": kinds}, source)
