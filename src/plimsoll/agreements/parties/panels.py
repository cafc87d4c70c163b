"""What an operation by another party shows on its page: the four proofs of control as a score, and what is wrong."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.agreements.parties.models import OtherPartyOperation, Proof
from plimsoll.agreements.parties.queries import faults_of, scorecards
from plimsoll.agreements.parties.rules import FRESH, STALE
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.sources import day_of, day_words
from plimsoll.kernel.ui.panels import Flag, PanelRow

MOST_FLAGS = 6


class Scorecard:
    """The four boxes: each with its newest proof, and how it stands (S-074 to S-078)."""

    @property
    def title(self) -> str:
        return _("Proof of control")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not isinstance(record, OtherPartyOperation) or not is_inside(person, record):
            return []
        card = scorecards([record], day_of(record.tenant, now()))[0]
        names = dict(Proof.BOXES)
        rows = []
        for box, standing in card.boxes.items():
            newest = next(iter(card.proofs[box]), None)
            if newest is None:
                how, category, tone = _("Nothing proves it."), "new", "bad"
            else:
                said = {"name": newest.name, "kind": newest.get_kind_display(), "day": day_words(newest.judged.good_until)}
                how = (
                    _("%(kind)s: %(name)s, counts until %(day)s") if standing == FRESH else _("%(kind)s: %(name)s, out of date since %(day)s")
                ) % said
                category, tone = ("wait", "watch") if standing == STALE else ("done", "")
            rows.append(PanelRow(self.more(record), str(names[box]), "", how, category, tone))
        return rows

    def more(self, record: Record) -> str:
        return f"/other-parties/{record.number}/proofs/"

    def change(self, record: Record, person: Person) -> str:
        return self.more(record) if is_inside(person, record) and may(person, "otherpartyoperation:amend", record) else ""


def operation_flags(record: Record, person: Person) -> list[Flag]:
    """The score, and each finding of what runs, for insiders."""
    if not isinstance(record, OtherPartyOperation) or record.state != "running" or not is_inside(person, record):
        return []
    score = scorecards([record], day_of(record.tenant, now()))[0].score
    found = [Flag(finding.sentence) for finding in faults_of(record.tenant, only=record.pk)[:MOST_FLAGS]]
    return [Flag(_("%(n)d of the four proofs of control count today.") % {"n": score}), *found] if found else []
