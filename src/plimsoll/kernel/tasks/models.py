"""Jobs and schedules as rows: enqueued in the record's transaction, leased, retried, visible. They know nothing of what they run."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person, Tenant


class Job(models.Model):
    """One piece of background work. The row is the truth, whichever engine executes it.

    To be run: no lease, not finished (waiting, failed). Running: leased. Over: finished (done, dead, stopped), without a lease.
    The indexes and the look-ups say it by the two moments and not by the state, because SQLite proves a partial index only by
    `IS NULL`, never by a bound parameter.
    """

    STATES = (
        ("waiting", _("Waiting")),
        ("running", _("Running")),
        ("done", _("Done")),
        ("failed", _("Failed, will be tried again")),
        ("dead", _("Given up")),
        ("stopped", _("Cancelled")),
    )

    tenant = models.ForeignKey(Tenant, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    task = models.CharField(max_length=200)  # the registered name
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    priority = models.SmallIntegerField(default=0)  # higher first
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    most_attempts = models.PositiveSmallIntegerField(default=5)
    lease_until = models.DateTimeField(null=True, blank=True)
    leased_by = models.CharField(max_length=100, blank=True)
    dedupe_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 (unique while it waits, and most have none)
    asked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    progress = models.JSONField(default=dict, blank=True)
    result = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-priority", "run_at", "id"], name="job_to_run", condition=Q(finished_at__isnull=True, lease_until__isnull=True)),
            models.Index(fields=["lease_until"], name="job_running", condition=Q(lease_until__isnull=False)),
            models.Index(fields=["finished_at"], name="job_finished", condition=Q(finished_at__isnull=False)),
            models.Index(fields=["tenant", "-id"], name="job_by_tenant"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dedupe_key"], condition=Q(finished_at__isnull=True, lease_until__isnull=True), name="job_once_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.pk}"


class Schedule(models.Model):
    """A task that runs again and again, by a cron expression in UTC."""

    name = models.CharField(max_length=100, unique=True)
    task = models.CharField(max_length=200)
    payload = models.JSONField(default=dict, blank=True)
    cron = models.CharField(max_length=100)
    is_enabled = models.BooleanField(default=True)
    next_run_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """A worker or scheduler that was alive at a moment; `/readyz` and the jobs page read it."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
