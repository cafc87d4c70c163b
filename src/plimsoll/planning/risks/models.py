"""What is stored of risks and opportunities (6.1), of their treatments, and of the criteria that they are judged by."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.register.models import Card

STEPS = ((1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5"))


class RiskCriteria(Record):
    """How risks are judged: the scale, the method, the classes and which of them must be treated. What is in force never changes; the next
    criteria supersede it."""

    METHODS = (("multiply", _("Likelihood times effect")), ("add", _("Likelihood plus effect")), ("matrix", _("A matrix of our own")))
    SIZES = ((3, _("3 by 3")), (4, _("4 by 4")), (5, _("5 by 5")))

    description = models.TextField(_("approach"), blank=True)
    method = models.CharField(_("method"), max_length=10, choices=METHODS, default="multiply")
    size = models.PositiveSmallIntegerField(_("size"), choices=SIZES, default=5)
    likelihood_words = models.TextField(_("likelihoods, lowest first"), blank=True, help_text=_("One a line, such as “Likely: monthly”."))
    impact_words = models.TextField(_("effects, lowest first"), blank=True, help_text=_("One a line, such as “Severe: one customer”."))
    classes = models.TextField(_("classes, lowest first"), blank=True, help_text=_("One a line, such as “High: 10–15, must be treated”."))
    matrix = models.TextField(
        _("matrix"), blank=True, help_text=_("Only for a matrix of your own: a line of numbers for each likelihood, lowest first.")
    )
    approved_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)

    class Meta:
        verbose_name = _("risk criteria")
        verbose_name_plural = _("risk criteria")
        indexes: ClassVar = [*record_indexes("riskcriteria")]


class Risk(Record):
    """What might happen, for the worse (a risk) or the better (an opportunity), and what is done about it."""

    SIGNS = (("risk", _("Risk")), ("opportunity", _("Opportunity")))
    FAMILIES = (
        ("organization", _("The organisation")),
        ("requirements", _("Not meeting service requirements")),
        ("parties", _("Involvement of other parties")),
    )
    AIMS = (("outcomes", _("Reach what is intended")), ("prevention", _("Prevent or reduce what is unwanted")), ("improvement", _("Improve")))
    SOURCES = (
        ("context", _("Issue of the context")),
        ("party", _("Interested party")),
        ("requirements", _("Service requirements")),
        ("incident", _("Incident or problem")),
        ("audit", _("Audit")),
        ("supplier", _("Supplier")),
        ("continuity", _("Continuity or availability")),
        ("security", _("Information security")),
        ("change", _("Change")),
        ("review", _("Review")),
        ("people", _("Somebody said so")),
    )
    DECISIONS = (("treat", _("Treat")), ("tolerate", _("Tolerate")), ("transfer", _("Transfer")), ("terminate", _("Terminate")))

    sign = models.CharField(_("sign"), max_length=12, choices=SIGNS, default="risk")
    family = models.CharField(_("family"), max_length=12, choices=FAMILIES)
    aim = models.CharField(_("aim"), max_length=12, choices=AIMS, default="prevention")
    found_by = models.CharField(_("source"), max_length=12, choices=SOURCES, default="people")
    description = models.TextField(_("description"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    consequence = models.TextField(_("consequence"), blank=True)
    customer_impact = models.TextField(_("what it means for customers"), blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), choices=STEPS, null=True, blank=True)
    impact = models.PositiveSmallIntegerField(_("effect"), choices=STEPS, null=True, blank=True)
    level = models.PositiveSmallIntegerField(_("level before treatment"), null=True, blank=True)
    level_class = models.CharField(_("class before treatment"), max_length=40, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=DECISIONS, blank=True)
    transferred_to = models.CharField(_("borne by"), max_length=200, blank=True)
    residual_likelihood = models.PositiveSmallIntegerField(_("likelihood that is left"), choices=STEPS, null=True, blank=True)
    residual_impact = models.PositiveSmallIntegerField(_("effect that is left"), choices=STEPS, null=True, blank=True)
    residual_level = models.PositiveSmallIntegerField(_("level that is left"), null=True, blank=True)
    residual_class = models.CharField(_("class that is left"), max_length=40, blank=True)
    criteria = models.ForeignKey(RiskCriteria, null=True, blank=True, on_delete=models.PROTECT, related_name="risks", verbose_name=_("criteria"))
    accepted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("accepted by"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_as = models.CharField(_("accepted as"), max_length=200, blank=True)
    accepted_until = models.DateField(_("accepted until"), null=True, blank=True)
    review_on = models.DateField(_("next review"), null=True, blank=True)

    class Meta:
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        indexes: ClassVar = [
            *record_indexes("risk"),
            models.Index(fields=["tenant", "review_on"], name="risk_by_review", condition=Q(is_open=True)),
            models.Index(fields=["tenant", "sign", "state"], name="risk_by_sign"),
        ]

    @property
    def now_level(self) -> int | None:
        """What is left where that was assessed, else what it was before anything was done."""
        return self.residual_level if self.residual_level is not None else self.level

    @property
    def now_class(self) -> str:
        return self.residual_class or self.level_class


class Treatment(models.Model):
    """A part of a risk: something that is done about it, by whom, until when, and whether it worked."""

    PRIORITIES = ((1, _("High")), (2, _("Medium")), (3, _("Low")))
    STATES = (("open", _("To do")), ("done", _("Done")), ("dropped", _("Dropped")))
    VERDICTS = (("", _("Not judged yet")), ("effective", _("It worked")), ("partly", _("It worked in part")), ("not", _("It did not work")))

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="treatments")
    text = models.CharField(_("what is done"), max_length=500)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    due_on = models.DateField(_("until"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=PRIORITIES, default=2)
    state = models.CharField(_("state"), max_length=8, choices=STATES, default="open")
    linked = models.ForeignKey(Card, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("carried out by"))
    done_on = models.DateField(_("done"), null=True, blank=True)
    verdict = models.CharField(_("did it work"), max_length=10, choices=VERDICTS, blank=True)
    evaluation = models.CharField(_("how that was judged"), max_length=500, blank=True)
    residual_level = models.PositiveSmallIntegerField(_("level when it was judged"), null=True, blank=True)
    evaluated_on = models.DateField(_("judged"), null=True, blank=True)
    evaluated_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("judged by"))

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text


class Recomputed(models.Model):
    """A part of criteria: a risk whose level became another when they were put in force, before and after."""

    criteria = models.ForeignKey(RiskCriteria, on_delete=models.PROTECT, related_name="recomputed")
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(default=dict)  # {"level", "level_class", "residual_level", "residual_class"}
    after = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["criteria", "risk"], name="recomputed_once")]

    def __str__(self) -> str:
        return f"{self.risk_id} by {self.criteria_id}"
