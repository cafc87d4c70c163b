"""What a file names is found by its natural key, and made when it is not there: people, teams, organisations, other records.

Rooms say how their own kept things are found and made (`register_creator`). It knows none of them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models.functions import Lower

from plimsoll.kernel.exchange.drafts import Named
from plimsoll.kernel.identity.models import Organization, Person, Team, Tenant
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import open_record
from plimsoll.kernel.trail.operations import Act, write_many

CHUNK = 400


@dataclass(slots=True)
class Making:
    """For whom and by whom things are made, and where they belong when the file does not say."""

    tenant: Tenant
    by: Person
    channel: str
    source: str
    organization: Organization
    made: set[tuple[str, str]] = field(default_factory=set)

    def tell(self, made: Iterable[models.Model], what: str, texts: frozenset[str] = frozenset(), /, **changes: Callable[[Any], Any]) -> None:
        """The making of kept things, in the trail: many entries with few statements."""
        things = list(made)
        self.made.update((what, key_of(thing)) for thing in things)
        write_many(
            Act(
                tenant=self.tenant.pk,
                kind=what,
                subject=thing.pk,
                action="create",
                by=self.by.pk,
                channel=self.channel,
                origin="imported",
                changes={name: (None, value(thing)) for name, value in changes.items()},
                texts=texts,
            )
            for thing in things
        )


@dataclass(frozen=True, slots=True)
class Creator:
    """How things of one model are found by key, and made. `find` gives {key: thing}; `make` makes all that are named; `key` is the
    key of a thing, as exports write it."""

    find: Callable[[Tenant, Collection[str]], dict[str, Any]]
    make: Callable[[Making, list[Named]], dict[str, Any]] | None = None
    key: Callable[[Any], str] = str


_creators: dict[type[models.Model], Creator] = {}


def register_creator(model: type[models.Model], creator: Creator) -> None:
    """Say how things of a model are found and made. A room calls it in its `creators.py`, imported when its app is ready."""
    _creators[model] = creator


def creator_of(model: type[models.Model]) -> Creator | None:
    """How things of this model are found and made; None when nobody said."""
    if model in _creators:
        return _creators[model]
    if issubclass(model, Record):
        return Creator(
            lambda tenant, keys: _find_records(model, tenant, keys),
            lambda making, named: _make_records(model, making, named),
            lambda record: record.title,
        )
    if "name" in {f.name for f in model._meta.get_fields()} and hasattr(model, "tenant_id"):
        return Creator(lambda tenant, keys: _by_name(model, tenant, keys))
    return None


def key_of(thing: models.Model) -> str:
    """The natural key of a thing, as exports write it."""
    creator = creator_of(type(thing))
    return creator.key(thing) if creator is not None else str(thing)


class Directory:
    """The things found or made so far. `forget` after a transaction that was undone."""

    def __init__(self, making: Making) -> None:
        self.making = making
        self.known: dict[tuple[type[models.Model], str], Any] = {}
        self.missing: set[tuple[type[models.Model], str]] = set()

    def ensure(self, wanted: Iterable[Named]) -> None:
        """Find or make all of these, in their order, with few statements. Call it inside the transaction of what needs them."""
        by_model: dict[type[models.Model], dict[str, Named]] = {}
        for named in wanted:
            if (named.model, named.key) not in self.known and (named.model, named.key) not in self.missing:
                by_model.setdefault(named.model, {}).setdefault(named.key, named)
        for model, rows in by_model.items():
            creator = creator_of(model)
            found = creator.find(self.making.tenant, list(rows)) if creator else {}
            absent = [named for key, named in rows.items() if key not in found]
            if creator is not None and creator.make is not None and (to_make := [n for n in absent if n.create]):
                found |= creator.make(self.making, to_make)
            self.known.update({(model, key): thing for key, thing in found.items()})
            self.missing.update((model, key) for key in rows if key not in found)

    def get(self, named: Named) -> Any:
        """The thing, or None when it is not there and could not be made."""
        return self.known.get((named.model, named.key))

    def forget(self) -> None:
        self.known.clear()
        self.missing.clear()


def _chunks(keys: Collection[str]) -> Iterable[list[str]]:
    rows = list(keys)
    return (rows[i : i + CHUNK] for i in range(0, len(rows), CHUNK))


def _find_people(tenant: Tenant, keys: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for chunk in _chunks(keys):
        found |= {p.external_reference: p for p in Person.objects.filter(tenant=tenant, external_reference__in=chunk)}
        if rest := [k for k in chunk if k not in found and "@" in k]:
            lowered = {k.rpartition(":")[2].lower(): k for k in rest}
            found |= {lowered[p.low]: p for p in Person.objects.filter(tenant=tenant).annotate(low=Lower("email")).filter(low__in=list(lowered))}
    return found


def _make_people(making: Making, named: list[Named]) -> dict[str, Any]:
    people = []
    provider = Organization.objects.filter(tenant=making.tenant, kind="provider").first() or making.organization
    for row in named:
        home = provider if row.kind == "provider" else making.organization
        person = Person(tenant=making.tenant, organization=home, kind="imported", name=row.name, external_reference=row.key)
        person.set_unusable_password()
        people.append(person)
    Person.objects.bulk_create(people)
    making.tell(
        people,
        "person",
        frozenset({"name", "external_reference"}),
        name=lambda p: p.name,
        external_reference=lambda p: p.external_reference,
        kind=lambda p: p.kind,
    )
    return {p.external_reference: p for p in people}


def _by_name(model: type[models.Model], tenant: Tenant, keys: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for chunk in _chunks(keys):
        lowered: dict[str, list[str]] = {}
        for key in chunk:
            lowered.setdefault(key.lower(), []).append(key)
        rows = model._default_manager.filter(tenant=tenant).annotate(low=Lower("name")).filter(low__in=list(lowered))
        if model is Team:
            rows = rows.select_related("organization")
        for thing in rows:
            found |= dict.fromkeys(lowered[thing.low], thing)
    return found


def _make_teams(making: Making, named: list[Named]) -> dict[str, Any]:
    provider = Organization.objects.filter(tenant=making.tenant, kind="provider").first() or making.organization
    teams = {row.key: Team(tenant=making.tenant, organization=provider, name=row.name) for row in named}
    Team.objects.bulk_create(teams.values())
    making.tell(teams.values(), "team", name=lambda t: t.name, organization=lambda t: t.organization_id)
    return dict(teams)


def _make_organizations(making: Making, named: list[Named]) -> dict[str, Any]:
    made = {}
    for row in named:
        kind = row.kind or "customer"
        if kind == "provider" and (there := Organization.objects.filter(tenant=making.tenant, kind="provider").first()):
            made[row.key] = there  # there is one provider; the file's is this one, whatever it calls itself
            continue
        made[row.key] = Organization.objects.create(tenant=making.tenant, kind=kind, name=row.name)
        making.tell([made[row.key]], "organization", name=lambda o: o.name, kind=lambda o: o.kind)
    return made


def _find_records(model: type[Record], tenant: Tenant, keys: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for chunk in _chunks(keys):
        for record in model.objects.filter(tenant=tenant, title__in=chunk).order_by("-card"):
            found[record.title] = record  # the oldest of a title
    return found


def _make_records(model: type[Record], making: Making, named: list[Named]) -> dict[str, Any]:
    record_type = type_named(str(model._meta.model_name))
    made = {}
    for row in named:
        made[row.key] = open_record(
            record_type,
            by=making.by,
            channel=making.channel,
            origin="imported",
            source=making.source,
            title=row.name,
            organization=Organization.objects.filter(tenant=making.tenant, kind="provider").first(),
        )
        making.made.add((record_type.kind, row.key))
    return made


def person_key(person: Person) -> str:
    """What names a person in a file: their external reference, else their address, else their name."""
    return person.external_reference or person.email or person.name


register_creator(Person, Creator(_find_people, _make_people, person_key))
register_creator(Team, Creator(lambda tenant, keys: _by_name(Team, tenant, keys), _make_teams))
register_creator(Organization, Creator(lambda tenant, keys: _by_name(Organization, tenant, keys), _make_organizations))
