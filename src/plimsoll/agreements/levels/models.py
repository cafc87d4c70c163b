"""What is stored of an agreement and of the versions of its terms."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.register.models import Card


class FrozenTerms(RuntimeError):
    """Somebody tried to change a version that is in force."""


class Agreement(Record):
    """What was promised: to a customer (SLA), between our own units (OLA), or by a supplier to us (contract). It is for the other party."""

    TYPES = (("sla", _("Service level agreement")), ("ola", _("Internal agreement")), ("contract", _("Contract with a supplier")))

    type = models.CharField(_("type"), max_length=8, choices=TYPES, default="sla")
    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    review_on = models.DateField(_("next review"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)  # the last day; empty: until somebody ends it
    signed_by_us = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("signed for us by"))
    signed_by_them = models.CharField(_("signed for them by"), max_length=150, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        indexes: ClassVar = [
            *record_indexes("agreement"),
            models.Index(fields=["organization", "-changed_at", "-card"], name="agreement_by_party"),
        ]


class Version(models.Model):
    """A part of an agreement: its terms, whole, from a moment on. A draft may change; what is in force never does.

    `corrects` names the version that was wrong: the correction counts for what is opened from its publishing on, and reaches older
    records only by a recalculation that somebody applied.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    terms = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    reason = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # of the terms when they were put in force

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_version_once"),
            models.UniqueConstraint(fields=["agreement"], condition=Q(published_at=None), name="one_draft_of_an_agreement"),
            models.CheckConstraint(condition=Q(published_at=None) | Q(started_at__isnull=False), name="version_in_force_from_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement.reference} version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises FrozenTerms when the terms of a version in force would change."""
        kept = Version.objects.filter(pk=self.pk).values_list("published_at", "terms", "started_at").first() if self.pk else None
        if kept is not None and kept[0] is not None and (kept[1], kept[2]) != (self.terms, self.started_at):
            raise FrozenTerms("A version that is in force is never changed. Draft the next one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.published_at is not None:
            raise FrozenTerms("A version that was in force is never deleted.")
        return super().delete(*args, **kwargs)


class Exclusion(models.Model):
    """A part of an agreement: a record that its shares do not count, as an exception of the terms holds for it; with the reason."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="exclusions")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["agreement", "card"], name="exclusion_once")]

    def __str__(self) -> str:
        return f"{self.card} is not counted by {self.agreement_id}"


class Recalculation(Record):
    """What would be different if records had been under the versions that are known today: computed as a list, applied only on request."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="recalculations", verbose_name=_("agreement"))
    reason = models.TextField(_("reason"), blank=True)
    opened_from = models.DateField(_("records opened from"), null=True, blank=True)
    opened_before = models.DateField(_("records opened before"), null=True, blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    considered = models.PositiveIntegerField(_("records looked at"), default=0)
    differing = models.PositiveIntegerField(_("records that differ"), default=0)
    verdicts_changed = models.PositiveIntegerField(_("verdicts that change"), default=0)
    computed_at = models.DateTimeField(_("computed"), null=True, blank=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    class Meta:
        verbose_name = _("recalculation")
        verbose_name_plural = _("recalculations")
        indexes: ClassVar = [*record_indexes("recalculation")]


class RecalculationLine(models.Model):
    """A part of a recalculation: one record, the version that it is under and the one that it would be under, and what its clocks say with each."""

    recalculation = models.ForeignKey(Recalculation, on_delete=models.PROTECT, related_name="lines")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+")
    before_version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    after_version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    before_backing = models.JSONField(null=True)  # None on lines from before it was kept
    after_backing = models.JSONField(default=list)
    before = models.JSONField(default=dict)  # {clock: {"state", "due_at", "stopped_at"}}
    after = models.JSONField(default=dict)
    is_verdict_changed = models.BooleanField(default=False)
    is_applied = models.BooleanField(default=False)
    is_left = models.BooleanField(default=False)  # it changed after the list was made, so it stays as it is

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["recalculation", "card"], name="recalculation_line_once")]

    def __str__(self) -> str:
        return f"{self.card} in {self.recalculation_id}"
