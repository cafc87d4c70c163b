"""Pages that only read a record: its whole trail, its drawn workflow, and the form for paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.trail.models import Span
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.diagram import draw
from plimsoll.kernel.ui.happened import Reader, entries_of
from plimsoll.kernel.ui.record_page import RecordPage
from plimsoll.kernel.ui.shown import Names
from plimsoll.kernel.ui.strip import time_in_states
from plimsoll.kernel.ui.templatetags._dates import duration

TRAIL = 100


class TrailPage(DeclaredView):
    """`…/trail/`: every act with its differences, newest last, a hundred at a time."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        rt, person = self.record_type, self.person
        inside = is_inside(person, record)
        customs = {c.name: c for c in customs_of(person.tenant, rt.kind) if inside or c.is_public}
        names = Names()
        reader = Reader(rt, workflow_of(person.tenant, rt.kind), customs, names, inside, person.pk)
        mark = whole(request.GET.get("before", ""))
        entries = entries_of(record.pk, before=mark, most=TRAIL + 1)
        earlier = f"?before={entries[1].id}" if len(entries) > TRAIL else ""
        entries = entries[-TRAIL:]
        reader.want(entries)
        names.fetch()
        return self.show(
            "ui/trail.html",
            {
                "record": record,
                "base": address_of(record, rt),
                "lines": reader.lines(entries),
                "earlier": earlier,
                "is_whole": not earlier and mark is None,
                "inside": inside,
                "crumbs": self.record_crumbs(record, (_("Trail"), "")),
            },
        )


class WorkflowPage(DeclaredView):
    """`…/workflow/`: the workflow of the record, drawn, with the way that it took; and the same as a table."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        flow = workflow_of(self.person.tenant, self.record_type.kind)
        spans = list(Span.objects.filter(card_id=record.pk).order_by("id").values_list("state", "started_at", "ended_at"))
        path = [name for i, (name, _s, _e) in enumerate(spans) if i == 0 or spans[i - 1][0] != name]
        took = time_in_states(spans, now())
        inside = is_inside(self.person, record)  # what is asked and judged among ourselves is no outsider's business
        rows = [
            {
                "move": m.title,
                "sources": [flow.state(s).label for s in m.sources],
                "target": flow.state(m.target).label,
                "asks": [
                    self.record_type.model_field(a).verbose_name
                    for a in dict.fromkeys((*m.asks, *m.needs))
                    if self.record_type.has(a) and (inside or a not in self.record_type.internal)
                ],
                "rules": [" ".join((g.__doc__ or g.__name__.replace("_", " ")).split()) for g in m.guards if inside],
                "note": m.asks_note,
            }
            for m in flow.moves
        ]
        here = flow.state(record.state)
        return self.show(
            "ui/workflow.html",
            {
                "record": record,
                "base": address_of(record, self.record_type),
                "drawing": draw(flow, now=record.state, path=path),
                "rows": rows,
                "states": [{"label": flow.state(n).label, "category": flow.state(n).category, "took": duration(t)} for n, t in took.items()],
                "sentence": _("It is %(state)s, after %(n)d steps.") % {"state": here.label, "n": max(len(path) - 1, 0)},
                "crumbs": self.record_crumbs(record, (_("Workflow"), "")),
            },
        )


class PrintPage(RecordPage):
    """`…/print/`: the record on paper: properties, long texts and the whole conversation, without anything to press. Where it is longer than
    fits into one page, the paper says so."""

    most = 2000
    draws_every_link = True

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        context = self.context(record)
        return self.show("ui/print.html", {**context, "printed_at": now(), "most": self.most})
