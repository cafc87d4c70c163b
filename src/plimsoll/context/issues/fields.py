"""What this room fills into documents: issues with their effect, and the decision on climate change (4.1)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy

from plimsoll.context.issues.models import ContextIssue
from plimsoll.context.issues.queries import is_decided, issues_of
from plimsoll.kernel.figures.blanks import Asked, Blank, Row, Value, declare_blank
from plimsoll.kernel.records.sources import source_of


def issues(sphere: str) -> Callable[[Asked], Value]:
    """The current issues of one sphere."""

    def resolve(asked: Asked) -> Value:
        rows = [i for i in issues_of(asked.tenant) if i.sphere == sphere]
        told = tuple(Row((i.title, i.description, str(i.get_effect_display()), str(i.owner or ""), _reviewed(i)), source_of(i)) for i in rows)
        return Value(columns=(_("Issue"), _("What it is"), _("Effect"), _("Owner"), _("Last reviewed")), rows=told)

    return resolve


def _reviewed(issue: ContextIssue) -> str:
    return date_format(localtime(issue.reviewed_at), "j F Y") if issue.reviewed_at else _("not yet")


def climate(asked: Asked) -> Value:
    """The decision on climate change with its reason and day; empty until it is complete."""
    found = [i for i in issues_of(asked.tenant) if i.is_climate]
    told = []
    for issue in found:
        if is_decided(issue) and issue.climate_decided_on is not None:
            said = {
                "day": date_format(issue.climate_decided_on, "j F Y"),
                "decision": _("Climate change is a relevant issue")
                if issue.climate_decision == "relevant"
                else _("Climate change is not a relevant issue"),
                "reason": issue.climate_reason.strip(),
            }
            told.append(_("%(decision)s (decided on %(day)s). %(reason)s") % said)
    return Value(" ".join(told), sources=tuple(source_of(i) for i in found))


_WHERE = gettext_lazy("In the list of context issues.")
_KINDS = ("contextissue", "person")

for _blank in (
    Blank(
        "issues.internal", gettext_lazy("Internal issues"), "table", _KINDS, _WHERE, issues("internal"), "/contextissues/?sphere=internal", ("4.1-a",)
    ),
    Blank(
        "issues.external", gettext_lazy("External issues"), "table", _KINDS, _WHERE, issues("external"), "/contextissues/?sphere=external", ("4.1-a",)
    ),
    Blank(
        "issues.climate",
        gettext_lazy("Decision on climate change"),
        "text",
        ("contextissue",),
        _WHERE,
        climate,
        "/contextissues/?is_climate=true",
        ("4.1-c",),
    ),
):
    declare_blank(_blank)
