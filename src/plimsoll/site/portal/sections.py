"""What rooms put into the portal. Each is a plain function named here once; a room that is not there leaves its line out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import type_of
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.permissions import is_inside
from plimsoll.kernel.search.alike import beginning, telling_words
from plimsoll.kernel.ui.panels import Act
from plimsoll.resolution.majors.queries import PublicMajor, open_majors_for
from plimsoll.resolution.requests.models import FulfilmentTask, Request
from plimsoll.resolution.requests.pages.record import answers_shown, way_of
from plimsoll.resolution.requests.plan import Plan
from plimsoll.resolution.requests.queries import orderable, plan_known
from plimsoll.resolution.requests.words import cost_words, promise_words


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that one may order, as a card."""

    href: str
    title: str
    text: str
    facts: tuple[str, ...]
    heading: str


def things(person: Person, words: str = "") -> list[Thing]:
    """What this person may order."""
    return [
        Thing(
            f"/portal/order/{o.model.number}/",
            o.model.title,
            o.model.description.partition("\n")[0][:200],
            tuple(fact for fact in (cost_words(o.plan), promise_words(o.plan)) if fact),
            o.model.heading,
        )
        for o in orderable(person, words)
    ]


def things_near(person: Person, text: str) -> list[Thing]:
    """What this person may order that holds at least one telling word of a sentence."""
    found = {t.href: t for word in telling_words(text) for t in things(person, beginning(word))}
    return list(found.values())


def running_now(person: Person) -> list[PublicMajor]:
    """What is wrong for many just now, as it was told to customers."""
    return open_majors_for(person)


def request_way(record: Record) -> list[tuple[str, str]]:
    """The line of dots of a request: ordered, each step of its approval, the work, ready, closed."""
    assert isinstance(record, Request)
    plan = plan_known(record.tenant, record.model_version_id) or Plan()
    tasks = list(FulfilmentTask.objects.filter(request=record.pk).values_list("is_open", flat=True))
    return [(f"{d['label']}: {d['small']}" if d["small"] else d["label"], d["step"]) for d in way_of(record, plan, tasks, is_inside=False)]


def request_answers(record: Record) -> list[tuple[str, str]]:
    """What was filled in when it was ordered."""
    assert isinstance(record, Request)
    plan = plan_known(record.tenant, record.model_version_id) or Plan()
    cost = cost_words(plan)
    return [*([(_("Cost"), cost)] if cost else []), *answers_shown(plan, record)]


def customer_view(record: Record, person: Person) -> list[Act]:
    """The way from the inside page to what the customer sees of it."""
    if not is_inside(person, record):
        return []
    return [Act(_("What the customer sees"), f"/portal/{type_of(record).plural_kind}/{record.number}/", "eye")]


WAYS: Mapping[str, Callable[[Record], list[tuple[str, str]]]] = {"request": request_way}
ANSWERS: Mapping[str, Callable[[Any], list[tuple[str, str]]]] = {"request": request_answers}
