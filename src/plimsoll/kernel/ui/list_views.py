"""The saved views of a list as its page needs them: which one is open, with which columns, and what may be saved. It asks two questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.ui import filter_bar
from plimsoll.kernel.ui.context import address, capital
from plimsoll.kernel.ui.shown import label_of
from plimsoll.kernel.views.columns import OWN, chosen
from plimsoll.kernel.views.models import SavedView
from plimsoll.kernel.views.operations import OF_A_PAGE, plain_query
from plimsoll.kernel.views.queries import choice_of, view_of, views_of
from plimsoll.kernel.views.sharing import may_change


@dataclass(slots=True)
class Kept:
    """What a person keeps of a list. `leads_to` is the address that the present one stands for: a view's, or the one to start with."""

    views: list[SavedView]
    columns: list[str]
    view: SavedView | None = None
    start: int | None = None
    faults: list[str] = field(default_factory=list)
    leads_to: str = ""


def address_of_view(record_type: RecordType, view: SavedView) -> str:
    """The list with the view's filters spelt out, so that the address says what is shown, and to a colleague the same."""
    return f"{address(record_type)}?{view.query}&view={view.pk}"


def kept_of(person: Person, record_type: RecordType, query: QueryDict) -> Kept:
    """The views, and the open one by the parameter `view`. A bare address leads to the view that the person starts with."""
    views = views_of(person, record_type)
    choice = choice_of(person, record_type)
    kept = Kept(views, [], start=choice.start_id if choice else None)
    filters = [name for name in query if name not in (*OF_A_PAGE, "order", "access")]
    if "view" in query:
        kept.view = _found(person, record_type, views, whole(query.get("view", "")))
        if kept.view is not None and kept.view not in views:
            kept.views = [*views, kept.view]  # the one that is open has a tab, however many there are
        if kept.view is None:
            kept.faults.append(_("The view of this address is not there for you. What you see is filtered as the address says."))
        elif not filters:
            kept.leads_to = address_of_view(record_type, kept.view)
    elif not query and kept.start is not None:
        start = _found(person, record_type, views, kept.start)
        kept.leads_to = address_of_view(record_type, start) if start else ""
    wanted = kept.view.columns if kept.view and kept.view.columns else choice.columns if choice else []
    kept.columns, gone = chosen(record_type, person, wanted)
    kept.faults += [
        _("The column “%(name)s” is no longer there, or not for you; it is left out.") % {"name": column_label(record_type, person, name)}
        for name in gone
    ]
    if kept.view:
        known = filter_bar.filters_of(record_type, person.tenant)
        kept.faults += [
            _("The view filters by “%(name)s”, which is no longer there; that part is left out.") % {"name": name.removeprefix(OWN)}
            for name in filters
            if name not in known
        ]
    return kept


def _found(person: Person, record_type: RecordType, views: list[SavedView], number: int | None) -> SavedView | None:
    return next((view for view in views if view.pk == number), None) or view_of(person, record_type, number)


def column_label(record_type: RecordType, person: Person, name: str) -> str:
    """The word of a column; for a retired field of one's own the word that it had."""
    if name.startswith(OWN):
        customs = {c.name: c for c in customs_of(person.tenant, record_type.kind)} if person.tenant else {}
        return label_of(record_type, f"extra.{name.removeprefix(OWN)}", customs)
    known = {"reference": _("Number"), "changed_at": _("Quiet"), "due_at": _("Time left")}
    return known.get(name) or capital(label_of(record_type, name))


def shown(kept: Kept, record_type: RecordType, query: QueryDict, person: Person, text: str) -> dict[str, Any]:
    """What the page draws of it: the tabs (their counts come after the page), and the ways to save what is shown."""
    base = address(record_type)
    view = kept.view
    present = plain_query(text)
    is_changed = view is not None and present != plain_query(view.query)
    tabs = [
        {"label": _("Open ones") if record_type.requester else _("All"), "href": f"{base}?{_bare(record_type)}", "id": "", "is_current": view is None}
    ]
    tabs += [
        {"label": v.name, "href": address_of_view(record_type, v), "id": v.pk, "is_current": view is v, "audience": v.audience} for v in kept.views
    ]
    return {
        "tabs": tabs if kept.views else [],
        "counts_href": f"{base}views/counts/" if kept.views else "",
        "all_href": f"{base}views/",
        "save_href": f"{base}views/new/?{present}",
        "columns_href": f"{base}columns/?{urlencode({'next': f'{base}?{text}'})}",
        "change_href": f"{base}views/{view.pk}/?{present}" if view and may_change(person, view) else "",
        "is_changed": is_changed,
        "name": view.name if view else "",
        "said": _said(view) if view else "",
    }


def _bare(record_type: RecordType) -> str:
    return "open=true" if record_type.requester else "open="


def _said(view: SavedView) -> str:
    words: Mapping[str, str] = {"private": _("only for me"), "team": _("for a team"), "all": _("for everybody who works here")}
    return words.get(view.audience, "")
