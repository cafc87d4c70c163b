"""Settings of workflows: each kind's own words, states, arrows and optional guards, as versions on top of what the code ships."""

from __future__ import annotations

import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.records.declaration import RecordType, declared, type_named
from plimsoll.kernel.records.models import WorkflowVersion
from plimsoll.kernel.records.workflows import change_workflow, workflow_of
from plimsoll.kernel.ui.diagram import draw
from plimsoll.kernel.workflow import CATEGORIES, Workflow, WorkflowError
from plimsoll.site.desk.people_common import WordView
from plimsoll.site.desk.settings_common import CHANNEL, Section, crumbs, table_page, tenant_of

WORD = "workflow:change"
CATEGORY_WORDS = {
    "new": gettext_lazy("new"),
    "ready": gettext_lazy("ready to start"),
    "active": gettext_lazy("being worked on"),
    "waiting": gettext_lazy("waiting"),
    "decide": gettext_lazy("to be decided"),
    "done": gettext_lazy("done"),
    "closed": gettext_lazy("closed"),
    "dropped": gettext_lazy("dropped"),
}


class LabelsForm(forms.Form):
    """The words for the states, and the optional guards."""

    def __init__(self, *args: Any, flow: Workflow, on: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for state in flow.states:
            self.fields[f"state-{state.name}"] = forms.CharField(
                label=_("Word for “%(state)s”") % {"state": state.label}, max_length=60, initial=state.label
            )
        for name, (move, guard) in flow.optional_guards.items():
            told = " ".join((guard.__doc__ or name).split()).removeprefix("Optional: ")
            self.fields[f"guard-{name}"] = forms.BooleanField(label=f"{flow.move(move).title}: {told}", required=False, initial=name in on)


class StateForm(forms.Form):
    """A new state, with the arrow that leads to it and the one that leads on: a state without them could never be reached or left."""

    label = forms.CharField(label=gettext_lazy("Word for the new state"), max_length=60)
    category = forms.ChoiceField(
        label=gettext_lazy("It counts as"),
        choices=[(c, CATEGORY_WORDS[c]) for c in CATEGORIES],
        help_text=gettext_lazy("Lists, clocks and figures go by this, not by the word."),
    )
    sources = forms.MultipleChoiceField(label=gettext_lazy("It is reached from"), widget=forms.CheckboxSelectMultiple)
    enter = forms.CharField(label=gettext_lazy("Button that leads there"), max_length=60)
    target = forms.ChoiceField(label=gettext_lazy("It leads on to"))
    leave = forms.CharField(label=gettext_lazy("Button that leads on"), max_length=60)

    def __init__(self, *args: Any, flow: Workflow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(s.name, s.label) for s in flow.states]
        self.fields["sources"].choices = self.fields["target"].choices = states  # type: ignore[attr-defined]


class ArrowForm(forms.Form):
    """One more arrow between states that are there."""

    label = forms.CharField(label=gettext_lazy("Button"), max_length=60)
    sources = forms.MultipleChoiceField(label=gettext_lazy("From"), widget=forms.CheckboxSelectMultiple)
    target = forms.ChoiceField(label=gettext_lazy("To"))

    def __init__(self, *args: Any, flow: Workflow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(s.name, s.label) for s in flow.states]
        self.fields["sources"].choices = self.fields["target"].choices = states  # type: ignore[attr-defined]


class WorkflowsPage(WordView):
    """`/settings/workflows/`."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        numbers: dict[str, int] = {}
        for version in WorkflowVersion.objects.filter(tenant=tenant_of(self.person)).order_by("number"):
            numbers[version.kind] = version.number
        rows = [
            [
                (t.plural_label.capitalize(), f"/settings/workflows/{t.kind}/"),
                (str(len(workflow_of(tenant_of(self.person), t.kind).states)), ""),
                (str(numbers[t.kind]) if t.kind in numbers else _("as shipped"), ""),
            ]
            for t in declared()
        ]
        return table_page(
            request,
            _("Workflows"),
            [Section([_("Kind"), _("States"), _("Version")], rows)],
            intro=_("Rename states, add some, add arrows, switch guards on. What the product ships stays: nothing required is taken away."),
        )


class WorkflowPage(WordView):
    """`/settings/workflows/{kind}/`: drawn, with three forms; each saves a new version."""

    word = WORD

    def _found(self, kind: str) -> tuple[RecordType, Workflow, dict[str, Any]]:
        try:
            record_type = type_named(kind)
        except KeyError:
            raise Http404 from None
        newest = WorkflowVersion.objects.filter(tenant=tenant_of(self.person), kind=record_type.kind).order_by("-number").first()
        return record_type, workflow_of(tenant_of(self.person), record_type.kind), copy.deepcopy(newest.changes) if newest else {}

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        return self._page(request, *self._found(kind))

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        record_type, flow, changes = self._found(kind)
        do = request.POST.get("do", "")
        form = self._forms(flow, changes, request.POST, do).get(do)
        if form is None:
            raise Http404
        if form.is_valid():
            try:
                made = change_workflow(
                    tenant=tenant_of(self.person),
                    kind=record_type.kind,
                    changes=_changed(changes, do, form.cleaned_data, record_type.workflow, flow),
                    by=self.person,
                    channel=CHANNEL,
                )
            except WorkflowError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Version %(n)d of the workflow is in force.") % {"n": made.number})
                return HttpResponseRedirect(f"/settings/workflows/{record_type.kind}/")
        return self._page(request, record_type, flow, changes, failed={do: form})

    def _forms(self, flow: Workflow, changes: dict[str, Any], data: Any = None, do: str = "") -> dict[str, forms.Form]:
        return {
            "words": LabelsForm(data if do == "words" else None, flow=flow, on=changes.get("guards", []), prefix="words"),
            "state": StateForm(data if do == "state" else None, flow=flow, prefix="state"),
            "arrow": ArrowForm(data if do == "arrow" else None, flow=flow, prefix="arrow"),
        }

    def _page(
        self, request: HttpRequest, record_type: RecordType, flow: Workflow, changes: dict[str, Any], failed: dict[str, forms.Form] | None = None
    ) -> HttpResponse:
        title = _("Workflow of %(kind)s") % {"kind": record_type.plural_label}
        heads = {
            "words": (_("Words and guards"), _("Save the words")),
            "state": (_("Add a state"), _("Add the state")),
            "arrow": (_("Add an arrow"), _("Add the arrow")),
        }
        drawn = {**self._forms(flow, changes), **(failed or {})}
        rows = [
            (
                move.title,
                ", ".join(flow.state(s).label for s in move.sources),
                flow.state(move.target).label,
                [" ".join((g.__doc__ or "").split()) for g in move.guards],
                move.is_added,
            )
            for move in flow.moves
        ]
        return render(
            request,
            "desk/settings/workflow.html",
            {
                "title": title,
                "drawing": draw(flow),
                "rows": rows,
                "crumbs": crumbs((_("Workflows"), "/settings/workflows/"), (title, "")),
                "forms": [(name, *heads[name], form) for name, form in drawn.items()],
            },
            status=400 if failed else 200,
        )


def _changed(changes: dict[str, Any], do: str, data: dict[str, Any], shipped: Workflow, flow: Workflow) -> dict[str, Any]:
    """The organization's changes with those of one form on top."""
    if do == "words":
        added = {s["name"] for s in changes.get("states", ())}
        words = {name.removeprefix("state-"): text for name, text in data.items() if name.startswith("state-")}
        changes["labels"] = {name: text for name, text in words.items() if name in added or text != shipped.state(name).label}
        changes["guards"] = [name.removeprefix("guard-") for name, is_on in data.items() if name.startswith("guard-") and is_on]
        return {k: v for k, v in changes.items() if v}
    moves = changes.setdefault("moves", [])
    if do == "state":
        name = _name(data["label"], {s.name for s in flow.states})
        changes.setdefault("states", []).append({"name": name, "category": data["category"], "label": data["label"]})
        taken = {m.name for m in flow.moves}
        moves.append({"name": (enter := _name(data["enter"], taken)), "sources": data["sources"], "target": name, "label": data["enter"]})
        moves.append({"name": _name(data["leave"], {*taken, enter}), "sources": [name], "target": data["target"], "label": data["leave"]})
    else:
        moves.append(
            {"name": _name(data["label"], {m.name for m in flow.moves}), "sources": data["sources"], "target": data["target"], "label": data["label"]}
        )
    return changes


def _name(label: str, taken: set[str]) -> str:
    """A stored name out of a label: for ever, whatever the label becomes."""
    base = slugify(label).replace("-", "_")[:34] or "state"
    return next(n for n in (base, *(f"{base}_{i}" for i in range(2, 1000))) if n not in taken)
