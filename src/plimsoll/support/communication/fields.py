"""What documents are filled with from communication: the plan, what was told, and how much of it in time (D-07)."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.support.communication.models import Communication, Telling
from plimsoll.support.communication.queries import INTERVAL, by_top_management, in_time, planned

KINDS = ("communication", "role", "person")
WHERE, PLACE = gettext_lazy("Communications in the plan"), "/communications/?state=in_plan"


def when(c: Communication) -> str:
    """“Every month, next on 1 May 2027”; for what is told on an event, the event."""
    if c.frequency == "event":
        return c.occasion
    often = str(c.get_frequency_display())
    return _("%(often)s, next on %(day)s") % {"often": often, "day": day_words(c.next_on)} if c.next_on else often


def plan(asked: Asked) -> Value:
    """D-07: what, when, with whom, how, by whom, inside or outside."""
    rows = [
        Row((c.title, c.description, when(c), c.audience, str(c.get_side_display()), c.means, c.role.title if c.role else ""), source_of(c))
        for c in planned(asked.tenant)
    ]
    columns = (_("What"), _("Why"), _("When"), _("With whom"), _("Inside, outside"), _("How"), _("By whom"))
    return Value(columns=columns, rows=tuple(rows))


def records(asked: Asked) -> Value:
    """S-040, S-046: what was told within a year, newest first."""
    since = day_of(asked.tenant, asked.at) - timedelta(days=INTERVAL)
    told = Telling.objects.filter(communication__tenant=asked.tenant, on__gte=since).select_related("communication", "by").order_by("-on", "-pk")
    rows = []
    for t in told:
        reached = str(t.reached) if t.reached is not None else ""
        in_time_or_not = _("in time") if t.is_in_time else _("late")
        rows.append(Row((day_words(t.on), t.communication.title, str(t.by or ""), reached, in_time_or_not, t.reference), source_of(t.communication)))
    columns = (_("On"), _("What"), _("By whom"), _("People reached"), _("In time"), _("Where it can be found"))
    return Value(columns=columns, rows=tuple(rows))


def share(asked: Asked) -> Value:
    """S-046: how much of what was due within a year was told in time, in a sentence."""
    today = day_of(asked.tenant, asked.at)
    done, due = in_time(asked.tenant, today - timedelta(days=INTERVAL), today)
    if not due:
        return Value(text=_("nothing has been due yet"))
    said = {"done": done, "due": due, "share": round(100 * done / due)}
    return Value(text=_("%(done)d of %(due)d that were due within a year were told in time (%(share)d %%)") % said)


def spoken(asked: Asked) -> Value:
    """S-040: when top management last told why requirements, law and contracts matter."""
    told = by_top_management(asked.tenant, asked.at)
    if not told:
        return Value(text=_("not within a year"))
    last = told[0]
    said = {"day": day_words(last.on), "title": last.communication.title}
    return Value(text=_("%(day)s (%(title)s)") % said, sources=(source_of(last.communication),))


for _blank in (
    Blank("communication.plan", gettext_lazy("Communication plan: what, when, with whom, how, by whom"), "table", KINDS, WHERE, plan, PLACE,
          ("S-046", "D-07", "7.4-a")),
    Blank("communication.records", gettext_lazy("What was communicated within a year"), "table", KINDS, WHERE, records, PLACE,
          ("S-040", "S-046", "D-07", "7.4-b")),
    Blank("communication.in_time", gettext_lazy("How much of what was due was told in time"), "text", KINDS, WHERE, share, PLACE, ("S-046", "7.4-b")),
    Blank("communication.by_top_management", gettext_lazy("When top management last spoke"), "text", KINDS, WHERE, spoken, PLACE, ("S-040", "5.1-h")),
):  # fmt: skip
    declare_blank(_blank)
