"""What is stored of an incident (8.6.1), and the data its rules read: categories, matrix, assignment rules."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.agreements.levels.models import Version
from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.targets.words import PRIORITIES
from plimsoll.portfolio.services.models import Service


class Category(models.Model):
    """A branch of the tree by which incidents are classified, at opening and at closing."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="branches")
    name = models.CharField(_("name"), max_length=150)
    path = models.CharField(max_length=320)  # "Network / Wireless", as lists show it
    is_active = models.BooleanField(default=True)

    moves_settings: ClassVar = True  # each change of one moves `settings_version` on, so names may be kept in memory

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "path"], name="category_once", violation_error_message=_("There is already such a category."))
        ]

    def __str__(self) -> str:
        return self.path


class PriorityRule(models.Model):
    """One cell of the impact and urgency matrix; a row for a service overrides the tenant's."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    impact = models.PositiveSmallIntegerField()
    urgency = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "impact", "urgency"], condition=Q(service=None), name="matrix_cell_once"),
            models.UniqueConstraint(fields=["tenant", "service", "impact", "urgency"], condition=~Q(service=None), name="matrix_service_cell_once"),
            models.CheckConstraint(
                condition=Q(priority__gte=1) & Q(priority__lte=5), name="priority_1_to_5", violation_error_message=_("A priority is between 1 and 5.")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.impact} x {self.urgency} = {self.priority}"


class AssignmentRule(models.Model):
    """Who gets an incident: the first rule by position whose conditions all hold gives the team, and perhaps a person."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(_("name"), max_length=100)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Incident(Record):
    """An interruption of a service, or a loss of its quality, or something that has not yet done either."""

    LEVELS = ((1, _("High")), (2, _("Medium")), (3, _("Low")))
    PRIORITIES = PRIORITIES
    CONTACTS = (
        ("portal", _("Portal")),
        ("phone", _("Phone")),
        ("mail", _("Mail")),
        ("self", _("Self service")),
        ("monitoring", _("Monitoring")),
        ("person", _("In person")),
        ("api", _("Program")),
        ("import", _("Import")),
    )
    RESOLUTIONS = (
        ("fixed", _("Fixed")),
        ("workaround", _("Worked around")),
        ("advice", _("Advice given")),
        ("no fault", _("No fault found")),
        ("withdrawn", _("Withdrawn by the customer")),
        ("duplicate", _("Same as another")),
        ("other", _("Other")),
    )

    description = models.TextField(_("description"), blank=True)
    requester = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("reported by"))
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("service"))
    classification = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("category"))
    impact = models.PositiveSmallIntegerField(_("impact"), choices=LEVELS, null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(_("urgency"), choices=LEVELS, null=True, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=PRIORITIES, null=True, blank=True)
    priority_reason = models.CharField(_("reason for this priority"), max_length=250, blank=True)
    is_priority_overridden = models.BooleanField(_("priority set by hand"), default=False)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team"))
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("with"))
    contact = models.CharField(_("came by"), max_length=12, choices=CONTACTS, blank=True)
    location = models.CharField(_("location"), max_length=150, blank=True)
    symptom = models.CharField(_("symptom"), max_length=150, blank=True)
    configuration_item = models.CharField(_("item"), max_length=150, blank=True)  # a register of items comes with 8.2.6
    item_missing_reason = models.CharField(_("reason for no item"), max_length=250, blank=True)
    resolution_code = models.CharField(_("resolution"), max_length=40, blank=True)
    cause_code = models.CharField(_("cause"), max_length=80, blank=True)
    resolution_note = models.TextField(_("how it was resolved"), blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    confirmed_by_requester = models.BooleanField(_("confirmed"), default=False)
    reopen_count = models.PositiveIntegerField(_("reopened"), default=0)
    reassignment_count = models.PositiveIntegerField(_("reassigned"), default=0)
    covered_by = models.ForeignKey(Version, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("agreement"))
    backed_by = models.JSONField(default=list, blank=True)  # the versions of internal agreements and contracts that stand behind it
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    waiting_for = models.CharField(_("waiting for"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes: ClassVar = [
            *record_indexes("incident"),
            models.Index(fields=["tenant", "state", "-changed_at", "-card"], name="incident_by_state"),
            models.Index(fields=["tenant", "priority", "-changed_at", "-card"], name="incident_by_priority", condition=Q(is_open=True)),
            models.Index(fields=["team", "-changed_at", "-card"], name="incident_by_team", condition=Q(is_open=True)),
            models.Index(fields=["owner", "-changed_at", "-card"], name="incident_by_owner", condition=Q(is_open=True)),
            models.Index(fields=["organization", "-changed_at", "-card"], name="incident_by_customer"),
            models.Index(fields=["tenant", "due_at", "card"], name="incident_by_due", condition=Q(is_open=True)),
            models.Index(fields=["team", "due_at", "card"], name="incident_by_team_and_due", condition=Q(is_open=True)),
            models.Index(fields=["owner", "due_at", "card"], name="incident_by_owner_and_due", condition=Q(is_open=True)),
        ]
