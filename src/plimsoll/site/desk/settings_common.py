"""What the settings pages share: crumbs, the form page, a section of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.site.desk.people_common import form_page

CHANNEL = "page"


@dataclass(slots=True)
class Section:
    """A table on a settings page. Rows are lists of (text, address or empty)."""

    heads: Sequence[str]
    rows: list[list[tuple[Any, str]]] = field(default_factory=list)
    title: str = ""
    intro: str = ""
    empty: str = ""


def tenant_of(person: Person) -> Tenant:
    """The tenant of somebody whose word was checked; so there is one."""
    assert person.tenant is not None
    return person.tenant


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Settings"), "/settings/"), *more]


def table_page(
    request: HttpRequest,
    title: str,
    sections: Iterable[Section],
    *,
    intro: str = "",
    acts: Sequence[tuple[str, str, bool]] = (),
    more: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """A page of tables with buttons at its head."""
    return render(
        request,
        "desk/settings/table.html",
        {"title": title, "sections": list(sections), "intro": intro, "acts": acts, "crumbs": crumbs(*more, (title, ""))},
    )


def settings_form(
    request: HttpRequest, form: forms.Form, *, title: str, button: str, back: str, intro: str = "", more: Sequence[tuple[str, str]] = ()
) -> HttpResponse:
    """A page with one form."""
    return form_page(request, form, title=title, button=button, back=back, intro=intro, crumbs=crumbs(*more))


def kept_or_404(model: type[models.Model], person: Person, number: int) -> Any:
    """A kept thing of the person's tenant; None for number 0, which means a new one."""
    if not number:
        return None
    found = model._default_manager.filter(pk=number, tenant=tenant_of(person)).first() if number < 2**63 else None
    if found is None:
        raise Http404
    return found
