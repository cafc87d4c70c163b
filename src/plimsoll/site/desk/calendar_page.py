"""The calendar of obligations: what falls due, of every kind, in one list by day; and the same for a calendar program, at a secret address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views import View

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.identity.feeds import create_feed, feed_named, feed_was_read, revoke_feed
from plimsoll.kernel.identity.models import CalendarFeed, Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import months_later, now
from plimsoll.kernel.records.dues import Due, find_dues, kinds_with_dues
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.ui.context import SignedInView, capital
from plimsoll.kernel.ui.shown import Names
from plimsoll.site.desk.people_common import carry

MONTHS = 3  # that one page shows
BEHIND_DAYS, AHEAD_MONTHS = 90, 12  # what a calendar elsewhere holds: a quarter of what is late, a year of what comes
FARTHEST = 120  # months from now that can be asked for


class CalendarPage(SignedInView):
    """`/calendar/`: from today on with what is late first, or `?from=2027-01-01` on; `kind` and `who=me` narrow it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assert self.person.tenant is not None
        today = day_of(self.person.tenant, now())
        start, fault = asked_day(request.GET.get("from", ""), today)
        kinds = [t for t in kinds_with_dues() if not reach(self.person, f"{t.kind}:read").is_empty]
        kind = request.GET.get("kind", "")
        if kind and kind not in {t.kind for t in kinds}:
            raise Http404
        is_mine = request.GET.get("who") == "me"
        until = months_later(start, MONTHS) - timedelta(days=1)
        late = find_dues(self.person, since=None, until=today - timedelta(days=1), kind=kind, is_mine=is_mine) if start == today else None
        coming = find_dues(self.person, since=start, until=until, kind=kind, is_mine=is_mine)
        names = Names()
        names.want(Person, [d.owner for d in (*(late.rows if late else ()), *coming.rows)])
        names.fetch()
        groups = by_month(late.rows if late else (), coming.rows, today, names)
        return render(
            request,
            "desk/calendar.html",
            {
                "crumbs": [(_("Calendar"), "")],
                "groups": groups,
                "is_cut": not (coming.is_whole and (late is None or late.is_whole)),
                "facts": facts(len(late.rows) if late else 0, len(coming.rows)),
                "start": start,
                "until": until,
                "today": today,
                "is_today": start == today,
                "earlier": max(months_later(start, -MONTHS), months_later(today, -FARTHEST)) if start > months_later(today, -FARTHEST) else None,
                "later": months_later(start, MONTHS) if months_later(start, MONTHS) <= months_later(today, FARTHEST) else None,
                "fault": fault,
                "kind": kind,
                "kinds": [(t.kind, capital(t.plural_label)) for t in kinds],
                "is_mine": is_mine,
            },
        )


def asked_day(text: str, today: date) -> tuple[date, str]:
    """The day that an address asks for, within ten years; today when it names none, with a sentence when it names what is no day."""
    if not text:
        return today, ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today, _("“%(text)s” is no day. Write it as %(today)s.") % {"text": text[:20], "today": today.isoformat()}
    if not months_later(today, -FARTHEST) <= day <= months_later(today, FARTHEST):
        return today, _("The calendar reaches ten years back and ahead.")
    return day, ""


def facts(late: int, coming: int) -> list[str]:
    found = [ngettext("%(n)d is late", "%(n)d are late", late) % {"n": late}] if late else []
    return [*found, ngettext("%(n)d falls due in these months", "%(n)d fall due in these months", coming) % {"n": coming}]


def by_month(late: Sequence[Due], coming: Sequence[Due], today: date, names: Names) -> list[dict[str, Any]]:
    """Bands for the list: what is late, then each month."""
    groups: list[dict[str, Any]] = [{"title": _("Late"), "rows": [_row(d, today, names) for d in late], "is_late": True}] if late else []
    for due in coming:
        title = capital(date_format(due.day, "F Y"))
        if not groups or groups[-1]["title"] != title:
            groups.append({"title": title, "rows": [], "is_late": False})
        groups[-1]["rows"].append(_row(due, today, names))
    return groups


def _row(due: Due, today: date, names: Names) -> dict[str, Any]:
    days = (due.day - today).days
    return {
        "day": date_format(due.day, "D j M Y"),
        "iso": due.day.isoformat(),
        "away": away(days),
        "is_late": days < 0,
        "what": capital(due.what),
        "title": due.about or due.title,
        "under": due.title if due.about else "",
        "ref": due.reference,
        "href": due.href,
        "owner": names.of(Person, due.owner) if due.owner else "",
    }


def away(days: int) -> str:
    """How far a day is from today, in words."""
    if days == 0:
        return _("today")
    if days < 0:
        return ngettext("%(n)d day late", "%(n)d days late", -days) % {"n": -days}
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}


class FeedForm(forms.Form):
    """A secret address for a calendar program."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Where it will be read, so that you know it again: “phone”, “team screen”."),
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("What stands in it"),
        choices=(("mine", gettext_lazy("What I answer for")), ("all", gettext_lazy("All that I may see"))),
        initial="mine",
    )


class FeedsPage(SignedInView):
    """`/calendar/feeds/`: the secret addresses of one's own, and a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(FeedForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FeedForm(request.POST)
        if form.is_valid():
            try:
                made, secret = create_feed(
                    person=self.person, name=form.cleaned_data["name"], is_mine=form.cleaned_data["reach"] == "mine", by=self.person, channel="page"
                )
            except Faulty as error:
                carry(form, error)
            else:
                address = request.build_absolute_uri(reverse("calendar_feed", args=[secret]))
                answer = render(
                    request,
                    "desk/calendar_made.html",
                    {
                        "feed": made,
                        "address": address,
                        "crumbs": [(_("Calendar"), reverse("calendar")), (_("Your calendar elsewhere"), reverse("calendar_feeds"))],
                    },
                )
                answer.headers["Cache-Control"] = "no-store"
                return answer
        return self._show(form)

    def _show(self, form: forms.Form) -> HttpResponse:
        context = {
            "form": form,
            "feeds": list(CalendarFeed.objects.filter(person=self.person, revoked_at=None).order_by("-pk")),
            "crumbs": [(_("Calendar"), reverse("calendar")), (_("Your calendar elsewhere"), "")],
        }
        return render(self.request, "desk/calendar_feeds.html", context, status=400 if form.errors else 200)


class EndFeedPage(SignedInView):
    """`/calendar/feeds/{id}/end/`."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        feed = CalendarFeed.objects.filter(pk=number, person=self.person).first()
        if feed is None:
            raise Http404
        revoke_feed(feed=feed, by=self.person, channel="page")
        messages.success(request, _("The address “%(name)s” no longer works.") % {"name": feed.name})
        return HttpResponseRedirect(reverse("calendar_feeds"))


class FeedPage(View):
    """`/calendar/feed/{secret}.ics`: no sign-in, the secret is the key. Seen as its person sees it now, so a lost right empties it."""

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        from plimsoll.site.desk.calendar_feed import written  # noqa: PLC0415  (the library is loaded by who reads calendars, not at the start)

        feed = feed_named(secret)
        if feed is None:
            raise Http404
        feed_was_read(feed)
        person = feed.person
        assert person.tenant is not None
        today = day_of(person.tenant, now())
        found = find_dues(person, since=today - timedelta(days=BEHIND_DAYS), until=months_later(today, AHEAD_MONTHS), is_mine=feed.is_mine)
        text, tag = written(found.rows, person.tenant, feed, request.build_absolute_uri("/"))
        answer = get_conditional_response(request, etag=tag) or HttpResponse(text, content_type="text/calendar; charset=utf-8")
        answer.headers["ETag"] = tag
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.headers["X-Robots-Tag"] = "noindex"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Content-Disposition"] = 'inline; filename="plimsoll.ics"'
        return answer


__all__ = ["CalendarPage", "EndFeedPage", "FeedPage", "FeedsPage"]
