"""Grants: which words a person or team may use, where, from when to when. Written only when roles are compiled."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant


class Grant(models.Model):
    """Words such as `incident:resolve` given to one person or team, in the whole tenant or for one organization.

    A word may end in `@own`: it then reaches only records shared with the holder (asked for, assigned, watched).
    `assignment` is the number of the assignment's card, so that "why?" can name it.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="grants")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    service = models.BigIntegerField(null=True, blank=True)  # a card's number; services live on a higher floor
    words = models.JSONField(default=list)
    role_name = models.CharField(max_length=200)
    assignment = models.BigIntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person"], name="grant_by_person"),
            models.Index(fields=["team"], name="grant_by_team"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person=None) ^ Q(team=None), name="grant_to_one", violation_error_message="A grant is for one person or one team."
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_name} to {self.person or self.team}"
