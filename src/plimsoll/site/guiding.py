"""Setting the management system up, step by step (S-123): how far each step is, from the records of now. Nothing is kept of it and nothing is
done by it: a step that was left is resumed where the records stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.agreements.levels.models import Agreement
from plimsoll.context.scopes.models import Location, Scope, Unit
from plimsoll.kernel.documents.content import Template, template_named
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.queries import approvers_of
from plimsoll.kernel.identity.models import Organization, Person, Tenant
from plimsoll.kernel.identity.queries import provider_of
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.queries import people_holding
from plimsoll.portfolio.services.models import Service

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a step needs: what, whether it is there, and where it is entered. What is not needed is good to have."""

    label: str
    is_there: bool
    href: str
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One step. Its document is begun from the template of that name; the step ends with its approval."""

    key: str
    title: Words
    about: Words
    template: str
    facts: Callable[[Tenant], list[Fact]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a step is. `document` is the newest begun from its template; `is_valid` whether a version of it is in force."""

    step: Step
    facts: list[Fact]
    document: Document | None
    is_valid: bool

    @property
    def is_done(self) -> bool:
        return self.is_valid and all(fact.is_there for fact in self.facts if fact.is_needed)

    @property
    def is_begun(self) -> bool:
        return self.document is not None or any(fact.is_there for fact in self.facts)


def _organisation(tenant: Tenant) -> list[Fact]:
    approve = bool(people_holding(tenant, "top_management"))
    return [
        Fact(_("Somebody who approves: top management"), approve, "/assignments/"),
        Fact(_("A unit of yours"), Unit.objects.filter(tenant=tenant, is_open=True).exists(), "/units/"),
        Fact(_("A location with its address"), Location.objects.filter(tenant=tenant, is_open=True).exclude(address="").exists(), "/locations/"),
        Fact(_("Your logo on the covers"), getattr(provider_of(tenant), "logo", None) is not None, "/settings/organisation/", is_needed=False),
    ]


def _scope(tenant: Tenant) -> list[Fact]:
    return [
        Fact(_("A scope that was approved"), Scope.objects.filter(tenant=tenant).exclude(approved_at=None).exists(), "/scope/"),
    ]


def _services(tenant: Tenant) -> list[Fact]:
    live = Service.objects.filter(tenant=tenant, state="live")
    customers = Organization.objects.filter(tenant=tenant, kind="customer")
    return [
        Fact(_("A customer"), customers.exists(), "/organizations/"),
        Fact(_("A live service with an owner"), live.exclude(owner=None).exists(), "/services/"),
        Fact(_("No live service without an owner"), live.exists() and not live.filter(owner=None).exists(), "/services/?state=live"),
    ]


def _roles(tenant: Tenant) -> list[Fact]:
    top, manager = people_holding(tenant, "top_management"), people_holding(tenant, "sms_manager")
    return [
        Fact(_("Somebody is top management"), bool(top), "/assignments/"),
        Fact(_("Somebody is the SMS manager"), bool(manager), "/assignments/"),
        Fact(_("These are not the same people alone"), bool(top and manager and (top | manager) != (top & manager)), "/duties/"),
        Fact(_("Set-up is closed"), tenant.set_up_closed_at is not None, "/duties/"),
    ]


def _agreements(tenant: Tenant) -> list[Fact]:
    rows = Agreement.objects.filter(tenant=tenant)
    return [
        Fact(_("An agreement with a customer"), rows.filter(type="sla").exclude(state="withdrawn").exists(), "/agreements/?type=sla"),
        Fact(_("One of them is in force"), rows.filter(type="sla", state="active").exists(), "/agreements/?type=sla&state=active"),
    ]


def _nothing_more(tenant: Tenant) -> list[Fact]:
    return []


STEPS: tuple[Step, ...] = (
    Step(
        "organisation",
        gettext_lazy("Organisation"),
        gettext_lazy("Who you are: units, places, what moves you from inside and outside."),
        "context-and-parties",
        _organisation,
    ),
    # The sentence of the scope is composed from services and customers, so these come first.
    Step("services", gettext_lazy("Services"), gettext_lazy("What you deliver, to whom, and who answers for each."), "service-list", _services),
    Step("scope", gettext_lazy("Scope"), gettext_lazy("Where the management system ends, and for whom it is."), "scope-statement", _scope),
    Step("roles", gettext_lazy("Roles"), gettext_lazy("Who answers for what, and may therefore do it."), "roles-and-authorities", _roles),
    Step(
        "policy",
        gettext_lazy("Policy"),
        gettext_lazy("What you stand for, in numbered statements that the rest carries out."),
        "sms-policy",
        _nothing_more,
    ),
    Step(
        "agreements",
        gettext_lazy("Agreements"),
        gettext_lazy("What customers need and what you promised them."),
        "service-level-requirements",
        _agreements,
    ),
    Step("plan", gettext_lazy("Plan"), gettext_lazy("The service management plan, written by all of the above."), "sms-plan", _nothing_more),
)


def standing_of(tenant: Tenant, step: Step) -> Standing:
    """How far one step is."""
    return _standings(tenant, (step,))[0]


def standings(tenant: Tenant) -> list[Standing]:
    """Every step with how far it is; a constant number of queries."""
    return _standings(tenant, STEPS)


def _standings(tenant: Tenant, steps: tuple[Step, ...]) -> list[Standing]:
    documents: dict[str, Document] = {}
    rows = Document.objects.filter(tenant=tenant, template__in=[step.template for step in steps]).exclude(state__in=("withdrawn", "archived"))
    for document in rows.select_related("tenant", "organization", "approver_role").order_by("pk"):
        kept = documents.get(document.template)
        if kept is None or not kept.edition:  # one in force stays before a draft of another
            documents[document.template] = document
    return [Standing(step, step.facts(tenant), found := documents.get(step.template), found is not None and bool(found.edition)) for step in steps]


def title_of(step: Step) -> str:
    """The title of the document that a step ends with."""
    template = template_named(step.template)
    return template.title if template is not None else ""


@dataclass(frozen=True, slots=True)
class Approving:
    """Who may approve a document that somebody is about to begin: the roles that somebody else holds, and which of them is meant."""

    roles: list[Role]
    meant: Role | None
    is_own: bool  # the template's own role is held by nobody but them: somebody else has to be named


def approving(template: Template, person: Person) -> Approving:
    """Nobody approves what they wrote, so this is asked before anything is written. Three queries."""
    found = Role.objects.filter(tenant=person.tenant, edition__gt=0).exclude(state="retired").order_by("title")
    deciding = [role for role in found if {"document:*", "document:approve"} & set(role.words)]
    held = approvers_of([role.pk for role in deciding])
    roles = [role for role in deciding if held.get(role.pk, frozenset()) - {person.pk}]
    own = next((role for role in roles if role.code == template.approver_role), None)
    return Approving(roles, own or next((role for role in roles if role.code == "top_management"), None), own is None)


__all__ = ["STEPS", "Approving", "Fact", "Standing", "Step", "approving", "standing_of", "standings", "title_of"]
