"""What is stored of objectives (6.2), of the actions by which they are met, and of what was measured of them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes


class Objective(Record):
    """What is to be reached: how much of what, from where, until when, by whom, and which greater objective it serves."""

    LEVELS = (
        ("business", _("Business")),
        ("sms", _("Service management system")),
        ("process", _("A process")),
        ("service", _("A service")),
        ("function", _("A function or team")),
    )
    DIRECTIONS = (("up", _("At least the target")), ("down", _("At most the target")))
    FREQUENCIES = (
        ("weekly", _("Every week")),
        ("monthly", _("Every month")),
        ("quarterly", _("Every quarter")),
        ("halfyearly", _("Every half year")),
        ("yearly", _("Every year")),
    )

    description = models.TextField(_("what it is for"), blank=True)
    level = models.CharField(_("level"), max_length=10, choices=LEVELS, default="sms")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("serves the objective")
    )
    statement = models.CharField(_("serves the statement of the policy"), max_length=120, blank=True)
    requirements = models.TextField(_("requirements taken into account"), blank=True)
    metric = models.CharField(_("what is measured"), max_length=250, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    baseline = models.CharField(_("from"), max_length=20, blank=True, help_text=_("A number: where it stood at the beginning."))
    target = models.CharField(_("target"), max_length=20, blank=True, help_text=_("A number: where it is to stand."))
    direction = models.CharField(_("reached with"), max_length=4, choices=DIRECTIONS, default="up")
    due_on = models.DateField(_("until"), null=True, blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    frequency = models.CharField(_("measured"), max_length=10, choices=FREQUENCIES, default="monthly")
    indicator = models.CharField(
        _("indicator"),
        max_length=60,
        blank=True,
        help_text=_("The key of an indicator: its stored months are measurements then, shares in % and times in minutes."),
    )
    resources = models.TextField(_("resources"), blank=True)
    judged = models.TextField(_("how it is judged"), blank=True)
    review_on = models.DateField(_("next review"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        indexes: ClassVar = [
            *record_indexes("objective"),
            models.Index(fields=["tenant", "due_on"], name="objective_by_due", condition=Q(is_open=True)),
        ]


class ObjectiveAction(models.Model):
    """A part of an objective: something that is done so that it is reached."""

    STATES = (("open", _("To do")), ("done", _("Done")), ("dropped", _("Dropped")))

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="actions")
    text = models.CharField(_("what is done"), max_length=500)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    due_on = models.DateField(_("until"))
    resources = models.CharField(_("with which resources"), max_length=250, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=STATES, default="open")
    done_on = models.DateField(_("done"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]

    def __str__(self) -> str:
        return self.text


class Measurement(models.Model):
    """A part of an objective: what was measured on a day. It never changes; one that was wrong is replaced by another, with the reason."""

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="measurements")
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=4)
    measured_on = models.DateField(_("on"))
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField()
    note = models.CharField(_("note"), max_length=500, blank=True)
    corrects = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by")
    reason = models.CharField(_("why the other was wrong"), max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["measured_on", "id"]
        indexes: ClassVar = [models.Index(fields=["objective", "measured_on"], name="measurement_by_day")]

    def __str__(self) -> str:
        return f"{self.value} on {self.measured_on}"
