"""What happened to each subject, in one append-only table that is activity, audit log, event log and chain at once."""

from typing import Any, ClassVar

from django.db import models

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.register.models import ORIGINS, Card


class AppendOnly(Exception):
    """Somebody tried to change or delete what happened."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reading only; writing goes through `trail.write` and `trail.write_many`."""

    def update(self, **kwargs: Any) -> int:
        raise AppendOnly("The trail is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The trail is never deleted.")


class Entry(models.Model):
    """One act: who did what to which subject, when, by which channel, and which values it changed.

    `changes` is canonical JSON text: {field: [old, new]}; values of text and personal fields stand in it only as salted digests,
    the values themselves are in `Detail`. `digest` is the SHA-256 of the whole entry, `mac` its keyed proof.
    """

    LIVE_FORMAT = 1

    format = models.PositiveSmallIntegerField(default=LIVE_FORMAT)
    uid = models.UUIDField(unique=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    card = models.ForeignKey(Card, null=True, on_delete=models.PROTECT, related_name="trail", db_index=False)
    position = models.PositiveIntegerField(default=0)  # within the subject, from 1; 0 for kept things
    action = models.CharField(max_length=60)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=20)
    origin = models.CharField(max_length=13, choices=ORIGINS, default="live")
    changes = models.TextField(default="{}")
    key = models.CharField(max_length=16)
    digest = models.BinaryField()
    mac = models.BinaryField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["card", "id"], name="entry_by_card"),
            models.Index(fields=["tenant", "kind", "subject", "id"], name="entry_by_subject", condition=models.Q(card=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("The trail is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The trail is never deleted.")


class Detail(models.Model):
    """The readable values of an entry's text and personal fields: the only part of the trail that may be erased."""

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="detail")
    salt = models.BinaryField()
    values = models.JSONField(default=dict)  # {field: [old, new]}, and "note": text

    def __str__(self) -> str:
        return f"Detail of {self.entry_id}"


class Seal(models.Model):
    """A batch of entries sealed into the chain: the Merkle root of their digests, chained to the batch before."""

    number = models.PositiveBigIntegerField(unique=True)
    segment = models.CharField(max_length=7)  # the month of sealing, "2026-11"
    ranges = models.TextField()  # the entries' ids, compact: "1-500,503"
    newest = models.BigIntegerField()
    count = models.PositiveIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    head = models.BinaryField()  # SHA-256 over number, segment, ranges, count, root and the head before
    key = models.CharField(max_length=16)
    mac = models.BinaryField()
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Seal {self.number}"


class Segment(models.Model):
    """A month of the chain, closed: the Merkle root of its batch heads, so that later a month can be proved by itself."""

    month = models.CharField(max_length=7, unique=True)
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    root = models.BinaryField()
    key = models.CharField(max_length=16)
    mac = models.BinaryField()
    closed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.month


class Span(models.Model):
    """A stretch of a record's life in which state, team, owner and priority stayed the same. A projection of the trail."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+", db_index=False)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="spans", db_index=False)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=40)
    category = models.CharField(max_length=8)
    team = models.BigIntegerField(null=True)
    owner = models.BigIntegerField(null=True)
    priority = models.PositiveSmallIntegerField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["card", "id"], name="span_by_card"),
            models.Index(fields=["tenant", "kind", "category", "started_at", "ended_at"], name="span_in_time"),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.state}"
