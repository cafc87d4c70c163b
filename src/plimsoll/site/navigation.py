"""What stands in the side navigation: the groups of the standard, in their order, and in each what this person may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plimsoll.kernel.access.queries import may, may_everywhere, reach
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import RecordType, declared
from plimsoll.kernel.ui.context import address, capital

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Place:
    """One entry: its word, its address, and the authority that shows it (empty: everybody)."""

    label: Words
    href: str
    word: str = ""
    heading: Words = ""
    also: tuple[str, ...] = ()  # other authorities, each of which shows it too
    is_for_parts: bool = True  # shown also to those who hold the authority for one organization only


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the navigation, named by its clause; kinds that declare its name stand in it after its own places."""

    name: str
    label: Words
    icon: str
    clause: str
    key: str
    places: tuple[Place, ...] = ()


GROUPS = (
    Group(
        "desk",
        _("Desk"),
        "headset",
        "8.6",
        "d",
        (
            Place(_("Order something"), "/requests/order/", "request:open"),
            Place(_("With me"), "/incidents/?open=true&owner=me", "incident:resolve"),
            Place(_("Unassigned"), "/incidents/?open=true&owner=none", "incident:resolve"),
            Place(_("My teams"), "/incidents/?open=true&team=mine", "incident:resolve"),
            Place(_("Waiting"), "/incidents/?state=waiting_customer&state=waiting_supplier&state=waiting_change", "incident:resolve"),
        ),
    ),
    Group("services", _("Services"), "layers", "8.2", "s"),
    Group("agreements", _("Agreements"), "handshake", "8.3", "a"),
    Group("changes", _("Changes"), "git-pull-request-arrow", "8.5", "c"),
    Group("assurance", _("Assurance"), "shield-check", "8.7", "v"),
    Group("supply", _("Supply"), "scale", "8.4", "u"),
    Group("context", _("Context"), "compass", "4", "x"),
    Group("leadership", _("Leadership"), "flag", "5", "l"),
    Group("planning", _("Planning"), "target", "6", "p"),
    Group("support", _("Support"), "book-open", "7", "t"),
    Group("evaluate", _("Evaluate"), "search-check", "9", "e"),
    Group("improve", _("Improve"), "trending-up", "10", "i"),
    Group("house", _("House"), "settings", "", "y"),
)
# Kinds of the management system stand in the group of their clause.
OF_CLAUSE = {"4": "context", "5": "leadership", "6": "planning", "7": "support"}
# Pages of the house itself; (group, label, address, authority). Only those whose address exists are shown.
HOUSE: tuple[tuple[str, Place], ...] = (
    ("desk", Place(_("Status"), "/status/", "majorincident:read", also=("majorincident:follow",))),
    ("desk", Place(_("Recurring orders"), "/requestmodels/recurring/", "requestmodel:amend")),
    ("desk", Place(_("Who decides for a customer"), "/requestmodels/deciders/", "organization:keep")),
    ("evaluate", Place(_("Conformity"), "/conformity/", "evidence:read", is_for_parts=False)),
    ("evaluate", Place(_("Indicators"), "/indicators/", "indicator:read")),
    ("evaluate", Place(_("Findings"), "/findings/", "document:internal", is_for_parts=False)),
    ("planning", Place(_("Calendar"), "/calendar/", "person:read")),
    ("leadership", Place(_("Set-up, step by step"), "/guide/", "document:open", is_for_parts=False)),
    ("leadership", Place(_("Policies"), "/policies/", "person:read")),
    ("support", Place(_("Documents in force"), "/library/", "person:read")),
    ("support", Place(_("Templates of documents"), "/documents/templates/", "document:open")),
    ("support", Place(_("Keeping and signing"), "/documents/keeping/", "document:internal", is_for_parts=False)),
    ("support", Place(_("Take in a plan"), "/library/import/", "document:open")),
    ("context", Place(_("Scope"), "/scope/", "scope:internal", is_for_parts=False)),
    ("context", Place(_("Map of processes"), "/processes/map/", "process:internal", is_for_parts=False)),
    ("context", Place(_("Interfaces between processes"), "/processes/matrix/", "process:internal", is_for_parts=False)),
    ("planning", Place(_("Map of risks"), "/risks/map/", "risk:read")),
    ("support", Place(_("What I can show"), "/competences/mine/", "awarenessstatement:read")),
    ("support", Place(_("Competence matrix"), "/competences/matrix/", "competence:internal", is_for_parts=False)),
    ("support", Place(_("Who confirmed"), "/awarenessstatements/shares/", "awarenessstatement:read", is_for_parts=False)),
    ("house", Place(_("People"), "/people/", "person:read")),
    ("house", Place(_("Teams"), "/teams/", "person:read")),
    ("house", Place(_("Organisations"), "/organizations/", "person:read")),
    ("leadership", Place(_("Who runs the management system"), "/who-runs-this/")),
    ("leadership", Place(_("Authorities"), "/authorities/", "assignment:read", is_for_parts=False)),
    ("leadership", Place(_("Stuck decisions"), "/decisions/", "assignment:read", is_for_parts=False)),
    ("leadership", Place(_("Separation of duties"), "/duties/", "assignment:read", is_for_parts=False)),
    ("house", Place(_("Who may, and why"), "/why/", "person:read")),
    (
        "house",
        Place(
            _("Settings"),
            "/settings/",
            "settings:change",
            also=("indicator:keep", "evidence:tolerate", "trail:see", "field:define", "workflow:change"),
            is_for_parts=False,
        ),
    ),
    ("house", Place(_("Import"), "/import/", "import:run", is_for_parts=False)),
    ("house", Place(_("Jobs"), "/jobs/", "job:see", is_for_parts=False)),
    ("house", Place(_("API"), "/api/v1/docs", "person:read")),
)


def may_see(person: Person, word: str, is_for_parts: bool = True) -> bool:
    return not word or (may(person, word) if is_for_parts else may_everywhere(person, word))


def group_of(record_type: RecordType) -> str:
    """The group that a kind stands in: its own, else that of its clause."""
    return record_type.group if record_type.group not in ("", "system") else OF_CLAUSE.get(record_type.clause.partition(".")[0], "house")


def navigation(person: Person, path: str, query: str, exists: Callable[[str], bool]) -> list[dict[str, Any]]:
    """The groups as the side navigation draws them; the one that holds the present page is open."""
    here = f"{path}?{query}" if query else path
    kinds = [t for t in declared() if not reach(person, f"{t.kind}:read").is_empty]
    groups: list[dict[str, Any]] = [{"label": _("My work"), "icon": "list-checks", "clause": "", "key": "w", "href": "/", "is_current": path == "/"}]
    for group in GROUPS:
        places = [p for p in group.places if may_see(person, p.word)]
        places += [Place(capital(t.plural_label), address(t)) for t in kinds if group_of(t) == group.name]
        places += [
            p
            for name, p in HOUSE
            if name == group.name and any(may_see(person, word, p.is_for_parts) for word in (p.word, *p.also)) and exists(p.href)
        ]
        if not places:
            continue
        is_exact = any(p.href == here for p in places)
        items = [
            {"label": p.label, "href": p.href, "is_current": p.href == here if is_exact else ("?" not in p.href and path.startswith(p.href))}
            for p in places
        ]
        groups.append(
            {
                "label": group.label,
                "icon": group.icon,
                "clause": group.clause,
                "key": group.key,
                "href": items[0]["href"],
                "items": items,
                "is_open": any(i["is_current"] for i in items),
            }
        )
    return groups


def new_links(person: Person) -> list[dict[str, Any]]:
    """What this person may create."""
    return [
        {"label": capital(t.label), "href": address(t, None, "new"), "icon": t.icon}
        for t in sorted(declared(), key=lambda t: not t.requester)  # what people report and ask for first: it is opened most
        if not reach(person, f"{t.kind}:open").is_empty
    ]
