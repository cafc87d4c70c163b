"""The list of any record type: filters in the address, keyset pages, two lines a row. Hand-tuned, because people sit in it all day."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.dateparse import parse_datetime
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language, gettext as _, ngettext

from plimsoll.kernel.access.queries import reach, sign_of_access
from plimsoll.kernel.identity.models import Organization, Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.customs import Custom, customs_of
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.filters import Filtered, apply, orders_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.queries import BadCursor, keyset_page
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.ui import filter_bar, list_views
from plimsoll.kernel.ui.answered import answered
from plimsoll.kernel.ui.bulk import FieldsPage
from plimsoll.kernel.ui.clocks import Cells
from plimsoll.kernel.ui.context import DeclaredView, address, capital, exists
from plimsoll.kernel.ui.row_menu import IN_PLACE
from plimsoll.kernel.ui.shown import Names, label_of, quiet, words_of
from plimsoll.kernel.ui.templatetags.plimsoll_ui import moment, priority, state, who
from plimsoll.kernel.views.columns import OWN
from plimsoll.kernel.workflow import Workflow

PLACES = ("after", "before")
# What the page and htmx read of the address besides filters; anything else that is unknown is told.
OF_THE_PAGE = (*PLACES, "order", "since", "view", "access")
MOST_NEWS = 99
# Column -> (class of its width, class of its cells); anything else is of middle width and goes on a phone.
WIDTHS = {
    "priority": ("c-prio", "a-prio"),
    "reference": ("c-ref", "a-ref ref"),
    "title": ("", "a-title"),
    "state": ("c-m", "a-state"),
    "changed_at": ("c-s", "a-clock num ref"),
    "due_at": ("c-clock", "a-clock"),
    "opened_at": ("c-m", "c-hide"),
}


def default_query(record_type: RecordType) -> QueryDict:
    """What a list shows when nobody filtered: what somebody asked for and still waits for; of other kinds everything."""
    return QueryDict("open=true" if record_type.requester else "")


def effective_query(request: HttpRequest, record_type: RecordType, unknown: Collection[str] = ()) -> QueryDict:
    """The address's parameters without the unknown ones, with the default ones when it names no filter."""
    given = request.GET.copy()
    for name in unknown:
        given.pop(name, None)
    if any(name not in OF_THE_PAGE for name in given):
        return given
    query = default_query(record_type).copy()
    for name, values in given.lists():
        query.setlist(name, values)
    return query


class ListPage(DeclaredView):
    """`/{plural}/`: the records that a person may see, filtered and ordered by the address."""

    kept: list_views.Kept
    customs: dict[str, Custom]
    answered: frozenset[int]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        if (typed := filter_bar.without_script(self.record_type, request.GET, self.person)) is not None:
            plain, unfound = typed
            for sentence in unfound:
                messages.warning(request, sentence)
            return HttpResponseRedirect(f"{request.path}?{plain.urlencode()}")
        self.kept = list_views.kept_of(self.person, self.record_type, request.GET)
        if self.kept.leads_to:
            return HttpResponseRedirect(self.kept.leads_to)
        unknown = filter_bar.unknown(self.record_type, request.GET, self.person, OF_THE_PAGE)
        query = effective_query(request, self.record_type, unknown)
        parts = self.record_type.model.objects.parts_visible_to(self.person)
        filtered = apply(self.record_type, parts, query, self.person)
        faults = [*self.kept.faults, *(sentence for sentences in filtered.errors.values() for sentence in sentences)]
        faults += [] if self.kept.view else filter_bar.unused(unknown)  # a view says itself which of its filters are gone
        cursor = query.get("after") or query.get("before")
        try:
            page = keyset_page(filtered.parts, filtered.order, cursor, rows_of=self._rows)
        except BadCursor as error:
            faults.append(str(error))
            page = keyset_page(filtered.parts, filtered.order, rows_of=self._rows)
        is_part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")
        context = self._context(query, filtered, page.rows, faults)
        context |= {"older": _with(query, after=page.next) if page.next else "", "newer": _with(query, before=page.previous) if page.previous else ""}
        response = self.show("ui/_table.html" if is_part else "ui/list.html", context)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def _rows(self, rows: Any) -> list[Any]:
        """Values instead of records: fifty records cost as much as the rest of the page."""
        return list(rows.values_list(*self._names(), named=True))

    def _names(self) -> list[str]:
        rt = self.record_type
        wanted = ["card_id", "number", "title", "state", "category", "organization_id", "changed_at", "opened_at", "is_open"]
        columns = self.kept.columns
        wanted += [
            f"{n}_id" if n in rt.foreign else n
            for n in (*columns, *(("service", "priority", "owner")))
            if rt.has(n) and n not in ("reference", "organization")
        ]
        wanted += [f"{rt.requester}_id"] if rt.requester else []
        wanted += ["extra"] if any(n.startswith(OWN) for n in columns) else []
        return list(dict.fromkeys(wanted))

    def _context(self, query: QueryDict, filtered: Filtered, rows: Sequence[Any], faults: list[str]) -> dict[str, Any]:
        rt = self.record_type
        flow = workflow_of(self.person.tenant, rt.kind)
        columns = self.kept.columns
        self.customs = {c.name: c for c in customs_of(self.person.tenant, rt.kind)} if any(n.startswith(OWN) for n in columns) else {}
        names = Names(self.person.tenant)
        names.want(Organization, [row.organization_id for row in rows])
        for name, model in rt.foreign.items():
            if name in columns or name == "service":
                names.want(model, [getattr(row, f"{name}_id") for row in rows])
        names.want(Person, (row.extra.get(n[2:]) for n in columns if n.startswith(OWN) and self.customs[n[2:]].type == "person" for row in rows))
        filter_bar.want_names(rt, filtered.active, names, self.person)
        names.fetch()
        self.what = escape(_("What can be done with"))
        self.answered = answered(rows, flow, rt)
        clock = Clock()
        due = Cells(rt.kind, self.person.tenant, [row.card_id for row in rows], clock.now) if "due_at" in columns else None
        base = f"/{rt.plural_kind}/"
        tokens = filter_bar.tokens(rt, filtered.active, query, names, flow, self.person)
        title, is_filtered = filter_bar.heading(rt, query, tokens)
        return {
            "title": self.kept.view.name if self.kept.view else title,
            "is_filtered": is_filtered,
            "kept_views": list_views.shown(self.kept, rt, query, self.person, _query_text(query)),
            "density": self.kept.view.density if self.kept.view else "",
            "tokens": tokens,
            "faults": faults,
            "filter_fields": filter_bar.fields_html(self.person.tenant, rt.kind, _is_insider(self.person, rt), get_language()),
            "kept": [(k, v) for k, vs in query.lists() for v in vs if k not in PLACES and v],
            "clear_href": f"{base}?open=",
            "columns": [self._head(name, query, filtered.order) for name in columns],
            "width": len(columns) + 2,
            "rows": [(f"{rt.prefix}-{row.number}", row.number, self._cells(row, columns, names, flow, clock, base, due)) for row in rows],
            "news_href": f"{base}news/?{_news_query(query, self.person)}",
            "bulk_action": f"{base}bulk/",
            "bulk_hidden": [("back", _query_text(query))],
            "acts": self._acts(flow),
            "new_href": address(rt, None, "new") if self.may_open() else "",
            "new_label": _("New %(what)s") % {"what": rt.label},
            "export_href": f"{base}export/?{_query_text(query)}"
            if exists(f"{base}export/") and not reach(self.person, "export:run").is_empty
            else "",
            "explained": explained(rt),
            "shown": len(rows),
            "empty_title": _("No open %(records)s") % {"records": rt.plural_label}
            if query.get("open") == "true"
            else _("No %(records)s yet") % {"records": rt.plural_label},
            "new_act": (_("New %(what)s") % {"what": rt.label}) if self.may_open() else "",
            "label": title,
            "here": f"{base}?{_query_text(query)}",
            "crumbs": [(capital(rt.plural_label), "")],
        }

    def _head(self, name: str, query: QueryDict, order: str) -> dict[str, Any]:
        """A column's head: its word, its width, and the link that orders by it."""
        rt = self.record_type
        column = "number" if name == "reference" else name
        orders = orders_of(rt)
        label = {"priority": "P", "reference": _("Number"), "changed_at": _("Quiet"), "due_at": _("Time left")}.get(name) or capital(
            label_of(rt, name.replace(OWN, "extra.", 1) if name.startswith(OWN) else name, self.customs)
        )
        if name == "title":
            label = _("Title, customer, service") if rt.has("service") else _("Title, for")
        width, css = WIDTHS.get(name, ("c-m", "c-hide"))
        head = {
            "label": label,
            "width": width,
            "css": "num" if name == "changed_at" else "",
            "title": _("Priority") if name == "priority" else "",
            "sort": "",
            "href": "",
            "arrow": "",
        }
        if column in orders:
            falls = order == f"-{column}"
            is_used = order.removeprefix("-") == column
            first = column if name in ("priority", "due_at") else f"-{column}"
            turned = (column if falls else f"-{column}") if is_used else first
            # What is quiet longest has changed earliest: the arrow follows the word over the column, not the stored moment.
            upwards = is_used and (not falls if name != "changed_at" else falls)
            head |= {
                "href": _with(query, order=turned),
                "sort": ("ascending" if upwards else "descending") if is_used else "",
                "arrow": ("↑" if upwards else "↓") if is_used else "",
            }
        return head

    def _cells(self, row: Any, columns: Sequence[str], names: Names, flow: Workflow, clock: Clock, base: str, due: Cells | None) -> SafeString:
        """The cells of a row as one string: half a millisecond for fifty rows, where a template of includes takes ten."""
        rt = self.record_type
        done = []
        inner: str
        customer = escape(names.of(Organization, row.organization_id))
        for name in columns:
            css = WIDTHS.get(name, ("c-m", "c-hide"))[1]
            if name == "title":
                tail = str(customer)
                if rt.has("service") and row.service_id:
                    tail += f" · {escape(names.of(rt.foreign['service'], row.service_id))}"
                inner = f'<a class="title" href="{base}{row.number}/">{escape(row.title)}</a><span class="tail">{tail}</span>'
            elif name == "reference":
                inner = f'{rt.prefix}-{row.number}<span class="if-phone"> · {customer}</span>'
            elif name == "state":
                label = flow.state(row.state).label
                inner = state(row.category, label)
                if row.card_id in self.answered:  # the state stays in the tooltip and for screen readers: the column has room for one word
                    shown = state(row.category, _("Answered"))
                    inner = f'<span title="{escape(label)}">{shown}<span class="sr"> ({escape(label)})</span></span>'
            elif name == "priority":
                inner = priority(row.priority)
            elif name == "changed_at":
                inner = str(clock.quiet(row.changed_at))
                css = css if due is None else "c-hide num ref"  # on a phone there is room for one of the two
            elif name == "due_at" and due is not None:
                inner = due.html(row.card_id)
            else:
                inner = self._cell(name, row, names, flow)
            place = f' data-cell="{name}"' if name in IN_PLACE else ""
            done.append(f'<td role="cell" class="{css}"{place}>{inner}</td>')
        done.append(
            f'<td role="cell" class="c-hide c-acts"><a class="icon-btn" href="{base}{row.number}/acts/" data-row-menu aria-haspopup="menu"'
            f' aria-label="{self.what} {rt.prefix}-{row.number}">⋯</a></td>'
        )
        return SafeString("".join(done))

    def _cell(self, name: str, row: Any, names: Names, flow: Workflow) -> str:
        rt = self.record_type
        if name.startswith(OWN):
            own = name[2:]
            return escape(words_of(rt, f"extra.{own}", row.extra.get(own), names, flow, self.customs)) or '<span class="ref">–</span>'
        if name in rt.foreign:
            key = getattr(row, f"{name}_id")
            if rt.foreign[name] is Person:
                return who(names.of(Person, key))
            return escape(names.of(rt.foreign[name], key)) if key else '<span class="ref">–</span>'
        value = getattr(row, name)
        if isinstance(rt.model_field(name), models.DateField) and value is not None:
            return moment(value)
        return escape(words_of(rt, name, value, names, flow)) or '<span class="ref">–</span>'

    def _acts(self, flow: Workflow) -> list[dict[str, str]]:
        """What can be done to several rows: offered when the person may do it to at least some of the kind."""
        acts = []
        if {"owner", "team"} & set(self.record_type.fields) and not reach(self.person, f"{self.record_type.kind}:amend").is_empty:
            acts.append({"label": _("Assign…"), "value": "assign", "key": "a"})
        if FieldsPage.names(self.record_type) and not reach(self.person, f"{self.record_type.kind}:amend").is_empty:
            acts.append({"label": _("Change…"), "value": "fields", "key": "p"})
        if any(not reach(self.person, f"{self.record_type.kind}:{move.name}").is_empty for move in flow.moves):
            acts.append({"label": _("Move…"), "value": "move", "key": "m"})
        return acts


class Clock:
    """The moment of one rendering: the present and the reader's zone, asked once for all rows."""

    def __init__(self) -> None:
        self.zone = get_current_timezone()
        self.now = datetime.now(self.zone)
        self.language = get_language()

    def quiet(self, value: datetime) -> SafeString:
        return quiet(value, self.now, self.zone, self.language)


class NewsPage(DeclaredView):
    """`/{plural}/news/?since=…&access=…`: how many rows of this list came or changed since; 304 while nothing did.

    The tag needs no look at the list: it is made of the newest entry of the whole trail and of what the person may do. Two hundred queues
    that stand open ask fifteen times a second. The minute in it lets through what moves no entry: a share that runs out, an entry that
    PostgreSQL committed after a younger one. `is_gone` says that the rights are others than when the page was made.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        access = sign_of_access(self.person)
        newest = Entry.objects.order_by("-id").values_list("id", flat=True).first()
        tag = f'"{sha256(f"{newest} {access} {int(time.time() // 60)} {request.GET.urlencode()}".encode()).hexdigest()[:20]}"'
        if request.headers.get("If-None-Match") == tag:
            return HttpResponseNotModified(headers={"ETag": tag})
        return JsonResponse(self._told(request, access), headers={"ETag": tag})

    def _told(self, request: HttpRequest, access: str) -> dict[str, Any]:
        query = effective_query(request, self.record_type).copy()
        since = parse_datetime(query.get("since", "").replace(" ", "+")) if query.get("since") else None
        is_gone = request.GET.get("access", access) != access
        query.pop("since", None)
        query.pop("access", None)
        href = f"{address(self.record_type)}?{_query_text(query)}"
        if is_gone:
            return {"sentence": _("What you may see has changed. Show what is there now"), "href": href, "is_gone": True}
        if since is None or since.tzinfo is None:
            return {"sentence": "", "href": ""}
        parts = self.record_type.model.objects.parts_visible_to(self.person)
        filtered = apply(self.record_type, parts, query, self.person)
        found = {pk for part in filtered.parts for pk in part.filter(changed_at__gt=since).order_by().values_list("pk", flat=True)[: MOST_NEWS + 1]}
        count = f"{MOST_NEWS}+" if len(found) > MOST_NEWS else str(len(found))
        at = since.astimezone(get_current_timezone())
        sentence = ngettext("%(n)s new or changed since %(at)s. Show it", "%(n)s new or changed since %(at)s. Show them", len(found))
        return {"sentence": sentence % {"n": count, "at": f"{at:%H:%M}"} if found else "", "href": href}


def explained(record_type: RecordType) -> str:
    """What such a record is, for the empty list: the first sentence of its model's description."""
    said = (record_type.model.__doc__ or "").strip().split("\n", maxsplit=1)[0]
    return _(said) if said and not said.startswith(record_type.model.__name__ + "(") else ""


def _is_insider(person: Person, record_type: RecordType) -> bool:
    return not reach(person, f"{record_type.kind}:internal").is_empty


def _query_text(query: QueryDict) -> str:
    copy = query.copy()
    for name in PLACES:
        copy.pop(name, None)
    return copy.urlencode()


def _with(query: QueryDict, **changes: str) -> str:
    """The address with one parameter set; where one stands in the list is forgotten."""
    copy = query.copy()
    for name in PLACES:
        copy.pop(name, None)
    for name, value in changes.items():
        copy[name] = value
    return f"?{copy.urlencode()}"


def _news_query(query: QueryDict, person: Person) -> str:
    copy = query.copy()
    for name in (*PLACES, "order"):
        copy.pop(name, None)
    copy["since"] = (now() - timedelta(microseconds=1)).isoformat()
    copy["access"] = sign_of_access(person)
    return copy.urlencode()


__all__ = ["ListPage", "NewsPage", "Record", "default_query", "effective_query"]
