"""`/indicators/<key>/`: what an indicator says, how it is counted, how it went, and by whom it can be cut; and the correction of a frozen month."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.evaluation.measurements import words
from plimsoll.evaluation.measurements.charts import Chart, draw
from plimsoll.evaluation.measurements.operations import correct_month
from plimsoll.evaluation.measurements.pages.common import BASE, FiguresView, month_label, sentence_of, short_label, shown
from plimsoll.evaluation.measurements.queries import FROZEN, Answer, answer, labels_of, targets, trend, versions
from plimsoll.evaluation.measurements.rules import SHORTEST_TREND, TREND, is_over
from plimsoll.evaluation.measurements.shapes import in_order
from plimsoll.kernel.access.queries import check_everywhere, may, may_everywhere
from plimsoll.kernel.figures.definitions import KEEP, Indicator, UnknownIndicator, indicator_named
from plimsoll.kernel.figures.periods import Month
from plimsoll.kernel.lib.faults import Faulty

_HOUR = {"seconds": 3600}


class OneView(FiguresView):
    """A page of one indicator."""

    def indicator(self, key: str) -> Indicator:
        """The indicator of the address; not there for somebody who may see none of the records that it counts."""
        found = indicator_named(key)
        if not may(self.person, f"{found.kind}:read"):
            raise UnknownIndicator(_("There is no indicator “%(key)s”.") % {"key": key[:60]})
        return found


class IndicatorPage(OneView):
    """One indicator over one month and the eleven before it."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        indicator = self.indicator(key)
        month = self.month()
        by = request.GET.get("by", "")
        if by:
            indicator.dimension(by)
        run = trend(self.person, [indicator], month, TREND)[indicator.key]
        target = targets(self.tenant).get(key)
        last = run[-1]
        found = shown(indicator, run, target, self.tenant)
        line, aim = (target.line, target.aim) if target else (None, None)
        return render(
            request,
            "measurements/indicator.html",
            {
                **self.time(month, by=by),
                "indicator": indicator,
                "shown": found,
                "sentence": sentence_of(indicator, run, line),
                "chart": self._chart(indicator, run, line, aim, 760),
                "small_chart": self._chart(indicator, run[-SHORTEST_TREND:], line, aim, 360),
                "line": found.line,
                "aim": found.aim,
                "twin": [self._twin(indicator, a, line) for a in reversed(run)],
                "by": by,
                "cuts": [(d.name, str(d.title), "?" + urlencode({"period": month.name, "by": d.name}) + "#cut") for d in indicator.dimensions],
                "members": self._members(indicator, month, by) if by else [],
                "cut_title": indicator.dimension(by).title if by else "",
                "parts": [(str(label), self._records(indicator, month, part=part)) for part, label in indicator.parts.items()],
                "last": last,
                "would_be": self._would_be(indicator, last),
                "versions": [{"row": row, "value": words.said(indicator, value)} for row, value in versions(self.tenant, indicator, month)]
                if last.version > 1 and may_everywhere(self.person, KEEP)
                else [],
                "can_correct": last.standing == FROZEN and may_everywhere(self.person, KEEP),
                "crumbs": [(_("Indicators"), f"{BASE}?period={month.name}"), (str(indicator.title), "")],
            },
        )

    def _chart(self, indicator: Indicator, run: list[Answer], line: float | None, aim: float | None, width: int) -> Chart:
        return draw(
            [a.whole.value for a in run],
            labels=[short_label(a.month) for a in run],
            line=line,
            aim=aim,
            is_over=lambda value: is_over(value, line, indicator.better),
            top=1.0 if indicator.unit == "share" and max((a.whole.value or 0 for a in run), default=0) > 0.5 else None,
            of=86_400
            if indicator.unit == "seconds" and max((a.whole.value or 0 for a in run), default=0) > 360_000
            else _HOUR.get(indicator.unit, 1),
            written=lambda value: words.said(indicator, value),
            width=width,
        )

    def _twin(self, indicator: Indicator, one: Answer, line: float | None) -> dict[str, Any]:
        return {
            "label": month_label(one.month),
            "figure": words.said(indicator, one.whole.value),
            "of": words.made_of(indicator, one.whole) if one.whole.value is not None else "",
            "is_over": one.whole.value is not None and is_over(one.whole.value, line, indicator.better),
            "standing": words.standing_in_words(one.standing) + (_(", version %(n)d") % {"n": one.version} if one.version > 1 else ""),
            "href": self._records(indicator, one.month),
        }

    def _members(self, indicator: Indicator, month: Month, by: str) -> list[dict[str, Any]]:
        found = answer(self.person, indicator, month, cut=by)
        names = labels_of(indicator, by, [f.member for f in found.figures])
        return [
            {
                "name": names[f.member],
                "figure": words.said(indicator, f.value),
                "of": words.made_of(indicator, f) if f.value is not None else "",
                "href": self._records(indicator, month, by=by, of="none" if f.member is None else str(f.member)),
            }
            for f in in_order(found.figures, names)
        ]

    def _would_be(self, indicator: Indicator, last: Answer) -> str:
        """What a stored month would be if it were counted now, when that is something else; empty else."""
        if last.standing != FROZEN:
            return ""
        fresh = answer(self.person, indicator, last.month, is_fresh=True).whole.value
        told, fresh_told = words.said(indicator, last.whole.value), words.said(indicator, fresh)
        return "" if told == fresh_told else fresh_told

    @staticmethod
    def _records(indicator: Indicator, month: Month, **more: str) -> str:
        return f"{BASE}{indicator.key}/records/?" + urlencode({"period": month.name, **more})


class CorrectForm(forms.Form):
    """Why a frozen month is computed anew."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy("It stands in the trail and beside the figure."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CorrectPage(OneView):
    """`/indicators/<key>/correct/?period=…`: the next version of a frozen month."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        check_everywhere(self.person, KEEP)
        return self._page(request, self.indicator(key), CorrectForm())

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        check_everywhere(self.person, KEEP)
        indicator, month = self.indicator(key), self.month()
        form = CorrectForm(request.POST)
        if form.is_valid():
            try:
                row = correct_month(self.tenant, indicator, month, reason=form.cleaned_data["reason"], by=self.person, channel="page")
            except Faulty as error:
                for fault in error.faults:
                    form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            else:
                messages.success(
                    request, _("%(month)s has version %(n)d now. The one before is kept.") % {"month": month_label(month), "n": row.version}
                )
                return HttpResponseRedirect(f"{BASE}{indicator.key}/?period={month.name}")
        return self._page(request, indicator, form)

    def _page(self, request: HttpRequest, indicator: Indicator, form: CorrectForm) -> HttpResponse:
        month = self.month()
        back = f"{BASE}{indicator.key}/?period={month.name}"
        title = _("Compute %(month)s anew") % {"month": month_label(month)}
        context = {
            "form": form,
            "title": title,
            "back": back,
            "indicator": indicator,
            "crumbs": [(_("Indicators"), BASE), (str(indicator.title), back), (title, "")],
        }
        return render(request, "measurements/correct.html", context, status=400 if form.errors else 200)
