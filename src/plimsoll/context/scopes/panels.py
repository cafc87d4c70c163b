"""What scopes, units and locations show on their pages."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from plimsoll.context.parts.declaring import PartType
from plimsoll.context.scopes.models import Milestone, Scope, Unit
from plimsoll.context.scopes.parts import EXCLUSIONS, MILESTONES, RESOURCES
from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.ui.panels import Act, PanelRow

MOST = 8


class PartsPanel:
    """The parts of one sort on a record, each a line, and where they are changed."""

    part_type: PartType

    @property
    def title(self) -> str:
        return str(self.part_type.title)

    def _here(self, record: Record) -> str:
        return f"/{record.kind}s/{record.number}/{self.part_type.plural}/"

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not is_inside(person, record):
            return []
        rows = self.part_type.model._default_manager.filter(**{self.part_type.record: record.pk}).select_related(*self.part_type.cards)[:MOST]
        return [PanelRow(self._here(record), str(part), "", self.how(part), self.category(part)) for part in rows]

    def how(self, part: object) -> str:
        return ""

    def category(self, part: object) -> str:
        return "active"

    def more(self, record: Record) -> str:
        return self._here(record)

    def change(self, record: Record, person: Person) -> str:
        return self._here(record) if is_inside(person, record) and may(person, f"{record.kind}:amend", record) else ""


class Exclusions(PartsPanel):
    part_type = EXCLUSIONS

    def how(self, part: object) -> str:
        return str(getattr(part, "reason", ""))

    def category(self, part: object) -> str:
        return "dropped"


class Timeline(PartsPanel):
    part_type = MILESTONES

    def how(self, part: object) -> str:
        assert isinstance(part, Milestone)
        if part.done_on is not None:
            return _("Done on %(day)s.") % {"day": date_format(part.done_on, "j F Y")}
        return _("Due on %(day)s.") % {"day": date_format(part.due_on, "j F Y")}

    def category(self, part: object) -> str:
        return "done" if getattr(part, "done_on", None) else "ready"


class Resources(PartsPanel):
    part_type = RESOURCES

    def how(self, part: object) -> str:
        return str(getattr(part, "amount", ""))


class UnitsBelow:
    """The units that belong to one, as far as the reader may see them."""

    @property
    def title(self) -> str:
        return _("Belong to it")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        found = Unit.objects.visible_to(person).filter(parent=record.pk, is_open=True).order_by("title")[:MOST]
        return [
            PanelRow(f"/units/{u.number}/", u.title, u.reference, _("In scope.") if u.in_scope else _("Not in scope."), u.category) for u in found
        ]

    def more(self, record: Record) -> str:
        return ""

    def change(self, record: Record, person: Person) -> str:
        return ""


def scope_acts(record: Record, person: Person) -> list[Act]:
    """The statement as it reads, and the next draft of what is approved."""
    if not isinstance(record, Scope) or not is_inside(person, record):
        return []
    acts = [Act(_("Read the scope that holds"), "/scope/", "eye")]
    if not reach(person, "scope:open").is_empty and may(person, "scope:amend", record):
        reasons = () if record.state in ("approved", "superseded") else (_("It is being written still; change this one."),)
        acts.append(Act(_("Draft the next one…"), f"/scopes/{record.number}/next/", "copy", reasons))
    return acts


__all__ = ["Exclusions", "Resources", "Timeline", "UnitsBelow", "scope_acts"]
