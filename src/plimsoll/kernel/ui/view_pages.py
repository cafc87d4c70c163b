"""The pages of saved views: save, change, share, take away, choose columns, and the counts that come after a list. Works without script."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import Refused, reach, sentence, teams_of
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.filters import apply
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui import filter_bar
from plimsoll.kernel.ui.context import DeclaredView, address
from plimsoll.kernel.ui.list_views import address_of_view, column_label
from plimsoll.kernel.ui.pins import pins_of
from plimsoll.kernel.ui.shown import Names
from plimsoll.kernel.views.columns import columns_for, declared_columns
from plimsoll.kernel.views.models import DENSITIES, SavedView
from plimsoll.kernel.views.operations import keep_choice, keep_view, plain_query, remove_view
from plimsoll.kernel.views.queries import choice_of, counts_of, views_of, views_page, visible_views
from plimsoll.kernel.views.sharing import AUDIENCES, Shared, may_change, may_share

CHANNEL = "page"


class Places(forms.Widget):
    """Things in an order of one's own: a number beside each, empty for those that are left out."""

    template_name = "ui/widgets/places.html"
    use_fieldset = True

    def __init__(self, things: list[tuple[str, str]]) -> None:
        super().__init__()
        self.things = things

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        places = value if isinstance(value, dict) else {thing: n for n, thing in enumerate(value or (), 1)}
        rows = [{"name": f"{name}.{thing}", "label": label, "value": places.get(thing, "")} for thing, label in self.things]
        context["widget"]["rows"] = sorted(rows, key=lambda row: (row["value"] == "", whole(row["value"]) or 0))
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        return {thing: given for thing, _label in self.things if (given := (data.get(f"{name}.{thing}") or "").strip())}

    def id_for_label(self, id_: str) -> str:
        return ""


class PlacesField(forms.Field):
    """Its value is the list of things in their order."""

    def __init__(self, things: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(widget=Places(things), **kwargs)

    def clean(self, value: Any) -> list[str]:
        if any(whole(place, 99) is None for place in value.values()):
            raise forms.ValidationError(_("Give places as numbers: 1 for the first column; leave empty what is not to be shown."))
        return sorted(value, key=lambda thing: int(value[thing]))


class ColumnsForm(forms.Form):
    """Which columns, in which order."""

    def __init__(self, *args: Any, record_type: RecordType, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        things = [(name, column_label(record_type, person, name)) for name in columns_for(record_type, person)]
        self.fields["columns"] = PlacesField(
            things, label=_("Columns"), required=False, help_text=_("1 is the first column. Without a number it is not shown. The title always is.")
        )


def offer_audiences(form: forms.Form, person: Person, kept: Shared | None) -> None:
    """Let the fields `audience` and `team` offer what this person may choose, and what is kept already; no team, no field for it."""
    fields: Any = form.fields
    teams = list(Team.objects.filter(pk__in=teams_of(person)).order_by("name").values_list("pk", "name"))
    if kept is not None and kept.team_id and kept.team_id not in dict(teams):
        teams.append((kept.team_id, str(kept.team)))
    fields["team"].choices = [("", "–"), *teams]
    offered = {"private"} | ({"team"} if teams else set()) | ({"all"} if may_share(person) else set()) | ({kept.audience} if kept else set())
    fields["audience"].choices = [(v, label) for v, label in AUDIENCES if v in offered]
    if not teams:
        del fields["team"]


class ViewForm(ColumnsForm):
    """A view: its name, who sees it, how it looks."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    audience = forms.ChoiceField(label=gettext_lazy("Who sees it"), choices=AUDIENCES)
    team = forms.TypedChoiceField(label=gettext_lazy("Team"), required=False, coerce=int, empty_value=None)
    is_start = forms.BooleanField(label=gettext_lazy("Begin with this view when I open the list"), required=False)
    density = forms.ChoiceField(label=gettext_lazy("Density"), choices=DENSITIES, required=False)
    position = forms.IntegerField(label=gettext_lazy("Place among the views"), min_value=1, max_value=999, required=False)

    def __init__(self, *args: Any, record_type: RecordType, person: Person, view: SavedView | None, **kwargs: Any) -> None:
        super().__init__(*args, record_type=record_type, person=person, **kwargs)
        offer_audiences(self, person, view)


class ViewsPage(DeclaredView):
    """`/{plural}/views/`: all the views of a list that one has, by pages (`?after=`), and which the list starts with."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rt, person = self.record_type, self.person
        views, more = views_page(person, rt, whole(request.GET.get("after", "")))
        choice = choice_of(person, rt)
        names = Names()
        names.want(Person, [v.owner_id for v in views])
        names.want(Team, [v.team_id for v in views])
        names.fetch()
        words, pinned = dict(AUDIENCES), pins_of(person)
        rows = [
            {
                "view": v,
                "href": address_of_view(rt, v),
                "owner": names.of(Person, v.owner_id),
                "audience": names.of(Team, v.team_id) if v.team_id else words[v.audience],
                "is_start": choice is not None and choice.start_id == v.pk,
                "may_change": may_change(person, v),
                "is_pinned": v.pk in pinned,
            }
            for v in views
        ]
        title = _("Views of this list")
        return self.show(
            "ui/views.html",
            {
                "rows": rows,
                "title": title,
                "base": address(rt),
                "has_start": choice is not None and choice.start_id is not None,
                "newer": address(rt, None, "views") if "after" in request.GET else "",
                "older": f"?after={more}" if more else "",
                "crumbs": self.crumbs((title, "")),
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Choose the view to start with, or none."""
        number = whole(request.POST.get("start", ""))
        view = visible_views(self.person, self.record_type).filter(pk=number).first() if number else None
        if number and view is None:
            raise Http404
        keep_choice(by=self.person, channel=CHANNEL, record_type=self.record_type, start=view or False)
        messages.success(request, _("The list begins with “%(name)s” now.") % {"name": view} if view else _("The list begins as it comes now."))
        return HttpResponseRedirect(address(self.record_type, None, "views"))


class ViewPage(DeclaredView):
    """`/{plural}/views/new/?…` saves what the address filters by; `/{plural}/views/{view}/` changes one."""

    def _view(self, number: int | None) -> SavedView | None:
        if number is None:
            if reach(self.person, f"{self.record_type.kind}:read").is_empty:
                raise Refused(sentence(self.person, f"{self.record_type.kind}:read"))
            return None
        view = visible_views(self.person, self.record_type).filter(pk=min(number, 2**63 - 1)).select_related("team").first()
        if view is None:
            raise Http404
        if not may_change(self.person, view):
            raise Refused(_("This view is not yours. Save one of your own with the same filters."))
        return view

    def _query(self, view: SavedView | None) -> str:
        """What the address filters by; when it says nothing, what the view has."""
        if not self.request.GET and view is not None:
            return view.query
        return plain_query(self.request.GET.urlencode())

    def get(self, request: HttpRequest, view: int | None = None) -> HttpResponse:
        found = self._view(view)
        choice = choice_of(self.person, self.record_type)
        initial: dict[str, Any] = {
            "audience": "private",
            "position": 100,
            "columns": (choice.columns if choice else None) or declared_columns(self.record_type),
        }
        if found is not None:
            initial |= {n: getattr(found, n) for n in ("name", "audience", "density", "position")}
            initial |= {"team": found.team_id, "columns": found.columns or declared_columns(self.record_type)}
            initial["is_start"] = choice is not None and choice.start_id == found.pk
        return self._show(found, self._form(found)(initial=initial))

    def _form(self, view: SavedView | None) -> Any:
        return lambda *args, **kwargs: ViewForm(*args, record_type=self.record_type, person=self.person, view=view, **kwargs)

    def post(self, request: HttpRequest, view: int | None = None) -> HttpResponse:
        found = self._view(view)
        form = self._form(found)(request.POST)
        if not form.is_valid():
            return self._show(found, form, 422)
        given = form.cleaned_data
        rt = self.record_type
        team = Team.objects.filter(pk=given["team"], tenant_id=self.person.tenant_id or 0).first() if given.get("team") else None
        columns = given["columns"]
        try:
            kept = keep_view(
                by=self.person,
                channel=CHANNEL,
                view=found,
                record_type=rt,
                name=given["name"],
                query=self._query(found),
                audience=given["audience"],
                team=team,
                # Those of the kind are not written down, so that a view follows when the kind gets a new one.
                columns=[] if columns == [c for c in declared_columns(rt) if c in columns_for(rt, self.person)] else columns,
                density=given["density"],
                position=given["position"] or 100,
            )
            was_start = (choice := choice_of(self.person, rt)) is not None and choice.start_id == kept.pk
            if given["is_start"] != was_start:
                keep_choice(by=self.person, channel=CHANNEL, record_type=rt, start=kept if given["is_start"] else False)
        except Faulty as error:
            for fault in error.faults:
                form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            return self._show(found, form, 422)
        messages.success(request, _("“%(name)s” is kept.") % {"name": kept.name})
        return HttpResponseRedirect(address_of_view(rt, kept))

    def _show(self, view: SavedView | None, form: forms.Form, status: int = 200) -> HttpResponse:
        rt, text = self.record_type, self._query(view)
        query = QueryDict(text)
        filtered = apply(rt, [], query, self.person)
        names = Names()
        filter_bar.want_names(rt, filtered.active, names, self.person)
        title = _("Change the view") if view else _("Save this view")
        return self.show(
            "ui/view.html",
            {
                "form": form,
                "title": title,
                "view": view,
                "tokens": filter_bar.tokens(rt, filtered.active, query, names.fetch(), workflow_of(self.person.tenant, rt.kind), self.person),
                "order": filtered.order,
                "base": address(rt),
                "back": address_of_view(rt, view) if view else f"{address(rt)}?{text}",
                "crumbs": self.crumbs((_("Views"), address(rt, None, "views")), (title, "")),
            },
            status,
        )


class RemoveViewPage(ViewPage):
    """`/{plural}/views/{view}/remove/`: asks, then takes it away for everybody who used it."""

    def get(self, request: HttpRequest, view: int | None = None) -> HttpResponse:
        found = self._view(view)
        assert found is not None
        title = _("Take the view away?")
        everybody = _("It goes for everybody who used it. ") if found.audience != "private" else ""
        ask = {
            "id": "remove-view",
            "title": _("Take “%(name)s” away?") % {"name": found.name},
            "text": everybody + _("The records stay as they are. The trail keeps its name and filters."),
            "action": request.path,
            "do": _("Take the view away"),
            "keep": _("Keep it"),
            "keep_href": address_of_view(self.record_type, found),
            "is_open": True,
        }
        return self.show("ui/view_remove.html", {"confirm": ask, "title": title, "crumbs": self.crumbs((title, ""))})

    def post(self, request: HttpRequest, view: int | None = None) -> HttpResponse:
        found = self._view(view)
        assert found is not None
        remove_view(found, by=self.person, channel=CHANNEL)
        messages.success(request, _("“%(name)s” is taken away.") % {"name": found.name})
        return HttpResponseRedirect(address(self.record_type, None, "views"))


class CountsPage(DeclaredView):
    """`/{plural}/views/counts/`: how much stands in each view, asked for after the page. `{"counts": {"12": "7", "13": "100+"}}`"""

    def get(self, request: HttpRequest) -> HttpResponse:
        counts = counts_of(self.person, self.record_type, views_of(self.person, self.record_type))
        return JsonResponse({"counts": counts})


class ColumnsPage(DeclaredView):
    """`/{plural}/columns/`: one's own columns of a list where no view says it."""

    def _back(self) -> str:
        back = self.request.GET.get("next", "")
        return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else address(self.record_type)

    def get(self, request: HttpRequest) -> HttpResponse:
        choice = choice_of(self.person, self.record_type)
        wanted = (choice.columns if choice else None) or declared_columns(self.record_type)
        return self._show(ColumnsForm(initial={"columns": wanted}, record_type=self.record_type, person=self.person))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ColumnsForm(request.POST, record_type=self.record_type, person=self.person)
        if form.is_valid():
            columns = [] if "reset" in request.POST else form.cleaned_data["columns"]
            try:
                keep_choice(by=self.person, channel=CHANNEL, record_type=self.record_type, columns=columns)
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            else:
                messages.success(request, _("Your columns are kept."))
                return HttpResponseRedirect(self._back())
        return self._show(form, 422)

    def _show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        title = _("Columns of this list")
        return self.show("ui/columns.html", {"form": form, "title": title, "back": self._back(), "crumbs": self.crumbs((title, ""))}, status)
