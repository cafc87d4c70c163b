"""Approvals: steps, who is asked, what they decided, and by which authority."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person, Team, Tenant
from plimsoll.kernel.register.models import Card


class Approval(models.Model):
    """A decision asked on a record. When its last step is passed it follows the named move; refused, the other one."""

    RESULTS = (("", _("Open")), ("approved", _("Approved")), ("refused", _("Refused")), ("withdrawn", _("Withdrawn")))

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="approvals")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    question = models.CharField(max_length=250)
    move_when_approved = models.CharField(max_length=60, blank=True)
    move_when_refused = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["card"],
                condition=Q(ended_at=None),
                name="one_open_approval",
                violation_error_message=_("A decision is already asked on this record."),
            )
        ]

    def __str__(self) -> str:
        return self.question


class Step(models.Model):
    """One step of an approval: `needed` of those asked must say yes. Who may decide is computed at the decision, not at the asking."""

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    needed = models.PositiveSmallIntegerField(default=1)
    word = models.CharField(max_length=80, blank=True)  # whoever may say this word on the record may decide; empty: only those named
    people = models.ManyToManyField(Person, related_name="+", blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["approval", "position"], name="step_position_once")]

    def __str__(self) -> str:
        return self.name


class Decision(models.Model):
    """What one person decided in a step; stores the role, limit and stand-in that allowed it."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="decisions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    for_person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # as the stand-in of
    is_yes = models.BooleanField()
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    authority = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step", "person"], name="decision_once", violation_error_message=_("You have already decided this."))
        ]

    def __str__(self) -> str:
        return f"{self.person}: {'yes' if self.is_yes else 'no'}"


class StandIn(models.Model):
    """Somebody who decides for somebody else, from a moment to a moment."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stand_ins")
    stand_in = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stands_in_for")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__gt=models.F("started_at")),
                name="stand_in_ends_after_start",
                violation_error_message=_("A stand-in ends after it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(person=models.F("stand_in")), name="stand_in_is_another", violation_error_message=_("Nobody stands in for themselves.")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stand_in} for {self.person}"

    @property
    def last_at(self) -> datetime:
        """The last moment of it, for whoever reads days: the end itself is no longer in it."""
        return self.ended_at - timedelta(microseconds=1)
