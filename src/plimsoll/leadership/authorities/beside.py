"""Versions of roles go out with their role, and their words are redacted with it; they are not taken in: authority never comes in by a file.
What a change touches goes out with it, and comes in where all of it is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from plimsoll.context.parts.beside import PartsBeside
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.text import plain
from plimsoll.kernel.records.beside import Beside, Taking, Told, Who, Words
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.redaction import REPLACEMENT
from plimsoll.kernel.roles.models import RoleVersion
from plimsoll.leadership.authorities.parts import TOUCHED

TEXTS = ("purpose", "responsibilities")


class VersionsBeside(Beside):
    """The versions of a role, by number."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
        found: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for v in RoleVersion.objects.filter(role__in=[r.pk for r in records]).order_by("role", "number"):
            said = {name: plain(getattr(v, name)) for name in ("number", "title", *TEXTS, "words", "limits", "started_at", "ended_at")}
            found[v.role_id].append(said | {"approved_by": Who(v.approved_by_id)})
        return {key: {"versions": versions} for key, versions in found.items()}

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        return {"versions": told["versions"]} if told.get("versions") else {}

    def held(self, record: Record) -> list[Words]:
        return [
            Words(f"{name}-{v.pk}", f"{name}, version {v.number}", getattr(v, name), name, is_one_of_many=True)
            for v in RoleVersion.objects.filter(role=record.pk).order_by("pk")
            for name in TEXTS
            if getattr(v, name)
        ]

    def erase(self, record: Record, keys: Sequence[str]) -> None:
        for v in RoleVersion.objects.filter(role=record.pk):
            if gone := {name: REPLACEMENT for name in TEXTS if f"{name}-{v.pk}" in keys}:
                RoleVersion.objects.filter(pk=v.pk).update(**gone)


class TouchedBeside(PartsBeside):
    """What a change touches. Where a document or role is not here, all of it stays in the words of the file."""

    def __init__(self) -> None:
        super().__init__(TOUCHED)

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        rows = told.get(TOUCHED.plural, ())
        if all(taking.card(row.get("record")) for row in rows):
            return super().take(record, told, taking)
        return {TOUCHED.plural: rows}
