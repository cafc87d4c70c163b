"""The declarations of units, locations and the scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.context.parts.declaring import told_of
from plimsoll.context.scopes.models import Location, Scope, Unit
from plimsoll.context.scopes.parts import ALL
from plimsoll.context.scopes.queries import is_above, place_facts, scope_facts
from plimsoll.context.scopes.rules import CONTENT_OPEN, DIMENSIONS, LOCATION_FLOW, SCOPE_FLOW, UNIT_FLOW, PlaceFacts
from plimsoll.kernel.figures.blanks import Asked, UnknownBlank, blank_named
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.declaration import Behaviour, Fault, RecordType, declare
from plimsoll.kernel.records.models import Record


def scope_faults(values: Mapping[str, Any]) -> list[Fault]:
    """What is not in scope says why (S-021)."""
    if values.get("in_scope", True) or (values.get("scope_reason") or "").strip():
        return []
    return [Fault("scope_reason", _("Say why it is not in scope."))]


class UnitBehaviour(Behaviour):
    """A unit never belongs to itself, not even by way of others."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        found = scope_faults(values)
        parent = values.get("parent")
        if isinstance(before, Unit) and isinstance(parent, Unit) and is_above(before, parent):
            said = {"parent": parent.title, "unit": before.title}
            found.append(Fault("parent", _("%(parent)s belongs to %(unit)s, or is it; choose a unit that does not.") % said))
        return found

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return place_facts(records)


class LocationBehaviour(Behaviour):
    """A location of somebody else is a customer's."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        found = scope_faults(values)
        customer = values.get("customer")
        if customer is not None and customer.kind not in ("customer", "unit"):
            found.append(Fault("customer", _("%(name)s is no customer. Leave it empty for a location of ours.") % {"name": customer}))
        return found

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return [PlaceFacts() for _record in records]


CONTENT = (
    "title",
    "service_kind",
    "wording",
    *(f"{name}_{part}" for name in DIMENSIONS for part in ("answer", "text")),
    "excludes_nothing",
)


class ScopeBehaviour(Behaviour):
    """What is approved stays as it was; approving keeps the sentence as it was composed at that moment."""

    def faults(self, tenant: Tenant, values: Mapping[str, Any], before: Record | None) -> list[Fault]:
        # In a move `before` already carries the new values, so this speaks to edits only; moves have a guard of their own.
        if before is None or before.state in CONTENT_OPEN:
            return []
        closed = _("A scope changes while it is a draft. Send it back, or draft the next one.")
        return [Fault(name, closed) for name in CONTENT if name in values and values[name] != getattr(before, name)]

    def facts(self, records: Sequence[Record]) -> list[Any]:
        return scope_facts([r for r in records if isinstance(r, Scope)], CONTENT)

    def told(self, action: str, values: Mapping[str, Any]) -> str:
        return told_of(ALL, action)

    def on_move(self, record: Record, move: str, values: dict[str, Any]) -> dict[str, Any]:
        if move != "approve":
            return {}
        return {"approved_at": values["at"], "approved_by": values["by"], "sentence": composed(record.tenant, values["at"])}


def composed(tenant: Tenant, at: datetime) -> str:
    """The sentence of the scope as the records make it now. A higher room declares it, for it names services."""
    try:
        blank = blank_named("scope.sentence")
    except UnknownBlank:
        return ""
    return blank.resolve(Asked(tenant, at)).text if blank.resolve is not None else ""


UNIT = declare(
    RecordType(
        model=Unit,
        prefix="UNT",
        clause="4.3",
        workflow=UNIT_FLOW,
        behaviour_class=UnitBehaviour,
        fields=("title", "description", "parent", "head", "in_scope", "scope_reason", "same_as", "works_as"),
        columns=("reference", "title", "state", "parent", "head", "in_scope", "changed_at"),
        filters=("state", "in_scope", "parent", "head"),
        searched=("title", "description"),
        body="description",
        icon="network",
        group="system",
    )
)
LOCATION = declare(
    RecordType(
        model=Location,
        prefix="LOC",
        clause="4.3",
        workflow=LOCATION_FLOW,
        behaviour_class=LocationBehaviour,
        fields=("title", "address", "postcode", "place", "country", "customer", "in_scope", "scope_reason"),
        columns=("reference", "title", "state", "place", "country", "customer", "in_scope"),
        filters=("state", "in_scope", "customer", "country"),
        searched=("title", "address", "place"),
        icon="map-pin",
        group="system",
    )
)
SCOPE = declare(
    RecordType(
        model=Scope,
        prefix="SCO",
        clause="4.3",
        workflow=SCOPE_FLOW,
        behaviour_class=ScopeBehaviour,
        fields=("title", "service_kind", "wording", "owner", *CONTENT[3:]),
        columns=("reference", "title", "state", "owner", "approved_at", "approved_by"),
        filters=("state", "owner"),
        searched=("title", "wording"),
        side=("owner", "service_kind", *CONTENT[3:]),
        body="wording",
        derived=("sentence", "approved_at", "approved_by"),
        icon="map",
        group="system",
    )
)
