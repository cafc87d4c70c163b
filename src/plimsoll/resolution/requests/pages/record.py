"""The page of a request: the derived one, with the picture of its steps, the answers as they were given, and its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.approvals.models import Approval
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.records.permissions import is_inside, may
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.ui.record_page import RecordPage
from plimsoll.resolution.requests.answering import steps_for, tasks_for
from plimsoll.resolution.requests.models import AccessRight, ChainApproval, FulfilmentTask, Request
from plimsoll.resolution.requests.plan import DATE, PERSON, Plan
from plimsoll.resolution.requests.queries import answers_of, plan_known
from plimsoll.resolution.requests.record import REQUEST
from plimsoll.resolution.requests.words import cost_words

PAST, NOW, COMING, NO = "past", "now", "", "no"


class RequestPage(RecordPage):
    """`/requests/{number}/`."""

    record_type = REQUEST

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        record = self.found(number)
        assert isinstance(record, Request)
        plan = plan_known(record.tenant, record.model_version_id) or Plan()
        inside = is_inside(self.person, record)
        visible: Any = FulfilmentTask.objects.visible_to(self.person)
        tasks = list(visible.filter(request=record.pk).select_related("team", "owner").order_by("stage", "number")) if inside else []
        counted = FulfilmentTask.objects.filter(request=record.pk).values_list("is_open", flat=True)
        model = record.request_model
        reads_instruction = inside and bool(model.instruction) and may(self.person, "requestmodel:read", model) and is_inside(self.person, model)
        return self.show(
            "requests/request.html",
            {
                **self.context(record),
                "way": way_of(record, plan, list(counted), is_inside=inside),
                "answers": answers_shown(plan, record),
                "cost": cost_words(plan),
                "tasks": [self._task(t) for t in tasks],
                "accesses": self._accesses(record),
                "instructed": model if reads_instruction else None,
            },
        )

    def _task(self, task: FulfilmentTask) -> dict[str, Any]:
        flow = workflow_of(self.person.tenant, "fulfilmenttask")
        return {
            "href": f"/fulfilmenttasks/{task.number}/",
            "title": task.title.partition(": ")[0] or task.title,
            "ref": task.reference,
            "category": task.category,
            "state": flow.state(task.state).label,
            "with": str(task.owner or task.team or ""),
            "due_at": task.due_at if task.is_open else None,
        }

    def _accesses(self, record: Request) -> list[dict[str, Any]]:
        if record.state not in ("fulfilled", "closed", "in_fulfilment"):
            return []
        rows: Any = AccessRight.objects.visible_to(self.person)
        flow = workflow_of(self.person.tenant, "accessright")
        return [
            {"href": f"/accessrights/{a.number}/", "title": a.title, "who": a.person.name, "ends_at": a.ends_at, "state": flow.state(a.state).label}
            for a in rows.filter(request=record.pk).select_related("person")
        ]


def answers_shown(plan: Plan, record: Request) -> list[tuple[str, str]]:
    """The answers in the order of the form, as people read them."""
    answers = answers_of(record)
    keys = [answers[f.key] for f in plan.fields if f.kind == PERSON and f.key in answers]
    names = dict(Person.objects.filter(pk__in=keys, tenant_id=record.tenant_id).values_list("pk", "name")) if keys else {}
    found = []
    if record.model_version_id is None:  # brought in from elsewhere: its answers have their names only
        return [(key, ", ".join(map(str, v)) if isinstance(v, list) else str(v)) for key, v in answers.items()]
    for f in plan.fields:
        if f.key not in answers:
            continue
        value = answers[f.key]
        if f.kind == PERSON:
            shown = names.get(value, str(value))
        elif f.kind == DATE:
            shown = date_format(date.fromisoformat(value), "j F Y")
        elif isinstance(value, bool):
            shown = _("Yes") if value else _("No")
        else:
            shown = ", ".join(value) if isinstance(value, list) else str(value)
        found.append((f.label, shown))
    return found


def way_of(record: Request, plan: Plan, tasks: Sequence[bool], *, is_inside: bool) -> list[dict[str, str]]:
    """The line of dots: ordered, each step of the approval, fulfilment, ready, closed; what is behind, where it is, what said no.

    `tasks` says of each of its tasks whether it is open: how many there are, everybody reads who reads the request.
    """
    dots = [_dot(_("Ordered"), PAST, date_format(localtime(record.opened_at), "j F"))]
    state = record.state
    dots += _approval(record, plan, is_inside=is_inside)
    is_approved = state in ("approved", "in_fulfilment", "waiting_customer", "fulfilled", "closed")
    wanted = tasks_for(plan, answers_of(record))
    done = sum(not is_open for is_open in tasks)
    total = max(len(wanted), len(tasks))
    said = ngettext("%(done)d of %(n)d task done", "%(done)d of %(n)d tasks done", total) % {"done": done, "n": total} if total else ""
    is_done = state in ("fulfilled", "closed")
    fulfilment = PAST if is_done else NOW if is_approved else COMING
    words = _("Waiting for you") if state == "waiting_customer" and not is_inside else _("In fulfilment")
    dots.append(_dot(words, fulfilment, said if is_approved else ""))
    dots.append(_dot(_("Fulfilled"), PAST if state == "closed" else NOW if state == "fulfilled" else COMING))
    dots.append(_dot(_("Closed"), NOW if state == "closed" else COMING))
    if state == "cancelled":
        last = next((i for i, dot in enumerate(dots) if dot["step"] in (NOW, COMING)), len(dots))
        return [*dots[:last], _dot(_("Cancelled"), NO)]
    if state == "rejected":
        last = next((i + 1 for i, dot in enumerate(dots) if dot["step"] == NO), 1)
        return [*dots[:last], _dot(_("Rejected"), NO)]
    return dots


def _dot(label: str, step: str, small: str = "") -> dict[str, str]:
    return {"label": label, "step": step, "small": small}


def _approval(record: Request, plan: Plan, *, is_inside: bool) -> list[dict[str, str]]:
    """The steps of the newest approval that its version asked, with what was decided; before it is asked, those that will be."""
    chain = ChainApproval.objects.filter(request=record.pk).values("approval")
    approval = Approval.objects.filter(pk__in=chain).order_by("-pk").prefetch_related("steps__decisions__person").first()
    if approval is None:
        coming = steps_for(plan, answers_of(record))
        return [_dot(step.name, NOW if record.state == "submitted" and n == 0 else COMING) for n, step in enumerate(coming)]
    dots = []
    is_over = approval.ended_at is not None
    is_now_taken = False
    for step in approval.steps.all():
        decisions = list(step.decisions.all())
        no = next((d for d in decisions if not d.is_yes), None)
        yes = sum(d.is_yes for d in decisions)
        if no is not None:
            dots.append(_dot(step.name, NO, _("%(who)s said no") % {"who": no.person.name} if is_inside else _("said no")))
        elif yes >= step.needed:
            dots.append(_dot(step.name, PAST, ", ".join(d.person.name for d in decisions) if is_inside else _("approved")))
        else:
            is_current = not is_over and not is_now_taken
            is_now_taken = is_now_taken or is_current
            dots.append(_dot(step.name, NOW if is_current else COMING, _("%(n)d of %(m)d") % {"n": yes, "m": step.needed} if step.needed > 1 else ""))
    return dots


__all__ = ["RequestPage", "answers_shown", "way_of"]
