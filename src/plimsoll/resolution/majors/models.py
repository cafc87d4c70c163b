"""What is stored of a major incident (8.6.1): of what people were told, of its review and report, and the criteria."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.records.models import Comment, Record, record_indexes
from plimsoll.portfolio.services.models import Service
from plimsoll.resolution.incidents.models import Incident


class KeptCriterion(models.Model):
    """A criterion as it is kept: what must hold of an incident, as {measure: limit}."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(_("name"), max_length=100)
    conditions = models.JSONField(_("conditions"), default=dict)
    needs_all = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "name"], name="criterion_once", violation_error_message=_("There is already such a criterion."))
        ]

    def __str__(self) -> str:
        return self.name


class MajorIncident(Record):
    """An incident so grave that it is handled by a procedure of its own, with roles, a rhythm of updates, and a review."""

    lead = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="majors", verbose_name=_("incident"))
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("service"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Incident.PRIORITIES, null=True, blank=True)
    headline = models.CharField(_("what customers read first"), max_length=150, blank=True)
    criterion = models.CharField(_("criterion"), max_length=250, blank=True)
    reason = models.TextField(_("why it was declared"), blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("manager"))
    communications = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("communications"))
    scribe = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("scribe"))
    began_at = models.DateTimeField(_("first symptom"), null=True, blank=True)
    outcome = models.TextField(_("what restored the service"), blank=True)
    restored_at = models.DateTimeField(_("service restored"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    due_at = models.DateTimeField(_("next update"), null=True, blank=True)

    class Meta:
        verbose_name = _("major incident")
        verbose_name_plural = _("major incidents")
        indexes: ClassVar = [
            *record_indexes("majorincident"),
            models.Index(fields=["tenant", "due_at"], name="majorincident_by_due", condition=Q(is_open=True)),
        ]


class MajorProposal(models.Model):
    """A part of an incident: it met a criterion, and somebody decides whether it is a major one. Once per criterion."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="proposals")
    criterion = models.CharField(max_length=100)  # its name when it held
    words = models.CharField(max_length=500)  # what held, in words
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)  # why it is none
    major = models.ForeignKey(MajorIncident, null=True, blank=True, on_delete=models.PROTECT, related_name="proposals")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident"], condition=Q(decided_at=None), name="one_open_proposal"),
            models.UniqueConstraint(fields=["incident", "criterion"], name="proposal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.incident}: {self.criterion}"


class AffectedCustomer(models.Model):
    """A part of a major incident: a customer that is affected though the service is not delivered to it by record."""

    major = models.ForeignKey(MajorIncident, on_delete=models.PROTECT, related_name="affected")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["major", "organization"], name="affected_once")]

    def __str__(self) -> str:
        return f"{self.organization} by {self.major_id}"


class MajorUpdate(models.Model):
    """A part of a major incident: what was told to whom, when it was due, and when the next one is. Its words are those of its comment."""

    AUDIENCES = (("internal", _("Our own people")), ("customers", _("Affected customers")))

    major = models.ForeignKey(MajorIncident, on_delete=models.PROTECT, related_name="updates")
    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=AUDIENCES)
    at = models.DateTimeField()
    was_due_at = models.DateTimeField(null=True, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.major_id} at {self.at}"


class ToldTop(models.Model):
    """A part of a major incident: somebody of top management was told of it, and how."""

    major = models.ForeignKey(MajorIncident, on_delete=models.PROTECT, related_name="told")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=250)  # "notice", or in somebody's words
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["major", "person"], condition=Q(how="notice"), name="told_by_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.major_id}: {self.person}"


class ProcedureStep(models.Model):
    """A part of a major incident: one step of the procedure as it was when it was declared."""

    major = models.ForeignKey(MajorIncident, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=250)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["major", "position"], name="step_once")]

    def __str__(self) -> str:
        return self.text


class MajorLateness(models.Model):
    """A part of a major incident: one of its clocks ran over, and that was escalated. Once per clock and due time."""

    major = models.ForeignKey(MajorIncident, on_delete=models.PROTECT, related_name="latenesses")
    clock = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    noticed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["major", "clock", "due_at"], name="lateness_once")]

    def __str__(self) -> str:
        return f"{self.clock} of {self.major_id}"


class MajorReview(Record):
    """What is learnt from a major incident: who took part, what happened and why, what went well and badly, what is decided."""

    major = models.ForeignKey(MajorIncident, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("major incident"))
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("led by"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    participants = models.TextField(_("who took part"), blank=True)
    happened = models.TextField(_("what happened"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    went_well = models.TextField(_("what went well"), blank=True)
    went_badly = models.TextField(_("what went badly"), blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("major incident review")
        verbose_name_plural = _("major incident reviews")
        indexes: ClassVar = [*record_indexes("majorreview")]


class ReviewDecision(models.Model):
    """A part of a review: what it decided."""

    KINDS = (("improvement", _("An improvement")), ("problem", _("A problem to be opened")), ("none", _("Nothing changes, because")))

    review = models.ForeignKey(MajorReview, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12, choices=KINDS)
    text = models.CharField(max_length=500)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text


class ReviewReport(models.Model):
    """A part of a review: the report as it was frozen, version by version; what it says never changes."""

    review = models.ForeignKey(MajorReview, on_delete=models.PROTECT, related_name="reports")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    redacted_at = models.DateTimeField(null=True, blank=True)  # words were erased by order since; then the digest no longer fits

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["review", "number"], name="report_once")]

    def __str__(self) -> str:
        return f"{self.review_id}, {self.number}"
