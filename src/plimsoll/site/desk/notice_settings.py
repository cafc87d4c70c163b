"""How I am told: `/preferences/notices/`. And for administrators `/settings/notices/`: whose hours hold mail back, and what waits to leave."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Organization, Team, Tenant
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.notifications.keeping import hours_of, keep_wishes, keep_working_hours, wishes_of
from plimsoll.kernel.notifications.mailing import zone_of
from plimsoll.kernel.notifications.models import Mail, WorkingHours
from plimsoll.kernel.notifications.queries import mails_not_over, waiting_mail
from plimsoll.kernel.notifications.rules import ALWAYS_TOLD, ANY_TIME, DAILY, KINDS, NOTHING, USUAL_HOURS, WAYS, WEEKLY, Wishes
from plimsoll.kernel.notifications.tasks import send_again
from plimsoll.kernel.ui.context import SignedInView
from plimsoll.site.desk.notice_words import KIND_LABELS, ONLY_AT_WORK, WAY_LABELS, waiting_label
from plimsoll.site.desk.people_common import WordView, carry
from plimsoll.site.desk.settings_common import CHANNEL, crumbs, tenant_of
from plimsoll.site.desk.settings_hours import DAYS
from plimsoll.site.portal.leading import is_customer

MOST_WHOSE = 100  # organisations and teams on a page


class WishesForm(forms.Form):
    """What is told, by which way, and when mail may come."""

    digest = forms.ChoiceField(
        label=gettext_lazy("The digest comes"), choices=((DAILY, gettext_lazy("every day")), (WEEKLY, gettext_lazy("every week")))
    )
    digest_on = forms.ChoiceField(label=gettext_lazy("A weekly digest comes on"), choices=list(DAYS.items()))
    digest_at = forms.TimeField(label=gettext_lazy("At"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    hours = forms.ChoiceField(
        label=gettext_lazy("Other mail waits for"),
        help_text=gettext_lazy("What happens outside these hours is mailed in one piece when they begin. The inbox shows it at once."),
    )
    quiet_from = forms.TimeField(label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    quiet_to = forms.TimeField(label=gettext_lazy("Quiet until"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    through = forms.MultipleChoiceField(
        label=gettext_lazy("Mailed at any hour all the same"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(kind, KIND_LABELS[kind]) for kind in KINDS],
    )

    def __init__(self, *args: Any, calendars: list[tuple[str, str]], kept: Wishes, kinds: tuple[str, ...] = KINDS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept, self.kinds = kept, kinds
        for kind in kinds:
            self.fields[f"way_{kind}"] = forms.ChoiceField(
                label=KIND_LABELS[kind], choices=[(way, WAY_LABELS[way]) for way in WAYS if way != NOTHING or kind not in ALWAYS_TOLD]
            )
        fields: Any = self.fields
        fields["through"].choices = [(kind, KIND_LABELS[kind]) for kind in kinds]
        fields["hours"].choices = [
            (USUAL_HOURS, _("the hours of my team, else of my organisation")),
            (ANY_TIME, _("no hours: at any time")),
            *((pk, _("the hours “%(name)s”") % {"name": name}) for pk, name in calendars),
        ]

    def way_fields(self) -> list[forms.BoundField]:
        return [self[f"way_{kind}"] for kind in self.kinds]

    def wishes(self) -> Wishes:
        data = self.cleaned_data
        return Wishes(
            ways={kind: data.get(f"way_{kind}") or self.kept.way(kind) for kind in KINDS},
            digest=data["digest"],
            digest_at=data["digest_at"],
            digest_on=data["digest_on"],
            hours=data["hours"],
            quiet_from=data["quiet_from"],
            quiet_to=data["quiet_to"],
            through=frozenset(data["through"]) | (frozenset(self.kept.through) - frozenset(self.kinds)),
        )


class NoticePreferencesPage(SignedInView):
    """`/preferences/notices/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wishes = wishes_of(self.person)
        initial = {name: getattr(wishes, name) for name in ("digest", "digest_on", "digest_at", "hours", "quiet_from", "quiet_to")}
        ways = {f"way_{kind}": wishes.way(kind) for kind in KINDS}
        return self._show(self._form(initial={**initial, **ways, "through": sorted(wishes.through)}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            try:
                keep_wishes(form.wishes(), person=self.person, by=self.person, channel=CHANNEL)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("Kept. What waits to be mailed to you is planned anew."))
                return HttpResponseRedirect(reverse("notice_preferences"))
        return self._show(form)

    def _form(self, data: Any = None, initial: dict[str, Any] | None = None) -> WishesForm:
        """The names of service hours are the provider's own: outsiders are offered only their organisation's."""
        place = self.person.organization
        is_ours = place is not None and place.kind in ("provider", "unit")
        rows = Calendar.objects.filter(tenant=self.person.tenant).order_by("name") if is_ours else Calendar.objects.none()
        calendars = [(str(pk), name) for pk, name in rows.values_list("pk", "name")]
        kept = wishes_of(self.person)
        chosen = kept.hours
        if chosen.isdecimal() and chosen not in dict(calendars):
            calendars.append((chosen, _("as chosen before")))
        kinds = tuple(kind for kind in KINDS if not (kind in ONLY_AT_WORK and is_customer(self.person)))
        return WishesForm(data, initial=initial, calendars=calendars, kept=kept, kinds=kinds)

    def _show(self, form: WishesForm) -> HttpResponse:
        hours = hours_of([self.person]).get(self.person.pk)
        context = {
            "form": form,
            "hours": hours.describe() if hours is not None else "",
            "kept": wishes_of(self.person),
            "zone": zone_of(self.person),
            "has_address": bool(self.person.email),
            "crumbs": [(_("My account"), reverse("my_account")), (_("What I am told"), "")],
        }
        return render(self.request, "desk/notice_preferences.html", context, status=400 if form.errors else 200)


def whose_hours(tenant: Tenant, text: str, after: str) -> tuple[list[tuple[str, Any]], str]:
    """Organisations, then teams, by name: those whose name holds a text, after one (“o12”), and after which the next page goes on."""
    rows: list[tuple[str, Any]] = []
    for sort, model in (("o", Organization), ("t", Team)):
        things: Any = model._default_manager.filter(tenant=tenant).order_by("name", "pk")
        last = things.filter(pk=whole(after[1:]) or 0).first() if after[:1] == sort else None
        if after[:1] == "t" and sort == "o":
            continue
        if last is not None:
            things = things.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))
        rows += [(sort, thing) for thing in things.filter(is_active=True, name__icontains=text)[: MOST_WHOSE + 1 - len(rows)]]
    return rows[:MOST_WHOSE], f"{rows[MOST_WHOSE - 1][0]}{rows[MOST_WHOSE - 1][1].pk}" if len(rows) > MOST_WHOSE else ""


class NoticeSettingsPage(WordView):
    """`/settings/notices/`: a POST keeps the hours of one team or organisation (`of`, `calendar`), or sends a mail once more (`mail`)."""

    word = "settings:change"

    def get(self, request: HttpRequest) -> HttpResponse:
        tenant = tenant_of(self.person)
        kept = {(row.team_id, row.organization_id): row.calendar_id for row in WorkingHours.objects.filter(tenant=tenant)}
        text = request.GET.get("q", "").strip()[:100]
        whose, further = whose_hours(tenant, text, request.GET.get("whose", ""))
        rows = [(sort, thing, kept.get((thing.pk, None) if sort == "t" else (None, thing.pk))) for sort, thing in whose]
        after = whole(request.GET.get("after", "")) or 0
        waiting = waiting_mail(tenant, after)
        return render(
            request,
            "desk/settings/notices.html",
            {
                "rows": [{"of": f"{sort}{thing.pk}", "name": str(thing), "is_team": sort == "t", "calendar": pk} for sort, thing, pk in rows],
                "q": text,
                "further": f"?{urlencode({'q': text, 'whose': further})}#whose" if further else "",
                "calendars": list(Calendar.objects.filter(tenant=tenant).order_by("name")),
                "waiting": [{"who": who, "why": waiting_label(why), "n": n, "due": due, "zone": zone_of(who)} for who, why, n, due in waiting],
                "more": f"?after={waiting[-1][0].pk}" if len(waiting) == 100 else "",
                "mails": list(mails_not_over(tenant)),
                "crumbs": crumbs((_("Notices"), "")),
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        tenant = tenant_of(self.person)
        if (number := whole(request.POST.get("mail", ""))) is not None:
            mail = Mail.objects.filter(pk=number, person__tenant=tenant).first()
            if mail is None:
                raise Http404
            send_again(mail)
            messages.success(request, _("It is sent once more."))
            return HttpResponseRedirect("/settings/notices/")
        of, pk = request.POST.get("of", "")[:1], whole(request.POST.get("of", "")[1:]) or 0
        team = Team.objects.filter(tenant=tenant, pk=pk).first() if of == "t" else None
        place = Organization.objects.filter(tenant=tenant, pk=pk).first() if of == "o" else None
        number = whole(request.POST.get("calendar", ""))
        calendar = Calendar.objects.filter(tenant=tenant, pk=number).first() if number else None
        if (team is None and place is None) or (number and calendar is None):
            raise Http404
        keep_working_hours(by=self.person, channel=CHANNEL, calendar=calendar, team=team, organization=place)
        said = _("Mail to %(whose)s waits for the hours “%(hours)s”.") if calendar else _("Mail to %(whose)s waits for no hours.")
        messages.success(request, said % {"whose": team or place, "hours": calendar})
        return HttpResponseRedirect(request.get_full_path())
