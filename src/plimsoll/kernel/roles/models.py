"""Roles and who holds them, as records."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
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
    # What follows from moves: the number of the version in force, 0 when there is none. The fields above are the draft of the next one.
    edition = models.PositiveSmallIntegerField(_("version in force"), default=0)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        indexes: ClassVar = [*record_indexes("role")]


class RoleVersion(models.Model):
    """What a role says from one moment to another, and what is enforced: words, limits, the name that approvals carry.

    A part, written by putting the role in force and ended by the next version or by retiring it; nothing else of it ever changes.
    """

    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=250)
    purpose = models.TextField(blank=True)
    responsibilities = models.TextField(blank=True)
    words = models.JSONField(default=list)
    limits = models.JSONField(default=dict)
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()  # approved and in force are one moment
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role", "number"], name="role_version_once"),
            models.UniqueConstraint(fields=["role"], condition=Q(ended_at=None), name="one_role_version_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"


class Assignment(Record):
    """A role held by a person or a team, in the whole tenant or for one organization or service, from a day to a day."""

    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("role"))
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("person"))
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("team"))
    in_organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("only for"))
    for_service = models.BigIntegerField(_("only for the service"), null=True, blank=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    is_deputy = models.BooleanField(_("as deputy"), default=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)  # by whoever holds it, for a team by one of its people
    is_set_up = models.BooleanField(default=False)  # approved by the administrator alone, before set-up was closed: a conflict that is listed

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes: ClassVar = [*record_indexes("assignment")]
