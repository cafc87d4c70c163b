"""What documents can claim of processes: that each is owned and run by somebody, and that somebody is accountable for each activity."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.processes.models import Process
from plimsoll.context.processes.queries import register_of
from plimsoll.context.processes.rules import ACCOUNTABLE
from plimsoll.kernel.figures.blanks import Asked
from plimsoll.kernel.figures.claims import Claim, Offender, Over, Verdict, declare_claim
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.roles.fields import holders_of

KINDS = ("process",)


def owned(over: Over) -> Verdict:
    """Two queries."""
    rows = list(Process.objects.filter(tenant=over.tenant, is_open=True).select_related("owner_role", "manager_role").order_by("number"))
    held = holders_of(Asked(over.tenant, over.at))
    return Verdict(tuple(p.pk for p in rows), tuple(o for p in rows for o in _of_roles(p, held)))


def _of_roles(process: Process, held: dict[int, list[str]]) -> Iterator[Offender]:
    lacks = []
    for role, none, nobody in (
        (process.owner_role, _("no role owns it"), _("nobody holds the role that owns it")),
        (process.manager_role, _("no role runs it"), _("nobody holds the role that runs it")),
    ):
        if role is None:
            lacks.append(none)
        elif not held.get(role.pk):
            lacks.append(nobody)
    if lacks:
        yield Offender(source_of(process), ", ".join(lacks))


def accountable(over: Over) -> Verdict:
    """As many queries as the register takes."""
    register = register_of(over.tenant)
    wrong = []
    for process in register.processes:
        activities = register.activities.get(process.pk, [])
        loose = [a.name for a in activities if sum(d.letter == ACCOUNTABLE for d in register.duties.get(a.pk, ())) != 1]
        if loose or not activities:
            why = _("not exactly one is accountable for: %(what)s") % {"what": ", ".join(loose)} if loose else _("has no activity")
            wrong.append(Offender(source_of(process), why))
    return Verdict(tuple(p.pk for p in register.processes), tuple(wrong))


def reviewed(over: Over) -> Verdict:
    """One query."""
    today = day_of(over.tenant, over.at)
    rows = list(Process.objects.filter(tenant=over.tenant, state="in_force").order_by("number"))
    late = [
        Offender(source_of(p), _("was to be reviewed on %(day)s") % {"day": day_words(p.review_on)} if p.review_on else _("has no day of review"))
        for p in rows
        if p.review_on is None or p.review_on < today
    ]
    return Verdict(tuple(p.pk for p in rows), tuple(late))


declare_claim(
    Claim(
        "processes.owned",
        gettext_lazy("Each process has an owner and a manager"),
        gettext_lazy(
            "Counts the processes that are not retired. Contradicted by each without a role that owns it or one that runs it, and where nobody "
            "holds that role."
        ),
        (*KINDS, "role", "assignment"),
        owned,
        ids=("S-034", "S-052"),
    )
)
declare_claim(
    Claim(
        "processes.accountable",
        gettext_lazy("Every activity has exactly one role accountable"),
        gettext_lazy(
            "Counts the processes that are not retired. Contradicted by each that has no activity, or an activity for which not exactly one role "
            "is accountable."
        ),
        KINDS,
        accountable,
        ids=("S-034", "5.3-a"),
    )
)
declare_claim(
    Claim(
        "processes.reviewed",
        gettext_lazy("Processes are reviewed on their day"),
        gettext_lazy("Counts the processes in force. Contradicted by each without a day of its next review, or whose day has passed."),
        KINDS,
        reviewed,
        ids=("4.4-b",),
    )
)
