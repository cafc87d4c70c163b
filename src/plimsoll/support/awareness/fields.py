"""What documents are filled with from awareness: statements and their confirmation, and the share of each team (D-11)."""

from __future__ import annotations

from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import day_of, day_words, source_of
from plimsoll.support.awareness.queries import shares_of, statements_of

KINDS = ("awarenessstatement", "person", "role", "assignment", "team")
WHERE = gettext_lazy("Awareness statements")


def statements(asked: Asked) -> Value:
    """S-058, S-062: whose, in which role, what they contribute, and whether they confirmed it. One query."""
    found = [s for some in statements_of(asked.tenant).values() for s in some]
    rows = []
    for s in sorted(found, key=lambda s: (str(s.person).casefold(), s.pk)):
        confirmed = day_words(day_of(asked.tenant, s.acknowledged_at)) if s.acknowledged_at else _("not yet")
        rows.append(Row((str(s.person), s.role.title if s.role else "", s.contribution, confirmed), source_of(s)))
    return Value(columns=(_("Person"), _("Role"), _("What they contribute"), _("Confirmed")), rows=tuple(rows))


def shares(asked: Asked) -> Value:
    """7.3-c: how many of each team confirmed within a year. Four queries."""
    rows = [Row((s.team, str(len(s.people)), str(s.done), f"{s.percent} %")) for s in shares_of(asked.tenant, asked.at)]
    return Value(columns=(_("Team"), _("People"), _("Confirmed within a year"), _("Share")), rows=tuple(rows))


for _blank in (
    Blank("awareness.statements", gettext_lazy("Awareness statements and their confirmation"), "table", KINDS, WHERE, statements,
          "/awarenessstatements/", ("S-058", "S-062", "S-064", "D-11")),
    Blank("awareness.shares", gettext_lazy("Who confirmed, team by team"), "table", KINDS, WHERE, shares, "/awarenessstatements/shares/",
          ("S-058", "S-062", "7.3-c")),
):  # fmt: skip
    declare_blank(_blank)
