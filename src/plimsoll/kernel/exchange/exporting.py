"""Records on their way out: one line a record, with everything that hangs on it, by names and never by database ids.

Only what the person may see leaves (`visible_to`); people outside the provider get what their pages show. Memory is bounded: a batch
of records at a time. `docs/reference/mapping.md` describes the line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import models

from plimsoll.kernel.access.queries import allows, check as check_word, reach
from plimsoll.kernel.exchange.creating import creator_of
from plimsoll.kernel.identity.models import Organization, Person, Team
from plimsoll.kernel.lib.text import canonical, plain
from plimsoll.kernel.records.beside import beside, people_in, references, written
from plimsoll.kernel.records.customs import customs_of
from plimsoll.kernel.records.declaration import RecordType
from plimsoll.kernel.records.models import Attachment, ChecklistItem, Comment, Effort, Link, Record, Share, Tag, WorkflowVersion
from plimsoll.kernel.records.queries import visible_cards
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.trail.models import Detail, Entry

BATCH = 200
# Changes of an entry that are database ids of parts: they mean nothing elsewhere.
IDS = frozenset({"item"})
# What outsiders may read of a trail: the life of the record, not the work on it.
OUTSIDE_ACTIONS_LEFT_OUT = frozenset(
    {"note", "link", "unlink", "tag", "watch", "unwatch", "add check", "tick", "untick", "spend", "detach", "attach", "redact", "erase"}
)


def exported(
    record_type: RecordType,
    *,
    by: Person,
    with_history: bool = False,
    progress: Callable[[int], None] = lambda done: None,
    parts: Sequence[Any] | None = None,
) -> Iterator[dict[str, Any]]:
    """Every record of a kind that this person may see, by number. Raises `Refused` without the word `export:run`.

    With `parts`, as `records.filters.apply` gives them, only those: what is not visible stays out whatever the parts hold.
    """
    check_word(by, "export:run")
    batch_of = _Batch(record_type, by, with_history)
    visible = record_type.model.objects.visible_to(by)
    last, done = 0, 0
    wanted = [visible] if parts is None else parts
    while keys := _next_numbers(wanted, last):
        records = list(visible.filter(number__in=keys).order_by("number").select_related("tenant", "organization"))
        yield from batch_of.lines(records)
        last, done = keys[-1], done + len(records)
        progress(done)


def _next_numbers(parts: Sequence[Any], last: int) -> list[int]:
    """The next batch of numbers, in order; a record may stand in several parts."""
    found = {n for part in parts for n in part.filter(number__gt=last).order_by("number").values_list("number", flat=True)[:BATCH]}
    return sorted(found)[:BATCH]


def as_json_line(line: dict[str, Any]) -> str:
    """The one text of a line: sorted keys, so that equal records give equal bytes."""
    return canonical(line) + "\n"


class _Batch:
    """Lines of records, a constant number of queries a batch."""

    def __init__(self, record_type: RecordType, by: Person, with_history: bool) -> None:
        self.type, self.by, self.with_history = record_type, by, with_history
        self.inside = reach(by, f"{record_type.kind}:internal")
        own = {f.name for f in Record._meta.local_fields} | {"card", *record_type.derived}
        self.fields = [f.name for f in record_type.model._meta.concrete_fields if f.name not in own]
        self.foreign = {
            f.name: f.related_model for f in record_type.model._meta.concrete_fields if isinstance(f, models.ForeignKey) and f.name in self.fields
        }
        # Derived ones stand in no field of the line, but the trail tells of them: a record by its reference, anything else by its name.
        self.derived = {
            f.name: Card if issubclass(f.related_model, Record) else f.related_model
            for f in record_type.model._meta.concrete_fields
            if isinstance(f, models.ForeignKey) and f.name in record_type.derived and isinstance(f.related_model, type)
        }
        self.customs = {c.name: c for c in customs_of(by.tenant, record_type.kind)}
        newest = WorkflowVersion.objects.filter(tenant=by.tenant, kind=record_type.kind).order_by("-number").values_list("changes", flat=True).first()
        self.workflow = {k: v for k, v in (newest or {}).items() if k in ("states", "moves", "extend")}
        self.added_states = {row["name"] for row in self.workflow.get("states", ())}
        self.names: dict[tuple[type[models.Model], int], str] = {}
        self.people: dict[int, Person] = {}

    def lines(self, records: Sequence[Any]) -> Iterator[dict[str, Any]]:
        keys = [r.pk for r in records]
        self.parts = {model: self._by_card(model, keys) for model in (Comment, Attachment, ChecklistItem, Effort)}
        self.shares = self._by_card(Share, keys, why="watcher", until=None)
        self.tags: dict[int, list[str]] = {}
        for card, name in Tag.objects.filter(cards__in=keys).order_by("name").values_list("cards", "name"):
            self.tags.setdefault(card, []).append(name)
        self.links = self._links(keys)
        self.beside = [(thing.is_public, thing.told(records, self.by)) for thing in beside(self.type.kind)]
        self.trail = self._trail(keys) if self.with_history else {}
        self._load_names(records)
        for record in records:
            yield self._line(record)

    def _by_card(self, model: type[models.Model], keys: Sequence[int], **where: Any) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        if model in (Attachment, ChecklistItem, Effort):
            where["removed_at"] = None
        rows = model._default_manager.filter(card__in=keys, **where).order_by("pk")
        for row in rows.select_related("entry") if model is Comment else rows:
            found.setdefault(row.card_id, []).append(row)  # type: ignore[attr-defined]
        return found

    def _links(self, keys: Sequence[int]) -> dict[int, list[dict[str, str]]]:
        rows = list(
            Link.objects.filter(source__in=keys)
            .order_by("meaning", "target__kind", "target__number")
            .values_list("source", "meaning", "target", "target__reference")
        )
        seen: set[int] = set()
        for part in visible_cards(self.by, Card.objects.filter(pk__in={row[2] for row in rows})) if rows else ():
            seen.update(part.values_list("pk", flat=True))
        found: dict[int, list[dict[str, str]]] = {}
        for source, meaning, target, reference in rows:
            if target in seen:
                found.setdefault(source, []).append({"meaning": meaning, "target": reference})
        return found

    def _trail(self, keys: Sequence[int]) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        details = dict(Detail.objects.filter(entry__card__in=keys).values_list("entry_id", "values"))
        for row in (
            Entry.objects.filter(card__in=keys)
            .order_by("card", "position")
            .values("id", "card_id", "position", "action", "at", "recorded_at", "actor_id", "channel", "changes")
        ):
            entry: dict[str, Any] = {**row, "changes": json.loads(row["changes"]), "detail": details.get(row["id"], {})}
            found.setdefault(entry["card_id"], []).append(entry)
        return found

    # Names instead of ids

    def _model_of(self, name: str) -> type[models.Model] | None:
        """What a change of this name points to."""
        if name.startswith("extra."):
            custom = self.customs.get(name.removeprefix("extra."))
            return Person if custom is not None and custom.type == "person" else None
        if name == "organization":
            return Organization
        return Person if name in ("watcher", "opened_by") else self.foreign.get(name) or self.derived.get(name)

    def _load_names(self, records: Sequence[Any]) -> None:
        wanted: dict[type[models.Model], set[int]] = {}

        def want(model: type[models.Model] | None, pk: Any) -> None:
            if model is not None and isinstance(pk, int) and (model, pk) not in self.names:
                wanted.setdefault(model, set()).add(pk)

        for record in records:
            want(Organization, record.organization_id)
            want(Person, record.opened_by_id)
            for name, model in self.foreign.items():
                want(model, getattr(record, f"{name}_id"))
            for name, value in record.extra.items():
                want(self._model_of(f"extra.{name}"), value)
            for entry in self.trail.get(record.pk, ()):
                want(Person, entry["actor_id"])
                for source in (entry["changes"], entry["detail"]):
                    for name, pair in source.items():
                        if isinstance(pair, list):
                            for value in pair:
                                want(self._model_of(name), value)
        for rows, attribute in (
            (self.parts[Comment], "author_id"),
            (self.parts[Attachment], "added_by_id"),
            (self.parts[ChecklistItem], "owner_id"),
            (self.parts[ChecklistItem], "done_by_id"),
            (self.parts[Effort], "person_id"),
            (self.shares, "person_id"),
        ):
            for parts in rows.values():
                for part in parts:
                    want(Person, getattr(part, attribute))
        for pk in people_in([told for _is_public, told in self.beside]):
            want(Person, pk)
        if keys := wanted.pop(Card, set()):
            self.names |= {(Card, pk): reference for pk, reference in references(list(keys), self.by).items()}
        for model, keys in wanted.items():
            creator = creator_of(model)
            things = model._default_manager.filter(pk__in=keys)
            for thing in things.select_related("organization") if model in (Person, Team) else things:
                self.names[model, thing.pk] = creator.key(thing) if creator else str(thing)
                if isinstance(thing, Person):
                    self.people[thing.pk] = thing
                elif isinstance(thing, Team):
                    self.names[Organization, thing.organization_id] = thing.organization.name

    def _name(self, model: type[models.Model], pk: Any, used: dict[str, Any]) -> Any:
        if pk is None:
            return None
        name = self.names.get((model, pk))
        if name is not None and model is Person:
            person = self.people[pk]
            told = {
                "name": person.name,
                "email": person.email,
                "external_reference": person.external_reference or None,
                "organization": person.organization.name if person.organization else None,
                "kind": "system" if person.kind == "system" else None,
            }
            used.setdefault("people", {})[name] = {k: v for k, v in told.items() if v}
        return name

    def _value(self, name: str, value: Any, used: dict[str, Any]) -> Any:
        model = self._model_of(name)
        return self._name(model, value, used) if model is not None and isinstance(value, int) else plain(value)

    # The line

    def _line(self, record: Any) -> dict[str, Any]:
        inside = allows(
            self.inside,
            tenant=record.tenant_id,
            organization=record.organization_id,
            service=getattr(record, "service_id", None),
            access_class=record.access_class,
            shared=lambda: False,
        )
        used: dict[str, Any] = {}
        hidden = frozenset() if inside else frozenset(self.type.internal)
        imported = dict(record.imported)
        origin = imported.pop("origin", record.origin)
        kept = imported.pop("more", {})  # what an import did not find here, in the words of its file
        line: dict[str, Any] = {
            "kind": record.kind,
            "number": record.number,
            "reference": f"{self.type.prefix}-{record.number}",
            "title": record.title,
            "state": record.state,
            "category": record.category,
            "opened_at": plain(record.opened_at),
            "opened_by": self._name(Person, record.opened_by_id, used),
            "changed_at": plain(record.changed_at),
            "origin": origin,
            "source": record.source,
            "external_reference": record.external_reference,
            "organization": record.organization.name,
            "organization_kind": record.organization.kind,
            "access_class": record.access_class,
            "fields": {
                name: self._value(name, getattr(record, f"{name}_id" if name in self.foreign else name), used)
                for name in self.fields
                if name not in hidden
            },
            "extra": {
                name: self._value(f"extra.{name}", value, used) for name, value in record.extra.items() if inside or self._is_public_custom(name)
            },
        }
        if inside:
            line["imported"] = imported
            if more := {**kept, **self._beside(record, used, is_public=False)}:
                line["more"] = more
        line |= self._parts_of(record, inside, used)
        if self.with_history:
            line["trail"] = [told for entry in self.trail.get(record.pk, ()) if (told := self._entry(entry, inside, hidden, used)) is not None]
            if inside and self.added_states and self.added_states & _states_of(line):
                line["workflow"] = self.workflow
        if inside:
            line |= used
        return line

    def _is_public_custom(self, name: str) -> bool:
        custom = self.customs.get(name)
        return custom is not None and custom.is_public

    def _parts_of(self, record: Any, inside: bool, used: dict[str, Any]) -> dict[str, Any]:
        def person(pk: int | None) -> Any:
            return self._name(Person, pk, used)

        parts: dict[str, Any] = {
            "comments": [
                {
                    "at": plain(c.at),
                    "by": person(c.author_id),
                    "is_public": c.is_public,
                    "text": c.text,
                    **({"position": c.entry.position if c.entry else 0} if inside else {}),
                }
                for c in self.parts[Comment].get(record.pk, ())
                if c.redacted_at is None and (inside or c.is_public)
            ],
            "attachments": [
                {
                    "name": a.name,
                    "content_type": a.content_type,
                    "size": a.size,
                    "digest": a.digest,
                    "is_public": a.is_public,
                    "scan": a.scan,
                    "by": person(a.added_by_id),
                    "at": plain(a.added_at),
                }
                for a in self.parts[Attachment].get(record.pk, ())
                if inside or a.is_public
            ],
            "links": self.links.get(record.pk, []),
        }
        if inside:
            parts |= {
                "tags": self.tags.get(record.pk, []),
                "watchers": sorted(name for s in self.shares.get(record.pk, ()) if (name := person(s.person_id))),
                "checklist": [
                    {
                        "text": i.text,
                        "owner": person(i.owner_id),
                        "due_at": plain(i.due_at),
                        "done_at": plain(i.done_at),
                        "done_by": person(i.done_by_id),
                    }
                    for i in self.parts[ChecklistItem].get(record.pk, ())
                ],
                "effort": [
                    {"by": person(e.person_id), "minutes": e.minutes, "activity": e.activity, "spent_on": plain(e.spent_on), "note": e.note}
                    for e in self.parts[Effort].get(record.pk, ())
                ],
            }
        parts |= self._beside(record, used, is_public=True)
        return {name: rows for name, rows in parts.items() if rows}

    def _beside(self, record: Any, used: dict[str, Any], *, is_public: bool) -> dict[str, Any]:
        """What goes along with the record: in the line itself, or in `more`."""
        members = {name: value for of, told in self.beside if of == is_public for name, value in told.get(record.pk, {}).items()}
        found: dict[str, Any] = plain(written(members, lambda pk: self._name(Person, pk, used)))
        return found

    def _entry(self, entry: dict[str, Any], inside: bool, hidden: frozenset[str], used: dict[str, Any]) -> dict[str, Any] | None:
        """An entry by names; `texts` are the values that can be erased. None when it is not for this reader."""
        if not inside and entry["action"] in OUTSIDE_ACTIONS_LEFT_OUT:
            return None
        changes: dict[str, Any] = {}
        texts: dict[str, Any] = {}
        for name, pair in entry["changes"].items():
            if name in IDS or (not inside and not self._is_for_outsiders(name, hidden)):
                continue
            if isinstance(pair, dict):
                texts[name] = [self._value(name, value, used) for value in entry["detail"].get(name, [None, None])]
            else:
                changes[name] = [self._value(name, value, used) for value in pair]
        note = texts.pop("note", [None, None])[1]
        # Without positions outside: their gaps would tell how much is said internally.
        told = {
            "position": entry["position"] if inside else None,
            "action": entry["action"],
            "at": plain(entry["at"]),
            "recorded_at": plain(entry["recorded_at"]),
            "by": self._name(Person, entry["actor_id"], used),
            "channel": entry["channel"],
            "changes": changes,
            "texts": texts,
            "note": note,
        }
        return {k: v for k, v in told.items() if v not in (None, {})}

    def _is_for_outsiders(self, name: str, hidden: frozenset[str]) -> bool:
        if name.startswith("extra."):
            return self._is_public_custom(name.removeprefix("extra."))
        return name in ("state", "organization", "text") or (name in self.type.fields and name not in hidden)


def _states_of(line: dict[str, Any]) -> set[str]:
    states = {line["state"]}
    for entry in line["trail"]:
        states.update(s for s in entry.get("changes", {}).get("state", ()) if s)
    return states


__all__ = ["as_json_line", "exported"]
