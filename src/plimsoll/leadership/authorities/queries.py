"""Reading changes of the management system: what one touches and how that stands, what is governed, what stands in the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.documents.models import Document, DocumentVersion
from plimsoll.kernel.documents.queries import open_sentences
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.roles.models import Assignment, Role, RoleVersion
from plimsoll.kernel.roles.queries import held_at, people_holding
from plimsoll.kernel.roles.versions import differing
from plimsoll.kernel.trail.models import Entry
from plimsoll.leadership.authorities.governance import governance
from plimsoll.leadership.authorities.models import SmsChange, Touched
from plimsoll.leadership.authorities.rules import ChangeFacts, Touch

WRITING = ("open", "amend", "add touched", "remove touched")


def holds_a_plan(tenant: Tenant | int) -> bool:
    """Was a version of the plan ever in force? Withdrawing it opens no way round."""
    rows = DocumentVersion.objects.filter(document__tenant=tenant, document__template=governance().plan)
    return rows.exclude(state="approved").exists()


def is_governed(record: Record) -> bool:
    """Does it come into force only under an SMS change, once there is a plan?"""
    if isinstance(record, Document):
        return governance().is_governed(record.sort, record.applies_to, record.template)
    return isinstance(record, Role)


def under_a_change(records: Sequence[Record]) -> Mapping[int, str]:
    """The condition of documents and roles (S-090): those that no approved change carries out now, each with what to do. Three queries at most."""
    governed = [r for r in records if is_governed(r)]
    if not governed or not holds_a_plan(governed[0].tenant_id):
        return {}
    keys = [r.pk for r in governed]
    named: dict[int, Touched] = {}
    for touched in Touched.objects.filter(record__in=keys, change__is_open=True).select_related("change").order_by("pk"):
        if touched.begun_at is not None and touched.carried_out_at is None:
            keys.remove(touched.key)
        named[touched.key] = touched
    return {key: _sentence(named.get(key)) for key in keys}


def _sentence(touched: Touched | None) -> str:
    if touched is None:
        return _("It is changed by an SMS change only, as a service management plan is in force. Open one that names it (SMS changes, New).")
    said = {"reference": touched.change.reference, "title": touched.change.title}
    return _("It comes into force with %(reference)s “%(title)s”, when that is approved.") % said


def change_naming(record: Record) -> SmsChange | None:
    """The open change that names a record, the newest first."""
    touched = Touched.objects.filter(record=record.pk, change__is_open=True).select_related("change").order_by("-pk").first()
    return touched.change if touched is not None else None


def touched_records(changes: Sequence[SmsChange]) -> tuple[dict[int, list[Touched]], dict[int, Record]]:
    """By change what it touches, and the documents and roles themselves by their key; three queries."""
    parts: dict[int, list[Touched]] = defaultdict(list)
    for touched in Touched.objects.filter(change__in=[c.pk for c in changes]).select_related("record").order_by("pk"):
        parts[touched.change_id].append(touched)
    wanted = {t.key for some in parts.values() for t in some}
    documents: list[Any] = list(Document.objects.filter(pk__in=wanted).select_related("tenant", "organization", "approver_role", "owner_role"))
    roles: list[Any] = list(Role.objects.filter(pk__in=wanted).select_related("tenant", "organization").prefetch_related("versions"))
    return parts, {r.pk: r for r in (*documents, *roles)}


def change_facts(changes: Sequence[SmsChange]) -> list[ChangeFacts]:
    """What the guards judge, for changes of one tenant; a constant number of queries."""
    if not changes:
        return []
    parts, records = touched_records(changes)
    tenant, rules = changes[0].tenant, governance()
    titles = dict(Role.objects.filter(tenant=tenant, code__in=[rules.starts, rules.approves]).values_list("code", "title"))
    starters, approvers = people_holding(tenant, rules.starts), people_holding(tenant, rules.approves)
    elsewhere: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for touched in Touched.objects.filter(record__in=records, change__state="submitted").select_related("change"):
        elsewhere[touched.key].append((touched.change_id, touched.change.reference))
    authors = _authors([c.pk for c in changes], [r.pk for r in records.values() if isinstance(r, Role)])
    return [
        ChangeFacts(
            reason=c.reason,
            effect=c.effect,
            touched=tuple(_touch(c, t, records[t.key], elsewhere[t.key]) for t in parts[c.pk]),
            starters=starters,
            approvers=approvers,
            starts_as=titles.get(rules.starts, rules.starts),
            approves_as=titles.get(rules.approves, rules.approves),
            submitted_by=c.submitted_by_id,
            authors=frozenset().union(authors.get(c.pk, ()), *(authors.get(t.key, ()) for t in parts[c.pk])),
            open_fields=lambda c=c: _open_fields([records[t.key] for t in parts[c.pk]]),  # type: ignore[misc]
        )
        for c in changes
    ]


def _touch(change: SmsChange, touched: Touched, record: Record, elsewhere: Sequence[tuple[int, str]]) -> Touch:
    version = next((v for v in record.versions.all() if v.ended_at is None), None) if isinstance(record, Role) else None
    return Touch(
        reference=record.reference,
        title=record.title,
        kind=record.kind,
        state=record.state,
        is_changed=not isinstance(record, Role) or version is None or bool(differing(record, version)),
        is_as_submitted=touched.seen_version is None or touched.seen_version == record.version,
        is_elsewhere=next((reference for other, reference in elsewhere if other != change.pk), ""),
    )


def _open_fields(records: Sequence[Record]) -> tuple[str, ...]:
    return tuple(f"{r.reference}: {sentence}" for r in records if isinstance(r, Document) for sentence in open_sentences(r))


def _authors(changes: Sequence[int], roles: Sequence[int]) -> dict[int, frozenset[int]]:
    """Who wrote in a change, and in the draft of a role since it was last put in force. One query."""
    found: dict[int, set[int]] = {}
    rows = Entry.objects.filter(card__in=[*changes, *roles], action__in=(*WRITING, "put_in_force", "discard"))
    for card, action, actor in rows.order_by("card", "position").values_list("card_id", "action", "actor_id"):
        if card is None:
            continue
        if action in WRITING:
            found.setdefault(card, set()).add(actor)
        else:
            found[card] = set()
    return {card: frozenset(people) for card, people in found.items()}


def holders_now(tenant: Tenant, at: datetime | None = None) -> list[tuple[Role, str, list[str]]]:
    """The roles that run the management system by the title in force, each with who holds it for the whole house; deputies said so. Two queries."""
    order = governance().runs
    versions = RoleVersion.objects.filter(role__tenant=tenant, ended_at=None, role__code__in=order).select_related("role")
    held: dict[int, list[str]] = defaultdict(list)
    rows = Assignment.objects.filter(held_at(tenant, at), role__in=[v.role_id for v in versions], in_organization=None, for_service=None)
    for role, person, team, is_deputy in rows.order_by("is_deputy", "person__name", "team__name").values_list(
        "role_id", "person__name", "team__name", "is_deputy"
    ):
        said = _("%(name)s (deputy)") % {"name": person or team} if is_deputy else person or team
        if said not in held[role]:
            held[role].append(said)
    return [(v.role, v.title, held[v.role_id]) for v in sorted(versions, key=lambda v: order.index(v.role.code))]


__all__ = ["change_facts", "change_naming", "holders_now", "holds_a_plan", "is_governed", "touched_records", "under_a_change"]
