"""The pages of merging and splitting: first what will happen, then the act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from plimsoll.kernel.access.queries import Refused, reach, sentence
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import Attachment, Comment, Link
from plimsoll.kernel.records.operations import MoveRefused, StaleRecord
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.choosing import find_one
from plimsoll.kernel.ui.context import address_of
from plimsoll.kernel.ui.writing import MovePage
from plimsoll.kernel.workflow import Workflow
from plimsoll.resolution.incidents.merging import in_order, may_split, merge, split
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.pages import CHANNEL, IncidentPage, NumberForm
from plimsoll.resolution.incidents.panels import reasons_of_place
from plimsoll.resolution.incidents.record import INCIDENT
from plimsoll.resolution.incidents.rules import Facts, Other, is_for_the_same_customer, joins_what_goes_on

MOST_MESSAGES = 200


class MergePage(IncidentPage):
    """`…/merge/`: choose the other (`?other=INC-7` names it), read what will happen, merge."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self._checked(number)
        named = request.GET.get("other", "")[:40]
        return self._show(record, self._form(initial={"other": find_one(self.person, Incident, named)} if named else None))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self._checked(number)
        form = self._form(request.POST)
        if not form.is_valid():
            return self._show(record, form)
        other: Incident = form.cleaned_data["other"]
        if "confirmed" not in request.POST or request.POST["confirmed"] != str(other.pk):
            return self._preview(record, other, form)
        try:
            elder, younger = merge(record, other, by=self.person, channel=CHANNEL, note=form.cleaned_data["note"])
        except (Faulty, MoveRefused, Refused, StaleRecord) as error:
            form.refused(error)
            return self._show(record, form)
        told = _("%(one)s is merged into %(other)s. Whoever asked for it or follows it takes part in the other from now on.")
        messages.success(request, told % {"one": younger.reference, "other": elder.reference})
        return HttpResponseRedirect(address_of(elder, INCIDENT))

    def _checked(self, number: int) -> Incident:
        record = self.incident(number)
        self.need_amend(record)
        self.move(record, "merge")
        return record

    def _form(self, data: Any = None, **given: Any) -> NumberForm:
        return NumberForm(data, **given, person=self.person, label=_("The other incident"), note=_("Note"))

    def _show(self, record: Incident, form: NumberForm) -> HttpResponse:
        lede = _("The one that was opened first goes on, whichever you choose; the other ends as “merged”. First you see what will happen.")
        reasons = reasons_of_place(workflow_of(self.person.tenant, "incident"), record, self.move(record, "merge"))
        return self.act_page(record, form, _("Merge with another"), _("Show what will happen"), lede, reasons)

    def _preview(self, record: Incident, other: Incident, form: NumberForm) -> HttpResponse:
        elder, younger = in_order(record, other)
        flow = workflow_of(self.person.tenant, "incident")
        reasons = refused_because(flow, elder, younger)
        if not may(self.person, "incident:amend", elder) or not may(self.person, "incident:merge", younger):
            reasons.append(sentence(self.person, "incident:merge"))
        said = Comment.objects.filter(card_id=younger.pk).count() + bool(younger.description)  # what was reported is a message too
        files = Attachment.objects.filter(card_id=younger.pk, removed_at=None).count()
        return self.show(
            "incidents/merge.html",
            {
                "record": record,
                "other": other,
                "elder": elder,
                "younger": younger,
                "base": address_of(record, INCIDENT),
                "elder_href": address_of(elder, INCIDENT),
                "younger_href": address_of(younger, INCIDENT),
                "elder_state": flow.state(elder.state),
                "younger_state": flow.state(younger.state),
                "is_turned": elder.pk == record.pk,
                "said": ngettext("%(n)d message", "%(n)d messages", said) % {"n": said},
                "files": ngettext("%(n)d file", "%(n)d files", files) % {"n": files},
                "reasons": reasons,
                "note": form.cleaned_data["note"],
                "crumbs": self.record_crumbs(record, (_("Merge with another"), "")),
            },
            422 if reasons else 200,
        )


def refused_because(flow: Workflow, elder: Incident, younger: Incident) -> list[str]:
    """What the guards will say, before the link is made that they ask for."""
    if elder.pk == younger.pk:
        return [_("That is this incident itself.")]
    other = Other(elder.reference, elder.number, elder.opened_at, elder.organization_id, elder.state, elder.closed_at or elder.resolved_at)
    facts = Facts(number=younger.number, opened_at=younger.opened_at, organization=younger.organization_id, other=other)
    arrow = flow.move("merge")
    reasons = flow.refusals(arrow, younger.state, None, {}) if younger.state not in arrow.sources else []
    return [*reasons, *(said for guard in (is_for_the_same_customer, joins_what_goes_on) if (said := guard(facts)))]


class SplitForm(forms.Form):
    """What the new incident is called, and a note."""

    title = forms.CharField(label=gettext_lazy("Title of the new incident"), max_length=250)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class SplitPage(IncidentPage):
    """`…/split/`: choose messages; they become an incident of their own."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self._checked(number)
        return self._show(record, SplitForm(), set())

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self._checked(number)
        form = SplitForm(request.POST)
        keys = {key for text in request.POST.getlist("message") if (key := whole(text)) is not None}
        if not keys:
            form.add_error(None, _("Choose at least one message."))
        if form.is_valid():
            chosen = list(Comment.objects.filter(card_id=record.pk, pk__in=keys).select_related("author"))
            try:
                made = split(record, chosen, title=form.cleaned_data["title"], note=form.cleaned_data["note"], by=self.person, channel=CHANNEL)
            except (Faulty, Refused, StaleRecord) as error:
                form.add_error(None, " ".join(f.sentence for f in error.faults) if isinstance(error, Faulty) else str(error))
            else:
                messages.success(request, _("%(new)s is split off %(old)s.") % {"new": made.reference, "old": record.reference})
                return HttpResponseRedirect(address_of(made, INCIDENT))
        return self._show(record, form, keys, 422)

    def _checked(self, number: int) -> Incident:
        record = self.incident(number)
        self.need_amend(record)
        if not may_split(self.person, record) or reach(self.person, "incident:open").is_empty:
            raise Refused(sentence(self.person, "incident:open"))
        return record

    def _show(self, record: Incident, form: SplitForm, keys: set[int], status: int = 200) -> HttpResponse:
        rows = Comment.objects.filter(card_id=record.pk, redacted_at=None).select_related("author").order_by("-id")[:MOST_MESSAGES]
        return self.show(
            "incidents/split.html",
            {
                "record": record,
                "base": address_of(record, INCIDENT),
                "form": form,
                "rows": [{"id": c.pk, "who": c.author.name, "at": c.at, "text": c.text, "is_public": c.is_public, "on": c.pk in keys} for c in rows][
                    ::-1
                ],
                "crumbs": self.record_crumbs(record, (_("Split messages off"), "")),
            },
            status,
        )


class MergeMovePage(MovePage):
    """`…/moves/merge/`: the move needs the other, so its page is the one that asks for it."""

    record_type = INCIDENT

    def get(self, request: HttpRequest, number: int, name: str = "merge") -> HttpResponse:
        record = self.found(number)
        self._move(record, name)
        is_said = Link.objects.filter(source_id=record.pk, meaning="duplicates").exists()
        return super().get(request, number, name) if is_said else HttpResponseRedirect(address_of(record, INCIDENT, "merge"))


def routes() -> list[URLPattern]:
    """For the site's addresses, before the derived ones."""
    one = "incidents/<int:number>/"
    return [
        path(f"{one}merge/", MergePage.as_view(), name="incident_merge"),
        path(f"{one}split/", SplitPage.as_view(), name="incident_split"),
        path(f"{one}moves/merge/", MergeMovePage.as_view(), {"name": "merge"}, name="incident_merge_move"),
    ]
