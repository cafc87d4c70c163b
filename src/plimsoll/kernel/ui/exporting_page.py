"""The list of any record type as a file: what its filters show, in one of three formats, sent while it is read. It knows no kind of record."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import check
from plimsoll.kernel.exchange.exporting import as_json_line, exported
from plimsoll.kernel.exchange.sheets import head_of, rows_of, write_xlsx
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.filters import Filtered, apply
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui import filter_bar
from plimsoll.kernel.ui.context import DeclaredView, address
from plimsoll.kernel.ui.lists import default_query
from plimsoll.kernel.ui.shown import Names

OWN = ("format", "history", "after", "before", "since", "view")  # a view's address spells its filters out
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl; charset=utf-8",
}
IN_MEMORY = 2_000_000  # bytes of a workbook that are kept in memory before they go to the disk


class ExportPage(DeclaredView):
    """`/{plural}/export/?…`: without `format` the choice of one, with it (csv, xlsx, jsonl) the file; `history=1` adds the trail."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        check(self.person, "export:run")
        query = request.GET.copy()
        for name in OWN:
            query.pop(name, None)
        # A file can't say what was not used, so it is not made; the page says it and offers the rest.
        unknown = filter_bar.unknown(self.record_type, query, self.person, ("order",))
        for name in unknown:
            query.pop(name, None)
        if not any(name != "order" for name in query):
            query = default_query(self.record_type).copy()
        filtered = apply(self.record_type, self.record_type.model.objects.parts_visible_to(self.person), query, self.person)
        faults = [sentence for sentences in filtered.errors.values() for sentence in sentences]
        form = request.GET.get("format", "")
        if form and form not in TYPES:
            faults.append(_("“%(format)s” is not a format. There are: %(known)s.") % {"format": form[:20], "known": ", ".join(TYPES)})
        if faults or unknown or not form:
            status = 422 if faults or (unknown and form) else 200
            return self._choice(query, filtered, [*faults, *filter_bar.unused(unknown)], status)
        return self._file(filtered, form, with_history=request.GET.get("history") == "1")

    def _choice(self, query: QueryDict, filtered: Filtered, faults: list[str], status: int) -> HttpResponse:
        """What would be exported, in words, and the three formats."""
        rt = self.record_type
        names = Names()
        filter_bar.want_names(rt, filtered.active, names, self.person)
        names.fetch()
        tokens = filter_bar.tokens(rt, filtered.active, query, names, workflow_of(self.person.tenant, rt.kind), self.person)
        title = _("Export %(records)s") % {"records": rt.plural_label}
        return self.show(
            "ui/export.html",
            {
                "title": title,
                "tokens": tokens,
                "faults": faults,
                "kept": [(k, v) for k, vs in query.lists() for v in vs],
                "back": f"{address(rt)}?{query.urlencode()}",
                "crumbs": self.crumbs((title, "")),
            },
            status,
        )

    def _file(self, filtered: Filtered, form: str, *, with_history: bool) -> HttpResponseBase:
        rt = self.record_type
        invented = "demonstration-" if self.person.tenant and self.person.tenant.is_demonstration else ""
        name = f"{invented}{rt.plural_kind}-{localdate():%Y-%m-%d}.{form}"
        lines = exported(rt, by=self.person, with_history=with_history, parts=filtered.parts)
        if form == "jsonl":
            return self._streamed((as_json_line(line) for line in lines), name, form)
        inside = is_inside(self.person, kind=rt.kind)
        customs = [c.name for c in customs_of(self.person.tenant, rt.kind) if inside or c.is_public]
        head = [n for n in head_of(rt, customs, with_history=with_history) if inside or n not in rt.internal]
        rows = rows_of(lines, head, with_history=with_history)
        if form == "csv":
            return self._streamed(_csv_lines(head, rows), name, form)
        # A workbook is a zip whose end must be written before anything can be read of it.
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the response closes it)
        write_xlsx(rows, head, file)
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[form])

    def _streamed(self, texts: Iterator[str], name: str, form: str) -> StreamingHttpResponse:
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingHttpResponse((text.encode() for text in texts), content_type=TYPES[form], headers=headers)


class _Echo:
    """A file that gives back what is written to it, so that a row can be sent as soon as it is made."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(head: list[str], rows: Iterator[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow(row)
