"""What is stored of communication (7.4): what is to be told, and what was."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.roles.models import Role


class Communication(Record):
    """Something that is communicated: what and why, when, with whom, by which means, and by which role. With what was told last."""

    SIDES = (("inside", _("Inside")), ("outside", _("Outside")), ("both", _("Inside and outside")))
    FREQUENCIES = (
        ("event", _("When it happens")),
        ("once", _("Once")),
        ("weekly", _("Every week")),
        ("monthly", _("Every month")),
        ("quarterly", _("Every quarter")),
        ("halfyearly", _("Every half year")),
        ("yearly", _("Every year")),
    )

    description = models.TextField(_("what is said, and why"), blank=True)
    frequency = models.CharField(_("how often"), max_length=10, choices=FREQUENCIES, default="monthly")
    occasion = models.CharField(_("on which event"), max_length=250, blank=True, help_text=_("Where it is told when something happens."))
    audience = models.CharField(_("with whom"), max_length=250, blank=True)
    side = models.CharField(_("inside or outside"), max_length=8, choices=SIDES, default="inside")
    means = models.CharField(_("by which means"), max_length=250, blank=True)
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by which role"))
    next_on = models.DateField(_("next due"), null=True, blank=True)
    told_on = models.DateField(_("told on"), null=True, blank=True)
    told_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("told by"))
    reached = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    told_as = models.CharField(
        _("where it can be found"), max_length=250, blank=True, help_text=_("Minutes, a message, a page. Files go to the record.")
    )

    class Meta:
        verbose_name = _("communication")
        verbose_name_plural = _("communications")
        indexes: ClassVar = [
            *record_indexes("communication"),
            models.Index(fields=["tenant", "next_on"], name="communication_by_day", condition=Q(is_open=True)),
        ]


class Telling(models.Model):
    """A part of a communication: what was really communicated, on a day, by whom, to how many. It never changes."""

    communication = models.ForeignKey(Communication, on_delete=models.PROTECT, related_name="tellings")
    on = models.DateField(_("on"))
    due_on = models.DateField(_("had been due"), null=True, blank=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    reached = models.PositiveIntegerField(_("people reached"), null=True, blank=True)
    reference = models.CharField(_("where it can be found"), max_length=250, blank=True)
    is_by_top = models.BooleanField(_("by top management"), default=False)  # as of that day, whoever holds the role later

    class Meta:
        ordering: ClassVar = ["on", "id"]
        indexes: ClassVar = [models.Index(fields=["communication", "on"], name="told_by_day")]

    def __str__(self) -> str:
        return f"{self.on}"

    @property
    def is_in_time(self) -> bool:
        """Telling on the day on which it had been due, or before; what had no day can't be late."""
        return self.due_on is None or self.on <= self.due_on
