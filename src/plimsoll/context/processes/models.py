"""What is stored of a process (4.4) and of its parts: activities and who does what, what goes in and out, interfaces, success factors."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext, gettext_lazy as _

from plimsoll.context.processes.rules import ACCOUNTABLE, same
from plimsoll.kernel.figures.definitions import UnknownIndicator, indicator_named
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import LINK_MEANINGS, Record, record_indexes
from plimsoll.kernel.roles.models import Role


def _role(label: Any) -> Any:
    return models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=label)


class Process(Record):
    """A process of the management system: what it is for, which clauses it serves, which roles own and run it, and what it needs."""

    STAGES = (("design", _("Design")), ("transition", _("Transition")), ("operation", _("Operation")), ("improvement", _("Improvement")))

    purpose = models.TextField(_("purpose"), blank=True)
    covers = models.TextField(_("what it covers"), blank=True)
    rules = models.TextField(_("rules that hold in it"), blank=True, help_text=_("One a line."))
    clauses = models.CharField(_("clauses that it serves"), max_length=120, blank=True, help_text=_("Numbers of the standard, such as 8.6.1, 10.1."))
    stage = models.CharField(_("stage"), max_length=12, choices=STAGES, default="design")
    owner_role = _role(_("owned by the role"))
    manager_role = _role(_("run by the role"))
    people = models.TextField(_("people that it needs"), blank=True)
    tools = models.TextField(_("tools that it needs"), blank=True)
    information = models.TextField(_("information that it needs"), blank=True)
    money = models.TextField(_("money that it needs"), blank=True)
    kinds = models.CharField(
        _("kinds of records that it works with"),
        max_length=200,
        blank=True,
        help_text=_("As addresses and the API name them, such as incident, majorincident."),
    )
    review_on = models.DateField(_("next review"), null=True, blank=True)
    reviewed_on = models.DateField(_("last review"), null=True, blank=True)
    approved_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("put in force by"))
    approved_at = models.DateTimeField(_("in force since"), null=True, blank=True)

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        indexes: ClassVar = [
            *record_indexes("process"),
            models.Index(fields=["tenant", "stage", "-changed_at"], name="process_by_stage"),
            models.Index(fields=["tenant", "review_on"], name="process_review"),
        ]


class Activity(models.Model):
    """A part of a process: one thing that is done in it, in its place."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="activities")
    position = models.PositiveSmallIntegerField(_("place in the order"), null=True, blank=True, help_text=_("Left empty it comes last."))
    name = models.CharField(_("activity"), max_length=150)
    trigger = models.CharField(_("triggered by"), max_length=250, blank=True)
    text = models.TextField(_("what is done"), max_length=2000, blank=True)
    result = models.CharField(_("result"), max_length=250, blank=True)
    due = models.CharField(_("done by when"), max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["process", "name"], name="activity_once", violation_error_message=_("There is already an activity of that name.")
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if Activity.objects.filter(process=self.process_id, name=self.name).exclude(pk=self.pk).exists():
            raise ValidationError({"name": gettext("There is already an activity of that name.")})
        if self.position is None:
            last = Activity.objects.filter(process=self.process_id).aggregate(last=Max("position"))["last"]
            self.position = (last or 0) + 1


class Duty(models.Model):
    """A part of a process: what a role is in one of its activities. Of one activity exactly one role is accountable."""

    LETTERS = (
        ("R", _("R: does the work")),
        ("A", _("A: is accountable")),
        ("C", _("C: is asked before")),
        ("I", _("I: is told after")),
    )

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="duties")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="duties", verbose_name=_("activity"))
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+", verbose_name=_("role"))
    letter = models.CharField(_("is"), max_length=1, choices=LETTERS)

    class Meta:
        ordering: ClassVar = ["activity__position", "activity", "letter", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["activity", "role", "letter"], name="duty_once"),
            models.UniqueConstraint(fields=["activity"], condition=Q(letter="A"), name="one_is_accountable"),
        ]

    def __str__(self) -> str:
        return f"{self.activity}: {self.letter}"

    def clean(self) -> None:
        if self.activity_id is None:
            return
        others = Duty.objects.filter(activity=self.activity_id).exclude(pk=self.pk)
        if self.letter == ACCOUNTABLE and others.filter(letter=ACCOUNTABLE).exists():
            said = gettext("Somebody is accountable for this activity already, and only one can be. Change that one first.")
            raise ValidationError({"letter": said})
        if self.role_id is not None and others.filter(role=self.role_id, letter=self.letter).exists():
            raise ValidationError({"role": gettext("That stands here already.")})


class Flow(models.Model):
    """A part of a process: something that it needs, or that it makes. Whoever is outside the management system is named in words."""

    DIRECTIONS = (("input", _("Input")), ("output", _("Output")))

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="flows")
    direction = models.CharField(_("direction"), max_length=6, choices=DIRECTIONS)
    name = models.CharField(_("what"), max_length=150)
    outside = models.CharField(
        _("from or for whom outside"), max_length=150, blank=True, help_text=_("Only where it is no process of ours: customers, a supplier.")
    )

    class Meta:
        ordering: ClassVar = ["direction", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        others = Flow.objects.filter(process=self.process_id, direction=self.direction).exclude(pk=self.pk)
        if same(self.name) in {same(name) for name in others.values_list("name", flat=True)}:
            raise ValidationError({"name": gettext("That stands here already.")})


class Interface(models.Model):
    """A part of a process: what it gives to another one, in which form, how, how often, and which links between records show it."""

    TYPES = (("data", _("Data")), ("notice", _("Notice")), ("request", _("Request")), ("decision", _("Decision")), ("document", _("Document")))
    METHODS = (
        ("system", _("In this system")),
        ("automatic", _("By itself, from tool to tool")),
        ("mail", _("By mail")),
        ("meeting", _("In a meeting")),
        ("talk", _("By word of mouth or telephone")),
    )
    FREQUENCIES = (
        ("event", _("Whenever it happens")),
        ("daily", _("Every day")),
        ("weekly", _("Every week")),
        ("monthly", _("Every month")),
        ("quarterly", _("Every quarter")),
        ("yearly", _("Every year")),
    )

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="gives")
    to = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="receives", verbose_name=_("to the process"))
    information = models.CharField(_("what passes"), max_length=150)
    type = models.CharField(_("type"), max_length=10, choices=TYPES, default="data")
    method = models.CharField(_("method"), max_length=10, choices=METHODS, default="system")
    frequency = models.CharField(_("how often"), max_length=10, choices=FREQUENCIES, default="event")
    trigger = models.CharField(_("triggered by"), max_length=250, blank=True)
    link = models.CharField(
        _("shown by links"),
        max_length=20,
        blank=True,
        choices=[(m, m) for m in LINK_MEANINGS],
        help_text=_("Which links between records of both processes show that it passes. Left empty, all of them do."),
    )

    class Meta:
        ordering: ClassVar = ["to__title", "id"]

    def __str__(self) -> str:
        return self.information

    def clean(self) -> None:
        if self.to_id is not None and self.to_id == self.process_id:
            raise ValidationError({"to": gettext("A process has interfaces to others. Name another one.")})


class Factor(models.Model):
    """A part of a process: what must go well (a critical success factor), and an indicator that shows it, with target and threshold."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="factors")
    name = models.CharField(_("critical success factor"), max_length=200)
    indicator = models.CharField(_("indicator"), max_length=60, blank=True)
    target = models.CharField(_("target"), max_length=60, blank=True)
    threshold = models.CharField(_("threshold"), max_length=60, blank=True, help_text=_("What always leads to an action."))

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.indicator:
            try:
                indicator_named(self.indicator)
            except UnknownIndicator as error:
                raise ValidationError({"indicator": error.args[0]}) from error
