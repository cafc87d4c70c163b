"""The endpoints of what hangs on every record: comments, links, tags, watchers, checklist and effort. Each asks the record first."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.api.problems import BASE, faulty
from plimsoll.kernel.api.reading import (
    answer,
    body_of,
    check_parameters,
    day_in,
    id_of,
    listed,
    moment_in,
    nothing,
    number_of,
    person_of,
    tenant_of,
    typed,
)
from plimsoll.kernel.api.records import View
from plimsoll.kernel.api.shapes import record_by
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import BIGGEST
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import RecordType, type_named
from plimsoll.kernel.records.models import LINK_MEANINGS, ChecklistItem, Comment, Effort, Link, Record, Share, Tag
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.records.queries import find_by_reference, visible_cards
from plimsoll.kernel.register.models import Card

PAGED = ("limit", "cursor")
AUDIENCES = ("public", "internal")


def named(person: Person | None) -> dict[str, Any] | None:
    """A person as answers name them."""
    return None if person is None else {"id": person.pk, "name": person.name}


def person_in(body: dict[str, Any], name: str, by: Person) -> Person | None:
    """A person of the same tenant that a body names by id."""
    given = body.get(name)
    if isinstance(given, dict):
        given = given.get("id")
    if given is None:
        return None
    found = Person.objects.filter(pk=given, tenant_id=tenant_of(by), is_active=True).first() if type(given) is int and 0 < given <= BIGGEST else None
    if found is None:
        raise faulty(name, _("There is no such person."))
    return found


def audience_of(body: dict[str, Any]) -> bool:
    """Whether it is public."""
    given = body.get("audience")
    if given not in AUDIENCES:
        raise faulty("audience", _("Say “public” or “internal”."))
    return bool(given == "public")


def insiders_only(person: Person, record: Record) -> None:
    """Checklists, effort, tags and watchers are how the provider works; outsiders are refused in words."""
    if not is_inside(person, record):
        raise Refused(_("This is for the provider's own people."))


def comment_form(comment: Comment) -> dict[str, Any]:
    """A comment as it is answered."""
    return {
        "id": comment.pk,
        "text": "" if comment.redacted_at else comment.text,
        "audience": AUDIENCES[not comment.is_public],
        "author": named(comment.author),
        "at": comment.at,
        "channel": comment.channel,
        "is_redacted": comment.redacted_at is not None,
    }


def check_form(item: ChecklistItem) -> dict[str, Any]:
    """A thing to tick as it is answered."""
    return {
        "id": item.pk,
        "text": item.text,
        "owner": named(item.owner),
        "due_at": item.due_at,
        "is_done": item.done_at is not None,
        "done_at": item.done_at,
        "done_by": named(item.done_by),
    }


def effort_form(effort: Effort) -> dict[str, Any]:
    """Booked time as it is answered."""
    return {
        "id": effort.pk,
        "person": named(effort.person),
        "minutes": effort.minutes,
        "activity": effort.activity,
        "spent_on": effort.spent_on,
        "note": effort.note,
    }


def _visible(person: Person, card_ids: set[int]) -> set[int]:
    return {pk for part in visible_cards(person, Card.objects.filter(pk__in=card_ids)) for pk in part.values_list("pk", flat=True)}


def _card_form(card: Card) -> dict[str, Any]:
    return {
        "reference": card.reference,
        "kind": card.kind,
        "url": f"{BASE}/{type_named(card.kind).plural_kind}/{card.number}",
        "title": card.title,
        "state": card.state,
        "category": card.category,
    }


def part_views(record_type: RecordType) -> dict[str, View]:
    """The views of what hangs on the records of one kind, by name."""

    def asked(request: HttpRequest, number: str, *parameters: str) -> tuple[Person, Record]:
        person = person_of(request)
        check_parameters(request, parameters)
        return person, record_by(record_type, person, number_of(record_type, number))

    def list_comments(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number, *PAGED)
        rows = Comment.objects.filter(card_id=record.pk).select_related("author")
        if not is_inside(person, record):
            rows = rows.filter(is_public=True)
        return listed(request, [rows], "id", lambda found: [comment_form(c) for c in found])

    def add_comment(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number)
        body = body_of(request, ("text", "audience"), ("text",))
        made = parts.comment(record, text=typed(body, "text", str, ""), is_public=audience_of(body), by=person, channel="api")
        return answer(comment_form(made), status=201)

    def list_links(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number)
        found = [
            *Link.objects.filter(source_id=record.pk).select_related("target", "made_by").order_by("id")[:500],
            *Link.objects.filter(target_id=record.pk).select_related("source", "made_by").order_by("id")[:500],
        ]
        others = {link.target_id if link.source_id == record.pk else link.source_id for link in found}
        seen = _visible(person, others)
        return answer(
            {"items": [link_form(link, record.pk) for link in found if (link.target_id if link.source_id == record.pk else link.source_id) in seen]}
        )

    def link_form(link: Link, pk: int) -> dict[str, Any]:
        is_from_here = link.source_id == pk
        return {
            "id": link.pk,
            "meaning": link.meaning,
            "direction": "out" if is_from_here else "in",
            "reads": LINK_MEANINGS[link.meaning][0 if is_from_here else 1],
            "record": _card_form(link.target if is_from_here else link.source),
            "made_by": named(link.made_by),
            "made_at": link.made_at,
        }

    def add_link(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number)
        body = body_of(request, ("meaning", "target"), ("meaning", "target"))
        target = find_by_reference(person, typed(body, "target", str, "")[:40])
        if target is None:
            raise faulty("target", _("There is no such record, or you may not see it. Give its reference, for example INC-1042."))
        made = parts.link(record, typed(body, "meaning", str, ""), target, by=person, channel="api")
        return answer(link_form(made, record.pk), status=201)

    def remove_link(request: HttpRequest, number: str, link: str) -> HttpResponse:
        person, record = asked(request, number)
        found = Link.objects.filter(pk=id_of(link), source_id=record.pk).select_related("source", "target").first()
        if found is None or found.target_id not in _visible(person, {found.target_id}):
            raise Http404
        parts.unlink(found, by=person, channel="api")
        return nothing()

    def list_tags(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number)
        insiders_only(person, record)
        return answer({"tags": sorted(Tag.objects.filter(cards=record.pk).values_list("name", flat=True))})

    def set_tags(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number)
        insiders_only(person, record)
        body = body_of(request, ("tags",))
        names = typed(body, "tags", list)
        if names is None or len(names) > 50 or not all(isinstance(n, str) and len(n) <= 50 for n in names):
            raise faulty("tags", _("A list of at most 50 words is needed, each of at most 50 characters."))
        return answer({"tags": parts.tag(record, names, by=person, channel="api")})

    def list_watchers(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number)
        insiders_only(person, record)
        rows = Share.objects.filter(card_id=record.pk, why="watcher").select_related("person").exclude(person=None).order_by("id")[:500]
        return answer({"items": [named(share.person) for share in rows]})

    def watcher(person: Person, text: str) -> Person:
        if text == "me":
            return person
        found = Person.objects.filter(pk=id_of(text), tenant_id=tenant_of(person), is_active=True).first()
        if found is None:
            raise Http404
        return found

    def add_watcher(request: HttpRequest, number: str, who: str) -> HttpResponse:
        person, record = asked(request, number)
        parts.watch(record, person=watcher(person, who), by=person, channel="api")
        return nothing()

    def remove_watcher(request: HttpRequest, number: str, who: str) -> HttpResponse:
        person, record = asked(request, number)
        parts.unwatch(record, person=watcher(person, who), by=person, channel="api")
        return nothing()

    def list_checks(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number)
        rows = ChecklistItem.objects.filter(card_id=record.pk, removed_at=None).select_related("owner", "done_by")
        if not is_inside(person, record):
            rows = rows.filter(owner=person)
        return answer({"items": [check_form(item) for item in rows[:500]]})

    def add_check(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number)
        insiders_only(person, record)
        body = body_of(request, ("text", "owner", "due_at"), ("text",))
        made = parts.add_check(
            record,
            text=typed(body, "text", str, ""),
            owner=person_in(body, "owner", person),
            due_at=moment_in(body, "due_at"),
            by=person,
            channel="api",
        )
        return answer(check_form(made), status=201)

    def tick_check(request: HttpRequest, number: str, item: str) -> HttpResponse:
        person, record = asked(request, number)
        found = ChecklistItem.objects.filter(pk=id_of(item), card_id=record.pk, removed_at=None).select_related("owner", "done_by").first()
        if found is None or not (is_inside(person, record) or found.owner_id == person.pk):
            raise Http404
        body = body_of(request, ("is_done",), ("is_done",))
        return answer(check_form(parts.tick(found, record, is_done=typed(body, "is_done", bool, False), by=person, channel="api")))

    def list_efforts(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number, *PAGED)
        insiders_only(person, record)
        rows = Effort.objects.filter(card_id=record.pk, removed_at=None).select_related("person")
        return listed(request, [rows], "id", lambda found: [effort_form(e) for e in found])

    def add_effort(request: HttpRequest, number: str) -> HttpResponse:
        person, record = asked(request, number)
        insiders_only(person, record)
        body = body_of(request, ("minutes", "activity", "spent_on", "note", "person"), ("minutes",))
        minutes = typed(body, "minutes", int, 0)
        if not 1 <= minutes <= 6000:
            raise faulty("minutes", _("Effort is between 1 minute and 100 hours at a time."))
        made = parts.spend(
            record,
            minutes=minutes,
            activity=typed(body, "activity", str, ""),
            spent_on=day_in(body, "spent_on"),
            note=typed(body, "note", str, ""),
            person=person_in(body, "person", person),
            by=person,
            channel="api",
        )
        return answer(effort_form(made), status=201)

    return {
        view.__name__: view
        for view in (
            list_comments,
            add_comment,
            list_links,
            add_link,
            remove_link,
            list_tags,
            set_tags,
            list_watchers,
            add_watcher,
            remove_watcher,
            list_checks,
            add_check,
            tick_check,
            list_efforts,
            add_effort,
        )
    }
