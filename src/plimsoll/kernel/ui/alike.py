"""Offered while somebody writes: records like this one, and what is known that may answer it. Only what they may see; nothing moves the focus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import BIGGEST, whole
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Link, Record
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.queries import find_by_reference
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.search.alike import alike
from plimsoll.kernel.ui.context import DeclaredView, address_of

MOST_TEXT = 1000
MOST_USED = 5
USES = "uses"
STANDING = ("done", "waiting")  # an answer that was published, also one whose review is overdue; what is still written answers nothing

_answers: dict[str, tuple[str, ...]] = {}


def set_answers(answers: Mapping[str, Sequence[str]]) -> None:
    """Say in which kinds the answers to a kind are; called once at start with what `site/wiring.py` says."""
    _answers.clear()
    _answers.update({kind: tuple(kinds) for kind, kinds in answers.items()})


def answers_of(kind: str) -> tuple[str, ...]:
    return _answers.get(kind, ())


class AlikePage(DeclaredView):
    """`/{plural}/alike/?q=` while one is opened, `…/alike/` on one that exists: as JSON for the page that asks, else as a page."""

    def get(self, request: HttpRequest, number: int | None = None) -> HttpResponse:
        record = self.found(number) if number is not None else None
        text = request.GET.get("q", "")[:MOST_TEXT]
        if record is not None:
            text = f"{record.title} {text}"
        groups = self._groups(record, text)
        if "json" in request.headers.get("Accept", ""):
            return JsonResponse({"groups": groups})
        base = address_of(record, self.record_type) if record is not None else ""
        return self.show(
            "ui/alike.html",
            {
                "record": record,
                "text": text,
                "groups": groups,
                "base": base,
                "can_link": record is not None and may(self.person, f"{record.kind}:amend", record),
                "crumbs": self.record_crumbs(record, (_("Known answers"), "")) if record is not None else self.crumbs((_("Known answers"), "")),
            },
        )

    def _groups(self, record: Record | None, text: str) -> list[dict[str, Any]]:
        """The answers first, then those alike; each item with how it stands to this record already."""
        get, kind = self.request.GET, self.record_type.kind
        service = getattr(record, "service_id", None) if record is not None else whole(get.get("service", ""), BIGGEST)
        organization = record.organization_id if record is not None else whole(get.get("organization", ""), BIGGEST)
        without = record.pk if record is not None else None
        kinds = answers_of(kind)
        known = alike(self.person, text, kinds=kinds, service=service, organization=organization, categories=STANDING) if kinds else []
        same = alike(self.person, text, kinds=[kind], service=service, organization=organization, without=without)
        used = set(Link.objects.filter(source_id=record.pk, meaning=USES).values_list("target_id", flat=True)) if record is not None else set()
        groups = [
            {"title": _("Known answers"), "can_use": True, "items": [self._item(card, used) for card in known]},
            {"title": _("Similar ones"), "can_use": False, "items": [self._item(card, used) for card in same]},
        ]
        return [group for group in groups if group["items"]]

    def _item(self, card: Card, used: set[int]) -> dict[str, Any]:
        flow = workflow_of(self.person.tenant, card.kind)
        return {
            "ref": card.reference,
            "title": card.title,
            "href": address_of(card, type_named(card.kind)),
            "category": card.category,
            "how": f"{flow.state(card.state).label} · {card.organization.name}",
            "is_used": card.pk in used,
        }


def link_used(record: Record, references: Sequence[str], *, by: Person, channel: str) -> list[str]:
    """Link the known answers that somebody ticked while they wrote. Returns the numbers; what they may not see is not there."""
    linked = []
    for text in references[:MOST_USED]:
        card = find_by_reference(by, text[:40])
        if card is not None and card.kind in answers_of(record.kind) and may(by, f"{record.kind}:amend", record):
            try:
                parts.link(record, USES, card, by=by, channel=channel)
            except Faulty:
                continue  # it is linked so already
            linked.append(card.reference)
    return linked


__all__ = ["AlikePage", "answers_of", "link_used", "set_answers"]
