"""Custom fields: definitions per tenant and kind, and the checking of their values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.settings import settings_changed
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.models import CustomField

MOST_PER_KIND = 60


@dataclass(frozen=True, slots=True)
class Custom:
    """One definition in force, detached from the database."""

    name: str
    label: str
    type: str
    choices: tuple[str, ...]
    required_in: frozenset[str]
    is_public: bool
    is_personal: bool
    is_retired: bool


@per_settings
def customs_of(tenant: Tenant, kind: str) -> tuple[Custom, ...]:
    """The definitions of a kind, retired ones included (their values stay readable)."""
    return tuple(
        Custom(f.name, f.label, f.type, tuple(f.choices), frozenset(f.required_in), f.is_public, f.is_personal, f.retired_at is not None)
        for f in CustomField.objects.filter(tenant_id=tenant.pk, kind=kind)
    )


def live_customs(tenant: Tenant, kind: str) -> tuple[Custom, ...]:
    """Those that forms still offer."""
    return tuple(c for c in customs_of(tenant, kind) if not c.is_retired)


def clean_extra(tenant: Tenant, kind: str, given: Any) -> tuple[dict[str, Any], list[Fault]]:
    """Check and normalise values by their definitions. An empty value clears the field; an unknown name is a fault."""
    if not isinstance(given, dict):
        return {}, [Fault("extra", 'Custom fields are given as an object: {"name": value}.')]
    known = {c.name: c for c in customs_of(tenant, kind)}
    clean: dict[str, Any] = {}
    faults = []
    for name, value in given.items():
        custom = known.get(name)
        if custom is None:
            faults.append(Fault(f"extra.{name}", f"There is no custom field “{name}”."))
        elif custom.is_retired and value not in (None, ""):
            faults.append(Fault(f"extra.{name}", f"The field “{custom.label}” is retired; its old values stay, new ones are not taken."))
        elif value in (None, ""):
            clean[name] = None
        else:
            try:
                clean[name] = _normal(custom, tenant, value)
            except ValueError as error:
                faults.append(Fault(f"extra.{name}", f"{custom.label}: {error}"))
    return clean, faults


def _normal(custom: Custom, tenant: Tenant, value: Any) -> Any:
    if custom.type == "text":
        if not isinstance(value, str) or len(value) > 2000:
            raise ValueError("a text of at most 2000 characters is needed.")
        return value
    if custom.type == "choice":
        if value not in custom.choices:
            raise ValueError(f"“{value}” is not among: {', '.join(custom.choices)}.")
        return value
    if custom.type == "number":
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise ValueError(f"“{value}” is not a number.") from None
        if isinstance(value, bool) or not number.is_finite() or abs(number) >= Decimal(10) ** 15:
            raise ValueError(f"“{value}” is not a number below 10^15.")
        return int(number) if number == number.to_integral_value() else float(number)
    if custom.type == "date":
        try:
            return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()[:10]
        except ValueError:
            raise ValueError(f"“{value}” is not a date; write it as 2026-11-21.") from None
    try:
        pk = int(getattr(value, "pk", value))
    except (TypeError, ValueError):
        raise ValueError("a person's number is needed.") from None
    if not (0 < pk < 2**63) or not Person.objects.filter(pk=pk, tenant_id=tenant.pk).exists():
        raise ValueError("there is no such person.")
    return pk


def missing_in_state(tenant: Tenant, kind: str, state: str, extra: dict[str, Any]) -> list[Fault]:
    """Custom fields that the state requires and that are empty."""
    return [
        Fault(f"extra.{c.name}", f"“{c.label}” is required here.")
        for c in live_customs(tenant, kind)
        if state in c.required_in and extra.get(c.name) in (None, "")
    ]


def define_custom_field(
    *,
    tenant: Tenant,
    kind: str,
    name: str,
    label: str,
    type: str,
    by: Person,
    channel: str,
    choices: list[str] | None = None,
    required_in: list[str] | None = None,
    is_public: bool = True,
    is_personal: bool = False,
) -> CustomField:
    """Add a field to a kind. Its name is for ever, its label may change. Needs the word `field:define`."""
    check_everywhere(by, "field:define")
    with writing():
        if CustomField.objects.filter(tenant=tenant, kind=kind).count() >= MOST_PER_KIND:
            raise ValueError(f"A kind carries at most {MOST_PER_KIND} custom fields; retire one first.")
        field = CustomField(
            tenant=tenant,
            kind=kind,
            name=name,
            label=label,
            type=type,
            choices=choices or [],
            required_in=required_in or [],
            is_public=is_public,
            is_personal=is_personal,
            position=CustomField.objects.filter(tenant=tenant, kind=kind).count(),
        )
        field.full_clean()
        if type == "choice" and not field.choices:
            raise ValueError("A choice needs at least one value to choose from.")
        field.save()
        _told(field, "define", by, channel, {"label": (None, label), "type": (None, type)})
    return field


def amend_custom_field(field: CustomField, *, by: Person, channel: str, **values: Any) -> CustomField:
    """Rename a label, change choices, requirement or audience. Type and name stay, so that no value is lost."""
    allowed = {"label", "choices", "required_in", "is_public", "is_personal", "position"}
    check_everywhere(by, "field:define")
    if unknown := set(values) - allowed:
        raise ValueError(f"These stay as they are: {', '.join(sorted(unknown))}.")
    with writing():
        changes = {name: (getattr(field, name), new) for name, new in values.items() if getattr(field, name) != new}
        for name, new in values.items():
            setattr(field, name, new)
        field.full_clean()
        field.save()
        _told(field, "amend", by, channel, changes)
    return field


def retire_custom_field(field: CustomField, *, by: Person, channel: str) -> CustomField:
    """Offer the field no more. Its values stay where they are, readable and exported."""
    check_everywhere(by, "field:define")
    with writing():
        field.retired_at = now()
        field.save()
        _told(field, "retire", by, channel, {})
    return field


def _told(field: CustomField, action: str, by: Person, channel: str, changes: dict[str, tuple[Any, Any]]) -> None:
    settings_changed(field.tenant_id)
    publish(
        KeptChanged(
            tenant_id=field.tenant_id,
            kind="custom_field",
            subject_id=field.pk,
            action=action,
            by_id=by.pk,
            channel=channel,
            changes={"kind": (None, field.kind), "name": (None, field.name), **changes},
        )
    )
