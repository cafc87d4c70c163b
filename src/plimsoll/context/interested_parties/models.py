"""What is stored of an interested party and its requirements (4.2)."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from plimsoll.context.interested_parties.rules import UNASKED
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.register.models import Card


class Party(Record):
    """Somebody whom the management system or the services concern, and what they require of them."""

    STANDINGS = (
        ("customer", _("Customer")),
        ("supplier", _("Supplier")),
        ("regulator", _("Regulator")),
        ("owner", _("Owner")),
        ("staff", _("Staff")),
        ("other", _("Somebody else")),
    )
    CLIMATE = ((UNASKED, _("Not asked yet")), ("none", _("Requires nothing about climate change")), ("some", _("Has such requirements")))

    description = models.TextField(_("why they matter"), blank=True)
    standing = models.CharField(_("what they are to us"), max_length=10, choices=STANDINGS, default="customer")
    same_as = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("the same as the organisation")
    )
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    climate = models.CharField(_("climate change"), max_length=8, choices=CLIMATE, default=UNASKED)
    climate_asked_on = models.DateField(_("asked on"), null=True, blank=True)

    class Meta:
        verbose_name = _("interested party")
        verbose_name_plural = _("interested parties")
        indexes: ClassVar = [*record_indexes("party"), models.Index(fields=["tenant", "standing", "-changed_at"], name="party_by_standing")]


class PartyRequirement(models.Model):
    """A part of an interested party: what it requires, and where that is addressed, or why it is not."""

    KINDS = (
        ("service", _("Of a service")),
        ("legal", _("By law")),
        ("contract", _("By contract")),
        ("information", _("To be told")),
        ("other", _("Something else")),
    )

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="requirements")
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    text = models.CharField(_("what they require"), max_length=500)
    is_climate = models.BooleanField(_("about climate change"), default=False)
    addressed_by = models.ForeignKey(
        Card,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("addressed by"),
        help_text=_("The number of a record, such as SLA-2."),
    )
    how = models.CharField(_("how, or why not"), max_length=500, blank=True)
    decided_on = models.DateField(_("since"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.text

    @property
    def is_answered(self) -> bool:
        """Whether it says where it is addressed, or why it is not."""
        return self.addressed_by_id is not None or bool(self.how.strip())

    def clean(self) -> None:
        if self.is_answered and self.decided_on is None:
            raise ValidationError({"decided_on": gettext("Say since when it is so.")})
