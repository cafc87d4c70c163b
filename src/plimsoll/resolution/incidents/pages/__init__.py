"""Pages of incidents that the derived ones cannot be: parent and children, resolve with the children, follow what ended long ago."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import Link
from plimsoll.kernel.records.operations import MoveRefused, StaleRecord, refusals
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.forms_derived import DerivedForm, ReferenceField, initial_of
from plimsoll.kernel.ui.moving import allowed, form_of_move
from plimsoll.kernel.ui.panels import PanelRow
from plimsoll.kernel.ui.writing import MovePage
from plimsoll.kernel.workflow import Move
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.operations import ChildResult, add_child, reopen_or_follow, resolve_with_children
from plimsoll.resolution.incidents.panels import can_follow, move_named
from plimsoll.resolution.incidents.record import INCIDENT

CHANNEL = "page"


class NumberForm(forms.Form):
    """Another incident, by a typed search or by its number."""

    def __init__(self, *args: Any, person: Person, label: str, note: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["other"] = ReferenceField(Incident, person, label=label, help_text=_("Its number, such as INC-1042, or words of its title."))
        if note:
            self.fields["note"] = forms.CharField(label=note, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_other(self) -> Incident:
        rows: Any = Incident.objects.visible_to(self.person)
        found = rows.filter(pk=self.cleaned_data["other"]).select_related("organization", "tenant").first()
        if found is None:
            raise forms.ValidationError(_("There is no such incident that you may see."))
        assert isinstance(found, Incident)
        return found

    def refused(self, error: Faulty | MoveRefused | Refused | StaleRecord) -> None:
        """Put what a refused write said where it can be read."""
        sentences = [f.sentence for f in error.faults] if isinstance(error, Faulty) else getattr(error, "reasons", None) or [str(error)]
        for one in sentences:
            self.add_error("other" if isinstance(error, Faulty) and "other" in self.fields else None, one)


class IncidentPage(DeclaredView):
    """Shared: the incident, who may, and the pieces of a page with a form."""

    record_type = INCIDENT

    def incident(self, number: int) -> Incident:
        found = self.found(number)
        assert isinstance(found, Incident)
        return found

    def need_amend(self, record: Incident) -> None:
        if not may(self.person, "incident:amend", record):
            raise Refused(sentence(self.person, "incident:amend"))

    def move(self, record: Incident, name: str) -> Move:
        """The move that the page makes: 404 when this house's workflow has it not, `Refused` when it is not theirs."""
        move = move_named(workflow_of(self.person.tenant, "incident"), name)
        if move is None:
            raise Http404
        if not allowed(self.person, record, move):
            raise Refused(sentence(self.person, f"incident:{name}"))
        return move

    def act_page(self, record: Incident, form: forms.Form | None, title: str, save: str, lede: str, reasons: tuple[str, ...] = ()) -> HttpResponse:
        return self.show(
            "incidents/act.html",
            {
                "record": record,
                "base": address_of(record, INCIDENT),
                "title": title,
                "save": save,
                "lede": lede,
                "form": None if reasons else form,
                "reasons": reasons,
                "crumbs": self.record_crumbs(record, (title, "")),
            },
            422 if form is not None and form.errors else 200,
        )


class FollowPage(IncidentPage):
    """`…/follow/`: what ended too long ago is not taken up again; a new incident follows it."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self._checked(number), self._form())

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self._checked(number)
        form = self._form(request.POST)
        if form.is_valid():
            try:
                made, told = reopen_or_follow(record, by=self.person, channel=CHANNEL, note=form.cleaned_data["note"])
            except (Faulty, MoveRefused, Refused, StaleRecord) as error:
                form.refused(error)
            else:
                messages.success(request, told)
                return HttpResponseRedirect(address_of(made, INCIDENT))
        return self._show(record, form)

    def _checked(self, number: int) -> Incident:
        record = self.incident(number)
        if not can_follow(record, self.person, self.move(record, "reopen")):
            raise Refused(_("%(incident)s can be taken up again itself, or is not over.") % {"incident": record.reference})
        return record

    def _form(self, data: Any = None) -> NumberForm:
        form = NumberForm(data, person=self.person, label="", note=_("What happens now"))
        del form.fields["other"]
        form.fields["note"].required = True
        return form

    def _show(self, record: Incident, form: NumberForm) -> HttpResponse:
        lede = _("%(incident)s ended too long ago to be taken up again. A new incident is opened with what is known of it, and linked to it.")
        return self.act_page(record, form, _("Report a new incident that follows"), _("Report it"), lede % {"incident": record.reference})


class ReopenPage(MovePage):
    """`…/moves/reopen/`: the derived page, which leads on to the one that follows when it is too late."""

    record_type = INCIDENT

    def get(self, request: HttpRequest, number: int, name: str = "reopen") -> HttpResponse:
        record = self.found(number)
        arrow = self._move(record, name)
        if isinstance(record, Incident) and can_follow(record, self.person, arrow):
            return HttpResponseRedirect(address_of(record, INCIDENT, "follow"))
        return super().get(request, number, name)


class FamilyPage(IncidentPage):
    """`…/family/`: the parent and the children of an incident, and putting it in its place."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.incident(number)
        self.need_amend(record)
        return self._show(record, self._form("child"), self._form("parent"))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.incident(number)
        self.need_amend(record)
        act = "parent" if request.POST.get("act") == "parent" else "child"
        form = self._form(act, request.POST)
        if form.is_valid():
            other: Incident = form.cleaned_data["other"]
            parent, child = (other, record) if act == "parent" else (record, other)
            try:
                add_child(parent, child, by=self.person, channel=CHANNEL)
            except (Faulty, Refused) as error:
                form.refused(error)
            else:
                messages.success(request, _("%(child)s is a child of %(parent)s now.") % {"child": child.reference, "parent": parent.reference})
                return HttpResponseRedirect(address_of(record, INCIDENT, "family"))
        forms_ = {"child": self._form("child"), "parent": self._form("parent"), act: form}
        return self._show(record, forms_["child"], forms_["parent"], 422)

    def _form(self, act: str, data: Any = None) -> NumberForm:
        label = _("The incident above this one") if act == "parent" else _("The incident under this one")
        return NumberForm(data, person=self.person, label=label, auto_id=f"id_{act}_%s")

    def _show(self, record: Incident, child: NumberForm, parent: NumberForm, status: int = 200) -> HttpResponse:
        parents, children = relatives_of(record, self.person)
        return self.show(
            "incidents/family.html",
            {
                "record": record,
                "base": address_of(record, INCIDENT),
                "parents": parents,
                "children": children,
                "child_form": child,
                "parent_form": parent,
                "crumbs": self.record_crumbs(record, (_("Parent and children"), "")),
            },
            status,
        )


def relatives_of(record: Incident, person: Person) -> tuple[list[PanelRow], list[PanelRow]]:
    """The parents (one, in truth) and the children that this person may see, in two queries."""
    ends = list(Link.objects.filter(Q(source=record.pk) | Q(target=record.pk), meaning="parent of").values_list("source", "target"))
    above, below = {s for s, t in ends if t == record.pk}, {t for s, t in ends if s == record.pk}
    rows: Any = Incident.objects.visible_to(person)
    found = list(rows.filter(pk__in=above | below).order_by("number")) if ends else []
    flow = workflow_of(person.tenant, "incident")
    cards = {i.pk: PanelRow(f"/incidents/{i.number}/", i.title, i.reference, flow.state(i.state).label, i.category) for i in found}
    return [c for pk, c in cards.items() if pk in above], [c for pk, c in cards.items() if pk in below]


class ResolveFamilyPage(IncidentPage):
    """`…/resolve-with-children/`: the form of “Resolve”, for this one and for those under it; then what became of each."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.incident(number)
        arrow = self.move(record, "resolve")
        form = self._form(record, arrow)(initial=initial_of(INCIDENT, record))
        return self._show(record, form, refusals(record, "resolve", by=self.person))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.incident(number)
        arrow = self.move(record, "resolve")
        form = self._form(record, arrow)(request.POST, initial=initial_of(INCIDENT, record))
        if not form.is_valid():
            return self._show(record, form, [], 422)
        asked = [n for n in form.changed_data if n in request.POST or f"{n}_typed" in request.POST]
        _above, before = relatives_of(record, self.person)
        try:
            resolved, results = resolve_with_children(
                record, by=self.person, channel=CHANNEL, fields=form.values(asked), note=form.cleaned_data["note"]
            )
        except MoveRefused as error:
            if record.state in arrow.sources:
                form.refused(error.reasons)
            return self._show(record, form, [] if form.errors else error.reasons, 422)
        except Faulty as error:
            form.faulty(error.faults)
            return self._show(record, form, [], 422)
        return self._told(resolved, results, {row.ref: row for row in before})

    def _told(self, record: Incident, results: list[ChildResult], seen: dict[str, PanelRow]) -> HttpResponse:
        """What became of each child that this person may see."""
        rows = [(seen[r.reference], r.reasons) for r in results if r.reference in seen]
        return self.show(
            "incidents/family_result.html",
            {
                "record": record,
                "base": address_of(record, INCIDENT),
                "rows": rows,
                "went": sum(not reasons for _row, reasons in rows),
                "crumbs": self.record_crumbs(record, (_("Resolved with its children"), "")),
            },
        )

    def _form(self, record: Incident, arrow: Move) -> type[DerivedForm]:
        inside = may(self.person, "incident:internal", record)
        return form_of_move(INCIDENT, self.person, arrow, is_inside=inside, note="optional")

    def _show(self, record: Incident, form: DerivedForm, reasons: list[str], status: int = 200) -> HttpResponse:
        arrow = self.move(record, "resolve")
        _above, children = relatives_of(record, self.person)
        return self.show(
            "incidents/resolve_family.html",
            {
                "record": record,
                "base": address_of(record, INCIDENT),
                "form": form if record.state in arrow.sources else None,
                "reasons": reasons,
                "children": children,
                "crumbs": self.record_crumbs(record, (_("Resolve with its children"), "")),
            },
            status,
        )


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    one = "incidents/<int:number>/"
    return [
        path(f"{one}family/", FamilyPage.as_view(), name="incident_family"),
        path(f"{one}resolve-with-children/", ResolveFamilyPage.as_view(), name="incident_resolve_family"),
        path(f"{one}follow/", FollowPage.as_view(), name="incident_follow"),
        path(f"{one}moves/reopen/", ReopenPage.as_view(), {"name": "reopen"}, name="incident_reopen"),
    ]
