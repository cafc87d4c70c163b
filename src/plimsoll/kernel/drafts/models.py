"""Drafts: mass data without a trail, since nothing has happened yet. Nobody but their writer ever reads one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Draft(models.Model):
    """What one person typed into one form: the address that the form posts to, and the values by field. Sent ones keep the moment only, so
    that another window does not bring back what was sent already."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    kept_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    sending = models.CharField(max_length=64, blank=True, default="")  # the browser's own name of the sending that wrote it
    led_to = models.CharField(max_length=2000, blank=True, default="")  # and where that led; the same sending again is led there, and writes nothing

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kept_at"], name="draft_by_age")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "place"], name="draft_once", violation_error_message=_("There is one already."))
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.place}"
