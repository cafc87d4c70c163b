"""Service hours as kept things, each turned into a `ServiceHours`. They know nothing of agreements or clocks."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.calendars.hours import ServiceHours
from plimsoll.kernel.identity.models import Tenant


class Calendar(models.Model):
    """Working hours of a week in a zone, with holidays."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="calendars")
    name = models.CharField(_("name"), max_length=100)
    timezone = models.CharField(_("time zone"), max_length=64)
    week = models.JSONField(default=dict)  # {"mon": [["08:00", "18:00"]], …}
    holidays = models.JSONField(default=list, blank=True)  # ["2026-12-24", …]
    yearly_holidays = models.JSONField(default=list, blank=True)  # ["12-25", …]
    is_default = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="calendar_name_once", violation_error_message=_("There are already service hours of that name.")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def hours(self) -> ServiceHours:
        """The arithmetic of these hours. Raises ValueError with a sentence when the stored week is not sound."""
        return ServiceHours.from_dict(
            {"timezone": self.timezone, "week": self.week, "holidays": self.holidays, "yearly_holidays": self.yearly_holidays}
        )
