"""What objectives, their actions and measurements prove, with the policy that they serve (5.1, 5.2.1, 6.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.evidence import Answer, Inquiry, Judged, evidence, judged
from plimsoll.kernel.records.sources import day_of, day_words, linked, source_of
from plimsoll.leadership.policies.evidence import TOP, policy_of, read_by
from plimsoll.leadership.policies.rules import named_in
from plimsoll.planning.objectives.models import Objective, ObjectiveAction
from plimsoll.planning.objectives.queries import measured
from plimsoll.planning.objectives.rules import DAYS, is_met, number
from plimsoll.support.documented_information.proving import standing_of

AGREED = ("agreed", "running")
HREF = "/objectives/"
ALL_AGREED = gettext_lazy("agreed objectives")


def agreed(inquiry: Inquiry) -> list[Objective]:
    """The objectives that are agreed or running."""
    return list(inquiry.rows(Objective).filter(state__in=AGREED).select_related("tenant").order_by("number"))


def has_owner(inquiry: Inquiry, objective: Objective) -> bool:
    """Does somebody answer for it who is still there?"""
    return objective.owner_id is not None and objective.owner_id not in inquiry.gone("person")


def each(inquiry: Inquiry, why: Callable[[Objective], str]) -> Answer:
    """Every agreed objective, with why it falls short."""
    return judged(_of(objective, why(objective)) for objective in agreed(inquiry))


def lacking(sentence: str, objective: Objective, wanted: Iterable[tuple[str, Any]]) -> str:
    """The sentence that names what an objective lacks of some things; empty where it lacks none."""
    missing = [words for words, there in wanted if not there]
    return sentence % {"title": objective.title, "what": ", ".join(missing)} if missing else ""


@evidence(
    "policy_and_objectives_set",
    population=gettext_lazy("the service management policy, and agreed objectives"),
    counts=gettext_lazy("the policy approved by top management and in force, and objectives that serve one of the business"),
    kinds=("document", "objective"),
    href=HREF,
)
def policy_and_objectives_set(inquiry: Inquiry) -> Answer:
    """5.1-a: without a policy in force nothing counts; each agreed objective leads up to one of the business."""
    standing, _statements = policy_of(inquiry)
    if fault := standing.unfit(inquiry, TOP):
        return judged([standing.judged(fault)])
    above = dict(inquiry.rows(Objective).values_list("pk", "parent_id"))
    tops = set(inquiry.rows(Objective).filter(level="business", state__in=(*AGREED, "achieved")).values_list("pk", flat=True))
    found = [standing.judged("")]
    for objective in agreed(inquiry):
        told = _("“%(title)s” serves no agreed objective of the business. Name the one that it serves.") % {"title": objective.title}
        found.append(_of(objective, "" if _leads_up(objective.pk, above, tops) else told))
    if len(found) == 1:
        found.append(Judged(_("There is no agreed objective. Propose one, and agree it.")))
    return judged(found)


def _leads_up(key: int | None, above: dict[int, int | None], tops: set[int]) -> bool:
    seen: set[int] = set()
    while key is not None and key not in seen:
        if key in tops:
            return True
        seen.add(key)
        key = above.get(key)
    return False


@evidence(
    "plan_followed",
    population=gettext_lazy("the plan of the management system, and actions of objectives that fell due in the period"),
    counts=gettext_lazy("the plan approved by top management, in force and reviewed in time, and actions done by their day"),
    kinds=("document", "objective"),
    href=HREF,
)
def plan_followed(inquiry: Inquiry) -> Answer:
    """5.1-b: without a plan in force nothing counts; what was planned is done in time."""
    standing = standing_of(inquiry, "sms-plan")
    if fault := standing.unfit(inquiry, TOP):
        return judged([standing.judged(fault)])
    return judged([standing.judged(""), *_actions(inquiry)])


@evidence(
    "objective_actions_in_time",
    population=gettext_lazy("actions of objectives that fell due in the period"),
    counts=gettext_lazy("those that were done by their day"),
    kinds=("objective",),
    href=HREF,
)
def objective_actions_in_time(inquiry: Inquiry) -> Answer:
    """6.2.2-b: what was planned to reach the objectives is done when it should be."""
    return judged(_actions(inquiry))


def _actions(inquiry: Inquiry) -> list[Judged]:
    rows = ObjectiveAction.objects.filter(objective__in=inquiry.rows(Objective), due_on__gte=inquiry.first_day, due_on__lt=inquiry.day)
    found = []
    for row in rows.exclude(state="dropped").select_related("objective").order_by("due_on", "pk"):
        said = {"text": row.text, "title": row.objective.title, "day": day_words(row.due_on), "done": day_words(row.done_on)}
        if row.done_on is None or row.done_on > inquiry.day:
            fault = _("“%(text)s” of “%(title)s” was due on %(day)s and is not done. Do it, or drop it with a reason.") % said
        elif row.done_on > row.due_on:
            fault = _("“%(text)s” of “%(title)s” was due on %(day)s and done on %(done)s. Plan what is left so that it can be kept.") % said
        else:
            fault = ""
        found.append(Judged(fault, source_of(row.objective), row.objective.origin, row.objective.opened_at, row.owner_id))
    return found


@evidence(
    "objectives_achieved",
    population=gettext_lazy("objectives that are agreed or ended in the period, and were measured"),
    counts=gettext_lazy("those on or past their target at their last measurement"),
    kinds=("objective",),
    href=HREF,
)
def objectives_achieved(inquiry: Inquiry) -> Answer:
    """5.1-i: what was to be achieved was, by what was measured last."""
    ended = list(inquiry.rows(Objective).filter(state__in=("achieved", "missed"), ended_at__gte=inquiry.start, ended_at__lte=inquiry.at)
                 .select_related("tenant").order_by("number"))  # fmt: skip
    rows = [*agreed(inquiry), *ended]
    values = measured(rows)
    found = []
    for objective in rows:
        known = [m for m in values.get(objective.pk, ()) if m.on <= inquiry.day]
        target = number(objective.target)
        if not known:
            continue
        last = known[-1]
        said = {"title": objective.title, "value": f"{last.value.normalize():f}", "target": objective.target, "day": day_words(last.on)}
        if target is None:
            fault = _("“%(title)s” has no target in numbers. Set one.") % said
        elif not is_met(last.value, target, objective.direction):
            fault = _("“%(title)s” stood at %(value)s on %(day)s; its target is %(target)s. Decide what is done to reach it.") % said
        else:
            fault = ""
        found.append(_of(objective, fault))
    return judged(found, "" if found else _("No objective was measured."))


@evidence(
    "objectives_serve_policy",
    population=ALL_AGREED,
    counts=gettext_lazy("those that serve a statement of the policy in force"),
    kinds=("objective", "document"),
    href=HREF,
)
def objectives_serve_policy(inquiry: Inquiry) -> Answer:
    """5.2.1-b: the policy is something that objectives are built on."""
    standing, statements = policy_of(inquiry)
    if absent := standing.absent():
        return judged([standing.judged(absent)])

    def why(o: Objective) -> str:
        if named_in(o.statement, statements):
            return ""
        said = {"title": o.title, "what": o.statement.strip() or _("none")}
        return _("“%(title)s” serves no statement of the policy in force (it names: %(what)s). Name one by its key.") % said

    return each(inquiry, why)


@evidence(
    "objectives_measurable",
    population=ALL_AGREED,
    counts=gettext_lazy("those with measure, unit, start, target and day, and a statement of the policy in force"),
    kinds=("objective", "document"),
    href=HREF,
)
def objectives_measurable(inquiry: Inquiry) -> Answer:
    """6.2.1-b: each objective can be measured, and fits the policy."""
    _standing, statements = policy_of(inquiry)

    def why(o: Objective) -> str:
        wanted = (
            (_("what is measured"), o.metric.strip()),
            (_("a unit"), o.unit.strip()),
            (_("a number from which it starts"), number(o.baseline) is not None),
            (_("a target in numbers"), number(o.target) is not None),
            (_("a day until when"), o.due_on),
            (_("a statement of the policy in force"), named_in(o.statement, statements)),
        )
        return lacking(_("“%(title)s” lacks: %(what)s. Revise it."), o, wanted)

    return each(inquiry, why)


@evidence(
    "objectives_mind_requirements",
    population=ALL_AGREED,
    counts=gettext_lazy("those that name a requirement or an obligation, or say why there is none"),
    kinds=("objective", "obligation"),
    href=HREF,
)
def objectives_mind_requirements(inquiry: Inquiry) -> Answer:
    """6.2.1-c: each says which requirements it minds, in words or by a link."""
    minding = linked(inquiry.rows(Objective), "obligation", "servicerequirement", "party")

    def why(o: Objective) -> str:
        if o.requirements.strip() or any(f"{n.kind}:{n.pk}" not in inquiry.without for n in minding.get(o.pk, ())):
            return ""
        return _("“%(title)s” names no requirement or obligation. Name those that it minds, or say why there is none.") % {"title": o.title}

    return each(inquiry, why)


@evidence(
    "objectives_measured",
    population=gettext_lazy("agreed objectives of which a measurement was due"),
    counts=gettext_lazy("those whose last measurement is no older than their own frequency"),
    kinds=("objective",),
    href=HREF,
)
def objectives_measured(inquiry: Inquiry) -> Answer:
    """6.2.1-d: each is measured as often as it says, with the grace that the requirement gives."""
    rows = agreed(inquiry)
    values = measured(rows)
    grace = 1 + inquiry.bound("grace_share", 0.1)
    found = []
    for objective in rows:
        known = [m.on for m in values.get(objective.pk, ()) if m.on <= inquiry.day]
        since = known[-1] if known else day_of(inquiry.tenant, objective.opened_at)
        is_late = since + timedelta(days=int(DAYS.get(objective.frequency, 31) * grace)) < inquiry.day
        if not known and not is_late:
            continue  # its first measurement is not due yet: neither good nor bad
        said = {"title": objective.title, "how": str(objective.get_frequency_display()).lower(), "day": day_words(since)}
        if not is_late:
            fault = ""
        elif known:
            fault = _("“%(title)s” is to be measured %(how)s, and was last on %(day)s. Measure it.") % said
        else:
            fault = _("“%(title)s” is to be measured %(how)s, and never was. Measure it.") % said
        found.append(_of(objective, fault))
    return judged(found)


@evidence(
    "objectives_known",
    population=gettext_lazy("agreed objectives, and people who were asked to read the plan of objectives"),
    counts=gettext_lazy("objectives with an owner, and people who said that they read it"),
    kinds=("objective", "document"),
    href=HREF,
)
def objectives_known(inquiry: Inquiry) -> Answer:
    """6.2.1-e: whoever has to reach an objective answers for it, and read the plan in force."""
    standing = standing_of(inquiry, "objectives-plan")
    readers = read_by(inquiry, standing)
    own = each(inquiry, lambda o: "" if has_owner(inquiry, o) else _("“%(title)s” has no owner. Name who reaches it.") % {"title": o.title})
    if standing.version is None or not own.denominator:
        return readers if standing.version is None else own
    times = [t for answer in (own, readers) for t in (answer.oldest, answer.newest) if t is not None]
    names = {*own.origins, *readers.origins}
    return Answer(
        own.numerator + readers.numerator,
        own.denominator + readers.denominator,
        (*own.shortfalls, *readers.shortfalls),
        (*own.sources, *readers.sources),
        {name: own.origins.get(name, 0) + readers.origins.get(name, 0) for name in sorted(names)},
        min(times, default=None),
        max(times, default=None),
    )


@evidence(
    "objectives_kept_current",
    population=ALL_AGREED,
    counts=gettext_lazy("those whose review is not past, with a plan of objectives in force"),
    kinds=("objective", "document"),
    href=HREF,
)
def objectives_kept_current(inquiry: Inquiry) -> Answer:
    """6.2.1-f: objectives stand in a plan in force, and are looked at again in time."""
    standing = standing_of(inquiry, "objectives-plan")
    if fault := standing.unfit(inquiry):
        return judged([standing.judged(fault)])

    def why(o: Objective) -> str:
        if o.review_on is None:
            return _("“%(title)s” has no day on which it is reviewed. Set one.") % {"title": o.title}
        said = {"title": o.title, "day": day_words(o.review_on)}
        return "" if o.review_on >= inquiry.day else _("“%(title)s” was to be reviewed by %(day)s. Review it, and set the next day.") % said

    return each(inquiry, why)


@evidence(
    "objectives_planned",
    population=ALL_AGREED,
    counts=gettext_lazy("those with actions, resources, an owner, a day and a way of judging"),
    kinds=("objective",),
    href=HREF,
)
def objectives_planned(inquiry: Inquiry) -> Answer:
    """6.2.2-a: for each it is planned what is done, with what, by whom, until when, and how it is judged."""
    acting = set(ObjectiveAction.objects.filter(objective__in=inquiry.rows(Objective)).exclude(state="dropped").values_list("objective", flat=True))

    def why(o: Objective) -> str:
        wanted = (
            (_("an action"), o.pk in acting),
            (_("its resources"), o.resources.strip()),
            (_("an owner"), has_owner(inquiry, o)),
            (_("a day until when"), o.due_on),
            (_("how it is judged"), o.judged.strip()),
        )
        return lacking(_("“%(title)s” is not planned whole. It lacks: %(what)s. Add that."), o, wanted)

    return each(inquiry, why)


def _of(objective: Objective, fault: str) -> Judged:
    return Judged(fault, source_of(objective), objective.origin, objective.opened_at, objective.owner_id)
