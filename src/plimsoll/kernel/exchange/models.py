"""Runs of imports, and what each brought in, so that a second run of the same file changes nothing."""

from typing import ClassVar

from django.db import models

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.register.models import Card


class Run(models.Model):
    """One run of an import: which file by which map, and what came of it."""

    STATES = (("checking", "Checking"), ("ready", "Ready to run"), ("running", "Running"), ("done", "Done"), ("failed", "Failed"))

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=60)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    mapping = models.TextField()
    is_dry = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=STATES, default="running")
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.file_name} {self.started_at:%Y-%m-%d}"


class Imported(models.Model):
    """A record that an import brought: how many rows of its source are in it, and their digest."""

    card = models.OneToOneField(Card, primary_key=True, on_delete=models.PROTECT, related_name="imported_from")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=60)
    reference = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "kind", "source", "reference"], name="imported_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.reference}"
