"""What carries out a statement of a policy."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.source import SourceFault, parse
from plimsoll.kernel.register.models import Card


class Serving(models.Model):
    """A part of a document: a record that carries one of its numbered statements out. It holds on from version to version."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="servings")
    statement = models.CharField(_("statement"), max_length=20, help_text=_("Its key as it stands in the text, such as S8."))
    # Never empty: `clean` asks for it, after the part was made.
    record = models.ForeignKey(Card, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("carried out by"))

    class Meta:
        ordering: ClassVar = ["statement", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "statement", "record"], name="serving_once")]

    def __str__(self) -> str:
        return f"{self.statement}: {self.record.reference} {self.record.title}" if self.record is not None else self.statement

    def clean(self) -> None:
        """The statement is one of the text, as it is written now; a record carries it out once, and no document carries out itself."""
        if self.record is None:
            raise ValidationError({"record": gettext("Say which record carries it out, by its number.")})
        if self.record.pk == self.document_id:
            raise ValidationError({"record": gettext("A document does not carry out its own statements.")})
        self.statement = self.statement.strip().upper()
        try:
            keys = [s.key for s in parse(self.document.body).statements]
        except SourceFault as error:
            raise ValidationError(
                {"statement": gettext("The text can't be read, so its statements are not known: %(why)s") % {"why": error}}
            ) from error
        if self.statement not in keys:
            told = ", ".join(keys) if keys else gettext("none")
            raise ValidationError({"statement": gettext("There is no such statement. The text has: %(keys)s.") % {"keys": told}})
        if Serving.objects.filter(document=self.document_id, statement=self.statement, record=self.record.pk).exclude(pk=self.pk).exists():
            raise ValidationError({"record": gettext("It carries out %(key)s already.") % {"key": self.statement}})
