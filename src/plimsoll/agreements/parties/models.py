"""What is stored of something that another party operates (8.2.3), and of the proofs that we stay in control of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from plimsoll.agreements.levels.models import Agreement
from plimsoll.agreements.parties.rules import Proof as Judged
from plimsoll.context.processes.models import Process
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.register.models import Card
from plimsoll.portfolio.services.models import Service


class OtherPartyOperation(Record):
    """A process, a service or a component, or a part of one, that another party operates for us. It is for that organisation."""

    PARTIES = (("supplier", _("Supplier")), ("internal", _("Internal group")), ("customer", _("Customer")))
    OPERATES = (("process", _("A process")), ("service", _("A service")), ("component", _("A component")))

    party_type = models.CharField(_("type of party"), max_length=10, choices=PARTIES, default="supplier")
    operates = models.CharField(_("what they operate"), max_length=10, choices=OPERATES, default="process")
    process = models.ForeignKey(Process, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("process"))
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("service"))
    component = models.CharField(_("component"), max_length=200, blank=True)
    part = models.CharField(_("which part of it"), max_length=250, blank=True, help_text=_("Left empty it is all of it."))
    agreement = models.ForeignKey(
        Agreement,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("agreement"),
        help_text=_("Of a supplier a contract, of an internal group or a customer an internal agreement."),
    )
    clause = models.CharField(_("where it gives us authority"), max_length=120, blank=True, help_text=_("A section of the agreement, such as 4.2."))
    activities = models.TextField(_("what they do"), blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("accountable"))
    starts_on = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    evaluated_on = models.DateField(_("evaluated on"), null=True, blank=True)
    evaluation = models.TextField(_("result of the evaluation"), blank=True)

    class Meta:
        verbose_name = _("operation by another party")
        verbose_name_plural = _("operations by other parties")
        indexes: ClassVar = [
            *record_indexes("otherparty"),
            models.Index(fields=["organization", "state"], name="otherparty_by_party"),
            models.Index(fields=["tenant", "party_type", "-changed_at"], name="otherparty_by_type"),
        ]

    @classmethod
    def opened_to(cls, person: Person) -> models.QuerySet[Any] | None:
        """S-075: whoever operates it reads their own row once it runs, and changes nothing."""
        return cls.objects.filter(organization=person.organization_id, state="running").order_by().values("pk")

    @property
    def what(self) -> str:
        """What they operate, by name, with the part of it."""
        named = {"process": str(self.process.title if self.process else ""), "service": str(self.service.title if self.service else "")}
        name = named.get(self.operates, self.component)
        return f"{name}: {self.part}" if name and self.part else name or self.part


class Proof(models.Model):
    """A part of an operation: something that shows that we are in control of it, its day, and where it is."""

    BOXES = (
        ("accountability", _("We are accountable and have authority")),
        ("definition", _("We control definition and interfaces")),
        ("performance", _("We determine performance and compliance")),
        ("improvement", _("We control improvement")),
    )
    KINDS = (
        ("contract", _("Contract")),
        ("ola", _("Internal agreement")),
        ("minutes", _("Minutes of a meeting")),
        ("report", _("Performance report")),
        ("procedure", _("Description of a procedure")),
    )

    operation = models.ForeignKey(OtherPartyOperation, on_delete=models.PROTECT, related_name="proofs")
    box = models.CharField(_("what it proves"), max_length=14, choices=BOXES)
    kind = models.CharField(_("kind of evidence"), max_length=10, choices=KINDS)
    name = models.CharField(_("what it is"), max_length=200)
    dated_on = models.DateField(_("of the day"))
    months = models.PositiveSmallIntegerField(
        _("counts for months"), default=12, validators=[MinValueValidator(1), MaxValueValidator(60)], help_text=_("After that it is out of date.")
    )
    record = models.ForeignKey(
        Card,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("record"),
        help_text=_("Its number, such as SLA-2 or DOC-4."),
    )
    place = models.CharField(_("or where it is kept"), max_length=300, blank=True, help_text=_("An address, or the name of an attached file."))

    class Meta:
        ordering: ClassVar = ["box", "-dated_on", "id"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.record is None and not self.place:
            raise ValidationError({"record": gettext("Name a record, or say where it is kept.")})

    @property
    def judged(self) -> Judged:
        return Judged(self.box, self.kind, self.dated_on, self.months)
