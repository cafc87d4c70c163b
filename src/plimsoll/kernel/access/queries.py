"""May this person say this word here? Decided from grants alone; it knows no kind of record and no share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.access.wording import doing
from plimsoll.kernel.identity.models import Person, TeamMembership
from plimsoll.kernel.lib.compiled import Compiled
from plimsoll.kernel.lib.time import now


class Refused(PermissionDenied):
    """Not allowed; `args[0]` is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Granted:
    """One grant in force, as the questions need it."""

    id: int
    words: frozenset[str]
    organization: int | None
    service: int | None
    role: str
    assignment: int | None
    via_team: int | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one word of one person carries: the whole tenant, some organizations or services, or only what is shared with them."""

    tenant: int | None
    everything: bool = False
    organizations: frozenset[int] = frozenset()
    services: frozenset[int] = frozenset()
    own: bool = False
    classes: frozenset[str] = frozenset()
    everything_classified: bool = False
    grants: tuple[Granted, ...] = field(default=(), compare=False)

    @property
    def is_empty(self) -> bool:
        return not (self.everything or self.organizations or self.services or self.own)


def in_force(moment: datetime) -> Q:
    """Rows whose half-open period holds the moment."""
    return Q(started_at__lte=moment) & (Q(ended_at=None) | Q(ended_at__gt=moment))


def _grants_in_force(person: int, tenant: int, at: datetime) -> QuerySet[Grant, tuple[Any, ...]]:
    teams = TeamMembership.objects.filter(in_force(at), person_id=person).values("team")
    rows = Grant.objects.filter(Q(person_id=person) | Q(team__in=teams), in_force(at), tenant_id=tenant)
    return rows.values_list("id", "words", "organization_id", "service", "role_name", "assignment", "team_id")


_grants = Compiled(_grants_in_force, person=int, tenant=int, at=datetime)


def grants_of(person: Person, moment: datetime | None = None) -> tuple[Granted, ...]:
    """The grants in force for a person, own and through teams: one query, kept on the instance for the request."""
    if moment is None and (kept := person.__dict__.get("_grants")) is not None:
        return kept  # type: ignore[no-any-return]
    rows = _grants(person=person.pk, tenant=person.tenant_id or 0, at=moment or now())
    found = tuple(Granted(pk, frozenset(words), org, service, role, assignment, team) for pk, words, org, service, role, assignment, team in rows)
    if moment is None:
        person.__dict__["_grants"] = found
    return found


def forget_grants(person: Person) -> None:
    """Read the grants anew at the next question (after a role was given or taken within the same request)."""
    person.__dict__.pop("_grants", None)
    person.__dict__.pop("_teams", None)


def teams_of(person: Person) -> frozenset[int]:
    """The teams a person is in now; kept on the instance for the request."""
    if (kept := person.__dict__.get("_teams")) is None:
        kept = person.__dict__["_teams"] = frozenset(
            TeamMembership.objects.filter(in_force(now()), person_id=person.pk).values_list("team_id", flat=True)
        )
    return frozenset(kept)


def sign_of_access(person: Person) -> str:
    """A short text that changes when what this person may do changes: other grants, other words in them, other teams, a leaver. The same in every
    process, so that it can stand in an address or an ETag."""
    held = sorted((g.id, sorted(g.words), g.organization, g.service) for g in grants_of(person))
    said = repr((person.pk, person.is_active, held, sorted(teams_of(person)), sorted(person.__dict__.get("token_scopes") or ["*"])))
    return sha256(said.encode()).hexdigest()[:16]


def _says(words: Iterable[str], kind: str, action: str, suffix: str = "") -> bool:
    return any(f"{k}:{a}{suffix}" in words for k, a in ((kind, action), (kind, "*"), ("*", action), ("*", "*")))


def _within_token(person: Person, kind: str, action: str) -> bool:
    """A token narrows what its person may do: `*`, `read` (all reading), or words like those of roles."""
    scopes = person.__dict__.get("token_scopes")
    if scopes is None or "*" in scopes:
        return True
    return (action == "read" and "read" in scopes) or _says(scopes, kind, action)


def within_token(person: Person, word: str) -> bool:
    """Does the token that this person came with, if any, take in the word? For acts that reading would otherwise allow."""
    kind, _colon, action = word.partition(":")
    return _within_token(person, kind, action)


def reach(person: Person, word: str) -> Reach:
    """How far the word carries for this person now. Nobody, a leaver and another tenant's person reach nothing."""
    kind, _colon, action = word.partition(":")
    if not person.is_active or person.tenant_id is None or not _within_token(person, kind, action):
        return Reach(tenant=person.tenant_id)
    if person.kind == "system":
        return Reach(tenant=person.tenant_id, everything=True, everything_classified=True)
    everything, own = False, False
    organizations: set[int] = set()
    services: set[int] = set()
    classes: set[str] = set()
    used = []
    for grant in grants_of(person):
        classes.update(w.removeprefix("class:") for w in grant.words if w.startswith("class:"))
        if _says(grant.words, kind, action):
            used.append(grant)
            if grant.organization is not None:
                organizations.add(grant.organization)
            elif grant.service is not None:
                services.add(grant.service)
            else:
                everything = True
        elif _says(grant.words, kind, action, "@own"):
            used.append(grant)
            own = True
    return Reach(person.tenant_id, everything, frozenset(organizations), frozenset(services), own, frozenset(classes), False, tuple(used))


def allows(
    reach: Reach,
    *,
    tenant: int | None,
    organization: int | None,
    service: int | None = None,
    access_class: str = "",
    shared: Callable[[], bool] = lambda: False,
    is_reading: bool = False,
) -> bool:
    """Does this reach hold a thing of that tenant, organization, service and access class? `shared` is asked only when it matters.

    A share gives sight to whoever may read anything of the kind; to do more with what is shared takes a word that ends in `@own`.
    """
    if reach.is_empty or tenant != reach.tenant:
        return False
    if not access_class or reach.everything_classified or access_class in reach.classes:
        if reach.everything or organization in reach.organizations or (service is not None and service in reach.services):
            return True
    # A classified record reaches only those whom it was shared with by name.
    return (reach.own or is_reading) and shared()


def may(person: Person, word: str, *, organization: int | None = None) -> bool:
    """May this person say the word at all, or for one organization? For a record ask `records.may`."""
    found = reach(person, word)
    if organization is None:
        return not found.is_empty
    return allows(found, tenant=person.tenant_id, organization=organization, shared=lambda: organization == person.organization_id)


def check(person: Person, word: str, *, organization: int | None = None) -> None:
    """As `may`, but raises `Refused` with a sentence."""
    if not may(person, word, organization=organization):
        raise Refused(sentence(person, word))


def may_everywhere(person: Person, word: str) -> bool:
    """Does this person hold the word for the whole tenant? Asked where a thing is everybody's: a setting, a list, a figure of all.

    A role "only for" one organization or service, or for what is one's own, carries no such thing.
    """
    return reach(person, word).everything


def check_everywhere(person: Person, word: str) -> None:
    """As `may_everywhere`, but raises `Refused` with a sentence."""
    if may_everywhere(person, word):
        return
    if may(person, word):
        said = _("Your role allows %(doing)s only for a part; this is for everybody. Whoever gives out roles can change that.")
        raise Refused(said % {"doing": doing(word)})
    raise Refused(sentence(person, word))


def sentence(person: Person, word: str) -> str:
    """Why not, for people: what no role of theirs allows, and who can change that."""
    said = _("You may not do this: none of your roles allows %(doing)s. Whoever gives out roles can change that.")
    return said % {"doing": doing(word)}
