"""What requests prove (8.6.2): set-based, for there may be a hundred thousand of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.evidence import Answer, Inquiry, Judged, counted, evidence, judged
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.targets.models import Clock
from plimsoll.resolution.requests.models import FulfilmentTask, ModelVersion, Request, RequestModel
from plimsoll.resolution.requests.plan import read_plan

NEVER_WORKED_ON = ("rejected", "cancelled")


def _placed(inquiry: Inquiry) -> QuerySet[Any]:
    return inquiry.rows(Request).filter(opened_at__gte=inquiry.start, opened_at__lt=inquiry.at)


@evidence(
    "requests_classified",
    population=gettext_lazy("requests of the period"),
    counts=gettext_lazy("those placed by a version in force, with a service"),
    kinds=("request", "requestmodel"),
    href="/requests/",
)
def requests_classified(inquiry: Inquiry) -> Answer:
    """8.6.2-a: what was ordered says by which version of what, and which service it belongs to. What was brought in has no version."""
    placed = Q(service__isnull=False) & (Q(model_version__published_at__isnull=False) | Q(origin="imported"))

    def why(request: Request) -> str:
        if request.service_id is None:
            return _("%(ref)s belongs to no service. Say which.") % {"ref": request.reference}
        return _("%(ref)s was not placed by a version that is in force.") % {"ref": request.reference}

    rows = _placed(inquiry)
    return counted(rows, Q(pk__in=rows.filter(placed).values("pk")), why=why, source=source_of)


@evidence(
    "requests_prioritised",
    population=gettext_lazy("requests of the period"),
    counts=gettext_lazy("those with a priority"),
    kinds=("request",),
    href="/requests/",
)
def requests_prioritised(inquiry: Inquiry) -> Answer:
    """8.6.2-b."""

    def why(request: Request) -> str:
        return _("%(ref)s has no priority. Set it.") % {"ref": request.reference}

    return counted(_placed(inquiry), Q(priority__isnull=False), why=why, source=source_of)


@evidence(
    "requests_fulfilled",
    population=gettext_lazy("requests that were due in the period"),
    counts=gettext_lazy("those that were fulfilled in time"),
    kinds=("request",),
    href="/requests/",
)
def requests_fulfilled(inquiry: Inquiry) -> Answer:
    """8.6.2-c: by their clocks, as lists and figures have them; what was rejected or called off is not due any more."""
    clocks = Clock.objects.filter(card=OuterRef("pk"), is_internal=False, due_at__gte=inquiry.start, due_at__lt=inquiry.at)
    judged_clocks = Exists(clocks.filter(state__in=("met", "missed", "running")))
    late = Exists(clocks.filter(state__in=("missed", "running")))  # nobody writes when time passes: what still runs is late
    rows = inquiry.rows(Request).filter(judged_clocks).exclude(state__in=NEVER_WORKED_ON)

    def why(request: Request) -> str:
        return _("%(ref)s was not fulfilled in the time that was promised.") % {"ref": request.reference}

    return counted(rows, Q(pk__in=rows.filter(~late).values("pk")), why=why, source=source_of)


@evidence(
    "requests_updated",
    population=gettext_lazy("requests fulfilled in the period"),
    counts=gettext_lazy("those whose tasks all say what was done"),
    kinds=("request", "fulfilmenttask"),
    href="/requests/",
)
def requests_updated(inquiry: Inquiry) -> Answer:
    """8.6.2-d: a task that was skipped says why in its trail and is not asked for an outcome."""
    silent = Exists(FulfilmentTask.objects.filter(request=OuterRef("pk"), state="done", outcome=""))
    rows = inquiry.rows(Request).filter(fulfilled_at__gte=inquiry.start, fulfilled_at__lt=inquiry.at).exclude(state__in=NEVER_WORKED_ON)

    def why(request: Request) -> str:
        return _("A task of %(ref)s does not say what was done.") % {"ref": request.reference}

    return counted(rows, Q(pk__in=rows.filter(~silent).values("pk")), why=why, source=source_of, aged="fulfilled_at")


@evidence(
    "requests_have_instructions",
    population=gettext_lazy("what can be ordered and needs work"),
    counts=gettext_lazy("those with an instruction, their own or that of every task, whose review is not past"),
    kinds=("requestmodel",),
    href="/requestmodels/",
)
def requests_have_instructions(inquiry: Inquiry) -> Answer:
    """8.6.2-e: by the version in force, as those who fulfil read it in their tasks."""
    models = {m.pk: m for m in inquiry.rows(RequestModel).filter(state="offered").order_by("title", "pk")}
    versions: dict[int, ModelVersion] = {}
    for version in ModelVersion.objects.filter(request_model__in=models, published_at__isnull=False).order_by("number"):
        versions[version.request_model_id] = version
    found = []
    for pk, model in models.items():
        tasks = read_plan(versions[pk].plan).tasks if pk in versions else ()
        if not tasks:
            continue
        missing = [] if model.instruction.strip() or model.article_id else [task.title for task in tasks if not task.instructions.strip()]
        said = {"ref": model.reference, "what": ", ".join(missing)}
        fault = ""
        if missing:
            fault = _("%(ref)s has no instruction, and tasks that do not say what is to be done: %(what)s.") % said
        elif model.instruction_review_on is not None and model.instruction_review_on < inquiry.day:
            fault = _("The instruction of %(ref)s was to be reviewed. Look at it again.") % said
        found.append(Judged(fault, source_of(model), model.origin, versions[pk].published_at, model.owner_id))
    return judged(found)
