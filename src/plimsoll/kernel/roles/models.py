"""Roles and who holds them, as records."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.records.models import Record, record_indexes


class Role(Record):
    """What somebody answers for, and the words that they may therefore say."""

    purpose = models.TextField(_("purpose"), blank=True)
    responsibilities = models.TextField(_("responsibilities"), blank=True)
    words = models.JSONField(_("authorities"), default=list)  # ["incident:resolve", "incident:read@own", …]
    limits = models.JSONField(_("limits"), default=dict, blank=True)  # {"request value": 5000, …}
    code = models.SlugField(_("code"), max_length=60, blank=True)  # starter roles keep theirs, so that content can be matched at upgrades

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        indexes: ClassVar = [*record_indexes("role")]


class Assignment(Record):
    """A role held by a person or a team, in the whole tenant or for one organization or service, from a day to a day."""

    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("role"))
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("person"))
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("team"))
    in_organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("only for"))
    for_service = models.BigIntegerField(_("only for the service"), null=True, blank=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    is_set_up = models.BooleanField(default=False)  # approved by the administrator alone, before set-up was closed: a conflict that is listed

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes: ClassVar = [*record_indexes("assignment")]
