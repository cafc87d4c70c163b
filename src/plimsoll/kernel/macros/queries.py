"""Reading canned texts: which ones a person may use, and what one says on a record. Only for the provider's own people."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach, teams_of
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.macros.models import Macro
from plimsoll.kernel.macros.rules import filled
from plimsoll.kernel.records.declaration import RecordType, type_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.workflows import workflow_of

MOST = 200


def visible_macros(person: Person, record_type: RecordType) -> QuerySet[Macro]:
    """One's own, those of one's teams, and those for all here. None for people outside: internal wording is not for them."""
    if reach(person, f"{record_type.kind}:internal").is_empty:
        return Macro.objects.none()
    wanted = Q(owner_id=person.pk) | Q(audience="all") | Q(audience="team", team_id__in=teams_of(person))
    return Macro.objects.filter(wanted, tenant_id=person.tenant_id or 0, kind=record_type.kind)


def macros_on(person: Person, record: Record) -> list[Macro]:
    """What this person may use on this record, by name."""
    if not is_inside(person, record):
        return []
    return list(visible_macros(person, type_of(record)).order_by("name", "pk")[:MOST])


def said_by(macro: Macro, record: Record, person: Person) -> str:
    """The text on this record by this person."""
    rt = type_of(record)
    requester = getattr(record, rt.requester) if rt.requester else None
    service = getattr(record, "service", None) if "service" in rt.foreign else None
    who, me = (requester.name if requester else ""), person.name
    values = {
        "number": record.reference,
        "title": record.title,
        "requester": who,
        "requester_first_name": who.split()[0] if who else "",
        "organization": record.organization.name,
        "state": workflow_of(record.tenant, record.kind).state(record.state).label,
        "service": service.title if service is not None else "",
        "link": f"{settings.PLIMSOLL_URL.rstrip('/')}/{rt.plural_kind}/{record.number}/",
        "my_name": me,
        "my_first_name": me.split()[0] if me else "",
    }
    return filled(macro.text, values, lambda name: _("[no %(name)s]") % {"name": name.replace("_", " ")})
