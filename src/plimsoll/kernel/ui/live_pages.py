"""What a record page asks while it stands open: what happened meanwhile, who else is there. Answers 304 while nothing did."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import sign_of_access
from plimsoll.kernel.lib.text import canonical, whole
from plimsoll.kernel.notifications.operations import read, unread_of
from plimsoll.kernel.presence.operations import There, be_there, leave, others_at
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.happened import Act, Reader, entries_of
from plimsoll.kernel.ui.shown import Names
from plimsoll.kernel.ui.taken_in import ends_of

MOST = 20
TOLD = 3


def seen_by(reader: Reader, entries: Sequence[Act]) -> int:
    """The newest entry that this reader sees: what happens after it is news. What they may not see leaves no gap in it."""
    return next((entry.id for entry in reversed(entries) if reader.lines([entry])), 0)


class LivePage(DeclaredView):
    """`…/live/?seen=`: what happened since the entry of that number, in words, and who else is there. 404 when it is no longer theirs to see."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        told = {
            "sentence": self._news(record, whole(request.GET.get("seen", "")) or 0),
            "href": self.page_of(record),
            "people": self.who(record),
            "linked": self.linked(record),
        }
        tag = f'"{sha256((canonical(told) + sign_of_access(self.person)).encode()).hexdigest()[:20]}"'
        if request.headers.get("If-None-Match") == tag:
            return HttpResponseNotModified(headers={"ETag": tag})
        return JsonResponse(told, headers={"ETag": tag})

    def page_of(self, record: Record) -> str:
        """The page that asks, where the news is shown."""
        return address_of(record, self.record_type)

    def who(self, record: Record) -> str:
        """Who else has it open, in words."""
        return who_is_there(others_at(self.person, record))

    def linked(self, record: Record) -> str:
        """A sign that changes when what a linked card says changes; of what this reader may see, and nothing can be read from it."""
        ends = ends_of([record.pk], self.person).ends
        shown = [[e.link, e.meaning, e.is_out, e.card.pk, e.card.title, e.card.state, e.card.owner_id, str(e.card.due_at)] for e in ends]
        return sha256(canonical(shown).encode()).hexdigest()[:20] if shown else ""

    def _news(self, record: Record, seen: int) -> str:
        entries = entries_of(record.pk, after=seen, most=MOST)
        if not entries:
            return ""
        rt = self.record_type
        inside = is_inside(self.person, record)
        customs = {c.name: c for c in customs_of(self.person.tenant, rt.kind) if inside or c.is_public}
        reader = Reader(rt, workflow_of(self.person.tenant, rt.kind), customs, Names(), inside, self.person.pk)
        reader.want(entries)
        reader.names.fetch()
        lines = reader.lines(entries)
        if not lines:
            return ""
        said = [
            _("%(who)s %(what)s") % {"who": _("You") if e.actor_id == self.person.pk else line.who, "what": line.what}
            for e, line in _pairs(entries, lines)
        ]
        more = _("and more") if len(said) > TOLD or len(entries) == MOST else ""
        return _("Meanwhile: %(what)s. Show it") % {"what": "; ".join(filter(None, (*said[-TOLD:], more)))}


def _pairs(entries: Sequence[Act], lines: Sequence[Any]) -> list[tuple[Act, Any]]:
    by_id = {entry.id: entry for entry in entries}
    return [(by_id[line.id], line) for line in lines]


def who_is_there(people: Sequence[There]) -> str:
    """ "Aoife Brennan is writing on this. Dev Chauhan is looking at it." """
    said = [(_("%(name)s is writing on this.") if p.is_writing else _("%(name)s is looking at this.")) % {"name": p.name} for p in people]
    return " ".join(said)


class PresencePage(DeclaredView):
    """`…/presence/`: one's own page says that it is open (`state`: looking, writing, gone). Answers 204.

    With `seen` the record stands before its reader as it is now: what the inbox told of it is read.
    """

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        state = request.POST.get("state", "looking")
        if state == "gone":
            leave(person=self.person, record=record)
        else:
            be_there(person=self.person, record=record, is_writing=state == "writing")
            if request.POST.get("seen") and unread_of(self.person, record):
                read(self.person, card=record.pk)
        return HttpResponse(status=204)
