"""The four writes. Permission, guard, save, trail and event stand in them in line; nothing else writes a record.

`open_record`, `amend` and `move` are here, `replay` (for importers) is in `replay.py`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, allows, reach, sentence
from plimsoll.kernel.events import publish
from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty, clean, day_faults, same
from plimsoll.kernel.records.customs import customs_of, missing_in_state
from plimsoll.kernel.records.declaration import Fault, RecordType, type_of
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.models import Record, Share, gate_open
from plimsoll.kernel.records.permissions import check, check_asked, is_inside, may_move
from plimsoll.kernel.records.projections import card_values, follow_span, open_span
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.register.operations import keep_above, take_numbers
from plimsoll.kernel.trail.operations import Act, write
from plimsoll.kernel.workflow import UnknownMove, at_field, faults_of

R = TypeVar("R", bound=Record)


class StaleRecord(Exception):
    """Somebody was faster. `current` is the record as it is now; nothing was written."""

    def __init__(self, current: Record) -> None:
        self.current = current
        super().__init__(
            _("%(reference)s was changed meanwhile (it is at version %(version)d).") % {"reference": current.reference, "version": current.version}
        )


class MoveRefused(Exception):
    """A move that can't be made now. `reasons` are sentences, `faults` those of them that stand at a field; nothing was written."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons, self.faults = reasons, faults_of(reasons)
        super().__init__(" ".join(reasons))


def open_record(
    record_type: RecordType,
    *,
    by: Person,
    channel: str,
    organization: Organization | None = None,
    at: datetime | None = None,
    origin: str = "live",
    note: str = "",
    access_class: str = "",
    number: int | None = None,
    source: str = "",
    external_reference: str = "",
    **values: Any,
) -> Record:
    """Open a record for an organization (default: the person's own). Raises `Refused` or `Faulty`; then nothing was written.

    `at`, `origin` and `number` are for jobs, importers and the demonstration.
    """
    tenant = by.tenant
    if tenant is None:
        raise Refused(_("Only people of a tenant open records."))
    kind = record_type.kind
    with writing(), gate_open():
        moment = now()
        target = organization or by.organization
        if target is None or target.tenant_id != tenant.pk:
            raise Faulty([Fault("organization", _("Say for which organisation this is."))])
        _check_opening(by, f"{kind}:open", target)
        is_insider = is_inside(by, kind=kind)
        check_insiders_fields(record_type, tenant, values, is_insider=is_insider)
        check_asked(record_type, values, is_insider=is_insider, by=by)
        cleaned = clean(record_type, tenant, values, by=by)
        cleaned |= record_type.behaviour.prepare(tenant, {**cleaned, "organization": target, "opened_at": at or moment, "origin": origin}, None)
        extra = {k: v for k, v in cleaned.pop("extra", {}).items() if v is not None}
        flow = workflow_of(tenant, kind)
        state = flow.state(flow.initial)
        faults = [Fault(name, _("This is needed.")) for name in record_type.required if cleaned.get(name) in (None, "")]
        faults += record_type.behaviour.faults(tenant, {**cleaned, "origin": origin}, None) + day_faults(record_type, cleaned, None, at)
        faults += missing_in_state(tenant, kind, state.name, extra)
        if faults:
            raise Faulty(faults)
        if number is None:
            number = take_numbers(tenant.pk, kind)
        else:
            keep_above(tenant.pk, kind, number)
        record = record_type.model(
            tenant=tenant,
            organization=target,
            number=number,
            state=state.name,
            category=state.category,
            is_open=state.is_open,
            access_class=access_class or record_type.behaviour.inherited_class(cleaned),
            opened_at=at or moment,
            opened_by=by,
            changed_at=at or moment,
            origin=origin,
            source=source,
            external_reference=external_reference,
            extra=extra,
            **cleaned,
        )
        if record_type.has("due_at"):
            record.due_at = record_type.behaviour.due(record)  # type: ignore[attr-defined]
        card = Card(tenant=tenant, kind=kind, number=number, **card_values(record, record_type))
        card.save(force_insert=True)
        record.card = card
        record.save(force_insert=True)
        changes: dict[str, tuple[Any, Any]] = {name: (None, value) for name, value in cleaned.items() if value not in (None, "")}
        changes |= {f"extra.{name}": (None, value) for name, value in extra.items()}
        changes |= {"state": (None, state.name), "organization": (None, target)}
        entry = write(
            Act(
                tenant=tenant.pk,
                kind=kind,
                subject=card.pk,
                card=card.pk,
                position=1,
                action="open",
                by=by.pk,
                channel=channel,
                at=at,
                origin=origin,
                changes=changes,
                texts=texts_of(record, changes),
                note=note,
            )
        )
        open_span(record, entry.at)
        share_by_fields(record, record_type, changes)
        publish(Written(record=record, entry=entry, by=by, changes=changes))
    return record


def _check_opening(by: Person, word: str, organization: Organization) -> None:
    """Opening asks the grants for the organization; `@own` means one's own organizations."""
    found = reach(by, word)
    if not allows(
        found,
        tenant=organization.tenant_id,
        organization=organization.pk,
        shared=lambda: organization.pk == by.organization_id or organization.pk in _organizations_of(by),
    ):
        raise Refused(sentence(by, word))


def _organizations_of(person: Person) -> set[int]:
    """The organizations a person is a member of now."""
    moment = now()
    return {m.organization_id for m in person.memberships.all() if m.started_at <= moment and (m.ended_at is None or m.ended_at > moment)}


def amend(record: R, *, by: Person, channel: str, version: int | None = None, note: str = "", at: datetime | None = None, **values: Any) -> R:
    """Change values of a record. Returns it fresh; writes nothing, not even an entry, when nothing changes.

    Raises `Refused`, `Faulty`, or `StaleRecord` when `version` is not the record's.
    """
    record_type = type_of(record)
    with writing(), gate_open():
        fresh = locked(record, version)
        check(by, f"{fresh.kind}:amend", fresh)
        is_insider = is_inside(by, fresh)
        check_insiders_fields(record_type, fresh.tenant, values, is_insider=is_insider)
        check_asked(record_type, values, is_insider=is_insider)
        tenant = by.tenant
        assert tenant is not None
        cleaned = clean(record_type, tenant, values, by=by)
        given_extra = cleaned.pop("extra", {})
        prepared = record_type.behaviour.prepare(tenant, cleaned, fresh)
        cleaned |= prepared
        extra = merged_extra(fresh, given_extra)
        after = {name: cleaned.get(name, getattr(fresh, name)) for name in record_type.fields} | prepared
        faults = [Fault(name, _("This is needed.")) for name in record_type.required if name in cleaned and after.get(name) in (None, "")]
        faults += record_type.behaviour.faults(tenant, after, fresh) + day_faults(record_type, cleaned, fresh, at)
        faults += missing_in_state(tenant, fresh.kind, fresh.state, extra) if given_extra else []
        if faults:
            raise Faulty(faults)
        changes = differences(fresh, cleaned, extra)
        if not changes:
            return fresh
        entry = store(fresh, record_type, cleaned, extra, changes, action="amend", by=by, channel=channel, note=note, at=at)
        publish(Written(record=fresh, entry=entry, by=by, changes=changes))
    return fresh


def move(
    record: R,
    name: str,
    *,
    by: Person,
    channel: str,
    fields: Mapping[str, Any] | None = None,
    note: str = "",
    at: datetime | None = None,
    version: int | None = None,
    in_the_name_of: Person | None = None,
) -> R:
    """Follow one arrow of the workflow; raise `MoveRefused` with the reasons when a guard says no.

    `in_the_name_of` is whom the guards take for the mover, where the system carries out what was decided for somebody.
    """
    record_type = type_of(record)
    tenant = by.tenant
    with writing(), gate_open():
        fresh = locked(record, version)
        flow = workflow_of(tenant, fresh.kind)
        try:
            arrow = flow.move(name)
        except UnknownMove as error:
            raise MoveRefused([str(error)]) from None
        if not may_move(by, fresh, arrow):
            raise Refused(sentence(by, f"{fresh.kind}:{name}"))
        given = dict(fields or {})
        check_insiders_fields(record_type, fresh.tenant, given, is_insider=is_inside(by, fresh))
        assert tenant is not None
        cleaned = clean(record_type, tenant, given, by=by)
        given_extra = cleaned.pop("extra", {})
        cleaned |= record_type.behaviour.prepare(tenant, cleaned, fresh) if cleaned else {}
        extra = merged_extra(fresh, given_extra)
        for field_name, value in cleaned.items():
            setattr(
                fresh, field_name + ("_id" if field_name in record_type.foreign and not hasattr(value, "pk") and value is not None else ""), value
            )
        values = {field_name: getattr(fresh, field_name) for field_name in record_type.fields}
        before = type(fresh).objects.get(pk=fresh.pk) if cleaned else fresh
        judged = record_type.behaviour.facts([fresh])[0]
        judged = informed(judged, in_the_name_of or by, note, at)
        reasons = flow.refusals(arrow, before.state, judged, values)
        target = flow.state(record_type.behaviour.leads_to(fresh, arrow, flow))
        reasons += [at_field(f.field, f.sentence) for f in missing_in_state(tenant, fresh.kind, target.name, extra)]
        reasons += [at_field(f.field, f.sentence) for f in record_type.behaviour.faults(tenant, values, fresh)]
        told = {f.field for reason in reasons for f in getattr(reason, "faults", ())}
        reasons += [at_field(f.field, f.sentence) for f in day_faults(record_type, cleaned, before, at) if f.field not in told]
        if arrow.asks_note and not note.strip():
            reasons.append(at_field("note", _("“%(move)s” needs a note that says why.") % {"move": arrow.title}))
        if reasons:
            raise MoveRefused(reasons)
        cleaned |= record_type.behaviour.on_move(fresh, name, {**values, "at": at or now(), "by": in_the_name_of or by})
        cleaned |= {"state": target.name, "category": target.category, "is_open": target.is_open}
        changes = differences(before, cleaned, extra, always=("state",))
        entry = store(fresh, record_type, cleaned, extra, changes, action=name, by=by, channel=channel, note=note, at=at)
        publish(Written(record=fresh, entry=entry, by=by, changes=changes))
    return fresh


def refusals(record: Record, name: str, *, by: Person, facts: Any = None) -> list[str]:
    """Why the move can't be made now, without trying: for buttons that stay visible with their reason. Needed fields are not asked yet."""
    tenant = by.tenant
    assert tenant is not None
    flow = workflow_of(tenant, record.kind)
    arrow = flow.move(name)
    if record.state not in arrow.sources:
        return flow.refusals(arrow, record.state, facts, {})
    judged = informed(facts if facts is not None else type_of(record).behaviour.facts([record])[0], by)
    asked = {*arrow.asks, *arrow.needs}
    return [reason for guard in arrow.guards if not (asked & set(getattr(guard, "reads", ()))) and (reason := guard(judged))]


def informed(facts: Any, by: Person, note: str = "", at: datetime | None = None) -> Any:
    """Facts with who moves, the note given with the move, and its moment where it is not now; where the workflow's facts ask for them."""
    known = {f.name for f in dataclasses.fields(facts)} if dataclasses.is_dataclass(facts) else set()
    given = {"mover": by.pk, "note": note} | ({"now": at} if at is not None else {})
    return dataclasses.replace(facts, **{k: v for k, v in given.items() if k in known}) if known & given.keys() else facts


def locked(record: R, version: int | None = None) -> R:
    """The record anew, locked for this transaction; `StaleRecord` when it is not at the version that the writer saw."""
    fresh = type(record).objects.select_for_update(of=("self",)).select_related("organization").get(pk=record.pk)
    if version is not None and fresh.version != version:
        raise StaleRecord(fresh)
    return fresh


def merged_extra(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """The record's custom values with the given ones on top; None takes a value away."""
    return {k: v for k, v in {**record.extra, **given}.items() if v is not None}


def differences(before: Record, cleaned: Mapping[str, Any], extra: Mapping[str, Any], always: tuple[str, ...] = ()) -> dict[str, tuple[Any, Any]]:
    """What changes: {field: (old, new)}, custom fields as `extra.name`. Derived columns of the state are not told twice."""
    changes: dict[str, tuple[Any, Any]] = {}
    for name, new in cleaned.items():
        if name in ("category", "is_open"):
            continue
        old = getattr(before, name)
        if name in always or not same(old, new):
            changes[name] = (old, new)
    for name in sorted({*before.extra, *extra}):
        if before.extra.get(name) != extra.get(name):
            changes[f"extra.{name}"] = (before.extra.get(name), extra.get(name))
    return changes


def texts_of(record: Record, changes: Mapping[str, Any]) -> frozenset[str]:
    """Those of the changes that are people's words or personal: concealed in the entry, erasable."""
    texts = type_of(record).texts & set(changes)
    if any(name.startswith("extra.") for name in changes):
        open_types = {c.name for c in customs_of(record.tenant, record.kind) if c.type != "text" and not c.is_personal}
        texts |= {name for name in changes if name.startswith("extra.") and name.removeprefix("extra.") not in open_types}
    return frozenset(texts)


def store(
    record: Record,
    record_type: RecordType,
    values: Mapping[str, Any],
    extra: Mapping[str, Any],
    changes: Mapping[str, tuple[Any, Any]],
    *,
    action: str,
    by: Person,
    channel: str,
    note: str,
    at: datetime | None,
) -> Any:
    """Save the kind's row and its card, write the entry, follow the span. The only place where a record that exists is saved."""
    moment = at or now()
    for name, value in values.items():
        setattr(record, name, value)
    record.extra = dict(extra)
    record.version += 1
    record.changed_at = max(moment, record.changed_at)
    record.save(update_fields=[*values, "extra", "version", "changed_at"])
    position = touch_card(record, record_type)
    entry = write(
        Act(
            tenant=record.tenant_id,
            kind=record.kind,
            subject=record.pk,
            card=record.pk,
            position=position,
            action=action,
            by=by.pk,
            channel=channel,
            at=at,
            origin=origin_of(record),
            changes=changes,
            texts=texts_of(record, changes),
            note=note,
        )
    )
    if not {"state", "team", "owner", "priority"}.isdisjoint(changes):
        follow_span(record, entry.at)
    share_by_fields(record, record_type, changes)
    return entry


def set_derived(record: R, values: Mapping[str, Any], *, by: Person, channel: str, action: str, note: str = "") -> R:
    """Set what follows from more than the record itself (the agreement that covers it, a count), as an act in its trail.

    For the system only, which acts by rule or on somebody's request; nobody sets these by hand. Writes nothing when nothing changes.
    """
    record_type = type_of(record)
    if by.kind != "system" or values.keys() - set(record_type.derived):
        raise Refused(_("What is computed is not set by hand."))
    with writing(), gate_open():
        fresh = locked(record)
        changes = differences(fresh, values, fresh.extra)
        if not changes:
            return fresh
        entry = store(fresh, record_type, dict(values), fresh.extra, changes, action=action, by=by, channel=channel, note=note, at=None)
        publish(Written(record=fresh, entry=entry, by=by, changes=changes))
    return fresh


def keep_due(record: Record, due_at: datetime | None) -> None:
    """Set when a record is next due, as its clocks say: computed, so it makes no entry and leaves the version alone."""
    if type_of(record).has("due_at") and record.due_at != due_at:  # type: ignore[attr-defined]
        record.due_at = due_at  # type: ignore[attr-defined]
        with gate_open():
            type(record).objects.filter(pk=record.pk).update(due_at=due_at)  # type: ignore[misc]
        Card.objects.filter(pk=record.pk).update(due_at=due_at)


def origin_of(record: Record) -> str:
    """The origin of an entry that is written now: what happens to a demonstration's record is demonstration too; else it is live."""
    return "demonstration" if record.origin == "demonstration" else "live"


def touch_card(record: Record, record_type: RecordType | None = None) -> int:
    """Bring the card up to date and count one entry more; returns the entry's position.

    Without a record type only the count and `changed_at` move (a comment, a link): the version stays, so they conflict with no edit.
    """
    card = Card.objects.select_for_update().only("entries").get(pk=record.pk)
    position = card.entries + 1
    values = card_values(record, record_type) if record_type else {"changed_at": record.changed_at}
    Card.objects.filter(pk=record.pk).update(entries=position, **values)
    return position


def check_insiders_fields(record_type: RecordType, tenant: Tenant, values: Mapping[str, Any], *, is_insider: bool) -> None:
    """Fields for insiders are set by insiders: those that the declaration calls internal, and custom fields that are not public."""
    if is_insider:
        return
    touched = [name for name in values if name in record_type.internal]
    if isinstance(given := values.get("extra"), dict):
        touched += [c.label for c in customs_of(tenant, record_type.kind) if c.name in given and not c.is_public]
    if touched:
        raise Refused(_("Only the provider's own people set %(field)s.") % {"field": touched[0].replace("_", " ")})


def share_by_fields(record: Record, record_type: RecordType, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """Shares that follow from fields: whoever asked, and a supplier's team that works on it. They end with what gave them."""
    if record_type.requester and record_type.requester in changes:
        old, new = changes[record_type.requester]
        if old is not None:
            Share.objects.filter(card_id=record.pk, person=old, why="requester", until=None).update(until=now())
        if new is not None:
            Share.objects.update_or_create(
                card_id=record.pk, person=new, why="requester", defaults={"until": None}
            ) if old is not None else Share.objects.create(card_id=record.pk, person=new, why="requester")
    if "team" in changes and record_type.has("team"):
        old_team, new_team = changes["team"]
        if old_team is not None:
            Share.objects.filter(card_id=record.pk, team=old_team, why="assigned", until=None).update(until=now())
        if isinstance(new_team, Team) and new_team.organization.kind == "supplier":
            Share.objects.update_or_create(card_id=record.pk, team=new_team, why="assigned", defaults={"until": None})


__all__ = ["Faulty", "MoveRefused", "Refused", "StaleRecord", "amend", "locked", "move", "open_record", "refusals", "set_derived"]
