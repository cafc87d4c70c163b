"""Settings of custom fields: define, rename, change choices and requirement, retire."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.records.customs import amend_custom_field, define_custom_field, retire_custom_field
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.models import CustomField
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.site.desk.people_common import WordView
from plimsoll.site.desk.settings_common import CHANNEL, Section, kept_or_404, settings_form, table_page, tenant_of

WORD = "field:define"


class FieldForm(forms.Form):
    """A custom field. Kind and type can't change later, so that no value is lost."""

    kind = forms.ChoiceField(label=gettext_lazy("On"))
    label = forms.CharField(label=gettext_lazy("Label"), max_length=100)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=CustomField.TYPES)
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line; for a choice only."),
    )
    is_public = forms.BooleanField(label=gettext_lazy("Customers and suppliers see it too"), required=False, initial=True)
    is_personal = forms.BooleanField(label=gettext_lazy("It holds something about a person: it can be erased by order"), required=False)
    required_in = forms.MultipleChoiceField(label=gettext_lazy("Needed in these states"), required=False, widget=forms.CheckboxSelectMultiple)

    def clean_choices(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]


class FieldsPage(WordView):
    """`/settings/fields/`."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        fields = list(CustomField.objects.filter(tenant=tenant_of(self.person)))
        types = dict(CustomField.TYPES)
        sections = [
            Section(
                [_("Label"), _("Type"), _("Who sees it"), _("State")],
                title=t.label.capitalize(),
                empty=_("No field of your own."),
                rows=[
                    [
                        (f.label, f"/settings/fields/{f.pk}/"),
                        (types[f.type], ""),
                        (_("everybody") if f.is_public else _("our own people"), ""),
                        (_("retired"), "") if f.retired_at else (_("Retire …"), f"/settings/fields/{f.pk}/retire/"),
                    ]
                    for f in fields
                    if f.kind == t.kind
                ],
            )
            for t in declared()
        ]
        return table_page(
            request,
            _("Fields"),
            sections,
            intro=_("Fields of your own on every kind of record: in forms, lists, search, API, import and export."),
            acts=[(_("New field"), "/settings/fields/new/", True)],
        )


class FieldPage(WordView):
    """`/settings/fields/new/` and `/settings/fields/{id}/`."""

    word = WORD

    def _form(self, data: Any, kept: CustomField | None, initial: dict[str, Any] | None = None) -> FieldForm:
        form = FieldForm(data, initial=initial)
        form.fields["kind"].choices = [(t.kind, t.label) for t in declared()]  # type: ignore[attr-defined]
        if kept is None:
            del form.fields["required_in"]  # the states depend on the kind, which is not chosen yet
        else:
            for name in ("kind", "type", "is_personal"):
                del form.fields[name]
            if kept.type != "choice":
                del form.fields["choices"]
            form.fields["required_in"].choices = [  # type: ignore[attr-defined]
                (s.name, s.label) for s in workflow_of(tenant_of(self.person), kept.kind).states
            ]
        return form

    def get(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        kept = kept_or_404(CustomField, self.person, number)
        initial = (
            {"label": kept.label, "choices": "\n".join(kept.choices), "is_public": kept.is_public, "required_in": kept.required_in} if kept else None
        )
        return self._page(request, self._form(None, kept, initial), kept)

    def post(self, request: HttpRequest, number: int = 0) -> HttpResponse:
        kept = kept_or_404(CustomField, self.person, number)
        form = self._form(request.POST, kept)
        if form.is_valid():
            try:
                if kept:
                    amend_custom_field(kept, by=self.person, channel=CHANNEL, **form.cleaned_data)
                else:
                    self._define(form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, " ".join(error.messages))
            except ValueError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("“%(label)s” is kept.") % {"label": form.cleaned_data["label"]})
                return HttpResponseRedirect("/settings/fields/")
        return self._page(request, form, kept)

    def _define(self, data: dict[str, Any]) -> CustomField:
        base = slugify(data["label"]).replace("-", "_")[:36] or "field"
        taken = set(CustomField.objects.filter(tenant=tenant_of(self.person), kind=data["kind"]).values_list("name", flat=True))
        name = next(n for n in (base, *(f"{base}_{i}" for i in range(2, 100))) if n not in taken)
        return define_custom_field(tenant=tenant_of(self.person), by=self.person, channel=CHANNEL, name=name, **data)

    def _page(self, request: HttpRequest, form: forms.Form, kept: CustomField | None) -> HttpResponse:
        intro = ""
        if kept:
            intro = _("On every %(kind)s; in API and files it is called %(name)s, whatever its label.") % {
                "kind": type_named(kept.kind).label,
                "name": kept.name,
            }
            intro += " " + (
                _("It is retired.") if kept.retired_at else _("Its type stays, so that no value is lost; to end it, retire it from the list.")
            )
        return settings_form(
            request,
            form,
            title=kept.label if kept else _("New field"),
            button=_("Save"),
            back="/settings/fields/",
            intro=intro,
            more=[(_("Fields"), "/settings/fields/")],
        )


class RetireFieldPage(WordView):
    """`/settings/fields/{id}/retire/`: asks first."""

    word = WORD

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._page(request, self._found(number))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        kept = self._found(number)
        retire_custom_field(kept, by=self.person, channel=CHANNEL)
        messages.success(request, _("“%(label)s” is retired: its values stay, forms offer it no more.") % {"label": kept.label})
        return HttpResponseRedirect("/settings/fields/")

    def _found(self, number: int) -> CustomField:
        kept = kept_or_404(CustomField, self.person, number)
        if kept is None or kept.retired_at is not None:
            raise Http404
        return kept

    def _page(self, request: HttpRequest, kept: CustomField) -> HttpResponse:
        return settings_form(
            request,
            forms.Form(),
            title=_("Retire “%(label)s”?") % {"label": kept.label},
            button=_("Retire the field"),
            back=f"/settings/fields/{kept.pk}/",
            intro=_("Its values stay readable and are exported; forms offer it no more."),
            more=[(_("Fields"), "/settings/fields/")],
        )
