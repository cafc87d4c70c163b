"""What is stored of measurements: the figures of ended months in versions, and the lines that they are held against. They know no room."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person, Tenant


class StoredMonth(models.Model):
    """One indicator over one ended month, computed by the whole tenant's eyes. A month that was frozen is never computed over: a correction
    makes the next version, with its reason, and the old one stays.

    `basis` says what else it rests on: the settings of the rules and the service hours, as they were when it was computed.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=60)
    month = models.DateField()  # its first day
    zone = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    formula_version = models.PositiveIntegerField()
    basis = models.JSONField(default=dict)
    computed_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)  # why a frozen month was computed anew

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "indicator", "month", "version"], name="stored_month_version_once"),
            models.UniqueConstraint(fields=["tenant", "indicator", "month"], condition=Q(is_current=True), name="stored_month_one_current"),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""),
                name="stored_month_says_why",
                violation_error_message=_("A frozen month is computed anew for a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.month:%Y-%m}, version {self.version}"


class StoredFigure(models.Model):
    """One figure of a stored month: of the whole (no dimension), or of one member of a cut."""

    stored_month = models.ForeignKey(StoredMonth, on_delete=models.CASCADE, related_name="figures", db_index=False)
    dimension = models.CharField(max_length=20, blank=True)
    member = models.BigIntegerField(null=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    value = models.FloatField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["stored_month", "dimension", "member"], name="stored_figure_of_month")]

    def __str__(self) -> str:
        return f"{self.dimension or 'all'} {self.member or ''}: {self.value}"


class Target(models.Model):
    """What an indicator is held against: the figure aimed at, and the line that it must not pass. In the indicator's unit."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=60)
    aim = models.FloatField(_("target"), null=True, blank=True)
    line = models.FloatField(_("line"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "indicator"], name="target_once")]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.aim}, {self.line}"


__all__: list[Any] = ["StoredFigure", "StoredMonth", "Target"]
