"""What goes along with requests, their tasks and accesses: by which version something was ordered, and to which request the others belong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.beside import Beside, Taking, Told, references
from plimsoll.kernel.records.models import Record, gate_open
from plimsoll.resolution.requests.models import AccessRight, FulfilmentTask, ModelVersion, Request


class VersionBeside(Beside):
    """The version that it was ordered by: its number, and the digest of what it says."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
        keys = {r.model_version_id for r in records if r.model_version_id is not None}
        versions = {pk: (number, digest) for pk, number, digest in ModelVersion.objects.filter(pk__in=keys).values_list("pk", "number", "digest")}
        return {
            r.pk: {"version": {"number": versions[r.model_version_id][0], "digest": versions[r.model_version_id][1]}}
            for r in records
            if r.model_version_id in versions
        }

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        assert isinstance(record, Request)
        wanted = told.get("version") or {}
        rows = ModelVersion.objects.filter(request_model=record.request_model_id, number=wanted.get("number", 0), digest=wanted.get("digest", ""))
        version = rows.exclude(published_at=None).first()
        if version is None:
            return {"version": wanted} if wanted else {}
        _point(Request, record, model_version=version)
        return {}


class TaskBeside(Beside):
    """The request or the access that it is for, and which task of the version it is."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
        seen = references([key for r in records for key in (r.request_id, r.access_id)], by)
        return {
            r.pk: {
                name: value
                for name, value in (("request", seen.get(r.request_id)), ("access", seen.get(r.access_id)), ("plan_key", r.plan_key))
                if value
            }
            for r in records
        }

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        request, access = taking.card(told.get("request")), taking.card(told.get("access"))
        _point(FulfilmentTask, record, request_id=request, access_id=access, plan_key=told.get("plan_key", ""))
        return {name: told[name] for name, found in (("request", request), ("access", access)) if told.get(name) and found is None}


class AccessBeside(Beside):
    """The request that gave it, and when it was reminded of and taken away."""

    def told(self, records: Sequence[Any], by: Person) -> Told:
        seen = references([r.request_id for r in records], by)
        return {
            r.pk: {
                name: value
                for name, value in (("request", seen.get(r.request_id)), ("reminded_at", r.reminded_at), ("ended_at", r.ended_at))
                if value is not None
            }
            for r in records
        }

    def take(self, record: Record, told: Mapping[str, Any], taking: Taking) -> dict[str, Any]:
        request = taking.card(told.get("request"))
        moments = {name: datetime.fromisoformat(told[name]) for name in ("reminded_at", "ended_at") if told.get(name)}
        _point(AccessRight, record, request_id=request, **moments)
        return {"request": told["request"]} if told.get("request") and request is None else {}


def _point(model: type[Record], record: Record, **values: Any) -> None:
    """What follows from the record's past and was never entered by anybody: part of the replay, and no act of its own."""
    with gate_open():
        model.objects.filter(pk=record.pk).update(**values)
