"""What is stored of a tool that supports service management (6.3-i): what it is for, what it holds, and how that is kept safe."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes


class Tool(Record):
    """A tool that supports service management: what it is for, who answers for it, what it holds, how that is backed up, when it was tried."""

    PURPOSES = (
        ("records", _("Records of service management")),
        ("events", _("Events and monitoring")),
        ("documents", _("Documents")),
        ("other", _("Something else")),
    )

    purpose = models.CharField(_("purpose"), max_length=10, choices=PURPOSES, default="records")
    description = models.TextField(_("what it is used for"), blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    data_held = models.TextField(_("data held"), blank=True)
    backup = models.TextField(_("backup"), blank=True)
    supplier = models.CharField(_("supplier"), max_length=200, blank=True)
    validated_on = models.DateField(_("validated on"), null=True, blank=True)  # the day on which it was last shown to do what it is for

    class Meta:
        verbose_name = _("tool")
        verbose_name_plural = _("tools")
        indexes: ClassVar = [*record_indexes("tool"), models.Index(fields=["tenant", "purpose", "-changed_at"], name="tool_by_purpose")]
