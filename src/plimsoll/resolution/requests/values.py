"""Up to which value a request may be approved: the limit that roles state, read from their versions in force (5.3, S-035)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.approvals.ceilings import Ceiling, declare_ceiling
from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.roles.limits import Limit, limits_of, roles_with
from plimsoll.kernel.roles.wording import name_limit
from plimsoll.resolution.requests.answering import value_of
from plimsoll.resolution.requests.models import Request
from plimsoll.resolution.requests.queries import answers_of, deciders_of, form_of
from plimsoll.resolution.requests.words import money

LIMIT = "request_value"
APPROVES = "approve"  # the move that the chain of a version makes, and nothing else that is asked on a request
MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class ValueCeiling:
    """What one order is worth, and up to which value each may approve."""

    worth: Decimal
    currency: str
    held: Mapping[int, Limit]
    line: frozenset[int]  # who decides for the customer who orders: it is their money

    def within(self, people: Collection[int]) -> frozenset[int]:
        covered = {p for p in people if p in self.held and self.held[p].most >= self.worth}
        unlimited = {p for p in people if p not in self.held}
        free = unlimited & self.line
        if others := unlimited - free:
            outside = Person.objects.filter(pk__in=others, organization__kind="customer")
            free |= set(outside.values_list("pk", flat=True))
        return frozenset(covered | free)

    def instead(self) -> frozenset[int]:
        enough = {p: limit.most for p, limit in self.held.items() if limit.most >= self.worth}
        least = min(enough.values(), default=0)
        return frozenset(p for p, most in enough.items() if most == least)

    def refusal(self, person: int) -> str:
        own = self.held.get(person)
        said: dict[str, Any] = {"worth": f"{money(self.worth)} {self.currency}"}
        if own is not None:
            said |= {"role": own.role, "n": own.version, "most": money(Decimal(own.most))}
            sentence = _("This is worth %(worth)s. The role “%(role)s” (version %(n)d) approves requests up to a value of %(most)s.") % said
        else:
            sentence = _("This is worth %(worth)s, and no role states up to which value you approve requests.") % said
        enough = [p for p, limit in self.held.items() if limit.most >= self.worth]
        names = list(Person.objects.filter(pk__in=enough).order_by("name").values_list("name", flat=True)[:MOST_NAMES])
        if not names:
            return sentence + " " + _("Nobody's role reaches so far: whoever keeps roles can put a higher limit in force.")
        return sentence + " " + _("Those who may: %(names)s.") % {"names": ", ".join(names)}

    def kept(self, person: int) -> dict[str, Any]:
        own = self.held.get(person)
        found: dict[str, Any] = {"name": LIMIT, "value": str(self.worth), "currency": self.currency}
        if own is not None:
            found |= {"most": own.most, "role": own.role, "version": own.version, "assignment": own.assignment}
        return found


def ceiling_of_request(record: Record, approval: Approval) -> Ceiling | None:
    """The limit for the chain of a request. None where the order is worth nothing, or no role in force states such a limit; four queries."""
    if not isinstance(record, Request) or approval.move_when_approved != APPROVES or record.model_version is None:
        return None
    plan = form_of(record.model_version)
    worth = value_of(plan, answers_of(record))
    if not worth or not roles_with(record.tenant, LIMIT):
        return None
    limits = limits_of(record.tenant, LIMIT)
    active = set(Person.objects.filter(pk__in=limits, is_active=True).values_list("pk", flat=True))
    line = deciders_of(record.organization_id) or deciders_of(record.organization.parent_id)
    return ValueCeiling(worth, plan.currency, {p: limit for p, limit in limits.items() if p in active}, frozenset(p.pk for p in line))


name_limit(LIMIT, gettext_lazy("approves requests up to a value of %(value)s"))
declare_ceiling("request", ceiling_of_request)

__all__ = ["LIMIT", "ValueCeiling", "ceiling_of_request"]
