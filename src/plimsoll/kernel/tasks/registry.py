"""What can be run in the background, declared in code: tasks by name, schedules, ticks. It knows no room and runs nothing.

@task(name="exchange.import", label=gettext_lazy("Bring a file in"), attempts=3)
def import_file(*, path: str, job: JobContext) -> dict[str, int]: ...

import_file.enqueue(tenant=tenant, asked_by=person, path="…")     # a row in the caller's transaction
import_file.call(path="…")                                        # at once, in line, as any function
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, ParamSpec, TypeVar

from croniter import croniter
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.tasks import queue
from plimsoll.kernel.tasks.models import Job

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Task(Generic[P, R]):
    """A registered function. It runs at least once: a worker that dies in the middle leaves it to the next, so make it repeatable."""

    name: str
    function: Callable[P, R]
    attempts: int
    priority: int
    takes_job: bool  # the function has a parameter `job` and is handed the JobContext of its run
    label: str | Promise = ""  # what people call this work, on the jobs page

    def enqueue(
        self,
        *,
        tenant: Tenant | None = None,
        asked_by: Person | None = None,
        run_after: datetime | timedelta | None = None,
        priority: int | None = None,
        dedupe_key: str = "",
        **payload: Any,
    ) -> Job:
        """Insert a job in the current transaction; it is run after the commit, never before `run_after` (a moment, or a span from now).

        While a job of the same task, tenant and `dedupe_key` waits, that one is returned and nothing is inserted.
        The payload must be plain JSON values: ids, not models.
        """
        return queue.enqueue(
            self.name,
            payload=payload,
            attempts=self.attempts,
            priority=self.priority if priority is None else priority,
            tenant=tenant,
            asked_by=asked_by,
            run_after=run_after,
            dedupe_key=dedupe_key,
        )

    def call(self, *args: P.args, **payload: P.kwargs) -> R:
        """Run it here and now, without a row and without retries."""
        return self.function(*args, **payload)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A task that code wants to run by the clock: a cron expression in UTC."""

    name: str
    task: str
    cron: str
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tick:
    """Something small that one of all workers does every few seconds: too often for a job row each time."""

    name: str
    seconds: float
    function: Callable[[], Any]


_tasks: dict[str, Task[Any, Any]] = {}
_schedules: dict[str, Scheduled] = {}
_ticks: dict[str, Tick] = {}


def task(*, name: str, label: str | Promise = "", attempts: int = 5, priority: int = 0) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Register a plain function under a name that stays when the code moves. Higher priorities run first; people read the label."""

    def register(function: Callable[P, R]) -> Task[P, R]:
        known = _tasks.get(name)
        if known is not None and known.function.__module__ != function.__module__:
            raise ValueError(f"Two tasks are called {name}: in {known.function.__module__} and in {function.__module__}.")
        made = Task(name, function, attempts, priority, "job" in inspect.signature(function).parameters, label)
        _tasks[name] = made
        return made

    return register


def scheduled(name: str, cron: str, **payload: Any) -> Callable[[Task[P, R]], Task[P, R]]:
    """Run a task by the clock. Stands above `@task`; the row of the schedule is made when a worker starts."""
    if not croniter.is_valid(cron):
        raise ValueError(f"The schedule {name} has the cron expression “{cron}”, which can't be read.")

    def register(wanted: Task[P, R]) -> Task[P, R]:
        _schedules[name] = Scheduled(name, wanted.name, cron, payload)
        return wanted

    return register


def tick(*, name: str, seconds: float) -> Callable[[Callable[[], R]], Callable[[], R]]:
    """Have a function without arguments called every `seconds` by one of the workers, beside the jobs. It must be short, and skip fast."""

    def register(function: Callable[[], R]) -> Callable[[], R]:
        _ticks[name] = Tick(name, seconds, function)
        return function

    return register


def discover() -> None:
    """Load the `tasks` module of every app, so that all names are known."""
    autodiscover_modules("tasks")


def find(name: str) -> Task[Any, Any] | None:
    """The task of a name, or None when this program knows none."""
    if name not in _tasks:
        discover()
    return _tasks.get(name)


def tasks() -> list[Task[Any, Any]]:
    return list(_tasks.values())


def schedules() -> list[Scheduled]:
    return list(_schedules.values())


def ticks() -> list[Tick]:
    return list(_ticks.values())
