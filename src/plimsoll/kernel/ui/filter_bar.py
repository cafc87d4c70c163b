"""The filters of a list as people meet them: tokens for those in use, a form for more. What they do is in `records.filters`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.filter_kinds import EMPTY, ME, MINE, RecordFilter
from plimsoll.kernel.records.filters import filterset_for
from plimsoll.kernel.ui.choosing import find_one, names_for
from plimsoll.kernel.ui.context import capital
from plimsoll.kernel.ui.forms import Chooser
from plimsoll.kernel.ui.shown import Names
from plimsoll.kernel.workflow import Workflow

HIDDEN = frozenset({"origin", "source", "external_reference"})
MOST_NAMED = 5  # of unknown parameters; an address may hold hundreds


def filters_of(record_type: RecordType, tenant: Tenant | None) -> Mapping[str, RecordFilter]:
    return filterset_for(record_type, tenant).base_filters  # type: ignore[no-any-return]


def want_names(record_type: RecordType, active: Mapping[str, list[str]], names: Names, person: Person) -> None:
    """The names that the tokens will show, of what the person may know; anything else stays a number."""
    known = filters_of(record_type, person.tenant)
    for name, values in active.items():
        if (target := known[name].target) is not None:
            for key, label in names_for(person, target, [v for value in values for v in value.split(",")]).items():
                names.know(target, key, label)


def tokens(
    record_type: RecordType, active: Mapping[str, list[str]], query: QueryDict, names: Names, flow: Workflow, person: Person
) -> list[dict[str, Any]]:
    """One token per filter in use: its word, its values in words, the address without it."""
    known = filters_of(record_type, person.tenant)
    done = []
    for name, values in active.items():
        shown = [
            _value(known[name], name, v, names, flow)
            for value in values
            for v in (value.split(",") if known[name].target or name == "state" else [value])
        ]
        without = query.copy()
        for gone in (name, "after", "before"):
            without.pop(gone, None)
        if not any(k for k in without if k not in ("order", "view")):
            without["open"] = ""  # without any filter at all the default would come back
        label = _("State") if name == "open" else capital(str(known[name].label))
        done.append({"name": name, "label": label, "value": ", ".join(shown), "remove_href": f"?{without.urlencode()}"})
    return done


def _value(found: RecordFilter, name: str, value: str, names: Names, flow: Workflow) -> str:
    if name == "open":
        return _("open") if value == "true" else _("ended")
    if name == "state":
        return flow.state(value).label
    if value == EMPTY:
        return _("nobody") if found.target is Person else _("none")
    if value == ME:
        return _("me")
    if value == MINE:
        return _("my teams")
    if found.target is not None:
        return value if (key := whole(value)) is None else names.of(found.target, key)
    choices = {str(v): str(label) for v, label in getattr(found.field, "choices", ())}
    return choices.get(value, value)


def unknown(record_type: RecordType, query: QueryDict, person: Person, also: Collection[str]) -> list[str]:
    """Names in the address that this list does not know, without those that its page reads itself (`also`).

    What is for insiders is unknown outside.
    """
    known = filters_of(record_type, person.tenant)
    outside = reach(person, f"{record_type.kind}:internal").is_empty
    given = [name.removesuffix("_typed") for name in query]
    return list(dict.fromkeys(n for n in given if n not in also and (n not in known or (outside and known[n].is_internal))))


def unused(names: Sequence[str]) -> list[str]:
    """One calm sentence about the parameters that were not used; nothing when all were."""
    if not names:
        return []
    told = [f"“{name[:40]}”" for name in names[:MOST_NAMED]] + (["…"] if len(names) > MOST_NAMED else [])
    return [
        ngettext(
            "The filter %(names)s is not known here and was not used.", "The filters %(names)s are not known here and were not used.", len(names)
        )
        % {"names": ", ".join(told)}
    ]


def heading(record_type: RecordType, query: QueryDict, shown: list[dict[str, Any]]) -> tuple[str, bool]:
    """The title of the list, and whether anything is filtered beyond open ones."""
    used = {name for name in query if name not in ("after", "before", "order", "view") and query.get(name)}
    many = record_type.plural_label
    is_open = query.get("open") == "true"
    if used == {"open"} and is_open:
        return _("Open %(records)s") % {"records": many}, False
    if used == {"open", "owner"} and query.getlist("owner") == [ME]:
        return _("%(records)s with me") % {"records": capital(many)}, True
    if used == {"open", "owner"} and query.getlist("owner") == [EMPTY]:
        return _("Unassigned %(records)s") % {"records": many}, True
    return capital(many), bool(shown)


def without_script(record_type: RecordType, query: QueryDict, person: Person) -> tuple[QueryDict, list[str]] | None:
    """The parameters in their plain form: typed names become numbers, empty ones go. None when they are plain already.

    With them a sentence for each name that is not there; its filter is left out.
    """
    typed = [name for name in query if name.endswith("_typed")]
    if not typed:
        return None
    known = filters_of(record_type, person.tenant)
    plain = QueryDict(mutable=True)
    faults = []
    for name, values in query.lists():
        if name.endswith("_typed"):
            field = name.removesuffix("_typed")
            text = values[-1].strip()
            if text and not query.get(field) and field in known and (target := known[field].target) is not None:
                if (found := find_one(person, target, text)) is not None:
                    plain.appendlist(field, str(found))
                    continue
                said = _("The filter “%(label)s” was not used: nothing is called “%(text)s”, or more than one is. Write the whole name.")
                faults.append(said % {"label": capital(str(known[field].label)), "text": text[:60]})
        else:
            for value in dict.fromkeys(v for v in values if v):
                plain.appendlist(name, value)
    if not any(name for name in plain if name not in ("order", "view")):
        plain["open"] = ""
    return plain, faults


@per_settings
def fields_html(tenant: Tenant, kind: str, is_insider: bool, language: str | None) -> SafeString:
    """The fields of the "add a filter" form, drawn once per settings: drawing them costs as much as the whole list."""
    record_type = type_named(kind)
    fields = {
        name: field
        for name, found in filters_of(record_type, tenant).items()
        if name not in HIDDEN and (is_insider or not found.is_internal) and (field := _field(name, found)) is not None
    }
    form = type("FilterForm", (forms.Form,), fields)(auto_id="filter-%s")
    return SafeString("".join(render_to_string("ui/_field.html", {"field": field, "is_filter": True}) for field in form))


def _field(name: str, found: RecordFilter) -> forms.Field | None:
    label = capital(str(found.label))
    if found.target is not None:
        who = "&who=work" if name == "owner" else ""
        return forms.Field(label=label, required=False, widget=Chooser(f"/choose/{found.target._meta.model_name}/?for=filter{who}"))
    choices = [(v, text) for v, text in getattr(found.field, "choices", ()) if v != ""]
    if choices:
        return forms.ChoiceField(label=label, required=False, choices=[("", "–"), *choices])
    if isinstance(found.field.widget, forms.DateInput):
        return forms.DateField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))
    return forms.CharField(label=label, required=False)


__all__ = ["fields_html", "filters_of", "heading", "tokens", "unknown", "unused", "want_names", "without_script"]
