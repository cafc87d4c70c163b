"""How mails leave: by SMTP or to the console, and never without saying so when they come from the demonstration."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.mail import EmailMessage
from django.core.mail.backends import console, smtp
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Tenant

if TYPE_CHECKING:
    from django.core.mail.backends.base import BaseEmailBackend as Base
else:
    Base = object


class _Marked(Base):
    """Puts the mark before each subject while the database holds the demonstration; it holds nothing else then."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if Tenant.objects.filter(is_demonstration=True).exists():
            mark = _("[Demonstration]")
            for message in email_messages:
                if not message.subject.startswith(mark):
                    message.subject = f"{mark} {message.subject}"
        return super().send_messages(email_messages) or 0


class SmtpBackend(_Marked, smtp.EmailBackend):
    """Through the mail server that the environment names."""


class ConsoleBackend(_Marked, console.EmailBackend):
    """To the console of the program, where no mail server is named."""
