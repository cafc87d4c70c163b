"""Who else has what somebody keeps for their work, a view or a canned text: oneself, a team, or all who work here. It writes nothing."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.access.queries import Refused, reach, sentence, teams_of
from plimsoll.kernel.identity.models import Person, Team
from plimsoll.kernel.lib.faults import Fault

AUDIENCES = (("private", gettext_lazy("Only me")), ("team", gettext_lazy("A team")), ("all", gettext_lazy("Everybody who works here")))


class Shared(Protocol):
    """A kept thing that has an owner and an audience."""

    tenant_id: int
    owner_id: int
    audience: str
    team_id: int | None
    team: Team | None


def may_share(person: Person) -> bool:
    """May this person say what everybody sees?"""
    return reach(person, "view:share").everything


def may_change(person: Person, thing: Shared) -> bool:
    """One's own, and with the word `view:share` those that are for all. What is for a team stays its owner's."""
    return thing.owner_id == person.pk or (thing.audience == "all" and thing.tenant_id == person.tenant_id and may_share(person))


def share(kept: Shared, by: Person, audience: str, team: Team | None, faults: list[Fault]) -> None:
    """Set whom it is for; faults are collected. Raises `Refused` without the word for sharing with all."""
    if audience not in dict(AUDIENCES):
        faults.append(Fault("audience", _("Choose one of: %(known)s.") % {"known": ", ".join(dict(AUDIENCES))}))
        return
    if audience == "all" and kept.audience != "all" and not may_share(by):
        raise Refused(sentence(by, "view:share"))
    if audience == "team" and (team is None or team.tenant_id != kept.tenant_id or (team.pk not in teams_of(by) and team.pk != kept.team_id)):
        faults.append(Fault("team", _("Choose one of your own teams.")))
    kept.audience, kept.team = audience, team if audience == "team" else None
