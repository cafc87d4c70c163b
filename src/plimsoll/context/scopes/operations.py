"""Writes of scopes beside open, amend and move: the next draft, and the end of the one before."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from plimsoll.context.parts.operations import add_part
from plimsoll.context.scopes.models import Scope
from plimsoll.context.scopes.parts import ALL
from plimsoll.context.scopes.record import SCOPE
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.operations import move, open_record


def draft_next(scope: Scope, *, by: Person, channel: str, at: datetime | None = None) -> Scope:
    """A new draft that says what an approved scope says, parts included, so that it is changed from there. Needs `scope:open` and `scope:amend`."""
    with writing():
        values = {name: getattr(scope, name) for name in SCOPE.fields}
        made = open_record(SCOPE, by=by, channel=channel, organization=scope.organization, at=at, **values)
        assert isinstance(made, Scope)
        for part_type in ALL:
            for part in part_type.model._default_manager.filter(scope=scope.pk).select_related(*part_type.cards):
                add_part(part_type, made, {name: getattr(part, name) for name in part_type.fields}, by=by, channel=channel, at=at)
    return made


def supersede_others(event: Written) -> None:
    """Wired to `Written`: one scope is approved at a time, so the one before ends when the next is approved."""
    scope = event.record
    if not isinstance(scope, Scope) or event.entry.action != "approve":
        return
    for other in Scope.objects.filter(tenant=scope.tenant_id, state="approved").exclude(pk=scope.pk):
        note = _("%(ref)s was approved.") % {"ref": scope.reference}
        move(other, "supersede", by=system_person(scope.tenant), channel="rule", note=note, at=event.entry.at)
