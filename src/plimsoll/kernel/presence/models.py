"""Presence: mass data that is worth a minute. Without a trail, and without a relation to the card: a look changes nothing about a record."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Presence(models.Model):
    """One person at one record: when their page last said so, and whether they were writing."""

    card = models.BigIntegerField()  # no relation: a look is nothing that hangs on the record
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_writing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["seen_at"], name="presence_by_age")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["card", "person"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.card}"
