"""What the pages of people, teams and organisations share: who may, finding or 404, forms that carry faults. It writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.queries import allows, check, check_everywhere, reach
from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.queries import BadCursor, Page, keyset_page
from plimsoll.kernel.ui.choosing import find_one, label_for, rows_for
from plimsoll.kernel.ui.context import SignedInView, person_of
from plimsoll.kernel.ui.filter_bar import unused
from plimsoll.kernel.ui.forms import Chooser


class WordView(SignedInView):
    """A page for those whose roles hold one word; others are refused with the sentence that names it.

    The word must reach the whole tenant, unless the page itself keeps to what a narrower one reaches (`is_for_parts`).
    """

    word: ClassVar[str] = ""
    is_for_parts: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = person_of(request)
        if person is not None and self.word:
            (check if self.is_for_parts else check_everywhere)(person, self.word)
        return super().dispatch(request, *args, **kwargs)


def visible_people(by: Person) -> models.QuerySet[Person]:
    """The people whom `person:read` or `person:keep` lets somebody see: all of the tenant, or those of some organizations."""
    return _within(Person.objects.filter(tenant_id=by.tenant_id or 0).exclude(kind="system"), "organization", by, "person:read", "person:keep")


def person_or_404(by: Person, number: int) -> Person:
    """Somebody whom one may see, oneself included, with tenant and organization."""
    found = Person.objects.select_related("tenant", "organization").filter(pk=number, tenant_id=by.tenant_id or 0).exclude(kind="system").first()
    if found is None or (found.pk != by.pk and not visible_people(by).filter(pk=number).exists()):
        raise Http404
    return found


def may_keep(by: Person, someone: Person) -> bool:
    """May one change this person's entry?"""
    return allows(reach(by, "person:keep"), tenant=someone.tenant_id, organization=someone.organization_id)


def check_keep(by: Person, someone: Person) -> None:
    """Raise `Refused` unless one may."""
    check(by, "person:keep", organization=someone.organization_id)


def visible_organizations(by: Person) -> models.QuerySet[Organization]:
    """All organizations of the tenant, or those that somebody's words reach."""
    rows = Organization.objects.filter(tenant_id=by.tenant_id or 0)
    return _within(rows, "pk", by, "person:read", "organization:read", "organization:keep")


def visible_teams(by: Person) -> models.QuerySet[Team]:
    """All teams of the tenant, or those of the organizations that somebody's words reach."""
    return _within(Team.objects.filter(tenant_id=by.tenant_id or 0), "organization", by, "person:read", "team:keep")


def _within(rows: models.QuerySet[Any], column: str, by: Person, *words: str) -> models.QuerySet[Any]:
    found = [reach(by, word) for word in words]
    if any(r.everything for r in found):
        return rows
    return rows.filter(**{f"{column}__in": frozenset().union(*(r.organizations for r in found))})


def organization_or_404(by: Person, number: int) -> Organization:
    found = visible_organizations(by).select_related("parent").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def team_or_404(by: Person, number: int) -> Team:
    found = visible_teams(by).select_related("organization").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def may_keep_team(by: Person, team: Team) -> bool:
    """May one change this team and who is in it? With a narrower word only where what the team's members may do is no wider either."""
    kept = reach(by, "team:keep")
    if kept.everything:
        return True
    grants = Grant.objects.filter(Q(ended_at=None) | Q(ended_at__gt=now()), team=team)
    return team.organization_id in kept.organizations and not grants.exclude(organization__in=kept.organizations).exists()


def check_keep_team(by: Person, team: Team) -> None:
    """Raise `Refused` unless one may."""
    if not may_keep_team(by, team):
        check_everywhere(by, "team:keep")


def choice(by: Person, model: type[models.Model], label: Any, *, required: bool = True, help_text: Any = "") -> forms.ModelChoiceField:
    """A typed search over things of the tenant, which also works without script."""
    return forms.ModelChoiceField(
        rows_for(by, model),
        label=label,
        required=required,
        help_text=help_text,
        widget=Chooser(
            f"/choose/{model._meta.model_name}/", label_of=lambda key: label_for(by, model, key), find=lambda text: find_one(by, model, text) or text
        ),
    )


def carry(form: forms.Form, error: Faulty) -> None:
    """The faults of a write, each at its field."""
    for fault in error.faults:
        form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)


def form_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: Any,
    button: Any,
    back: str,
    intro: Any = "",
    crumbs: Iterable[tuple[Any, str]] = (),
    is_danger: bool = False,
) -> HttpResponse:
    """The one page on which every form of these pages stands."""
    context = {"form": form, "title": title, "button": button, "back": back, "intro": intro, "crumbs": [*crumbs, (title, "")], "is_danger": is_danger}
    return render(request, "desk/people/form.html", context, status=400 if form.errors else 200)


def paged(request: HttpRequest, rows: models.QuerySet[Any], order: str, known: Iterable[str] = ()) -> tuple[Page, dict[str, Any]]:
    """One page of rows by the address's `cursor`, the addresses of the pages beside it, and what of the address is not `known` here."""
    try:
        page = keyset_page([rows], order, request.GET.get("cursor") or None)
    except BadCursor:
        page = keyset_page([rows], order)
    known = {*known, "q", "cursor"}
    kept = {k: v for k, v in request.GET.items() if k in known and k != "cursor"}

    def to(mark: str | None) -> str:
        return "?" + urlencode({**kept, "cursor": mark}) if mark else ""

    return page, {"newer": to(page.previous), "older": to(page.next), "faults": unused([k for k in request.GET if k not in known])}
