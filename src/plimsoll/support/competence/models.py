"""What is stored of competence (7.2): what a role needs, what people can show, and the trainings that close gaps."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.roles.models import Role
from plimsoll.support.competence.rules import ANY

LEVELS = ((1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5"))
PROOFS = (
    ("education", _("Education")),
    ("training", _("Training")),
    ("skills", _("Skills")),
    ("experience", _("Experience")),
    ("certificate", _("Certificate")),
)


class Competence(Record):
    """What the holders of a role must be able to do, at which level, and by what it is shown. Approved by a holder of the role named in it."""

    description = models.TextField(_("what it takes"), blank=True)
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("needed by the role"))
    approver_role = models.ForeignKey(
        Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("defined by the role"),
        help_text=_("The process manager's role: only its holders approve."),
    )  # fmt: skip
    level = models.PositiveSmallIntegerField(_("level"), choices=LEVELS, default=2)
    shown_by = models.CharField(_("shown by"), max_length=12, choices=((ANY, _("Any of these")), *PROOFS), default=ANY)
    job_class = models.CharField(_("job class"), max_length=120, blank=True)
    approved_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)

    class Meta:
        verbose_name = _("competence")
        verbose_name_plural = _("competences")
        indexes: ClassVar = [*record_indexes("competence"), models.Index(fields=["tenant", "role", "-changed_at"], name="competence_by_role")]


class Training(Record):
    """Something that is done so that people reach a competence or stay aware: planned, done, and judged by whether it worked."""

    TYPES = (
        ("course", _("Course")),
        ("coaching", _("Coaching")),
        ("practice", _("Practice")),
        ("reading", _("Reading")),
        ("campaign", _("Campaign")),
        ("quiz", _("Quiz")),
    )
    AIMS = (("competence", _("Competence")), ("awareness", _("Awareness")))
    METHODS = (("test", _("A test")), ("supervisor", _("What the supervisor sees")), ("figure", _("A figure before and after")))

    description = models.TextField(_("need"), blank=True)
    aim = models.CharField(_("for"), max_length=12, choices=AIMS, default="competence")
    competence = models.ForeignKey(Competence, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("competence"))
    audience = models.CharField(_("for whom"), max_length=250, blank=True)
    type = models.CharField(_("kind"), max_length=10, choices=TYPES, default="course")
    provider = models.CharField(_("given by"), max_length=200, blank=True)
    planned_on = models.DateField(_("planned on"), null=True, blank=True)
    cost = models.PositiveIntegerField(_("cost"), null=True, blank=True, help_text=_("In whole units of your currency."))
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("arranged by"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    evaluate_after = models.PositiveSmallIntegerField(_("judged after (days)"), default=60)
    method = models.CharField(_("judged by"), max_length=12, choices=METHODS, blank=True)
    evaluation = models.TextField(_("what was found"), blank=True)
    evaluated_on = models.DateField(_("judged on"), null=True, blank=True)
    evaluated_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("judged by whom"))

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("training")
        indexes: ClassVar = [
            *record_indexes("training"),
            models.Index(fields=["tenant", "planned_on"], name="training_by_day", condition=Q(is_open=True)),
        ]


class Participant(models.Model):
    """A part of a training: somebody for whom it is, and whether they took part."""

    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    took_part = models.BooleanField(_("took part"), null=True)  # None: not known yet

    class Meta:
        ordering: ClassVar = ["person__name", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["training", "person"], name="participant_once")]

    def __str__(self) -> str:
        return str(self.person)


class Qualification(Record):
    """What one person can show of a competence: at which level, by which proof, checked by somebody else, until when. It is that person's:
    they see it, and those who keep such files."""

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    competence = models.ForeignKey(Competence, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("competence"))
    level = models.PositiveSmallIntegerField(_("level"), choices=LEVELS, default=2)
    proof = models.CharField(_("proof"), max_length=12, choices=PROOFS, default="experience")
    basis = models.TextField(_("what it rests on"), blank=True)
    obtained_on = models.DateField(_("since"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    training = models.ForeignKey(Training, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("from the training"))
    verified_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("checked by"))
    verified_at = models.DateTimeField(_("checked"), null=True, blank=True)

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        indexes: ClassVar = [
            *record_indexes("qualification"),
            models.Index(fields=["tenant", "person", "-changed_at"], name="qualification_by_person"),
            models.Index(fields=["tenant", "competence", "-changed_at"], name="qualification_by_comp"),
        ]
