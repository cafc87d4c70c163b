"""The page of an objective with its trend, and the pages on which its actions are planned and its measurements written down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import sentence
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.permissions import Refused, may
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.forms_derived import ReferenceField
from plimsoll.kernel.ui.record_page import RecordPage
from plimsoll.kernel.ui.side import long_rows
from plimsoll.planning.objectives.drawing import Trend, trend
from plimsoll.planning.objectives.fields import aim_of, with_unit
from plimsoll.planning.objectives.models import Measurement, Objective, ObjectiveAction
from plimsoll.planning.objectives.operations import end_action, keep_action, measure
from plimsoll.planning.objectives.queries import Measured, measured
from plimsoll.planning.objectives.record import OBJECTIVE
from plimsoll.planning.objectives.rules import ENDED, is_met, number, plain, share_of_way

CHANNEL = "page"
SHOWN = 12  # measurements on the record page; all of them stand on their own


def trend_of(objective: Objective, values: list[Measured]) -> Trend | None:
    """The drawing of an objective's measurements."""
    target, baseline = number(objective.target), number(objective.baseline)
    drawn = [(m.on, m.value, target is not None and is_met(m.value, target, objective.direction)) for m in values]
    return trend(drawn, target=target, baseline=baseline, until=objective.due_on if objective.is_open else None)


def how_it_goes(objective: Objective, values: list[Measured]) -> str:
    """The newest measurement against target and baseline, in one sentence."""
    if not values:
        return _("Nothing was measured yet.")
    target, baseline, last = number(objective.target), number(objective.baseline), values[-1]
    said = _("%(value)s on %(day)s.") % {"value": f"{plain(last.value)} {objective.unit}".strip(), "day": date_format(last.on, "j F Y")}
    if target is None:
        return said
    if is_met(last.value, target, objective.direction):
        return said + " " + _("That meets the target.")
    share = share_of_way(last.value, baseline, target) if baseline is not None else None
    return said + (" " + _("That is %(n)d %% of the way.") % {"n": round(share * 100)} if share is not None else "")


def shown(objective: Objective, values: list[Measured]) -> list[dict[str, Any]]:
    """The table twin, newest first."""
    target = number(objective.target)
    return [
        {
            "on": m.on,
            "value": f"{plain(m.value)} {objective.unit}".strip(),
            "is_met": target is not None and is_met(m.value, target, objective.direction),
            "by": m.by,
            "note": m.note,
            "part": m.part,
        }
        for m in reversed(values)
    ]


class ObjectivePage(RecordPage):
    """`/objectives/{number}/`."""

    record_type = OBJECTIVE

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        assert isinstance(record, Objective)
        values = measured([record]).get(record.pk, [])
        today = localdate()
        return self.show(
            "objectives/objective.html",
            {
                **self.context(record),
                "aim": aim_of(record),
                "goes": how_it_goes(record, values),
                "trend": trend_of(record, values),
                "target_label": with_unit(record.target, record.unit),
                "values": shown(record, values)[:SHOWN],
                "actions": [(a, a.state == "open" and a.due_on < today) for a in record.actions.select_related("owner")],
                "texts": long_rows(OBJECTIVE, record, inside=True),
                "can_plan": may(self.person, "objective:amend", record),
                "can_measure": may(self.person, "objective:measure", record),
            },
        )


class ActionForm(forms.Form):
    """What is done, by whom, until when, with what."""

    text = forms.CharField(label=gettext_lazy("What is done"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    resources = forms.CharField(label=gettext_lazy("With which resources"), required=False, max_length=250)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["owner"] = ReferenceField(Person, by, is_for_work=True, label=_("Who"))
        self.order_fields(["text", "owner", "due_on", "resources"])

    def clean_owner(self) -> Person | None:
        return Person.objects.filter(pk=self.cleaned_data["owner"], tenant_id=self.by.tenant_id or 0).first()


class EndForm(forms.Form):
    """When it was done; or why it is dropped."""

    on = forms.DateField(
        label=gettext_lazy("On"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Empty means today."),
    )
    reason = forms.CharField(label=gettext_lazy("Why, where it is dropped"), required=False, max_length=500)


class MeasureForm(forms.Form):
    """A value of a day."""

    value = forms.CharField(label=gettext_lazy("Value"), max_length=20, help_text=gettext_lazy("A number, such as 95 or 4.2."))
    on = forms.DateField(label=gettext_lazy("On"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=500)


class CorrectForm(MeasureForm):
    """The same, in the place of one that was wrong."""

    reason = forms.CharField(label=gettext_lazy("Why the other was wrong"), max_length=500)


class PartsPage(DeclaredView):
    """Shared: one objective, forms of its parts, what was refused shown where it belongs."""

    record_type = OBJECTIVE
    template, tail, word = "", "", ""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self._objective(number))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        objective = self._objective(number)
        if not may(self.person, self.word, objective):
            raise Refused(sentence(self.person, self.word))
        act = request.POST.get("act", "")
        key = whole(request.POST.get("key", "") or "0") or 0
        form = self._form(objective, act, key, request.POST)
        if form.is_valid():
            try:
                self._do(objective, act, key, form.cleaned_data)
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            else:
                messages.success(request, _("It is written down."))
                return HttpResponseRedirect(address_of(objective, OBJECTIVE, self.tail))
        return self._show(objective, act, key, form)

    def _objective(self, number: int) -> Objective:
        found = self.found(number)
        assert isinstance(found, Objective)
        return found

    def _form(self, objective: Objective, act: str, key: int, data: Any = None) -> forms.Form:
        raise NotImplementedError

    def _do(self, objective: Objective, act: str, key: int, said: dict[str, Any]) -> None:
        raise NotImplementedError

    def _context(self, objective: Objective, act: str, key: int, form: forms.Form | None) -> dict[str, Any]:
        raise NotImplementedError

    def _show(self, objective: Objective, act: str = "", key: int = 0, form: forms.Form | None = None) -> HttpResponse:
        label = {"actions": _("Actions"), "measurements": _("Measurements")}[self.tail]
        context = {"record": objective, "base": address_of(objective, OBJECTIVE), "crumbs": self.record_crumbs(objective, (label, ""))}
        return self.show(self.template, {**context, **self._context(objective, act, key, form)}, 422 if form is not None else 200)


class ActionsPage(PartsPage):
    """`/objectives/{number}/actions/`."""

    template, tail, word = "objectives/actions.html", "actions", "objective:amend"

    def _part(self, objective: Objective, key: int) -> ObjectiveAction:
        found = objective.actions.select_related("objective").filter(pk=key).first()
        if found is None:
            raise Http404
        return found

    def _form(self, objective: Objective, act: str, key: int, data: Any = None) -> forms.Form:
        auto = f"id_{key}_{act}_%s"
        if act == "plan":
            return ActionForm(data, by=self.person, auto_id=auto)
        part = self._part(objective, key)
        if act == "change":
            initial = {"text": part.text, "owner": part.owner_id, "due_on": part.due_on, "resources": part.resources}
            return ActionForm(data, by=self.person, initial=initial, auto_id=auto)
        if act in ("finish", "drop"):
            return EndForm(data, auto_id=auto)
        raise Http404

    def _do(self, objective: Objective, act: str, key: int, said: dict[str, Any]) -> None:
        if act in ("plan", "change"):
            part = self._part(objective, key) if act == "change" else None
            keep_action(objective, action=part, by=self.person, channel=CHANNEL, **said)
        else:
            end_action(self._part(objective, key), is_done=act == "finish", by=self.person, channel=CHANNEL, **said)

    def _context(self, objective: Objective, act: str, key: int, form: forms.Form | None) -> dict[str, Any]:
        can = may(self.person, self.word, objective)
        today = localdate()
        rows = []
        for part in objective.actions.select_related("owner"):
            acts = ("change", "finish", "drop") if can and part.state == "open" else ()
            made = [(name, form if form is not None and (key, act) == (part.pk, name) else self._form(objective, name, part.pk)) for name in acts]
            rows.append(
                {"part": part, "is_late": part.state == "open" and part.due_on < today, "acts": made, "opened": act if key == part.pk else ""}
            )
        new = form if form is not None and act == "plan" else self._form(objective, "plan", 0)
        return {"rows": rows, "form": new if can and objective.state not in ENDED else None}


class MeasurementsPage(PartsPage):
    """`/objectives/{number}/measurements/`: all that were made, the wrong ones too; write one down, correct one."""

    template, tail, word = "objectives/measurements.html", "measurements", "objective:measure"

    def _part(self, objective: Objective, key: int) -> Measurement:
        found = objective.measurements.filter(pk=key).first()
        if found is None:
            raise Http404
        return found

    def _form(self, objective: Objective, act: str, key: int, data: Any = None) -> forms.Form:
        auto = f"id_{key}_{act}_%s"
        if act == "measure":
            return MeasureForm(data, initial={"on": localdate()}, auto_id=auto)
        if act == "correct":
            part = self._part(objective, key)
            return CorrectForm(data, initial={"value": plain(part.value), "on": part.measured_on, "note": part.note}, auto_id=auto)
        raise Http404

    def _do(self, objective: Objective, act: str, key: int, said: dict[str, Any]) -> None:
        part = self._part(objective, key) if act == "correct" else None
        measure(objective, corrects=part, by=self.person, channel=CHANNEL, **said)

    def _context(self, objective: Objective, act: str, key: int, form: forms.Form | None) -> dict[str, Any]:
        can = may(self.person, self.word, objective)
        rows = []
        for part in objective.measurements.select_related("made_by", "corrects", "corrected_by").order_by("-measured_on", "-pk"):
            is_wrong = hasattr(part, "corrected_by")
            correcting = form if form is not None and (key, act) == (part.pk, "correct") else self._form(objective, "correct", part.pk)
            rows.append(
                {
                    "part": part,
                    "value": f"{plain(part.value)} {objective.unit}".strip(),
                    "is_wrong": is_wrong,
                    "form": correcting if can and not is_wrong else None,
                    "is_opened": key == part.pk,
                }
            )
        values = measured([objective]).get(objective.pk, [])
        new = form if form is not None and act == "measure" else self._form(objective, "measure", 0)
        return {
            "rows": rows,
            "form": new if can and objective.state not in ENDED else None,
            "trend": trend_of(objective, values),
            "goes": how_it_goes(objective, values),
            "target_label": with_unit(objective.target, objective.unit),
        }
