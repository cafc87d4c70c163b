"""What processes prove (4.4)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.processes.content import starters
from plimsoll.context.processes.models import Interface, Process
from plimsoll.context.processes.rules import listed, serves
from plimsoll.kernel.figures.evidence import Answer, Inquiry, Judged, evidence, judged
from plimsoll.kernel.records.sources import source_of
from plimsoll.kernel.register.models import Card


@evidence(
    "processes_connected",
    population=gettext_lazy("clauses that ask for a process, and processes in force"),
    counts=gettext_lazy("clauses served by a process in force, and processes that give to others and receive from others"),
    kinds=("process",),
    href="/processes/map/",
)
def processes_connected(inquiry: Inquiry) -> Answer:
    """4.4-a: there is a process for each clause that asks for one, and none stands alone."""
    rows = _in_force(inquiry)
    keys = {p.pk for p in rows}
    pairs = list(Interface.objects.filter(process__in=keys, to__in=keys).values_list("process_id", "to_id"))
    givers, receivers = {one for one, _other in pairs}, {other for _one, other in pairs}
    found = []
    for starter in starters():
        for clause in listed(starter.clauses):
            first = next((p for p in rows if serves(listed(p.clauses), clause)), None)
            said = {"clause": clause, "title": starter.title}
            fault = "" if first else _("No process in force serves clause %(clause)s (%(title)s). Describe one and put it in force.") % said
            found.append(_of(first, fault))
    for process in rows:
        lacks = [
            word for word, there in ((_("gives nothing to another one"), givers), (_("receives nothing from another one"), receivers))
            if process.pk not in there
        ]  # fmt: skip
        said = {"title": process.title, "what": _(" and ").join(lacks)}
        found.append(_of(process, _("The process “%(title)s” %(what)s. Enter its interfaces.") % said if lacks else ""))
    return judged(found)


@evidence(
    "processes_alive",
    population=gettext_lazy("processes in force"),
    counts=gettext_lazy("those that left records in the period, and were put in force or reviewed in it"),
    kinds=("process",),
    href="/processes/?state=in_force",
)
def processes_alive(inquiry: Inquiry) -> Answer:
    """4.4-b: each process in force leaves records, and somebody looked at it in the period."""
    rows = _in_force(inquiry)
    kinds = {kind for process in rows for kind in listed(process.kinds)}
    cards = inquiry.rows(Card).filter(kind__in=kinds, opened_at__gte=inquiry.start, opened_at__lte=inquiry.at)
    seen = set(cards.values_list("kind", flat=True).distinct())
    found = []
    for process in rows:
        said = {"title": process.title}
        own = listed(process.kinds)
        is_reviewed = process.reviewed_on is not None and inquiry.first_day <= process.reviewed_on <= inquiry.day
        is_fresh = process.approved_at is not None and inquiry.start <= process.approved_at <= inquiry.at
        if not own:
            fault = _("“%(title)s” does not say which kinds of records it works with. Name them.") % said
        elif not seen.intersection(own):
            fault = _("“%(title)s” left no record in the period. Look whether anybody works by it.") % said
        elif not is_reviewed and not is_fresh:
            fault = _("“%(title)s” was neither put in force nor reviewed in the period. Review it.") % said
        else:
            fault = ""
        found.append(_of(process, fault))
    return judged(found)


def _in_force(inquiry: Inquiry) -> list[Process]:
    return list(inquiry.rows(Process).filter(state="in_force").order_by("number"))


def _of(process: Process | None, fault: str) -> Judged:
    if process is None:
        return Judged(fault)
    return Judged(fault, source_of(process), process.origin, process.approved_at or process.opened_at)
