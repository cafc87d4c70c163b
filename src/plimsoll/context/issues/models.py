"""What is stored of an issue of the context (4.1)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.context.issues.rules import UNDECIDED
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes


class ContextIssue(Record):
    """Something inside or outside that helps or hinders what the management system is for; looked at again at intervals."""

    SPHERES = (("internal", _("Internal")), ("external", _("External")))
    EFFECTS = (("negative", _("It hinders")), ("positive", _("It helps")), ("both", _("It does both")))
    DECISIONS = ((UNDECIDED, _("Not decided yet")), ("relevant", _("It is relevant")), ("irrelevant", _("It is not relevant")))

    description = models.TextField(_("description"), blank=True)
    sphere = models.CharField(_("internal or external"), max_length=8, choices=SPHERES, default="internal")
    effect = models.CharField(_("effect"), max_length=8, choices=EFFECTS, default="negative")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    review_due_date = models.DateField(_("next review"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("last reviewed"), null=True, blank=True)
    is_climate = models.BooleanField(_("about climate change"), default=False)
    climate_decision = models.CharField(_("decision on climate change"), max_length=10, choices=DECISIONS, default=UNDECIDED)
    climate_reason = models.TextField(_("reason of the decision"), blank=True)
    climate_decided_on = models.DateField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("context issue")
        verbose_name_plural = _("context issues")
        indexes: ClassVar = [*record_indexes("contextissue"), models.Index(fields=["tenant", "review_due_date"], name="contextissue_review_due")]
