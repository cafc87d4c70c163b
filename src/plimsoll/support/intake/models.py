"""What is stored of a text that somebody takes in: the file and the choices, until it is taken over or thrown away."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.identity.models import Person, Tenant


class Intake(models.Model):
    """A plan or policy that is being taken in. Private to whoever sent it, and without a trail: nothing has happened yet.

    Once it is taken over the file is forgotten; what came of it stays, so that document and records can be followed to it.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=64)
    content = models.BinaryField(default=bytes)
    choices = models.JSONField(default=dict)  # {"rows": {key: {"take": …, "title": …, fields}}, "document": {…}}
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.JSONField(default=list)  # by row what came of it
    begun_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "-touched_at"], name="intake_by_person"),
            models.Index(fields=["touched_at"], name="intake_by_age", condition=models.Q(taken_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.name
