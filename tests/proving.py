"""Short ways to the records that evidence is asked of: a record as it stands in the database, whatever its guards would say, and a document
in force. Tests of queries make populations with them; what people really do is tried elsewhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from plimsoll.evaluation.conformity.answers import Finding, ask
from plimsoll.evaluation.conformity.standard import items
from plimsoll.kernel.documents.models import Document, DocumentVersion
from plimsoll.kernel.figures.blanks import Row, Value, as_json
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Link, Record, gate_open
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Assignment, Role, RoleVersion
from tests.cast import House

R = TypeVar("R", bound=Record)
_numbers = itertools.count(5001)


def put(house: House, model: type[R], title: str = "Something", *, state: str = "", **values: Any) -> R:
    """A record of a kind in a state, with its card and no trail."""
    record_type = type_named(str(model._meta.model_name))
    number = next(_numbers)
    known = record_type.workflow.state(state or record_type.workflow.initial)
    shared = {
        "tenant": values.pop("tenant", house.tenant),
        "organization": values.pop("organization", house.provider),
        "number": number,
        "title": title,
    }
    shared |= {"state": known.name, "category": known.category, "opened_at": values.pop("opened_at", now() - timedelta(days=30)), "changed_at": now()}
    shared |= {"origin": values.pop("origin", "live")}
    with gate_open():
        card = Card.objects.create(kind=record_type.kind, reference=f"{record_type.prefix}-{number}", **shared)
        made = model._default_manager.create(card=card, is_open=known.is_open, opened_by=house.ruth, **shared, **values)
    return cast("R", made)


def set_to(record: Any, **values: Any) -> None:
    """A record or a part said otherwise, past every rule."""
    with gate_open():
        type(record)._default_manager.filter(pk=record.pk).update(**values)


def join(house: House, one: Record, other: Record, meaning: str = "relates to") -> None:
    """A link between two records."""
    Link.objects.create(source_id=one.pk, target_id=other.pk, meaning=meaning, made_by=house.ruth, made_at=now())


def role(house: House, code: str, *holders: Any, words: list[str] | None = None, limits: dict[str, int] | None = None, **values: Any) -> Role:
    """A role in force, held by some people who accepted it."""
    given = {"code": code, "edition": 1, "words": words or [], "limits": limits or {}}
    made = put(house, Role, code.replace("_", " ").capitalize(), state="in_force", **{**given, **values})
    RoleVersion.objects.create(
        role=made, number=1, title=made.title, words=made.words, limits=made.limits, approved_by=house.ruth, started_at=now() - timedelta(days=9)
    )
    for person in holders:
        hold(house, made, person)
    return made


def hold(house: House, held: Role, person: Any, **values: Any) -> Assignment:
    """Somebody holds a role, and accepted it."""
    given = {"starts_at": now() - timedelta(days=9), "accepted_at": now() - timedelta(days=8)}
    return put(house, Assignment, "Holds it", state="in_force", role=held, person=person, **{**given, **values})


def document(
    house: House,
    template: str,
    *,
    approver: str = "top_management",
    source: str = "",
    printed: Mapping[str, Value] | None = None,
    state: str = "valid",
    is_in_force: bool = True,
    **values: Any,
) -> Document:
    """A document of a template with a version in force, which printed some fields."""
    roles = Role.objects.filter(tenant=house.tenant, code=approver)
    given = {"template": template, "approver_role": roles.first() or role(house, approver), "review_due_date": now().date() + timedelta(days=90)}
    made = put(house, Document, template.replace("-", " ").capitalize(), state=state, **{**given, **values})
    if is_in_force:
        DocumentVersion.objects.create(
            document=made,
            number="1.0",
            state="valid",
            title=made.title,
            source=source,
            values={
                name: {"value": as_json(value), "override": "", "reason": "", "is_none": value.is_empty} for name, value in (printed or {}).items()
            },
            description="First.",
            approved_by=house.ruth,
            approved_as=approver,
            approved_at=now() - timedelta(days=20),
            started_on=now().date() - timedelta(days=20),
            digest="0" * 64,
        )
    return made


def rows_of(*records: Record, cells: tuple[str, ...] = ()) -> Value:
    """A field that printed some records, a row each."""
    return Value(rows=tuple(Row((r.title, *cells), source_of(r)) for r in records))


def asked(house: House, item: str, *, at: datetime | None = None, without: tuple[Record | str, ...] = (), attested: Any = "valid") -> Finding:
    """What a requirement shows now, its human part given."""
    gone = frozenset(w if isinstance(w, str) else f"{w.kind}:{w.pk}" for w in without)
    known = items()[item]
    return ask(known, house.tenant, at or now(), attested=attested if known.attests else "", without=gone)


def short(finding: Finding) -> set[int]:
    """The keys of the records that did not count."""
    assert finding.answer is not None
    return {s.source.pk for s in finding.answer.shortfalls if s.source is not None}


def told(finding: Finding) -> tuple[str, int, int]:
    """The verdict, and both numbers."""
    assert finding.answer is not None, finding.note
    return finding.verdict, finding.answer.numerator, finding.answer.denominator


# Of twenty, how many fall short, and what that shows: the values on the bands, and those just off them.
OF_95 = [(0, "conforms"), (1, "conforms"), (2, "partly"), (10, "partly"), (11, "does_not"), (20, "does_not")]
OF_90 = [(0, "conforms"), (2, "conforms"), (3, "partly"), (10, "partly"), (11, "does_not"), (20, "does_not")]
OF_ALL = [(0, "conforms"), (1, "partly"), (10, "partly"), (11, "does_not"), (20, "does_not")]
