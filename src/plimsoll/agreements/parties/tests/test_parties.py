"""What other parties operate: which agreement fits whom, the four proofs of control and their expiry, findings, pages, and what documents print."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from plimsoll.agreements.parties import queries
from plimsoll.agreements.parties.models import OtherPartyOperation
from plimsoll.agreements.parties.parts import PROOFS
from plimsoll.agreements.parties.queries import faults_of, running, scorecards
from plimsoll.agreements.parties.rules import (
    BOXES,
    Facts,
    Proof,
    fits_its_party,
    missing_kinds,
    rests_on_an_agreement,
    says_what_they_do,
    scored,
    was_evaluated_before,
    wrong_agreement,
)
from plimsoll.context.parts.operations import add_part
from plimsoll.context.processes.tests.examples import process
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, move, open_record
from plimsoll.kernel.records.permissions import Refused
from plimsoll.kernel.records.sources import day_of
from tests.api import Caller
from tests.cast import House
from tests.contracts import ready, signed_in, text_of, walk
from tests.filling import cells, many, queries_and_seconds, value_of

db = pytest.mark.django_db
DAY = date(2031, 1, 1)


# Rules


@pytest.mark.once
@pytest.mark.parametrize(
    ("party_type", "agreed", "is_wrong"),
    [
        ("supplier", "contract", False),
        ("supplier", "ola", True),
        ("supplier", "sla", True),
        ("internal", "ola", False),
        ("internal", "contract", True),
        ("customer", "ola", False),
        ("customer", "sla", True),
        ("supplier", "", False),
    ],
)
def test_s_073_suppliers_work_under_contracts_and_others_under_internal_agreements(party_type: str, agreed: str, is_wrong: bool) -> None:
    assert bool(wrong_agreement(party_type, agreed)) is is_wrong
    if agreed:
        facts = Facts(party_type=party_type, agreed=agreed, is_valid=True)
        assert (rests_on_an_agreement(facts) is not None) is is_wrong


@pytest.mark.once
def test_each_guard_says_what_to_do() -> None:
    assert "another kind" in str(fits_its_party(Facts("supplier", "customer")))
    assert fits_its_party(Facts("internal", "unit")) is None
    assert "Name the process" in str(says_what_they_do(Facts(operates="process")))
    assert "accountable" in str(says_what_they_do(Facts(operates="process", named=True)))
    assert "Name the contract" in str(rests_on_an_agreement(Facts("supplier")))
    assert "does not hold" in str(rests_on_an_agreement(Facts("supplier", agreed="contract")))
    assert "somebody else" in str(rests_on_an_agreement(Facts("supplier", agreed="contract", is_valid=True, is_theirs=False)))
    assert "evaluated" in str(was_evaluated_before(Facts()))
    late = Facts(evaluation="Good.", evaluated_on=DAY, starts_on=DAY - timedelta(days=1))
    assert "start before" in str(was_evaluated_before(late))


@pytest.mark.once
@pytest.mark.parametrize(
    ("proofs", "expected"),
    [
        ([], "missing"),
        ([Proof("performance", "report", DAY, 3)], "fresh"),
        ([Proof("performance", "report", date(2030, 10, 1), 3)], "fresh"),  # its last day
        ([Proof("performance", "report", date(2030, 9, 30), 3)], "stale"),
        ([Proof("performance", "report", date(2029, 1, 1), 3), Proof("performance", "minutes", DAY, 1)], "fresh"),
    ],
)
def test_s_076_a_proof_goes_out_of_date_after_its_months(proofs: list[Proof], expected: str) -> None:
    found = scored(proofs, DAY)
    assert tuple(found) == BOXES
    assert (found["performance"], found["improvement"]) == (expected, "missing")


@pytest.mark.once
def test_s_078_kinds_of_evidence_that_are_missing_are_named() -> None:
    assert missing_kinds("supplier", [], DAY) == ["contract", "minutes", "report", "procedure"]
    old = Proof("performance", "report", date(2020, 1, 1), 3)
    assert missing_kinds("internal", [Proof("accountability", "ola", DAY, 12), old], DAY) == ["minutes", "report", "procedure"]


# With a database


def contract(house: House, **values: Any) -> Any:
    kind = type_named("agreement")
    made = ready(house, kind, **{"organization": house.telco, "type": "contract", "valid_until": None, **values})
    walk(house, kind, made, "active")
    made.refresh_from_db()
    return made


def operation(house: House, *, is_running: bool = False, **values: Any) -> Any:
    given: dict[str, Any] = {
        "title": "Lines",
        "process": process(house) if "process" not in values and values.get("operates", "process") == "process" else None,
        "organization": house.telco,
        "activities": "Repairs lines.",
        "owner": house.dev,
        "starts_on": date(2026, 2, 1),
        "evaluated_on": date(2026, 1, 1),
        "evaluation": "Good.",
    }
    made = open_record(type_named("otherpartyoperation"), by=house.ruth, channel="page", **(given | values))
    return move(made, "start", by=house.ruth, channel="page") if is_running else made


def proof(house: House, made: Any, box: str, kind: str = "minutes", *, ago: int = 10, **values: Any) -> Any:
    given = {"box": box, "kind": kind, "name": f"About {box}", "dated_on": day_of(house.tenant, now()) - timedelta(days=ago), "place": "Folder 3"}
    return add_part(PROOFS, made, given | values, by=house.ruth, channel="page")


def found(house: House) -> set[str]:
    return {finding.rule.key for finding in faults_of(house.tenant)}


@db
def test_s_073_an_agreement_of_the_wrong_type_is_refused_on_entry(house: House) -> None:
    internal = open_record(type_named("agreement"), by=house.ruth, channel="page", title="Internal", type="ola", organization=house.provider)
    with pytest.raises(Faulty, match="Choose a contract"):
        operation(house, agreement=internal)
    assert operation(house, agreement=internal, party_type="internal", organization=house.provider).state == "proposed"


@db
def test_s_072_nothing_starts_without_a_valid_agreement_and_losing_it_is_a_major_finding(house: House) -> None:
    with pytest.raises(MoveRefused, match="Name the contract"):
        operation(house, is_running=True)
    agreement = contract(house)
    made = operation(house, is_running=True, agreement=agreement)
    assert made.state == "running"
    assert "operation_without_agreement" not in found(house)
    move(agreement, "terminate", by=house.ruth, channel="page", note="They left.")
    assert "operation_without_agreement" in found(house)
    assert queries.NO_AGREEMENT in queries.MAJOR


@db
def test_s_074_to_s_078_the_scorecard_names_what_is_missing_and_what_is_out_of_date(house: House) -> None:
    process(house, "Another")  # so that not everything is handed over
    made = operation(house, is_running=True, agreement=contract(house))
    assert {"proof_missing", "evidence_kind_missing"} <= found(house)
    for box, kind in (("accountability", "contract"), ("definition", "procedure"), ("improvement", "minutes")):
        proof(house, made, box, kind)
    proof(house, made, "performance", "report", ago=200, months=3)
    card = scorecards([made], day_of(house.tenant, now()))[0]
    assert (card.score, card.boxes["performance"], card.kinds) == (3, "stale", ("report",))
    sentences = [f.sentence for f in faults_of(house.tenant)]
    assert any("We determine performance and compliance” is out of date since" in sentence for sentence in sentences)
    assert found(house) == {"proof_stale", "evidence_kind_missing"}
    page = text_of(signed_in(house.ruth).get(f"/other-parties/{made.number}/"))
    assert "3 of the four proofs of control count today" in page
    assert "out of date since" in page
    proof(house, made, "performance", "report", months=3)
    assert found(house) == set()


@db
def test_a_proof_says_where_it_is(house: House) -> None:
    made = operation(house)
    with pytest.raises(Faulty, match="where it is kept"):
        proof(house, made, "definition", place="")
    proof(house, made, "definition", place="", record=made.card)
    move(made, "end", by=house.ruth, channel="page", note="Not needed.")
    with pytest.raises(Faulty, match="ended"):
        proof(house, OtherPartyOperation.objects.get(pk=made.pk), "definition")


@db
def test_s_075_s_077_people_of_the_supplier_read_their_own_row_and_change_nothing(house: House) -> None:
    words = ["otherpartyoperation:read@own"]
    Grant.objects.create(tenant=house.tenant, person=house.sam, words=words, role_name="Supplier user", started_at=now() - timedelta(days=1))
    house.sam = house.fresh(house.sam)
    made = operation(house, agreement=contract(house))
    address = f"/other-parties/{made.number}/"
    assert signed_in(house.sam).get(address).status_code == 404  # it does not run yet
    made = move(made, "start", by=house.ruth, channel="page")
    proof(house, made, "performance", name="Our own thoughts")
    shown = signed_in(house.sam).get(address)
    assert shown.status_code == 200
    assert "Our own thoughts" not in text_of(shown)
    assert "Good." not in text_of(shown)
    assert signed_in(house.sam).get(f"{address}proofs/").status_code == 404
    assert signed_in(house.sam).get(f"/processes/{made.process.number}/").status_code == 404
    assert signed_in(house.sam).post(f"{address}edit/", {"title": "Ours", "version": "1"}).status_code in (403, 404)
    with pytest.raises(Refused):
        move(made, "end", by=house.sam, channel="page", note="No.")
    other = operation(house, title="Elsewhere", organization=house.provider, party_type="internal")
    assert signed_in(house.sam).get(f"/other-parties/{other.number}/").status_code == 404


@db
def test_8_2_3_c_everything_handed_over_is_a_finding(house: House) -> None:
    only = process(house)
    made = operation(house, process=only, agreement=contract(house), is_running=True)
    assert "all_handed_over" in found(house)
    assert value_of("other_parties.share", house.tenant).text.endswith("1 of 1 processes as a whole")
    process(house, "Another")
    assert "all_handed_over" not in found(house)
    assert str(made.what) == "Incident management"


@db
def test_f_25_f_26_d_20_rows_of_what_others_operate(house: House) -> None:
    names = ("operations", "services", "components", "evaluations", "governance", "performance")
    assert all(value_of(f"other_parties.{name}", house.tenant).is_empty for name in names)
    agreement, service = contract(house, title="Lines of Telco"), house.service()
    made = operation(house, agreement=agreement, part="At night", is_running=True)
    operation(house, title="S", operates="service", service=service, agreement=agreement, is_running=True)
    operation(house, title="C", operates="component", component="Lines", agreement=agreement, is_running=True)
    operation(house, title="Proposed")
    proof(house, made, "performance", "report", name="March")
    row = cells(value_of("other_parties.operations", house.tenant))
    agreed = f"{agreement.reference} Lines of Telco"
    assert row == [("Incident management: At night", "Telco", "Supplier", agreed, "Repairs lines.", "Dev Chauhan", "1 February 2026", "")]
    assert [r[0] for r in cells(value_of("other_parties.services", house.tenant))] == [service.title]
    assert [r[0] for r in cells(value_of("other_parties.components", house.tenant))] == ["Lines"]
    assert [r[2] for r in cells(value_of("other_parties.evaluations", house.tenant))] == ["1 January 2026"] * 3
    governance = {r[0]: r[2:] for r in cells(value_of("other_parties.governance", house.tenant))}
    assert governance["Lines"] == ("none",) * 4
    assert governance["Incident management: At night"][2].startswith("Performance report of")
    assert [r[2] for r in cells(value_of("other_parties.performance", house.tenant))] == ["March"]
    about = made.process.reference
    assert [r[1] for r in cells(value_of("process.other_parties", house.tenant, about=about))] == ["Telco"]
    assert value_of("process.other_parties", house.tenant).is_empty


@db
def test_proofs_are_entered_on_their_page_and_by_programs(house: House) -> None:
    made = operation(house)
    page = f"/other-parties/{made.number}/proofs/"
    sent = {"box": "definition", "kind": "procedure", "name": "How", "dated_on": "2026-05-01", "months": "12", "place": "Folder 3"}
    assert signed_in(house.ruth).post(page, sent).status_code == 302
    assert "Folder 3" in text_of(signed_in(house.ruth).get(page))
    answer = Caller(house.ruth).post(f"other-parties/{made.number}/proofs", sent | {"months": 6, "record": made.reference})
    assert answer.status_code == 201, answer.content
    assert (answer.json()["months"], answer.json()["record"]) == (6, made.reference)
    assert Caller(house.ruth).post(f"other-parties/{made.number}/proofs", sent | {"months": 600}).status_code == 422


@db
def test_many_rows_resolve_in_a_few_queries(house: House) -> None:
    one = process(house)
    values = {"process": one, "party_type": "supplier", "operates": "process"}
    many(house, type_named("otherpartyoperation"), 300, "running", lambda n: values)
    assert running(house.tenant).count() == 300
    for name in ("operations", "governance"):
        count, seconds = queries_and_seconds(f"other_parties.{name}", house.tenant)
        assert count <= 4
        assert seconds < 0.5
