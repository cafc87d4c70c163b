"""What trainings and competences show on their pages: who takes part, who holds the role and how they stand."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.sources import day_of, day_words
from plimsoll.kernel.ui.panels import Act, Flag, PanelRow
from plimsoll.support.competence.models import Competence, Participant, Qualification, Training
from plimsoll.support.competence.queries import cells_of, overseen_by
from plimsoll.support.competence.rules import SOON, is_to_be_judged

MOST = 12


class Participants:
    """For whom a training is, and who took part."""

    @property
    def title(self) -> str:
        return _("For whom")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not is_inside(person, record):
            return []
        said = {None: "", True: _("took part"), False: _("did not take part")}
        marks = {None: "ready", True: "done", False: "dropped"}
        found = Participant.objects.filter(training=record.pk).select_related("person")[:MOST]
        return [PanelRow(f"/competences/people/{row.person_id}/", str(row), "", said[row.took_part], marks[row.took_part]) for row in found]

    def more(self, record: Record) -> str:
        return f"/training/{record.number}/people/"

    def change(self, record: Record, person: Person) -> str:
        return self.more(record) if is_inside(person, record) and may(person, "training:amend", record) else ""


class Holders:
    """Who holds the role that needs a competence, and how they stand; for those who oversee it."""

    @property
    def title(self) -> str:
        return _("Holders of the role")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        assert isinstance(record, Competence)
        if record.state != "approved" or not overseen_by(person).filter(pk=record.pk).exists():
            return []
        words = {"met": _("can show it"), "expiring": _("can show it, for a while"), "gap": _("can't show it yet")}
        marks = {"met": "done", "expiring": "waiting", "gap": "new"}
        is_keeper = reach(person, "qualification:read").everything
        return [
            PanelRow(f"/competences/people/{c.person.pk}/" if is_keeper else "", c.person.name, "", words[c.standing], marks[c.standing])
            for c in cells_of(record.tenant, [record])[:MOST]
        ]

    def more(self, record: Record) -> str:
        return f"/competences/matrix/?competence={record.number}"

    def change(self, record: Record, person: Person) -> str:
        return ""


def training_flags(record: Record, person: Person) -> list[Flag]:
    """S-061: that it is to be judged by now."""
    assert isinstance(record, Training)
    if record.state != "done" or not is_inside(person, record):
        return []
    if not is_to_be_judged(record.done_on, record.evaluate_after, day_of(record.tenant, now())):
        return []
    said = {"n": record.evaluate_after, "day": day_words(record.done_on)}
    return [Flag(_("It was done on %(day)s and was to be judged after %(n)d days. Say whether it worked.") % said)]


def training_acts(record: Record, person: Person) -> list[Act]:
    """Writing down what those who took part can show."""
    if not isinstance(record, Training) or not is_inside(person, record) or not may(person, "training:amend", record):
        return []
    return [Act(_("Who takes part…"), f"/training/{record.number}/people/", "users")]


def qualification_flags(record: Record, person: Person) -> list[Flag]:
    """That it ends soon, or has ended."""
    assert isinstance(record, Qualification)
    if record.state != "verified" or record.expires_on is None:
        return []
    today = day_of(record.tenant, now())
    if record.expires_on < today:
        return [Flag(_("It was valid until %(day)s.") % {"day": day_words(record.expires_on)})]
    return (
        [Flag(_("It is valid until %(day)s. Renew it in time.") % {"day": day_words(record.expires_on)})] if record.expires_on <= today + SOON else []
    )
