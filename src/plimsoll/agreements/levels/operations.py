"""Writes of agreements beside open, amend and move: drafting the terms of a version, putting it in force, correcting it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.agreements.levels.models import Agreement, Exclusion, Version
from plimsoll.agreements.levels.rules import Terms, faults_of_terms, misfit, read_terms, write_terms
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.identity.settings import settings_changed
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.lib.text import canonical, seen_mark
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.operations import locked
from plimsoll.kernel.records.permissions import check
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.targets.models import Clock
from plimsoll.kernel.workflow import Workflow
from plimsoll.portfolio.services.models import Service

MOST_REASON = 500
ENDED = ("expired", "terminated", "withdrawn")


def begun_from(agreement: Agreement, corrects: Version | None = None) -> Version | None:
    """The version that drafting begins from: the draft that stands, else the one to be corrected, else the last."""
    versions = agreement.versions.select_related("corrects")
    return versions.filter(published_at=None).first() or corrects or versions.order_by("-number").first()


def mark_of(agreement: Agreement, corrects: Version | None = None) -> str:
    """A mark of the version that drafting begins from, as it is now."""
    found = begun_from(agreement, corrects)
    return seen_mark(found.pk, found.terms) if found is not None else seen_mark(0, {})


def draft_terms(
    agreement: Agreement,
    terms: Terms,
    *,
    by: Person,
    channel: str,
    corrects: Version | None = None,
    is_next: bool = False,
    seen: str | None = None,
    at: datetime | None = None,
) -> Version:
    """Write down the terms of the next version, or change those of its draft. Returns the draft; raises `Refused` or `Faulty`.

    Needs `agreement:amend`. With `corrects` it is drafted in the place of a version that was wrong; with `is_next` a draft that was to be
    a correction becomes the next version instead; with neither a draft stays what it is. `seen` is the mark of the version that the
    terms were made of; when that is another meanwhile nothing is written.
    """
    with writing():
        fresh = locked(agreement)
        check(by, "agreement:amend", fresh)
        if fresh.state in ENDED:
            raise Faulty([Fault("", _("%(agreement)s has ended; its terms are no longer drafted.") % {"agreement": fresh.reference})])
        if faults := _known_things(fresh, terms):
            raise Faulty(faults)
        stored = write_terms(terms)
        draft = Version.objects.select_for_update().filter(agreement=fresh, published_at=None).first()
        if seen is not None and seen != mark_of(fresh, corrects):
            raise Faulty([Fault("seen", _("The terms were changed meanwhile, in another window or by somebody else."))])
        old = draft.terms if draft else {}
        if draft is None:
            last = Version.objects.filter(agreement=fresh).order_by("-number").first()
            draft = Version(agreement=fresh, number=(last.number if last else 0) + 1)
        if corrects is not None:
            if corrects.agreement_id != fresh.pk or corrects.published_at is None:
                raise Faulty([Fault("corrects", _("Only a version that was put in force can be corrected."))])
            if draft.pk is not None and draft.corrects_id != corrects.pk:
                said = _("The draft of version %(n)d is for something else. Put it in force or throw it away first.")
                raise Faulty([Fault("corrects", said % {"n": draft.number})])
        wrong = corrects if corrects is not None else None if is_next else draft.corrects
        changes: dict[str, tuple[Any, Any]] = {f"terms.{n}": (old.get(n), v) for n, v in stored.items() if old.get(n) != v}
        if wrong != draft.corrects:
            changes["corrects"] = (draft.corrects.number if draft.corrects else None, wrong.number if wrong else None)
        draft.corrects = wrong
        if not changes and draft.pk is not None:
            return draft
        draft.terms = stored
        draft.save()
        parts.tell(fresh, "draft terms", by=by, channel=channel, changes={"version": (None, draft.number), **changes}, at=at)
    return draft


def discard_draft(agreement: Agreement, *, by: Person, channel: str) -> None:
    """Throw the draft of the next version away; what is in force stays."""
    with writing():
        fresh = locked(agreement)
        check(by, "agreement:amend", fresh)
        draft = Version.objects.select_for_update().filter(agreement=fresh, published_at=None).first()
        if draft is None:
            raise Faulty([Fault("", _("There is no draft."))])
        number = draft.number
        draft.delete()
        parts.tell(fresh, "discard terms", by=by, channel=channel, changes={"version": (number, None)})


def put_in_force(
    draft: Version, *, started_at: datetime | None, by: Person, channel: str, flow: Workflow, reason: str = "", at: datetime | None = None
) -> Version:
    """Put a draft in force from a moment on (None: this one). From then on it never changes, and the version before ends there.

    Needs `agreement:publish`; raises `Refused` or `Faulty`. Only the first version may start in the past, as before it nothing was
    agreed; a correction starts and ends where the version does that it corrects, and needs a reason. What it means for records that
    are already open, a recalculation shows.
    """
    with writing():
        fresh = locked(draft.agreement)
        check(by, "agreement:publish", fresh)
        kept = Version.objects.select_for_update(of=("self",)).select_related("corrects").filter(pk=draft.pk).first()
        if kept is None:
            raise Faulty([Fault("", _("The draft was thrown away meanwhile."))])
        if kept.published_at is not None:
            raise Faulty([Fault("", _("Version %(n)d is in force already.") % {"n": kept.number})])
        if fresh.state in ENDED:
            raise Faulty([Fault("", _("%(agreement)s has ended; nothing of it is put in force.") % {"agreement": fresh.reference})])
        terms = read_terms(kept.terms)
        waiting = [state.name for state in flow.states if state.category == "waiting"]
        faults = faults_of_terms(terms, fresh.type, waiting)
        if sentence := misfit(fresh.type, fresh.organization.kind):
            faults.append(Fault("", sentence))
        if len(reason.strip()) > MOST_REASON or "\x00" in reason:
            faults.append(Fault("reason", _("The reason is longer than %(n)d characters, or holds one that can't be stored.") % {"n": MOST_REASON}))
        before = Version.objects.filter(agreement=fresh, published_at__isnull=False).order_by("-started_at", "-published_at").first()
        moment = at or now()
        if kept.corrects is not None:
            if started_at is not None and started_at != kept.corrects.started_at:
                faults.append(Fault("started_at", _("A correction starts where the version did that it corrects. Leave the day empty.")))
            started_at = kept.corrects.started_at
            if not reason.strip():
                faults.append(Fault("reason", _("Say what was wrong: it stands in the trail and beside every record that is recalculated.")))
        elif before is not None and started_at and (started_at < moment or (before.started_at is not None and started_at <= before.started_at)):
            faults.append(
                Fault(
                    "started_at",
                    _("The next version starts now or later. To change what was promised in the past, correct the version that was wrong."),
                )
            )
        if faults:
            raise Faulty(faults)
        started_at = started_at or moment
        kept.started_at, kept.published_at, kept.published_by, kept.reason = started_at, moment, by, reason.strip()
        kept.ended_at = kept.corrects.ended_at if kept.corrects else None
        kept.digest = hashlib.sha256(canonical(kept.terms).encode()).hexdigest()
        kept.save()
        if kept.corrects is None:
            Version.objects.filter(agreement=fresh, published_at__isnull=False, ended_at=None).exclude(pk=kept.pk).update(ended_at=started_at)
        changes: dict[str, tuple[Any, Any]] = {"version": (before.number if before else None, kept.number), "started_at": (None, started_at)}
        changes |= {"digest": (None, kept.digest)} | ({"corrects": (None, kept.corrects.number)} if kept.corrects else {})
        parts.tell(fresh, "put in force", by=by, channel=channel, changes=changes, note=reason, at=at)
        settings_changed(fresh.tenant_id)
    return kept


def exclude(agreement: Agreement, card: Card, *, reason: str, by: Person, channel: str, at: datetime | None = None) -> Exclusion:
    """Do not count a record in the shares of an agreement, as an exception holds for it. Needs `agreement:amend`; raises `Refused` or `Faulty`.

    Months that are frozen do not move. The record must be one that `by` may see; callers find it so.
    """
    with writing():
        fresh = locked(agreement)
        check(by, "agreement:amend", fresh)
        reason = " ".join(reason.split())
        faults = [] if reason else [Fault("reason", _("Say which exception of the terms holds, and why."))]
        if len(reason) > MOST_REASON or "\x00" in reason:
            faults.append(Fault("reason", _("The reason is longer than %(n)d characters, or holds one that can't be stored.") % {"n": MOST_REASON}))
        if not Clock.objects.filter(card=card, terms__in=fresh.versions.values("pk")).exists():
            faults.append(Fault("record", _("%(ref)s is not under this agreement.") % {"ref": card.reference}))
        elif Exclusion.objects.filter(agreement=fresh, card=card).exists():
            faults.append(Fault("record", _("%(ref)s is not counted already.") % {"ref": card.reference}))
        if faults:
            raise Faulty(faults)
        made = Exclusion.objects.create(agreement=fresh, card=card, reason=reason, made_at=at or now(), made_by=by)
        parts.tell(fresh, "exclude", by=by, channel=channel, changes={"record": (None, card.reference)}, note=reason, at=at)
    return made


def include(exclusion: Exclusion, *, by: Person, channel: str, at: datetime | None = None) -> None:
    """Count a record again. Needs `agreement:amend`."""
    with writing():
        fresh = locked(exclusion.agreement)
        check(by, "agreement:amend", fresh)
        gone, _rows = Exclusion.objects.filter(pk=exclusion.pk).delete()
        if gone:
            parts.tell(fresh, "include", by=by, channel=channel, changes={"record": (exclusion.card.reference, None)}, at=at)


def _known_things(agreement: Agreement, terms: Terms) -> list[Fault]:
    """Services and teams that there are, of this tenant."""
    faults = []
    if terms.services and Service.objects.filter(tenant_id=agreement.tenant_id, pk__in=terms.services).count() != len(terms.services):
        faults.append(Fault("services", _("One of these services is not there.")))
    teams = terms.teams | {row.team for row in terms.promised() if row.team is not None}
    if teams and Team.objects.filter(tenant_id=agreement.tenant_id, pk__in=teams).count() != len(teams):
        faults.append(Fault("teams", _("One of these teams is not there.")))
    return faults


def forget(event: Written) -> None:
    """Wired to `Written`: when an agreement starts to count or ends, every process reads anew which agreements there are."""
    if event.record.kind == "agreement" and not {"state", "title", "organization", "type"}.isdisjoint(event.changes):
        settings_changed(event.record.tenant_id)
