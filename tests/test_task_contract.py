"""Everything that runs in the background, over a record of each kind in each of its states: it ends, leaves the trail sound, does nothing twice."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Max, Sum
from django.utils import timezone

from plimsoll.agreements.levels.models import Recalculation
from plimsoll.agreements.levels.tests.test_levels import agreed
from plimsoll.context.scopes.models import Scope
from plimsoll.kernel.documents.models import DocumentVersion
from plimsoll.kernel.drafts.operations import keep_draft
from plimsoll.kernel.exchange.commands import write_export
from plimsoll.kernel.exchange.models import Run
from plimsoll.kernel.lib import time as clock
from plimsoll.kernel.notifications.mailing import gather_mails, plan_mails
from plimsoll.kernel.notifications.models import Mail
from plimsoll.kernel.presence.operations import be_there
from plimsoll.kernel.records import files, parts
from plimsoll.kernel.records.declaration import declared
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.tasks import registry
from plimsoll.kernel.tasks.models import Heartbeat, Job, Schedule
from plimsoll.kernel.tasks.running import run_waiting
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.trail.verify import verify
from plimsoll.planning.risks.models import RiskCriteria
from plimsoll.resolution.incidents.operations import add_child
from plimsoll.resolution.majors.keeping import keep_criterion
from plimsoll.resolution.majors.models import MajorIncident
from plimsoll.resolution.majors.operations import send_update
from plimsoll.resolution.majors.rules import RUNNING
from plimsoll.resolution.requests.models import AccessRight, Request
from plimsoll.resolution.requests.operations import order
from plimsoll.resolution.requests.plan import Plan, Step, TaskPlan
from plimsoll.resolution.requests.recurring import keep_recurrence
from plimsoll.site.serving import tasks as of_the_house  # no app, so not discovered
from plimsoll.site.serving.proving import compare_projections
from tests.api import Caller
from tests.cast import House
from tests.contracts import paths_of, ready, walk

Payload = dict[str, Any]
MOMENTS = (timedelta(0), timedelta(days=20), timedelta(days=40))


def nothing(house: House, folder: Path) -> Iterator[Payload]:
    """What runs by the clock takes nothing and finds by itself."""
    yield {}


def recalculations(house: House, folder: Path) -> Iterator[Payload]:
    """Each as it stands, and those that have their list have it made anew."""
    for found in Recalculation.objects.filter(tenant=house.tenant).select_related("tenant", "organization"):
        if found.state == "computed":
            move(found, "compute", by=house.ruth, channel="page")
        for act in ("compute", "apply"):
            yield {"recalculation": found.pk, "act": act, "by": house.ruth.pk}


def bulk_acts(house: House, folder: Path) -> Iterator[Payload]:
    """Every kind: a change of its records, and each of its moves, with some that can make it and one that can't."""
    for rt in declared():
        rows = rt.model.objects.filter(tenant=house.tenant)  # type: ignore[attr-defined]
        told: dict[str, Any] = {"kind": rt.kind, "note": "Together.", "by": house.ruth.pk}
        yield {**told, "cards": list(rows.values_list("pk", flat=True)[:20]), "act": "amend", "fields": {"title": "Told together"}}
        for move_name in dict.fromkeys(m.name for m in rt.workflow.moves):
            sources = rt.workflow.move(move_name).sources
            fitting, other = rows.filter(state__in=sources), rows.exclude(state__in=sources)
            cards = [*fitting.values_list("pk", flat=True)[:5], *other.values_list("pk", flat=True)[:1]]
            yield {**told, "cards": cards, "act": move_name, "fields": {}}


def imports(house: House, folder: Path) -> Iterator[Payload]:
    """Every kind: what was written out comes in again, where it is."""
    for rt in declared():
        file = folder / f"{rt.kind}.jsonl"
        with file.open("wb") as out:
            write_export(rt, out, form="jsonl", with_history=True, by=house.ruth)
        digest = files.store(file.read_bytes())
        run = Run.objects.create(
            tenant=house.tenant,
            kind=rt.kind,
            source="plimsoll",
            file_name=file.name,
            file_digest=digest,
            started_by=house.ruth,
            started_at=clock.now(),
        )
        yield {"run": run.pk}


def mails(house: House, folder: Path) -> Iterator[Payload]:
    plan_mails()
    gather_mails()
    for mail in Mail.objects.all():
        yield {"mail": mail.pk}


def replies(house: House, folder: Path) -> Iterator[Payload]:
    """An update to customers of each major incident that is told of any more."""
    for major in MajorIncident.objects.filter(tenant=house.tenant, state__in=RUNNING).select_related("tenant", "organization", "lead"):
        major.lead.tenant = major.tenant
        told = send_update(major, text="We know of it.", audience="customers", by=house.ruth, channel="page", replies=False)
        yield {"comment": told.comment_id, "after": 0}


def warnings(house: House, folder: Path) -> Iterator[Payload]:
    """After the rules of escalation changed."""
    yield {"of": house.tenant.pk, "since": clock.now().isoformat()}


def requests(house: House, folder: Path) -> Iterator[Payload]:
    for request in Request.objects.filter(tenant=house.tenant):
        yield {"request": request.pk}


def criteria(house: House, folder: Path) -> Iterator[Payload]:
    """Those in force, and those that no longer are."""
    for found in RiskCriteria.objects.filter(tenant=house.tenant):
        yield {"criteria": found.pk}


def accesses(house: House, folder: Path) -> Iterator[Payload]:
    for access in AccessRight.objects.filter(tenant=house.tenant):
        yield {"access": access.pk}


def asked_reviews(house: House, folder: Path) -> Iterator[Payload]:
    """A scope that documents in force name as what makes them be looked at."""
    DocumentVersion.objects.filter(state="valid").update(triggers=["scope"])
    for scope in Scope.objects.filter(tenant=house.tenant).order_by("pk")[:1]:
        yield {"tenant_id": house.tenant.pk, "trigger": "scope", "card_id": scope.pk}


# What each task is given. One that is missing here fails the first test: say what it is to be walked with.
def assessments(house: House, folder: Path) -> Iterator[Payload]:
    yield {"tenant_id": house.tenant.pk, "asked_at": clock.now().isoformat()}


WALKS: dict[str, Callable[[House, Path], Iterator[Payload]]] = {
    "awareness.ask": nothing,
    "conformity.assess": nothing,
    "conformity.assess_one": assessments,
    "documents.ask_reviews": asked_reviews,
    "documents.calendar": nothing,
    "documents.compare": nothing,
    "documents.distribute": nothing,
    "drafts.clear": nothing,
    "exchange.import": imports,
    "incidents.close_the_confirmed": nothing,
    "intake.clear": nothing,
    "knowledge.expire_overdue": nothing,
    "levels.recalculation": recalculations,
    "levels.remind": nothing,
    "majors.reply": replies,
    "measurements.compute": nothing,
    "notifications.send": mails,
    "presence.clear": nothing,
    "records.compare_a_sample": nothing,
    "requests.close_the_fulfilled": nothing,
    "requests.end_accesses": nothing,
    "requests.place_recurring": nothing,
    "requests.proceed": requests,
    "requests.proceed_access": accesses,
    "risks.judge_all": criteria,
    "authorities.daily": nothing,
    "targets.warn": warnings,
    "ui.bulk": bulk_acts,
    "upkeep.clear": nothing,
}
LAST = (bulk_acts, imports)  # they take records out of the states that others look for
TICKS = {"majors.late", "majors.propose", "notifications.mails", "seal the trail", "targets.escalate"}


IDLE = {
    "records.compare_a_sample",  # it compares, and says what it found
    # No document or intake of this house is old enough, no reader joins, and what warns was warned by the tick: their own tests have them busy.
    "documents.calendar",
    "documents.distribute",
    "intake.clear",
    "targets.warn",
}


def of_the_product(function: Callable[..., Any]) -> bool:
    return function.__module__.startswith("plimsoll.") and ".tests" not in function.__module__


def test_every_task_and_every_tick_is_walked() -> None:
    registry.discover()
    assert of_the_house.seal_new
    assert {t.name for t in registry.tasks() if of_the_product(t.function)} == set(WALKS)
    assert {t.name for t in registry.ticks() if of_the_product(t.function)} == TICKS
    assert {s.task for s in registry.schedules() if of_the_product(registry.find(s.task).function)} <= set(WALKS)  # type: ignore[union-attr]


def at_work(house: House) -> None:
    """A record of each kind in each of its states, and beside them what a task could stumble over."""
    agreed(house, house.office_hours, started_at=clock.now())
    house.incident("Opened before", at=clock.now() - timedelta(hours=2))
    keep_criterion(by=house.ruth, channel="page", name="Long", conditions={"minutes": 30})
    # Others name the first role and the first thing to order that there is, and those must stand: so these are walked last.
    for rt in sorted(declared(), key=lambda rt: rt.kind in ("role", "requestmodel")):
        for n, state in enumerate(paths_of(rt)):
            record = ready(house, rt, n, title=f"One that is {state}", organization=(house.brannock, house.strand_housing)[n % 2])
            parts.comment(record, text="Said", is_public=True, by=house.dev, channel="page")
            walk(house, rt, record, state, n)
            if soon := {name: timezone.localdate() + timedelta(days=10) for name in ("review_due_date", "review_on") if name in rt.fields}:
                amend(rt.model.objects.get(pk=record.pk), by=house.ruth, channel="page", **soon)  # type: ignore[attr-defined]
    keep_draft(person=house.ines, place="/incidents/new/", values={"title": ["Half a"]}, at=clock.now() - timedelta(days=1))
    be_there(person=house.ines, record=record, is_writing=True, at=clock.now() - timedelta(days=1))
    Caller(house.ines).post("incidents", {"title": "Once"}, **{"Idempotency-Key": "once"})
    lead = MajorIncident.objects.filter(state__in=RUNNING).order_by("pk")[0].lead
    add_child(lead, house.incident("Under it"), by=house.ruth, channel="page")  # type: ignore[arg-type]
    ordered(house)


def ordered(house: House) -> None:
    """Orders whose plans ask for more than nothing: an approval that nobody can give, tasks of two stages, an access that ends, a rhythm."""
    tasks = (TaskPlan("one", "First", team=house.desk.pk), TaskPlan("two", "Then", team=house.network.pk, stage=2))
    asked = house.offered("With approval", Plan(steps=(Step("Their line", is_line=True),), tasks=tasks))
    plain = house.offered("Without", Plan(tasks=tasks))
    access = house.offered("An access", Plan(access_days=30), type="access")
    for model in (asked, plain, access):
        order(model, {}, by=house.fresh(house.aoife), channel="page")
    retired = house.offered("Soon retired")
    for model in (plain, retired):
        keep_recurrence(model, {}, requester=house.aoife, every="month", starts_on=timezone.localdate(), by=house.ruth, channel="page")
    move(retired, "retire", by=house.ruth, channel="page", note="No more.")


OF_THE_QUEUE = (Job, Schedule, Heartbeat)


def standing() -> dict[str, Any]:
    """How much there is of everything, how often records were written, and how far the trail goes."""
    counted = {m._meta.label: m._base_manager.count() for m in apps.get_models() if m not in OF_THE_QUEUE and m._meta.app_label != "sessions"}
    written = {rt.kind: rt.model._base_manager.aggregate(all=Sum("version"))["all"] for rt in declared()}
    sent = Mail.objects.filter(state="sent").count()
    return {**counted, **written, "sent": sent, "newest": Entry.objects.aggregate(n=Max("id"))["n"]}


def did(told: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    return {name: (told[name], then[name]) for name in then if told[name] != then[name]}


def failed_jobs() -> list[str]:
    return [f"{job.task} {job.payload}: {job.error[-600:]}" for job in Job.objects.exclude(state__in=("done", "waiting"))]


def settle() -> None:
    """Run what was asked for, and what that asks for."""
    for _turn in range(20):
        if run_waiting() == 0:
            return
    raise AssertionError(f"Jobs ask for jobs without end: {set(Job.objects.filter(state='waiting').values_list('task', flat=True))}")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let the whole house believe that so much time went by."""
    real, gone = clock.now, [timedelta(0)]

    def moved() -> datetime:
        return real() + gone[0]

    for name, module in list(sys.modules.items()):
        if name.startswith("plimsoll.") and getattr(module, "now", None) is real:
            monkeypatch.setattr(module, "now", moved)
    monkeypatch.setattr(timezone, "now", moved)

    def go(by: timedelta) -> None:
        gone[0] = by

    return go


@pytest.mark.slow
def test_what_runs_in_the_background_ends_and_does_nothing_twice(
    house: House, tmp_path: Path, later: Callable[[timedelta], None], caplog: pytest.LogCaptureFixture
) -> None:
    at_work(house)
    settle()
    assert failed_jobs() == []
    twice: dict[str, Any] = {}
    busy = set(Job.objects.values_list("task", flat=True))  # what the acts that filled the house asked for, and got

    def run_again(name: str, gone: timedelta, ask: Callable[[], Any], times: int = 2) -> None:
        for turn in range(times):
            before = standing()
            ask()
            settle()
            assert failed_jobs() == [], name
            if changed := did(before, standing()):
                busy.add(name)
                if turn > 0:
                    twice[f"{name} after {gone.days} days"] = changed

    for gone in MOMENTS:
        later(gone)
        for name, given in WALKS.items():
            task = registry.find(name)
            assert task is not None
            if given in LAST and gone != MOMENTS[-1]:
                continue
            payloads = list(given(house, tmp_path))
            # What has one attempt is never run again: a worker that dies leaves it given up.
            run_again(name, gone, partial(_enqueue, task, house, payloads), times=2 if task.attempts > 1 else 1)
        for tick in registry.ticks():
            if of_the_product(tick.function):
                run_again(tick.name, gone, partial(_tick_over, tick))
    assert twice == {}
    assert {*WALKS, *TICKS} - busy == IDLE
    assert verify().faults == []
    assert compare_projections().faults == []
    assert [r.getMessage() for r in caplog.records if r.levelname in ("ERROR", "CRITICAL")] == []


def _tick_over(tick: registry.Tick) -> None:
    """As often as there is something left: a tick takes only so much at a time."""
    for _turn in range(20):
        if not tick.function():
            return
        settle()
    raise AssertionError(f"{tick.name} finds something each time.")


def _enqueue(task: registry.Task[Any, Any], house: House, payloads: list[Payload]) -> None:
    for payload in payloads:
        task.enqueue(tenant=house.tenant, asked_by=house.ruth, **payload)
