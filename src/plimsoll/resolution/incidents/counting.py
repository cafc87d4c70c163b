"""Which incidents an indicator counts: one queryset per question, over spans, trail and links. Reads only; it divides nothing.

Everything starts from `seen`, so no figure and no list behind it holds what the asking person may not see. Correlated look-ups go by
`card` alone: with tenant and kind beside it SQLite takes the index over time and reads a month for each incident.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, IntegerField, Max, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Least

from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.figures.definitions import WORD, Question
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.records.models import Comment, Link
from plimsoll.kernel.targets.models import Clock
from plimsoll.kernel.trail.models import Entry, Span
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.queries import OPEN_CATEGORIES

WORKED_ON = ("active", "waiting", "done", "closed")
UNTOUCHED = ("new", "ready")
PAUSING = "waiting_customer"
# Contacts that a person made; monitoring, programs and imports are nobody who could have helped themselves.
BY_PEOPLE = ("portal", "self", "phone", "mail", "person")
BY_THEMSELVES = ("portal", "self")
# Column of an incident by dimension.
OF_INCIDENT = {"service": "service_id", "organization": "organization_id", "team": "team_id", "priority": "priority"}
# The same, from a span of it.
OF_CARD = {
    "service": "card__incident__service_id",
    "organization": "card__organization_id",
    "team": "card__incident__team_id",
    "priority": "card__incident__priority",
}
# As they were during a span: team and priority are known for each stretch, service and customer are not.
OF_SPAN = {**OF_CARD, "team": "team", "priority": "priority"}


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers that the rules use, as the organisation set them (`indicator_…` among its settings)."""

    first_contact_minutes: int = 60
    reopen_days: int = 14
    unassigned_hours: int = 4
    first_level_teams: tuple[int, ...] = ()

    @classmethod
    def of(cls, tenant: Tenant) -> Limits:
        kept = tenant.settings or {}
        return cls(
            kept.get("indicator_first_contact_minutes", cls().first_contact_minutes),
            kept.get("indicator_reopen_days", cls().reopen_days),
            kept.get("indicator_unassigned_hours", cls().unassigned_hours),
            tuple(kept.get("indicator_first_level_teams", ())),
        )


def limits_of(question: Question) -> Limits:
    assert question.person.tenant is not None
    return Limits.of(question.person.tenant)


def seen(question: Question) -> Any:
    """The incidents that a person may see and have counted: what `incident:read` shows, within the reach of `indicator:read`."""
    person = question.person
    rows: Any = Incident.objects.visible_to(person)
    counted = reach(person, WORD)
    if not counted.everything:
        rows = rows.filter(Q(organization_id__in=counted.organizations) | Q(service_id__in=counted.services))
    if question.only is not None:
        name, member = question.only
        rows = rows.filter(**{OF_INCIDENT[name]: member}) if member is not None else rows.filter(**{f"{OF_INCIDENT[name]}__isnull": True})
    return rows


def sees_all(question: Question) -> bool:
    """Does this person see every incident of the tenant, with nothing to take out? Then spans need not be compared with incidents."""
    read, counted = reach(question.person, "incident:read"), reach(question.person, WORD)
    return read.everything and read.everything_classified and counted.everything


def spans(question: Question) -> Any:
    """The spans of all incidents of the tenant; what is taken from them still has to meet `seen`."""
    return Span.objects.filter(tenant_id=question.person.tenant_id or 0, kind="incident")


def entered(question: Question, category: str) -> Any:
    """Spans of the month with which an incident came into a category from another one; not those with which it changed hands within it."""
    before = Span.objects.filter(card=OuterRef("card"), id__lt=OuterRef("id")).order_by("-id").values("category")[:1]
    found = spans(question).filter(category=category, started_at__gte=question.period.start, started_at__lt=question.period.end)
    return found.alias(before=Coalesce(Subquery(before), Value(""))).exclude(before=category)


def opened(question: Question) -> Any:
    """Opened in the month."""
    return seen(question).filter(opened_at__gte=question.period.start, opened_at__lt=question.period.end)


def resolved(question: Question) -> Any:
    """Resolved in the month, at least once."""
    return seen(question).filter(pk__in=entered(question, "done").values("card"))


def closed(question: Question) -> Any:
    """Closed in the month."""
    return seen(question).filter(pk__in=entered(question, "closed").values("card"))


def solving(question: Question) -> Any:
    """The spans with which incidents were resolved for the last time in the month: one each, so that a mean counts nobody twice."""
    last = entered(question, "done").order_by().values("card").annotate(last=Max("id")).values("last")
    found = Span.objects.filter(pk__in=last)
    return found if question.only is None and sees_all(question) else found.filter(card__in=seen(question).values("pk"))


def end_of(question: Question) -> datetime:
    """The end of the month; of a running month now."""
    return min(question.period.end, question.asked_at)


def standing(question: Question) -> Any:
    """The open stretches that reach the end of the month, one for each incident of the backlog. An event at the very end is the next month's."""
    at = end_of(question)
    found = spans(question).filter(Q(ended_at=None) | Q(ended_at__gte=at), category__in=OPEN_CATEGORIES, started_at__lt=at)
    # A history that came in out of order may hold two stretches at one moment; the first of them stands for the incident.
    found = Span.objects.filter(pk__in=found.order_by().values("card").annotate(one=Min("id")).values("one"))
    if question.only is not None and question.only[0] in ("team", "priority"):
        name, member = question.only
        found = found.filter(**{name: member}) if member is not None else found.filter(**{f"{name}__isnull": True})
        question = Question(question.person, question.period, question.asked_at)
    if question.only is None and sees_all(question):
        return found
    return found.filter(card__in=seen(question).values("pk"))


def backlog(question: Question) -> Any:
    """Open at the end of the month."""
    whole = Question(question.person, question.period, question.asked_at)
    return seen(whole).filter(pk__in=standing(question).values("card"))


def responded(question: Question) -> Any:
    """First answered or taken up in the month, with `moment`: the first message that the reporter could read and that no customer wrote, or
    the first state in which it was worked on, whichever came first."""
    start, end = question.period.start, question.period.end
    candidates = spans(question).filter(
        Q(category__in=WORKED_ON, started_at__gte=start) | (Q(category__in=UNTOUCHED) & (Q(ended_at=None) | Q(ended_at__gte=start))),
        started_at__lt=end,
    )
    worked = Span.objects.filter(card=OuterRef("pk"), category__in=WORKED_ON).order_by("id").values("started_at")[:1]
    said = Comment.objects.filter(card=OuterRef("pk"), is_public=True).exclude(author__organization__kind="customer").order_by("id").values("at")[:1]
    rows = seen(question).filter(pk__in=candidates.values("card")).annotate(worked=Subquery(worked), said=Subquery(said))
    # LEAST of nothing is nothing on one database and the other value on the other.
    return rows.annotate(moment=Least(Coalesce("worked", "said"), Coalesce("said", "worked"))).filter(moment__gte=start, moment__lt=end)


def at_first_contact(question: Question, rows: Any) -> Any:
    """Of resolved incidents those that were done at once: resolved within some minutes of opening, never waiting, handed over or reopened."""
    limit = timedelta(minutes=limits_of(question).first_contact_minutes)
    of_card = Span.objects.filter(card=OuterRef("pk"))
    return rows.filter(
        ~Exists(of_card.filter(category="waiting")),
        ~Exists(of_card.filter(category__in=OPEN_CATEGORIES, started_at__gt=OuterRef("opened_at") + limit)),
        Exists(of_card.filter(category="done", started_at__lte=OuterRef("opened_at") + limit)),
        ~Exists(_handovers(of_card)),
        reopen_count=0,
    )


def _judged(question: Question, measure: str) -> Any:
    """The customers' clocks that have their verdict in the month: met and stopped in it, or with a target that was used up in it.

    A miss counts in the month in which the target passed, also while nobody has stopped the clock yet, so that no month hides what is open.
    """
    start, end = question.period.start, question.period.end
    met = Q(state="met", stopped_at__gte=start, stopped_at__lt=end)
    missed = Q(state__in=("missed", "running", "paused"), due_at__gte=start, due_at__lt=min(end, question.asked_at))
    return Clock.objects.filter(met | missed, tenant_id=question.person.tenant_id or 0, kind="incident", key=measure)


def judged(question: Question, measure: str) -> Any:
    """Incidents whose clock of that measure has its verdict in the month."""
    return seen(question).filter(pk__in=_judged(question, measure).values("card"))


def in_time(question: Question, rows: Any, measure: str) -> Any:
    """Of these the ones whose target was met."""
    return rows.filter(pk__in=_judged(question, measure).filter(state="met").values("card"))


def by_people(rows: Any) -> Any:
    """Those that a person reported."""
    return rows.filter(contact__in=BY_PEOPLE)


def _handovers(rows: Any) -> Any:
    """Of spans those with which an incident went from one team to another; giving it to the first, or to nobody, is none."""
    before = Span.objects.filter(card=OuterRef("card"), id__lt=OuterRef("id")).order_by("-id").values("team")[:1]
    moved = rows.filter(team__isnull=False).alias(team_before=Subquery(before, output_field=IntegerField()))
    return moved.filter(~Q(team_before=F("team")), team_before__isnull=False)


def handovers(question: Question) -> Any:
    """The spans with which incidents resolved in the month had gone from team to team, until the month ended."""
    return _handovers(Span.objects.filter(card__in=resolved(question).values("pk"), started_at__lt=question.period.end))


def handed_over(question: Question, rows: Any) -> Any:
    """Those that went from one team to another at least once, until the month ended."""
    return rows.filter(Exists(_handovers(Span.objects.filter(card=OuterRef("pk"), started_at__lt=question.period.end))))


def by_first_level(question: Question, rows: Any) -> Any:
    """Of resolved incidents those that lay with a first-level team whenever they were resolved in the month."""
    others = entered(question, "done").exclude(team__in=limits_of(question).first_level_teams, team__isnull=False)
    return rows.exclude(pk__in=others.values("card"))


def reopened(question: Question, rows: Any) -> Any:
    """Of resolved incidents those that were open again within some days of being resolved."""
    within = timedelta(days=limits_of(question).reopen_days)
    again = Span.objects.filter(
        card=OuterRef("card"), id__gt=OuterRef("id"), category__in=OPEN_CATEGORIES, started_at__lte=OuterRef("started_at") + within
    )
    return rows.filter(pk__in=entered(question, "done").filter(Exists(again)).values("card"))


def reclassified(rows: Any) -> Any:
    """Those whose category was changed after it had been given for the first time."""
    changed = Entry.objects.filter(card=OuterRef("pk"), changes__contains='"classification":[').exclude(changes__contains='"classification":[null,')
    return rows.filter(Exists(changed))


def with_knowledge(rows: Any) -> Any:
    """Those that are linked with the article that helped."""
    return rows.filter(Exists(Link.objects.filter(source=OuterRef("pk"), meaning="uses", target__kind="article")))


def by_themselves(rows: Any) -> Any:
    """Those that came by portal or self service."""
    return rows.filter(contact__in=BY_THEMSELVES)


def left_alone(question: Question, rows: Any) -> Any:
    """Of opened incidents those that were with no person for longer than some hours after opening, and were still open then."""
    limit = timedelta(hours=limits_of(question).unassigned_hours)
    taken = Span.objects.filter(
        Q(owner__isnull=False) | ~Q(category__in=OPEN_CATEGORIES), card=OuterRef("pk"), started_at__lte=OuterRef("opened_at") + limit
    )
    return rows.filter(~Exists(taken), opened_at__lt=question.asked_at - limit)


def overridden(rows: Any) -> Any:
    """Those whose priority is another than the matrix gives."""
    return rows.filter(is_priority_overridden=True)
