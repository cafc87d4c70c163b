"""Reads with a name: the scope that holds, units and locations, the facts of guards, and what is not as it should be (4.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.scopes.models import Exclusion, Location, Milestone, Scope, ScopeResource, Unit
from plimsoll.context.scopes.rules import CONTENT_OPEN, PlaceFacts, ScopeFacts
from plimsoll.kernel.access.queries import in_force
from plimsoll.kernel.figures.findings import Finding, Rule
from plimsoll.kernel.identity.models import TeamMembership, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Link, Record
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.trail.models import Entry

WITHOUT_ADDRESS = Rule("location_without_address", gettext_lazy("Every location in scope has an address"), ("S-022", "F-05"))
LEFT_OUT_SILENTLY = Rule("left_out_without_reason", gettext_lazy("What is not in scope has a reason"), ("S-021", "4.3-d"))
NO_UNIT = Rule("no_unit_in_scope", gettext_lazy("At least one unit is in scope"), ("S-020", "F-07"))
NO_LOCATION = Rule("no_location_in_scope", gettext_lazy("At least one location is in scope"), ("S-022", "F-05"))
NOT_APPROVED = Rule("scope_not_approved", gettext_lazy("The scope is documented and approved"), ("4.3-c",))
NOT_GROUNDED = Rule("scope_names_no_context", gettext_lazy("The scope names the issues and the parties that it was drawn from"), ("4.3-a",))
MILESTONE_LATE = Rule("milestone_late", gettext_lazy("Milestones are done when they are due"), ("S-120",))

AUTHORING = (
    Q(action__in=("open", "amend", "update")) | Q(action__startswith="add ") | Q(action__startswith="change ") | Q(action__startswith="remove ")
)
BESIDE_THE_TEXT = ("add check", "add share")  # acts on a record that write nothing of what is approved


def units_of(tenant: Tenant) -> list[Unit]:
    """Every unit in place, those above before those that belong to them, each level by name."""
    rows = list(Unit.objects.filter(tenant=tenant, is_open=True).select_related("head").order_by("title", "number"))
    there = {u.pk for u in rows}
    children: dict[int, list[Unit]] = {u.pk: [] for u in rows}
    for unit in rows:
        if unit.parent_id in there:
            children[unit.parent_id or 0].append(unit)
    ordered: list[Unit] = []
    waiting = [u for u in reversed(rows) if u.parent_id not in there]
    while waiting:
        unit = waiting.pop()
        ordered.append(unit)
        waiting += reversed(children[unit.pk])
    return ordered


def named_units(units: Sequence[Unit]) -> list[Unit]:
    """The units that a sentence names: the highest of those in scope with everything that belongs to them. `units` is as `units_of` gives it."""
    broken: set[int] = set()  # not in scope, or something below is not
    for unit in reversed(units):
        if not unit.in_scope or unit.pk in broken:
            broken.add(unit.pk)
            broken |= {unit.parent_id} - {None}  # type: ignore[arg-type]
    there = {u.pk for u in units}
    whole = [u for u in units if u.pk not in broken and (u.parent_id not in there or u.parent_id in broken)]
    return whole or [u for u in units if u.in_scope]


def people_in_scope(tenant: Tenant, people: Collection[int]) -> set[int]:
    """Those of some people of the provider who are in scope: all but those who belong to units out of scope only. Two queries.

    A person belongs to a unit by leading it, or by a team that it works as. Who belongs to none is covered as the organisation is.
    """
    units = list(Unit.objects.filter(tenant=tenant, is_open=True).values_list("in_scope", "head_id", "works_as_id"))
    teams = {team for _is_in, _head, team in units if team is not None}
    members: dict[int, set[int]] = {}
    for team, person in TeamMembership.objects.filter(in_force(now()), team__in=teams).values_list("team_id", "person_id"):
        members.setdefault(team, set()).add(person)
    inside: set[int] = set()
    outside: set[int] = set()
    for is_in, head, team in units:
        (inside if is_in else outside).update({head} - {None}, members.get(team or 0, ()))
    return set(people) - (outside - inside)


def locations_of(tenant: Tenant) -> list[Location]:
    """Every location in use, by name."""
    return list(Location.objects.filter(tenant=tenant, is_open=True).select_related("customer").order_by("title", "number"))


def delivered_from(locations: Iterable[Location]) -> dict[int, list[Card]]:
    """What is delivered from each location: the services that it supports by a link. One query."""
    found: dict[int, list[Card]] = {}
    links = Link.objects.filter(source__in=[place.pk for place in locations], meaning="supports", target__kind="service")
    for link in links.select_related("target").order_by("target__title", "pk"):
        found.setdefault(link.source_id, []).append(link.target)
    return found


def is_above(unit: Unit, other: Unit) -> bool:
    """Whether one unit is another, or stands above it by way of any number of others."""
    seen: set[int] = set()
    key: int | None = other.pk
    while key is not None and key not in seen:
        if key == unit.pk:
            return True
        seen.add(key)
        key = Unit.objects.filter(pk=key).values_list("parent", flat=True).first()
    return False


def current_scope(tenant: Tenant) -> Scope | None:
    """The scope that holds: the approved one; before there is any, the newest that is being written."""
    rows = Scope.objects.filter(tenant=tenant).select_related("owner", "approved_by", "organization", "tenant").order_by("-number")
    found: Scope | None = rows.filter(state="approved").first() or rows.filter(state__in=("draft", "in_review")).first()
    return found


def place_facts(units: Sequence[Record]) -> list[PlaceFacts]:
    """What belongs to each unit, in one query."""
    counted = Unit.objects.filter(parent__in=[u.pk for u in units], is_open=True).values("parent").annotate(n=Count("pk"))
    below = dict(counted.values_list("parent", "n"))
    return [PlaceFacts(below.get(u.pk, 0)) for u in units]


def scope_facts(scopes: Sequence[Scope], frozen: Sequence[str]) -> list[ScopeFacts]:
    """The facts of some scopes, in five queries however many there are."""
    keys = [s.pk for s in scopes]

    def counted(model: Any, **only: Any) -> dict[int, int]:
        return dict(model.objects.filter(scope__in=keys, **only).order_by().values("scope").annotate(n=Count("pk")).values_list("scope", "n"))

    exclusions, silent = counted(Exclusion), counted(Exclusion, reason="")
    milestones, resources = counted(Milestone), counted(ScopeResource)
    authors: dict[int | None, int] = {}
    wrote = Entry.objects.filter(AUTHORING, card__in=keys).exclude(action__in=BESIDE_THE_TEXT)
    for card, actor in wrote.order_by("id").values_list("card", "actor"):
        authors[card] = actor
    stored = {row["pk"]: row for row in Scope.objects.filter(pk__in=keys).values("pk", *frozen)}
    return [
        ScopeFacts(
            service_kind=s.service_kind,
            answers=s.answers(),
            exclusions=exclusions.get(s.pk, 0),
            exclusions_without_reason=silent.get(s.pk, 0),
            excludes_nothing=s.excludes_nothing,
            milestones=milestones.get(s.pk, 0),
            resources=resources.get(s.pk, 0),
            last_author=authors.get(s.pk),
            is_text_changing=s.state not in CONTENT_OPEN and s.pk in stored and any(stored[s.pk][name] != getattr(s, name) for name in frozen),
        )
        for s in scopes
    ]


def linked_kinds(scope: Scope) -> set[str]:
    """The kinds of records that a scope is linked with, in either direction."""
    out = Link.objects.filter(source=scope.pk).values_list("target__kind", flat=True)
    into = Link.objects.filter(target=scope.pk).values_list("source__kind", flat=True)
    return {*out, *into}


def faults_of(tenant: Tenant, day: Any) -> list[Finding]:
    """What is not as it should be with units, locations and the scope on a day. A constant number of queries."""
    found: list[Finding] = []
    units, locations, scope = units_of(tenant), locations_of(tenant), current_scope(tenant)
    for place in locations:
        if place.in_scope and not place.address.strip():
            found.append(Finding(WITHOUT_ADDRESS, _("%(name)s is in scope and has no address. Enter it.") % {"name": place.title}, source_of(place)))
    places: list[Unit | Location] = [*units, *locations]
    for left in places:
        if not left.in_scope and not left.scope_reason.strip():
            sentence = _("%(name)s is not in scope, and nobody says why.") % {"name": left.title}
            found.append(Finding(LEFT_OUT_SILENTLY, sentence, source_of(left)))
    if not any(u.in_scope for u in units):
        found.append(Finding(NO_UNIT, _("No unit is in scope. Enter the units of the organisation, and which of them deliver the services.")))
    if not any(place.in_scope and place.customer_id is None for place in locations):
        found.append(Finding(NO_LOCATION, _("No location of ours is in scope. Enter from where the services are delivered.")))
    if scope is None:
        found.append(Finding(NOT_APPROVED, _("There is no scope yet. Write one.")))
        return found
    here = source_of(scope)
    if scope.state != "approved":
        found.append(Finding(NOT_APPROVED, _("%(ref)s is not approved yet.") % {"ref": scope.reference}, here))
    named = linked_kinds(scope)
    lacking = [words for kind, words in (("contextissue", _("an issue of the context")), ("party", _("an interested party"))) if kind not in named]
    if lacking:
        sentence = _("%(ref)s is linked to no record of these: %(what)s.") % {"ref": scope.reference, "what": ", ".join(lacking)}
        found.append(Finding(NOT_GROUNDED, sentence, here))
    for late in Milestone.objects.filter(scope=scope, done_on=None, due_on__lt=day):
        said = {"name": late.name, "ref": scope.reference, "day": late.due_on.isoformat()}
        found.append(Finding(MILESTONE_LATE, _("“%(name)s” of %(ref)s was due on %(day)s.") % said, here))
    return found
