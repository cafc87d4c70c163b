"""What an upgrade brought for the starter roles: words that a role of the organization lacks. Shown first, added only on request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.roles.content import starter_roles
from plimsoll.kernel.roles.models import Role


@dataclass(frozen=True, slots=True)
class Behind:
    """A role of the organization and the words that the starter role of its code has and it has not."""

    role: Role
    words: tuple[str, ...]


def covers(has: str, word: str) -> bool:
    """Does one word give what another gives? "incident:*" covers "incident:read@own"; "incident:read@own" does not cover "incident:read"."""
    kind, _colon, action = has.partition(":")
    wanted_kind, _colon, wanted = word.partition(":")
    if kind not in ("*", wanted_kind):
        return False
    act, _at, reach = action.partition("@")
    wanted_act, _at, wanted_reach = wanted.partition("@")
    return act in ("*", wanted_act) and reach in ("", wanted_reach)


def lacking(words: Iterable[str], starter: Iterable[str]) -> tuple[str, ...]:
    """The words of a starter role that none of these give, in its order."""
    kept = list(words)
    return tuple(word for word in starter if not any(covers(has, word) for has in kept))


def roles_behind(tenant: Tenant) -> list[Behind]:
    """The roles in force, found by their code, that lack words which this version brings. What an organization took out counts too: nobody
    knows whether it was ever there."""
    starters = {starter.code: starter for starter in starter_roles()}
    rows = Role.objects.filter(tenant=tenant, state="in_force", code__in=starters).order_by("number")
    found = [Behind(role, lacking(role.words, starters[role.code].words)) for role in rows]
    return [behind for behind in found if behind.words]


def add_words(role: Role, *, by: Person, channel: str) -> Role:
    """Add what the role lacks: it is revised and put in force again, so its holders have the new words at once and its trail says so.

    Needs `role:revise`, `role:amend` and `role:put_in_force`. A role that lacks nothing stays as it is.
    """
    starters = {starter.code: starter for starter in starter_roles()}
    with writing():
        fresh = Role.objects.select_for_update(of=("self",)).select_related("tenant", "organization").get(pk=role.pk)
        starter = starters.get(fresh.code)
        if starter is None or fresh.state != "in_force" or not (words := lacking(fresh.words, starter.words)):
            return fresh
        note = _("Words of a new version: %(words)s") % {"words": ", ".join(words)}
        revised = move(fresh, "revise", by=by, channel=channel, note=note)
        assert isinstance(revised, Role)
        amended = amend(revised, by=by, channel=channel, words=[*revised.words, *words])
        made = move(amended, "put_in_force", by=by, channel=channel, note=note)
    assert isinstance(made, Role)
    return made
