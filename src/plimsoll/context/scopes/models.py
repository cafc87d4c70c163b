"""What is stored of units, locations and the scope (4.3)."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from plimsoll.context.scopes.rules import CONSIDERED, DIMENSIONS, OPEN
from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.register.models import Card


class Unit(Record):
    """A part of the organisation: who leads it, what it belongs to, and whether the management system covers it."""

    description = models.TextField(_("what it does"), blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("part of"))
    head = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("led by"))
    in_scope = models.BooleanField(_("in scope"), default=True)
    scope_reason = models.CharField(_("why not in scope"), max_length=500, blank=True)
    same_as = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("the same as the organisation")
    )
    works_as = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("works as the team"))

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        indexes: ClassVar = [*record_indexes("unit"), models.Index(fields=["tenant", "in_scope", "-changed_at"], name="unit_in_scope")]


class Location(Record):
    """A place from which services are delivered, or at which a customer uses them. What is delivered from it, it supports by links."""

    address = models.TextField(_("address lines"), blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    place = models.CharField(_("town"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    customer = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("location of the customer")
    )
    in_scope = models.BooleanField(_("in scope"), default=True)
    scope_reason = models.CharField(_("why not in scope"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        indexes: ClassVar = [*record_indexes("location"), models.Index(fields=["tenant", "in_scope", "-changed_at"], name="location_in_scope")]

    @property
    def address_in_one(self) -> str:
        """The whole address in one line."""
        lines = [*self.address.splitlines(), " ".join(filter(None, (self.postcode, self.place))), self.country]
        return ", ".join(text.strip() for text in lines if text.strip())


ANSWERS = ((OPEN, _("Not answered yet")), (CONSIDERED, _("Considered")), ("irrelevant", _("Sets no bounds")))


def _answer(label: Any) -> Any:
    return models.CharField(label, max_length=12, choices=ANSWERS, default=OPEN)


class Scope(Record):
    """A statement of scope: where the management system begins and ends, from when on, and with what means. One is approved at a time."""

    service_kind = models.CharField(_("kind of services"), max_length=60, blank=True, default="IT", help_text=_("As in “IT services”."))
    wording = models.TextField(_("scope in your own words"), blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    location_answer = _answer(_("location"))
    location_text = models.TextField(_("what location means for the scope"), blank=True)
    customers_answer = _answer(_("customers"))
    customers_text = models.TextField(_("what customers mean for the scope"), blank=True)
    customer_location_answer = _answer(_("location of customers"))
    customer_location_text = models.TextField(_("what the location of customers means for the scope"), blank=True)
    technology_answer = _answer(_("technology"))
    technology_text = models.TextField(_("what technology means for the scope"), blank=True)
    excludes_nothing = models.BooleanField(_("nothing is excluded"), default=False)
    sentence = models.TextField(_("sentence at approval"), blank=True)  # as it was composed when it was approved
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by"))

    class Meta:
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")
        indexes: ClassVar = [*record_indexes("scope")]

    def answers(self) -> dict[str, tuple[str, str]]:
        """What is said of each dimension: the answer, and its text."""
        return {name: (getattr(self, f"{name}_answer"), getattr(self, f"{name}_text").strip()) for name in DIMENSIONS}


class Exclusion(models.Model):
    """A part of a scope: what the management system does not cover, and why."""

    KINDS = (("service", _("Service")), ("unit", _("Unit")), ("location", _("Location")), ("other", _("Something else")))

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="exclusions")
    kind = models.CharField(_("what it is"), max_length=10, choices=KINDS)
    record = models.ForeignKey(
        Card, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("record"), help_text=_("Its number, such as SVC-3.")
    )
    text = models.CharField(_("in words"), max_length=250, blank=True)
    reason = models.CharField(_("why"), max_length=500)

    class Meta:
        ordering: ClassVar = ["kind", "id"]

    def __str__(self) -> str:
        return self.record.title if self.record is not None else self.text

    def clean(self) -> None:
        if self.record is None and not self.text:
            raise ValidationError({"text": gettext("Name a record, or say in words what is excluded.")})
        if self.record is not None and self.kind != "other" and self.record.kind != self.kind:
            raise ValidationError({"record": gettext("%(ref)s is of another kind. Choose the kind that fits.") % {"ref": self.record.reference}})


class Milestone(models.Model):
    """A part of a scope: a step by which the management system is put in place, until when, and when it was done."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="milestones")
    name = models.CharField(_("milestone"), max_length=250)
    due_on = models.DateField(_("due"))
    done_on = models.DateField(_("done"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "id"]

    def __str__(self) -> str:
        return self.name


class ScopeResource(models.Model):
    """A part of a scope: what is needed to put the management system in place and to run it."""

    KINDS = (("people", _("People")), ("technology", _("Technology")), ("information", _("Information")), ("money", _("Money")))

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="resources")
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    text = models.CharField(_("what is needed"), max_length=250)
    amount = models.CharField(_("how much"), max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "id"]

    def __str__(self) -> str:
        return self.text
