"""Agreements in import files: their terms with names for hours, teams and services. What a file says is drafted, never put in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.agreements.levels.models import Version
from plimsoll.agreements.levels.operations import begun_from, draft_terms
from plimsoll.agreements.levels.queries import frozen_hours
from plimsoll.agreements.levels.record import AGREEMENT
from plimsoll.agreements.levels.rules import (
    PRIORITIES,
    ShareTarget,
    Target,
    Terms,
    Workload,
    faults_of_terms,
    read_span,
    read_terms,
    write_span,
    write_terms,
)
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.exchange.configuring.entries import Entry
from plimsoll.kernel.exchange.configuring.keeping import CHANNEL, Kept, Names, brief, check_known, texts, truth
from plimsoll.kernel.exchange.configuring.kept import week_of
from plimsoll.kernel.exchange.configuring.records import RecordKeeper
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.targets.rules import MEASURES
from plimsoll.portfolio.services.models import Service

TIMED = "incident"  # the kind whose states pause the clocks
MEMBERS = ("has_commitment", "services", "hours", "second_hours", "is_standby", "targets", "shares", "workload", "pauses", "teams", "exceptions")
HOURS = ("name", "timezone", "week", "holidays", "yearly_holidays")
ROW = ("measure", "priority", "team", "is_second", "within")
LISTS = ("terms.targets", "terms.shares", "terms.workload")


class AgreementKeeper(RecordKeeper):
    """Agreements with their terms, whole: what the file does not say is not promised. They are compared with the draft, or what is in force."""

    def __init__(self) -> None:
        super().__init__(AGREEMENT, leave=("organization",))
        self.lists = LISTS

    def keep(self, entry: Entry, names: Names, note: str) -> Kept:
        terms = entry.values.get("terms")
        if terms is not None and not isinstance(terms, dict):
            raise Faulty([Fault("terms", _("Terms are a table: hours, targets, shares and the rest."))])
        own = Entry(entry.kind, entry.row, {k: v for k, v in entry.values.items() if k != "terms"}, entry.source, entry.rows)
        return super().keep(own, names, note)

    def finish(self, entry: Entry, kept: Kept, names: Names, note: str) -> None:
        super().finish(entry, kept, names, note)
        if (given := entry.values.get("terms")) is None:
            return
        terms = terms_of(given, names)
        waiting = [state.name for state in workflow_of(names.tenant, TIMED).states if state.category == "waiting"]
        if faults := faults_of_terms(terms, kept.thing.type, waiting):
            raise Faulty([Fault(f"terms.{f.field}".rstrip("."), f.sentence) for f in faults])
        before = begun_from(kept.thing)
        old, new = before.terms if before is not None else {}, write_terms(terms)
        if differing := [name for name in MEMBERS if old.get(name) != new.get(name)]:
            try:
                draft = draft_terms(kept.thing, terms, by=names.by, channel=CHANNEL)
            except Faulty as error:
                raise Faulty([Fault(f"terms.{f.field}".rstrip("."), f.sentence) for f in error.faults]) from None
            kept.changes += [(f"terms.{name}", _said(old.get(name)), _said(new.get(name))) for name in differing]
            kept.note = _("Version %(n)d of its terms is a draft, until somebody puts it in force.") % {"n": draft.number}

    def told(self, by: Person) -> Iterator[dict[str, Any]]:
        names = dict(Team.objects.filter(tenant=by.tenant).values_list("pk", "name"))
        services: Any = Service.objects.visible_to(by)
        titles: dict[int, str] = dict(services.values_list("pk", "title"))
        for record, said in zip(self._records(by), super().told(by), strict=True):
            found: Version | None = begun_from(record)
            yield said | ({"terms": terms_told(read_terms(found.terms), names, titles)} if found is not None else {})

    def _records(self, by: Person) -> Any:
        rows: Any = self.type.model.objects.visible_to(by)
        return rows.exclude(category__in=("closed", "dropped")).order_by("number")


def _said(value: Any) -> str:
    """A member of terms in the few words of a preview."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return _("%(n)d rows") % {"n": len(value)}
    return brief(value.get("name") or value) if isinstance(value, dict) else brief(value)


def terms_of(given: Mapping[str, Any], names: Names) -> Terms:
    """Terms from a file; raises `Faulty` with each fault at its place, such as `terms.targets.2.within`."""
    check_known(given, MEMBERS, "terms.")
    faults: list[Fault] = []
    found: dict[str, Any] = {}
    for name in MEMBERS:
        if name in given:
            try:
                found[name] = _member(name, given[name], names)
            except Faulty as error:
                faults += error.faults
    if faults:
        raise Faulty(faults)
    return Terms(**found)


def _member(name: str, given: Any, names: Names) -> Any:
    where = f"terms.{name}"
    if name in ("has_commitment", "is_standby"):
        return truth(given, where)
    if name in ("hours", "second_hours"):
        return _hours(given, where, names)
    if name == "targets":
        return tuple(Target(**row) for row in _each(given, where, (*ROW,), names))
    if name == "shares":
        return tuple(ShareTarget(**row) for row in _each(given, where, (*ROW, "percent"), names))
    if name == "workload":
        return tuple(Workload(row["priority"], row["most"]) for row in _each(given, where, ("priority", "most"), names))
    if name == "pauses":
        return _pauses(given, where)
    if name == "exceptions":
        return ("\n".join(map(str, given)) if isinstance(given, list) else str(given)).strip()[:5000]
    model = Service if name == "services" else Team
    return frozenset(names.find(model, text, f"{where}.{n}").pk for n, text in enumerate(texts(given, where), 1))


def _pauses(given: Any, where: str) -> dict[str, str]:
    if not isinstance(given, dict):
        raise Faulty([Fault(where, _("Pauses are a table: the state, and “message” (once a message was sent) or “always”."))])
    for state, how in given.items():
        if how not in ("message", "always"):
            raise Faulty([Fault(f"{where}.{state}", _("Say “message” (once a message was sent) or “always”."))])
    return dict(given)


def _hours(given: Any, where: str, names: Names) -> dict[str, Any]:
    """Hours as a version keeps them: those of service hours by their name, or written out."""
    if given in (None, "", {}):
        return {}
    if isinstance(given, str):
        return frozen_hours(names.find(Calendar, given, where))
    if not isinstance(given, dict):
        raise Faulty([Fault(where, _("Write the name of service hours, or a table of them."))])
    check_known(given, HOURS, f"{where}.")
    kept = Calendar(name=str(given.get("name", ""))[:100], timezone=str(given.get("timezone") or names.tenant.timezone))
    kept.week = week_of(given.get("week", {}), f"{where}.week")
    kept.holidays, kept.yearly_holidays = (sorted(set(texts(given.get(n, []), f"{where}.{n}"))) for n in ("holidays", "yearly_holidays"))
    try:
        kept.hours()
    except (ValueError, TypeError) as error:
        raise Faulty([Fault(where, str(error))]) from None
    return frozen_hours(kept)


def _each(given: Any, where: str, known: Sequence[str], names: Names) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise Faulty([Fault(where, _("These are parts: a list of tables, one for each."))])
    found, faults = [], []
    for n, row in enumerate(given, 1):
        try:
            check_known(row, known, f"{where}.{n}.")
            found.append({name: _cell(name, row.get(name), f"{where}.{n}.{name}", names) for name in known})
        except Faulty as error:
            faults += error.faults
    if faults:
        raise Faulty(faults)
    return found


def _cell(name: str, given: Any, where: str, names: Names) -> Any:
    if name == "measure":
        if given not in MEASURES:
            raise Faulty([Fault(where, _("Choose one of: %(known)s.") % {"known": ", ".join(MEASURES)})])
        return given
    if name == "within":
        return _span(given, where)
    if name == "team":
        return names.find(Team, str(given), where).pk if given not in (None, "") else None
    if name == "is_second":
        return truth(given, where) if given not in (None, "") else False
    if name == "percent":
        number = _number(given)
        if number is None or not 0 < number <= 100:
            raise Faulty([Fault(where, _("A share is a number above 0 and at most 100."))])
        return number
    if name == "priority":
        number = None if given in (None, "") else _number(given)
        if given not in (None, "") and number not in PRIORITIES:
            raise Faulty([Fault(where, _("A priority is a number from 1 to 5, or nothing for every priority without a row of its own."))])
        return int(number) if number is not None else None
    number = _number(given)
    if number is None or number != int(number) or not 0 < number <= 10_000_000:
        raise Faulty([Fault(where, _("A limit is a whole number of records a month."))])
    return int(number)


def _number(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        return float(str(given).replace(",", ".").removesuffix("%"))
    except ValueError:
        return None


def _span(given: Any, where: str) -> timedelta:
    try:
        return read_span(str(given or ""))
    except ValueError as error:
        raise Faulty([Fault(where, str(error))]) from None


def terms_told(terms: Terms, teams: Mapping[int, str], services: Mapping[int, str]) -> dict[str, Any]:
    """Terms as a file says them. Hours are written out: those of a version stay, whatever becomes of the service hours they came from."""

    def row(told: Target | ShareTarget) -> dict[str, Any]:
        said: dict[str, Any] = {"measure": told.measure, "within": write_span(told.within)}
        said |= {"priority": told.priority} if told.priority else {}
        said |= {"team": teams.get(told.team, "")} if told.team else {}
        said |= {"is_second": True} if told.is_second else {}
        return said | ({"percent": told.percent} if isinstance(told, ShareTarget) else {})

    said: dict[str, Any] = {} if terms.has_commitment else {"has_commitment": False}
    said |= {"services": sorted(services[pk] for pk in terms.services if pk in services)} if terms.services else {}
    for name, hours in (("hours", terms.hours), ("second_hours", terms.second_hours)):
        if hours:
            week = {day: [f"{start}-{end}" for start, end in spans] for day, spans in hours.get("week", {}).items()}
            said[name] = {k: v for k, v in hours.items() if k in HOURS and k != "week" and v} | {"week": week}
    said |= {"is_standby": True} if terms.is_standby else {}
    said |= {"targets": [row(t) for t in terms.targets]} if terms.targets else {}
    said |= {"shares": [row(s) for s in terms.shares]} if terms.shares else {}
    said |= {"workload": [({"priority": w.priority} if w.priority else {}) | {"most": w.most} for w in terms.workload]} if terms.workload else {}
    said |= {"pauses": dict(terms.pauses)} if terms.pauses else {}
    said |= {"teams": sorted(teams[pk] for pk in terms.teams if pk in teams)} if terms.teams else {}
    return said | ({"exceptions": terms.exceptions} if terms.exceptions else {})
