"""Pages of agreements that the derived ones cannot be: the versions of the terms, drafting them, putting them in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.models import Agreement, RecalculationLine, Version
from plimsoll.agreements.levels.operations import ENDED, begun_from, discard_draft, draft_terms, mark_of, put_in_force
from plimsoll.agreements.levels.pages.forms import MEASURE_LABELS, ROWS, TermsForm, row_label
from plimsoll.agreements.levels.queries import how_it_stands
from plimsoll.agreements.levels.record import AGREEMENT, RECALCULATION
from plimsoll.agreements.levels.rules import ShareTarget, Target, Terms, faults_of_terms, read_terms, write_span
from plimsoll.kernel.access.queries import Refused, may_everywhere, sentence
from plimsoll.kernel.identity.models import Team
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.targets.rules import MEASURES
from plimsoll.kernel.ui.context import DeclaredView, address_of
from plimsoll.kernel.workflow import Workflow
from plimsoll.portfolio.services.models import Service

CHANNEL = "page"
LINES = 50
TIMED = "incident"  # the kind whose states pause the clocks


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One line of the list of versions."""

    version: Version
    category: str
    word: str
    href: str


class AgreementPage(DeclaredView):
    """Shared: the agreement, and what the pages of its versions need."""

    record_type = AGREEMENT

    def agreement(self, number: int) -> Agreement:
        found = self.found(number)
        assert isinstance(found, Agreement)
        return found

    def need(self, word: str, agreement: Agreement) -> None:
        if not may(self.person, f"agreement:{word}", agreement):
            raise Refused(sentence(self.person, f"agreement:{word}"))

    def flow(self) -> Workflow:
        return workflow_of(self.person.tenant, TIMED)


class VersionsPage(AgreementPage):
    """`…/versions/`: what was agreed, from when to when."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        agreement, moment = self.agreement(number), now()
        can_amend = may(self.person, "agreement:amend", agreement) and agreement.state not in ENDED
        versions = list(agreement.versions.select_related("corrects", "published_by").prefetch_related("corrections").order_by("-number"))
        shown = [v for v in versions if v.published_at is not None or may(self.person, "agreement:amend", agreement)]
        base = address_of(agreement, AGREEMENT)
        return self.show(
            "levels/versions.html",
            {
                "record": agreement,
                "base": base,
                "rows": [VersionRow(v, *how_it_stands(v, moment), f"{base}versions/{v.number}/") for v in shown],
                "can_amend": can_amend,
                "has_draft": any(v.published_at is None for v in versions),
                "crumbs": self.record_crumbs(agreement, (_("Versions"), "")),
            },
        )


class StartForm(forms.Form):
    """From when, and why."""

    starts_on = forms.DateField(
        label=gettext_lazy("In force from"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("The beginning of that day, in your time zone. Empty means from this moment on."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=500)

    def __init__(self, *args: Any, is_correction: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_correction:  # it starts where the version did that it corrects: asking for a day would be asking in vain
            del self.fields["starts_on"]
            reason = self.fields["reason"]
            reason.label, reason.required, reason.widget.is_required = _("What was wrong"), True, True
            reason.error_messages["required"] = _("Say what was wrong: it stands in the trail and beside every record that is recalculated.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day = data.get("starts_on")
        if day is not None and day < localdate() and not (data.get("reason") or "").strip():
            said = _("%(day)s is past. Say why the terms hold from then on; the reason stands in the trail.")
            self.add_error("reason", said % {"day": date_format(day, "j F Y")})
        return data


class VersionPage(AgreementPage):
    """`…/versions/{n}/`: the terms of one version in words; a draft is put in force or thrown away here."""

    def get(self, request: HttpRequest, number: int, version: int) -> HttpResponse:
        agreement = self.agreement(number)
        row = self._version(agreement, version)
        return self._show(agreement, row, StartForm(is_correction=row.corrects_id is not None))

    def post(self, request: HttpRequest, number: int, version: int) -> HttpResponse:
        agreement = self.agreement(number)
        row = self._version(agreement, version)
        if row.published_at is not None:  # somebody was faster, or the page was old
            messages.warning(request, _("Version %(n)d is in force already. It does not change any more.") % {"n": row.number})
            return HttpResponseRedirect(request.path)
        if request.POST.get("act") == "discard":
            discard_draft(agreement, by=self.person, channel=CHANNEL)
            messages.success(request, _("The draft is thrown away."))
            return HttpResponseRedirect(address_of(agreement, AGREEMENT, "versions"))
        form = StartForm(request.POST, is_correction=row.corrects_id is not None)
        if form.is_valid():
            day = form.cleaned_data.get("starts_on")
            start = None if day is None or day == localdate() else make_aware(datetime.combine(day, time.min))
            try:
                made = put_in_force(row, started_at=start, by=self.person, channel=CHANNEL, flow=self.flow(), reason=form.cleaned_data["reason"])
            except Faulty as error:
                for fault in error.faults:
                    form.add_error({"started_at": "starts_on", "reason": "reason"}.get(fault.field), fault.sentence)
            else:
                messages.success(request, _("Version %(n)d is put in force. From now on it does not change.") % {"n": made.number})
                return HttpResponseRedirect(request.path)
        return self._show(agreement, row, form)

    def _version(self, agreement: Agreement, number: int) -> Version:
        row = agreement.versions.select_related("agreement__organization", "corrects", "published_by").filter(number=number).first()
        if row is None or (row.published_at is None and not may(self.person, "agreement:amend", agreement)):
            raise Http404
        return row

    def _show(self, agreement: Agreement, row: Version, form: StartForm) -> HttpResponse:
        terms = read_terms(row.terms)
        category, word = how_it_stands(row, now())
        is_draft = row.published_at is None
        faults = faults_of_terms(terms, agreement.type, [s.name for s in self.flow().states if s.category == "waiting"]) if is_draft else []
        base = address_of(agreement, AGREEMENT)
        return self.show(
            "levels/version.html",
            {
                "record": agreement,
                "base": base,
                "version": row,
                "category": category,
                "word": word,
                "is_draft": is_draft,
                "faults": faults,
                "form": form,
                "can_amend": may(self.person, "agreement:amend", agreement) and agreement.state not in ENDED,
                "can_recalculate": row.corrects_id is not None and may_everywhere(self.person, "recalculation:open"),
                "can_publish": may(self.person, "agreement:publish", agreement) and agreement.state not in ENDED,
                **self._words(terms),
                "crumbs": self.record_crumbs(agreement, (_("Versions"), f"{base}versions/"), (_("Version %(n)d") % {"n": row.number}, "")),
            },
            422 if form.errors else 200,
        )

    def _words(self, terms: Terms) -> dict[str, Any]:
        """The terms as people read them."""
        services: Any = Service.objects.visible_to(self.person)
        spans = {(t.measure, t.priority): write_span(t.within) for t in terms.targets if not t.is_special}
        named = {row.team for row in terms.promised() if row.team is not None}
        teams = dict(Team.objects.filter(tenant=self.person.tenant, pk__in=named).values_list("pk", "name")) if named else {}
        most = {w.priority: w.most for w in terms.workload}
        names = {s.name: s.label for s in self.flow().states}
        measures = [m for m in MEASURES if any(t.measure == m and not t.is_special for t in terms.targets)]
        rows = [
            # What one priority has no target of its own for is held against that of every other.
            (row_label(p), [spans.get((m, p), spans.get((m, None), "–")) for m in measures], most.get(p, ""))
            for p in (*ROWS[1:], None)
            if p in most or any((m, p) in spans for m in measures)
        ]
        shown = list(services.filter(pk__in=terms.services).order_by("title")) if terms.services else []
        return {
            "terms": terms,
            "services": shown,
            "hidden_services": len(terms.services) - len(shown),
            "hours": terms.service_hours().describe() if terms.hours else "",
            "hours_name": terms.hours.get("name", ""),
            "measures": [MEASURE_LABELS[m] for m in measures],
            "target_rows": rows,
            "has_limits": bool(most),
            "shares": [(f"{s.percent:g}", MEASURE_LABELS[s.measure], write_span(s.within), _whose(terms, s, teams)) for s in terms.shares],
            "others": [(MEASURE_LABELS[t.measure], write_span(t.within), _whose(terms, t, teams)) for t in terms.targets if t.is_special],
            "second_hours": terms.hours_of(is_second=True).describe() if terms.second_hours else "",
            "second_hours_name": terms.second_hours.get("name", ""),
            "pauses": [(names.get(state, state), how == "message") for state, how in terms.pauses.items()],
            "teams": list(Team.objects.filter(pk__in=terms.teams).order_by("name")) if terms.teams else [],
        }


def _whose(terms: Terms, row: Target | ShareTarget, teams: dict[int, str]) -> str:
    """For which records a row of the terms holds, in words; empty for all."""
    said = [row_label(row.priority)] if row.priority else []
    if row.team is not None:
        said.append(_("while with %(team)s") % {"team": teams.get(row.team, _("a team that is gone"))})
    if row.is_second:
        said.append(_("opened outside the service hours") if terms.is_standby else _("in the second hours"))
    return ", ".join(said)


class DraftPage(AgreementPage):
    """`…/draft/`: draft the next version from the last one, go on with the draft, or with `?corrects=n` draft a correction."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        agreement = self._for_amending(number)
        draft, wrong = self._draft(agreement), self._corrected(agreement)
        if draft is not None and wrong is not None and draft.corrects_id != wrong.pk:
            said = _("The draft of version %(n)d is for something else. Put it in force or throw it away first.")
            messages.warning(request, said % {"n": draft.number})
            return HttpResponseRedirect(f"{address_of(agreement, AGREEMENT)}versions/{draft.number}/")
        return self._show(agreement, self._form(agreement))

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        agreement = self._for_amending(number)
        form = self._form(agreement, request.POST)
        if form.is_valid():
            try:
                draft = draft_terms(
                    agreement, form.terms(), by=self.person, channel=CHANNEL, corrects=self._corrected(agreement), seen=request.POST.get("seen")
                )
            except Faulty as error:
                for fault in error.faults:
                    if fault.field == "seen":
                        form.add_error(None, f"{fault.sentence} {_('What you typed still stands here: keep it again to put it in their place.')}")
                        continue
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            else:
                messages.success(request, _("The draft is kept. It counts once it is put in force."))
                return HttpResponseRedirect(f"{address_of(agreement, AGREEMENT)}versions/{draft.number}/")
        return self._show(agreement, form)

    def _for_amending(self, number: int) -> Agreement:
        agreement = self.agreement(number)
        self.need("amend", agreement)
        return agreement

    def _corrected(self, agreement: Agreement) -> Version | None:
        number = whole(self.request.GET.get("corrects", ""), 100_000)
        if number is None:
            return None
        found = agreement.versions.filter(number=number, published_at__isnull=False).first()
        if found is None:
            raise Http404
        return found

    @staticmethod
    def _draft(agreement: Agreement) -> Version | None:
        return agreement.versions.select_related("corrects").filter(published_at=None).first()

    def _form(self, agreement: Agreement, data: Any = None) -> TermsForm:
        last = begun_from(agreement, self._corrected(agreement))
        terms = read_terms(last.terms) if last is not None else None
        return TermsForm(data, agreement=agreement, person=self.person, flow=self.flow(), terms=terms)

    def _show(self, agreement: Agreement, form: TermsForm) -> HttpResponse:
        base, draft = address_of(agreement, AGREEMENT), self._draft(agreement)
        return self.show(
            "levels/draft.html",
            {
                "record": agreement,
                "base": base,
                "form": form,
                "seen": mark_of(agreement, self._corrected(agreement)),
                "corrects": draft.corrects if draft is not None else self._corrected(agreement),
                "crumbs": self.record_crumbs(agreement, (_("Versions"), f"{base}versions/"), (_("Draft"), "")),
            },
            422 if form.errors else 200,
        )


class LinesPage(DeclaredView):
    """`/recalculations/{number}/lines/`: before and after, fifty at a time; with `?only=verdicts` those whose verdict changes."""

    record_type = RECALCULATION

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        recalculation = self.found(number)
        after = whole(request.GET.get("after", "")) or 0
        only = request.GET.get("only") == "verdicts"
        rows = RecalculationLine.objects.filter(recalculation=recalculation.pk, pk__gt=after).select_related(
            "card", "before_version__agreement", "after_version__agreement"
        )
        if only:
            rows = rows.filter(is_verdict_changed=True)
        found = list(rows.order_by("pk")[: LINES + 1])
        seen = {
            pk
            for part in visible_cards(self.person, Card.objects.filter(pk__in={line.card_id for line in found}))
            for pk in part.values_list("pk", flat=True)
        }
        base = address_of(recalculation, RECALCULATION)
        narrowed = "only=verdicts&" if only else ""
        return self.show(
            "levels/lines.html",
            {
                "record": recalculation,
                "base": base,
                "rows": [_line(line, is_seen=line.card_id in seen) for line in found[:LINES]],
                "more": f"?{narrowed}after={found[LINES - 1].pk}" if len(found) > LINES else "",
                "only": only,
                "crumbs": self.record_crumbs(recalculation, (_("Before and after"), "")),
            },
        )


def _line(line: RecalculationLine, *, is_seen: bool) -> dict[str, Any]:
    """One record: its two versions and what each clock says with them. What the reader may not see has no name."""
    keys = [*line.before, *(key for key in line.after if key not in line.before)]
    return {
        "href": f"/go/{line.card.reference}/" if is_seen else "",
        "reference": line.card.reference if is_seen else _("A record that you may not see"),
        "title": line.card.title if is_seen else "",
        "before": _named(line.before_version),
        "after": _named(line.after_version),
        "clocks": [(key, VERDICTS[_verdict(line.before, key)], VERDICTS[_verdict(line.after, key)]) for key in keys],
        "is_verdict_changed": line.is_verdict_changed,
        "is_applied": line.is_applied,
        "is_left": line.is_left,
    }


def _named(version: Version | None) -> str:
    if version is None:
        return _("no agreement")
    return _("%(agreement)s, version %(n)d") % {"agreement": version.agreement.reference, "n": version.number}


def _verdict(side: dict[str, Any], key: str) -> str:
    return str(side.get(key, {}).get("verdict", ""))


VERDICTS = {
    "": gettext_lazy("nothing promised"),
    "met": gettext_lazy("met"),
    "missed": gettext_lazy("missed"),
    "open": gettext_lazy("running"),
    "unset": gettext_lazy("no target"),
    "dropped": gettext_lazy("not counted"),
}
