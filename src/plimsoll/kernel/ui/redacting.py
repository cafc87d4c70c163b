"""The page that takes words out of a record by order. What can be taken out is offered; the write itself stands in the records."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import Truncator
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import Refused, sentence
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.models import Attachment, Comment, Record
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.redaction import REPLACEMENT, redact, words_held
from plimsoll.kernel.ui.context import DeclaredView, address_of, capital
from plimsoll.kernel.ui.forms_derived import EXTRA
from plimsoll.kernel.ui.shown import label_of

MOST = 500  # messages and files that are offered, the newest


class RedactForm(forms.Form):
    """What goes, on whose order, and the number once more."""

    fields_ = forms.MultipleChoiceField(label=gettext_lazy("Texts"), required=False, widget=forms.CheckboxSelectMultiple)
    comments = forms.MultipleChoiceField(label=gettext_lazy("Messages"), required=False, widget=forms.CheckboxSelectMultiple)
    words = forms.MultipleChoiceField(label=gettext_lazy("Words beside it"), required=False, widget=forms.CheckboxSelectMultiple)
    attachments = forms.MultipleChoiceField(label=gettext_lazy("Files"), required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label=gettext_lazy("On whose order, and why"), max_length=500)
    confirm = forms.CharField(
        label=gettext_lazy("The record’s number, once more"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, record: Record, choices: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record
        for name, some in choices.items():
            self.fields[name].choices = some  # type: ignore[attr-defined]
            if not some:
                del self.fields[name]

    def clean_confirm(self) -> str:
        typed: str = self.cleaned_data["confirm"].strip()
        if typed.upper() != self.record.reference:
            raise forms.ValidationError(_("This is not its number. Type %(reference)s.") % {"reference": self.record.reference})
        return typed


class RedactPage(DeclaredView):
    """`…/redact/`: choose texts, messages and files; they are taken out for good, and the trail says that they were."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self._checked(number)
        return self._show(record, RedactForm(record=record, choices=self._choices(record)))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self._checked(number)
        form = RedactForm(request.POST, record=record, choices=self._choices(record))
        if form.is_valid():
            chosen = {name: form.cleaned_data.get(name) or [] for name in ("fields_", "comments", "words", "attachments")}
            try:
                redact(
                    record,
                    by=self.person,
                    channel="page",
                    reason=form.cleaned_data["reason"],
                    fields=chosen["fields_"],
                    comments=list(Comment.objects.filter(card_id=record.pk, pk__in=chosen["comments"])),
                    words=chosen["words"],
                    attachments=list(Attachment.objects.filter(card_id=record.pk, pk__in=chosen["attachments"])),
                )
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            else:
                messages.success(
                    request,
                    _("It is taken out of %(reference)s. The trail says that it was there, and who took it out.") % {"reference": record.reference},
                )
                return HttpResponseRedirect(address_of(record, self.record_type))
        return self._show(record, form)

    def _checked(self, number: int) -> Record:
        record = self.found(number)
        # The page shows internal notes too, so both words are needed to open it.
        for word in (f"{record.kind}:redact", f"{record.kind}:internal"):
            if not may(self.person, word, record):
                raise Refused(sentence(self.person, word))
        return record

    def _choices(self, record: Record) -> dict[str, list[tuple[str, str]]]:
        """What holds words now, each with how it begins. Whoever may redact reads all of it."""
        rt = self.record_type
        held = [(n, capital(label_of(rt, n)), getattr(record, n)) for n in rt.fields if n in rt.texts]
        held += [(f"{EXTRA}{c.name}", c.label, record.extra.get(c.name)) for c in customs_of(self.person.tenant, rt.kind)]
        comments = Comment.objects.filter(card_id=record.pk, redacted_at=None).select_related("author").order_by("-pk")[:MOST]
        files = Attachment.objects.filter(card_id=record.pk, removed_at=None).order_by("-pk")[:MOST]
        return {
            "fields_": [(n, f"{label}: {_begin(value)}") for n, label, value in held if value not in (None, "", REPLACEMENT)],
            "comments": [(str(c.pk), f"{c.author}, {c.at:%Y-%m-%d %H:%M}: {_begin(c.text)}") for c in comments],
            "words": [(words.key, f"{words.label}: {_begin(words.text)}") for words in words_held(record) if words.text],
            "attachments": [(str(f.pk), f.name) for f in files],
        }

    def _show(self, record: Record, form: RedactForm) -> HttpResponse:
        title = _("Redact %(reference)s") % {"reference": record.reference}
        return self.show(
            "ui/redact.html",
            {
                "record": record,
                "base": address_of(record, self.record_type),
                "form": form,
                "title": title,
                "crumbs": self.record_crumbs(record, (_("Redact"), "")),
            },
            422 if form.errors else 200,
        )


def _begin(value: Any) -> str:
    return Truncator(" ".join(str(value).split())).chars(80)
