"""Typed searches in place of lists of ten thousand: what may be chosen, by whom, twenty at a time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.queries import find_by_reference
from plimsoll.kernel.register.models import BIGGEST_NUMBER
from plimsoll.kernel.ui.context import SignedInView

MOST = 20
MOST_LATELY = 5


@cache
def choosable() -> dict[str, type[models.Model]]:
    """Everything that some field points to, by the word of its model."""
    found: dict[str, type[models.Model]] = {"person": Person, "organization": Organization, "team": Team}
    for record_type in declared():
        found |= {str(model._meta.model_name): model for model in record_type.foreign.values()}
        found[record_type.kind] = record_type.model
    return found


def is_of_provider(person: Person) -> bool:
    """Does this person belong to the provider? Others choose among their own organization's people only."""
    return person.kind == "system" or (person.organization is not None and person.organization.kind in ("provider", "unit"))


def rows_for(person: Person, model: type[models.Model]) -> Any:
    """What this person may choose from."""
    if issubclass(model, Record):
        return model.objects.visible_to(person)
    rows = model._default_manager.filter(tenant_id=person.tenant_id)
    if model is Person:
        rows = rows.filter(is_active=True, erased_at=None).exclude(kind="system")
        return rows if is_of_provider(person) else rows.filter(organization_id=person.organization_id)
    if model is Organization:
        rows = rows.filter(is_active=True)
        return rows if is_of_provider(person) else rows.filter(Q(pk=person.organization_id) | Q(memberships__person=person)).distinct()
    if model is Team and not is_of_provider(person):
        rows = rows.filter(organization_id=person.organization_id)
    return rows.filter(is_active=True) if any(f.name == "is_active" for f in model._meta.fields) else rows


def working(rows: Any) -> Any:
    """Of people those that work may be given to: ours, and our suppliers'; never a customer's."""
    return rows.filter(organization__kind__in=("provider", "unit", "supplier"))


def text_field(model: type[models.Model]) -> str:
    """The column that people know such a thing by."""
    names = {f.name for f in model._meta.fields}
    return next((n for n in ("title", "path", "name", "slug") if n in names), "pk")


def find_one(person: Person, model: type[models.Model], text: str, *, is_for_work: bool = False) -> int | None:
    """The one thing that a typed text names: its exact name, or a record's number. None when there is none, or several."""
    if issubclass(model, Record):
        card = find_by_reference(person, text)
        if card is not None and card.kind == model._meta.model_name:
            return int(card.pk)
    exact = Q(**{f"{text_field(model)}__iexact": text.strip()})
    if model is Person:
        exact |= Q(email__iexact=text.strip())
    rows = working(rows_for(person, model)) if is_for_work else rows_for(person, model)
    found = list(rows.filter(exact).values_list("pk", flat=True)[:2])
    return int(found[0]) if len(found) == 1 else None


def names_for(person: Person, model: type[models.Model], keys: Iterable[Any]) -> dict[int, str]:
    """The texts of keys that somebody sent, but for those that this person may not know: a number is no way round the walls.

    People of the provider are told the names of what is no longer in use too; a form or filter may still hold it.
    """
    wanted = {number for key in keys if (number := whole(key)) is not None}
    if not wanted:
        return {}
    if issubclass(model, Record) or not is_of_provider(person):
        rows = rows_for(person, model)
    else:
        rows = model._default_manager.filter(tenant_id=person.tenant_id)
    return {key: str(text) for key, text in rows.filter(pk__in=wanted).values_list("pk", text_field(model))}


def label_for(person: Person, model: type[models.Model], key: Any, *, is_stored: bool = False) -> str:
    """The text of a chosen key, for a form that is shown again; `is_stored`: it stands in a record that the person may see, so it is no secret."""
    if not is_stored:
        return next(iter(names_for(person, model, [key]).values()), "")
    found = model._default_manager.filter(pk=key).values_list(text_field(model), flat=True).first()
    return str(found or "")


class ChoosePage(SignedInView):
    """`/choose/{model}/?q=`: twenty things to choose from. Without a text those first that this person chose lately in the same field (`lately`).

    The browser keeps the numbers of what was chosen and this page their names: what somebody may no longer see is not told. `who=work`:
    only people whom work may be given to.
    """

    def get(self, request: HttpRequest, model: str) -> HttpResponse:
        target = choosable().get(model)
        if target is None:
            raise Http404
        text = " ".join(request.GET.get("q", "").split())[:100]
        results = self._special(target, text) if request.GET.get("for") == "filter" else []
        rows = rows_for(self.person, target)
        if target is Person and request.GET.get("who") == "work":
            rows = working(rows)
        column = text_field(target)
        names = [
            column,
            *(["email", "organization__name"] if target is Person else []),
            *(["number", "organization__name"] if issubclass(target, Record) else []),
        ]
        if text:
            wanted = Q()
            for word in text.split():
                one = Q(**{f"{column}__icontains": word})
                if target is Person:
                    one |= Q(email__istartswith=word)
                wanted &= one
            number = whole(text.upper().removeprefix(type_named(model).prefix).strip("- "), BIGGEST_NUMBER) if issubclass(target, Record) else None
            if number is not None:
                wanted |= Q(number=number)
            rows = rows.filter(wanted)
        order = "-changed_at" if issubclass(target, Record) else column
        lately = [] if text else [key for one in request.GET.get("lately", "").split(",")[:MOST_LATELY] if (key := whole(one)) is not None]
        known = {row[0]: row for row in rows.filter(pk__in=lately).values_list("pk", *names)} if lately else {}
        results += [self._item(model, target, known[key], _("Chosen lately")) for key in lately if key in known]
        rest = _("All") if known else ""
        if not text and target is Person and self.person.pk not in known and not request.GET.get("for"):
            results.append({"value": str(self.person.pk), "label": self.person.name, "sub": _("you"), "group": rest})
        if not text and target is Person:
            rows = rows.exclude(pk=self.person.pk)
        results += [self._item(model, target, row, rest) for row in rows.exclude(pk__in=known).order_by(order).values_list("pk", *names)[:MOST]]
        return JsonResponse({"results": results})

    def _item(self, model: str, target: type[models.Model], row: tuple[Any, ...], group: str) -> dict[str, str]:
        key, label, *more = row
        sub = ""
        if target is Person:
            sub = _("you") if key == self.person.pk else more[1] or more[0] or ""
        elif issubclass(target, Record):
            sub = f"{type_named(model).prefix}-{more[0]} · {more[1]}"
        return {"value": str(key), "label": str(label), "sub": sub, "group": group}

    def _special(self, target: type[models.Model], text: str) -> list[dict[str, str]]:
        """Words that filters know besides keys."""
        words = [("none", _("nobody") if target is Person else _("none"))]
        if target is Person:
            words.insert(0, ("me", _("me")))
        if target is Team:
            words.insert(0, ("mine", _("my teams")))
        return [{"value": value, "label": label, "sub": "", "group": ""} for value, label in words if text.lower() in label.lower()]
