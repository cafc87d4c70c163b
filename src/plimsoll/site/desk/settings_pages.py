"""Settings: where they are, the organisation's own, mail, and what was changed when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import Refused, check_everywhere, may_everywhere
from plimsoll.kernel.identity.fields import zones
from plimsoll.kernel.identity.logos import LARGEST, keep_logo, remove_logo
from plimsoll.kernel.identity.operations import keep_tenant
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.identity.settings import keep_setting
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.ui.context import SignedInView
from plimsoll.kernel.ui.templatetags.plimsoll_ui import moment
from plimsoll.resolution.incidents.rules import CLOSE_AFTER, REOPEN_WITHIN
from plimsoll.site.desk.kept_words import KINDS, Log, Told
from plimsoll.site.desk.people_common import WordView, carry
from plimsoll.site.desk.settings_common import CHANNEL, Section, settings_form, table_page, tenant_of

WORD = "settings:change"
# Who may read the log: those who read the trail of kept things, and those who write it.
LOG_WORDS = ("trail:see", WORD)
LOG_PAGE = 100


def places() -> list[tuple[tuple[str, ...], str, str, str]]:
    """Every settings page: the words of which one is needed, its name, its address, what it is for."""
    return [
        ((WORD,), _("Organisation"), "/settings/organisation/", _("Name, time zone, and after how many days incidents close or can be reopened.")),
        ((WORD,), _("Service hours"), "/settings/hours/", _("When you work, with holidays; clocks run in these hours only.")),
        ((WORD,), _("Categories"), "/settings/categories/", _("The tree by which incidents are classified.")),
        ((WORD,), _("Priority matrix"), "/settings/priorities/", _("Which priority follows from impact and urgency, also for single services.")),
        ((WORD,), _("Assignment rules"), "/settings/assignment-rules/", _("Which team gets a new incident.")),
        ((WORD,), _("Escalation"), "/settings/escalation/", _("Who is told, and to whom it is given, when promised time runs out.")),
        ((WORD,), _("Major incidents"), "/settings/majors/", _("When an incident is a major one, and how it is handled, told of and reviewed.")),
        ((WORD,), _("Notices"), "/settings/notices/", _("Whose working hours mail waits for, and what waits to be mailed.")),
        (("indicator:keep",), _("Indicators"), "/settings/indicators/", _("What each figure is held against, and the numbers in their rules.")),
        (("evidence:tolerate",), _("Conformity"), "/settings/conformity/", _("How many requirements may fall short.")),
        (("field:define",), _("Fields"), "/settings/fields/", _("Fields of your own on any kind of record.")),
        (("workflow:change",), _("Workflows"), "/settings/workflows/", _("Words for states, more states and arrows, guards.")),
        ((WORD,), _("Mail"), "/settings/mail/", _("How mail leaves the system, and a test.")),
        (LOG_WORDS, _("What was changed"), "/settings/log/", _("Every change of a setting: who, when, from what to what.")),
    ]


class IndexPage(SignedInView):
    """`/settings/`: those pages that this person may use."""

    def get(self, request: HttpRequest) -> HttpResponse:
        allowed = [(label, href, what) for words, label, href, what in places() if any(may_everywhere(self.person, word) for word in words)]
        if not allowed:
            raise Refused(_("None of your roles changes settings. Whoever gives out roles can change that."))
        return render(request, "desk/settings/index.html", {"places": allowed, "crumbs": [(_("Settings"), "")]})


class OrganisationForm(forms.Form):
    """The organisation's own settings."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"), help_text=gettext_lazy("Periods and due days are counted in it."))
    incident_reopen_days = forms.IntegerField(
        label=gettext_lazy("Incidents can be reopened for this many days"),
        min_value=0,
        max_value=365,
        help_text=gettext_lazy("Later a new one is opened, which follows the old."),
    )
    incident_close_days = forms.IntegerField(
        label=gettext_lazy("Resolved incidents close by themselves after this many days"),
        min_value=0,
        max_value=365,
        help_text=gettext_lazy("0: never."),
    )

    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or SVG, up to 300 kB; printed on the cover of every document. Versions that were approved keep theirs."),
    )
    is_without_logo = forms.BooleanField(label=gettext_lazy("Take the present logo away"), required=False)

    def __init__(self, *args: Any, has_logo: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_logo:
            del self.fields["is_without_logo"]
        self.fields["timezone"].choices = [(zone, zone) for zone in zones()]  # type: ignore[attr-defined]


class OrganisationPage(WordView):
    """`/settings/organisation/`."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        tenant = tenant_of(self.person)
        kept = tenant.settings or {}
        return self._page(
            request,
            OrganisationForm(
                initial={
                    "name": tenant.name,
                    "timezone": tenant.timezone,
                    "incident_reopen_days": kept.get("incident_reopen_days", REOPEN_WITHIN.days),
                    "incident_close_days": kept.get("incident_close_days", CLOSE_AFTER.days),
                },
                has_logo=self._has_logo(),
            ),
        )

    def _has_logo(self) -> bool:
        return getattr(provider_of(tenant_of(self.person)), "logo", None) is not None

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OrganisationForm(request.POST, request.FILES, has_logo=self._has_logo())
        if form.is_valid():
            tenant = tenant_of(self.person)
            try:
                self._keep_logo(form)
                keep_tenant(name=form.cleaned_data["name"], timezone=form.cleaned_data["timezone"], by=self.person, channel=CHANNEL)
                for name in ("incident_reopen_days", "incident_close_days"):
                    keep_setting(tenant, name, form.cleaned_data[name], by=self.person, channel=CHANNEL)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("The settings are kept."))
                return HttpResponseRedirect("/settings/")
        return self._page(request, form)

    def _keep_logo(self, form: OrganisationForm) -> None:
        provider = provider_of(tenant_of(self.person))
        if provider is not None and (file := form.cleaned_data["logo"]) is not None:
            keep_logo(provider, file.read(LARGEST + 1), by=self.person, channel=CHANNEL)
        elif provider is not None and form.cleaned_data.get("is_without_logo"):
            remove_logo(provider, by=self.person, channel=CHANNEL)

    def _page(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        return settings_form(request, form, title=_("Organisation"), button=_("Save"), back="/settings/")


class MailPage(WordView):
    """`/settings/mail/`: shows what the environment says, without the password, and sends a test."""

    word = WORD

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, forms.Form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = forms.Form(request.POST)
        if not self.person.email:
            form.add_error(None, _("Your entry has no e-mail address to send the test to."))
        if form.is_valid() and self.person.email:
            try:
                send_mail(
                    _("Test mail of %(tenant)s") % {"tenant": tenant_of(self.person)},
                    _("This mail was sent by the button on the settings page. Mail leaves the system.\n"),
                    None,
                    [self.person.email],
                )
            except OSError as error:  # sockets, names, SMTP: all of them
                form.add_error(None, _("The mail server refused: %(why)s") % {"why": str(error)[:300] or type(error).__name__})
            else:
                messages.success(request, _("A test mail is on its way to %(address)s.") % {"address": self.person.email})
                return HttpResponseRedirect("/settings/mail/")
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        if host := getattr(settings, "EMAIL_HOST", "") if "smtp" in settings.EMAIL_BACKEND.lower() else "":
            safe = _("encrypted") if settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL else _("not encrypted")
            told = _("Mail goes through %(host)s, port %(port)d, %(safe)s, from %(sender)s.") % {
                "host": host,
                "port": settings.EMAIL_PORT,
                "safe": safe,
                "sender": settings.DEFAULT_FROM_EMAIL,
            }
        else:
            told = _("No mail server is set: mails are printed to the console of the program. Set PLIMSOLL_SMTP_HOST and start again.")
        return settings_form(
            request,
            form,
            title=_("Mail"),
            button=_("Send me a test mail"),
            back="/settings/",
            intro=told + " " + _("These settings come from the environment of the program; deploy/README.md lists them."),
        )


class LogPage(SignedInView):
    """`/settings/log/`: the changes of settings, newest first, for whoever reads the trail of kept things or changes settings."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not any(may_everywhere(self.person, word) for word in LOG_WORDS):
            check_everywhere(self.person, LOG_WORDS[0])
        before = whole(request.GET.get("before", ""))
        tenant = tenant_of(self.person)
        entries = Entry.objects.filter(tenant=tenant, card=None, kind__in=KINDS).select_related("actor").order_by("-id")
        if before is not None:
            entries = entries.filter(id__lt=before)
        found = list(entries[: LOG_PAGE + 1])
        shown = found[:LOG_PAGE]
        rows = [
            [(format_html("{}<br>{}", moment(e.at), e.actor), ""), (_what(told), "")] for e, told in zip(shown, Log(tenant).tell(shown), strict=True)
        ]
        acts = [(_("Older"), f"/settings/log/?before={found[LOG_PAGE - 1].pk}", False)] if len(found) > LOG_PAGE else []
        return table_page(
            request,
            _("What was changed"),
            [Section([_("When and who"), _("What")], rows, empty=_("Nothing yet."))],
            acts=acts,
        )


def _what(told: Told) -> str:
    """The sentence, the changes a line each, and below them what the trail calls the act. One column, so that it reads on a phone too."""
    changes = format_html_join("", '<br><span class="small">{}</span>', ((line,) for line in told.changes))
    return format_html('{}{}<br><span class="ref">{}</span>', told.sentence, changes, told.technical)
