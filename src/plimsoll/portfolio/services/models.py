"""What is stored of a service (8.2.2, 8.2.4), first depth."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Membership, Organization, Person, Team
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record, record_indexes


class Service(Record):
    """A service of the portfolio: who answers for it, how critical it is, when it runs, for whom, and what it stands on."""

    CRITICALITIES = ((1, _("Vital")), (2, _("High")), (3, _("Medium")), (4, _("Low")))

    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team"))
    criticality = models.PositiveSmallIntegerField(_("criticality"), choices=CRITICALITIES, default=3)
    hours = models.ForeignKey(Calendar, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("service hours"))
    is_internal = models.BooleanField(_("supporting service"), default=False)
    in_scope = models.BooleanField(_("in scope"), default=True)  # of the management system (4.3)
    scope_reason = models.CharField(_("why not in scope"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        indexes: ClassVar = [*record_indexes("service"), models.Index(fields=["tenant", "criticality", "-changed_at"], name="service_by_criticality")]

    @classmethod
    def opened_to(cls, person: Person) -> models.QuerySet[Any]:
        """What is delivered to an organization of theirs: live, or still delivered while it is being retired."""
        moment = now()
        theirs = models.Q(customers__organization_id=person.organization_id) | models.Q(
            customers__organization__in=Membership.objects.filter(in_force(moment), person_id=person.pk).values("organization")
        )
        return cls.objects.filter(
            theirs,
            models.Q(customers__started_at__lte=moment),
            models.Q(customers__ended_at=None) | models.Q(customers__ended_at__gt=moment),
            tenant_id=person.tenant_id or 0,
            state__in=("live", "retiring"),
        ).values("pk")


class ServiceCustomer(models.Model):
    """A part of a service: a customer that it is delivered to, for a time."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="customers")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="services")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "organization"], condition=models.Q(ended_at=None), name="service_customer_once")
        ]

    def __str__(self) -> str:
        return f"{self.service} for {self.organization}"


__all__: list[Any] = ["Service", "ServiceCustomer"]
