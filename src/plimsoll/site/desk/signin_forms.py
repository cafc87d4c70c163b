"""allauth's forms in our words. They check nothing that allauth does not check."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from plimsoll.site.desk.signin import tell_failed


def _plainly(form: Any, labels: dict[str, str]) -> None:
    """Labels instead of placeholders, which vanish while one types."""
    for name, form_field in form.fields.items():
        form_field.widget.attrs.pop("placeholder", None)
        if name in labels:
            form_field.label = labels[name]


class SignInForm(LoginForm):
    """E-mail address, password, and whether this device is one's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self, {"login": _("Work e-mail"), "password": _("Password"), "remember": _("Keep me signed in on this device for 14 days")})
        self.fields["password"].help_text = format_html('<a href="{}">{}</a>', reverse("account_reset_password"), _("I forgot it"))


class PasswordChange(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self, {"oldpassword": _("Present password"), "password1": _("New password"), "password2": _("New password again")})


class PasswordLost(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self, {"email": _("Work e-mail")})


class PasswordAnew(ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self, {"password1": _("New password"), "password2": _("New password again")})


class CodeForm(AuthenticateForm):
    """The code at sign-in; a wrong one is trailed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self, {"code": _("Code of your authenticator app, or a recovery code")})

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)
        tell_failed(self.user.email or "", self.user, "code failed")


class CodeAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self, {"code": _("Code of your authenticator app, or a recovery code")})


class AppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self, {"code": _("Code that the app shows now")})
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
