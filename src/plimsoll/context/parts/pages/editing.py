"""`…/exclusions/` and its like: every part of one sort on a record; enter one, change one, take one away. Works without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from plimsoll.context.parts.declaring import PartType
from plimsoll.context.parts.operations import add_part, change_part, remove_part
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import Refused, is_inside, may
from plimsoll.kernel.records.queries import find_by_reference, visible_cards
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.ui.context import DeclaredView, address_of, capital

CHANNEL = "page"
ENDED = ("closed", "dropped")  # categories of records that nothing new names


class CardField(forms.CharField):
    """A record by its number, as people say it."""

    def __init__(self, person: Person, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.person = person

    def prepare_value(self, value: Any) -> Any:
        return value.reference if isinstance(value, Card) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if (found := find_by_reference(self.person, text)) is None:
            raise forms.ValidationError(
                _("There is no such record, or you may not see it. Give its number, for example %(example)s.") % {"example": "SVC-3"}
            )
        return found


class NamedField(forms.ModelChoiceField):
    """A record of one kind, or another part of the same record, by its name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.title) if isinstance(obj, Record) else str(obj)


class PartForm(forms.Form):
    """One part of a record."""

    def __init__(
        self, part_type: PartType, person: Person, record: Record, data: Any = None, part: models.Model | None = None, key: str = "new"
    ) -> None:
        initial = {n: getattr(part, n) for n in part_type.fields} if part is not None else None
        super().__init__(data, initial=initial, auto_id=f"id_{key}_%s")
        for name in part_type.fields:
            self.fields[name] = _form_field(part_type, name, person, record)


def _form_field(part_type: PartType, name: str, person: Person, record: Record) -> forms.Field:
    field = part_type.field(name)
    label = capital(str(field.verbose_name))
    if name in part_type.cards:
        return CardField(person, label=label, required=False, help_text=str(field.help_text))
    if name in (*part_type.records, *part_type.siblings):
        model: Any = part_type.related(name)
        if name in part_type.siblings:
            rows = model._default_manager.filter(**{part_type.record: record.pk})
        else:
            rows = model.objects.visible_to(person).exclude(category__in=ENDED).exclude(pk=record.pk).order_by("title", "pk")
        return NamedField(rows, label=label, required=not field.blank, help_text=str(field.help_text))
    if name in part_type.offered:
        offered = [("", "---------"), *part_type.offered[name]()]
        return forms.ChoiceField(choices=offered, label=label, required=not field.blank, help_text=str(field.help_text))
    made = field.formfield()
    assert made is not None
    made.label = label
    if isinstance(made, forms.DateField):
        made.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    if isinstance(made.widget, forms.Textarea):
        made.widget.attrs["rows"] = 2
    return made


class PartsPage(DeclaredView):
    """For the provider's own people; whoever may amend the record changes its parts while its state lets them."""

    part_type: ClassVar[PartType] = None  # type: ignore[assignment]

    def record(self, number: int) -> Record:
        record = self.found(number)
        if not is_inside(self.person, record):
            raise Http404
        return record

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self.record(number))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.record(number)
        word = f"{record.kind}:amend"
        if not may(self.person, word, record):
            raise Refused(_("You may read this and not change it. The SMS manager's role says who may."))
        if key := request.POST.get("remove", ""):
            return self._remove(record, self._part(record, key))
        part = self._part(record, key) if (key := request.POST.get("change", "")) else None
        form = PartForm(self.part_type, self.person, record, request.POST, part, key or "new")
        if form.is_valid():
            try:
                if part is None:
                    add_part(self.part_type, record, form.cleaned_data, by=self.person, channel=CHANNEL)
                else:
                    change_part(self.part_type, part, form.cleaned_data, by=self.person, channel=CHANNEL)
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            else:
                messages.success(request, _("It is entered.") if part is None else _("It is changed."))
                return HttpResponseRedirect(self._here(record))
        return self._show(record, form, part)

    def _here(self, record: Record) -> str:
        return address_of(record, self.record_type, self.part_type.plural)

    def _part(self, record: Record, key: str) -> models.Model:
        number = whole(key)
        rows = self.part_type.model._default_manager.filter(**{self.part_type.record: record.pk})
        found = None if number is None else rows.select_related(self.part_type.record).filter(pk=number).first()
        if found is None:
            raise Http404
        return found

    def _remove(self, record: Record, part: models.Model) -> HttpResponse:
        try:
            remove_part(self.part_type, part, by=self.person, channel=CHANNEL)
        except Faulty as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, _("It is taken away. The trail keeps what it said."))
        return HttpResponseRedirect(self._here(record))

    def _show(self, record: Record, form: PartForm | None = None, changed: models.Model | None = None) -> HttpResponse:
        pt = self.part_type
        can_amend = may(self.person, f"{record.kind}:amend", record)
        is_open = record.state in pt.open_in
        can_change = can_amend and (is_open or (bool(pt.late) and record.is_open))
        rows = []
        for line in shown_parts(pt, [record], self.person):
            is_this = changed is not None and changed.pk == line["part"].pk
            form_of = (form if is_this else PartForm(pt, self.person, record, part=line["part"], key=str(line["part"].pk))) if can_change else None
            rows.append({**line, "form": form_of, "is_open": is_this})
        new = (form if form is not None and changed is None else PartForm(pt, self.person, record)) if can_amend and is_open else None
        return self.show(
            "scopes/parts.html",
            {
                "record": record,
                "part_type": pt,
                "base": address_of(record, self.record_type),
                "rows": rows,
                "form": new,
                "can_remove": can_amend and is_open,
                "closed": pt.closed if can_amend and not is_open else "",
                "crumbs": self.record_crumbs(record, (str(pt.title), "")),
            },
            422 if form is not None and form.errors else 200,
        )


def shown_parts(part_type: PartType, records: Sequence[Record], person: Person) -> list[dict[str, Any]]:
    """Parts with their values in words, in two queries: fields that are set, and the records that they name as far as the reader may see those."""
    rows = list(part_type.model._default_manager.filter(**{f"{part_type.record}__in": [r.pk for r in records]}).select_related(*part_type.foreign))
    others = (*part_type.cards, *part_type.records)
    named = {getattr(row, f"{name}_id") for row in rows for name in others} - {None}
    seen = {pk for part in visible_cards(person, Card.objects.filter(pk__in=named)) for pk in part.values_list("pk", flat=True)} if named else set()
    told = []
    for row in rows:
        facts = []
        for name in part_type.fields:
            value = getattr(row, name)
            if name in others:
                if value is None:
                    continue
                href = f"/{type_named(value.kind).plural_kind}/{value.number}/" if value.pk in seen else ""
                facts.append((_label(part_type, name), f"{value.reference} {value.title}" if href else _("A record that you may not see"), href))
            elif value not in (None, "", False):
                shown = getattr(row, f"get_{name}_display")() if part_type.field(name).choices else _("yes") if value is True else value
                facts.append((_label(part_type, name), shown, ""))
        told.append({"part": row, "title": str(row), "facts": facts})
    return told


def _label(part_type: PartType, name: str) -> str:
    return capital(str(part_type.field(name).verbose_name))


def parts_route(record_type: RecordType, part_type: PartType) -> URLPattern:
    """The address of the page, for the site's addresses before the derived ones."""
    where = f"{record_type.plural_kind}/<int:number>/{part_type.plural}/"
    return path(where, PartsPage.as_view(record_type=record_type, part_type=part_type), name=f"{record_type.kind}_{part_type.plural}")
