"""`/competences/matrix/`: roles, the competences that they need, and their holders, each cell with how they stand; gaps are planned from here.
`/competences/scale/`: what the levels mean."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.kernel.access.queries import Refused, may, reach, sentence
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.ui.context import DeclaredView, address, address_of
from plimsoll.support.competence.models import Competence
from plimsoll.support.competence.operations import keep_scale, plan_for_gaps
from plimsoll.support.competence.queries import Cell, cells_of, coverage, overseen_by, roles_without_profile, scale_of
from plimsoll.support.competence.record import COMPETENCE, TRAINING

STANDINGS = ("gap", "expiring", "met")
CHANNEL = "page"


class MatrixPage(DeclaredView):
    """For those who keep all files, and for those whose role defines what others need: they see the roles that it defines."""

    record_type = COMPETENCE

    def get(self, request: HttpRequest) -> HttpResponse:
        competences, is_keeper = self._competences()
        asked = request.GET
        role, one = whole(asked.get("role", "")), whole(asked.get("competence", ""))
        wanted = asked.get("standing", "") if asked.get("standing", "") in STANDINGS else ""
        shown = [c for c in competences if (role is None or c.role_id == role) and (one is None or c.number == one)]
        cells = cells_of(self.person.tenant, shown) if shown and self.person.tenant is not None else []
        met, of = coverage(cells)
        counts = {name: sum(1 for c in cells if c.standing == name) for name in STANDINGS}
        kept = {k: v for k, v in {"role": role, "competence": one}.items() if v is not None}
        assert self.person.tenant is not None
        return self.show(
            "competence/matrix.html",
            {
                "title": _("%(met)d of %(of)d can be shown") % {"met": met, "of": of} if of else _("Competence matrix"),
                "tabs": [("", _("All"), len(cells)), *((name, label, counts[name]) for name, label in self._labels())],
                "kept": urlencode(kept),
                "wanted": wanted,
                "tables": self._tables(shown, [c for c in cells if not wanted or c.standing == wanted], wanted),
                "roles": sorted({(c.role_id, c.role.title) for c in competences if c.role}, key=lambda pair: pair[1]),
                "role": role,
                "scale": list(enumerate(scale_of(self.person.tenant), 1)),
                "bare": roles_without_profile(self.person.tenant, competences) if is_keeper and role is None and one is None else [],
                "can_plan": self._can_plan(),
                "can_scale": may(self.person, "competence:retire"),
                "is_keeper": is_keeper,
                "may_open": self.may_open(),
                "crumbs": self.crumbs((_("Matrix"), "")),
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Plan for the gaps that are ticked."""
        competences, _is_keeper = self._competences()
        if not self._can_plan():
            raise Refused(sentence(self.person, "training:open"))
        chosen = set(request.POST.getlist("gap"))
        assert self.person.tenant is not None
        cells = [c for c in cells_of(self.person.tenant, competences) if f"{c.competence.pk}-{c.person.pk}" in chosen]
        made = plan_for_gaps(cells, by=self.person, channel=CHANNEL) if cells else []
        if not made:
            messages.error(request, _("Tick the gaps to plan for first. For those that are planned already nothing is planned twice."))
            return HttpResponseRedirect(request.get_full_path())
        messages.success(request, ngettext("One training is proposed.", "%(n)d trainings are proposed.", len(made)) % {"n": len(made)})
        return HttpResponseRedirect(address_of(made[0], TRAINING) if len(made) == 1 else address(TRAINING) + "?state=proposed")

    def _competences(self) -> tuple[list[Competence], bool]:
        if not is_inside(self.person, kind="competence"):
            raise Refused(_("The matrix is for the provider's own people who keep it."))
        is_keeper = reach(self.person, "qualification:read").everything
        found = list(overseen_by(self.person))
        if not found and not is_keeper:
            raise Refused(_("The matrix shows how people stand. It is for those who keep their files, and for roles that define what others need."))
        return found, is_keeper

    def _can_plan(self) -> bool:
        return may(self.person, "training:open") and may(self.person, "training:amend")

    @staticmethod
    def _labels() -> list[tuple[str, str]]:
        return [("gap", _("Missing")), ("expiring", _("Expires soon")), ("met", _("Met"))]

    @staticmethod
    def _tables(competences: list[Competence], cells: list[Cell], wanted: str) -> list[dict[str, Any]]:
        """One table a role: a line for each competence, a column for each holder."""
        by_pair = {(c.competence.pk, c.person.pk): c for c in cells}
        tables = []
        for _role, group in groupby(competences, key=lambda c: c.role_id):
            some = list(group)
            keys = {c.pk for c in some}
            people = {c.person.pk: c.person for c in cells if c.competence.pk in keys}
            holders = sorted(people.values(), key=lambda p: (p.name.casefold(), p.pk))
            lines: list[dict[str, Any]] = [{"competence": c, "cells": [by_pair.get((c.pk, p.pk)) for p in holders]} for c in some]
            if wanted:
                lines = [line for line in lines if any(line["cells"])]
            if lines:
                tables.append({"role": some[0].role, "holders": holders, "lines": lines})
        return tables


class ScaleForm(forms.Form):
    """What the levels mean."""

    scale = forms.CharField(
        label=gettext_lazy("Levels, the lowest first"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("A line each, between two and five."),
    )


class ScalePage(DeclaredView):
    """For those who keep what roles need."""

    record_type = COMPETENCE

    def get(self, request: HttpRequest) -> HttpResponse:
        self._check()
        assert self.person.tenant is not None
        return self._show(ScaleForm(initial={"scale": "\n".join(scale_of(self.person.tenant))}))

    def post(self, request: HttpRequest) -> HttpResponse:
        self._check()
        form = ScaleForm(request.POST)
        if form.is_valid():
            try:
                keep_scale(form.cleaned_data["scale"].splitlines(), by=self.person, channel=CHANNEL)
            except Faulty as error:
                form.add_error("scale", str(error))
            else:
                messages.success(request, _("The levels are kept."))
                return HttpResponseRedirect("/competences/matrix/")
        return self._show(form)

    def _check(self) -> None:
        if reach(self.person, "competence:read").is_empty:
            raise Http404
        if not may(self.person, "competence:retire"):
            raise Refused(sentence(self.person, "competence:retire"))

    def _show(self, form: ScaleForm) -> HttpResponse:
        return self.show("competence/scale.html", {"form": form, "crumbs": self.crumbs((_("Levels"), ""))}, 422 if form.is_bound else 200)
