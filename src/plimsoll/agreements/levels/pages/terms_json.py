"""The terms of an agreement in JSON: written, taken with each fault at its place (`targets.2.within`), and described."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.agreements.levels.queries import frozen_hours
from plimsoll.agreements.levels.rules import PRIORITIES, ShareTarget, Target, Terms, Workload, read_span, write_span
from plimsoll.kernel.api.problems import faulty
from plimsoll.kernel.api.reading import typed
from plimsoll.kernel.api.schemas import TEXT, WHOLE, list_of, maybe, ref, thing
from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.queries import find_by_reference
from plimsoll.kernel.targets.rules import MEASURES
from plimsoll.portfolio.services.models import Service

HOURS = ("calendar", "name", "timezone", "week", "holidays", "yearly_holidays")
ROW = ("measure", "priority", "team", "is_second", "within")
MOST_ROWS = 200


def terms_written(terms: Terms, person: Person) -> dict[str, Any]:
    """Terms as they are answered, and taken back."""

    def row(told: Target | ShareTarget) -> dict[str, Any]:
        whose = {"measure": told.measure, "priority": told.priority, "team": told.team, "is_second": told.is_second}
        return whose | {"within": write_span(told.within)}

    services: Any = Service.objects.visible_to(person)
    return {
        "has_commitment": terms.has_commitment,
        "services": [f"SVC-{n}" for n in services.filter(pk__in=terms.services).order_by("number").values_list("number", flat=True)],
        "hours": dict(terms.hours) or None,
        "second_hours": dict(terms.second_hours) or None,
        "is_standby": terms.is_standby,
        "targets": [row(t) for t in terms.targets],
        "shares": [row(s) | {"percent": s.percent} for s in terms.shares],
        "workload": [{"priority": w.priority, "most": w.most} for w in terms.workload],
        "pauses": dict(terms.pauses),
        "teams": sorted(terms.teams),
        "exceptions": terms.exceptions,
    }


def hidden_services(terms: Terms, person: Person) -> frozenset[int]:
    """The services of terms that this person may not see."""
    services: Any = Service.objects.visible_to(person)
    return terms.services - frozenset(services.filter(pk__in=terms.services).values_list("pk", flat=True))


def terms_taken(body: Mapping[str, Any], person: Person) -> Terms:
    """Terms from a body; raises `Problem` with the fault at its place, such as `targets.2.within`."""
    given = dict(body)
    return Terms(
        has_commitment=typed(given, "has_commitment", bool, True),
        services=frozenset(_service(text, n, person) for n, text in enumerate(typed(given, "services", list, []))),
        hours=hours_taken(given, "hours", person),
        second_hours=hours_taken(given, "second_hours", person),
        is_standby=typed(given, "is_standby", bool, False),
        targets=tuple(Target(**_row(row, f"targets.{n}")) for n, row in enumerate(_rows(given, "targets"))),
        shares=tuple(ShareTarget(**_row(row, f"shares.{n}", is_share=True)) for n, row in enumerate(_rows(given, "shares"))),
        workload=tuple(_limit(row, f"workload.{n}") for n, row in enumerate(_rows(given, "workload"))),
        pauses=_pauses(typed(given, "pauses", dict, {})),
        teams=frozenset(_number(pk, "teams") for pk in typed(given, "teams", list, [])),
        exceptions=typed(given, "exceptions", str, "").strip()[:5000],
    )


def _rows(body: dict[str, Any], name: str) -> list[Any]:
    rows = typed(body, name, list, [])
    if len(rows) > MOST_ROWS:
        raise faulty(name, _("These are more than %(n)d.") % {"n": MOST_ROWS})
    return rows


def _number(value: Any, where: str) -> int:
    if type(value) is not int or not 0 < value < 2**63:
        raise faulty(where, _("This is no id; ids are whole numbers."))
    return value


def _priority(row: Mapping[str, Any], where: str) -> int | None:
    if (value := row.get("priority")) is not None and (type(value) is not int or value not in PRIORITIES):
        raise faulty(f"{where}.priority", _("A priority is a number from 1 to 5, or null for every priority without a row of its own."))
    return value


def _object(row: Any, known: tuple[str, ...], where: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise faulty(where, _("This is an object with: %(known)s.") % {"known": ", ".join(known)})
    if unknown := sorted(set(row) - set(known)):
        raise faulty(f"{where}.{unknown[0][:40]}", _("There is no such member. There are: %(known)s.") % {"known": ", ".join(known)})
    return row


def _row(given: Any, where: str, *, is_share: bool = False) -> dict[str, Any]:
    row = _object(given, (*ROW, "percent") if is_share else ROW, where)
    if row.get("measure") not in MEASURES:
        raise faulty(f"{where}.measure", _("Choose one of: %(known)s.") % {"known": ", ".join(MEASURES)})
    text = row.get("within")
    if not isinstance(text, str) or len(text) > 60:
        raise faulty(f"{where}.within", _("Write worked time as text, such as “30 min” or “4 h”."))
    try:
        within: timedelta = read_span(text)
    except ValueError as error:
        raise faulty(f"{where}.within", str(error)) from None
    found: dict[str, Any] = {"measure": row["measure"], "priority": _priority(row, where), "within": within}
    found["team"] = None if row.get("team") is None else _number(row["team"], f"{where}.team")
    found["is_second"] = typed(row, "is_second", bool, False)
    if is_share:
        percent = row.get("percent")
        if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 < percent <= 100:
            raise faulty(f"{where}.percent", _("A share is a number above 0 and at most 100."))
        found["percent"] = float(percent)
    return found


def _limit(given: Any, where: str) -> Workload:
    row = _object(given, ("priority", "most"), where)
    if type(row.get("most")) is not int or not 0 < row["most"] <= 10_000_000:
        raise faulty(f"{where}.most", _("A limit is a whole number of records a month."))
    return Workload(_priority(row, where), row["most"])


def _pauses(given: dict[str, Any]) -> dict[str, str]:
    for state, how in given.items():
        if how not in ("message", "always"):
            raise faulty(f"pauses.{state[:40]}", _("Say “message” (once a message was sent) or “always”."))
    return dict(given)


def _service(text: Any, place: int, person: Person) -> int:
    card = find_by_reference(person, text) if isinstance(text, str) and len(text) < 40 else None
    if card is None or card.kind != "service":
        raise faulty(f"services.{place}", _("There is no such service. Write its number, such as SVC-12."))
    return card.pk


def hours_taken(body: dict[str, Any], name: str, person: Person) -> dict[str, Any]:
    """Hours as a version keeps them: those of a calendar by its id, or written out."""
    if body.get(name) is None:
        return {}
    given = _object(body[name], HOURS, name)
    if (pk := given.get("calendar")) is not None:
        calendar = Calendar.objects.filter(tenant=person.tenant, pk=_number(pk, f"{name}.calendar")).first()
        if calendar is None:
            raise faulty(f"{name}.calendar", _("There are no such hours."))
        return frozen_hours(calendar)
    whole = {"name": typed(given, "name", str, "")[:100], "timezone": typed(given, "timezone", str, ""), "week": typed(given, "week", dict, {})}
    whole |= {part: typed(given, part, list, []) for part in ("holidays", "yearly_holidays")}
    try:
        ServiceHours.from_dict({part: value for part, value in whole.items() if part != "name"})
    except (ValueError, TypeError, AttributeError) as error:
        raise faulty(name, str(error)) from None
    return whole


HOURS_MEMBERS = {
    "calendar": {**WHOLE, "description": "The id of service hours that are kept here; their present week is written into the version."},
    "name": TEXT,
    "timezone": {**TEXT, "examples": ["Europe/Berlin"]},
    "week": {"type": "object", "examples": [{"mon": [["08:00", "18:00"]]}]},
    "holidays": list_of(TEXT),
    "yearly_holidays": list_of(TEXT),
}
_WHOSE = {
    "measure": {"enum": list(MEASURES)},
    "priority": {**maybe(WHOLE), "description": "1 to 5; null: every priority without a row of its own."},
    "team": {**maybe(WHOLE), "description": "Only while this team has the record."},
    "is_second": {
        "type": "boolean",
        "description": "Counted in the second hours; with a stand-by only for what is opened outside the service hours.",
    },
    "within": {**TEXT, "description": "Worked time.", "examples": ["30 min", "4 h", "1 h 30 min"]},
}
TERMS_MEMBERS = {
    "has_commitment": {"type": "boolean"},
    "services": list_of({**TEXT, "examples": ["SVC-12"]}),
    "hours": maybe(ref("AgreementHours")),
    "second_hours": maybe(ref("AgreementHours")),
    "is_standby": {"type": "boolean"},
    "targets": list_of(ref("AgreementTarget")),
    "shares": list_of(ref("AgreementShare")),
    "workload": list_of(ref("AgreementLimit")),
    "pauses": {"type": "object", "additionalProperties": {"enum": ["message", "always"]}},
    "teams": list_of(WHOLE),
    "exceptions": TEXT,
}
TERMS_SCHEMAS = {
    "AgreementHours": thing(HOURS_MEMBERS, ()),
    "AgreementTarget": thing(_WHOSE, ("measure", "within")),
    "AgreementShare": thing(_WHOSE | {"percent": {"type": "number"}}, ("measure", "within", "percent")),
    "AgreementLimit": thing({"priority": maybe(WHOLE), "most": WHOLE}, ("most",)),
    "AgreementTerms": thing(TERMS_MEMBERS, ()),
}
