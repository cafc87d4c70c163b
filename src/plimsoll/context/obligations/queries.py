"""Reads of obligations, limitations and management systems with a name: the facts of guards, withdrawn editions, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.obligations.models import Limitation, ManagementSystem, Obligation
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.sources import day_of, day_words, linked, source_of
from plimsoll.support.intake.linting.editions import WithdrawnEdition, withdrawn_in
from plimsoll.support.intake.linting.looking import withdrawn_editions

NO_APPLICATION = Rule("obligation_without_application", gettext_lazy("An obligation does not say how it applies"), ("S-030", "S-031", "6.3-e"))
NO_OWNER = Rule("obligation_without_owner", gettext_lazy("An obligation has no owner"), ("S-030", "6.3-e"))
REVIEW_PAST = Rule("obligation_review_past", gettext_lazy("The review of an obligation is overdue"), ("S-032", "7.5.3-g"))
NO_REVIEW = Rule("obligation_without_review", gettext_lazy("An obligation has no day of review"), ("S-032", "7.5.3-g"))
EDITION_WITHDRAWN = Rule("edition_withdrawn", gettext_lazy("A withdrawn edition is named"), ("L-05", "7.5.3-g"))
LIMITATION_REVIEW_PAST = Rule("limitation_review_past", gettext_lazy("The review of a limitation is overdue"), ("S-029",))
LIMITATION_LOOSE = Rule("limitation_incomplete", gettext_lazy("A limitation has no owner, no effect or no day of review"), ("S-029",))
SYSTEM_LOOSE = Rule("system_incomplete", gettext_lazy("A management system has no owner, or does not say what the services must meet"), ("S-028",))

RULES = (NO_APPLICATION, NO_OWNER, REVIEW_PAST, NO_REVIEW, EDITION_WITHDRAWN, LIMITATION_REVIEW_PAST, LIMITATION_LOOSE, SYSTEM_LOOSE)


def withdrawn_named_in(text: str) -> list[WithdrawnEdition]:
    """The withdrawn editions that a text names (L-05)."""
    return withdrawn_in(text, withdrawn_editions())


def in_force(tenant: Tenant, kind: str) -> Any:
    """The obligations of a type that are in force, by title."""
    rows = Obligation.objects.filter(tenant=tenant, type=kind, state="in_force")
    return rows.select_related("owner").order_by("title", "pk")


def open_limitations(tenant: Tenant) -> Any:
    """The limitations that are not lifted, by title."""
    return Limitation.objects.filter(tenant=tenant, state="open").select_related("owner").order_by("title", "pk")


def systems_in_use(tenant: Tenant) -> Any:
    """The other management systems that are in use, by title."""
    return ManagementSystem.objects.filter(tenant=tenant, state="in_use").select_related("owner").order_by("title", "pk")


def faults_of(tenant: Tenant, at: datetime | None = None) -> list[Finding]:
    """What is wrong with what is not lapsed, lifted or ended; three queries, whatever the rows."""
    today = day_of(tenant, at or now())
    rows = (
        Obligation.objects.filter(tenant=tenant, is_open=True).order_by("number"),
        Limitation.objects.filter(tenant=tenant, is_open=True).order_by("number"),
        ManagementSystem.objects.filter(tenant=tenant, state="in_use").order_by("number"),
    )
    return [finding for some in rows for record in some for finding in faults_of_record(record, today)]


def faults_of_record(record: Record, today: date) -> list[Finding]:
    """What is wrong with one of them, on a day; nothing once it has lapsed, is lifted or ended. No query."""
    if isinstance(record, Obligation) and record.is_open:
        return list(_of_obligation(record, today))
    if isinstance(record, Limitation) and record.is_open:
        return list(_of_limitation(record, today))
    if isinstance(record, ManagementSystem) and record.state == "in_use":
        return list(_of_system(record))
    return []


def _of_system(system: ManagementSystem) -> Iterator[Finding]:
    lacks = [
        word for word, is_there in ((_("an owner"), system.owner_id), (_("what of it the services must meet"), system.requirements)) if not is_there
    ]
    if lacks:
        yield Finding(SYSTEM_LOOSE, _("%(title)s needs %(what)s.") % {"title": system.title, "what": _and(lacks)}, source_of(system))
    yield from _withdrawn(system, f"{system.title} {system.basis}")


def _of_obligation(obligation: Obligation, today: date) -> Iterator[Finding]:
    source, said = source_of(obligation), {"title": obligation.title, "day": day_words(obligation.review_on)}
    if not obligation.how_applies.strip():
        yield Finding(NO_APPLICATION, _("%(title)s does not say how it applies here.") % said, source)
    if obligation.owner_id is None:
        yield Finding(NO_OWNER, _("%(title)s has no owner. Name who keeps it true.") % said, source)
    if obligation.review_on is None:
        yield Finding(NO_REVIEW, _("%(title)s has no day on which it is reviewed.") % said, source)
    elif obligation.review_on < today:
        yield Finding(REVIEW_PAST, _("%(title)s was to be reviewed on %(day)s.") % said, source)
    yield from _withdrawn(obligation, f"{obligation.title} {obligation.edition}", f"{obligation.document} {obligation.edition}")


def _of_limitation(limitation: Limitation, today: date) -> Iterator[Finding]:
    lacks = [
        word
        for word, is_there in (
            (_("an owner"), limitation.owner_id),
            (_("what it does to the services"), limitation.effect.strip()),
            (_("the day of its next review"), limitation.review_on),
        )
        if not is_there
    ]
    if lacks:
        said = {"title": limitation.title, "what": _and(lacks)}
        yield Finding(LIMITATION_LOOSE, _("%(title)s needs %(what)s.") % said, source_of(limitation))
    if limitation.review_on is not None and limitation.review_on < today:
        said = {"title": limitation.title, "day": day_words(limitation.review_on)}
        yield Finding(LIMITATION_REVIEW_PAST, _("%(title)s was to be reviewed on %(day)s.") % said, source_of(limitation))


def _withdrawn(record: Obligation | ManagementSystem, *texts: str) -> Iterator[Finding]:
    named = {edition.name: edition for text in texts for edition in withdrawn_named_in(text)}
    for edition in named.values():
        said = {"title": record.title, "edition": edition.name, "year": edition.since.year, "now": edition.now}
        sentence = _("%(title)s names %(edition)s, which was withdrawn in %(year)d. In its place: %(now)s.") % said
        yield Finding(EDITION_WITHDRAWN, sentence, source_of(record))


def _and(words: Iterable[str]) -> str:
    """“an owner, an effect and a day”."""
    *first, last = words
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def services_of(rows: Any) -> dict[int, list[Any]]:
    """The services that obligations, limitations or systems are linked to, by record."""
    return linked(rows, "service")
