"""How allauth signs people in here: closed to strangers, recorded in the trail, with a second factor where a role asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import grants_of
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.backend import SignInBackend
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.identity.system import system_person
from plimsoll.kernel.identity.tokens import end_sessions
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.roles.models import RoleVersion
from plimsoll.site.desk.signin_gate import MUST_SET_UP_TOTP

FRESH = timedelta(minutes=5)
# What allauth says after an act, in our words; those not named say nothing (signing in needs no message).
SAID = {
    "account/messages/password_changed.txt": gettext_lazy("Your password is changed. Other devices are signed out."),
    "account/messages/password_set.txt": gettext_lazy("Your password is set."),
    "mfa/messages/totp_activated.txt": gettext_lazy("The authenticator app is set up. From now on signing in asks for its code."),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("The authenticator app is taken away. Signing in asks for the password only."),
    "mfa/messages/recovery_codes_generated.txt": gettext_lazy("There are new recovery codes. The old ones no longer work."),
}


def tell(person: Person, action: str, **changes: tuple[Any, Any]) -> None:
    """Something about signing in, into the trail: no password, no code, no address."""
    if person.tenant_id is not None:
        with writing():
            publish(
                KeptChanged(
                    tenant_id=person.tenant_id, kind="session", subject_id=person.pk, action=action, by_id=person.pk, channel="page", changes=changes
                )
            )


def tell_failed(email: str, person: Person | None, action: str = "sign in failed") -> None:
    """A failed attempt: who it was meant for when there is such a person, and a keyed digest of what was typed."""
    tenant = person.tenant if person is not None and person.tenant is not None else Tenant.objects.exclude(set_up_at=None).order_by("pk").first()
    if tenant is None:
        return
    digest = salted_hmac("plimsoll.sign-in", email.strip().lower()).hexdigest()
    with writing():
        publish(
            KeptChanged(
                tenant_id=tenant.pk,
                kind="session",
                subject_id=person.pk if person else 0,
                action=action,
                by_id=system_person(tenant).pk,
                channel="page",
                changes={"address_digest": (None, digest)},
            )
        )


def needs_second_factor(person: Person) -> bool:
    """Whether the settings and this person's roles ask for a second factor: `totp_required` is "all", or true and one of the roles says so."""
    wanted = person.tenant.settings.get("totp_required") if person.tenant else None
    if not wanted:
        return False
    if wanted == "all":
        return True
    held = [g.assignment for g in grants_of(person) if g.assignment]
    versions = RoleVersion.objects.filter(role__assignments__in=held, ended_at=None)
    return any(limits.get("totp_required") for limits in versions.values_list("limits", flat=True))


class AccountAdapter(DefaultAccountAdapter):
    """Passwords and sessions."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy("Too many wrong attempts. Signing in is closed for this address for 5 minutes; then try again."),
        "email_password_mismatch": gettext_lazy("Address and password do not belong together. Check both, or ask for a new password."),
        "incorrect_password": gettext_lazy("That is not your password."),
        "rate_limited": gettext_lazy("Too many attempts. Wait 5 minutes, then try again."),
        "enter_current_password": gettext_lazy("That is not your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited; nobody enters by themselves."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        request.session.update(
            {"started_at": now().isoformat(), "user_agent": self.get_http_user_agent(request)[:250], "address": self.get_client_ip(request)}
        )
        tell(user, "sign in", address=(None, self.get_client_ip(request)))

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, Person):
            tell(request.user, "sign out")
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = str(credentials.get("email") or "")
        tell_failed(email, Person.objects.select_related("tenant").filter(email__iexact=email).first() if email else None)

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """allauth hands over everybody whose password was right, also those whom the backend refused: leavers, and what is no human."""
        if not SignInBackend().user_can_authenticate(user):
            clear_login(request)
            tell_failed(user.email or "", Person.objects.select_related("tenant").get(pk=user.pk))
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        answer = super().post_login(request, user, **kwargs)
        if needs_second_factor(user) and not is_mfa_enabled(user):
            request.session[MUST_SET_UP_TOTP] = True
            messages.info(request, _("Your role needs a second factor. Set up the authenticator app, then go on."))
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return answer

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in just now is not asked again at once."""
        started = self.request.session.get("started_at")
        is_fresh = started is not None and now() - datetime.fromisoformat(started) < FRESH
        return not is_fresh and super().is_reauthentication_required(app=app, **kwargs)

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(self.request, email=user.email or "", password=password)
        return found is not None and found.pk == user.pk

    def send_notification_mail(self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None) -> None:
        """Called by allauth after each change of password or second factor: the one place where it can be trailed without a signal."""
        what = template_prefix.rpartition("/")[2].replace("_", " ")
        tell(user, what)
        if what.startswith("password"):  # their sessions are void already; this takes them off the list
            end_sessions(person=user, by=user, channel="page", but=self.request.session.session_key or "")
        super().send_notification_mail(template_prefix, user, context, email)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        if sentence := SAID.get(message_template or "") or message:
            messages.add_message(request, level, str(sentence), extra_tags=extra_tags)


class SecondFactorAdapter(DefaultMFAAdapter):
    """The authenticator app and the recovery codes."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("That code is not right. The app shows a new one every 30 seconds; a code works once."),
        "cannot_delete_authenticator": gettext_lazy("One of your roles needs the second factor, so it can't be taken away."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return authenticator.type != Authenticator.Type.TOTP or not needs_second_factor(authenticator.user)
