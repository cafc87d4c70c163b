"""What is stored of what can be ordered, of requests, their tasks and the accesses that they give."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.access.queries import grants_of, teams_of
from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.roles.models import Assignment, Role
from plimsoll.kernel.targets.words import PRIORITIES
from plimsoll.portfolio.services.models import Service
from plimsoll.support.knowledge.models import Article


class FrozenPlan(RuntimeError):
    """Somebody tried to change a version that was put in force."""


class RequestModel(Record):
    """Something that can be ordered: what it is, for whom, and how it is fulfilled. Its form, approvals and tasks stand in its versions."""

    TYPES = (("service", _("Service")), ("access", _("Access")))

    description = models.TextField(_("description for the customer"), blank=True)
    type = models.CharField(_("type"), max_length=8, choices=TYPES, default="service")
    heading = models.CharField(_("heading in the catalogue"), max_length=80, blank=True)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("service"))
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    usual_priority = models.PositiveSmallIntegerField(_("usual priority"), choices=PRIORITIES, default=4)
    is_for_everybody = models.BooleanField(_("everybody may order it"), default=False)
    instruction = models.TextField(_("instruction for those who fulfil it"), blank=True)
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("article with more"))
    instruction_review_on = models.DateField(_("review of the instruction"), null=True, blank=True)

    class Meta:
        verbose_name = _("request model")
        verbose_name_plural = _("request models")
        indexes: ClassVar = [*record_indexes("requestmodel")]

    @classmethod
    def opened_to(cls, person: Person) -> models.QuerySet[Any] | None:
        """What this person may order. Everybody means our people and all customers; suppliers are named where they may. Who left may nothing."""
        if person.organization is None or not person.is_active:
            return None
        open_to = Q(pk__in=Entitlement.of(person).values("request_model"))
        if person.organization.kind != "supplier":
            open_to |= Q(is_for_everybody=True)
        return cls.objects.filter(open_to, tenant_id=person.organization.tenant_id, state="offered").values("pk")


class Entitlement(models.Model):
    """A part of a request model: who may order it. Whoever meets everything that one row names, may."""

    request_model = models.ForeignKey(RequestModel, on_delete=models.PROTECT, related_name="entitlements")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation"))
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team"))
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("role"))
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(organization=None, team=None, role=None, person=None), name="entitlement_names_somebody")
        ]

    def __str__(self) -> str:
        return ", ".join(str(named) for named in (self.person, self.role, self.team, self.organization) if named is not None)

    @classmethod
    def of(cls, person: Person) -> models.QuerySet[Any]:
        """The rows that a person meets now."""
        assert person.organization is not None
        homes = [pk for pk in (person.organization_id, person.organization.parent_id) if pk]
        held = [g.assignment for g in grants_of(person) if g.assignment]
        roles = Assignment.objects.filter(pk__in=held).values("role") if held else []
        return cls.objects.filter(
            Q(organization=None) | Q(organization__in=homes),
            Q(team=None) | Q(team__in=teams_of(person)),
            Q(role=None) | Q(role__in=roles),
            Q(person=None) | Q(person=person.pk),
        )


class ModelVersion(models.Model):
    """A part of a request model: its form, approval chain, tasks, promise and cost, whole. A draft may change; what was put in force never does."""

    request_model = models.ForeignKey(RequestModel, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    plan = models.JSONField(default=dict)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True)  # of the plan when it was put in force

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request_model", "number"], name="model_version_once"),
            models.UniqueConstraint(fields=["request_model"], condition=Q(published_at=None), name="one_draft_of_a_model"),
        ]

    def __str__(self) -> str:
        return f"{self.request_model.reference} version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises FrozenPlan when a version in force would change."""
        kept = ModelVersion.objects.filter(pk=self.pk).values_list("published_at", "plan").first() if self.pk else None
        if kept is not None and kept[0] is not None and kept[1] != self.plan:
            raise FrozenPlan("A version that was put in force is never changed. Draft the next one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.published_at is not None:
            raise FrozenPlan("A version that was put in force is never deleted.")
        return super().delete(*args, **kwargs)


class Request(Record):
    """What somebody asked for: an order from a request model, with the version that it was ordered by and the answers given."""

    PRIORITIES = PRIORITIES

    description = models.TextField(_("what else there is to say"), blank=True)
    requester = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("ordered for"))
    request_model = models.ForeignKey(RequestModel, on_delete=models.PROTECT, related_name="requests", verbose_name=_("what was ordered"))
    # Written when it is placed; one that was brought in from elsewhere has none, and asks nothing of anybody.
    model_version = models.ForeignKey(ModelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("version"))
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("service"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=PRIORITIES, null=True, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team"))
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("with"))
    outcome = models.TextField(_("what was done"), blank=True)
    waiting_for = models.CharField(_("waiting for"), max_length=250, blank=True)
    fulfilled_at = models.DateTimeField(_("fulfilled"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    confirmed_by_requester = models.BooleanField(_("confirmed"), default=False)
    reopen_count = models.PositiveIntegerField(_("reopened"), default=0)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        indexes: ClassVar = [
            *record_indexes("request"),
            models.Index(fields=["tenant", "state", "-changed_at", "-card"], name="request_by_state"),
            models.Index(fields=["request_model", "-changed_at", "-card"], name="request_by_model"),
            models.Index(fields=["team", "-changed_at", "-card"], name="request_by_team", condition=Q(is_open=True)),
            models.Index(fields=["owner", "-changed_at", "-card"], name="request_by_owner", condition=Q(is_open=True)),
            models.Index(fields=["organization", "-changed_at", "-card"], name="request_by_customer"),
            models.Index(fields=["tenant", "due_at", "card"], name="request_by_due", condition=Q(is_open=True)),
        ]


class ChainApproval(models.Model):
    """A part of a request: that an approval was asked because its version says so. Whatever else is asked on it decides nothing of the order."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="chain")
    approval = models.OneToOneField(Approval, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.approval_id} of {self.request_id}"


class AccessRight(Record):
    """That somebody has access to something: since when, until when, and by which request."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("who has it"))
    request = models.ForeignKey(Request, null=True, blank=True, on_delete=models.PROTECT, related_name="accesses", verbose_name=_("by the request"))
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("service"))
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("who takes it away"))
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("who answers for it"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("taken away"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("accesses")
        indexes: ClassVar = [
            *record_indexes("accessright"),
            models.Index(fields=["person", "-changed_at", "-card"], name="accessright_by_person"),
            models.Index(fields=["tenant", "ends_at", "card"], name="accessright_by_end", condition=Q(state="active")),
        ]


class FulfilmentTask(Record):
    """One thing that one team does for a request, or to take an access away."""

    request = models.ForeignKey(Request, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("request"))
    access = models.ForeignKey(AccessRight, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("access"))
    plan_key = models.CharField(max_length=40, blank=True)  # which task of the version it is
    stage = models.PositiveSmallIntegerField(_("stage"), default=1)
    instructions = models.TextField(_("what is to be done"), blank=True)
    minutes = models.PositiveIntegerField(_("minutes of service hours"), null=True, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("team"))
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("with"))
    outcome = models.TextField(_("what was done"), blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)

    class Meta:
        verbose_name = _("fulfilment task")
        verbose_name_plural = _("fulfilment tasks")
        indexes: ClassVar = [
            *record_indexes("fulfilmenttask"),
            models.Index(fields=["request", "stage"], name="fulfilmenttask_by_request"),
            models.Index(fields=["team", "-changed_at", "-card"], name="fulfilmenttask_by_team", condition=Q(is_open=True)),
            models.Index(fields=["owner", "-changed_at", "-card"], name="fulfilmenttask_by_owner", condition=Q(is_open=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "plan_key"], condition=~Q(plan_key=""), name="task_of_a_request_once"),
        ]


class Decider(models.Model):
    """Who decides for an organization what its people order: its line, where a step of an approval asks for it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "person"], name="decider_once")]

    def __str__(self) -> str:
        return f"{self.person} for {self.organization}"


class Recurrence(models.Model):
    """An order that is placed again and again: for whom, with which answers, how often. A kept thing."""

    RHYTHMS = (("week", _("every week")), ("month", _("every month")), ("quarter", _("every quarter")), ("year", _("every year")))

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    request_model = models.ForeignKey(RequestModel, on_delete=models.PROTECT, related_name="recurrences", verbose_name=_("what is ordered"))
    requester = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("for whom"))
    answers = models.JSONField(default=dict, blank=True)
    every = models.CharField(_("how often"), max_length=8, choices=RHYTHMS)
    starts_on = models.DateField(_("first on"))
    next_on = models.DateField(_("next on"))
    is_paused = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=500, blank=True)  # why the last order could not be placed
    kept_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["next_on"], name="recurrence_due", condition=Q(ended_at=None, is_paused=False))]

    def __str__(self) -> str:
        return f"{self.request_model} {self.every}"


class Occurrence(models.Model):
    """That a recurrence placed its order for a day: once, whatever was restarted."""

    recurrence = models.ForeignKey(Recurrence, on_delete=models.PROTECT, related_name="occurrences")
    due_on = models.DateField()
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-due_on"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["recurrence", "due_on"], name="occurrence_once")]

    def __str__(self) -> str:
        return f"{self.due_on}"
