"""One's own things, or those of one's organisation for whoever speaks for it: filters in the address, pages by keys, and a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _

from plimsoll.kernel.exchange.sheets import guarded
from plimsoll.kernel.identity.models import Organization
from plimsoll.kernel.records.queries import BadCursor, Page, keyset_page, visible_cards
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.workflow import OPEN_CATEGORIES
from plimsoll.site.portal.accesses import has_accesses
from plimsoll.site.portal.home import mine
from plimsoll.site.portal.news import marks, news_of
from plimsoll.site.portal.shell import PortalView, followed, sees_organization
from plimsoll.site.portal.words import told

SIZE = 20
CHUNK = 500


class _Echo:
    """A file that gives back what is written into it, so that rows leave as they are made."""

    def write(self, text: str) -> str:
        return text


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address asks of the list, and the rows that this gives."""

    whose: str
    state: str
    kind: str
    text: str
    speaks: bool
    parts: list[Any]


class MinePage(PortalView):
    """`/portal/mine/?whose=&state=&kind=&q=&page=`."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        asked = self._asked(request)
        if request.GET.get("format") == "csv":
            return self._file(asked.parts)
        fault = ""
        try:
            page = keyset_page(asked.parts, "-changed_at", request.GET.get("page") or None, SIZE)
        except BadCursor as error:
            page, fault = Page([], None, None), str(error)
        query = request.GET.copy()
        query.pop("page", None)
        rows = told(page.rows, self.person)

        def at(mark: str | None) -> str:
            if not mark:
                return ""
            query["page"] = mark
            return f"?{query.urlencode()}"

        newer, older = at(page.previous), at(page.next)
        query = request.GET.copy()
        query["seen"] = marks(rows)
        live = query.urlencode()
        for name in ("page", "seen"):
            query.pop(name, None)
        query["format"] = "csv"
        return self.show(
            "portal/mine.html",
            {
                "rows": rows,
                "has_accesses": has_accesses(self.person),
                "news_href": f"/portal/mine/live/?{live}",
                "older": older,
                "newer": newer,
                "whose": asked.whose,
                "state": asked.state,
                "kind": asked.kind,
                "text": asked.text,
                "fault": fault,
                "speaks": asked.speaks,
                "kinds": [(t.kind, t.plural_label) for t in followed()],
                "file_href": f"?{query.urlencode()}",
                "is_filtered": bool(asked.text or asked.kind or asked.state != "open"),
            },
            422 if fault else 200,
        )

    def _asked(self, request: HttpRequest) -> _Asked:
        speaks = sees_organization(self.person)
        whose = "organization" if request.GET.get("whose") == "organization" and speaks else "mine"
        state = chosen if (chosen := request.GET.get("state")) in ("open", "done", "all") else "open"
        kinds = {t.kind: t for t in followed()}
        kind = request.GET.get("kind", "") if request.GET.get("kind") in kinds else ""
        text = " ".join(request.GET.get("q", "").split())[:100]
        wanted = Q() if whose == "organization" else mine(self.person)
        if state != "all":
            open_ones = Q(category__in=(*OPEN_CATEGORIES, "done"))
            wanted &= open_ones if state == "open" else ~open_ones
        for word in text.split()[:8]:
            wanted &= Q(title__icontains=word) | Q(reference__iexact=word)
        parts = visible_cards(self.person, Card.objects.filter(wanted), [kind] if kind else list(kinds))
        return _Asked(whose, str(state), kind, text, speaks, parts)

    def _file(self, parts: list[Any]) -> HttpResponseBase:
        """Everything that the filters show, as a file; what no outsider sees has no column in it."""
        writer = csv.writer(_Echo())
        tenant = self.person.tenant
        flows = {t.kind: {s.name: s.label for s in workflow_of(tenant, t.kind).states} for t in followed()}

        zone = get_current_timezone()  # the lines are written after the request, when the reader's zone is no longer the present one

        def lines() -> Iterator[Any]:
            yield "\ufeff" + writer.writerow([_("Number"), _("Title"), _("State"), _("For"), _("Reported"), _("Changed"), _("Due")])
            mark: str | None = None
            while True:
                page = keyset_page(parts, "-changed_at", mark, CHUNK)
                names = dict(Organization.objects.filter(pk__in={c.organization_id for c in page.rows}).values_list("pk", "name"))
                for card in page.rows:
                    moments = [localtime(m, zone).strftime("%Y-%m-%d %H:%M") if m else "" for m in (card.opened_at, card.changed_at, card.due_at)]
                    cells = [card.reference, card.title, flows[card.kind].get(card.state, card.state), names.get(card.organization_id, ""), *moments]
                    yield writer.writerow([guarded(c) for c in cells])
                mark = page.next
                if mark is None:
                    return

        answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="requests.csv"'
        return answer


class MineNewsPage(MinePage):
    """`/portal/mine/live/?seen=` and the filters of the list: what of it changed meanwhile."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        asked = self._asked(request)
        try:
            page = keyset_page(asked.parts, "-changed_at", request.GET.get("page") or None, SIZE)
        except BadCursor:
            page = Page([], None, None)
        query = request.GET.copy()
        query.pop("seen", None)
        now = marks(told(page.rows, self.person))
        return news_of(request, self.person, now, f"/portal/mine/?{query.urlencode()}".rstrip("?"), is_full=len(page.rows) == SIZE)


__all__ = ["MineNewsPage", "MinePage"]
