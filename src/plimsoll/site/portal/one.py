"""The portal's page of one thing: how it stands in plain words, what was promised, what was said, and what one may do about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.queries import asked_of_person
from plimsoll.kernel.approvals.models import Decision
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import whole
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.operations import read as read_notices
from plimsoll.kernel.records.declaration import type_of
from plimsoll.kernel.records.models import Attachment, Comment, Record
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.targets.queries import SPAN
from plimsoll.kernel.trail.models import Span
from plimsoll.kernel.ui.clocks import blocks_of
from plimsoll.kernel.ui.context import DeclaredView
from plimsoll.kernel.ui.decisions import decisions_of
from plimsoll.kernel.ui.live_pages import seen_by
from plimsoll.kernel.ui.moving import offers
from plimsoll.kernel.ui.shown import Names
from plimsoll.kernel.ui.side import long_rows
from plimsoll.site.portal.live import outsiders_reader
from plimsoll.site.portal.rules import next_step
from plimsoll.site.portal.sections import ANSWERS, WAYS
from plimsoll.site.portal.words import told

TALK = 30


def earlier_wanted(request: HttpRequest) -> bool:
    """Is it an older part of the conversation that is read? That page hears no news; it would lead away from what is read."""
    return "before" in request.GET


def refusals_of(record: Record) -> list[tuple[str, str]]:
    """Which step of its approval said no, and why; whoever asked reads the reason, and not who it was."""
    rows = Decision.objects.filter(step__approval__card=record.pk, is_yes=False).order_by("pk")
    return list(rows.values_list("step__name", "reason"))


class PortalRecordView(DeclaredView):
    """Shared by the pages of one thing that somebody asked for. Who does not see the record gets a 404, as everywhere."""

    def base(self, record: Record) -> str:
        return f"/portal/{self.record_type.plural_kind}/{record.number}/"

    def is_preview(self, record: Record) -> bool:
        """Is it one of our own people, who looks at what the customer sees? They read; what they do, they do on the inside page."""
        requester = getattr(record, f"{self.record_type.requester}_id")
        return is_inside(self.person, record) and requester != self.person.pk

    def portal(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return self.show(template, context, status)

    def page(self, record: Record, *, status: int = 200, **more: Any) -> HttpResponse:
        return self.portal("portal/one.html", {**self.context(record), **more}, status)

    def context(self, record: Record) -> dict[str, Any]:
        person, rt = self.person, self.record_type
        flow = workflow_of(person.tenant, rt.kind)
        is_preview = self.is_preview(record)
        names = Names()
        comments, earlier = self._comments(record)
        spans = list(Span.objects.filter(card_id=record.pk).order_by("id").values_list(*SPAN))
        files = list(Attachment.objects.filter(card_id=record.pk, removed_at=None, is_public=True).order_by("id"))
        names.want(Person, [*(c.author_id for c in comments), *(f.added_by_id for f in files), self._asker(record)])
        news, acts = outsiders_reader(record, person, names)
        names.fetch()
        moves = [] if is_preview else [o for o in offers(record, flow, person) if self._is_for_portal(flow, o.name)]
        decisions = [] if is_preview else decisions_of(record, person, inside=False)
        reader = getattr(record, rt.requester) if is_preview and rt.requester else None  # who of us looks reads what the one who asked reads
        row = told([record.card], reader or person)[0]
        if decides := any(decision.can_decide for decision in decisions):
            row["next"] = _(next_step(record.category, decides=True))
        row["steps"] = [(_(w), s) for w, s in WAYS[rt.kind](record)] if rt.kind in WAYS else row["steps"]
        return {
            "record": record,
            "base": self.base(record),
            "inside_href": f"/{rt.plural_kind}/{record.number}/" if is_preview else "",
            "live_href": "" if is_preview or earlier_wanted(self.request) else f"{self.base(record)}live/?seen={seen_by(news, acts)}",
            "row": row,
            "asker": names.of(Person, self._asker(record)),
            "refusals": [] if record.category != "dropped" else refusals_of(record),
            "talk": self._talk(record, flow, comments, names, spans, {line.at: line.note for line in news.lines(acts) if line.note}),
            "earlier": earlier,
            "files": [
                {
                    "name": f.name,
                    "href": f"/{rt.plural_kind}/{record.number}/attachments/{f.pk}/",
                    "scan": f.get_scan_display() if f.scan == "infected" else "",
                    "at": f.added_at,
                }
                for f in files
            ],
            "long_rows": long_rows(rt, record, inside=False),
            "answers": ANSWERS[rt.kind](record) if rt.kind in ANSWERS else [],
            "moves": [
                {"name": o.name, "label": o.label, "href": f"{self.base(record)}moves/{o.name}/", "reasons": o.reasons, "asks": o.asks} for o in moves
            ],
            "decisions": decisions,
            "decides": decides,
            "asking_why": None,
            "clocks": blocks_of(record, person, flow, now(), inside=False, spans=spans, has_escalations=False),
            "can_answer": not is_preview and may(person, f"{rt.kind}:comment", record),
            "rating": None if is_preview or record.is_open else asked_of_person(record, person),
            "scores": Satisfaction.SCORES,
            "text": "",
            "fault": "",
            "is_new": "new" in self.request.GET,
        }

    def _asker(self, record: Record) -> int | None:
        return getattr(record, f"{self.record_type.requester}_id") or record.opened_by_id

    def _is_for_portal(self, flow: Any, name: str) -> bool:
        """Moves whose form asks for nothing but words: confirm, open again, withdraw. The others are work, and are done inside."""
        move = flow.move(name)
        return not move.asks and not move.needs

    def _comments(self, record: Record) -> tuple[list[Comment], str]:
        rows = Comment.objects.filter(card_id=record.pk, is_public=True)
        if (before := whole(self.request.GET.get("before", ""))) is not None:
            rows = rows.filter(pk__lt=before)
        found = list(rows.order_by("-id")[: TALK + 1])
        return found[:TALK][::-1], f"?before={found[TALK - 1].pk}" if len(found) > TALK else ""

    def _talk(
        self, record: Record, flow: Any, comments: list[Comment], names: Names, spans: list[tuple[Any, ...]], notes: dict[Any, str]
    ) -> list[dict[str, Any]]:
        """What was said, openly, and when it came into which state; `spans` are values of `SPAN`, `notes` the reader's own reasons by moment."""
        things: list[tuple[Any, int, dict[str, Any]]] = []
        text = getattr(record, type_of(record).body, "") if type_of(record).body else ""
        if text:
            things.append((record.opened_at, 0, self._message(names.of(Person, self._asker(record)), record.opened_at, text, is_own=True)))
        for c in comments:
            said = _("This text was erased.") if c.redacted_at else c.text
            things.append((c.at, 2, self._message(names.of(Person, c.author_id), c.at, said, is_own=c.author_id in names.outsiders)))
        before = ""
        for _card, at, state, *_rest in spans:
            if state != before and before:
                label = (
                    _("Waiting for an answer")
                    if state in flow.requesters_turn and flow.state(state).category == "waiting"
                    else flow.state(state).label
                )
                things.append((at, 1, {"state": label, "category": flow.state(state).category, "at": at, "note": notes.get(at, "")}))
            before = state
        return [thing for _at, _rank, thing in sorted(things, key=lambda t: t[:2])]

    def _message(self, author: str, at: Any, text: str, *, is_own: bool) -> dict[str, Any]:
        return {
            "message": {"paper": "customer" if is_own else "us", "author": author, "note": "", "at": at, "text": text, "id": "", "label": _("Answer")}
        }


class OnePage(PortalRecordView):
    """`/portal/{plural}/{number}/`."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        if not self.is_preview(record):
            read_notices(self.person, card=record.pk)
        return self.page(record)
