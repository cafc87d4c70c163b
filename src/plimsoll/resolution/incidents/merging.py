"""Two incidents that are one, and one that is two: merge, take a merging apart, split. Nothing is copied, nothing loses its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import Fault, type_of
from plimsoll.kernel.records.events import Written
from plimsoll.kernel.records.excerpts import excerpt, part_no_more, take_part
from plimsoll.kernel.records.models import Comment, Link, Share
from plimsoll.kernel.records.operations import move, open_record
from plimsoll.kernel.records.permissions import may
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.queries import taken_into

# What a split-off incident takes over from the one that it was part of.
SPLIT_OVER = ("service", "classification", "impact", "urgency", "contact", "location", "team")


def in_order(one: Incident, two: Incident) -> tuple[Incident, Incident]:
    """The elder, which stays in force, and the younger."""
    return (one, two) if (one.opened_at, one.number) < (two.opened_at, two.number) else (two, one)


def merge(one: Incident, two: Incident, *, by: Person, channel: str, note: str = "", at: datetime | None = None) -> tuple[Incident, Incident]:
    """Merge two incidents, whichever is named first: the younger ends as merged, the elder goes on. Returns (elder, younger).

    Raises `Refused`, `MoveRefused` (the guards of the move say why) or `Faulty`; then nothing was written.
    """
    if one.pk == two.pk:
        raise Faulty([Fault("other", _("That is this incident itself."))])
    elder, younger = in_order(one, two)
    with writing():
        for wrong in Link.objects.filter(source_id=elder.pk, meaning="duplicates", target_id=younger.pk).select_related("source", "target"):
            parts.unlink(wrong, by=by, channel=channel)
        if not Link.objects.filter(source_id=younger.pk, meaning="duplicates", target_id=elder.pk).exists():
            parts.link(younger, "duplicates", elder, by=by, channel=channel, at=at)
        merged = move(younger, "merge", by=by, channel=channel, note=note, at=at)
        return Incident.objects.select_related("organization").get(pk=elder.pk), merged


def follow_merging(event: Written) -> None:
    """Wired to `Written`: what a merging does to the elder, by whichever way the move was made, and what taking it apart takes back.

    Whoever reported or follows the younger takes part in the elder from then on; links, files and messages are shown there from where they are.
    """
    younger = event.record
    if event.entry.action not in ("merge", "unmerge") or not isinstance(younger, Incident):
        return
    by, channel = event.by, event.entry.channel
    at = event.entry.at if younger.origin == "demonstration" else None
    if event.entry.action == "merge":
        elder = taken_into(younger)
        assert elder is not None
        elder.tenant = younger.tenant
        take_part(elder, _followers(younger), by=by)
        parts.tell(elder, "take in", by=by, channel=channel, changes={"taken in": (None, younger.reference)}, at=at)
        return
    for link in Link.objects.filter(source_id=younger.pk, meaning="duplicates").select_related("source", "target"):
        elder = Incident.objects.select_related("organization", "tenant").get(pk=link.target_id)
        kept = {p.pk for other in _taken_in(elder) if other.pk != younger.pk for p in _followers(other)}
        part_no_more(elder, [p for p in _followers(younger) if p.pk not in kept], by=by)
        parts.unlink(link, by=by, channel=channel)
        parts.tell(elder, "give back", by=by, channel=channel, changes={"taken in": (younger.reference, None)}, at=at)


def _taken_in(elder: Incident) -> list[Incident]:
    rows: Any = Incident.objects.filter(state="merged", card__links_out__target=elder.pk, card__links_out__meaning="duplicates")
    return list(rows)


def _followers(incident: Incident) -> list[Person]:
    keys = Share.objects.filter(card_id=incident.pk, why__in=("requester", "watcher", "participant"), until=None, person__isnull=False)
    people = Person.objects.select_related("tenant", "organization").filter(pk__in=keys.values("person_id"), is_active=True, kind="human")
    return list(people.order_by("pk"))


def split(
    incident: Incident, messages: Sequence[Comment], *, title: str, by: Person, channel: str, note: str = "", at: datetime | None = None
) -> Incident:
    """Make some of an incident's messages an incident of its own. Raises `Refused` or `Faulty`; then nothing was written.

    It counts as opened when the first of the messages was written: whoever wrote it has waited since then.
    """
    if not messages:
        raise Faulty([Fault("messages", _("Choose at least one message."))])
    chosen = sorted(messages, key=lambda c: (c.at, c.pk))
    values = {name: value for name in SPLIT_OVER if (value := getattr(incident, name)) not in (None, "")}
    if "classification" in values and not values["classification"].is_active:
        del values["classification"]  # its category went out of use since: whoever works on it chooses anew
    asked = next((c.author for c in chosen if c.is_public and c.author.organization_id == incident.organization_id), None)
    with writing():
        made = open_record(
            type_of(incident),
            by=by,
            channel=channel,
            organization=incident.organization,
            at=chosen[0].at,
            origin="demonstration" if incident.origin == "demonstration" else "live",
            title=title,
            requester=asked or incident.requester,
            note=note,
            **values,
        )
        assert isinstance(made, Incident)
        parts.link(made, "split from", incident, by=by, channel=channel, at=at)
        excerpt(made, chosen, source=incident, by=by, channel=channel, at=at)
    return made


def may_split(person: Person, incident: Incident) -> bool:
    """Whoever works on it may, where there is something to split."""
    return incident.state != "merged" and may(person, "incident:amend", incident) and may(person, "incident:internal", incident)


def told_of_merging(action: str, values: Mapping[str, Any]) -> str:
    """What the trail says of it, in words."""
    if action == "take in":
        return _("took %(ref)s in") % {"ref": values.get("taken in", "")}
    return _("gave a merged incident back") if action == "give back" else ""
