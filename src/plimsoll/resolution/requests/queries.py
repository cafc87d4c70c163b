"""Reads of requests with a name: what somebody may order, what a version says, and the facts that guards judge."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.timezone import localdate

from plimsoll.kernel.approvals.models import Approval, Decision
from plimsoll.kernel.calendars import ServiceHours
from plimsoll.kernel.identity.models import Person, Tenant
from plimsoll.kernel.lib.cache import per_settings
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.resolution.incidents.queries import working_hours
from plimsoll.resolution.requests.answering import steps_for, tasks_for
from plimsoll.resolution.requests.models import AccessRight, ChainApproval, Decider, Entitlement, FulfilmentTask, ModelVersion, Request, RequestModel
from plimsoll.resolution.requests.plan import Plan, read_plan
from plimsoll.resolution.requests.rules import REOPEN_WITHIN, AccessFacts, Facts, ModelFacts, TaskFacts

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that a person may order now, by the version in force."""

    model: RequestModel
    version: ModelVersion
    plan: Plan


@lru_cache(maxsize=1000)
def _known(version: int, digest: str) -> Plan:
    return read_plan(ModelVersion.objects.values_list("plan", flat=True).get(pk=version))


def form_of(version: ModelVersion | None) -> Plan:
    """What a version says: its form, approval chain, tasks, promise and cost. What is in force never changes, so it is read once."""
    if version is None:
        return Plan()
    return _known(version.pk, version.digest) if version.digest else read_plan(version.plan)


@per_settings
def _digests(tenant: Tenant) -> dict[int, tuple[str, str, int]]:
    """The versions in force or once in force, with what people call them."""
    rows = ModelVersion.objects.filter(request_model__tenant_id=tenant.pk, published_at__isnull=False)
    return {
        pk: (digest, f"RQM-{n} {title}", number)
        for pk, digest, n, title, number in rows.values_list("pk", "digest", "request_model__number", "request_model__title", "number")
    }


def plan_known(tenant: Tenant, version: int | None) -> Plan | None:
    """The plan of a version by its number; from the cache where it can be."""
    if version is None:
        return None
    known = _digests(tenant).get(version)
    if known is None:
        row = ModelVersion.objects.filter(pk=version).first()
        return None if row is None else form_of(row)
    return _known(version, known[0])


def version_words(tenant: Tenant, version: int) -> tuple[str, int]:
    """What people call the model of a version, and the version's own number."""
    known = _digests(tenant).get(version)
    return ("", 0) if known is None else known[1:]


def version_in_force(model: RequestModel) -> ModelVersion | None:
    """The newest version that was put in force."""
    return ModelVersion.objects.filter(request_model=model.pk, published_at__isnull=False).order_by("-number").first()


def usual_hours(tenant: Tenant) -> ServiceHours:
    """The organisation's usual hours; around the clock where it keeps none."""
    return working_hours(tenant).get(None) or ServiceHours(tenant.timezone, {day: [("00:00", "24:00")] for day in DAYS})


def hours_of(tenant: Tenant, plan: Plan | None) -> ServiceHours:
    """The hours in which a plan's times run."""
    if plan is None or not plan.hours:
        return usual_hours(tenant)
    return ServiceHours.from_dict({name: plan.hours[name] for name in ("timezone", "week", "holidays", "yearly_holidays") if name in plan.hours})


def orderable(person: Person, words: str = "") -> list[Offer]:
    """What a person may order, in the order of headings and titles; two queries. `words` narrows it to those that hold all of them."""
    opened = RequestModel.opened_to(person)
    if opened is None:
        return []
    rows = RequestModel.objects.filter(pk__in=opened, access_class="").select_related("service")
    for word in words.split()[:8]:
        rows = rows.filter(Q(title__icontains=word) | Q(description__icontains=word) | Q(heading__icontains=word))
    models = {m.pk: m for m in rows.order_by("heading", "title")}
    newest = newest_versions(models)
    return [Offer(m, newest[pk], form_of(newest[pk])) for pk, m in models.items() if pk in newest]


def offer_of(person: Person, *, number: int | None = None, pk: int | None = None) -> Offer | None:
    """One thing by its number or key, when this person may order it."""
    opened = RequestModel.opened_to(person)
    if opened is None or (number is None and pk is None):
        return None
    rows = RequestModel.objects.filter(pk__in=opened, access_class="").select_related("service")
    model = rows.filter(number=number).first() if number is not None else rows.filter(pk=pk).first()
    version = version_in_force(model) if model is not None else None
    return Offer(model, version, form_of(version)) if model is not None and version is not None else None


def newest_versions(models: Iterable[int]) -> dict[int, ModelVersion]:
    """The version in force of each model, in one query."""
    published = ModelVersion.objects.filter(published_at__isnull=False)
    newest = published.filter(request_model=OuterRef("request_model")).order_by("-number").values("pk")[:1]
    rows = published.filter(request_model__in=list(models), pk=Subquery(newest))
    return {version.request_model_id: version for version in rows}


def is_entitled(person: Person, model: RequestModel) -> bool:
    """May this person have the thing: is it offered, and is it for them?"""
    opened = RequestModel.opened_to(person)
    return opened is not None and person.tenant_id == model.tenant_id and opened.filter(pk=model.pk).exists()


def deciders_of(organization: int | None) -> list[Person]:
    """Who decides for an organization by its own rows; who asks falls back to the one above it."""
    rows = Decider.objects.filter(organization=organization, person__is_active=True).select_related("person__tenant", "person__organization")
    return [row.person for row in rows.order_by("pk")]


def approvals_of(cards: Iterable[int]) -> dict[int, str]:
    """How the newest approval that their versions ask stands: open, approved, refused, withdrawn. Derived from the decisions, in two queries.

    Only what the rule asked counts: whoever may amend a request may ask anything of anybody on it, and that approves nothing.
    """
    newest: dict[int, Approval] = {}
    for asked in ChainApproval.objects.filter(request__in=list(cards)).select_related("approval").order_by("approval"):
        newest[asked.request_id] = asked.approval
    if not newest:
        return {}
    refused = set(
        Decision.objects.filter(step__approval__in=[a.pk for a in newest.values()], is_yes=False).values_list("step__approval_id", flat=True)
    )
    return {
        card: "withdrawn" if a.withdrawn_at else "refused" if a.pk in refused else "approved" if a.ended_at else "open" for card, a in newest.items()
    }


def answers_of(request: Request) -> Mapping[str, Any]:
    """The answers, none when they were redacted."""
    return request.answers if isinstance(request.answers, dict) else {}


def facts_of_models(models: Sequence[RequestModel]) -> list[ModelFacts]:
    """What the guards of request models judge, in three queries."""
    keys = [m.pk for m in models]
    newest, days = newest_versions(keys), _days_of(models)
    named = dict(
        Entitlement.objects.filter(request_model__in=keys)
        .order_by()
        .values("request_model")
        .annotate(n=Count("pk"))
        .values_list("request_model", "n")
    )
    return [
        ModelFacts(
            owner=m.owner_id,
            description=m.description,
            instruction=m.instruction,
            instruction_review_on=m.instruction_review_on,
            today=days[m.tenant_id],
            versions=int(m.pk in newest),
            audience=named.get(m.pk, 0) + int(m.is_for_everybody),
            has_tasks=m.pk in newest and bool(form_of(newest[m.pk]).tasks),
        )
        for m in models
    ]


def facts_of(requests: Sequence[Request]) -> list[Facts]:
    """What the guards of requests judge, in five queries at most."""
    keys = [r.pk for r in requests]
    versions = {v.pk: v for v in ModelVersion.objects.filter(pk__in={r.model_version_id for r in requests if r.model_version_id})}
    reviews: dict[int, date | None] = dict(
        RequestModel.objects.filter(pk__in={r.request_model_id for r in requests}).values_list("pk", "instruction_review_on")
    )
    tasks: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for card, key, is_open in FulfilmentTask.objects.filter(request__in=keys).values_list("request_id", "plan_key", "is_open"):
        tasks[card].append((key, is_open))
    approvals = approvals_of(keys)
    moment, days = now(), _days_of(requests)
    found = []
    for r in requests:
        today = days[r.tenant_id]
        plan = form_of(versions.get(r.model_version_id or 0) if r.origin != "imported" else None)
        wanted = tasks_for(plan, answers_of(r))
        opened = tasks[r.pk]
        review = reviews.get(r.request_model_id)
        found.append(
            Facts(
                is_approval_needed=bool(steps_for(plan, answers_of(r))),
                approval=approvals.get(r.pk, ""),
                open_tasks=sum(is_open for _key, is_open in opened),
                missing_tasks=len({t.key for t in wanted} - {key for key, _open in opened}),
                waiting_for=r.waiting_for,
                instruction_overdue=review if wanted and review is not None and review < today else None,
                ended_at=r.closed_at or r.fulfilled_at,
                now=moment,
                reopen_within=REOPEN_WITHIN,
            )
        )
    return found


def facts_of_tasks(tasks: Sequence[FulfilmentTask]) -> list[TaskFacts]:
    """What the guards of tasks judge, in one query."""
    ended = set(Request.objects.filter(pk__in={t.request_id for t in tasks if t.request_id}, is_open=False).values_list("pk", flat=True))
    return [TaskFacts(owner=t.owner_id, request_ended=t.request_id in ended) for t in tasks]


def facts_of_accesses(accesses: Sequence[AccessRight]) -> list[AccessFacts]:
    """What the guards of accesses judge, in two queries."""
    still = Counter(FulfilmentTask.objects.filter(access__in=[a.pk for a in accesses], is_open=True).values_list("access_id", flat=True))
    by_request = {a.request_id for a in accesses if a.request_id}
    versions = {r.pk: r.model_version for r in Request.objects.filter(pk__in=by_request).select_related("model_version")} if by_request else {}
    moment = now()
    tenants = {a.tenant_id: a.tenant for a in accesses[:1]}
    found = []
    for a in accesses:
        version = versions.get(a.request_id) if a.request_id else None
        found.append(
            AccessFacts(
                ends_at=a.ends_at,
                longest=_longest(tenants.get(a.tenant_id) or a.tenant, version, moment) if version is not None else None,
                now=moment,
                open_tasks=still[a.pk],
            )
        )
    return found


def longest_of(request: Request, moment: datetime) -> datetime | None:
    """Until when an access may last at the longest that a request gives at a moment; None: for as long as one likes."""
    return _longest(request.tenant, request.model_version, moment)


def _longest(tenant: Tenant, version: ModelVersion | None, moment: datetime) -> datetime | None:
    days = form_of(version).access_longest if version is not None else None
    return end_of_day(tenant, moment.astimezone(zone_of(tenant)).date() + timedelta(days=days)) if days is not None else None


def zone_of(tenant: Tenant) -> ZoneInfo:
    return ZoneInfo(tenant.timezone or "UTC")


def today_of(tenant: Tenant) -> date:
    """The day that it is where the tenant is; jobs and pages count by the same."""
    return localdate(timezone=zone_of(tenant))


def _days_of(records: Sequence[Record]) -> dict[int, date]:
    """The day that it is, by tenant; whose records they are is asked once for each tenant."""
    tenants: dict[int, Tenant] = {}
    for record in records:
        if record.tenant_id not in tenants:
            tenants[record.tenant_id] = record.tenant
    return {pk: today_of(tenant) for pk, tenant in tenants.items()}


def end_of_day(tenant: Tenant, day: date) -> datetime:
    """The last second of a day where the tenant is, so that the whole of it counts and it reads as that day."""
    return datetime.combine(day, time(23, 59, 59), zone_of(tenant))
