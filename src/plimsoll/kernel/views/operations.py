"""Keeping views: one write function each for views and for how one's lists look, every write in the trail. It knows no page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, reach, sentence
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.fields import changed, clean_text, save_checked, snapshot
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.filters import apply
from plimsoll.kernel.views.columns import MOST, unknown
from plimsoll.kernel.views.models import DENSITIES, ListChoice, SavedView
from plimsoll.kernel.views.queries import visible_views
from plimsoll.kernel.views.sharing import may_change, share

FIELDS = ("kind", "name", "audience", "team", "query", "columns", "density", "position")
OF_A_PAGE = ("after", "before", "since", "view")  # parameters that say where one stands, not what one sees
MOST_QUERY = 2000
MOST_VIEWS = 100


def plain_query(text: str) -> str:
    """The parameters of an address as a view keeps them: without the page one stands on, without empty ones. Never empty:
    "open=" is how an address asks for everything."""
    query = QueryDict(text[: MOST_QUERY + 1], mutable=True)
    for name in list(query):
        values = [v for v in query.getlist(name) if v]
        if name in OF_A_PAGE or name.endswith("_typed") or not values:
            del query[name]
        else:
            query.setlist(name, values)
    if not any(name != "order" for name in query):
        query["open"] = ""
    return query.urlencode()


def keep_view(
    *,
    by: Person,
    channel: str,
    view: SavedView | None = None,
    record_type: RecordType | None = None,
    name: str | None = None,
    query: str | None = None,
    audience: str | None = None,
    team: Team | None = None,
    columns: Sequence[str] | None = None,
    density: str | None = None,
    position: int | None = None,
) -> SavedView:
    """Save a view, or change what is given of one; what is None stays. `team` counts where `audience` is given.

    Raises `Refused` when somebody else's view is to be changed or the word for sharing is missing, `Faulty` with a sentence per field
    for everything that a list would not take. `position` counts from 1.
    """
    if by.tenant is None:
        raise Faulty([Fault("", _("Only people of a tenant keep these."))])
    with writing():
        if view is not None:
            kept = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk, tenant=by.tenant)
            if not may_change(by, kept):
                raise Refused(_("This view is not yours. Save one of your own with the same filters."))
        else:
            assert record_type is not None
            kept = SavedView(tenant=by.tenant, owner=by, kind=record_type.kind)
        rt = type_named(kept.kind)
        if reach(by, f"{rt.kind}:read").is_empty:
            raise Refused(sentence(by, f"{rt.kind}:read"))
        old = snapshot(kept, FIELDS) if view is not None else {}
        faults: list[Fault] = []
        if name is not None or view is None:
            kept.name = clean_text("name", name or "", faults, most=100, needed=True)
        if query is not None or view is None:
            kept.query = _clean_query(rt, by, query or "", faults)
        if audience is not None:
            share(kept, by, audience, team, faults)
        if columns is not None:
            kept.columns = _clean_columns(rt, by, columns, faults)
        if density is not None:
            kept.density = density
            if density not in dict(DENSITIES):
                faults.append(Fault("density", _("Choose one of: %(known)s.") % {"known": ", ".join(filter(None, dict(DENSITIES)))}))
        if position is not None:
            kept.position = position
            if not 1 <= position <= 999:
                faults.append(Fault("position", _("Give a place from 1 to 999.")))
        if view is None and SavedView.objects.filter(owner=by, kind=rt.kind).count() >= MOST_VIEWS:
            faults.append(Fault("", _("You keep %(n)d views of this list already. Take one away first.") % {"n": MOST_VIEWS}))
        save_checked(kept, faults)
        if changes := changed(kept, old, FIELDS):
            _tell(kept, "keep" if view is not None else "add", by=by, channel=channel, changes=changes)
    return kept


def _clean_query(record_type: RecordType, by: Person, text: str, faults: list[Fault]) -> str:
    """Exactly what the list would take: an unknown filter or a bad value is said now, not when somebody opens the view."""
    if len(text) > MOST_QUERY:
        faults.append(Fault("query", _("This is longer than %(n)d characters.") % {"n": MOST_QUERY}))
        return ""
    kept = plain_query(text)
    for name, sentences in apply(record_type, [], QueryDict(kept), by, also=frozenset()).errors.items():
        faults += [Fault("query", f"{name}: {said}") for said in sentences]
    return kept


def _clean_columns(record_type: RecordType, by: Person, columns: Sequence[str], faults: list[Fault]) -> list[str]:
    wanted = list(dict.fromkeys(map(str, columns)))
    if gone := unknown(record_type, by, wanted):
        faults.append(Fault("columns", _("There is no column “%(name)s”.") % {"name": gone[0][:60]}))
    if len(wanted) > MOST:
        faults.append(Fault("columns", _("A list has at most %(n)d columns.") % {"n": MOST}))
    return wanted


def remove_view(view: SavedView, *, by: Person, channel: str) -> None:
    """Take a view away for everybody who used it. The trail keeps its name and filters."""
    with writing():
        kept = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk, tenant=by.tenant)
        if not may_change(by, kept):
            raise Refused(_("This view is not yours to take away."))
        changes = {name: (value, None) for name, value in snapshot(kept, FIELDS).items()}
        _tell(kept, "remove", by=by, channel=channel, changes=changes)
        kept.delete()


def keep_choice(
    *, by: Person, channel: str, record_type: RecordType, columns: Sequence[str] | None = None, start: SavedView | bool | None = None
) -> ListChoice:
    """How the list of a kind looks to oneself; what is None stays. `start`: the view it begins with, False for none. No columns: the kind's."""
    with writing():
        kept = ListChoice.objects.select_for_update(of=("self",)).filter(person=by, kind=record_type.kind).first()
        is_new = kept is None
        kept = kept or ListChoice(person=by, kind=record_type.kind)
        old = {} if is_new else snapshot(kept, ("columns", "start"))
        faults: list[Fault] = []
        if columns is not None:
            kept.columns = _clean_columns(record_type, by, columns, faults)
        if start is False:
            kept.start = None
        elif isinstance(start, SavedView):
            if start.kind != record_type.kind or not visible_views(by, record_type).filter(pk=start.pk).exists():
                faults.append(Fault("start", _("There is no such view.")))
            kept.start = start
        save_checked(kept, faults)
        if changes := changed(kept, old, ("columns", "start")):
            publish(
                KeptChanged(
                    tenant_id=by.tenant_id or 0, kind="list", subject_id=kept.pk, action="prefer", by_id=by.pk, channel=channel, changes=changes
                )
            )
    return kept


def _tell(kept: SavedView, action: str, *, by: Person, channel: str, changes: dict[str, tuple[Any, Any]]) -> None:
    publish(
        KeptChanged(
            tenant_id=kept.tenant_id,
            kind="view",
            subject_id=kept.pk,
            action=action,
            by_id=by.pk,
            channel=channel,
            changes=changes,
            texts=frozenset({"name", "query"}),
        )
    )
