"""The register of processes as a whole: `/processes/map/`, `/matrix/`, `/start/`; and `/processes/{number}/sipoc/` for one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from plimsoll.context.processes.content import starter_named, starters
from plimsoll.context.processes.fields import drawn, passing_in, passing_out, twin
from plimsoll.context.processes.models import Interface, Process
from plimsoll.context.processes.operations import begin
from plimsoll.context.processes.queries import Register, a_month, faults_of, links_made, records_lately, register_of
from plimsoll.context.processes.record import PROCESS
from plimsoll.context.processes.rules import TIMES_A_MONTH, listed, nobodys, same, serves
from plimsoll.kernel.access.queries import reach
from plimsoll.kernel.access.wording import doing
from plimsoll.kernel.identity.models import Tenant
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.permissions import Refused, is_inside
from plimsoll.kernel.ui.context import DeclaredView, address_of

_CELL = re.compile(r"\A([0-9]{1,9})-([0-9]{1,9})\Z")


class RegisterPage(DeclaredView):
    """Shared: for those of the provider who may read every process."""

    record_type = PROCESS

    def tenant(self) -> Tenant:
        if not reach(self.person, "process:read").everything or not is_inside(self.person, kind="process"):
            said = _("The register of processes is for the provider's own people. A role that allows %(doing)s shows it.")
            raise Refused(said % {"doing": doing("process:read")})
        assert self.person.tenant is not None
        return self.person.tenant


class MapPage(RegisterPage):
    """Every process in its lane, with what passes; the same as a table; what the records show; what is open."""

    def get(self, request: HttpRequest) -> HttpResponse:
        tenant, moment = self.tenant(), now()
        register = register_of(tenant)
        columns, rows = twin(register)
        lately = records_lately(tenant, register.processes, moment)
        shown = [
            {
                "row": row,
                "process": process,
                "opened": sum(lately.get(kind, 0) for kind in listed(process.kinds)),
                "kinds": listed(process.kinds),
            }
            for row, process in zip(rows, register.processes, strict=True)
        ]
        return self.show(
            "processes/map.html",
            {
                "drawing": mark_safe(drawn(register)),
                "columns": columns,
                "rows": shown,
                "findings": faults_of(tenant, moment),
                "may_open": self.may_open(),
                "crumbs": self.crumbs((_("Map"), "")),
            },
        )


@dataclass(frozen=True, slots=True)
class Line:
    """An interface as the matrix lists it: as declared, and how often the records show it a month."""

    interface: Interface
    a_month: float | None

    @property
    def is_idle(self) -> bool:
        """Declared as at least monthly and in this system, and the records show less than half of that."""
        wanted = TIMES_A_MONTH[self.interface.frequency]
        return self.a_month is not None and self.interface.method == "system" and wanted >= 1 and self.a_month < wanted / 2


class MatrixPage(RegisterPage):
    """Rows give, columns receive. A number leads to what passes there; the list under it is the same as a table."""

    def get(self, request: HttpRequest) -> HttpResponse:
        tenant, moment = self.tenant(), now()
        register = register_of(tenant)
        made = links_made(tenant, register.processes, moment)
        lines = [Line(i, a_month(i, made)) for i in register.interfaces()]
        chosen = self._chosen(request.GET.get("cell", ""), register)
        counts: dict[tuple[int, int], int] = {}
        for line in lines:
            key = line.interface.process_id, line.interface.to_id
            counts[key] = counts.get(key, 0) + 1
        matrix = [
            {
                "process": giver,
                "cells": [
                    {
                        "other": other,
                        "count": counts.get((giver.pk, other.pk), 0),
                        "is_self": giver.pk == other.pk,
                        "is_chosen": chosen == (giver, other),
                    }
                    for other in register.processes
                ],
            }
            for giver in register.processes
        ]
        shown = [x for x in lines if chosen is None or (x.interface.process_id, x.interface.to_id) == (chosen[0].pk, chosen[1].pk)]
        return self.show(
            "processes/matrix.html",
            {
                "matrix": matrix,
                "processes": register.processes,
                "lines": shown,
                "chosen": chosen,
                "crumbs": self.crumbs((_("Interfaces"), "")),
            },
        )

    @staticmethod
    def _chosen(text: str, register: Register) -> tuple[Process, Process] | None:
        found = _CELL.match(text)
        if found is None:
            return None
        by_number = {p.number: p for p in register.processes}
        one, other = by_number.get(int(found[1])), by_number.get(int(found[2]))
        return (one, other) if one is not None and other is not None else None


class SipocPage(RegisterPage):
    """S-071: who gives what to a process, what it does with it, what it makes, and who gets that."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        tenant = self.tenant()
        process = self.found(number)
        assert isinstance(process, Process)
        register = register_of(tenant)
        given = list(register.outputs())
        used = passing_in(process, register)
        open_inputs = set(nobodys(used, given))
        inputs = [
            {
                "what": what,
                "who": who or ", ".join(p.title for p in register.makers_of(what) if p.pk != process.pk),
                "is_open": what in open_inputs,
            }
            for what, who in used
        ]
        made = [{"what": what, "who": who or self._users(register, process, what)} for what, who in passing_out(process, register)]
        return self.show(
            "processes/sipoc.html",
            {
                "record": process,
                "base": address_of(process, PROCESS),
                "inputs": inputs,
                "activities": register.activities.get(process.pk, ()),
                "outputs": made,
                "crumbs": self.record_crumbs(process, (_("In and out"), "")),
            },
        )

    @staticmethod
    def _users(register: Register, process: Process, what: str) -> str:
        """The processes that name what it makes as their input."""
        return ", ".join(
            p.title
            for p in register.processes
            if p.pk != process.pk and any(f.direction == "input" and same(f.name) == same(what) for f in register.flows.get(p.pk, ()))
        )


class StartPage(RegisterPage):
    """The processes that the product ships: each may be begun from, none is taken by itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        register = register_of(self.tenant())
        rows: list[dict[str, Any]] = [
            {
                "starter": starter,
                "there": [p for p in register.processes if any(serves(listed(p.clauses), clause) for clause in listed(starter.clauses))],
            }
            for starter in starters()
        ]
        return self.show("processes/start.html", {"rows": rows, "may_open": self.may_open(), "crumbs": self.crumbs((_("Start from"), ""))})

    def post(self, request: HttpRequest) -> HttpResponse:
        self.tenant()
        starter = starter_named(request.POST.get("starter", ""))
        if starter is None:
            raise Http404
        made = begin(starter, by=self.person, channel="page")
        said = _("%(ref)s is drafted. Say who owns and runs it, who does what, and what passes to others.")
        messages.success(request, said % {"ref": made.reference})
        return HttpResponseRedirect(address_of(made, PROCESS))
