"""What documents are filled with from resource needs: what was asked for and decided, and what is short (7.1)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.kernel.records.workflows import workflow_of
from plimsoll.kernel.workflow import Workflow
from plimsoll.support.resources.models import ResourceNeed
from plimsoll.support.resources.queries import needs_of, shortages, undecided

KINDS = ("resourceneed", "person")


def decided(need: ResourceNeed, flow: Workflow) -> str:
    """“Granted by Hamish Orr on 1 May 2027”, with what is done instead, or by when it is decided again."""
    state = flow.state(need.state).label
    if need.decided_at is None:
        return state
    said = {
        "state": flow.state("granted").label if need.state == "provided" else state,
        "name": str(need.decided_by or ""),
        "day": day_words(day_of(need.tenant, need.decided_at)),
    }
    words = _("%(state)s by %(name)s on %(day)s") % said
    if need.state == "provided":
        return f"{words}, {state.lower()}"
    if need.state == "refused" and need.alternative:
        return f"{words}: {need.alternative}"
    return _("%(words)s, again by %(day)s") % {"words": words, "day": day_words(need.deferred_until)} if need.state == "deferred" else words


def much(number: int | None, unit: str) -> str:
    return "" if number is None else f"{number} {unit}".strip()


def asked_for(asked: Asked) -> Value:
    """S-041: every need with its decision; two queries."""
    flow = workflow_of(asked.tenant, "resourceneed")
    rows = []
    for need in needs_of(asked.tenant):
        need.tenant = asked.tenant
        cells = (need.title, str(need.get_type_display()), need.purpose, much(need.needed, need.unit), much(need.available, need.unit))
        rows.append(Row((*cells, str(need.owner or ""), decided(need, flow)), source_of(need)))
    columns = (_("What"), _("Kind"), _("For what"), _("Needed"), _("Available"), _("Asked by"), _("Decision"))
    return Value(columns=columns, rows=tuple(rows))


def short(asked: Asked) -> Value:
    """S-057: what is short, by the day on which it is needed."""
    rows = [Row((n.title, n.purpose, much(n.short_of, n.unit), day_words(n.needed_on)), source_of(n)) for n in shortages(asked.tenant)]
    return Value(columns=(_("What"), _("For what"), _("Short of"), _("Needed by")), rows=tuple(rows))


def open_needs(asked: Asked) -> Value:
    """S-041: what waits for a decision."""
    return Value(rows=tuple(Row((n.title,), source_of(n)) for n in undecided(asked.tenant)))


WHERE = gettext_lazy("Resource needs")
for _blank in (
    Blank("resources.asked", gettext_lazy("Resources asked for, and what was decided"), "table", KINDS, WHERE, asked_for, "/resources/",
          ("S-041", "S-057", "7.1-a")),
    Blank("resources.short", gettext_lazy("Resources that are short"), "table", KINDS, WHERE, short, "/resources/", ("S-057", "7.1-b")),
    Blank("resources.undecided", gettext_lazy("Resources not decided on yet"), "list", KINDS, WHERE, open_needs,
          "/resources/?state=asked", ("S-041",)),
):  # fmt: skip
    declare_blank(_blank)
