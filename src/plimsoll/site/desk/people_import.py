"""People and teams from a file, by page: try first, look, then run. It reads and writes through `identity.imports`."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import check_everywhere
from plimsoll.kernel.identity.imports import import_people
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.site.desk.people_common import WordView, carry

MOST_BYTES = 5_000_000
KEPT_SECONDS = 86_400
SALT = "people import"


class ImportForm(forms.Form):
    """The table and what may be created from it."""

    file = forms.FileField(
        label=gettext_lazy("Table (CSV)"),
        required=False,
        help_text=gettext_lazy(
            "The first row names the columns: name, e-mail, organisation, team, external reference, time zone. Other columns are left out."
        ),
    )
    creates_organizations = forms.BooleanField(label=gettext_lazy("Enter organisations that are not here yet"), required=False, initial=True)
    kind_of_new = forms.ChoiceField(
        label=gettext_lazy("New organisations are"),
        choices=(("customer", gettext_lazy("customers")), ("unit", gettext_lazy("units of the provider")), ("supplier", gettext_lazy("suppliers"))),
    )
    creates_teams = forms.BooleanField(label=gettext_lazy("Enter teams that are not here yet"), required=False, initial=True)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)  # the tried file, by a signed name


def _folder() -> Path:
    return Path(settings.PLIMSOLL_FILES) / "tried"


def _keep(content: bytes) -> str:
    """Put a tried table aside until it is run; those of yesterday go, since they hold people's names. Returns its name."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:
            old.unlink(missing_ok=True)
    name = hashlib.sha256(content).hexdigest()
    (folder / name).write_bytes(content)
    return name


class PeopleImportPage(WordView):
    """`/people/import/`: the first sending tries and shows, the second, of the same file, runs."""

    word = "person:keep"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(ImportForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        check_everywhere(self.person, "import:run")
        form = ImportForm(request.POST, request.FILES)
        runs = request.POST.get("act") == "run"
        if not form.is_valid():
            return self._show(form)
        options = {name: form.cleaned_data[name] for name in ("creates_organizations", "creates_teams", "kind_of_new")}
        tried = self._tried(form)
        content = self._content(form, tried)
        if content is None:
            return self._show(form)
        if runs and (form.cleaned_data.get("file") or tried is None or tried["options"] != options):
            runs = False
            messages.warning(request, _("This was not tried like that yet, so nothing was taken in. Look at what would happen, then take it in."))
        try:
            report = import_people(content, by=self.person, channel="import", is_dry_run=not runs, **options)
        except Faulty as error:
            carry(form, error)
            return self._show(form)
        if runs:
            counts = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged, "faults": len(report.faults)}
            messages.success(
                request,
                _("%(added)d people are entered, %(changed)d changed, %(unchanged)d were as they are; %(faults)d cells were not taken.") % counts,
            )
            (_folder() / hashlib.sha256(content).hexdigest()).unlink(missing_ok=True)
            if not report.faults:
                return HttpResponseRedirect(reverse("people"))
            return render(
                request, "desk/people/import.html", {"form": ImportForm(initial=options), "report": report, "crumbs": self._crumbs(), "has_run": True}
            )
        kept = signing.dumps({"name": _keep(content), "options": options}, salt=SALT)
        again = ImportForm(initial={**options, "kept": kept})
        return render(request, "desk/people/import.html", {"form": again, "report": report, "crumbs": self._crumbs(), "has_run": False})

    def _tried(self, form: ImportForm) -> dict[str, Any] | None:
        """What was tried before, the file and how: only that may be taken in."""
        try:
            return dict(signing.loads(form.cleaned_data["kept"], salt=SALT, max_age=KEPT_SECONDS))
        except (signing.BadSignature, TypeError, ValueError):
            return None

    def _content(self, form: ImportForm, tried: dict[str, Any] | None) -> bytes | None:
        """The sent file, or the one that was tried before."""
        sent = form.cleaned_data.get("file")
        if sent is not None:
            if sent.size > MOST_BYTES:
                form.add_error("file", _("The file is larger than %(n)d MB. Use the command line for it.") % {"n": MOST_BYTES // 1_000_000})
                return None
            return bytes(sent.read())
        kept = _folder() / tried["name"] if tried else None
        if kept is None or not kept.exists():
            form.add_error("file", _("Choose the file."))
            return None
        return kept.read_bytes()

    def _crumbs(self) -> list[tuple[str, str]]:
        return [(_("People"), reverse("people")), (_("Import"), "")]

    def _show(self, form: ImportForm) -> HttpResponse:
        return render(self.request, "desk/people/import.html", {"form": form, "crumbs": self._crumbs()}, status=400 if form.errors else 200)
