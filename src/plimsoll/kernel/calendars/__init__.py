"""Service hours: how much working time passed, and when a target is due. It knows nothing of agreements or records."""

from plimsoll.kernel.calendars.hours import ServiceHours

__all__ = ["ServiceHours"]
