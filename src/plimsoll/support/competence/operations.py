"""Writes of competence beside open, amend and move: who takes part in a training, what that shows of them, plans for gaps, the scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check as check_word
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.settings import keep_setting
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.events import Erased
from plimsoll.kernel.records.operations import locked, open_record
from plimsoll.kernel.records.permissions import check
from plimsoll.kernel.records.redaction import redact
from plimsoll.support.competence.models import LEVELS, PROOFS, Competence, Participant, Qualification, Training
from plimsoll.support.competence.queries import SETTING, Cell
from plimsoll.support.competence.record import QUALIFICATION, TRAINING

MOST = 500  # people in one training
ENDED = ("effective", "not_effective", "followed_up", "dropped")


def name_participants(training: Training, people: Sequence[Person], *, by: Person, channel: str, at: datetime | None = None) -> list[Participant]:
    """Say for whom a training is; who is named already stays as they are. Needs `training:amend`; raises `Refused` or `Faulty`."""
    with writing():
        fresh = locked(training)
        check(by, "training:amend", fresh)
        there = set(Participant.objects.filter(training=fresh.pk).values_list("person_id", flat=True))
        new = {p.pk: p for p in people if p.pk not in there}
        faults = [Fault("person", _("There is no such person.")) for p in new.values() if p.tenant_id != fresh.tenant_id or p.kind != "human"]
        if fresh.state in ENDED:
            faults.append(Fault("", _("It has ended; nobody is added any more.")))
        if len(there) + len(new) > MOST:
            faults.append(Fault("", _("A training has at most %(n)d people. Plan another.") % {"n": MOST}))
        if faults:
            raise Faulty(faults)
        if not new:
            return []
        made = [Participant.objects.create(training_id=fresh.pk, person=p) for p in new.values()]
        parts.tell(fresh, "add participants", by=by, channel=channel, changes={"people": (None, sorted(new))}, at=at)
    return made


def note_participation(training: Training, took_part: Mapping[int, bool], *, by: Person, channel: str, at: datetime | None = None) -> None:
    """Say of those named, by their persons' keys, whether they took part; of others nothing is said. Needs `training:amend`."""
    with writing():
        fresh = locked(training)
        check(by, "training:amend", fresh)
        rows = list(Participant.objects.filter(training=fresh.pk))
        if fresh.state in ENDED:
            raise Faulty([Fault("", _("It was judged already; who took part stays as it was noted."))])
        changed = [row for row in rows if row.person_id in took_part and row.took_part is not took_part[row.person_id]]
        for row in changed:
            row.took_part = took_part[row.person_id]
            row.save(update_fields=["took_part"])
        if changed:
            told = sorted(row.person_id for row in rows if row.took_part)
            parts.tell(fresh, "note participants", by=by, channel=channel, changes={"took_part": (None, told)}, at=at)


def remove_participant(participant: Participant, *, by: Person, channel: str, at: datetime | None = None) -> None:
    """Take somebody off the list, while nothing is noted of them. Needs `training:amend`."""
    with writing():
        fresh = locked(participant.training)
        check(by, "training:amend", fresh)
        if fresh.state in ENDED or participant.took_part:
            raise Faulty([Fault("", _("They took part, or it has ended; the list stays as it is."))])
        key = participant.person_id
        participant.delete()
        parts.tell(fresh, "remove participants", by=by, channel=channel, changes={"people": ([key], None)}, at=at)


def write_qualifications(
    training: Training,
    *,
    level: int,
    proof: str,
    by: Person,
    channel: str,
    expires_on: date | None = None,
    at: datetime | None = None,
) -> list[Qualification]:
    """S-060: what those who took part can show now, in one act, each to be checked by somebody else. Who has one from it gets no second.

    Needs `qualification:open`, and `training:amend`.
    """
    with writing():
        fresh = locked(training)
        check(by, "training:amend", fresh)
        faults = []
        if fresh.competence_id is None:
            faults.append(Fault("", _("The training names no competence. Say which one it is for.")))
        if fresh.done_on is None:
            faults.append(Fault("", _("It is not done yet.")))
        if level not in dict(LEVELS):
            faults.append(Fault("level", _("There is no such level.")))
        if proof not in dict(PROOFS):
            faults.append(Fault("proof", _("There is no such proof.")))
        if faults:
            raise Faulty(faults)
        competence = Competence.objects.get(pk=fresh.competence_id)
        there = set(Qualification.objects.filter(training=fresh.pk).values_list("person_id", flat=True))
        made: list[Qualification] = []
        for row in Participant.objects.filter(training=fresh.pk, took_part=True).exclude(person__in=there).select_related("person"):
            opened = open_record(
                QUALIFICATION,
                by=by,
                channel=channel,
                at=at,
                title=competence.title,
                person=row.person,
                competence=competence,
                level=level,
                proof=proof,
                basis=_("Took part in %(training)s.") % {"training": f"{fresh.reference} {fresh.title}"},
                obtained_on=fresh.done_on,
                expires_on=expires_on,
                training=fresh,
            )
            assert isinstance(opened, Qualification)
            made.append(opened)
        if made:
            numbers = [q.reference for q in made]
            parts.tell(fresh, "write qualifications", by=by, channel=channel, changes={"qualifications": (None, numbers)}, at=at)
    return made


def plan_for_gaps(cells: Sequence[Cell], *, by: Person, channel: str, at: datetime | None = None) -> list[Training]:
    """One proposed training for each competence of some gaps, with the people who lack it. Needs `training:open` and `training:amend`."""
    with writing():
        grouped: dict[int, list[Cell]] = {}
        for cell in cells:
            if cell.standing != "met" and cell.planned is None:
                grouped.setdefault(cell.competence.pk, []).append(cell)
        made: list[Training] = []
        for some in grouped.values():
            competence = some[0].competence
            training = open_record(
                TRAINING,
                by=by,
                channel=channel,
                at=at,
                title=_("Reach: %(title)s") % {"title": competence.title},
                description=_("To be able to show “%(title)s” at level %(level)d.") % {"title": competence.title, "level": competence.level},
                competence=competence,
                audience=(competence.role.title if competence.role else "")[:250],
                owner=by,
            )
            assert isinstance(training, Training)
            name_participants(training, [cell.person for cell in some], by=by, channel=channel, at=at)
            made.append(training)
    return made


def keep_scale(words: Sequence[str], *, by: Person, channel: str) -> None:
    """Say what the levels mean, the lowest first: between two and five. Needs `competence:retire`."""
    check_word(by, "competence:retire")
    said = [" ".join(word.split()) for word in words if word.strip()]
    if not 2 <= len(said) <= len(LEVELS) or any(len(word) > 200 or "\x00" in word for word in said):
        raise Faulty([Fault("scale", _("Between two and five levels, a line of at most 200 characters each."))])
    assert by.tenant is not None
    keep_setting(by.tenant, SETTING, said, by=by, channel=channel)


def erase_with_the_person(event: Erased) -> None:
    """Wired to `Erased`: the words of what was kept of that person alone go too; levels, days and decisions stay, so that figures do."""
    for record in Qualification.objects.filter(person=event.person_id).select_related("tenant").order_by("pk"):
        redact(record, by=system_person(record.tenant), channel="rule", reason=event.reason, fields=["basis"])
