"""What is stored of awareness (7.3): what somebody is told of their own part, and when they confirmed it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.roles.models import Role


class AwarenessStatement(Record):
    """What one person contributes, which policy and services that concerns, and what follows when requirements are not met. The person
    confirms it each year."""

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("whose it is"))
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("in the role"))
    contribution = models.TextField(_("how I contribute"), blank=True)
    policy = models.TextField(_("what policy and objectives ask of me"), blank=True)
    services = models.TextField(_("the services that my work is part of"), blank=True)
    deviation = models.TextField(_("what happens when requirements are not met"), blank=True)
    indicator = models.CharField(_("indicator"), max_length=60, blank=True, help_text=_("The key of an indicator, such as incident_first_level."))
    target = models.CharField(_("what we aim at"), max_length=120, blank=True, help_text=_("In words, such as “half of them at the first contact”."))
    issued_at = models.DateTimeField(_("put before them"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("awareness statement")
        verbose_name_plural = _("awareness statements")
        indexes: ClassVar = [
            *record_indexes("awarenessstatement"),
            models.Index(fields=["tenant", "person"], name="statement_by_person"),
            models.Index(fields=["tenant", "issued_at"], name="statement_by_issue", condition=Q(is_open=True)),
        ]
