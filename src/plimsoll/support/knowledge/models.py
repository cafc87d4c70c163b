"""What is stored of an article (7.6): its text, its audience, and every version of it that was published."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record, record_indexes


class Article(Record):
    """Something that is known and worth finding again. It has no clock and no requester; it is reviewed and expires."""

    AUDIENCES = (("internal", _("Our own people")), ("customers", _("Our people and all customers")))

    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    audience = models.CharField(_("audience"), max_length=12, choices=AUDIENCES, default="internal")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    review_due_date = models.DateField(_("review due"), null=True, blank=True)
    expires_date = models.DateField(_("expires"), null=True, blank=True)
    edition = models.PositiveIntegerField(_("edition"), default=0)  # the newest published one; 0: none yet
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes: ClassVar = [*record_indexes("article"), models.Index(fields=["tenant", "review_due_date"], name="article_review_due")]

    @classmethod
    def opened_to(cls, person: Person) -> models.QuerySet[Any] | None:
        """What is published for customers. While a text is revised, outsiders read its newest edition on the page of editions instead:
        the row then holds a draft, and a draft never leaves the house."""
        if person.organization is None or person.organization.kind == "supplier":
            return None
        return cls.objects.filter(tenant_id=person.organization.tenant_id, audience="customers", state="published").values("pk")


class Edition(models.Model):
    """A published version of an article: frozen text, who published it and when. A part, without number or page of its own."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=250)
    summary = models.CharField(max_length=300, blank=True)
    body = models.TextField()
    audience = models.CharField(max_length=12)
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["article", "number"], name="edition_once")]

    def __str__(self) -> str:
        return f"{self.article} {self.number}"


class Judgement(models.Model):
    """Whether an article helped one person, and a word on it. A part of the article, in its trail; said anew, it replaces what was said."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="judgements")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    edition = models.PositiveIntegerField()  # the one that was read
    is_helpful = models.BooleanField()
    comment = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["article", "person"], name="judged_once")]

    def __str__(self) -> str:
        return f"{self.person} on {self.article}"
