"""Undo on pages: the toast after an act, and the page that takes several acts back with a result per row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import BIGGEST, whole
from plimsoll.kernel.records.declaration import type_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.undoing import undo, way_back
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.tasks.models import Job
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.ui.bulk import CHANNEL, MOST, Row, attempt, result, rows_of
from plimsoll.kernel.ui.context import DeclaredView, address


def undo_tag(record: Record, person: Person, before: str = "") -> str:
    """What makes a toast offer to take one's last act on a record back; nothing when the workflow has no way back to the state `before`."""
    if before and way_back(workflow_of(person.tenant, record.kind), before, record.state) is None:
        return ""
    last = Entry.objects.filter(card_id=record.pk, actor=person.pk).order_by("-id").values_list("pk", flat=True).first()
    return f"undo:{address(type_of(record), None, 'undo')}?entries={last}" if last else ""


class UndoPage(DeclaredView):
    """`/{plural}/undo/`: takes one's own acts back (`entry`, `?entries=1.2.3`, or `job`: all of a job). From a toast it answers 204."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(address(self.record_type))

    def post(self, request: HttpRequest) -> HttpResponse:
        rows = self._rows(self._entries())
        if not rows:
            raise Http404
        stayed: dict[int, list[str]] = {}
        for row, entry in rows:
            row.reasons = attempt(lambda r=row.record, e=entry: stayed.update({e.pk: undo(r, e, by=self.person, channel=CHANNEL)}))
            row.is_done = not row.reasons
            row.reasons = row.reasons or stayed.get(entry.pk, [])
        if "entries" in request.GET:
            self._say([row for row, _entry in rows])
            return HttpResponse(status=204)
        return result(self, [row for row, _entry in rows], _("Undone"))

    def _entries(self) -> list[int]:
        post, get = self.request.POST, self.request.GET
        texts: Sequence[Any] = post.getlist("entry") or get.get("entries", "").split(".")
        if (number := whole(post.get("job", ""), BIGGEST)) is not None:
            job = Job.objects.filter(pk=number, tenant=self.person.tenant, asked_by=self.person, task="ui.bulk").first()
            texts = (job.result or {}).get("entries", []) if job is not None else []
        return [n for text in texts[:MOST] if (n := whole(str(text), BIGGEST)) is not None]

    def _rows(self, keys: Sequence[int]) -> list[tuple[Row, Entry]]:
        """The person's own acts among these, on records that they may still see, in the order given."""
        found = {e.pk: e for e in Entry.objects.filter(pk__in=keys, actor=self.person.pk, card__kind=self.record_type.kind).select_related("detail")}
        visible = self.record_type.model.objects.visible_to(self.person).filter(pk__in=[e.card_id for e in found.values()])
        records: dict[int, Record] = {r.pk: r for r in visible.select_related("organization")}
        for record in records.values():
            record.tenant = self.person.tenant  # type: ignore[assignment]
        chosen = [(records[e.card_id], e) for key in keys if (e := found.get(key)) is not None and e.card_id in records]
        rows = rows_of(self, [record for record, _entry in chosen], [[] for _c in chosen])
        return list(zip(rows, [entry for _record, entry in chosen], strict=True))

    def _say(self, rows: Sequence[Row]) -> None:
        done = sum(row.is_done for row in rows)
        if done:
            said = ngettext("%(n)d act is undone.", "%(n)d acts are undone.", done) % {"n": done}
            messages.success(self.request, said if len(rows) > 1 else _("%(ref)s: undone.") % {"ref": rows[0].record.reference})
        for row in rows:
            if row.reasons:
                messages.warning(self.request, f"{row.record.reference}: {' '.join(row.reasons)}")
