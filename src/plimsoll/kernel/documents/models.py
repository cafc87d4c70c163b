"""What is stored of a document: its draft, the versions that were approved, what stands in the place of fields, and what changed since."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes
from plimsoll.kernel.roles.models import Role

# Documents of these levels are seen by those only whose role names the class; the level's name is the access class.
CLOSED_LEVELS = ("confidential", "strict")


class Document(Record):
    """A controlled document: written once with fields that records fill, approved by the role that must, frozen, and reviewed again."""

    SORTS = (
        ("policy", _("Policy")),
        ("plan", _("Plan")),
        ("procedure", _("Process or procedure")),
        ("agreement", _("Agreement")),
        ("register", _("Register")),
        ("report", _("Record or report")),
    )
    APPLIES = (("sms", _("The whole management system")), ("process", _("A process")), ("service", _("A service")))
    LEVELS = (("public", _("Public")), ("internal", _("Internal")), ("confidential", _("Confidential")), ("strict", _("Strictly confidential")))

    sort = models.CharField(_("kind of document"), max_length=12, choices=SORTS, default="procedure")
    code = models.CharField(_("code"), max_length=40, blank=True)
    template = models.SlugField(_("template"), max_length=60, blank=True)  # what it was copied from
    template_digest = models.CharField(max_length=64, blank=True)  # of the template as it was copied; an upgrade compares with it
    applies_to = models.CharField(_("applies to"), max_length=8, choices=APPLIES, default="sms")
    about = models.CharField(
        _("about the record"), max_length=30, blank=True, help_text=_("The number of the one record that it describes, such as PRC-3.")
    )
    level = models.CharField(_("confidentiality"), max_length=12, choices=LEVELS, default="internal")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("looked after by"))
    owner_role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owned by the role"))
    approver_role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by the role"))
    body = models.TextField(_("text"), blank=True)
    change_description = models.CharField(_("what this version changes"), max_length=500, blank=True)
    review_months = models.PositiveSmallIntegerField(
        _("months until its review"), default=12, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)  # of the next version; empty: from its approval on
    # What follows from moves.
    major = models.PositiveSmallIntegerField(default=0)
    minor = models.PositiveSmallIntegerField(default=1)
    edition = models.CharField(_("in force"), max_length=12, blank=True)
    review_due_date = models.DateField(_("review due"), null=True, blank=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes: ClassVar = [*record_indexes("document"), models.Index(fields=["tenant", "review_due_date"], name="document_review_due")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "code"],
                condition=~Q(code=""),
                name="document_code_once",
                violation_error_message=_("There is already a document with that code."),
            )
        ]

    @property
    def draft_number(self) -> str:
        """What the text carries while it is written: 0.1 before anything is approved, then 1.1 until 2.0 is (S-005)."""
        return f"{self.major}.{self.minor}"


class DocumentVersion(models.Model):
    """An approved version: its source, every value that its fields had with the records they came from, and the text as it was printed.

    A part, written once by the approval; afterwards only its state and the digests of its files are set. It is never rendered again.
    """

    STATES = (("approved", _("Approved, not yet valid")), ("valid", _("Valid")), ("superseded", _("Superseded")), ("withdrawn", _("Withdrawn")))

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.CharField(max_length=12)
    state = models.CharField(max_length=12, choices=STATES)
    title = models.CharField(max_length=250)
    source = models.TextField()
    values = models.JSONField(default=dict)  # by field: {"value": …, "override": …, "reason": …, "is_none": …}
    printed = models.JSONField(default=dict)  # header, change history, blocks: all that HTML, PDF, DOCX and Markdown are made of
    description = models.CharField(max_length=500)
    authors = models.JSONField(default=list)  # names as they were, in the order in which they first wrote
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    approved_as = models.CharField(max_length=250)  # the role at that time
    approved_at = models.DateTimeField()
    statement = models.CharField(max_length=500, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    digest = models.CharField(max_length=64)  # over source, values and printed text
    pdf = models.CharField(max_length=64, blank=True)  # digests of the files as they were made from it
    docx = models.CharField(max_length=64, blank=True)
    watched_at = models.DateTimeField(null=True, blank=True)  # when it was last compared with what records say
    changed_at = models.DateTimeField(null=True, blank=True)  # when something that it was filled from was last written; empty: since then nothing

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="document_version_once"),
            models.UniqueConstraint(fields=["document"], condition=Q(state="valid"), name="one_valid_version"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"


class Filling(models.Model):
    """What a draft says in the place of a field: words with a reason, or that there is none. A part, in the document's trail."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="fillings")
    name = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    reason = models.CharField(max_length=500, blank=True)
    is_none = models.BooleanField(default=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "name"], name="filled_once")]

    def __str__(self) -> str:
        return f"{self.document}: {self.name}"


class Drift(models.Model):
    """One thing that records say otherwise than the version in force does. Made and taken away by comparing, never by hand."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="drifts")
    name = models.CharField(max_length=80)  # the field
    key = models.CharField(max_length=120, blank=True)  # the source of the row; empty: the field's own text
    kind = models.CharField(max_length=8, choices=(("changed", _("changed")), ("added", _("added")), ("removed", _("removed"))))
    was = models.TextField(blank=True)
    now = models.TextField(blank=True)
    label = models.CharField(max_length=300, blank=True)
    href = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "name", "key"], name="drift_once")]

    def __str__(self) -> str:
        return f"{self.version}: {self.name}"


__all__: list[Any] = ["CLOSED_LEVELS", "Document", "DocumentVersion", "Drift", "Filling"]
