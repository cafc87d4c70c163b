"""How long versions are kept, and how they go: rules as data, what is due, disposal by two people; and versions from before this system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused, check_everywhere
from plimsoll.kernel.documents.models import Disposal, Document, DocumentVersion, LegacyVersion, RetentionRule
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.faults import Fault, Faulty
from plimsoll.kernel.lib.time import months_later, now
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.parts import attach, tell
from plimsoll.kernel.records.permissions import check
from plimsoll.kernel.records.sources import day_of, day_words

OVER = ("superseded", "withdrawn")

# Rules


def rules_of(tenant: Tenant) -> dict[str, RetentionRule]:
    """The rules by kind of document."""
    return {rule.sort: rule for rule in RetentionRule.objects.filter(tenant=tenant)}


def keep_rule(tenant: Tenant, sort: str, *, months: int, basis: str, action: str, by: Person, channel: str) -> RetentionRule:
    """Say how long versions of a kind of document are kept after they hold no more. Raises `Refused` or `Faulty`."""
    check_everywhere(by, "document:keep")
    with writing():
        rule = RetentionRule.objects.filter(tenant=tenant, sort=sort).first() or RetentionRule(tenant=tenant, sort=sort)
        before = (rule.months, rule.basis, rule.action) if rule.pk else (None, None, None)
        rule.months, rule.basis, rule.action = months, basis.strip(), action
        try:
            rule.full_clean(exclude=["tenant"], validate_constraints=False)
        except ValidationError as error:
            raise Faulty([Fault(name, " ".join(said)) for name, said in error.message_dict.items()]) from None
        rule.save()
        changes = {
            name: (old, new) for name, old, new in zip(("months", "basis", "action"), before, (months, rule.basis, action), strict=True) if old != new
        }
        if changes:
            publish(
                KeptChanged(
                    tenant_id=tenant.pk,
                    kind="retention_rule",
                    subject_id=rule.pk,
                    action="set",
                    by_id=by.pk,
                    channel=channel,
                    changes={"sort": (None, sort), **changes},
                )
            )
    return rule


@dataclass(frozen=True, slots=True)
class Due:
    """A version that holds no more and whose time is over, or will be; without a rule it has no day."""

    version: DocumentVersion
    rule: RetentionRule | None
    on: date | None
    disposal: Disposal | None


def held(tenant: Tenant) -> list[Due]:
    """Every version that holds no more and still has its text, the one that is due first at the top; those without a rule last."""
    rules = rules_of(tenant)
    rows = DocumentVersion.objects.filter(document__tenant=tenant, state__in=OVER, disposed_at=None)
    rows = rows.select_related("document", "disposal__asked_by").defer("source", "values", "printed", "document__body").order_by("ended_on", "pk")
    found = []
    for version in rows:
        rule = rules.get(version.document.sort)
        day = months_later(version.ended_on, rule.months) if rule is not None and version.ended_on is not None else None
        found.append(Due(version, rule, day, getattr(version, "disposal", None)))
    return sorted(found, key=lambda due: (due.on is None, due.on or date.max, due.version.pk))


def due(tenant: Tenant, at: datetime | None = None) -> list[Due]:
    """What is due for disposal today."""
    today = day_of(tenant, at or now())
    return [one for one in held(tenant) if one.on is not None and one.on <= today]


# Disposal


def _due_or_fault(version: DocumentVersion, document: Document, at: datetime) -> None:
    if version.state not in OVER or version.disposed_at is not None:
        raise Faulty([Fault("", _("Only a version that is superseded or withdrawn, and still has its text, is disposed of."))])
    rule = rules_of(document.tenant).get(document.sort)
    if rule is None:
        raise Faulty([Fault("", _("No rule says how long a document of this kind is kept. Set one first."))])
    day = months_later(version.ended_on, rule.months) if version.ended_on else None
    if day is None or day > day_of(document.tenant, at):
        raise Faulty([Fault("", _("It is kept until %(day)s: %(basis)s.") % {"day": day_words(day), "basis": rule.basis})])


def ask_disposal(version: DocumentVersion, *, reason: str, by: Person, channel: str, at: datetime | None = None) -> Disposal:
    """The first signature: ask that a version be disposed of. Needs `document:archive`."""
    reason, moment = " ".join(reason.split()), at or now()
    with writing():
        fresh = locked(version.document)
        check(by, "document:archive", fresh)
        kept = DocumentVersion.objects.get(pk=version.pk)
        _due_or_fault(kept, fresh, moment)
        if not reason or len(reason) > 500:
            raise Faulty([Fault("reason", _("Say why it goes, in up to 500 characters."))])
        if Disposal.objects.filter(version=kept).exists():
            raise Faulty([Fault("", _("Its disposal was asked for already; somebody else agrees."))])
        made = Disposal.objects.create(version=kept, reason=reason, asked_by=by, asked_at=moment)
        tell(fresh, "ask disposal", by=by, channel=channel, at=at, changes={"edition": (None, kept.number)}, note=reason)
    return made


def agree_disposal(disposal: Disposal, *, by: Person, channel: str, at: datetime | None = None) -> DocumentVersion:
    """The second signature, by somebody else: text and values are removed; number, dates, digest and trail stay."""
    moment = at or now()
    with writing():
        version = DocumentVersion.objects.select_related("document").get(pk=disposal.version_id)
        fresh = locked(version.document)
        check(by, "document:archive", fresh)
        asked = Disposal.objects.get(pk=disposal.pk)
        if asked.asked_by_id == by.pk:
            raise Refused(_("Whoever asked for a disposal does not agree to it. Somebody else does."))
        _due_or_fault(version, fresh, moment)
        version.source, version.values, version.printed, version.disposed_at = "", {}, {}, moment
        version.save(update_fields=["source", "values", "printed", "disposed_at"])
        version.drifts.all().delete()
        asked.agreed_by, asked.agreed_at = by, moment
        asked.save(update_fields=["agreed_by", "agreed_at"])
        changes = {"edition": (None, version.number), "digest": (None, version.digest)}
        tell(fresh, "dispose", by=by, channel=channel, at=at, changes=changes, note=asked.reason)
    return version


def refuse_disposal(disposal: Disposal, *, by: Person, channel: str, note: str) -> None:
    """The version stays; whoever asked reads why."""
    if not note.strip():
        raise Faulty([Fault("note", _("Say why it stays."))])
    with writing():
        fresh = locked(disposal.version.document)
        check(by, "document:archive", fresh)
        asked = Disposal.objects.get(pk=disposal.pk, agreed_at=None)
        asked.delete()
        tell(fresh, "keep version", by=by, channel=channel, changes={"edition": (None, disposal.version.number)}, note=note)


# Before this system


def take_in_legacy(
    document: Document,
    *,
    number: str,
    approved_on: date,
    approved_by: str,
    description: str = "",
    name: str,
    content: bytes,
    by: Person,
    channel: str,
    at: datetime | None = None,
) -> LegacyVersion:
    """Keep a version that was approved before the document came here: its file, and what is known of it (S-006). It is never in force by itself.

    Its date is that of the old approval, and the trail says who took it in and when. Raises `Refused` or `Faulty`; then nothing was written.
    """
    number, approved_by, description = number.strip(), " ".join(approved_by.split()), " ".join(description.split())
    moment = at or now()
    with writing():
        fresh = locked(document)
        check(by, "document:amend", fresh)
        faults = []
        if not number or len(number) > 12:
            faults.append(Fault("number", _("Say its number, in up to 12 characters.")))
        elif fresh.versions.filter(number=number).exists() or fresh.legacy.filter(number=number).exists():
            faults.append(Fault("number", _("There is a version %(number)s already.") % {"number": number}))
        if approved_on > day_of(fresh.tenant, moment):
            faults.append(Fault("approved_on", _("That day is still to come.")))
        first = fresh.versions.order_by("pk").values_list("approved_at", flat=True).first()
        if first is not None and approved_on > day_of(fresh.tenant, first):
            faults.append(Fault("approved_on", _("A version from before this system is older than the first that was approved in it.")))
        if not approved_by or len(approved_by) > 250:
            faults.append(Fault("approved_by", _("Say who approved it then.")))
        if len(description) > 500:
            faults.append(Fault("description", _("Up to 500 characters.")))
        if faults:
            raise Faulty(faults)
        file = attach(fresh, name=name, content=content, is_public=False, by=by, channel=channel, at=at)
        made = LegacyVersion.objects.create(
            document=fresh,
            number=number,
            approved_on=approved_on,
            approved_by=approved_by,
            description=description,
            file=file,
            by=by,
            at=moment,
        )
        changes = {"edition": (None, number), "approved_on": (None, approved_on), "approver": (None, approved_by), "digest": (None, file.digest)}
        tell(fresh, "take in version", by=by, channel=channel, at=at, changes=changes, texts=frozenset({"approver"}))
    return made


__all__ = ["Due", "agree_disposal", "ask_disposal", "due", "held", "keep_rule", "refuse_disposal", "rules_of", "take_in_legacy"]
