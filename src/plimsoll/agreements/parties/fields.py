"""What documents are filled with from what other parties operate: section 3.9 of the plan (F-25, F-26) and the file of their control (D-20)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.portfolio import is_valid
from plimsoll.agreements.parties.models import OtherPartyOperation, Proof
from plimsoll.agreements.parties.queries import running, scorecards, share_of
from plimsoll.context.processes.queries import process_about
from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Source, Value, Words, declare_blank
from plimsoll.kernel.records.sources import day_of, day_words, source_of

_TABLE = (
    gettext_lazy("What"),
    gettext_lazy("Party"),
    gettext_lazy("Type of party"),
    gettext_lazy("Agreement"),
    gettext_lazy("What they do"),
    gettext_lazy("Accountable with us"),
    gettext_lazy("From"),
    gettext_lazy("Until"),
)


def _agreed(operation: OtherPartyOperation, day: date) -> str:
    """The agreement that it rests on; one that does not hold any more is said to have ended, as what rests on it rests on nothing."""
    agreement = operation.agreement
    if agreement is None:
        return _("none")
    named = f"{agreement.reference} {agreement.title}"
    return named if is_valid(agreement, day) else _("%(agreement)s (does not hold)") % {"agreement": named}


def _operations(operations: Iterable[OtherPartyOperation], day: date) -> Value:
    rows, agreements = [], {}
    for o in operations:
        if o.agreement is not None:
            agreements[o.agreement.pk] = source_of(o.agreement)
        agreed = _agreed(o, day)
        cells = (
            o.what,
            o.organization.name,
            str(o.get_party_type_display()),
            agreed,
            o.activities,
            str(o.owner or ""),
            day_words(o.starts_on),
            day_words(o.until),
        )
        rows.append(Row(cells, source_of(o), (agreements[o.agreement.pk],) if o.agreement is not None else ()))
    return Value(columns=tuple(str(c) for c in _TABLE), rows=tuple(rows), sources=tuple(agreements.values()))


def of_sort(operates: str) -> Callable[[Asked], Value]:
    """F-25, F-26: what others operate of one sort, by whom, under which agreement."""
    return lambda asked: _operations(running(asked.tenant, operates), day_of(asked.tenant, asked.at))


def of_the_process(asked: Asked) -> Value:
    """S-072: what others operate of the process that the document is about."""
    process = process_about(asked.tenant, asked.about)
    if process is None:
        return Value()
    return _operations(running(asked.tenant, "process").filter(process=process), day_of(asked.tenant, asked.at))


def share(asked: Asked) -> Value:
    """8.2.3-c: how much others operate as a whole, within a sentence."""
    found = share_of(asked.tenant)
    said = {"a": found.services_by_others, "b": found.services, "c": found.processes_by_others, "d": found.processes}
    return Value(_("%(a)d of %(b)d services and %(c)d of %(d)d processes as a whole") % said)


def evaluations(asked: Asked) -> Value:
    """8.2.3-b: when each was evaluated before it started, and with which result."""
    rows = [
        Row((o.organization.name, o.what, day_words(o.evaluated_on), day_words(o.starts_on), o.evaluation), source_of(o))
        for o in running(asked.tenant)
    ]
    return Value(columns=(_("Party"), _("What"), _("Evaluated on"), _("Started on"), _("Result")), rows=tuple(rows))


def _proof(proofs: tuple[Proof, ...]) -> str:
    """The newest proof of a box, and until when it counts; the day and not the standing, so that what is approved stays true."""
    newest = next(iter(proofs), None)
    if newest is None:
        return _("none")
    said = {"kind": newest.get_kind_display(), "day": day_words(newest.dated_on), "end": day_words(newest.judged.good_until)}
    return _("%(kind)s of %(day)s, counts until %(end)s") % said


def governance(asked: Asked) -> Value:
    """S-074 to S-078: the four proofs of control for each thing that others operate."""
    cards = scorecards(list(running(asked.tenant)), day_of(asked.tenant, asked.at))
    rows = [
        Row((c.operation.what, c.operation.organization.name, *(_proof(c.proofs[box]) for box in c.boxes)), source_of(c.operation)) for c in cards
    ]
    columns = (_("What"), _("Party"), _("Accountability"), _("Definition"), _("Performance"), _("Improvement"))
    return Value(columns=columns, rows=tuple(rows))


def performance(asked: Asked) -> Value:
    """S-076: what shows how each party performs, and by when it is looked at again."""
    rows: list[Row] = []
    for card in scorecards(list(running(asked.tenant)), day_of(asked.tenant, asked.at)):
        here: Source = source_of(card.operation)
        for proof in card.proofs["performance"]:
            cells = (card.operation.what, card.operation.organization.name, proof.name, day_words(proof.dated_on), day_words(proof.judged.good_until))
            rows.append(Row(cells, here))
    return Value(columns=(_("What"), _("Party"), _("Report"), _("Of the day"), _("Next one by")), rows=tuple(rows))


_WHERE = gettext_lazy("Operations by other parties that are running")
_KINDS = ("otherpartyoperation", "agreement", "organization", "person", "process", "service")


def _declare(name: str, title: Words, shape: Any, resolve: Callable[[Asked], Value], *ids: str) -> None:
    declare_blank(Blank(name, title, shape, _KINDS, _WHERE, resolve, "/other-parties/?state=running", ids))


_declare(
    "other_parties.operations", gettext_lazy("Processes operated by other parties"), "table", of_sort("process"), "F-25", "F-26", "S-072", "D-20"
)
_declare("other_parties.services", gettext_lazy("Services operated by other parties"), "table", of_sort("service"), "D-20")
_declare("other_parties.components", gettext_lazy("Components operated by other parties"), "table", of_sort("component"), "D-20")
_declare("other_parties.share", gettext_lazy("Share that others operate"), "text", share, "D-20")
_declare("other_parties.evaluations", gettext_lazy("Evaluation of other parties before they start"), "table", evaluations, "D-20")
_declare(
    "other_parties.governance",
    gettext_lazy("Proof of control of what others operate"),
    "table",
    governance,
    "S-074",
    "S-075",
    "S-076",
    "S-077",
    "S-078",
    "D-20",
)
_declare("other_parties.performance", gettext_lazy("Performance of other parties"), "table", performance, "S-076", "D-20")
_declare("process.other_parties", gettext_lazy("Parts of the process that other parties operate"), "table", of_the_process, "S-072", "D-16")
