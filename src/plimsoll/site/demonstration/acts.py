"""What people of the demonstration do, each through the ordinary write of the house, at its own time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from plimsoll.agreements.relationships.operations import rate
from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import amend, move, open_record
from plimsoll.resolution.incidents import merging, operations as incidents
from plimsoll.resolution.incidents.models import Category
from plimsoll.site.demonstration import majors
from plimsoll.site.demonstration.content import Act

ORIGIN = "demonstration"


class Stage:
    """Who and what there is, by the keys of the content, while the story is told."""

    def __init__(
        self, people: dict[str, Person], organizations: dict[str, Organization], teams: dict[str, Team], categories: dict[str, Category]
    ) -> None:
        self.people, self.organizations, self.teams, self.categories = people, organizations, teams, categories
        self.records: dict[str, Record] = {}

    def play(self, act: Act) -> None:
        """Let one act happen. What the house refuses is a fault of the content and is raised."""
        by = self.people[act.by]
        if act.do in majors.PLAYED:
            majors.PLAYED[act.do](self, act, by)
            return
        if act.do == "open":
            self.records[act.key] = self._open(act, by)
            return
        record = self.records[act.key]
        known: Callable[[Record, Person, datetime, dict[str, Any]], Any] | None = getattr(self, f"_{act.do}", None)
        if known is not None:
            known(record, by, act.at, act.values)
        else:
            self._move(record, act.do, by, act.at, act.values)

    def resolved(self, values: dict[str, Any]) -> dict[str, Any]:
        """Keys of the content as what they name."""
        places: dict[str, dict[str, Any]] = {
            "requester": self.people,
            "owner": self.people,
            "team": self.teams,
            "service": self.records,
            "classification": self.categories,
            "organization": self.organizations,
        }
        return {name: places[name][value] if name in places else value for name, value in values.items()}

    def channel_of(self, by: Person) -> str:
        if by.kind == "system":
            return "task"
        return "page" if by.organization and by.organization.kind == "provider" else "portal"

    def _open(self, act: Act, by: Person) -> Record:
        values = self.resolved({k: v for k, v in act.values.items() if k not in ("kind", "extra")})
        if act.values["kind"] == "incident":
            values.setdefault("requester", by)
            values.setdefault("organization", values["requester"].organization)
        return open_record(
            type_named(act.values["kind"]),
            by=by,
            channel=self.channel_of(by),
            at=act.at,
            origin=ORIGIN,
            **values,
            **({"extra": act.values["extra"]} if "extra" in act.values else {}),
        )

    def _move(self, record: Record, name: str, by: Person, at: datetime, values: dict[str, Any]) -> None:
        fields = self.resolved({k: v for k, v in values.items() if k != "note"})
        move(record, name, by=by, channel=self.channel_of(by), fields=fields, note=values.get("note", ""), at=at)

    def _amend(self, record: Record, by: Person, at: datetime, values: dict[str, Any]) -> None:
        amend(record, by=by, channel=self.channel_of(by), at=at, **self.resolved(values))

    def _note(self, record: Record, by: Person, at: datetime, values: dict[str, Any]) -> None:
        parts.comment(record, text=values["text"], is_public=False, by=by, channel=self.channel_of(by), at=at)

    def _reply(self, record: Record, by: Person, at: datetime, values: dict[str, Any]) -> None:
        parts.comment(record, text=values["text"], is_public=True, by=by, channel=self.channel_of(by), at=at)

    def _resolution(self, values: dict[str, Any]) -> dict[str, Any]:
        names = {
            "code": "resolution_code",
            "cause": "cause_code",
            "text": "resolution_note",
            "item": "configuration_item",
            "item_missing": "item_missing_reason",
        }
        return {names[k]: v for k, v in values.items() if k in names}

    def _resolve(self, record: Record, by: Person, at: datetime, values: dict[str, Any]) -> None:
        self._move(record, "resolve", by, at, self._resolution(values) | {"note": values.get("note", "")})

    def _children(self, record: Any, by: Person, at: datetime, values: dict[str, Any]) -> None:
        _parent, results = incidents.resolve_with_children(record, by=by, channel=self.channel_of(by), fields=self._resolution(values), at=at)
        if left := [r for r in results if r.reasons]:
            raise ValueError(f"{left[0].reference} did not go along: {' '.join(left[0].reasons)}")

    def _child(self, record: Any, by: Person, at: datetime, values: dict[str, Any]) -> None:
        incidents.add_child(record, self.records[values["of"]], by=by, channel=self.channel_of(by), at=at)  # type: ignore[arg-type]

    def _duplicate(self, record: Any, by: Person, at: datetime, values: dict[str, Any]) -> None:
        merging.merge(record, self.records[values["of"]], by=by, channel=self.channel_of(by), note=values["note"], at=at)  # type: ignore[arg-type]

    def _link(self, record: Record, by: Person, at: datetime, values: dict[str, Any]) -> None:
        parts.link(record, values["meaning"], self.records[values["to"]], by=by, channel=self.channel_of(by), at=at)

    def _tag(self, record: Record, by: Person, at: datetime, values: dict[str, Any]) -> None:
        parts.tag(record, values["tags"], by=by, channel=self.channel_of(by), at=at)

    def _check(self, record: Record, by: Person, at: datetime, values: dict[str, Any]) -> None:
        item = parts.add_check(record, text=values["text"], by=by, channel=self.channel_of(by), at=at)
        if values["done"]:
            parts.tick(item, record, is_done=True, by=by, channel=self.channel_of(by), at=at)

    def _spend(self, record: Record, by: Person, at: datetime, values: dict[str, Any]) -> None:
        parts.spend(record, minutes=values["minutes"], activity=values["activity"], by=by, channel=self.channel_of(by), at=at)

    def _attach(self, record: Record, by: Person, at: datetime, values: dict[str, Any]) -> None:
        parts.attach(
            record, name=values["name"], content=values["text"].encode(), is_public=values["public"], by=by, channel=self.channel_of(by), at=at
        )

    def _rate(self, record: Record, by: Person, at: datetime, values: dict[str, Any]) -> None:
        rate(record, score=values["score"], comment=values["comment"], by=by, channel=self.channel_of(by), at=at)

    def _watch(self, record: Record, by: Person, at: datetime, values: dict[str, Any]) -> None:
        parts.watch(record, person=self.people[values["person"]], by=by, channel=self.channel_of(by), at=at)
