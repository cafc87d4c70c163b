"""What the portal's page of one thing asks while it stands open: what happened meanwhile, as far as an outsider is told. 304 while nothing did."""

from __future__ import annotations

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import type_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.happened import Act, Reader, entries_of
from plimsoll.kernel.ui.live_pages import LivePage
from plimsoll.kernel.ui.shown import Names

LAST = 20


class PortalLivePage(LivePage):
    """`/portal/{plural}/{number}/live/?seen=`. Who of us has it open is not told to customers."""

    def page_of(self, record: Record) -> str:
        return f"/portal/{self.record_type.plural_kind}/{record.number}/"

    def who(self, record: Record) -> str:
        return ""

    def linked(self, record: Record) -> str:
        return ""  # the portal shows no cards of other things


def outsiders_reader(record: Record, person: Person, names: Names) -> tuple[Reader, list[Act]]:
    """Who reads the newest acts of a thing in the portal, and those acts; the names in them are asked for."""
    customs = {c.name: c for c in customs_of(person.tenant, record.kind) if c.is_public}
    reader = Reader(type_of(record), workflow_of(person.tenant, record.kind), customs, names, False, person.pk)
    acts = entries_of(record.pk, most=LAST)
    reader.want(acts)
    return reader, acts
