"""`plimsoll jobs`: what waits, runs and was given up; try again or cancel."""

import argparse
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from plimsoll.kernel.tasks import queue
from plimsoll.kernel.tasks.models import Job
from plimsoll.site.cli.house import CHANNEL, actor, add_json, add_organization, print_json
from plimsoll.site.cli.stop import Stop

STATES = [state for state, _label in Job.STATES]


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "jobs",
        help="look at background work, try it again or cancel it",
        description="Without a number: how many jobs are in which state, and the newest of them.",
    )
    parser.add_argument("act", nargs="?", choices=("list", "retry", "cancel"), default="list", help="what to do (default: list)")
    parser.add_argument("number", nargs="?", type=int, help="the job to try again or cancel")
    parser.add_argument("--state", choices=STATES, help="list only those")
    parser.add_argument("--most", type=int, default=20, help="list at most so many (default: 20)")
    add_organization(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    if options.act == "list":
        return show(options)
    job = Job.objects.filter(pk=options.number).first() if options.number else None
    if job is None:
        raise Stop(_("There is no job %(number)s. plimsoll jobs lists them.") % {"number": options.number or ""})
    act = queue.retry if options.act == "retry" else queue.cancel
    try:
        job = act(job, by=actor(options), channel=CHANNEL)
    except queue.JobRefused as error:
        raise Stop(str(error)) from None
    print(f"Job {job.pk} ({job.task}) is {job.get_state_display().lower()} now.")
    return 0


def show(options: argparse.Namespace) -> int:
    """Counts by state and the newest jobs."""
    counts = dict(Job.objects.order_by().values_list("state").annotate(n=Count("pk")))
    rows = Job.objects.order_by("-id")
    if options.state:
        rows = rows.filter(state=options.state)
    newest = [
        {
            "id": j.pk,
            "task": j.task,
            "state": j.state,
            "attempts": j.attempts,
            "run_at": j.run_at.isoformat(),
            "progress": j.progress,
            "error": j.error.split("\n", 1)[0],
        }
        for j in rows[: max(options.most, 0)]
    ]
    if options.json:
        print_json({"counts": {state: counts.get(state, 0) for state in STATES}, "jobs": newest})
        return 0
    print(", ".join(f"{counts.get(state, 0)} {str(label).lower()}" for state, label in Job.STATES))
    for j in newest:
        print(f"{j['id']:>8}  {j['state']:<8} {j['task']}" + (f"  {j['error']}" if j["error"] else ""))
    return 0
