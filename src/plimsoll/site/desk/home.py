"""My work: everything of every kind that waits for this person, in one list by due day, then by what lay longest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.access.queries import reach, teams_of
from plimsoll.kernel.approvals.operations import asked_of
from plimsoll.kernel.documents.distributing import is_late, to_read
from plimsoll.kernel.documents.triggers import reviews_for, trigger_words
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.models import Comment, Share
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.queries import roles_to_accept
from plimsoll.kernel.targets.queries import source_of
from plimsoll.kernel.trail.models import Span
from plimsoll.kernel.ui.choosing import is_of_provider
from plimsoll.kernel.ui.clocks import Cells
from plimsoll.kernel.ui.context import SignedInView, address_of
from plimsoll.kernel.ui.lists import Clock
from plimsoll.kernel.ui.shown import Names
from plimsoll.kernel.workflow import OPEN_CATEGORIES
from plimsoll.site.desk.deciding import waiting_for

MOST = 50


class HomePage(SignedInView):
    """`/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        person = self.person
        is_open = Q(category__in=OPEN_CATEGORIES)
        # A thing that simply runs, such as a live service, has an owner and waits for nobody. What is asked for, or is due, is work.
        standing = [t.kind for t in declared() if not (t.requester or t.has("due_at"))]
        mine = self._cards(is_open & Q(owner_id=person.pk) & ~Q(kind__in=standing, category="active"))
        teams = teams_of(person)
        free = self._free(teams) if teams else []
        own = Q(pk__in=Share.objects.of(person).filter(person=person, why="requester").values("card"))
        turn = self._turn(own)
        # What a supplier's people were given and have handed back to the customer waits for nobody among them.
        idle = [c for c in free if self._is_supplier and c.state in workflow_of(person.tenant, c.kind).requesters_turn]
        free = [c for c in free if c not in idle]
        # Whoever works here has enough to read already; whoever only reports sees what became of it.
        shown = {c.pk for c in (*turn, *mine, *free, *idle)}
        asked = [c for c in self._cards(own & is_open) if c.pk not in shown] if self._is_outside or not shown else []
        names = Names()
        names.want(Organization, [c.organization_id for c in (*turn, *mine, *free, *idle, *asked)])
        names.fetch()
        clock = Clock()
        due = _due_cells(person, [*turn, *mine, *free, *idle, *asked])
        of_team = _("With my teams") if self._is_supplier else _("My teams, with nobody yet")
        else_asked = _("What else I asked for") if turn else _("What I asked for")
        groups = [
            (_("Waiting for me"), "turn", turn),
            (_("With me"), "mine", mine),
            (of_team, "free", free),
            (_("With my teams, waiting for the customer"), "idle", idle),
            (else_asked, "asked", asked),
        ]
        approvals = asked_of(person)
        deciding = [] if self._is_outside else waiting_for(person)
        readings = to_read(person)
        reviews = [] if self._is_outside else reviews_for(person)
        today = day_of(person.tenant, now()) if person.tenant is not None else now().date()
        to_accept = [] if self._is_outside else roles_to_accept(person)
        return render(
            request,
            "desk/home.html",
            {
                "groups": [
                    {
                        "title": title,
                        "key": key,
                        "count": len(cards),
                        "more": len(cards) == MOST,
                        "rows": [self._row(c, names, clock, key) | {"due": due.get(c.pk, "")} for c in cards],
                    }
                    for title, key, cards in groups
                    if cards
                ],
                "approvals": [
                    {
                        "question": a.question,
                        "ref": a.card.reference,
                        "title": a.card.title,
                        "href": address_of(a.card, type_named(a.card.kind)),
                        "at": a.asked_at,
                    }
                    for a in approvals
                ]
                + [
                    {
                        "question": _("Approve: %(title)s") % {"title": record.title},
                        "ref": record.reference,
                        "title": record_type.label,
                        "href": address_of(record, record_type),
                        "at": record.changed_at,
                    }
                    for record_type, record in deciding
                ],
                "readings": [
                    {
                        "title": r.version.title,
                        "href": f"/documents/{r.version.document.number}/versions/{r.version.number}/",
                        "number": r.version.number,
                        "due_on": r.due_on,
                        "is_late": is_late(r, today),
                    }
                    for r in readings
                ],
                "reviews": [
                    {
                        "title": r.document.title,
                        "ref": r.document.reference,
                        "href": f"/documents/{r.document.number}/review/",
                        "because": trigger_words(r.trigger),
                        "record": r.card.reference,
                        "due_on": r.due_on,
                        "is_late": r.due_on < today,
                    }
                    for r in reviews
                ],
                "to_accept": [{"number": a.number, "role": a.role.title, "at": a.starts_at or a.opened_at} for a in to_accept],
                "facts": said(
                    len(turn) + len(mine) + len(free) + len(approvals) + len(deciding) + len(readings) + len(reviews) + len(to_accept), len(asked)
                ),
                "is_setting_up": not self._is_outside and is_setting_up(person),
                "only_reports": self._is_outside and not self._is_supplier,
                "crumbs": [(_("My work"), "")],
                "dock_at": "home",
            },
        )

    def _cards(self, wanted: Q) -> list[Card]:
        """Cards by due day, then by what was touched longest ago; at most fifty of each part, merged."""
        rows = Card.objects.filter(wanted).order_by(F("due_at").asc(nulls_last=True), "priority", "changed_at")
        return _by_due_day({card.pk: card for part in visible_cards(self.person, rows) for card in part[:MOST]}.values())

    def _turn(self, own: Q) -> list[Card]:
        """Where the answer of this person is waited for, or their word that it is well, among what they asked for.

        Whoever wrote since they were asked is not waited for any more, though the state says so until somebody reads it.
        """
        turns = {t.kind: workflow_of(self.person.tenant, t.kind).requesters_turn for t in declared() if t.requester}
        wanted = Q(pk__in=[])
        for kind, states in turns.items():
            wanted |= Q(kind=kind, state__in=states)
        turn = self._cards(own & wanted)
        done = self._answered([c.pk for c in turn if c.category == "waiting"])
        return [c for c in turn if c.pk not in done]

    def _answered(self, keys: list[int]) -> set[int]:
        """Those of some records on which this person wrote since they came into their state."""
        spans = Span.objects.filter(card_id__in=keys).order_by("id").values_list("card_id", "state", "started_at") if keys else []
        since: dict[int, tuple[str, datetime]] = {}
        for key, state, at in spans:  # a change of owner or priority begins a span too, and not the waiting anew
            if key not in since or since[key][0] != state:
                since[key] = (state, at)
        said = Comment.objects.filter(card_id__in=since, author=self.person, is_public=True).values_list("card_id", "at") if since else []
        return {key for key, at in said if at > since[key][1]}

    @property
    def _is_outside(self) -> bool:
        return not is_of_provider(self.person)

    @property
    def _is_supplier(self) -> bool:
        return self.person.organization is not None and self.person.organization.kind == "supplier"

    def _free(self, teams: frozenset[int]) -> list[Card]:
        """What lies with these teams and nobody has taken; for a supplier's people all of it, as its owner is the provider's.

        What waits for a decision waits for whoever decides, and stands with them.

        Asked of each kind's table, which has an index for it; the cards have none.
        """
        keys: set[int] = set()
        nobody: dict[str, Any] = {} if self._is_supplier else {"owner": None}
        for record_type in declared():
            if record_type.has("team") and record_type.has("owner"):
                rows: list[Any] = record_type.model.objects.parts_visible_to(self.person)
                for part in rows:
                    wanted = part.filter(is_open=True, team_id__in=teams, **nobody).exclude(category="decide")
                    keys |= set(
                        (wanted if record_type.requester or record_type.has("due_at") else wanted.exclude(category="active"))
                        .order_by("-changed_at")
                        .values_list("pk", flat=True)[:MOST]
                    )
        return _by_due_day(Card.objects.filter(pk__in=keys))

    def _row(self, card: Card, names: Names, clock: Clock, group: str) -> dict[str, Any]:
        asks = (_("waits for your answer") if card.category == "waiting" else _("waits for you to confirm")) if group == "turn" else ""
        record_type = type_named(card.kind)
        return {
            "href": address_of(card, record_type),
            "ref": card.reference,
            "title": card.title,
            "priority": card.priority,
            "category": card.category,
            "state": workflow_of(self.person.tenant, card.kind).state(card.state).label,
            "for": names.of(Organization, card.organization_id),
            "kind": record_type.label,
            "asks": asks,
            "due_at": card.due_at,
            "is_late": card.due_at is not None and card.due_at < clock.now,
            "quiet": clock.quiet(card.changed_at),
        }


def is_setting_up(person: Person) -> bool:
    """Is the management system still being set up, by this person among others?"""
    return person.tenant is not None and person.tenant.set_up_closed_at is None and reach(person, "document:open").everything


def _by_due_day(cards: Iterable[Card]) -> list[Card]:
    """What is due first stands first, whatever its priority; what is not due at all comes last. At most fifty."""
    return sorted(cards, key=lambda c: (c.due_at is None, c.due_at or c.changed_at, c.priority or 9, c.changed_at))[:MOST]


def _due_cells(person: Person, cards: list[Card]) -> dict[int, str]:
    """The time left of those that have clocks, said as in every list; one question for each kind that has clocks."""
    moment, found = now(), {}
    for kind in sorted({card.kind for card in cards if source_of(card.kind) is not None}):
        cells = Cells(kind, person.tenant, [card.pk for card in cards if card.kind == kind], moment)
        found.update({key: cells.html(key) for key in cells.rows})
    return found


def said(waiting: int, asked: int) -> list[str]:
    """How much waits for the person, and what else of theirs is open; nothing is said to wait for nobody above reports that are open."""
    facts = [ngettext("%(n)d waits for you", "%(n)d wait for you", waiting) % {"n": waiting}] if waiting else []
    if asked:
        count = {"n": f"{MOST}+" if asked >= MOST else asked}
        if waiting:
            facts.append(ngettext("%(n)s more that you asked for is open", "%(n)s more that you asked for are open", asked) % count)
        else:
            facts.append(ngettext("%(n)s that you asked for is open", "%(n)s that you asked for are open", asked) % count)
    return facts or [_("Nothing waits for you")]
