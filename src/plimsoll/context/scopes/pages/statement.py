"""`/scope/`: the scope that holds, as it reads: sentence, dimensions, what is in and what is not, timeline, means, chart. And its next draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from plimsoll.context.scopes.models import Scope
from plimsoll.context.scopes.operations import draft_next
from plimsoll.context.scopes.queries import current_scope, faults_of
from plimsoll.context.scopes.record import SCOPE, composed
from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.access.wording import doing
from plimsoll.kernel.figures.blanks import Asked, Value, blanks
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.permissions import Refused, is_inside, may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.context import DeclaredView, address, address_of

# The fields of which the statement is made, in the order in which one reads them; those of higher rooms only where there are such rooms.
SECTIONS = (
    "scope.dimensions",
    "services.in_scope",
    "customers.in_scope",
    "units.in_scope",
    "locations.in_scope",
    "locations.of_customers",
    "scope.exclusions",
    "services.excluded",
    "units.excluded",
    "locations.excluded",
    "scope.milestones",
    "scope.resources",
)
CHART = "units.chart"


@dataclass(frozen=True, slots=True)
class Section:
    """A field on the page."""

    name: str
    title: str
    value: Value
    where: str
    href: str

    @property
    def drawing(self) -> SafeString:
        return mark_safe(self.value.svg)


def sees_all(person: Person, kinds: tuple[str, ...]) -> bool:
    """Values are the organisation's: they are shown to those who may read every record of those kinds, and of no other."""
    return all(reach(person, f"{kind}:read").everything for kind in kinds if kind not in ("person", "organization"))


class StatementPage(DeclaredView):
    """For the provider's own people who may read scopes."""

    record_type = SCOPE

    def get(self, request: HttpRequest) -> HttpResponse:
        found = reach(self.person, "scope:read")
        if found.is_empty or not found.everything or not is_inside(self.person, kind="scope"):
            said = _("The scope of the management system is for the provider's own people. A role that allows %(doing)s shows it.")
            raise Refused(said % {"doing": doing("scope:read")})
        tenant = self.person.tenant
        assert tenant is not None
        scope, moment = current_scope(tenant), now()
        shown = list(self._sections(tenant))
        is_seen = sees_all(self.person, ("service", "unit", "location"))
        kept = scope.sentence if scope is not None else ""
        fresh = composed(tenant, moment) if is_seen else ""
        flow = workflow_of(tenant, "scope")
        return self.show(
            "scopes/statement.html",
            {
                "scope": scope,
                "base": address_of(scope, SCOPE) if scope is not None else "",
                "state": flow.state(scope.state) if scope is not None else None,
                "sentence": kept or fresh,
                "differs": bool(kept and fresh and kept != fresh),
                "fresh": fresh,
                "sections": [s for s in shown if s.name != CHART],
                "chart": next((s for s in shown if s.name == CHART and s.value.svg), None),
                "findings": faults_of(tenant, moment.date()) if is_seen else [],
                "new_href": address(SCOPE, None, "new") if self.may_open() else "",
                "crumbs": self.crumbs((_("The scope that holds"), "")),
            },
        )

    def _sections(self, tenant: Tenant) -> Iterator[Section]:
        known = {blank.name: blank for blank in blanks()}
        asked = Asked(tenant, now())
        for name in (*SECTIONS, CHART):
            blank = known.get(name)
            if blank is not None and blank.resolve is not None and sees_all(self.person, blank.kinds):
                yield Section(name, str(blank.title), blank.resolve(asked), str(blank.where), blank.href)


class NextPage(DeclaredView):
    """`/scopes/{number}/next/`: a new draft that begins as this one reads."""

    record_type = SCOPE

    def scope(self, number: int) -> Scope:
        found = self.found(number)
        assert isinstance(found, Scope)
        if not is_inside(self.person, found):
            raise Http404
        if not (self.may_open() and may(self.person, "scope:amend", found)):
            raise Refused(_("Drafting a scope needs the words scope:open and scope:amend."))
        return found

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        scope = self.scope(number)
        return self.show(
            "scopes/next.html", {"record": scope, "base": address_of(scope, SCOPE), "crumbs": self.record_crumbs(scope, (_("The next draft"), ""))}
        )

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        made = draft_next(self.scope(number), by=self.person, channel="page")
        messages.success(request, _("%(ref)s is drafted. It replaces the approved one when it is approved itself.") % {"ref": made.reference})
        return HttpResponseRedirect(address_of(made, SCOPE))
