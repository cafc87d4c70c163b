"""Bulk acts on more rows than a request should wait for: one transaction per row, with what became of each in the job's result."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.records.undoing import way_back
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.tasks.registry import task
from plimsoll.kernel.tasks.running import JobContext
from plimsoll.kernel.ui.bulk import Acts, attempt


@task(name="ui.bulk", label=gettext_lazy("Move or give away many records"), attempts=1)
def bulk(*, kind: str, cards: list[int], act: str, fields: dict[str, Any], note: str, by: int, job: JobContext) -> dict[str, Any]:
    """Make a move (or "amend") with each record that the person may still see. Runs once: a row that was moved is not moved again."""
    person = Person.objects.select_related("tenant", "organization").get(pk=by)
    found = {r.pk: r for r in type_named(kind).model.objects.visible_to(person).filter(pk__in=cards)}
    stayed: dict[str, str] = {}
    flow, acts = workflow_of(person.tenant, kind), Acts(person)
    done = []
    for number, key in enumerate(cards, start=1):
        record = found.get(key)
        if record is not None:
            reasons = attempt(
                lambda r=record: (
                    amend(r, by=person, channel="task", **fields)
                    if act == "amend"
                    else move(r, act, by=person, channel="task", fields=fields, note=note)
                )
            )
            if reasons:
                stayed[record.reference] = " ".join(reasons)
            elif act == "amend" or way_back(flow, record.state, flow.move(act).target) is not None:
                done.append(record)
        job.progress(number, len(cards))
    return {"done": len(found) - len(stayed), "stayed": stayed, "entries": acts.on(done)}
