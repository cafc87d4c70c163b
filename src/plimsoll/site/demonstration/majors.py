"""The major incidents of the demonstration, through the ordinary writes; what `majors.toml` says happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.macros.operations import keep_macro
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import move
from plimsoll.resolution.majors.models import MajorIncident, MajorReview, ProcedureStep
from plimsoll.resolution.majors.operations import note_down, send_update, take_role, tick_step
from plimsoll.resolution.majors.proposing import declare_major
from plimsoll.resolution.majors.record import MAJOR
from plimsoll.resolution.majors.reviewing import decide
from plimsoll.site.demonstration.content import Act, read, span


class Stage(Protocol):
    """Who there is, and the records made so far, by the keys of the content."""

    people: dict[str, Person]
    records: dict[str, Record]


def acts(now: datetime) -> Iterator[Act]:
    """What happened to them, each with its moment."""
    for major in read("majors")["majors"]:
        at = now - span(major["ago"])
        yield Act(at, major["key"], major["by"], "major_declare", {"incident": major["incident"], "title": major["title"]})
        for after, by, do, values in major["steps"]:
            at += span(after)
            yield Act(at, major["key"], by, do, values)


def keep_texts(stage: Stage) -> None:
    """The texts that everybody here may begin an update with."""
    for row in read("majors")["texts"]:
        keep_macro(by=stage.people["dev"], channel="set-up", record_type=MAJOR, audience="all", **row)
    for row in read("incidents")["texts"]:
        keep_macro(by=stage.people["dev"], channel="set-up", record_type=type_named("incident"), audience="all", **row)


def _major(stage: Stage, key: str) -> MajorIncident:
    return MajorIncident.objects.select_related("organization", "tenant", "lead").get(pk=stage.records[key].pk)


def _review(stage: Stage, key: str) -> MajorReview:
    return MajorReview.objects.select_related("organization", "tenant", "major").get(major=stage.records[key].pk)


def _declare(stage: Stage, act: Act, by: Person) -> None:
    lead: Any = stage.records[act.values["incident"]]
    stage.records[act.key] = declare_major(lead, by=by, channel="page", title=act.values["title"], at=act.at)


def _role(stage: Stage, act: Act, by: Person) -> None:
    take_role(_major(stage, act.key), act.values["role"], by=by, channel="page", at=act.at)


def _step(stage: Stage, act: Act, by: Person) -> None:
    major = _major(stage, act.key)
    tick_step(ProcedureStep.objects.get(major=major, position=act.values["step"]), major, is_done=True, by=by, channel="page", at=act.at)


def _tell(stage: Stage, act: Act, by: Person) -> None:
    later = act.values.get("later")
    send_update(
        _major(stage, act.key),
        text=act.values["text"],
        audience=act.values["audience"],
        by=by,
        channel="page",
        at=act.at,
        next_due_at=act.at + timedelta(minutes=later) if later else None,
        replies=False,
    )


def _note(stage: Stage, act: Act, by: Person) -> None:
    note_down(_major(stage, act.key), text=act.values["text"], by=by, channel="page", at=act.at)


def _todo(stage: Stage, act: Act, by: Person) -> None:
    parts.add_check(_major(stage, act.key), text=act.values["text"], by=by, channel="page", owner=stage.people[act.values["owner"]], at=act.at)


def _resolve(stage: Stage, act: Act, by: Person) -> None:
    move(_major(stage, act.key), "resolve", by=by, channel="page", fields=act.values, at=act.at)


def _begin(stage: Stage, act: Act, by: Person) -> None:
    move(_review(stage, act.key), "begin", by=by, channel="page", fields={"owner": by, **act.values}, at=act.at)


def _decide(stage: Stage, act: Act, by: Person) -> None:
    owner = stage.people[act.values["owner"]]
    said = {name: act.values[name] for name in ("kind", "text")}
    decide(_review(stage, act.key), **said, owner=owner, by=by, channel="page", at=act.at)


def _finish(stage: Stage, act: Act, by: Person) -> None:
    move(_review(stage, act.key), "finish", by=by, channel="page", fields=act.values, at=act.at)


PLAYED: Mapping[str, Callable[[Any, Act, Person], None]] = {
    "major_declare": _declare,
    "major_role": _role,
    "major_step": _step,
    "major_tell": _tell,
    "major_note": _note,
    "major_todo": _todo,
    "major_resolve": _resolve,
    "review_begin": _begin,
    "review_decide": _decide,
    "review_finish": _finish,
}
