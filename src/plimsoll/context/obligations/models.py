"""What is stored of obligations, limitations and other management systems: what the services and their management must bear in mind (6.3)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes


class Obligation(Record):
    """Something from outside the service management system that must be kept: a policy, a standard, a law, what a contract asks.

    What is written down somewhere is a document from outside that is under control (7.5.3-g): issuer, edition, where it is kept, owner, review.
    """

    TYPES = (
        ("policy", _("Policy")),
        ("standard", _("Standard")),
        ("law", _("Law or regulation")),
        ("contract", _("Contract")),
        ("outside", _("Other document from outside")),
    )

    type = models.CharField(_("type"), max_length=10, choices=TYPES, default="policy")
    document = models.CharField(_("document"), max_length=250, blank=True)
    edition = models.CharField(_("edition"), max_length=80, blank=True)
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    kept_at = models.CharField(_("where it is kept"), max_length=250, blank=True)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=120, blank=True)
    articles = models.CharField(_("articles or clauses"), max_length=300, blank=True)
    how_applies = models.TextField(_("how it applies"), blank=True)
    evidence = models.TextField(_("how it is shown to be kept"), blank=True)
    watched_through = models.CharField(_("changes are noticed through"), max_length=250, blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    review_on = models.DateField(_("next review"), null=True, blank=True)
    reviewed_on = models.DateField(_("last review"), null=True, blank=True)
    reviewed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("reviewed by"))

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        indexes: ClassVar = [
            *record_indexes("obligation"),
            models.Index(fields=["tenant", "type", "-changed_at"], name="obligation_by_type"),
            models.Index(fields=["tenant", "review_on"], name="obligation_review"),
        ]


class Limitation(Record):
    """Something that the services can't do, or not as well as they should, that is known and lived with until it is lifted."""

    description = models.TextField(_("description"), blank=True)
    effect = models.TextField(_("effect"), blank=True)
    workaround = models.TextField(_("workaround"), blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    review_on = models.DateField(_("next review"), null=True, blank=True)
    reviewed_on = models.DateField(_("last review"), null=True, blank=True)
    reviewed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("reviewed by"))

    class Meta:
        verbose_name = _("limitation")
        verbose_name_plural = _("limitations")
        indexes: ClassVar = [*record_indexes("limitation"), models.Index(fields=["tenant", "review_on"], name="limitation_review")]


class ManagementSystem(Record):
    """Another management system of the organisation that has a say in the services: for quality, information security, continuity."""

    TYPES = (
        ("quality", _("Quality")),
        ("security", _("Information security")),
        ("continuity", _("Business continuity")),
        ("privacy", _("Data protection")),
        ("environment", _("Environment")),
        ("safety", _("Health and safety")),
        ("other", _("Other")),
    )

    type = models.CharField(_("type"), max_length=12, choices=TYPES, default="quality")
    short_name = models.CharField(_("short name"), max_length=20, blank=True)
    basis = models.CharField(_("built on"), max_length=200, blank=True)  # a standard and its edition
    requirements = models.TextField(_("what of it the services must meet"), blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))

    class Meta:
        verbose_name = _("management system")
        verbose_name_plural = _("management systems")
        indexes: ClassVar = [*record_indexes("managementsystem")]
