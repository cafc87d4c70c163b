"""Reading views: which ones a person has, and how much stands in each now. Rows are counted through `visible_to` only."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import QueryDict

from plimsoll.kernel.access.queries import reach, sign_of_access, teams_of
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.cache import Brief
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.filters import apply
from plimsoll.kernel.views.models import ListChoice, SavedView

SHOWN = 20  # as tabs
ON_A_PAGE = 50
MOST_COUNTED = 100
SECONDS = 15.0
_counts: Brief[int] = Brief(SECONDS)


def visible_views(person: Person, record_type: RecordType | None = None) -> QuerySet[SavedView]:
    """One's own, those of one's teams, and those for all of the provider's people. What all here see is not for people outside:
    the names of views tell of the work on them."""
    rows = SavedView.objects.filter(tenant_id=person.tenant_id or 0)
    wanted = Q(owner_id=person.pk)
    if teams := teams_of(person):
        wanted |= Q(audience="team", team_id__in=teams)
    if record_type is not None:
        rows = rows.filter(kind=record_type.kind)
        if not reach(person, f"{record_type.kind}:internal").is_empty:
            wanted |= Q(audience="all")
    elif person.organization is not None and person.organization.kind in ("provider", "unit"):
        wanted |= Q(audience="all")
    return rows.filter(wanted)


def views_of(person: Person, record_type: RecordType) -> list[SavedView]:
    """The views of a list that stand on it as tabs, in their places, one's own before others' of the same place; the rest is on their page."""
    found = list(visible_views(person, record_type).order_by("position", "name")[:SHOWN])
    return sorted(found, key=lambda view: (view.position, view.owner_id != person.pk))


def view_of(person: Person, record_type: RecordType, number: int | None) -> SavedView | None:
    """One view, whether it has a tab or not; None when it is not there for this person."""
    return visible_views(person, record_type).filter(pk=number).first() if number else None


def views_page(person: Person, record_type: RecordType, after: int | None = None) -> tuple[list[SavedView], int | None]:
    """The views of a list a page at a time, in their places; and the last one's number when more come after it."""
    rows = visible_views(person, record_type).order_by("position", "name", "pk")
    if (last := view_of(person, record_type, after)) is not None:
        same_place = Q(position=last.position)
        rows = rows.filter(Q(position__gt=last.position) | (same_place & Q(name__gt=last.name)) | (same_place & Q(name=last.name, pk__gt=last.pk)))
    found = list(rows[: ON_A_PAGE + 1])
    return found[:ON_A_PAGE], found[ON_A_PAGE - 1].pk if len(found) > ON_A_PAGE else None


def choice_of(person: Person, record_type: RecordType) -> ListChoice | None:
    """How the list looks to this person, with the view it starts with."""
    return ListChoice.objects.filter(person=person, kind=record_type.kind).select_related("start").first()


def count_of(person: Person, record_type: RecordType, query: str) -> int:
    """How many records a list shows this person, at most 100 and one; at most 15 seconds old, and new at once when their rights change."""
    key = (person.pk, record_type.kind, query, sign_of_access(person))
    return _counts.get(key, lambda: _counted(person, record_type, query))


def _counted(person: Person, record_type: RecordType, query: str) -> int:
    parts = record_type.model.objects.parts_visible_to(person)
    found: set[int] = set()
    for part in apply(record_type, parts, QueryDict(query), person).parts:
        found.update(part.order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1])
        if len(found) > MOST_COUNTED:
            break
    return min(len(found), MOST_COUNTED + 1)


def counts_of(person: Person, record_type: RecordType, views: Iterable[SavedView]) -> dict[int, str]:
    """The numbers beside the views: "12", or "100+" where counting on would cost more than it tells."""
    return {view.pk: shown(count_of(person, record_type, view.query)) for view in views}


def shown(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
