"""What is stored of a service requirement (8.2.2): what a customer needs of a service, who agreed to it, and what covers it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.portfolio.services.models import Service


class ServiceRequirement(Record):
    """What is needed of a service, in words and where it can be in a value. It is for the customer who needs it, or for ourselves."""

    TYPES = (
        ("functional", _("Functional")),
        ("availability", _("Availability")),
        ("capacity", _("Capacity")),
        ("continuity", _("Continuity")),
        ("security", _("Information security")),
        ("support_hours", _("Support hours")),
        ("reporting", _("Reporting")),
        ("legal", _("Legal")),
    )
    NEEDS = ((1, _("Must")), (2, _("Should")), (3, _("Could")))

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+", verbose_name=_("service"))
    type = models.CharField(_("type"), max_length=14, choices=TYPES, default="functional")
    text = models.TextField(_("what is needed"), blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    need = models.PositiveSmallIntegerField(_("priority"), choices=NEEDS, default=2)
    stated_in = models.CharField(_("source"), max_length=250, blank=True)  # a meeting, a letter, a law, a contract
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    accepted_by = models.CharField(_("accepted by"), max_length=150, blank=True)  # they may have no account here
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    covering_target = models.CharField(_("target that covers it"), max_length=250, blank=True)
    covering_reason = models.CharField(_("why no agreement covers it"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("service requirement")
        verbose_name_plural = _("service requirements")
        indexes: ClassVar = [
            *record_indexes("servicerequirement"),
            models.Index(fields=["service", "state"], name="servicerequirement_service"),
            models.Index(fields=["tenant", "type", "-changed_at"], name="servicerequirement_type"),
        ]
