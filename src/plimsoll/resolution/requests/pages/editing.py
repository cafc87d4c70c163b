"""Editing what can be ordered, without code: its versions, and the draft of the next one, piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.agreements.levels.rules import write_span
from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.resolution.requests.models import ModelVersion, RequestModel
from plimsoll.resolution.requests.operations import discard_draft, draft_plan, mark_of, put_in_force
from plimsoll.resolution.requests.pages.forms import OrderForm
from plimsoll.resolution.requests.pages.ordering import CHANNEL, names_in, steps_shown
from plimsoll.resolution.requests.pages.plan_forms import BasicsForm, FieldForm, StepForm, TaskForm
from plimsoll.resolution.requests.plan import Plan, faults_of_plan, read_plan
from plimsoll.resolution.requests.record import REQUEST_MODEL
from plimsoll.resolution.requests.words import KIND_LABELS, condition_words, cost_words, promise_words, step_words

LISTS = ("fields", "steps", "tasks")


class ModelPage(DeclaredView):
    """Shared: the model, its draft, and whether this person may change it."""

    record_type = REQUEST_MODEL

    def model(self, number: int, word: str = "") -> RequestModel:
        found = self.found(number)
        assert isinstance(found, RequestModel)
        if word and not may(self.person, f"requestmodel:{word}", found):
            raise Refused(sentence(self.person, f"requestmodel:{word}"))
        return found

    def plan(self, model: RequestModel) -> Plan:
        """What the draft says, else what is in force: the next draft begins with it."""
        last = ModelVersion.objects.filter(request_model=model.pk).order_by("-number").first()
        return read_plan(last.plan) if last is not None else Plan()

    def mark(self, model: RequestModel) -> str:
        """What the page shows, to be sent back with what is changed."""
        return mark_of(ModelVersion.objects.filter(request_model=model.pk).order_by("-number").first())

    def keep(self, model: RequestModel, plan: Plan) -> None:
        """Keep the draft, unless it is no longer the one that the page was made of."""
        draft_plan(model, plan, by=self.person, channel=CHANNEL, seen=self.request.POST.get("seen"))

    def marked(self, model: RequestModel, form: Any) -> Any:
        form.fields["seen"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=self.mark(model))
        return form

    def draft_address(self, model: RequestModel) -> str:
        return address_of(model, REQUEST_MODEL, "draft")

    def draft_crumbs(self, model: RequestModel, *more: tuple[str, str]) -> list[tuple[str, str]]:
        return self.record_crumbs(model, (_("Draft"), self.draft_address(model)), *more)


class VersionsPage(ModelPage):
    """`…/versions/`: what was in force, and since when."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        model = self.model(number)
        can_amend = may(self.person, "requestmodel:amend", model)
        rows = ModelVersion.objects.filter(request_model=model.pk).select_related("published_by").order_by("-number")
        rows = rows if can_amend else rows.filter(published_at__isnull=False)
        newest = next((v.number for v in rows if v.published_at is not None), None)
        return self.show(
            "requests/versions.html",
            {
                "record": model,
                "base": address_of(model, REQUEST_MODEL),
                "rows": list(rows),
                "newest": newest,
                "can_amend": can_amend and model.state != "retired",
                "crumbs": self.record_crumbs(model, (_("Versions"), "")),
            },
        )


class VersionPage(ModelPage):
    """`…/versions/{n}/`: a version as it is ordered, and for our own people how it is approved and fulfilled."""

    def get(self, request: HttpRequest, number: int, version: int) -> HttpResponse:
        model = self.model(number)
        row = ModelVersion.objects.filter(request_model=model.pk, number=version).select_related("published_by").first()
        inside = is_inside(self.person, model)
        if row is None or (row.published_at is None and not may(self.person, "requestmodel:amend", model)):
            raise Http404
        plan = read_plan(row.plan)
        return self.show(
            "requests/version.html",
            {
                "record": model,
                "base": address_of(model, REQUEST_MODEL),
                "version": row,
                "preview": OrderForm(plan=plan, person=self.person, has_note=False),
                "inside": inside,
                "cost": cost_words(plan),
                "promise": promise_words(plan),
                "steps": steps_shown(plan, is_inside=inside),
                "tasks": _tasks(plan) if inside else [],
                "crumbs": self.record_crumbs(
                    model, (_("Versions"), address_of(model, REQUEST_MODEL, "versions")), (_("Version %(n)d") % {"n": row.number}, "")
                ),
            },
        )


def _tasks(plan: Plan) -> list[dict[str, Any]]:
    _people, teams = names_in(plan)
    return [
        {
            "name": t.title,
            "words": ", ".join(
                part
                for part in (
                    teams.get(t.team, ""),
                    _("stage %(n)d") % {"n": t.stage},
                    _("within %(time)s") % {"time": write_span(t.within)} if t.within else "",
                    condition_words(plan, t.needed),
                )
                if part
            ),
            "more": t.instructions,
        }
        for t in plan.tasks
    ]


class DraftPage(ModelPage):
    """`…/draft/`: the next version as a whole: form, approvals, tasks, promise and cost; with what keeps it from being put in force."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self.model(number, "amend"))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        model = self.model(number, "amend")
        act = request.POST.get("act")
        draft = ModelVersion.objects.select_related("request_model__tenant").filter(request_model=model.pk, published_at=None).first()
        try:
            if act == "discard":
                discard_draft(model, by=self.person, channel=CHANNEL)
                messages.success(request, _("The draft is thrown away."))
                return HttpResponseRedirect(address_of(model, REQUEST_MODEL, "versions"))
            if draft is None:  # nothing was changed yet: what is in force, or an empty form, is put in force as it stands
                draft = draft_plan(model, self.plan(model), by=self.person, channel=CHANNEL)
            made = put_in_force(draft, by=self.person, channel=CHANNEL)
        except Faulty as error:
            return self._show(model, [f.sentence for f in error.faults], 422)
        messages.success(request, _("Version %(n)d is in force. Orders placed from now on follow it.") % {"n": made.number})
        return HttpResponseRedirect(address_of(model, REQUEST_MODEL))

    def _show(self, model: RequestModel, faults: list[str] | None = None, status: int = 200) -> HttpResponse:
        plan = self.plan(model)
        people, teams = names_in(plan)
        draft = ModelVersion.objects.filter(request_model=model.pk, published_at=None).first()
        fields = [
            {
                "name": f.label + ("" if f.is_required else f" ({_('optional')})"),
                "words": ", ".join(part for part in (str(KIND_LABELS[f.kind]), condition_words(plan, f.shown)) if part),
            }
            for f in plan.fields
        ]
        steps = [{"name": s.name, "words": step_words(plan, s, people, teams)} for s in plan.steps]
        base = address_of(model, REQUEST_MODEL)
        return self.show(
            "requests/draft.html",
            {
                "record": model,
                "base": base,
                "draft": draft,
                "seen": self.mark(model),
                "can_discard": draft is not None and may(self.person, "requestmodel:amend", model),
                "plan": plan,
                "cost": cost_words(plan),
                "promise": promise_words(plan),
                "lists": [
                    ("fields", _("What is asked"), _("Add a question"), fields, _("Nothing is asked: it is ordered with one press.")),
                    ("steps", _("Who approves"), _("Add a step"), steps, _("Nobody: orders go straight into fulfilment.")),
                    ("tasks", _("What is done"), _("Add a task"), _tasks(plan), _("Nothing is done by people: orders are fulfilled by themselves.")),
                ],
                "faults": faults if faults is not None else [f.sentence for f in faults_of_plan(plan)],
                "can_publish": may(self.person, "requestmodel:publish", model),
                "crumbs": self.record_crumbs(model, (_("Draft"), "")),
            },
            status,
        )


class ItemPage(ModelPage):
    """`…/draft/item/`: one piece of the draft up, down, or out of it."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        model = self.model(number, "amend")
        name, place, act = request.POST.get("list", ""), whole(request.POST.get("place", ""), 1000), request.POST.get("act")
        if name not in LISTS or place is None:
            raise Http404
        plan = self.plan(model)
        rows = list(getattr(plan, name))
        other = place + {"up": -1, "down": 1}.get(act or "", 0)
        if place < len(rows) and act == "remove":
            rows.pop(place)
        elif place < len(rows) and 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
        try:
            self.keep(model, with_rows(plan, name, rows))
        except Faulty as error:
            messages.warning(request, " ".join(f.sentence for f in error.faults))
        return HttpResponseRedirect(f"{self.draft_address(model)}#{name}")


def with_rows(plan: Plan, name: str, rows: list[Any]) -> Plan:
    """The plan with another list of fields, steps or tasks."""
    changed: dict[str, Any] = {name: tuple(rows)}
    return replace(plan, **changed)


class PiecePage(ModelPage):
    """Shared: one field, step or task of the draft; `new`, or its place in the list."""

    form_class: ClassVar[Callable[..., Any]]
    name: ClassVar[str]

    def titles(self) -> tuple[str, str]:
        raise NotImplementedError

    def get(self, request: HttpRequest, number: int, place: str) -> HttpResponse:
        model = self.model(number, "amend")
        plan, at = self._at(model, place)
        return self._show(model, self._form(model, plan, at), place)

    def post(self, request: HttpRequest, number: int, place: str) -> HttpResponse:
        model = self.model(number, "amend")
        plan, at = self._at(model, place)
        form = self._form(model, plan, at, request.POST)
        if form.is_valid():
            rows = list(getattr(plan, self.name))
            made = form.piece()
            rows = [*rows, made] if at is None else [made if n == at else row for n, row in enumerate(rows)]
            try:
                self.keep(model, with_rows(plan, self.name, rows))
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(None, fault.sentence)
            else:
                return HttpResponseRedirect(f"{self.draft_address(model)}#{self.name}")
        return self._show(model, form, place)

    def _at(self, model: RequestModel, place: str) -> tuple[Plan, int | None]:
        plan = self.plan(model)
        if place == "new":
            return plan, None
        at = whole(place, 1000)
        if at is None or at >= len(getattr(plan, self.name)):
            raise Http404
        return plan, at

    def _form(self, model: RequestModel, plan: Plan, at: int | None, data: Any = None) -> Any:
        return self.marked(model, type(self).form_class(data, plan=plan, at=at, person=self.person))

    def _show(self, model: RequestModel, form: forms.Form, place: str) -> HttpResponse:
        title = self.titles()[0 if place == "new" else 1]
        return self.show(
            "ui/form.html",
            {
                "form": form,
                "title": title,
                "save": _("Keep it in the draft"),
                "back": self.draft_address(model),
                "crumbs": self.draft_crumbs(model, (title, "")),
            },
            422 if form.errors else 200,
        )


class FieldPage(PiecePage):
    """`…/draft/fields/{place}/`."""

    form_class = FieldForm
    name = "fields"

    def titles(self) -> tuple[str, str]:
        return _("A new question"), _("A question of the form")


class StepPage(PiecePage):
    """`…/draft/steps/{place}/`."""

    form_class = StepForm
    name = "steps"

    def titles(self) -> tuple[str, str]:
        return _("A new step of the approval"), _("A step of the approval")


class TaskPage(PiecePage):
    """`…/draft/tasks/{place}/`."""

    form_class = TaskForm
    name = "tasks"

    def titles(self) -> tuple[str, str]:
        return _("A new task"), _("A task of the fulfilment")


class BasicsPage(ModelPage):
    """`…/draft/basics/`: promise, cost, the team it lies with, and how long an access lasts."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        model = self.model(number, "amend")
        return self._show(model, self.marked(model, BasicsForm(plan=self.plan(model), model=model)))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        model = self.model(number, "amend")
        plan = self.plan(model)
        form = self.marked(model, BasicsForm(request.POST, plan=plan, model=model))
        if form.is_valid():
            try:
                self.keep(model, form.plan())
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(None, fault.sentence)
            else:
                return HttpResponseRedirect(self.draft_address(model))
        return self._show(model, form)

    def _show(self, model: RequestModel, form: BasicsForm) -> HttpResponse:
        title = _("Promise, cost and team")
        return self.show(
            "ui/form.html",
            {
                "form": form,
                "title": title,
                "save": _("Keep it in the draft"),
                "back": self.draft_address(model),
                "crumbs": self.draft_crumbs(model, (title, "")),
            },
            422 if form.errors else 200,
        )


__all__ = ["BasicsPage", "DraftPage", "FieldPage", "ItemPage", "ModelPage", "StepPage", "TaskPage", "VersionPage", "VersionsPage"]
