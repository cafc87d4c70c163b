"""New, edit and move pages of any record type. A refused write shows the form again with what was typed; nothing is ever lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.identity.models import Organization
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused, StaleRecord, amend, move, open_record, refusals
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.alike import link_used
from plimsoll.kernel.ui.choosing import is_of_provider, rows_for
from plimsoll.kernel.ui.conflict import conflict_context
from plimsoll.kernel.ui.context import DeclaredView, address, address_of, capital
from plimsoll.kernel.ui.forms_derived import DerivedForm, all_names, form_class, initial_of
from plimsoll.kernel.ui.moving import allowed, form_of_move
from plimsoll.kernel.ui.shown import label_of
from plimsoll.kernel.ui.undoing import undo_tag
from plimsoll.kernel.workflow import Move, UnknownMove

CHANNEL = "page"
# Nobody fills these when they open a record: they come with later moves.
LATER = ("resolution_code", "cause_code", "resolution_note", "waiting_for", "item_missing_reason")


class NewPage(DeclaredView):
    """`/{plural}/new/`."""

    def _form(self) -> type[DerivedForm]:
        rt, person = self.record_type, self.person
        inside = is_inside(person, kind=rt.kind)
        customs = {c.name: c for c in customs_of(person.tenant, rt.kind) if inside or c.is_public}
        late = {
            n
            for m in workflow_of(person.tenant, rt.kind).moves
            for n in m.asks
            if workflow_of(person.tenant, rt.kind).state(m.target).category != "ready"
        }
        names = [
            n
            for n in all_names(rt, customs)
            if n not in late
            or n in rt.required
            or n in ("owner", "service", "classification", "hours", "description", rt.body, "review_due_date", "configuration_item")
        ]
        if not inside:
            names = [n for n in names if n not in rt.fields or rt.is_asked_outside(n)]
        organizations = list(rows_for(person, Organization).values_list("pk", flat=True)[:2])
        return form_class(
            rt,
            person,
            names,
            customs,
            state=workflow_of(person.tenant, rt.kind).initial,
            is_inside=inside,
            # What lists can be narrowed to by organisation is made for one: an agreement with a customer, a task for one.
            with_organization=len(organizations) > 1 and (bool(rt.requester) or "organization" in rt.filters or not is_of_provider(person)),
            follows=rt.requester if is_of_provider(person) else "",
        )

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.may_open():
            raise PermissionDenied(sentence(self.person, f"{self.record_type.kind}:open"))
        initial: dict[str, Any] = {k: v for k, v in request.GET.items() if k in self.record_type.fields}
        # With whom an agreement is, nobody guesses; that of whoever reports follows from who it is.
        if not is_of_provider(self.person):
            initial.setdefault("organization", self.person.organization_id)
        elif "owner" in self.record_type.fields and "team" not in self.record_type.fields:
            initial.setdefault("owner", self.person.pk)  # whoever enters it sees to it; what teams work on waits for whoever takes it
        return self._show(self._form()(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form()(request.POST)
        if form.is_valid():
            values = form.values()
            rt = self.record_type
            organization = self._organization(form, values.get(rt.requester))
            if rt.requester and not values.get(rt.requester) and not is_of_provider(self.person):
                values[rt.requester] = self.person.pk
            try:
                record = open_record(
                    rt, by=self.person, channel=CHANNEL, organization=organization, **{n: v for n, v in values.items() if v not in (None, "")}
                )
            except Faulty as error:
                form.faulty(error.faults)
            else:
                used = link_used(record, request.POST.getlist("uses"), by=self.person, channel=CHANNEL)
                told = _("%(ref)s is opened and linked to %(used)s.") if used else _("%(ref)s is opened.")
                messages.success(request, told % {"ref": record.reference, "used": ", ".join(used)})
                return HttpResponseRedirect(address_of(record, rt))
        return self._show(form, 422)

    def _organization(self, form: DerivedForm, requester: Any) -> Organization | None:
        """The one that was chosen, else that of whoever reports it: what a customer rings about is never filed as our own."""
        choosable: QuerySet[Organization] = rows_for(self.person, Organization)
        if key := form.cleaned_data.get("organization"):
            return choosable.filter(pk=key).first()
        if requester and "organization" in form.fields:
            return choosable.filter(people__pk=requester).first()
        return None

    def _show(self, form: DerivedForm, status: int = 200) -> HttpResponse:
        title = _("New %(what)s") % {"what": self.record_type.label}
        return self.show(
            "ui/form.html",
            {
                "form": form,
                "title": title,
                "save": _("Open the %(what)s") % {"what": self.record_type.label},
                "back": address(self.record_type),
                "alike": {"href": address(self.record_type, None, "alike"), "of": "#id_title, #id_description", "after": self.record_type.body}
                if self.record_type.requester
                else None,
                "clause": self.record_type.clause,
                "crumbs": self.crumbs((title, "")),
            },
            status,
        )


class EditPage(DeclaredView):
    """`…/edit/`: all fields, or with `?field=` one of them, in place when htmx asks."""

    def _names(self, record: Record) -> tuple[list[str], dict[str, Any], bool]:
        rt = self.record_type
        inside = is_inside(self.person, record)
        customs = {c.name: c for c in customs_of(self.person.tenant, rt.kind) if inside or c.is_public}
        known = [n for n in all_names(rt, customs) if inside or n not in rt.fields or rt.is_asked_outside(n)]
        only = [n for n in (self.request.POST.getlist("field") or self.request.GET.getlist("field")) if n in known]
        return only or known, customs, inside

    def _form(self, record: Record) -> type[DerivedForm]:
        names, customs, inside = self._names(record)
        if "priority" in names and len(names) == 1 and self.record_type.has("priority_reason"):
            names = [*names, "priority_reason"]  # a priority by hand needs its reason
        return form_class(self.record_type, self.person, names, customs, state=record.state, is_inside=inside, has_version=True)

    def _check(self, record: Record) -> None:
        if not may(self.person, f"{record.kind}:amend", record):
            raise Refused(sentence(self.person, f"{record.kind}:amend"))

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        self._check(record)
        return self._show(record, self._form(record)(stored=initial_of(self.record_type, record)))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        self._check(record)
        initial = initial_of(self.record_type, record)
        form = self._form(record)(request.POST, stored=initial)
        if not form.is_valid():
            return self._show(record, form, 422)
        seen = form.cleaned_data.get("version") or record.version
        if seen != record.version:
            return self._conflict(record, form, seen)
        changed = [n for n in form.changed_data if n != "version" and request.POST.get(f"take_{n}") != "theirs"]
        try:
            amend(record, by=self.person, channel=CHANNEL, version=seen, **form.values(changed))
        except StaleRecord as error:
            error.current.tenant = record.tenant
            return self._conflict(error.current, form, seen)
        except Faulty as error:
            form.faulty(error.faults)
            return self._show(record, form, 422)
        undo = undo_tag(record, self.person) if changed else ""
        messages.success(request, _("%(ref)s is changed.") % {"ref": record.reference} if changed else _("Nothing was changed."), extra_tags=undo)
        if request.headers.get("HX-Request"):
            # The whole page anew: a priority, a team or the strip may follow from the one field that was changed.
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return HttpResponseRedirect(address_of(record, self.record_type))

    def _show(self, record: Record, form: DerivedForm, status: int = 200) -> HttpResponse:
        base = address_of(record, self.record_type)
        field = self.request.GET.get("field", "")
        context = {"form": form, "record": record, "base": base, "field": field, "action": self.request.get_full_path()}
        if self.request.headers.get("HX-Request"):
            return self.show("ui/_inline.html", context)  # 200 also for faults: htmx swaps nothing else
        title = _("Edit %(ref)s") % {"ref": record.reference}
        return self.show(
            "ui/form.html",
            {
                **context,
                "title": title,
                "save": _("Save the changes"),
                "back": base,
                "lede": record.title,
                "crumbs": self.record_crumbs(record, (_("Edit"), "")),
            },
            status,
        )

    def _conflict(self, current: Record, form: DerivedForm, seen: int) -> HttpResponse:
        context = conflict_context(self.record_type, current, form, seen, self.person)
        context |= {"record": current, "base": address_of(current, self.record_type), "action": self.request.get_full_path()}
        if self.request.headers.get("HX-Request"):
            return self.show("ui/_conflict.html", {**context, "in_place": True})
        return self.show("ui/conflict.html", {**context, "crumbs": self.record_crumbs(current, (_("Edit"), ""))}, 409)


class MovePage(DeclaredView):
    """`…/moves/{move}/`: the form of a move, or its reasons for not being possible; a POST makes it."""

    def _move(self, record: Record, name: str) -> Move:
        try:
            arrow = workflow_of(self.person.tenant, record.kind).move(name)
        except UnknownMove:
            raise Http404 from None
        if not allowed(self.person, record, arrow):
            raise Refused(sentence(self.person, f"{record.kind}:{name}"))
        return arrow

    def _form(self, record: Record, arrow: Move) -> type[DerivedForm]:
        note = "required" if arrow.asks_note else "optional"
        return form_of_move(self.record_type, self.person, arrow, is_inside=is_inside(self.person, record), note=note, has_version=True)

    def get(self, request: HttpRequest, number: int, name: str) -> HttpResponse:
        record = self.found(number)
        arrow = self._move(record, name)
        reasons = refusals(record, name, by=self.person)
        made, stored = self._form(record, arrow), initial_of(self.record_type, record)
        if "owner" in made.base_fields and not stored["owner"] and any(tuple(getattr(g, "reads", ())) == ("owner",) for g in arrow.guards):
            stored["owner"] = self.person.pk  # whoever begins what needs somebody is meant, most of the time
        return self._show(record, arrow, made(stored=stored), reasons)

    def post(self, request: HttpRequest, number: int, name: str) -> HttpResponse:
        record = self.found(number)
        arrow = self._move(record, name)
        form = self._form(record, arrow)(request.POST, stored=initial_of(self.record_type, record))
        if not form.is_valid():
            return self._show(record, arrow, form, [], 422)
        asked = [n for n in form.changed_data if n in request.POST or f"{n}_typed" in request.POST]
        try:
            done = move(
                record,
                name,
                by=self.person,
                channel=CHANNEL,
                fields=form.values(asked),
                note=form.cleaned_data.get("note", ""),
                version=form.cleaned_data.get("version"),
            )
        except StaleRecord as error:
            error.current.tenant = record.tenant
            return self._stale(error.current, arrow, form)
        except MoveRefused as error:
            if record.state in arrow.sources:
                form.refused(error.reasons)
            return self._show(record, arrow, form, [] if form.errors else error.reasons, 422)
        except Faulty as error:
            form.faulty(error.faults)
            return self._show(record, arrow, form, [], 422)
        label = workflow_of(self.person.tenant, record.kind).state(done.state).label
        told = _("%(ref)s is now: %(state)s.") % {"ref": record.reference, "state": label}
        messages.success(request, told, extra_tags=undo_tag(done, self.person, record.state))
        return HttpResponseRedirect(address_of(record, self.record_type))

    def _stale(self, current: Record, arrow: Move, form: DerivedForm) -> HttpResponse:
        """Somebody was faster: the same form with what was typed, over the record as it is now."""
        conflict = conflict_context(self.record_type, current, form, form.cleaned_data.get("version") or current.version, self.person)
        data = self.request.POST.copy()
        data["version"] = str(current.version)
        again = self._form(current, arrow)(data, stored=initial_of(self.record_type, current))
        again.is_valid()
        return self._show(current, arrow, again, refusals(current, arrow.name, by=self.person), 409, conflict)

    def _show(
        self, record: Record, arrow: Move, form: DerivedForm, reasons: list[str], status: int = 200, conflict: dict[str, Any] | None = None
    ) -> HttpResponse:
        flow = workflow_of(self.person.tenant, record.kind)
        target = flow.state(arrow.target)
        here = record.state in arrow.sources
        return self.show(
            "ui/move.html",
            {
                "record": record,
                "base": address_of(record, self.record_type),
                "move": arrow,
                "form": form,
                "reasons": reasons,
                "can_try": here,
                "from_state": flow.state(record.state),
                "to_state": target,
                "conflict": conflict,
                "title": f"{arrow.title}: {record.reference}",
                "crumbs": self.record_crumbs(record, (arrow.title, "")),
            },
            status,
        )


class WhyPage(DeclaredView):
    """`…/why/?field=`: why a computed value is what it is."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        name = request.GET.get("field", "")
        rt = self.record_type
        if name not in rt.fields or (name in rt.internal and not is_inside(self.person, record)):
            raise Http404
        said = rt.behaviour.explain(record, name)
        return self.show(
            "ui/why.html",
            {
                "record": record,
                "base": address_of(record, rt),
                "label": capital(label_of(rt, name)),
                "said": said or _("Somebody set it by hand; the trail says who."),
                "crumbs": self.record_crumbs(record, (_("Why?"), "")),
            },
        )
