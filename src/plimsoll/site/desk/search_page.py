"""Search over all kinds, and the palette that jumps. Both ask `kernel.search`, which knows the walls."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.queries import find_by_reference, visible_cards
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.search.alike import nearest
from plimsoll.kernel.search.queries import Hit, find
from plimsoll.kernel.ui.context import SignedInView, address_of, capital
from plimsoll.kernel.ui.filter_bar import unused
from plimsoll.kernel.ui.templatetags.plimsoll_ui import CATEGORIES

PALETTE = 8


class SearchPage(SignedInView):
    """`/search/?q=`: a number jumps, words find; newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(request.GET.get("q", "").split())[:200]
        kind = request.GET.get("kind", "")
        kinds = [t for t in declared() if not reach(self.person, f"{t.kind}:read").is_empty]
        wanted = [kind] if kind in {t.kind for t in kinds} else None
        mark = whole(request.GET.get("before", ""))
        found = find(self.person, text, kinds=wanted, before=mark) if text else None
        if found is not None and found.jump is not None and not mark and not wanted:
            return HttpResponseRedirect(address_of(found.jump, type_named(found.jump.kind)))
        found_hits = found.hits if found else []
        is_near = bool(text) and not found_hits and mark is None
        if is_near:  # people write as they speak: what holds some of the words
            found_hits = [Hit(card, "") for card in nearest(self.person, text, kinds=wanted or [t.kind for t in kinds], size=PALETTE)]
        hits = [
            {
                "href": address_of(h.card, type_named(h.card.kind)),
                "title": h.card.title,
                "ref": h.card.reference,
                "category": h.card.category,
                "state": workflow_of(self.person.tenant, h.card.kind).state(h.card.state).label,
                "for": h.card.organization.name,
                "snippet": h.snippet,
                "at": h.card.changed_at,
            }
            for h in found_hits
        ]
        query = request.GET.copy()
        query.pop("before", None)
        older = ""
        if found is not None and found.next is not None:
            query["before"] = str(found.next)
            older = f"?{query.urlencode()}"
        return render(
            request,
            "desk/search.html",
            {
                "text": text,
                "hits": hits,
                "is_near": is_near,
                "older": older,
                "faults": unused([name for name in request.GET if name not in ("q", "kind", "before")]),
                "kind": kind if wanted else "",
                "crumbs": [(_("Search"), "")],
                "kinds": [{"kind": t.kind, "label": capital(t.plural_label)} for t in kinds],
            },
        )


class PalettePage(SignedInView):
    """`/palette.json?q=`: a few records by words or number; without words those changed lately."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(request.GET.get("q", "").split())[:100].lstrip("> ")
        if text:
            found = find(self.person, text, size=PALETTE, snippets=False)
            cards = [*([found.jump] if found.jump else []), *(h.card for h in found.hits if found.jump is None or h.card.pk != found.jump.pk)]
            cards = cards or nearest(self.person, text, kinds=[t.kind for t in declared()], size=PALETTE)
        else:
            rows = Card.objects.order_by("-changed_at")
            cards = sorted((c for part in visible_cards(self.person, rows) for c in part[:PALETTE]), key=lambda c: c.changed_at, reverse=True)
        return JsonResponse(
            {
                "results": [
                    {
                        "title": c.title,
                        "href": address_of(c, type_named(c.kind)),
                        "ref": c.reference,
                        "category": c.category,
                        "tone": CATEGORIES.get(c.category, "still"),
                        "icon": type_named(c.kind).icon,
                    }
                    for c in cards[:PALETTE]
                ]
            }
        )


class GoPage(SignedInView):
    """`/go/INC-1042/`: the address that mails carry; it stays right whatever the kind's pages are called."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        card = find_by_reference(self.person, reference)
        if card is None:
            raise Http404
        return HttpResponseRedirect(address_of(card, type_named(card.kind)))
