"""Who decides in whose place, from when to when, and the sight that goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check, in_force
from plimsoll.kernel.approvals.models import StandIn
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.models import Record, Share


def stood_in_for(person: Person, moment: datetime | None = None) -> list[int]:
    """Those whose stand-in a person is now."""
    at = moment or now()
    return list(StandIn.objects.filter(in_force(at), stand_in=person, person__is_active=True).values_list("person_id", flat=True))


def share_with_stand_ins(record: Record, people: Sequence[Person]) -> None:
    """Sight for those who stand in for these people, as long as they do: who decides in another's place reads what it is about."""
    for row in StandIn.objects.filter(person__in=people, ended_at__gt=now()).exclude(stand_in__in=people):
        _share(record.pk, row)


def _share(card: int, row: StandIn) -> None:
    Share.objects.update_or_create(card_id=card, person_id=row.stand_in_id, why="approver", defaults={"until": row.ended_at})


def end_shares(card: int, moment: datetime) -> None:
    """The sight that came with being asked ends with the question."""
    Share.objects.filter(Q(until=None) | Q(until__gt=moment), card_id=card, why="approver").update(until=moment)


def keep_stand_in(*, person: Person, stand_in: Person, started_at: datetime, ended_at: datetime, by: Person, channel: str) -> StandIn:
    """Let somebody decide in one's place for a time; for others it needs the word `person:keep`."""
    if by.pk != person.pk:
        check(by, "person:keep", organization=person.organization_id)
    if person.tenant_id != by.tenant_id or stand_in.tenant_id != by.tenant_id or not stand_in.is_active:
        raise Faulty([Fault("stand_in", _("There is no such person."))])
    with writing():
        made = StandIn(tenant=person.tenant, person=person, stand_in=stand_in, started_at=started_at, ended_at=ended_at)
        made.full_clean()
        made.save()
        for card in Share.objects.filter(person=person, why="approver", until=None).values_list("card_id", flat=True):
            _share(card, made)
        publish(
            KeptChanged(
                tenant_id=made.tenant_id,
                kind="stand_in",
                subject_id=made.pk,
                action="keep",
                by_id=by.pk,
                channel=channel,
                changes={
                    "person": (None, person.pk),
                    "stand_in": (None, stand_in.pk),
                    "started_at": (None, started_at),
                    "ended_at": (None, ended_at),
                },
            )
        )
    return made


def end_stand_in(row: StandIn, *, by: Person, channel: str) -> None:
    """Somebody decides in one's place no more, from now on; one that has not begun never will. For others it needs the word `person:keep`."""
    with writing():
        kept = StandIn.objects.select_for_update(of=("self",)).select_related("person", "stand_in").get(pk=row.pk, tenant_id=by.tenant_id or 0)
        if by.pk != kept.person_id:
            check(by, "person:keep")
        moment, planned, subject = now(), kept.ended_at, kept.pk
        if planned <= moment:
            return
        if kept.started_at < moment:
            kept.ended_at = moment
            kept.save(update_fields=["ended_at"])
        else:
            kept.delete()
        _end_sight(kept.stand_in, planned, moment)
        publish(
            KeptChanged(
                tenant_id=kept.tenant_id,
                kind="stand_in",
                subject_id=subject,
                action="end",
                by_id=by.pk,
                channel=channel,
                changes={"person": (kept.person_id, None), "stand_in": (kept.stand_in_id, None), "ended_at": (planned, moment)},
            )
        )


def _end_sight(stand_in: Person, planned: datetime, moment: datetime) -> None:
    """The sight that came with standing in ends too, but where they stand in for somebody else who is asked the same."""
    others = dict(StandIn.objects.filter(stand_in=stand_in, ended_at__gt=moment).order_by("ended_at").values_list("person_id", "ended_at"))
    for share in Share.objects.filter(person=stand_in, why="approver", until=planned):
        asked = Share.objects.filter(card_id=share.card_id, person__in=others, why="approver", until=None).values_list("person_id", flat=True)
        share.until = max((others[pk] for pk in asked if pk is not None), default=moment)
        share.save(update_fields=["until"])
