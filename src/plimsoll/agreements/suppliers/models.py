"""What is stored of a supplier (8.3.4), first depth: who it is, how much hangs on it, and who of ours answers for it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes


class Supplier(Record):
    """Somebody who supplies us: another company, a unit of our own, or a customer who also does something for us. It is for that organisation."""

    TYPES = (("external", _("Supplier")), ("internal", _("Internal supplier")), ("customer", _("Customer acting as supplier")))
    CATEGORIES = (
        ("strategic", _("Strategic")),
        ("tactical", _("Tactical")),
        ("operational", _("Operational")),
        ("commodity", _("Commodity")),
    )
    CRITICALITIES = ((1, _("Vital")), (2, _("High")), (3, _("Medium")), (4, _("Low")))

    type = models.CharField(_("type"), max_length=10, choices=TYPES, default="external")
    description = models.TextField(_("what it supplies"), blank=True)
    # None until somebody judged it: a supplier is not taken for harmless because nobody looked.
    supplier_category = models.CharField(_("category"), max_length=12, choices=CATEGORIES, blank=True)
    criticality = models.PositiveSmallIntegerField(_("criticality"), choices=CRITICALITIES, null=True, blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("manager"))
    contacts = models.TextField(_("contacts"), blank=True)
    review_on = models.DateField(_("next review"), null=True, blank=True)

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        indexes: ClassVar = [
            *record_indexes("supplier"),
            models.Index(fields=["organization", "state"], name="supplier_by_party"),
            models.Index(fields=["tenant", "review_on"], name="supplier_review"),
        ]
