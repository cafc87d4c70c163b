"""What is stored of a resource that is needed (7.1): of which kind, for what, how much is there, and what was decided."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes


class ResourceNeed(Record):
    """People, technology, information or money that the management system, a process, a service or an objective needs. What it is for, it
    names in words and by links."""

    TYPES = (("human", _("People")), ("technical", _("Technology")), ("information", _("Information")), ("financial", _("Money")))

    type = models.CharField(_("kind"), max_length=12, choices=TYPES, default="human")
    description = models.TextField(_("why it is needed"), blank=True)
    purpose = models.CharField(_("for what"), max_length=250, blank=True, help_text=_("A process, a service, an objective; link its record too."))
    unit = models.CharField(_("counted in"), max_length=40, blank=True, help_text=_("Such as people, licences, pounds a year."))
    needed = models.PositiveIntegerField(_("needed"), null=True, blank=True)
    available = models.PositiveIntegerField(_("available"), null=True, blank=True)
    cost = models.PositiveIntegerField(_("cost"), null=True, blank=True, help_text=_("In whole units of your currency."))
    needed_on = models.DateField(_("needed by"), null=True, blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    alternative = models.TextField(_("what is done instead"), blank=True)
    deferred_until = models.DateField(_("decided again by"), null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("resource need")
        verbose_name_plural = _("resource needs")
        indexes: ClassVar = [*record_indexes("resourceneed"), models.Index(fields=["tenant", "type", "-changed_at"], name="resourceneed_by_type")]

    @property
    def short_of(self) -> int:
        """How much more is needed than is available."""
        return max(0, (self.needed or 0) - (self.available or 0))
