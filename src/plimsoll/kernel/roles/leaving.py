"""Somebody leaves: their open work goes to named successors, and everything that they could do ends, in one transaction.

Erasing stands here too: it comes after leaving, and both reach from people to records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.utils.translation import gettext as _

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import check, forget_grants
from plimsoll.kernel.drafts.models import Draft
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import ApiToken, Invitation, Membership, Person, PersonSession, TeamMembership
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import ChecklistItem, Record
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.records.parts import release_shares
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.queries import record_of
from plimsoll.kernel.records.redaction import redact_person
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Assignment
from plimsoll.kernel.workflow.flow import OPEN_CATEGORIES


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What somebody still has in hand: records that they own, and things to tick on any record."""

    cards: list[Card]
    items: list[ChecklistItem]

    @property
    def is_empty(self) -> bool:
        return not (self.cards or self.items)


def open_work(person: Person) -> OpenWork:
    """The open records and checklist items of a person, whoever asks: the leaver page is for those who keep people. Two queries."""
    cards = list(Card.objects.filter(owner=person, category__in=OPEN_CATEGORIES).select_related("organization").order_by("kind", "number"))
    items = list(
        ChecklistItem.objects.filter(owner=person, done_at=None, removed_at=None, card__category__in=OPEN_CATEGORIES)
        .select_related("card")
        .order_by("card", "position")
    )
    return OpenWork(cards, items)


def leave(*, person: Person, successors: Mapping[str, Person], by: Person, channel: str, at: datetime | None = None) -> Person:
    """End everything of a person: memberships, teams, roles, keys, sessions, shares; hand their open work to its takers.

    `successors` maps a record's reference ("INC-1042"), else its kind ("incident"), else "*" to the taker. Raises `Faulty` with a
    sentence per record that has no taker, or whose taker may not amend it; then nothing was written.
    Needs `person:keep`; work of kinds that `by` may not amend is handed over by the system, at their order.
    """
    check(by, "person:keep", organization=person.organization_id)
    moment = at or now()
    with writing():
        leaver = (
            Person.objects.select_for_update(of=("self",))
            .select_related("tenant", "organization")
            .filter(pk=person.pk, tenant_id=by.tenant_id or 0)
            .first()
        )
        if leaver is None or leaver.kind == "system":
            raise Faulty([Fault("", _("There is no such person."))])
        if not leaver.is_active:
            raise Faulty([Fault("", _("%(name)s has left already.") % {"name": leaver})])
        if leaver.pk == by.pk:
            raise Faulty([Fault("", _("Nobody closes their own account; somebody else who keeps people can."))])
        work = open_work(leaver)
        takers = _takers(leaver, work, successors)
        executor = system_person(leaver.tenant) if leaver.tenant else by
        for card in work.cards:
            _hand_over(record_of(card), takers[card.pk], leaver, by=by, executor=executor, channel=channel)
        for item in work.items:
            item.owner = takers[item.card_id]
            item.save(update_fields=["owner"])
        ended = _end_rights(leaver, by=by, executor=executor, channel=channel, at=moment)
        leaver.is_active, leaver.left_at = False, moment
        leaver.set_unusable_password()
        leaver.save(update_fields=["is_active", "left_at", "password"])
        handed = {card.reference: takers[card.pk].pk for card in work.cards}
        ticks = {str(item.pk): takers[item.card_id].pk for item in work.items}
        publish(
            KeptChanged(
                tenant_id=leaver.tenant_id or 0,
                kind="person",
                subject_id=leaver.pk,
                action="leave",
                by_id=by.pk,
                channel=channel,
                changes={"left_at": (None, moment), "handed_over": (None, handed), "checklist_handed_over": (None, ticks), "ended": (None, ended)},
            )
        )
    forget_grants(person)
    return leaver


def _takers(leaver: Person, work: OpenWork, successors: Mapping[str, Person]) -> dict[int, Person]:
    """The taker of each card, or every reason why not at once."""
    takers: dict[int, Person] = {}
    faults: list[Fault] = []
    fresh = {
        p.pk: p
        for p in Person.objects.select_related("tenant", "organization").filter(
            pk__in={p.pk for p in successors.values()}, tenant_id=leaver.tenant_id or 0
        )
    }
    cards = {card.pk: card for card in work.cards} | {item.card_id: item.card for item in work.items}
    for pk, card in cards.items():
        named = successors.get(card.reference) or successors.get(card.kind) or successors.get("*")
        taker = fresh.get(named.pk) if named else None
        if taker is None:
            faults.append(Fault(card.reference, _("%(reference)s has no taker.") % {"reference": card.reference}))
        elif taker.pk == leaver.pk or not taker.is_active or taker.kind != "human":
            faults.append(
                Fault(
                    card.reference, _("%(name)s can't take %(reference)s: they leave, or have left.") % {"name": taker, "reference": card.reference}
                )
            )
        elif not may(taker, f"{card.kind}:amend", record_of(card)):
            faults.append(
                Fault(
                    card.reference,
                    _("%(name)s may not work on %(reference)s. Choose somebody else, or give them a role that may.")
                    % {"name": taker, "reference": card.reference},
                )
            )
        else:
            takers[pk] = taker
    if faults:
        raise Faulty(faults)
    return takers


def _hand_over(record: Record, taker: Person, leaver: Person, *, by: Person, executor: Person, channel: str) -> None:
    actor = by if may(by, f"{record.kind}:amend", record) else executor
    amend(record, by=actor, channel=channel, owner=taker, note=_("Handed over, because its owner left."))


def _end_rights(leaver: Person, *, by: Person, executor: Person, channel: str, at: datetime) -> dict[str, int]:
    """Everything that a person may do ends; returns how much of each sort."""
    still = Q(ended_at=None) | Q(ended_at__gt=at)
    ended = {"roles": 0}
    for assignment in Assignment.objects.filter(person=leaver, state__in=["proposed", "in_force"]).select_related("tenant", "organization"):
        name = "end" if assignment.state == "in_force" else "refuse"
        actor = by if may(by, f"assignment:{name}", assignment) else executor
        move(assignment, name, by=actor, channel=channel, note=_("Its holder left."))
        ended["roles"] += 1
    ended["grants"] = Grant.objects.filter(still, person=leaver).update(ended_at=at)
    # a period that had not begun ends where it begins: the constraint allows no end before the start
    Membership.objects.filter(person=leaver, ended_at=None, started_at__gt=at).delete()
    TeamMembership.objects.filter(person=leaver, ended_at=None, started_at__gt=at).delete()
    ended["memberships"] = Membership.objects.filter(person=leaver, ended_at=None).update(ended_at=at)
    ended["teams"] = TeamMembership.objects.filter(person=leaver, ended_at=None).update(ended_at=at)
    ended["tokens"] = ApiToken.objects.filter(person=leaver, revoked_at=None).update(revoked_at=at)
    ended["sessions"] = PersonSession.objects.filter(person=leaver).delete()[0]
    ended["invitations"] = Invitation.objects.filter(person=leaver, accepted_at=None, revoked_at=None).update(revoked_at=at)
    ended["shares"] = release_shares(leaver, at=at)
    return ended


def erase(*, person: Person, by: Person, channel: str, reason: str) -> Person:
    """Take away who somebody was: name, address, external reference, preferences, keys, second factor, and the same in the trail's details.

    The number and the roles they had stay, so that the trail keeps its sense. They must have left. Needs `person:erase` and a reason.
    """
    check(by, "person:erase", organization=person.organization_id)
    if not reason.strip():
        raise Faulty([Fault("reason", _("Say on whose order and why."))])
    with writing():
        gone = Person.objects.select_for_update(of=("self",)).filter(pk=person.pk, tenant_id=by.tenant_id or 0).exclude(kind="system").first()
        if gone is None:
            raise Faulty([Fault("", _("There is no such person."))])
        if gone.erased_at is not None:
            raise Faulty([Fault("", _("This person was erased."))])
        if gone.is_active and gone.kind == "human":
            raise Faulty([Fault("", _("%(name)s has not left yet. Only people who left are erased.") % {"name": gone})])
        gone.name, gone.email, gone.external_reference = _("Erased person %(number)d") % {"number": gone.pk}, None, ""
        gone.timezone = gone.language = ""
        gone.preferences, gone.erased_at, gone.is_active = {}, now(), False
        gone.set_unusable_password()
        gone.save()
        for rows in (
            PersonSession.objects.filter(person=gone),
            ApiToken.objects.filter(person=gone),
            Invitation.objects.filter(person=gone),
            Draft.objects.filter(person=gone),
            EmailAddress.objects.filter(user=gone),
            Authenticator.objects.filter(user=gone),
        ):
            rows.delete()
        redact_person(gone, by=by, channel=channel, reason=reason)
    return gone
