"""Notices in words: the kinds, the ways and what a mail waits for, for the inbox and for both settings pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.notifications.rules import (
    AT_ONCE,
    CHANGE,
    DECISION,
    DIGEST,
    ESCALATION,
    FOR_DIGEST,
    FOR_HOURS,
    FOR_QUIET,
    GIVEN,
    INBOX,
    MAIL,
    MESSAGE,
    NOTE,
    NOTHING,
    REMINDER,
    STATE,
)

KIND_LABELS: dict[str, Any] = {
    ESCALATION: gettext_lazy("Time runs out"),
    DECISION: gettext_lazy("I am asked to decide"),
    GIVEN: gettext_lazy("It is given to me or my team, or opened for me"),
    MESSAGE: gettext_lazy("Somebody writes a message"),
    NOTE: gettext_lazy("Somebody writes an internal note"),
    STATE: gettext_lazy("It moves to another state"),
    CHANGE: gettext_lazy("Something else of it changes"),
    REMINDER: gettext_lazy("A date comes near"),
}
# What is told only to those who work here, never to those who are served.
ONLY_AT_WORK = frozenset({ESCALATION, GIVEN, NOTE})
WAY_LABELS: dict[str, Any] = {
    MAIL: gettext_lazy("Inbox, and mail at once"),
    DIGEST: gettext_lazy("Inbox, and mail in the digest"),
    INBOX: gettext_lazy("Inbox only"),
    NOTHING: gettext_lazy("Nothing"),
}
WAITING_LABELS: dict[str, Any] = {
    AT_ONCE: gettext_lazy("leaves at once"),
    FOR_DIGEST: gettext_lazy("for the digest"),
    FOR_HOURS: gettext_lazy("for their working hours"),
    FOR_QUIET: gettext_lazy("for the end of their quiet hours"),
}


def kind_label(kind: str) -> str:
    return str(KIND_LABELS.get(kind, "")) or _("Something happened")


def waiting_label(because: str) -> str:
    return str(WAITING_LABELS.get(because, because))
