"""Writes of processes beside open, amend, move and those of parts: a draft begun from one of the list that is shipped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from plimsoll.context.parts.operations import add_part
from plimsoll.context.processes.content import Starter
from plimsoll.context.processes.models import Process
from plimsoll.context.processes.parts import ACTIVITIES, FLOWS
from plimsoll.context.processes.rules import listed
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.db import writing
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.operations import open_record


def begin(starter: Starter, *, by: Person, channel: str, at: datetime | None = None, **values: Any) -> Process:
    """A draft with what the list says, parts included; what this version has no records of is left out. Needs `process:open` and `:amend`."""
    known = {rt.kind for rt in declared()}
    said: dict[str, Any] = {name: getattr(starter, name) for name in ("title", "clauses", "purpose", "covers", "stage")}
    said["kinds"] = ", ".join(kind for kind in listed(starter.kinds) if kind in known)
    with writing():
        made = open_record(type_named("process"), by=by, channel=channel, at=at, **(said | values))
        assert isinstance(made, Process)
        for name in starter.activities:
            add_part(ACTIVITIES, made, {"name": name}, by=by, channel=channel, at=at)
        for what, outside in starter.inputs:
            add_part(FLOWS, made, {"direction": "input", "name": what, "outside": outside}, by=by, channel=channel, at=at)
        for what in starter.outputs:
            add_part(FLOWS, made, {"direction": "output", "name": what}, by=by, channel=channel, at=at)
    return made
