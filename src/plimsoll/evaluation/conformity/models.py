"""What is stored of conformity: each computation with what every requirement showed, and the details once however often they recur."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from plimsoll.kernel.identity.models import Person, Tenant


class Assessment(models.Model):
    """All requirements as the records showed them at one moment. It is never computed over: the next one is another row.

    `digest` is the hash of every result with its detail, and stands in the trail; so a stored result that was edited shows.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    day = models.DateField()  # where the tenant is
    period_start = models.DateTimeField()
    edition = models.CharField(max_length=80)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)  # by verdict
    digest = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tenant", "-day", "-at"], name="assessment_by_day")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class KeptAnswer(models.Model):
    """What an answer was made of, by its digest: stored once while nothing changes, so that a year of days costs little."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    body = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "digest"], name="conformity_detail_once")]

    def __str__(self) -> str:
        return self.digest[:12]


class Result(models.Model):
    """What one requirement showed in one assessment."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="results")
    item = models.CharField(max_length=20)
    verdict = models.CharField(max_length=14)
    numerator = models.PositiveIntegerField(null=True)
    denominator = models.PositiveIntegerField(null=True)
    query_version = models.PositiveSmallIntegerField(null=True)
    detail = models.ForeignKey(KeptAnswer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["assessment", "item"], name="conformity_result_once")]

    def __str__(self) -> str:
        return f"{self.item}: {self.verdict}"


__all__: list[Any] = ["Assessment", "KeptAnswer", "Result"]
