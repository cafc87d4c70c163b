"""Where people of customers begin: one search, three ways, what is wrong for many, and how their things stand."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from plimsoll.agreements.relationships.queries import open_questions
from plimsoll.kernel.approvals.operations import asked_of
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Share
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.search.alike import nearest
from plimsoll.kernel.search.queries import find
from plimsoll.kernel.workflow import OPEN_CATEGORIES
from plimsoll.site.portal.news import marks, news_of
from plimsoll.site.portal.sections import running_now, things, things_near
from plimsoll.site.portal.shell import PortalView, followed, may_order, may_report
from plimsoll.site.portal.words import told

MOST = 10
FOUND = 5


def mine(person: Person) -> Q:
    """What this person asked for."""
    return Q(pk__in=Share.objects.of(person).filter(person=person, why="requester").values("card"))


def turn_of(person: Person) -> Q:
    """Cards in a state that waits for the one who asked."""
    found = Q(pk__in=[])
    for record_type in followed():
        found |= Q(kind=record_type.kind, state__in=workflow_of(person.tenant, record_type.kind).requesters_turn)
    return found


def own_cards(person: Person, wanted: Q, most: int) -> list[Card]:
    """Cards of the kinds that one asks for, newest change first."""
    kinds = [t.kind for t in followed()]
    rows = Card.objects.filter(wanted).order_by("-changed_at")
    found = {card.pk: card for part in visible_cards(person, rows, kinds) for card in part[:most]}
    return sorted(found.values(), key=lambda c: c.changed_at, reverse=True)[:most]


def found_for(person: Person, text: str) -> dict[str, Any]:
    """Answers first, then what can be ordered, then one's own things; what comes nearest where nothing holds all the words."""
    guides = [(h.card, h.snippet) for h in find(person, text, kinds=["article"], size=FOUND).hits]
    kinds = [t.kind for t in followed()]
    others = find(person, text, kinds=kinds, size=FOUND)
    offers = things(person, text)[:FOUND] if may_order(person) else []
    mine_too = list(dict.fromkeys([*([others.jump] if others.jump and others.jump.kind in kinds else []), *(h.card for h in others.hits)]))
    is_near = not (guides or offers or mine_too)
    if not guides and others.jump is None:
        guides = [(card, "") for card in nearest(person, text, kinds=["article"], size=FOUND)]
        offers = offers or (things_near(person, text)[:FOUND] if may_order(person) else [])
        mine_too = mine_too or nearest(person, text, kinds=kinds, size=FOUND)
    return {
        "text": text,
        "is_near": is_near,
        "articles": [{"href": f"/portal/articles/{card.number}/", "title": card.title, "snippet": said} for card, said in guides],
        "things": offers,
        "records": [{"href": f"/portal/{type_named(c.kind).plural_kind}/{c.number}/", "title": c.title, "ref": c.reference} for c in mine_too],
        "may_report": may_report(person),
    }


def unfinished(person: Person) -> tuple[list[dict[str, Any]], list[dict[str, Any]], bool]:
    """What waits for this person, what else of theirs is not over, and whether there is more of it."""
    wanted, turn = mine(person) & Q(category__in=(*OPEN_CATEGORIES, "done")), turn_of(person)
    waiting = told(own_cards(person, wanted & turn, MOST), person)
    cards = own_cards(person, wanted & ~turn, MOST)
    answered = [row for row in waiting if not row["asks"]]
    return [row for row in waiting if row["asks"]], [*answered, *told(cards, person)], len(cards) == MOST


class PortalHome(PortalView):
    """`/portal/`."""

    def get(self, request: HttpRequest) -> HttpResponse:
        person = self.person
        waiting, rows, more = unfinished(person)
        majors = running_now(person)
        asked = Card.objects.filter(pk__in=open_questions(person)).exclude(category__in=OPEN_CATEGORIES)  # opened again: it is not over
        approvals = asked_of(person)
        return self.show(
            "portal/home.html",
            {
                "waiting": waiting,
                "rows": rows,
                "more": more,
                "majors": [(major, major.is_late(now())) for major in majors],
                "seen": marks([*waiting, *rows], majors=majors, decisions=[a.pk for a in approvals]),
                "often": things(person)[:6] if may_order(person) else [],
                "may_order": may_order(person),
                "may_report": may_report(person),
                "approvals": [
                    {
                        "question": a.question,
                        "ref": a.card.reference,
                        "title": a.card.title,
                        "href": f"/portal/{type_named(a.card.kind).plural_kind}/{a.card.number}/#decisions",
                        "at": a.asked_at,
                    }
                    for a in approvals
                    if type_named(a.card.kind) in followed()
                ],
                "ratings": [
                    {"ref": c.reference, "title": c.title, "href": f"/portal/{type_named(c.kind).plural_kind}/{c.number}/#how"}
                    for c in {card.pk: card for part in visible_cards(person, asked) for card in part}.values()
                    if f"/portal/{type_named(c.kind).plural_kind}/{c.number}/" not in {row["href"] for row in waiting}
                ],
            },
        )


class HomeNewsPage(PortalView):
    """`/portal/live/?seen=`: what of the first page changed meanwhile."""

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting, rows, more = unfinished(self.person)
        decisions = [approval.pk for approval in asked_of(self.person)]
        there = marks([*waiting, *rows], majors=running_now(self.person), decisions=decisions)
        return news_of(request, self.person, there, "/portal/", is_full=more)


class PortalSearch(PortalView):
    """`/portal/search/?q=`: the page; as a piece of a page while somebody types."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(request.GET.get("q", "").split())[:200]
        found: dict[str, Any] = found_for(self.person, text) if len(text) > 1 else {"text": text}
        if request.headers.get("HX-Request"):
            return render(request, "portal/_found.html", found)
        if found.get("records") and (jump := found["records"][0])["ref"].casefold() == text.casefold():
            return HttpResponseRedirect(jump["href"])
        return self.show("portal/search.html", found)
