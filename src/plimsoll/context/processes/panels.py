"""What a process shows on its page: its parts, what others give to it, what the records show, and what is not as it should be."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.context.parts.declaring import PartType
from plimsoll.context.processes.models import Activity, Duty, Factor, Flow, Interface, Process
from plimsoll.context.processes.parts import ACTIVITIES, DUTIES, FACTORS, FLOWS, INTERFACES
from plimsoll.context.processes.queries import faults_of
from plimsoll.context.processes.rules import ACCOUNTABLE
from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.ui.panels import Act, Flag, PanelRow

MOST = 8
MOST_FLAGS = 4


class _Parts:
    """The parts of one sort, each a line, and where they are changed."""

    part_type: PartType

    @property
    def title(self) -> str:
        return str(self.part_type.title)

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not is_inside(person, record):
            return []
        rows = self.part_type.model._default_manager.filter(process=record.pk).select_related(*self.part_type.foreign)
        return [self.row(part, self.more(record)) for part in rows[:MOST]]

    def row(self, part: object, here: str) -> PanelRow:
        return PanelRow(here, str(part), "", "", "active")

    def more(self, record: Record) -> str:
        return f"/processes/{record.number}/{self.part_type.plural}/"

    def change(self, record: Record, person: Person) -> str:
        return self.more(record) if is_inside(person, record) and may(person, "process:amend", record) else ""


class Activities(_Parts):
    """In their order, each with who is accountable."""

    part_type = ACTIVITIES

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not is_inside(person, record):
            return []
        answers = {d.activity_id: d.role.title for d in Duty.objects.filter(process=record.pk, letter=ACCOUNTABLE).select_related("role")}
        return [
            PanelRow(self.more(record), a.name, "", answers.get(a.pk) or _("Nobody is accountable yet."), "active" if a.pk in answers else "new")
            for a in Activity.objects.filter(process=record.pk)[:MOST]
        ]


class Duties(_Parts):
    part_type = DUTIES

    def row(self, part: object, here: str) -> PanelRow:
        assert isinstance(part, Duty)
        return PanelRow(here, part.role.title, part.letter, part.activity.name, "active")


class Flows(_Parts):
    part_type = FLOWS

    def row(self, part: object, here: str) -> PanelRow:
        assert isinstance(part, Flow)
        return PanelRow(here, part.name, "", f"{part.get_direction_display()} {part.outside}".strip(), "active")


class Gives(_Parts):
    part_type = INTERFACES

    def row(self, part: object, here: str) -> PanelRow:
        assert isinstance(part, Interface)
        said = {"to": part.to.title, "often": str(part.get_frequency_display()).lower()}
        return PanelRow(here, part.information, part.to.reference, _("to %(to)s, %(often)s") % said, "active")


class Receives:
    """What other processes give to it; entered on them."""

    @property
    def title(self) -> str:
        return _("Receives from others")

    def rows(self, record: Record, person: Person) -> list[PanelRow]:
        if not is_inside(person, record):
            return []
        rows = Interface.objects.filter(to=record.pk, process__is_open=True).select_related("process").order_by("process__title", "pk")
        return [
            PanelRow(
                f"/processes/{i.process.number}/", i.information, i.process.reference, _("from %(title)s") % {"title": i.process.title}, "active"
            )
            for i in rows[:MOST]
        ]

    def more(self, record: Record) -> str:
        return f"/processes/{record.number}/sipoc/"

    def change(self, record: Record, person: Person) -> str:
        return ""


class Factors(_Parts):
    part_type = FACTORS

    def row(self, part: object, here: str) -> PanelRow:
        assert isinstance(part, Factor)
        said = " · ".join(text for text in (part.indicator, part.target) if text)
        return PanelRow(here, part.name, "", said or _("No indicator yet."), "active" if part.indicator else "new")


def process_flags(record: Record, person: Person) -> list[Flag]:
    """What is not as it should be with a process in force, for insiders who see every process; the first few, the rest on the map."""
    if not isinstance(record, Process) or record.state != "in_force" or not is_inside(person, record) or not reach(person, "process:read").everything:
        return []
    found = faults_of(record.tenant, only=record.pk)
    shown = [Flag(finding.sentence) for finding in found[:MOST_FLAGS]]
    if len(found) > MOST_FLAGS:
        said = _("%(n)d more stand on the map of processes.") % {"n": len(found) - MOST_FLAGS}
        shown.append(Flag(said, "watch", ((_("Map of processes"), "/processes/map/"),)))
    return shown


def process_acts(record: Record, person: Person) -> list[Act]:
    """What goes in and out in one view, and the document that describes it."""
    if not isinstance(record, Process) or not is_inside(person, record):
        return []
    acts = [Act(_("Suppliers, inputs, outputs, customers"), f"/processes/{record.number}/sipoc/", "network")]
    described = Document.objects.visible_to(person).filter(about=record.reference).order_by("-number").first()
    if described is not None:
        acts.append(Act(_("Its document: %(title)s") % {"title": described.title}, f"/documents/{described.number}/", "file-text"))
    elif not reach(person, "document:open").is_empty:
        acts.append(Act(_("Write its document…"), f"/documents/templates/process-description/?about={record.reference}", "file-text"))
    return acts
