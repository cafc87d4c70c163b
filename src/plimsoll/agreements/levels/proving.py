"""How well a policy's statement on agreements is kept: which live services have one in force now."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plimsoll.agreements.levels.queries import versions_known
from plimsoll.agreements.levels.rules import SLA
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.leadership.policies.proofs import Proof
from plimsoll.portfolio.services.models import Service


def prove(person: Person) -> dict[str, list[Proof]]:
    """Of the live services that this person may see, how many have an agreement with a customer in force (S-113). One query, agreements are kept."""
    if person.tenant is None:
        return {}
    live = list(Service.objects.visible_to(person).filter(state="live").values_list("pk", flat=True)[:1000])
    if not live:
        return {}
    moment = now()
    known = [v for v in versions_known(person.tenant) if v.kind == SLA]
    agreed = sum(any(v.covers(moment, service) for v in known) for service in live)
    level = 0.0 if agreed == len(live) else 2.0 - agreed / len(live)  # without one is over the line, more of them further
    figure = _("%(n)d of %(all)d") % {"n": agreed, "all": len(live)}
    return {"agreements": [Proof(_("Live services under an agreement"), figure, _("now"), "/services/?state=live", level, _("line: every one"))]}


__all__ = ["prove"]
