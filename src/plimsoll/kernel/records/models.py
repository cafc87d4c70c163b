"""The record, and what hangs on every record: links, comments, attachments, tags, shares, checklists, effort, custom fields."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar, cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.access.queries import Reach, reach, teams_of
from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.register.models import ORIGINS, Card
from plimsoll.kernel.trail.models import Entry

R = TypeVar("R", bound=models.Model, covariant=True)
_gate: ContextVar[bool] = ContextVar("record writes", default=False)


class OutsideTheWrites(RuntimeError):
    """A record was written past the four writes; its trail would be missing."""


@contextmanager
def gate_open() -> Iterator[None]:
    """Let the four writes save. Nothing else opens it; a test holds that."""
    token = _gate.set(True)
    try:
        yield
    finally:
        _gate.reset(token)


def _only_through_the_gate() -> None:
    if not _gate.get():
        raise OutsideTheWrites("Records are written by open_record, amend, move and replay only.")


class RecordQuerySet(models.QuerySet[R]):
    """Reading records. Rows leave the house only through `visible_to`."""

    def update(self, **kwargs: Any) -> int:
        _only_through_the_gate()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise OutsideTheWrites("Records are never deleted; they are closed, archived or disposed of by order.")

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        _only_through_the_gate()
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        _only_through_the_gate()
        return super().bulk_update(objs, fields, batch_size)

    def parts_visible_to(self, person: Person, action: str = "read") -> list[Self]:
        """The rows a person may see, as querysets to be merged: by scope, and by shares. Never one query with OR, which is slow."""
        kind = self.model._meta.model_name
        found = reach(person, f"{kind}:{action}")
        parts = scoped(self, found, person, has_service="service" in {f.name for f in self.model._meta.fields}, is_reading=action == "read")
        opened = cast("type[Record]", self.model).opened_to(person) if action == "read" and found.own and found.tenant is not None else None
        if opened is not None:
            parts.append(self.filter(tenant_id=found.tenant, access_class="", pk__in=opened))
        return parts

    def visible_to(self, person: Person, action: str = "read") -> Self:
        """The rows a person may see, as one queryset, for look-ups, counts and small sets. Lists merge `parts_visible_to`."""
        parts = self.parts_visible_to(person, action)
        if not parts:
            return self.none()
        if len(parts) == 1:
            return parts[0]
        keys = Q()
        for part in parts:
            keys |= Q(pk__in=part.order_by().values("pk"))
        return self.filter(keys)

    def open(self) -> Self:
        """Those that are not done, closed or dropped."""
        return self.filter(is_open=True)


def scoped(rows: Any, found: Reach, person: Person, *, has_service: bool = False, is_reading: bool = True) -> list[Any]:
    """Cut rows of records or cards to a reach: at most one part for the scope and one for the shares. Agrees with `access.allows`."""
    if found.tenant is None:
        return []
    rows = rows.filter(tenant_id=found.tenant)
    parts = []
    wide = Q()
    if not found.everything:
        if found.organizations:
            wide |= Q(organization_id__in=found.organizations)
        if found.services and has_service:
            wide |= Q(service_id__in=found.services)
    if found.everything or wide:
        by_scope = rows.filter(wide) if wide else rows
        if not found.everything_classified:
            by_scope = by_scope.filter(access_class__in=["", *found.classes]) if found.classes else by_scope.filter(access_class="")
        parts.append(by_scope)
    # A share lets its holder see the record whatever its class or organization: being asked gives the right to read. It needs a
    # word of the kind, if only on one's own, so that a person whose last role ended sees nothing any more.
    has_classified = bool(person.tenant and person.tenant.settings.get("classes_used"))
    if (found.own or (is_reading and parts and (has_classified or not found.everything))) and person.kind != "system":
        # Inlined as a set of cards and not as a join, so that a record shared twice is listed once.
        name = "pk__in" if rows.model is Card else "card_id__in"
        shared = rows.filter(**{name: Share.objects.of(person).values("card_id")})
        if found.everything:
            shared = shared.exclude(access_class__in=["", *found.classes])
        parts.append(shared)
    return parts


class Record(models.Model):
    """The columns that every kind of record has. The kind's table is whole; its primary key is its card's."""

    card = models.OneToOneField(Card, primary_key=True, on_delete=models.PROTECT, related_name="%(class)s")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", db_index=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("for"))
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=250)
    state = models.CharField(_("state"), max_length=40)
    category = models.CharField(max_length=8)
    is_open = models.BooleanField(default=True)
    access_class = models.CharField(max_length=20, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("opened by"))
    changed_at = models.DateTimeField(_("changed"))
    version = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=13, choices=ORIGINS, default="live")
    source = models.CharField(max_length=60, blank=True)
    external_reference = models.CharField(_("external reference"), max_length=200, blank=True)
    imported = models.JSONField(default=dict, blank=True)  # counters and verdicts of the tool it came from, as they were
    extra = models.JSONField(default=dict, blank=True)  # custom fields

    # What whoever read it has in hand already, so that nobody asks again: the acts of its whole trail; how many messages, and public ones.
    past: frozenset[str] | None = None
    notes: tuple[int, int] | None = None

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        _only_through_the_gate()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise OutsideTheWrites("Records are never deleted; they are closed, archived or disposed of by order.")

    def may_have_had(self, act: str) -> bool:
        """False where its trail is in hand and holds no such act; True where nobody looked."""
        return self.past is None or act in self.past

    @classmethod
    def opened_to(cls, person: Person) -> models.QuerySet[Any] | None:
        """The keys of records that a whole audience may read, beside shares by name: for the word `kind:read@own` only, and never for a
        record with an access class. None: this kind has no audience. Asked alike by `may`, `visible_to` and search."""
        return None

    @property
    def kind(self) -> str:
        return str(self._meta.model_name)

    @property
    def reference(self) -> str:
        """The number as people say it, "INC-1042"."""
        from plimsoll.kernel.records.declaration import type_of  # noqa: PLC0415 (declarations name models; a model finds its own at run time)

        return f"{type_of(self).prefix}-{self.number}"


def record_indexes(kind: str) -> list[models.Index]:
    """The indexes that the derived lists of every kind need; a kind adds one per filter that it declares."""
    return [
        models.Index(fields=["tenant", "-changed_at", "-card"], name=f"{kind}_open_lately", condition=Q(is_open=True)),
        models.Index(fields=["tenant", "-changed_at", "-card"], name=f"{kind}_lately"),
        models.Index(fields=["tenant", "-opened_at", "-card"], name=f"{kind}_opened"),
        models.Index(fields=["tenant", "number"], name=f"{kind}_number"),
    ]


class ShareQuerySet(models.QuerySet["Share"]):
    """Shares in force. Expiry is in the query, not in a job."""

    def of(self, person: Person, moment: datetime | None = None) -> Self:
        at = moment or now()
        return self.filter(
            Q(person_id=person.pk) | Q(team_id__in=teams_of(person)) if teams_of(person) else Q(person_id=person.pk), Q(until=None) | Q(until__gt=at)
        )


class Share(models.Model):
    """One person's or team's own right to one record, and why: asked for it, watches it, works on it, is asked to decide."""

    WHYS = (
        ("requester", _("Asked for it")),
        ("watcher", _("Watches it")),
        ("participant", _("Takes part")),
        ("assigned", _("Works on it")),
        ("approver", _("Is asked to decide")),
    )

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="shares")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="shares")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="shares")
    why = models.CharField(max_length=12, choices=WHYS)
    until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(person=None) ^ Q(team=None), name="share_to_one"),
            models.UniqueConstraint(fields=["card", "person", "why"], condition=~Q(person=None), name="share_person_once"),
            models.UniqueConstraint(fields=["card", "team", "why"], condition=~Q(team=None), name="share_team_once"),
        ]

    def __str__(self) -> str:
        return f"{self.why} of {self.card}"


LINK_MEANINGS: dict[str, tuple[str, str]] = {
    # meaning: (read from the one that names it, read from the other end)
    "relates to": ("relates to", "relates to"),
    "parent of": ("parent of", "child of"),
    "duplicates": ("duplicate of", "has the duplicate"),
    "caused by": ("caused by", "causes"),
    "resolved by": ("resolved by", "resolves"),
    "implements": ("implements", "implemented by"),
    "follows": ("follows", "followed by"),
    "evidence of": ("evidence of", "has the evidence"),
    "uses": ("uses the knowledge of", "was used by"),
    "supports": ("supports", "is supported by"),
    "split from": ("split from", "was split into"),
}


class Link(models.Model):
    """A relation with a meaning between two records of any kind; read from both ends."""

    source = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="links_out")
    meaning = models.CharField(max_length=20, choices=[(m, m) for m in LINK_MEANINGS])
    target = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="links_in")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "meaning", "target"], name="link_once"),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="link_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.meaning} {self.target}"


class Comment(models.Model):
    """Something said on a record: to those it concerns (public) or among those who work on it (internal)."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="comments")
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="comment")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    is_public = models.BooleanField(default=False)
    text = models.TextField()
    at = models.DateTimeField()
    channel = models.CharField(max_length=20)
    origin = models.CharField(max_length=13, choices=ORIGINS, default="live")
    redacted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["card", "id"], name="comment_by_card")]

    def __str__(self) -> str:
        return f"{self.author} on {self.card}"


class Excerpt(models.Model):
    """A comment of another record that also stands here: it was split off with it. It stays its author's, with its own time and audience."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="excerpts")
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="excerpts")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["card", "comment"], name="excerpt_once")]

    def __str__(self) -> str:
        return f"{self.comment} also on {self.card}"


class Attachment(models.Model):
    """A file on a record. Its content lies in the files' store under its digest; it is always downloaded, never shown in place."""

    SCANS = (("not scanned", _("Not scanned")), ("clean", _("Clean")), ("infected", _("Infected")))

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)  # sniffed from the bytes, not believed from the sender
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    is_public = models.BooleanField(default=True)
    scan = models.CharField(max_length=12, choices=SCANS, default="not scanned")
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that people put on records, per tenant."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="tags")
    name = models.CharField(max_length=50)
    cards = models.ManyToManyField(Card, related_name="tags")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "name"], name="tag_once")]

    def __str__(self) -> str:
        return self.name


class ChecklistItem(models.Model):
    """One thing to tick on a record; a task when it names who and until when."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="checklist")
    position = models.PositiveIntegerField()
    text = models.CharField(max_length=250)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return self.text


class Effort(models.Model):
    """Time that a person spent on a record, in whole minutes."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="efforts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField()
    activity = models.CharField(max_length=60, blank=True)
    spent_on = models.DateField()
    note = models.CharField(max_length=250, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(minutes__gt=0) & Q(minutes__lte=6000),
                name="effort_of_some_minutes",
                violation_error_message=_("Effort is between 1 minute and 100 hours at a time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min on {self.card}"


class CustomField(models.Model):
    """A field that an organization added to a kind. Values lie in the record's `extra` under its name, which never changes."""

    TYPES = (("text", _("Text")), ("choice", _("Choice")), ("number", _("Number")), ("date", _("Date")), ("person", _("Person")))

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="custom_fields")
    kind = models.CharField(max_length=40)
    name = models.SlugField(max_length=40)
    label = models.CharField(_("label"), max_length=100)
    type = models.CharField(_("type"), max_length=8, choices=TYPES)
    choices = models.JSONField(default=list, blank=True)  # ["Floor 1", …], for a choice
    required_in = models.JSONField(default=list, blank=True)  # states that can't be entered without it
    is_public = models.BooleanField(default=True)
    is_personal = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "name"], name="custom_field_once", violation_error_message=_("There is already a field of that name.")
            )
        ]

    def __str__(self) -> str:
        return self.label


class WorkflowVersion(models.Model):
    """How an organization changed a kind's workflow: labels, more states and arrows, optional guards. Old versions stay."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="workflow_versions")
    kind = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    changes = models.JSONField(default=dict)
    in_force_from = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "kind", "number"], name="workflow_version_once")]

    def __str__(self) -> str:
        return f"{self.kind} workflow {self.number}"
