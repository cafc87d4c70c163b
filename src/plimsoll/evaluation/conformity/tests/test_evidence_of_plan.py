"""What the plan of the management system proves, beside the records that it prints (6.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.agreements.parties.models import OtherPartyOperation
from plimsoll.context.obligations.models import Limitation, Obligation
from plimsoll.context.scopes.models import Scope, ScopeResource
from plimsoll.kernel.documents.models import Document, Drift
from plimsoll.kernel.figures.blanks import Value
from plimsoll.kernel.lib.time import now
from plimsoll.planning.objectives.models import Objective
from plimsoll.planning.risks.models import Risk
from plimsoll.portfolio.requirements.models import ServiceRequirement
from plimsoll.portfolio.services.models import Service
from plimsoll.support.resources.models import ResourceNeed
from plimsoll.support.tools.models import Tool
from tests.cast import House
from tests.proving import OF_95, OF_ALL, asked, document, hold, put, role, rows_of, set_to, short, told

pytestmark = pytest.mark.once


def plan(house: House, **values: Any) -> Document:
    return document(house, "sms-plan", sort="plan", **values)


def live(house: House, title: str = "Wi-Fi", **values: Any) -> Service:
    return put(house, Service, title, **{"state": "live", "owner": house.ruth, **values})


def drift(of: Document, key: str = "", **values: Any) -> Drift:
    said = {"name": "roles.table", "kind": "changed", "was": "Ruth", "now": "Dev", "label": "SMS manager", "href": "/roles/1/", "since": now()}
    return Drift.objects.create(version=of.versions.get(), key=key, **{**said, **values})


@pytest.mark.parametrize("item", ["6.3-a", "6.3-b", "6.3-c", "6.3-d", "6.3-f", "6.3-h"])
def test_without_a_plan_in_force_nothing_of_it_is_there(house: House, item: str) -> None:
    """6.3-a, 6.3-b, 6.3-c, 6.3-d, 6.3-f, 6.3-h: a draft is no evidence."""
    assert told(asked(house, item)) == ("does_not", 0, 1)
    live(house)
    draft = plan(house, is_in_force=False, state="draft")
    assert told(asked(house, item)) == ("does_not", 0, 1)
    assert short(asked(house, item)) == {draft.pk}


def test_6_3_a_the_plan_holds(house: House) -> None:
    kept = plan(house, printed={"organization.name": Value("Northmere")})
    assert told(asked(house, "6.3-a")) == ("conforms", 4, 4)
    assert asked(house, "6.3-a", without=(kept,)).verdict == "does_not"
    changed = role(house, "sms_manager")
    drift(kept, f"role:{changed.pk}")
    assert told(asked(house, "6.3-a")) == ("partly", 3, 4)
    assert short(asked(house, "6.3-a")) == {changed.pk}, "the record that differs is named"
    set_to(kept, review_due_date=now().date() - timedelta(days=1))
    assert told(asked(house, "6.3-a")) == ("partly", 2, 4)
    assert short(asked(house, "6.3-a")) == {changed.pk, kept.pk}
    version = kept.versions.get()
    version.values["scope.sentence"] = {"value": None, "override": "", "reason": "", "is_none": False}
    version.save(update_fields=["values"])
    set_to(kept, approver_role=changed)
    assert told(asked(house, "6.3-a")) == ("does_not", 0, 4)


@pytest.mark.parametrize(("days", "verdict"), [(0, "conforms"), (-1, "partly")])
def test_6_3_a_its_review_is_past_the_day_after(house: House, days: int, verdict: str) -> None:
    plan(house, review_due_date=now().date() + timedelta(days=days))
    assert asked(house, "6.3-a").verdict == verdict


SOURCE = "The [policy](doc:SMS-POL) rests on ISO/IEC 20000-1, [risks](doc:SMS-RISK) and [needs](doc:SMS-SLR). {{ list objectives.list }}"


def test_6_3_b_the_plan_builds_on_what_is_there(house: House) -> None:
    kept = plan(house, source=SOURCE, printed={"objectives.list": Value()})
    assert told(asked(house, "6.3-b")) == ("does_not", 0, 6), "it refers to all, and nothing is there"
    policy = document(house, "sms-policy", sort="policy")
    put(house, Objective, state="agreed")
    put(house, Risk, family="organization", state="evaluated")
    assert told(asked(house, "6.3-b")) == ("partly", 3, 6), "half is on the line"
    put(house, Risk, family="organization", state="evaluated", sign="opportunity")
    put(house, ServiceRequirement, service=live(house), state="agreed")
    put(house, Obligation, "ISO/IEC 20000-1:2018", state="in_force", type="standard")
    assert told(asked(house, "6.3-b")) == ("conforms", 6, 6)
    assert told(asked(house, "6.3-b", without=(policy,))) == ("partly", 5, 6)
    version = kept.versions.get()
    version.source = "Nothing."
    version.values = {}
    version.save(update_fields=["source", "values"])
    assert told(asked(house, "6.3-b")) == ("does_not", 0, 6)


@pytest.mark.parametrize(("unlisted", "verdict"), OF_ALL)
def test_6_3_c_the_plan_lists_the_services(house: House, unlisted: int, verdict: str) -> None:
    rows = [live(house) for _n in range(20)]
    live(house, in_scope=False)
    plan(house, printed={"services.in_scope": rows_of(*rows[unlisted : unlisted + 3])})
    document(house, "service-list", printed={"services.in_scope": rows_of(*rows[unlisted:])})
    finding = asked(house, "6.3-c")
    assert told(finding) == (verdict, 20 - unlisted, 20)
    assert short(finding) == {row.pk for row in rows[:unlisted]}


def test_6_3_c_without_live_services_there_is_no_evidence(house: House) -> None:
    plan(house)
    row = live(house)
    assert told(asked(house, "6.3-c", without=(row,))) == ("no_evidence", 0, 0)


@pytest.mark.parametrize(("unsaid", "verdict"), OF_ALL)
def test_6_3_d_the_plan_prints_the_limitations(house: House, unsaid: int, verdict: str) -> None:
    rows = [put(house, Limitation, state="open") for _n in range(20)]
    put(house, Limitation, state="lifted")
    plan(house, printed={"limitations.open": rows_of(*rows[unsaid:])})
    finding = asked(house, "6.3-d")
    assert told(finding) == (verdict, 20 - unsaid, 20)
    assert short(finding) == {row.pk for row in rows[:unsaid]}


def test_6_3_d_or_confirms_that_there_are_none(house: House) -> None:
    silent = plan(house)
    assert told(asked(house, "6.3-d")) == ("does_not", 0, 1)
    assert short(asked(house, "6.3-d")) == {silent.pk}
    version = silent.versions.get()
    version.values = {"limitations.open": {"value": None, "override": "", "reason": "", "is_none": True}}
    version.save(update_fields=["values"])
    assert told(asked(house, "6.3-d")) == ("conforms", 1, 1)
    known = put(house, Limitation, state="open")
    assert short(asked(house, "6.3-d")) == {known.pk}
    assert asked(house, "6.3-d", without=(known,)).verdict == "conforms"


def test_6_3_f_the_plan_names_who_answers(house: House) -> None:
    top = role(house, "top_management", house.ines)
    wifi = live(house)
    plan(house, printed={"roles.table": rows_of(top, cells=("Ines Okafor",))})
    assert told(asked(house, "6.3-f")) == ("partly", 1, 2)
    assert short(asked(house, "6.3-f")) == {wifi.pk}
    document(house, "service-list", printed={"services.in_scope": rows_of(wifi, cells=("Ruth Castellano",))})
    assert told(asked(house, "6.3-f")) == ("conforms", 2, 2)
    for gone, short_of in ((house.ruth, wifi), (house.ines, top)):
        assert short(asked(house, "6.3-f", without=(f"person:{gone.pk}",))) == {short_of.pk}
    hold(house, top, house.dev)
    assert short(asked(house, "6.3-f")) == {top.pk}, "somebody holds it whom the plan does not name"
    set_to(wifi, owner=None)
    assert told(asked(house, "6.3-f")) == ("does_not", 0, 2)


@pytest.mark.parametrize(("unprinted", "verdict"), OF_ALL)
def test_6_3_f_of_twenty(house: House, unprinted: int, verdict: str) -> None:
    roles = [role(house, f"role_{n}", house.dev) for n in range(19)]
    top = role(house, "top_management", house.dev)
    printed = [top, *roles][: 20 - unprinted]
    plan(house, printed={"roles.table": rows_of(*printed, cells=("Dev Chauhan",))})
    finding = asked(house, "6.3-f")
    assert told(finding) == (verdict, 20 - unprinted, 20)
    assert short(finding) == {r.pk for r in [top, *roles][20 - unprinted :]}


def test_6_3_g_each_kind_of_resource_is_said(house: House) -> None:
    assert told(asked(house, "6.3-g")) == ("does_not", 0, 4)
    need = put(house, ResourceNeed, type="human")
    put(house, ResourceNeed, type="financial", state="withdrawn")
    assert told(asked(house, "6.3-g")) == ("does_not", 1, 4)
    put(house, ResourceNeed, type="technical", state="granted")
    assert told(asked(house, "6.3-g")) == ("partly", 2, 4)
    scope = put(house, Scope, state="approved", approved_at=now())
    for kind in ("information", "money"):
        ScopeResource.objects.create(scope=scope, kind=kind, text="Some")
    assert told(asked(house, "6.3-g")) == ("conforms", 4, 4)
    assert told(asked(house, "6.3-g", without=(need,))) == ("partly", 3, 4)
    set_to(scope, state="superseded")
    assert told(asked(house, "6.3-g")) == ("partly", 2, 4)


@pytest.mark.parametrize(("unprinted", "verdict"), OF_ALL[:-1])
def test_6_3_h_the_plan_covers_what_others_operate(house: House, unprinted: int, verdict: str) -> None:
    rows = [put(house, OtherPartyOperation, state="running", organization=house.telco) for _n in range(19)]
    put(house, OtherPartyOperation, state="ended", organization=house.telco)
    plan(house, printed={"other_parties.operations": rows_of(*rows[unprinted:])})
    finding = asked(house, "6.3-h")
    assert told(finding) == (verdict, 20 - unprinted, 20)
    assert short(finding) == {row.pk for row in rows[:unprinted]}
    assert told(asked(house, "6.3-h", without=(f"organization:{house.telco.pk}",))) == ("conforms", 1, 1), "they end with the party"


def test_6_3_h_the_section_is_filled(house: House) -> None:
    kept = plan(house)
    assert told(asked(house, "6.3-h")) == ("does_not", 0, 1)
    assert short(asked(house, "6.3-h")) == {kept.pk}
    version = kept.versions.get()
    version.values = {"other_parties.operations": {"value": None, "override": "", "reason": "", "is_none": True}}
    version.save(update_fields=["values"])
    assert told(asked(house, "6.3-h")) == ("conforms", 1, 1), "it is confirmed that there are none"
    assert asked(house, "6.3-h", attested="missing").verdict == "partly"


@pytest.mark.parametrize(("loose", "verdict"), OF_95)
def test_6_3_i_tools_in_use_are_described(house: House, loose: int, verdict: str) -> None:
    bad = [put(house, Tool, state="in_use", owner=house.dev if n % 2 else None, description="" if n % 2 else "Tickets") for n in range(loose)]
    for _n in range(20 - loose):
        put(house, Tool, state="in_use", owner=house.dev, description="Tickets")
    finding = asked(house, "6.3-i")
    assert told(finding) == (verdict, 20 - loose, 20)
    assert short(finding) == {row.pk for row in bad}
    assert told(asked(house, "6.3-i", without=(f"person:{house.dev.pk}",))) == ("does_not", 0, 20)


def test_6_3_i_a_planned_tool_is_none_in_use(house: House) -> None:
    put(house, Tool, state="planned", owner=house.dev, description="Tickets")
    assert told(asked(house, "6.3-i")) == ("no_evidence", 0, 0)


@pytest.mark.parametrize(("other", "verdict"), OF_ALL)
def test_6_3_k_other_plans_say_what_the_records_say(house: House, other: int, verdict: str) -> None:
    plan(house)
    rows = [document(house, "roadmap", sort="plan") for _n in range(20)]
    for n, row in enumerate(rows[:other]):
        if n % 2:
            drift(row)
        else:
            set_to(row, review_due_date=now().date() - timedelta(days=1))
    finding = asked(house, "6.3-k")
    assert told(finding) == (verdict, 20 - other, 20)
    assert short(finding) == {row.pk for row in rows[:other]}


def test_6_3_k_without_another_plan_it_is_not_triggered(house: House) -> None:
    plan(house)
    document(house, "roadmap", sort="plan", is_in_force=False, state="draft")
    document(house, "document-control", sort="procedure")
    assert told(asked(house, "6.3-k")) == ("not_triggered", 0, 0)
