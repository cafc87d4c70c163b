"""The clocks of records as they stand, and what was escalated at which share of a target. Projections of the trail; only this package writes them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person, Team, Tenant
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.targets.rules import MEASURES
from plimsoll.kernel.trail.models import Entry


class Clock(models.Model):
    """One promise on one record as it stood after the last thing that happened to it.

    `terms` is the version of the agreement it follows from; `position` the number of trail entries it was computed from. A running one
    whose `due_at` has gone by is missed: that is asked in the query, as nobody writes when time passes.
    """

    STATES = (
        ("running", _("Running")),
        ("paused", _("Paused")),
        ("waiting", _("Not started")),
        ("met", _("Met")),
        ("missed", _("Missed")),
        ("unset", _("No target")),
        ("dropped", _("Dropped")),
    )

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", db_index=False)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=60)
    measure = models.CharField(max_length=8, choices=[(m, m) for m in MEASURES])
    terms = models.BigIntegerField()
    is_internal = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=STATES)
    priority = models.PositiveSmallIntegerField(null=True)  # whose target it is
    in_other_hours = models.BooleanField(default=False)  # counted in the second hours of the terms
    within = models.DurationField(null=True)
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    elapsed = models.DurationField()
    as_of = models.DateTimeField()
    was_retargeted_late = models.BooleanField(default=False)  # a target was used up, then made longer
    warn_at = models.DateTimeField(null=True)  # when the next share of the target is used up at which a rule escalates

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["card", "key"], name="clock_once")]
        indexes: ClassVar = [
            models.Index(fields=["warn_at"], name="clock_to_warn", condition=~Q(warn_at=None)),
            models.Index(fields=["tenant", "kind", "measure", "due_at"], name="clock_by_due"),
            models.Index(fields=["tenant", "kind", "measure", "stopped_at"], name="clock_by_stop"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.card_id}: {self.state}"


class Escalation(models.Model):
    """A share of a target was used up and those whom the rules name were told; once per share and clock, for ever.

    `is_late` marks what was found afterwards (after downtime, after a replay): it stands in the record, and nobody gets a mail.
    """

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="escalations", db_index=False)
    key = models.CharField(max_length=60)
    percent = models.PositiveSmallIntegerField()
    reached_at = models.DateTimeField()  # when the share was used up
    noticed_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["card", "key", "percent"], name="escalation_once")]

    def __str__(self) -> str:
        return f"{self.percent} % of {self.key}"


class EscalationRule(models.Model):
    """Who is told, and to whom it is given, when a share of a target is used up. Data of an organization; without rows the starting rules hold."""

    TELL = (
        ("owner", _("Whom it is with")),
        ("team", _("Everybody of its team")),
        ("leads", _("The leads of its team")),
        ("answerable", _("Who answers for it")),
    )

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(_("at percent of the target"))
    measure = models.CharField(_("of the time to"), max_length=8, blank=True, choices=[(m, m) for m in MEASURES])  # empty: any
    priority = models.PositiveSmallIntegerField(_("down to priority"), null=True, blank=True)  # empty: any; 2 means 1 and 2
    tell = models.JSONField(default=list)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("and also"))
    give_to = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("give it to"))
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["percent", "position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(percent__gte=1) & Q(percent__lte=300),
                name="escalation_rule_percent",
                violation_error_message=_("The share is between 1 and 300 percent."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"
