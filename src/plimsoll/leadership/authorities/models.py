"""What is stored of changes of the management system with what they touch, and of conflicts of duties that were accepted."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.register.models import Card
from plimsoll.leadership.authorities.rules import RULES

TOUCHABLE = ("document", "role")


class SmsChange(Record):
    """A change of the management system: which documents and roles it touches and why. Approving it puts all of them in force at once (S-090)."""

    reason = models.TextField(_("why"), blank=True)
    effect = models.TextField(_("what it changes"), blank=True)
    # What follows from moves.
    submitted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    approved_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)

    class Meta:
        verbose_name = _("SMS change")
        verbose_name_plural = _("SMS changes")
        indexes: ClassVar = [*record_indexes("smschange")]


class Touched(models.Model):
    """A document or a role that a change touches. A part; what it came to is written by carrying the change out, once."""

    change = models.ForeignKey(SmsChange, on_delete=models.PROTECT, related_name="touched")
    # Never empty: `clean` asks for it, after the part was made.
    record = models.ForeignKey(Card, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("document or role"))
    # Of the record, as it was submitted: what was read is what is approved.
    seen_version = models.PositiveIntegerField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)  # set while it is carried out: with it the record may come into force
    carried_out_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=60, blank=True)  # the version that came into force

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["change", "record"], name="touched_once")]

    def __str__(self) -> str:
        return f"{self.record.reference} {self.record.title}" if self.record is not None else ""

    @property
    def card(self) -> Card:
        """The document or role."""
        assert self.record is not None
        return self.record

    @property
    def key(self) -> int:
        """Its key."""
        assert self.record_id is not None
        return self.record_id

    def clean(self) -> None:
        """Only documents and roles, each once."""
        if self.record is None:
            raise ValidationError({"record": gettext("Say which document or role.")})
        if self.record.kind not in TOUCHABLE:
            raise ValidationError(
                {"record": gettext("An SMS change touches documents and roles; %(reference)s is neither.") % {"reference": self.record.reference}}
            )
        if Touched.objects.filter(change=self.change_id, record=self.record_id).exclude(pk=self.pk).exists():
            raise ValidationError({"record": gettext("%(reference)s is named already.") % {"reference": self.record.reference}})


class DutyConflict(Record):
    """Duties that should lie in different hands and do not, accepted by somebody else: why, what makes up for it, until when (W-SOD-12)."""

    rule = models.CharField(_("rule"), max_length=20, choices=[(rule.key, rule.title) for rule in RULES], default=RULES[0].key)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    reason = models.TextField(_("why it can’t be avoided"), blank=True)
    control = models.TextField(_("what makes up for it"), blank=True)
    expires_date = models.DateField(_("accepted until"), null=True, blank=True)
    # What follows from moves.
    accepted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("accepted by"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)

    class Meta:
        verbose_name = _("accepted conflict of duties")
        verbose_name_plural = _("accepted conflicts of duties")
        indexes: ClassVar = [*record_indexes("dutyconflict"), models.Index(fields=["tenant", "expires_date"], name="dutyconflict_expires")]
