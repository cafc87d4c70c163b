"""Notices: what a person was told, by which channel, and whether they have read it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.trail.models import Entry


class Mail(models.Model):
    """One mail to one person about one or several notices. Its row is written before anything leaves, so that none is lost or sent twice."""

    STATES = (
        ("waiting", _("Waits for its job")),
        ("sending", _("Being sent")),
        ("sent", _("Sent")),
        ("dropped", _("Not sent: all of it was read, or may no longer be seen")),
        ("unsure", _("Stopped while it was being sent; not sent again by itself")),
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mails")
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    is_digest = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["id"], name="mail_not_over", condition=~Q(state__in=("sent", "dropped")))]

    def __str__(self) -> str:
        return f"Mail {self.pk} to {self.person}"


class Notice(models.Model):
    """One thing told to one person. Its text is made at display from the entry, so that redaction reaches it too."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    card = models.ForeignKey(Card, null=True, on_delete=models.PROTECT, related_name="notices")
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=20)  # owner, team, watcher, requester, approver, mentioned, escalation
    kind = models.CharField(max_length=12, blank=True, default="")  # `rules.KINDS`; empty for what was told before there were any
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    # A tick of the worker plans each: when its mail may leave, and what it waits for. So the write itself pays one row and no more.
    is_mail_wanted = models.BooleanField(default=False)
    mail_due_at = models.DateTimeField(null=True, blank=True)
    waits_for = models.CharField(max_length=8, blank=True, default="")  # at once, digest, hours, quiet
    mail = models.ForeignKey(Mail, null=True, blank=True, on_delete=models.SET_NULL, related_name="notices")
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], name="notice_by_person"),
            models.Index(fields=["person"], name="notice_unread", condition=Q(read_at=None)),
            models.Index(fields=["person", "card", "-id"], name="notice_by_record"),
            models.Index(fields=["id"], name="notice_to_mail", condition=Q(is_mail_wanted=True)),
            models.Index(fields=["mail_due_at"], name="notice_due", condition=Q(mail=None, read_at=None, mail_due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.card}"


class Mute(models.Model):
    """A person who wants to hear no more of one record."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mutes")
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="mutes")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "card"], name="mute_once")]

    def __str__(self) -> str:
        return f"{self.person} mutes {self.card}"


class WorkingHours(models.Model):
    """A kept thing: the hours in which the people of a team or of an organization work. Their mail waits for them."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="working_hours")
    team = models.OneToOneField(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="working_hours")
    organization = models.OneToOneField(Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="working_hours")
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(team=None) ^ Q(organization=None), name="working_hours_of_a_team_or_an_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.team or self.organization}: {self.calendar}"
