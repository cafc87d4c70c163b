"""What is stored of relationships with customers: how satisfied they were with one thing that they asked for."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.register.models import Card


class Satisfaction(models.Model):
    """The question how one thing went, put once to who asked for it, and the answer. A part of that record, in its trail."""

    SCORES = ((1, _("Very bad")), (2, _("Bad")), (3, _("Neither good nor bad")), (4, _("Good")), (5, _("Very good")))

    card = models.OneToOneField(Card, on_delete=models.PROTECT, related_name="satisfaction")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    score = models.PositiveSmallIntegerField(choices=SCORES, null=True)
    comment = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)  # the first answer; a changed one keeps it

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], name="satisfaction_asked"),
            models.Index(fields=["person", "asked_at"], name="satisfaction_open", condition=Q(answered_at=None)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(score=None) | Q(score__gte=1, score__lte=5), name="satisfaction_1_to_5"),
            models.CheckConstraint(condition=Q(score=None, answered_at=None) | Q(score__gte=1, answered_at__isnull=False), name="satisfaction_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.score or '?'} for {self.card}"
