"""The pages of canned texts and macros: keep them, and choose one on a record. Using one is sending what it put into the composer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import Refused, reach, sentence
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import plain
from plimsoll.kernel.macros.models import Macro
from plimsoll.kernel.macros.operations import ME, keep_macro, remove_macro
from plimsoll.kernel.macros.queries import macros_on, said_by, visible_macros
from plimsoll.kernel.macros.rules import NAMES
from plimsoll.kernel.records.customs import customs_of, live_customs
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.choosing import names_for
from plimsoll.kernel.ui.context import DeclaredView, address, address_of, capital
from plimsoll.kernel.ui.forms_derived import EXTRA, custom_field, field_for
from plimsoll.kernel.ui.shown import Names, label_of, words_of
from plimsoll.kernel.ui.view_pages import offer_audiences
from plimsoll.kernel.views.sharing import AUDIENCES, may_change
from plimsoll.kernel.workflow import UnknownMove, Workflow

CHANNEL = "page"
OF_FIELD = "set."  # before the name of a field whose value a macro sets


def does(macro: Macro, record_type: RecordType, flow: Workflow, names: Names) -> str:
    """What a macro does beside writing, in words: "Resolve; Impact: high"."""
    customs = {c.name: c for c in customs_of(macro.tenant, record_type.kind)}
    done = []
    if macro.move:
        try:
            done.append(str(flow.move(macro.move).title))
        except UnknownMove:
            done.append(_("a move that is no longer there"))
    for name, value in macro.values.items():
        said = _("me") if value == ME else words_of(record_type, name, value, names, flow, customs)
        done.append(f"{capital(label_of(record_type, name, customs))}: {said}")
    return "; ".join(done)


def names_in(macros: list[Macro], record_type: RecordType, person: Person) -> Names:
    """The names of what the macros set, but for those that this person may not know."""
    wanted: dict[type[models.Model], list[Any]] = {}
    for macro in macros:
        for name, value in macro.values.items():
            if name in record_type.foreign:
                wanted.setdefault(record_type.foreign[name], []).append(value)
    names = Names()
    for model, keys in wanted.items():
        for key, text in names_for(person, model, keys).items():
            names.know(model, key, text)
    return names


class MacroForm(forms.Form):
    """A canned text, and what is done with it. The fields of the kind follow; empty ones are left as they are."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    shortcut = forms.CharField(
        label=gettext_lazy("Short word"), max_length=30, required=False, help_text=gettext_lazy("What you type after :: to find it, such as thanks.")
    )
    text = forms.CharField(label=gettext_lazy("Text"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    is_internal = forms.BooleanField(label=gettext_lazy("For internal notes only"), required=False)
    audience = forms.ChoiceField(label=gettext_lazy("Who may use it"), choices=AUDIENCES)
    team = forms.TypedChoiceField(label=gettext_lazy("Team"), required=False, coerce=int, empty_value=None)
    move = forms.ChoiceField(label=gettext_lazy("Then make this move"), required=False)
    takes_it = forms.BooleanField(label=gettext_lazy("And put it with whoever uses the text"), required=False)

    def __init__(self, *args: Any, record_type: RecordType, person: Person, macro: Macro | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        self.fields["text"].help_text = _("Filled in when it is used: %(names)s.") % {"names": " ".join(f"{{{name}}}" for name in NAMES)}
        offer_audiences(self, person, macro)
        flow = workflow_of(person.tenant, record_type.kind)
        choices["move"].choices = [("", _("none")), *((m.name, str(m.title)) for m in flow.moves)]
        if "owner" not in record_type.foreign:
            del self.fields["takes_it"]
        for name in record_type.fields:
            if name not in ("title", record_type.body, "owner"):
                self._add(name, field_for(record_type, name, person))
        for custom in live_customs(person.tenant, record_type.kind) if person.tenant else ():
            self._add(f"{EXTRA}{custom.name}", custom_field(custom, person, required=False))

    def _add(self, name: str, field: forms.Field) -> None:
        field.required = field.widget.is_required = False
        field.label = _("Set: %(field)s") % {"field": field.label}
        if isinstance(field, forms.BooleanField):
            return  # a box that is not ticked says nothing: it can't be told from "leave it"
        self.fields[f"{OF_FIELD}{name}"] = field

    def values(self) -> dict[str, Any]:
        found = {n.removeprefix(OF_FIELD): plain(v) for n, v in self.cleaned_data.items() if n.startswith(OF_FIELD) and v not in (None, "", [], {})}
        return found | ({"owner": ME} if self.cleaned_data.get("takes_it") else {})


class MacrosPage(DeclaredView):
    """`/{plural}/macros/`: the canned texts and macros that one may use."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rt, person = self.record_type, self.person
        check_inside(person, rt)
        macros = list(visible_macros(person, rt).select_related("team", "owner").order_by("name", "pk")[:200])
        names, flow, words = names_in(macros, rt, person), workflow_of(person.tenant, rt.kind), dict(AUDIENCES)
        for macro in macros:
            macro.tenant = person.tenant  # type: ignore[assignment]
        rows = [
            {
                "macro": m,
                "does": does(m, rt, flow, names),
                "audience": m.team.name if m.team else words[m.audience],
                "may_change": may_change(person, m),
            }
            for m in macros
        ]
        title = _("Canned texts and macros")
        return self.show("ui/macros.html", {"rows": rows, "title": title, "base": address(rt), "crumbs": self.crumbs((title, ""))})


def check_inside(person: Person, record_type: RecordType) -> None:
    if reach(person, f"{record_type.kind}:internal").is_empty:
        raise Refused(sentence(person, f"{record_type.kind}:internal"))


class MacroPage(DeclaredView):
    """`/{plural}/macros/new/` and `/{plural}/macros/{macro}/`."""

    def _macro(self, number: int | None) -> Macro | None:
        check_inside(self.person, self.record_type)
        if number is None:
            return None
        found = visible_macros(self.person, self.record_type).filter(pk=min(number, 2**63 - 1)).select_related("team").first()
        if found is None:
            raise Http404
        if not may_change(self.person, found):
            raise Refused(_("This text is not yours. Write one of your own."))
        return found

    def _form(self, macro: Macro | None, *args: Any, **kwargs: Any) -> MacroForm:
        return MacroForm(*args, record_type=self.record_type, person=self.person, macro=macro, **kwargs)

    def get(self, request: HttpRequest, macro: int | None = None) -> HttpResponse:
        found = self._macro(macro)
        initial: dict[str, Any] = {"audience": "private"}
        if found is not None:
            initial = {n: getattr(found, n) for n in ("name", "shortcut", "text", "is_internal", "audience", "move")}
            initial |= {"team": found.team_id, "takes_it": found.values.get("owner") == ME}
            initial |= {f"{OF_FIELD}{name}": value for name, value in found.values.items()}
        return self._show(found, self._form(found, initial=initial))

    def post(self, request: HttpRequest, macro: int | None = None) -> HttpResponse:
        found = self._macro(macro)
        form = self._form(found, request.POST)
        if not form.is_valid():
            return self._show(found, form, 422)
        given = form.cleaned_data
        team = Team.objects.filter(pk=given["team"], tenant_id=self.person.tenant_id or 0).first() if given.get("team") else None
        try:
            kept = keep_macro(
                by=self.person,
                channel=CHANNEL,
                macro=found,
                record_type=self.record_type,
                team=team,
                values=form.values(),
                **{n: given[n] for n in ("name", "shortcut", "audience", "text", "is_internal", "move")},
            )
        except Faulty as error:
            for fault in error.faults:
                form.add_error(next((f for f in (fault.field, f"{OF_FIELD}{fault.field}") if f in form.fields), None), fault.sentence)
            return self._show(found, form, 422)
        messages.success(request, _("“%(name)s” is kept.") % {"name": kept.name})
        return HttpResponseRedirect(address(self.record_type, None, "macros"))

    def _show(self, macro: Macro | None, form: forms.Form, status: int = 200) -> HttpResponse:
        title = _("Change the canned text") if macro else _("New canned text")
        crumbs = self.crumbs((_("Canned texts and macros"), address(self.record_type, None, "macros")), (title, ""))
        return self.show(
            "ui/form.html",
            {"form": form, "title": title, "save": _("Keep it"), "back": address(self.record_type, None, "macros"), "crumbs": crumbs},
            status,
        )


class RemoveMacroPage(MacroPage):
    """`/{plural}/macros/{macro}/remove/`: asks, then takes it away."""

    def get(self, request: HttpRequest, macro: int | None = None) -> HttpResponse:
        found = self._macro(macro)
        assert found is not None
        title = _("Take the canned text away?")
        ask = {
            "id": "remove-macro",
            "title": _("Take “%(name)s” away?") % {"name": found.name},
            "text": _("What was written with it stays. The trail keeps its words."),
            "action": request.path,
            "do": _("Take it away"),
            "keep": _("Keep it"),
            "keep_href": address(self.record_type, None, "macros"),
            "is_open": True,
        }
        return self.show("ui/view_remove.html", {"confirm": ask, "title": title, "crumbs": self.crumbs((title, ""))})

    def post(self, request: HttpRequest, macro: int | None = None) -> HttpResponse:
        found = self._macro(macro)
        assert found is not None
        remove_macro(found, by=self.person, channel=CHANNEL)
        messages.success(request, _("“%(name)s” is taken away.") % {"name": found.name})
        return HttpResponseRedirect(address(self.record_type, None, "macros"))


class ChooseMacroPage(DeclaredView):
    """`…/macros/`: what may be used on this record, filled in. JSON for the composer; without script a page whose links fill the composer."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        if not is_inside(self.person, record):
            raise Http404
        rt = self.record_type
        macros = macros_on(self.person, record)
        names, flow = names_in(macros, rt, self.person), workflow_of(self.person.tenant, rt.kind)
        items = []
        for macro in macros:
            macro.tenant = record.tenant
            items.append(
                {
                    "id": macro.pk,
                    "name": macro.name,
                    "shortcut": macro.shortcut,
                    "text": said_by(macro, record, self.person),
                    "is_internal": macro.is_internal,
                    "does": does(macro, rt, flow, names),
                }
            )
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"items": items})
        title = _("Insert a canned text")
        base = address_of(record, rt)
        return self.show(
            "ui/macro_choose.html",
            {"items": items, "title": title, "base": base, "list_base": address(rt), "crumbs": self.record_crumbs(record, (title, ""))},
        )
