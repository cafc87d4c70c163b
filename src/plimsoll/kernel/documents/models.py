"""What is stored of a document: its draft, the versions that were approved, what stands in the place of fields, and what changed since."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.figures.blanks import UnknownBlank, blank_named
from plimsoll.kernel.identity.models import Person, Team, Tenant
from plimsoll.kernel.records.models import Attachment, Record, record_indexes
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Role

# Documents of these levels are seen by those only whose role names the class; the level's name is the access class.
CLOSED_LEVELS = ("confidential", "strict")
TEMPLATE = "template"  # the name of a drift that is no field's
HEAVY = ("source", "values", "printed")  # of a version: not read where only its number and its state are shown


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
    OUTSIDE = (
        ("", _("Not decided")),
        ("customer", _("Customers")),
        ("supplier", _("Suppliers")),
        ("both", _("Customers and suppliers")),
        ("nobody", _("Nobody outside")),
    )
    LEVELS = (("public", _("Public")), ("internal", _("Internal")), ("confidential", _("Confidential")), ("strict", _("Strictly confidential")))

    sort = models.CharField(_("kind of document"), max_length=12, choices=SORTS, default="procedure")
    code = models.CharField(_("code"), max_length=40, blank=True)
    template = models.SlugField(_("template"), max_length=60, blank=True)  # what it was copied from
    applies_to = models.CharField(_("applies to"), max_length=8, choices=APPLIES, default="sms")
    about = models.CharField(
        _("about the record"), max_length=30, blank=True, help_text=_("The number of the one record that it describes, such as PRC-3.")
    )
    level = models.CharField(_("confidentiality"), max_length=12, choices=LEVELS, default="internal")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("looked after by"))
    owner_role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owned by the role"))
    approver_role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by the role"))
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("belongs under the document")
    )
    outside = models.CharField(_("readable outside for"), max_length=10, choices=OUTSIDE, default="", blank=True)
    outside_reason = models.CharField(_("why nobody outside"), max_length=500, blank=True)
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

    A part, written once by the approval; afterwards only its state is set. It is never rendered again.
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
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    digest = models.CharField(max_length=64)  # over source, values and printed text
    template_digest = models.CharField(max_length=64, blank=True)  # of the template that it follows; a changed template is drift
    signed_page = models.ForeignKey(Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # where paper is signed
    disposed_at = models.DateTimeField(null=True, blank=True)  # its text and values are gone; number, dates and digest stay
    watched_at = models.DateTimeField(null=True, blank=True)  # when it was last compared with what records say
    changed_at = models.DateTimeField(null=True, blank=True)  # when something that it was filled from was last written; empty: since then nothing
    triggers = models.JSONField(default=list)  # what makes it be looked at before its day, by name, as its front matter says

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


class Round(models.Model):
    """A review of a draft: who was asked to read it, and until when. A part, in the document's trail."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="rounds")
    draft = models.CharField(max_length=12)  # the number of the draft that was read
    until = models.DateField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["document"], condition=Q(ended_at=None), name="one_open_round")]

    def __str__(self) -> str:
        return f"{self.document} {self.draft}"


class Reviewer(models.Model):
    """Somebody who was asked to read a draft, and what they answered."""

    ANSWERS = (("", _("not yet")), ("fine", _("nothing to remark")), ("remarks", _("has remarks")))

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="reviewers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8, choices=ANSWERS, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["round", "person"], name="reviewer_once")]

    def __str__(self) -> str:
        return f"{self.round}: {self.person}"


class Remark(models.Model):
    """What somebody says of a paragraph of a draft, until it is closed. A part, in the document's trail."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="remarks")
    draft = models.CharField(max_length=12)
    anchor = models.CharField(max_length=120)  # the paragraph's own, which stays when numbers change
    excerpt = models.CharField(max_length=200, blank=True)  # how the paragraph began
    text = models.TextField()
    must_settle = models.BooleanField(default=False)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["document"], name="remark_open", condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return f"{self.document} {self.anchor}"


class AudienceLine(models.Model):
    """One line of who must read a document: everybody in scope, those outside who hold a role, the holders of a role, or a team. A part."""

    SORTS = (
        ("scope", _("Everybody of ours who is in scope")),
        ("external", _("Whoever outside holds a role")),
        ("role", _("The holders of a role")),
        ("team", _("A team")),
    )

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="audience")
    sort = models.CharField(max_length=8, choices=SORTS)
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "sort"], condition=Q(role=None, team=None), name="audience_sort_once"),
            models.UniqueConstraint(fields=["document", "role"], condition=Q(sort="role"), name="audience_role_once"),
            models.UniqueConstraint(fields=["document", "team"], condition=Q(sort="team"), name="audience_team_once"),
        ]

    def __str__(self) -> str:
        return str(self.role or self.team or self.get_sort_display())


class Reading(models.Model):
    """A version that somebody was asked to read, and when they said that they did."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="readings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    read_at = models.DateTimeField(null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)  # they belong to the audience no more

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "person"], name="asked_to_read_once")]
        indexes: ClassVar = [models.Index(fields=["person"], name="reading_open", condition=Q(read_at=None, dropped_at=None))]

    def __str__(self) -> str:
        return f"{self.version}: {self.person}"


class TemplateCopy(models.Model):
    """The template as it was when the document took from it; an upgrade compares with it. A part."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="template_copy")
    text = models.TextField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.document}: {self.digest[:8]}"


class LegacyVersion(models.Model):
    """A version that was approved before the document came into this system: its file and what is known of it. It is never in force. A part."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="legacy")
    number = models.CharField(max_length=12)
    approved_on = models.DateField()
    approved_by = models.CharField(max_length=250)  # in words: it may be somebody who has no account
    description = models.CharField(max_length=500, blank=True)
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "number"], name="legacy_version_once")]

    def __str__(self) -> str:
        return f"{self.document} {self.number}"


class SignedPage(models.Model):
    """The scan of the page that was signed on paper, for one draft. A part."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="signed_pages")
    draft = models.CharField(max_length=12)
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.document} {self.draft}"


class RetentionRule(models.Model):
    """A kept thing: how long versions of a kind of document are kept once they hold no more, why, and what becomes of them then."""

    ACTIONS = (("dispose", _("Text and values are removed")), ("review", _("Somebody decides")))

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="retention_rules")
    sort = models.CharField(max_length=12, choices=Document.SORTS)
    months = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(1200)])
    basis = models.CharField(max_length=300)
    action = models.CharField(max_length=8, choices=ACTIONS, default="dispose")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "sort"], name="retention_rule_once")]

    def __str__(self) -> str:
        return f"{self.get_sort_display()}: {self.months}"


class Disposal(models.Model):
    """Somebody asked that a version be disposed of; somebody else agrees, or not. A part, in the document's trail."""

    version = models.OneToOneField(DocumentVersion, on_delete=models.PROTECT, related_name="disposal")
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.version)


class ReviewAsked(models.Model):
    """That a document is to be looked at because something else changed: what, by which record, until when, and what came of it. A part."""

    OUTCOMES = (("", _("not yet")), ("confirm", _("no change")), ("revise", _("a new version")), ("withdraw", _("withdrawn")))

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="reviews_asked")
    trigger = models.CharField(max_length=40)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+")  # the record that pulled it
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    outcome = models.CharField(max_length=8, choices=OUTCOMES, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "trigger", "card"], condition=Q(ended_at=None), name="review_asked_once")
        ]
        indexes: ClassVar = [models.Index(fields=["due_on"], name="review_asked_open", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return f"{self.document}: {self.trigger}"


class Drift(models.Model):
    """One thing that records say otherwise than the version in force does. Made and taken away by comparing, never by hand."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="drifts")
    name = models.CharField(max_length=200)  # the field, or the claim with its parameters
    key = models.CharField(max_length=120, blank=True)  # the source of the row; empty: the field's own text
    kind = models.CharField(max_length=8, choices=(("changed", _("changed")), ("added", _("added")), ("removed", _("removed"))))
    was = models.TextField(blank=True)
    now = models.TextField(blank=True)
    label = models.CharField(max_length=300, blank=True)  # of the first of its causes
    href = models.CharField(max_length=300, blank=True)
    causes = models.JSONField(default=list)  # the records that it came from: {"key", "label", "href"}
    since = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["version", "name", "key"], name="drift_once")]

    def __str__(self) -> str:
        return f"{self.version}: {self.name}"

    @property
    def title(self) -> str:
        """The field's name for people; of one that is gone its own."""
        try:
            return str(blank_named(self.name).title)
        except UnknownBlank:
            return str(_("Template")) if self.name == TEMPLATE else self.name


__all__: list[Any] = [
    "CLOSED_LEVELS",
    "HEAVY",
    "AudienceLine",
    "Disposal",
    "Document",
    "DocumentVersion",
    "Drift",
    "Filling",
    "LegacyVersion",
    "Reading",
    "Remark",
    "RetentionRule",
    "ReviewAsked",
    "Reviewer",
    "Round",
    "SignedPage",
    "TemplateCopy",
]
