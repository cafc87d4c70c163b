"""Reads of notices with a name: the inbox by record, what waits to be mailed, and who is told no more of what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.notifications.models import Mail, Mute, Notice
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
NEWEST = 5  # notices of a record that the inbox shows; the rest are counted


@dataclass(slots=True)
class Group:
    """What one person was told of one record: the newest few, how many are unread, and whether they hear more of it."""

    card: Card
    mark: int  # the newest notice, by which pages go on
    notices: list[Notice] = field(default_factory=list)
    unread: int = 0
    is_muted: bool = False


def inbox(
    person: Person, *, before: int | None = None, kind: str = "", record_kind: str = "", only_unread: bool = False, most: int = 50
) -> tuple[list[Group], int | None]:
    """The records of which somebody was told, the one told of last first, in a constant number of queries; and the mark of the next page.

    What may no longer be seen is left out: a page may then be shorter than `most`.
    """
    told = Notice.objects.filter(person_id=person.pk, card__isnull=False)
    if kind:
        told = told.filter(kind=kind)
    if record_kind:
        told = told.filter(card__kind=record_kind)
    if only_unread:
        told = told.filter(read_at=None)
    same = Notice.objects.filter(person_id=person.pk, card_id=OuterRef("card_id"), pk__gt=OuterRef("pk"))
    if kind:
        same = same.filter(kind=kind)
    if only_unread:
        same = same.filter(read_at=None)
    newest = told.exclude(Exists(same))
    if before is not None:
        newest = newest.filter(pk__lt=before)
    rows = list(newest.order_by("-pk").values_list("pk", "card_id")[: most + 1])
    more = rows[most - 1][0] if len(rows) > most else None
    rows = rows[:most]
    cards = [card for _pk, card in rows if card is not None]
    seen = {c.pk: c for part in visible_cards(person, Card.objects.filter(pk__in=cards)) for c in part}
    groups = {card: Group(seen[card], pk) for pk, card in rows if card in seen}
    ranked = told.filter(card_id__in=list(groups)).annotate(place=Window(RowNumber(), partition_by=F("card_id"), order_by=F("pk").desc()))
    for notice in ranked.filter(place__lte=NEWEST).select_related("card__tenant", "entry__actor").order_by("-pk"):
        groups[notice.card_id or 0].notices.append(notice)
    counted = Notice.objects.filter(person_id=person.pk, card_id__in=list(groups), read_at=None).order_by()
    for card, unread in counted.values_list("card_id").annotate(Count("pk")):
        groups[card].unread = unread
    for card in Mute.objects.filter(person_id=person.pk, card_id__in=list(groups)).values_list("card_id", flat=True):
        groups[card].is_muted = True
    # numbers go with time but for what was written late: within a page the moment decides, as it is what people read there
    return sorted(groups.values(), key=lambda group: (group.notices[0].created_at, group.mark) if group.notices else (_LONG_AGO, 0), reverse=True), more


def muted_by(person: Person, most: int = 200) -> list[Card]:
    """The records that somebody hears no more of, as far as they may see them; the newest mute first."""
    keys = list(Mute.objects.filter(person_id=person.pk).order_by("-pk").values_list("card_id", flat=True)[:most])
    seen = {c.pk: c for part in visible_cards(person, Card.objects.filter(pk__in=keys)) for c in part}
    return [seen[pk] for pk in keys if pk in seen]


def waiting_mail(tenant: Tenant, after: int = 0, most: int = 100) -> list[tuple[Person, str, int, datetime]]:
    """What waits to leave, by person and by what it waits for: how many notices, and when the first is due. By the person's number."""
    waits = Notice.objects.filter(mail=None, read_at=None, mail_due_at__isnull=False, person__tenant=tenant, person_id__gt=after)
    rows = waits.order_by("person_id", "waits_for").values("person_id", "waits_for").annotate(n=Count("pk"), first=Min("mail_due_at"))
    found = list(rows[:most])
    people = Person.objects.in_bulk({row["person_id"] for row in found})
    return [(people[row["person_id"]], row["waits_for"], row["n"], row["first"]) for row in found]


def mails_not_over(tenant: Tenant, most: int = 100) -> QuerySet[Mail]:
    """Mails that were made and are not sent: they wait for their job, are being sent, or nobody knows. The newest first."""
    rows = Mail.objects.filter(~Q(state__in=("sent", "dropped")), person__tenant=tenant)
    return rows.select_related("person").annotate(n=Count("notices")).order_by("-pk")[:most]
