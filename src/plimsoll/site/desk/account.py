"""My account: who I am, how pages look to me, where I am signed in, my keys, my second factor, who stands in for me. And invitations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from plimsoll.kernel.approvals.models import StandIn
from plimsoll.kernel.approvals.operations import end_stand_in, keep_stand_in
from plimsoll.kernel.identity.fields import keys_of, zones
from plimsoll.kernel.identity.invitations import accept_invitation, find_invitation
from plimsoll.kernel.identity.models import ApiToken, Person, PersonSession
from plimsoll.kernel.identity.operations import DENSITIES, TEXTS, THEMES, keep_person, keep_preferences
from plimsoll.kernel.identity.tokens import create_token, end_sessions, revoke_token
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.site.desk.device_words import device_words
from plimsoll.site.desk.people_common import SignedInView, carry, choice, form_page
from plimsoll.site.desk.signin import needs_second_factor
from plimsoll.site.portal.leading import is_customer


class MeForm(forms.Form):
    """What people say of themselves. Their address is kept by whoever keeps people, since it is what they sign in with."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        choices=lambda: [("", _("As the organisation")), *((z, z.replace("_", " ")) for z in zones())],
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, choices=lambda: [("", _("As the organisation")), *settings.LANGUAGES]
    )


class PreferencesForm(forms.Form):
    """How pages look and answer to keys."""

    theme = forms.ChoiceField(
        label=gettext_lazy("Day or night"),
        choices=zip(THEMES, (gettext_lazy("As the system"), gettext_lazy("Day"), gettext_lazy("Night")), strict=True),
    )
    density = forms.ChoiceField(
        label=gettext_lazy("Density of lists"),
        choices=zip(DENSITIES, (gettext_lazy("Compact"), gettext_lazy("Normal"), gettext_lazy("Roomy")), strict=True),
    )
    text = forms.ChoiceField(label=gettext_lazy("Text size"), choices=zip(TEXTS, (gettext_lazy("Normal"), gettext_lazy("Large")), strict=True))
    keys = forms.ChoiceField(label=gettext_lazy("Keyboard shortcuts"), choices=(("on", gettext_lazy("On")), ("off", gettext_lazy("Off"))))

    DEFAULTS = {"theme": "auto", "density": "normal", "text": "normal", "keys": "on"}


def chosen_words(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen, in the words of the form that asks for it."""
    asked = PreferencesForm.base_fields
    return {name: dict(asked[name].choices).get(value, value) for name, value in kept.items() if name in asked}  # type: ignore[attr-defined]


def begin_of(day: date) -> datetime:
    """The moment at which a day begins where the reader is."""
    return datetime.combine(day, time.min, get_current_timezone())


class AccountPage(SignedInView):
    """`/account/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        moment, me = now(), self.person
        kinds = set(Authenticator.objects.filter(user=me).values_list("type", flat=True))
        return render(
            request,
            "desk/people/account.html",
            {
                "crumbs": [(_("My account"), "")],
                "someone": me,
                "has_app": "totp" in kinds,
                "needs_app": needs_second_factor(me),
                "sessions": [
                    (device_words(session.user_agent), session)
                    for session in PersonSession.objects.filter(person=me, expire_date__gt=moment).order_by("-started_at")[:50]
                ],
                "this_session": request.session.session_key,
                "preferences": chosen_words({**PreferencesForm.DEFAULTS, **me.preferences}),
                "tokens": list(ApiToken.objects.filter(person=me, revoked_at=None, expires_at__gt=moment).order_by("-pk")),
                "stand_ins": list(StandIn.objects.filter(person=me, ended_at__gt=moment).select_related("stand_in").order_by("started_at")),
            },
        )


class _OwnForm(SignedInView):
    """A form below "My account" and back to it."""

    title: Any  # texts, translated when shown
    button: Any
    intro: Any = ""

    def _show(self, form: forms.Form) -> HttpResponse:
        account = reverse("my_account")
        return form_page(
            self.request, form, title=self.title, button=self.button, back=account, intro=self.intro, crumbs=[(_("My account"), account)]
        )


class MePage(_OwnForm):
    """`/account/edit/`."""

    title, button = gettext_lazy("Your entry"), gettext_lazy("Keep the changes")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(MeForm(initial={n: getattr(self.person, n) for n in ("name", "timezone", "language")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MeForm(request.POST)
        if form.is_valid():
            try:
                keep_person(by=self.person, channel="page", person=self.person, **form.cleaned_data)
            except Faulty as error:
                carry(form, error)
            else:
                messages.success(request, _("Your entry is changed."))
                return HttpResponseRedirect(reverse("my_account"))
        return self._show(form)


class PreferencesPage(_OwnForm):
    """`/preferences/`."""

    title, button = gettext_lazy("Preferences"), gettext_lazy("Keep")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(self._form(initial=self._kept()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            given = {**self._kept(), **form.cleaned_data}
            # Switched off, one's own keys rest and are not forgotten.
            own = " ".join(f"{meaning}={key}" for meaning, key in keys_of(self.person.preferences.get("keys", "")).items())
            given["keys"] = " ".join(filter(None, ("off" if given["keys"] == "off" else "" if own else "on", own)))
            keep_preferences(person=self.person, by=self.person, channel="page", **given)
            messages.success(request, _("Your preferences are kept."))
            return HttpResponseRedirect(reverse("my_account"))
        return self._show(form)

    def _kept(self) -> dict[str, Any]:
        """What counts now. The keys are on or off here; one's own stand on a page of their own."""
        kept = {name: self.person.preferences.get(name, usual) for name, usual in PreferencesForm.DEFAULTS.items()}
        return {**kept, "keys": "off" if str(kept["keys"]).split(" ")[0] == "off" else "on"}

    def _form(self, *args: Any, **kwargs: Any) -> PreferencesForm:
        """The portal has neither dense lists nor keys of its own, so it asks for neither."""
        form = PreferencesForm(*args, **kwargs)
        if is_customer(self.person):
            del form.fields["density"], form.fields["keys"]
        return form


class ThemePage(SignedInView):
    """`/preferences/theme/`: the switch in the menu."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            keep_preferences(person=self.person, by=self.person, channel="page", theme=request.POST.get("theme", ""))
        except Faulty as error:
            return HttpResponse(" ".join(f.sentence for f in error.faults), status=400, content_type="text/plain")
        back = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
        return HttpResponseRedirect(back if is_ours else "/")


class EndSessionPage(SignedInView):
    """`/account/sessions/end/`: one of my sessions (by its row's mark), or all others."""

    def post(self, request: HttpRequest) -> HttpResponse:
        mine = request.session.session_key or ""
        if only := request.POST.get("session", ""):
            # pages carry the end of a key, never a whole one, which would let a reader of the page sign in
            found = [
                k
                for k in PersonSession.objects.filter(person=self.person).values_list("session_key", flat=True)
                if k.endswith(only) and len(only) >= 8
            ]
            ended = end_sessions(person=self.person, by=self.person, channel="page", only=found[0]) if found else 0
        else:
            ended = end_sessions(person=self.person, by=self.person, channel="page", but=mine)
        messages.success(request, _("You are signed out there.") if ended else _("No other device was signed in."))
        return HttpResponseRedirect(reverse("my_account"))


class TokenForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(label=gettext_lazy("What is it for"), max_length=100)
    reach = forms.ChoiceField(
        label=gettext_lazy("It may"),
        widget=forms.RadioSelect,
        initial="read",
        choices=(
            ("read", gettext_lazy("read what you may read")),
            ("*", gettext_lazy("do everything that you may")),
            ("words", gettext_lazy("say only the words below")),
        ),
    )
    words = forms.CharField(
        label=gettext_lazy("Words"), required=False, max_length=1000, help_text=gettext_lazy("Such as incident:open incident:read, parted by spaces.")
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), help_text=gettext_lazy("A year at most.")
    )

    def scopes(self) -> list[str]:
        chosen = self.cleaned_data["reach"]
        return self.cleaned_data["words"].replace(",", " ").split() if chosen == "words" else [chosen]


class NewTokenPage(_OwnForm):
    """`/account/tokens/new/`: makes a key and shows it, this once."""

    title, button = gettext_lazy("New key for programs"), gettext_lazy("Make the key")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(TokenForm(initial={"reach": "read", "expires_on": localdate() + timedelta(days=90)}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TokenForm(request.POST)
        if form.is_valid():
            day = form.cleaned_data["expires_on"]
            try:
                token, raw = create_token(
                    person=self.person,
                    by=self.person,
                    channel="page",
                    name=form.cleaned_data["name"],
                    scopes=form.scopes(),
                    expires_at=begin_of(day),
                )
            except Faulty as error:
                for fault in error.faults:
                    form.add_error({"scopes": "words", "expires_at": "expires_on"}.get(fault.field, fault.field) or None, fault.sentence)
            else:
                answer = render(
                    request, "desk/people/token_made.html", {"token": token, "raw": raw, "crumbs": [(_("My account"), reverse("my_account"))]}
                )
                answer.headers["Cache-Control"] = "no-store"
                return answer
        return self._show(form)


class RevokeTokenPage(SignedInView):
    """`/account/tokens/{id}/revoke/`."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        token = ApiToken.objects.filter(pk=number, person=self.person).first()
        if token is None:
            raise Http404
        revoke_token(token=token, by=self.person, channel="page")
        messages.success(request, _("The key “%(name)s” no longer works.") % {"name": token.name})
        return HttpResponseRedirect(reverse("my_account"))


class StandInForm(forms.Form):
    """Who decides for me, from a day to a day."""

    starts_on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    ends_on = forms.DateField(label=gettext_lazy("Until, this day included"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stand_in"] = choice(by, Person, _("Who stands in"))
        self.order_fields(["stand_in", "starts_on", "ends_on"])


class StandInPage(_OwnForm):
    """`/account/stand-in/`."""

    title, button = gettext_lazy("Stand-in"), gettext_lazy("Let them stand in")
    intro = gettext_lazy("Decides in your place where you are asked to; never on what they asked for themselves.")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(StandInForm(by=self.person))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = StandInForm(request.POST, by=self.person)
        if form.is_valid():
            start, end = begin_of(form.cleaned_data["starts_on"]), begin_of(form.cleaned_data["ends_on"] + timedelta(days=1))
            try:
                keep_stand_in(
                    person=self.person,
                    stand_in=form.cleaned_data["stand_in"],
                    started_at=start,
                    ended_at=end,
                    by=self.person,
                    channel="page",
                )
            except Faulty as error:
                carry(form, error)
            except forms.ValidationError as error:
                form.add_error(None, " ".join(error.messages))
            else:
                messages.success(request, _("%(name)s decides for you in that time.") % {"name": form.cleaned_data["stand_in"]})
                return HttpResponseRedirect(reverse("my_account"))
        return self._show(form)


class EndStandInPage(SignedInView):
    """`/account/stand-in/{id}/end/`."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        row = StandIn.objects.filter(pk=number, person=self.person).select_related("stand_in").first() if number < 2**63 else None
        if row is None:
            raise Http404
        end_stand_in(row, by=self.person, channel="page")
        messages.success(request, _("%(name)s no longer decides for you.") % {"name": row.stand_in})
        return HttpResponseRedirect(reverse("my_account"))


class InvitationForm(forms.Form):
    """A first password."""

    password = forms.CharField(label=gettext_lazy("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    password_again = forms.CharField(
        label=gettext_lazy("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("password_again") and data["password"] != data["password_again"]:
            self.add_error("password_again", _("The two passwords differ."))
        return data


@never_cache
@sensitive_post_parameters("password", "password_again")
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """`/invitation/{secret}/`: the invited choose a password, then sign in with it."""
    found = find_invitation(secret)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and not ratelimit.consume(request, action="invitation"):
        form.add_error(None, _("Too many attempts. Wait a minute, then try again."))
    elif request.method == "POST" and found is not None and form.is_valid():
        try:
            person = accept_invitation(secret=secret, password=form.cleaned_data["password"], channel="page")
        except Faulty as error:
            carry(form, error)
        else:
            messages.success(request, _("Your password is set, %(name)s. Sign in with it.") % {"name": person.name})
            return HttpResponseRedirect(reverse("account_login"))
    answer = render(
        request,
        "desk/invitation.html",
        {"form": form, "invited": found.person if found else None, "tenant_name": found.person.tenant.name if found and found.person.tenant else ""},
        status=404 if found is None else 400 if form.errors else 200,
    )
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address is a secret
    return answer
