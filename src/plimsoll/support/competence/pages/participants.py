"""`/training/{number}/people/`: for whom it is, who took part, and what they can show now, in one act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.kernel.access.queries import sentence
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.permissions import Refused, is_inside, may
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.ui.forms_derived import ReferenceField
from plimsoll.support.competence.models import LEVELS, PROOFS, Participant, Qualification, Training
from plimsoll.support.competence.operations import ENDED, name_participants, note_participation, remove_participant, write_qualifications
from plimsoll.support.competence.record import TRAINING

CHANNEL = "page"


class NameForm(forms.Form):
    """One more person."""

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["person"] = ReferenceField(Person, by, is_for_work=True, label=_("Person"))

    def clean_person(self) -> Person:
        found = Person.objects.filter(pk=self.cleaned_data["person"], tenant_id=self.by.tenant_id or 0, is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("There is no such person."))
        return found


class ShowForm(forms.Form):
    """What those who took part can show."""

    level = forms.TypedChoiceField(label=gettext_lazy("Level"), choices=LEVELS, coerce=int, initial=2)
    proof = forms.ChoiceField(label=gettext_lazy("Proof"), choices=PROOFS, initial="training")
    expires_on = forms.DateField(label=gettext_lazy("Valid until"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


class ParticipantsPage(DeclaredView):
    """For our own people who may read the training; whoever may amend it changes the list."""

    record_type = TRAINING

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        return self._show(self._training(number))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        training = self._training(number)
        if not may(self.person, "training:amend", training):
            raise Refused(sentence(self.person, "training:amend"))
        act = request.POST.get("act", "")
        name = NameForm(request.POST if act == "name" else None, by=self.person, auto_id="id_name_%s")
        show = ShowForm(request.POST if act == "show" else None, auto_id="id_show_%s")
        bound = name if act == "name" else show if act == "show" else None
        if bound is not None and not bound.is_valid():
            return self._show(training, name, show, 422)
        try:
            self._do(act, training, bound.cleaned_data if bound is not None else {})
        except Faulty as error:
            if bound is None:
                messages.error(request, str(error))
            else:
                for fault in error.faults:
                    bound.add_error(fault.field if fault.field in bound.fields else None, fault.sentence)
                return self._show(training, name, show, 422)
        return HttpResponseRedirect(address_of(training, TRAINING, "people"))

    def _do(self, act: str, training: Training, said: dict[str, Any]) -> None:
        if act == "name":
            name_participants(training, [said["person"]], by=self.person, channel=CHANNEL)
            messages.success(self.request, _("%(name)s is named.") % {"name": said["person"]})
        elif act == "note":
            ticked = set(self.request.POST.getlist("took"))
            took = {row.person_id: str(row.person_id) in ticked for row in Participant.objects.filter(training=training.pk)}
            note_participation(training, took, by=self.person, channel=CHANNEL)
            messages.success(self.request, _("It is noted who took part."))
        elif act.startswith("remove-"):
            found = Participant.objects.filter(pk=whole(act.removeprefix("remove-")) or 0, training=training.pk).select_related("training").first()
            if found is None:
                raise Http404
            remove_participant(found, by=self.person, channel=CHANNEL)
        elif act == "show":
            made = write_qualifications(training, by=self.person, channel=CHANNEL, **said)
            words = ngettext(
                "One qualification is entered. Somebody checks it.", "%(n)d qualifications are entered. Somebody checks them.", len(made)
            )
            messages.success(self.request, words % {"n": len(made)})
        else:
            raise Http404

    def _training(self, number: int) -> Training:
        found = self.found(number)
        assert isinstance(found, Training)
        if not is_inside(self.person, found):
            raise Http404
        return found

    def _show(self, training: Training, name: NameForm | None = None, show: ShowForm | None = None, status: int = 200) -> HttpResponse:
        can = may(self.person, "training:amend", training) and training.state not in ENDED
        written = set(Qualification.objects.filter(training=training.pk).values_list("person_id", flat=True))
        rows = [(row, row.person_id in written) for row in Participant.objects.filter(training=training.pk).select_related("person")]
        waiting = any(row.took_part and not is_written for row, is_written in rows)
        is_done = training.done_on is not None and training.competence_id is not None
        context = {
            "record": training,
            "base": address_of(training, TRAINING),
            "rows": rows,
            "can_change": can,
            "name_form": (name or NameForm(by=self.person, auto_id="id_name_%s")) if can else None,
            "show_form": (show or ShowForm(auto_id="id_show_%s")) if waiting and is_done and may(self.person, "training:amend", training) else None,
            "crumbs": self.record_crumbs(training, (_("For whom"), "")),
        }
        return self.show("competence/participants.html", context, status)
