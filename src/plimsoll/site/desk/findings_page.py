"""Everything that rooms find wrong with their records though no move was refused, in one place, by rule."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _, ngettext

from plimsoll.kernel.access.queries import may_everywhere
from plimsoll.kernel.figures.findings import Finding
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import declared
from plimsoll.kernel.ui.context import SignedInView, capital
from plimsoll.site.findings import FINDERS

MOST = 40  # of each rule; of more the page says how many


class FindingsPage(SignedInView):
    """`/findings/`: for whoever may read all records of a kind and what is said of them among us; of other kinds nothing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        groups = found_for(self.person)
        count = sum(rule["count"] for group in groups for rule in group["rules"])
        facts = [ngettext("%(n)d finding", "%(n)d findings", count) % {"n": count}] if groups else []
        return render(request, "desk/findings.html", {"crumbs": [(_("Findings"), "")], "groups": groups, "facts": facts, "count": count})


def found_for(person: Person) -> list[dict[str, Any]]:
    """By room what it finds, the rules that find most first. A constant number of queries for each room."""
    assert person.tenant is not None
    moment, done, groups = now(), set(), []
    for record_type in declared():
        finder = FINDERS.get(record_type.kind)
        if finder is None or finder in done or not all(may_everywhere(person, f"{record_type.kind}:{word}") for word in ("read", "internal")):
            continue
        done.add(finder)
        by_rule: dict[str, list[Finding]] = {}
        for one in finder(person.tenant, moment):
            by_rule.setdefault(one.rule.key, []).append(one)
        rules: list[dict[str, Any]] = [
            {
                "title": capital(str(some[0].rule.title)),
                "ids": some[0].rule.ids,
                "count": len(some),
                "rows": some[:MOST],
                "more": max(0, len(some) - MOST),
            }
            for some in by_rule.values()
        ]
        rules.sort(key=lambda rule: -rule["count"])
        groups.append({"title": capital(record_type.plural_label), "clause": record_type.clause, "rules": rules})
    return groups


__all__ = ["FindingsPage", "found_for"]
