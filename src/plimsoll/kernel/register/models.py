"""The register: one card per record of any kind, so that everything can be found, linked and shared alike."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant

BIGGEST_NUMBER = 2**31 - 1  # what PostgreSQL holds in the column of a number; SQLite holds more, and both are to answer alike
ORIGINS = (("live", "Live"), ("imported", "Imported"), ("late", "Entered late"), ("demonstration", "Demonstration"))


class Card(models.Model):
    """What every record shows of itself. A projection of the kind's table, written by the four writes only."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="cards")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="cards")
    kind = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    reference = models.CharField(max_length=30)  # the number as people say it, "INC-1042"
    title = models.CharField(max_length=250)
    state = models.CharField(max_length=40)
    category = models.CharField(max_length=8)
    priority = models.PositiveSmallIntegerField(null=True)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="cards")
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="cards")
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # One more with each edit or move; what If-Match compares. A comment leaves it alone, so that it never conflicts with an edit.
    version = models.PositiveIntegerField(default=1)
    # One more with each trail entry; `verify` compares it with the entries that are there.
    entries = models.PositiveIntegerField(default=1)
    access_class = models.CharField(max_length=20, blank=True)
    origin = models.CharField(max_length=13, choices=ORIGINS, default="live")
    source = models.CharField(max_length=60, blank=True)
    external_reference = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["tenant", "reference"], name="card_by_reference"),
            models.Index(fields=["owner", "category", "due_at"], name="card_mine"),
            models.Index(fields=["tenant", "-changed_at"], name="card_lately"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "kind", "number"], name="card_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "kind", "source", "external_reference"], condition=~Q(external_reference=""), name="card_external_once"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Sequence(models.Model):
    """The last number given in a tenant and kind. Numbers are never given twice, also not after a failed import."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="sequences")
    kind = models.CharField(max_length=40)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "kind"], name="sequence_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.last}"
