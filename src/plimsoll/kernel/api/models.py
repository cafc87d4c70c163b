"""Answers kept for repeated creations."""

from typing import ClassVar

from django.db import models

from plimsoll.kernel.identity.models import Person


class IdempotentAnswer(models.Model):
    """The answer to a creation with an Idempotency-Key, kept for 24 hours: the same key and body get the same answer again."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    path = models.CharField(max_length=200)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.TextField()
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotent_by_age")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
