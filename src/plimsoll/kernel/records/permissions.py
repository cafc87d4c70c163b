"""May and check for records: the grants' answer, with the shares that only records know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, allows, reach, sentence
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.declaration import RecordType, type_named, type_of
from plimsoll.kernel.records.models import Record, Share
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.workflow import Move


def is_shared_with(card_id: int, person: Person) -> bool:
    """Has this person, or a team of theirs, a share in the record now?"""
    return Share.objects.of(person).filter(card_id=card_id).exists()


def is_opened_to(record: Record | Card, person: Person) -> bool:
    """Is this person among the audience that may read the record? Never so for a record with an access class."""
    if record.access_class:
        return False
    opened = type_named(record.kind).model.opened_to(person)
    return opened is not None and opened.filter(pk=record.pk).exists()


def may(person: Person, word: str, record: Record | Card) -> bool:
    """May this person say the word on this record? Asked by buttons; the writes ask `check`."""
    return allows(
        reach(person, word),
        tenant=record.tenant_id,
        organization=record.organization_id,
        service=getattr(record, "service_id", None),
        access_class=record.access_class,
        is_reading=word == f"{record.kind}:read",
        shared=lambda: is_shared_with(record.pk, person) or (word == f"{record.kind}:read" and is_opened_to(record, person)),
    )


def check(person: Person, word: str, record: Record) -> None:
    """Raise `Refused` with a sentence unless this person may say the word on this record. Called in the writes and nowhere else."""
    if not may(person, word, record):
        raise Refused(sentence(person, word))


def may_move(person: Person, record: Record, arrow: Move) -> bool:
    """May this person follow this arrow on this record? Whoever asked for the record makes some moves without the word."""
    requester = type_of(record).requester
    if arrow.is_for_requester and requester and getattr(record, f"{requester}_id") == person.pk and is_shared_with(record.pk, person):
        return True
    return may(person, f"{record.kind}:{arrow.name}", record)


def is_inside(person: Person, record: Record | Card | None = None, kind: str = "") -> bool:
    """Does this person see internal notes and fields of the record (or of the kind at all)? Outsiders do not."""
    if record is None:
        return not reach(person, f"{kind}:internal").is_empty
    return may(person, f"{record.kind}:internal", record)


def check_asked(record_type: RecordType, values: Mapping[str, Any], *, is_insider: bool, by: Person | None = None) -> None:
    """People outside open with and amend only what they are asked for. At opening (`by` given) they may say who asks: themselves, or a colleague."""
    if is_insider:
        return
    for name, value in values.items():
        if name not in record_type.fields or record_type.is_asked_outside(name):
            continue
        if by is not None and name == record_type.requester and _is_colleague(by, value):
            continue
        raise Refused(_("Only the provider's own people set %(field)s.") % {"field": name.replace("_", " ")})


def _is_colleague(by: Person, value: Any) -> bool:
    """Is this person, given or by number, somebody of one's own organization? Nobody is one too."""
    key = getattr(value, "pk", value)
    if key in (None, "") or str(key) == str(by.pk):
        return True
    colleagues = Person.objects.filter(organization_id=by.organization_id or 0, tenant_id=by.tenant_id or 0)
    return (number := whole(key)) is not None and colleagues.filter(pk=number).exists()


def why(person: Person, word: str, record: Record | Card) -> list[dict[str, Any]]:
    """Each ground on which this person may say the word here, for the page that answers "why can this person see or do this?".

    A ground is a role (`role`, its `assignment`, perhaps through a `team` or for an `organization`), a share (`why`), an audience, or the system.
    """
    found = reach(person, word)
    if found.is_empty or found.tenant != record.tenant_id:
        return []
    if person.kind == "system":
        return [{"ground": "system", "role": "", "assignment": None}]
    is_reading = word == f"{record.kind}:read"
    is_open_class = not record.access_class or found.everything_classified or record.access_class in found.classes
    grounds: list[dict[str, Any]] = []
    own_role = None
    for grant in found.grants:
        everywhere = grant.organization is None and grant.service is None
        reaches = (
            everywhere or grant.organization == record.organization_id or (grant.service and grant.service == getattr(record, "service_id", None))
        )
        if not any(w in grant.words for w in (word, f"{record.kind}:*", f"*:{word.partition(':')[2]}", "*:*")):
            own_role = grant
        elif is_open_class and reaches:
            grounds.append(
                {"ground": "role", "role": grant.role, "assignment": grant.assignment, "team": grant.via_team, "organization": grant.organization}
            )
    through = own_role or (found.grants[0] if is_reading and found.grants else None)
    if through is not None:
        if own_role is not None and is_reading and is_opened_to(record, person):
            grounds.append({"ground": "audience", "role": through.role, "assignment": through.assignment})
        grounds += [
            {"ground": "share", "role": through.role, "why": share.get_why_display(), "assignment": through.assignment}
            for share in Share.objects.of(person).filter(card_id=record.pk)
        ]
    return grounds


__all__ = ["Refused", "check", "check_asked", "is_inside", "is_shared_with", "may", "may_move", "type_of", "why"]
