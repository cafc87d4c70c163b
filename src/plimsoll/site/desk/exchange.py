"""The pages of import: send a file with its map, look at what would come of it, bring it in as a job, see what came of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.exchange.importing import import_file
from plimsoll.kernel.exchange.mapping import Map, MapFaulty, map_named, read_map, shipped
from plimsoll.kernel.exchange.models import Run
from plimsoll.kernel.exchange.own import SOURCE, import_own
from plimsoll.kernel.exchange.reading import Unreadable
from plimsoll.kernel.exchange.report import Report
from plimsoll.kernel.exchange.tasks import bring_in
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import files
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.tasks.models import Job
from plimsoll.site.desk.people_common import WordView

TRIED = 200  # records that a preview tries
SHOWN = 20


class ImportForm(forms.Form):
    """The file, and how it is to be read."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or XES, gzipped or not, or an export of ours (JSON lines). Nothing is written until you have seen what would come of it."
        ),
    )
    map = forms.ChoiceField(label=gettext_lazy("How it is read"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Own map (TOML)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("Instead of one that comes with the system. The reference of maps says what stands in it."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What an export of ours holds"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["map"].choices = [("", _("An export of ours: it needs no map")), *((name, m.title) for name, m in shipped().items())]  # type: ignore[attr-defined]
        kinds = sorted(declared(), key=lambda t: not t.requester)  # what comes from elsewhere first
        self.fields["kind"].choices = [(t.kind, t.plural_label) for t in kinds]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name = getattr(data.get("file"), "name", "").lower()
        is_own = not data.get("map") and not (data.get("text") or "").strip()
        if is_own and "file" in data and not name.endswith((".jsonl", ".jsonl.gz", ".ndjson")):
            self.add_error(
                "map", _("%(file)s is not an export of ours (those end in .jsonl). Choose the map by which it is to be read.") % {"file": name}
            )
        return data

    def mapping(self) -> Map | None:
        """The map chosen or pasted; None for an export of ours. Raises `MapFaulty`."""
        if text := self.cleaned_data["text"].strip():
            return read_map(text)
        return map_named(self.cleaned_data["map"]) if self.cleaned_data["map"] else None


class ImportPage(WordView):
    """`/import/`: the form, and the runs so far."""

    word = "import:run"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(ImportForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form)
        sent = form.cleaned_data["file"]
        if sent.size > files.most_bytes():
            form.add_error(
                "file",
                _("The file is larger than %(n)d MB. Use plimsoll import on the command line for it.") % {"n": files.most_bytes() // 1_000_000},
            )
            return self._show(form)
        try:
            mapping = form.mapping()
        except MapFaulty as error:
            where = "text" if form.cleaned_data["text"] else "map"
            for sentence in error.faults:
                form.add_error(where, sentence)
            return self._show(form)
        content = sent.read()
        try:
            report, sample = self._try(content, sent.name, mapping, form.cleaned_data["kind"])
        except (MapFaulty, Unreadable) as error:
            form.add_error("file", str(error))
            return self._show(form)
        kind = type_named(mapping.kind).kind if mapping else form.cleaned_data["kind"]
        tenant = self.person.tenant
        assert tenant is not None
        digest = files.store(content)
        with writing():
            run = Run.objects.create(
                tenant=tenant,
                kind=kind,
                source=mapping.source if mapping else SOURCE,
                file_name=sent.name[:255],
                file_digest=digest,
                mapping=mapping.text if mapping else "",
                state="ready",
                started_by=self.person,
                started_at=now(),
                report={**report.as_json(), "sample": sample},
            )
        return HttpResponseRedirect(reverse("import_run", args=[run.pk]))

    def _try(self, content: bytes, name: str, mapping: Map | None, kind: str) -> tuple[Report, list[dict[str, Any]]]:
        """What would come of the first records; nothing is written."""
        sample: list[dict[str, Any]] = []

        def keep(record: Record) -> None:
            if len(sample) < SHOWN:
                sample.append(
                    {
                        "external_reference": record.external_reference or record.reference,
                        "title": record.title,
                        "state": record.state,
                        "category": record.category,
                        "opened_at": record.opened_at.isoformat(),
                        "updates": record.version - 1,
                    }
                )

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / (Path(name).name or "file")
            path.write_bytes(content)
            if mapping is not None:
                report = import_file(path, mapping, by=self.person, is_dry=True, limit=TRIED, keep=keep)
            else:
                report = import_own(path, kind=kind, by=self.person, is_dry=True, limit=TRIED, keep=keep)
        return report, sample

    def _show(self, form: ImportForm) -> HttpResponse:
        runs = Run.objects.filter(tenant=self.person.tenant).select_related("started_by").order_by("-pk")[:20]
        context = {"form": form, "runs": runs, "crumbs": [(_("Import"), "")]}
        return render(self.request, "desk/import.html", context, status=400 if form.errors else 200)


class ImportRunPage(WordView):
    """`/import/<run>/`: what would come of it, or how far it is, or what came of it. Sending it starts the job."""

    word = "import:run"

    def get(self, request: HttpRequest, run: int) -> HttpResponse:
        found = self._run(run)
        if request.headers.get("HX-Request") and found.state != "running":
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})  # its figures asked for themselves: now the whole page is another
        job = Job.objects.filter(tenant=self.person.tenant, task=bring_in.name, payload__run=found.pk).order_by("-pk").first()
        sample = [{**row, "state": self._label(found.kind, row["state"])} for row in found.report.get("sample", ())]
        return render(
            request,
            "desk/import_run.html",
            {
                "run": found,
                "report": found.report,
                "sample": sample,
                "job": job,
                "tried": TRIED,
                "is_partial": found.report.get("records", 0) > TRIED,
                "crumbs": [(_("Import"), reverse("import")), (found.file_name, "")],
            },
        )

    def post(self, request: HttpRequest, run: int) -> HttpResponse:
        found = self._run(run)
        with writing():
            if Run.objects.filter(pk=found.pk, state="ready").update(state="running", started_at=now(), started_by=self.person):
                bring_in.enqueue(tenant=self.person.tenant, asked_by=self.person, run=found.pk)
        return HttpResponseRedirect(reverse("import_run", args=[found.pk]))

    def _run(self, run: int) -> Run:
        return get_object_or_404(Run.objects.select_related("started_by"), pk=run, tenant=self.person.tenant)

    def _label(self, kind: str, state: str) -> str:
        return type_named(kind).workflow.state(state).label
