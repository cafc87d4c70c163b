"""Notices: what a person was told, by which channel, and whether they have read it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.trail.models import Entry


class Notice(models.Model):
    """One thing told to one person. Its text is made at display from the entry, so that redaction reaches it too."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    card = models.ForeignKey(Card, null=True, on_delete=models.PROTECT, related_name="notices")
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=20)  # owner, team, watcher, requester, approver, mentioned, escalation
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    # A tick of the worker makes a mail job of each; so the write itself pays one row and no more.
    is_mail_wanted = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "-id"], name="notice_by_person"),
            models.Index(fields=["person"], name="notice_unread", condition=Q(read_at=None)),
            models.Index(fields=["id"], name="notice_to_mail", condition=Q(is_mail_wanted=True)),
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
