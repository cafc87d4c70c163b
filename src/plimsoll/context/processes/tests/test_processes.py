"""Processes with a database: parts and their guards, findings, what the records show, pages, and what documents print of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from plimsoll.context.parts.operations import add_part, change_part, remove_part
from plimsoll.context.processes import queries
from plimsoll.context.processes.content import starters
from plimsoll.context.processes.models import Activity, Duty, Process
from plimsoll.context.processes.parts import ACTIVITIES, DUTIES, FACTORS
from plimsoll.context.processes.queries import a_month, faults_of, links_made, register_of
from plimsoll.context.processes.tests.examples import SOON, flow, part, passes, process, role
from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.drifting import compare_all
from plimsoll.kernel.documents.models import Document, Drift
from plimsoll.kernel.documents.operations import begin
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import declared, type_named
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.roles.operations import give_role
from tests.api import Caller
from tests.cast import House
from tests.contracts import cost, signed_in, text_of
from tests.filling import cells, many, queries_and_seconds, value_of

pytestmark = pytest.mark.django_db


def found(house: House, one: Process | None = None) -> set[str]:
    return {finding.rule.key for finding in faults_of(house.tenant, only=one.pk if one is not None else None)}


# Who does what


def test_s_034_a_second_accountable_is_refused_on_entry_and_the_first_can_be_changed(house: House) -> None:
    made = process(house)
    activity, other = Activity.objects.filter(process=made)
    with pytest.raises(Faulty, match="only one can be"):
        part(house, DUTIES, made, activity=activity, role=role(house, "Another"), letter="A")
    part(house, DUTIES, made, activity=activity, role=role(house, "Another"), letter="R")
    with pytest.raises(Faulty, match="stands here already"):
        part(house, DUTIES, made, activity=activity, role=role(house, "Another"), letter="R")
    first = Duty.objects.get(activity=activity, letter="A")
    change_part(DUTIES, first, {"role": role(house, "Another")}, by=house.ruth, channel="page")
    assert Duty.objects.get(pk=first.pk).role.title == "Another"
    with pytest.raises(Faulty, match="names it"):
        remove_part(ACTIVITIES, activity, by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="another record"):
        part(house, DUTIES, process(house, "Another process"), activity=other, role=role(house, "Another"), letter="C")


def test_s_034_a_process_is_put_in_force_with_one_accountable_for_each_activity(house: House) -> None:
    made = process(house)
    part(house, ACTIVITIES, made, name="Report")
    with pytest.raises(MoveRefused, match="Nobody is accountable for “Report”"):
        move(made, "put_in_force", by=house.ruth, channel="page")
    part(house, DUTIES, made, activity=Activity.objects.get(name="Report"), role=role(house, "Another"), letter="A")
    ready = move(made, "put_in_force", by=house.ruth, channel="page")
    assert (ready.state, ready.approved_by) == ("in_force", house.ruth)  # type: ignore[attr-defined]
    with pytest.raises(MoveRefused, match="It needs|needs"):
        move(process(house, "Bare", is_whole=False), "put_in_force", by=house.ruth, channel="page", fields={"review_on": SOON})


def test_activities_come_last_unless_said_otherwise(house: House) -> None:
    made = process(house)
    part(house, ACTIVITIES, made, name="First of all", position=0)
    part(house, ACTIVITIES, made, name="Last")
    assert [a.name for a in Activity.objects.filter(process=made)] == ["First of all", "Record", "Close", "Last"]
    with pytest.raises(Faulty, match="already an activity"):
        part(house, ACTIVITIES, made, name="Last")


@pytest.mark.parametrize(("values", "field"), [({"clauses": "3.1"}, "clauses"), ({"kinds": "incident, unicorn"}, "kinds")])
def test_clauses_are_clauses_and_kinds_are_kinds(house: House, values: dict[str, str], field: str) -> None:
    with pytest.raises(Faulty) as caught:
        process(house, is_whole=False, **values)
    assert [fault.field for fault in caught.value.faults] == [field]


def test_s_085_an_indicator_is_one_that_is_declared(house: House) -> None:
    with pytest.raises(Faulty, match="Did you mean"):
        part(house, FACTORS, process(house), name="Fast", indicator="incident_volum")


def test_s_105_a_process_is_in_exactly_one_stage(house: House) -> None:
    made = process(house)
    amend(made, by=house.ruth, channel="page", stage="improvement")
    with pytest.raises(Faulty):
        amend(Process.objects.get(pk=made.pk), by=house.ruth, channel="page", stage="operation, improvement")
    assert Process.objects.get(pk=made.pk).stage == "improvement"


# What is not as it should be


def test_a_process_that_is_as_it_should_be_has_no_finding(house: House) -> None:
    one, other = process(house, is_in_force=True), process(house, "Problem management", is_in_force=True, kinds="", clauses="8.6.3")
    passes(house, one, other)
    passes(house, other, one)
    objective = open_record(type_named("objective"), by=house.ruth, channel="page", title="Fewer")
    for each in (one, other):
        parts.link(objective, "relates to", each, by=house.ruth, channel="page")
        begin(template_named("process-description"), by=house.ruth, channel="page", about=each.reference)  # type: ignore[arg-type]
    house.incident()
    assert found(house, one) == {"process_without_document"} == found(house, other)  # their documents are drafts
    assert found(house) == {"process_without_document", "clause_without_process"}


def test_s_034_s_052_a_process_without_owner_or_holder_or_objective_is_a_finding(house: House) -> None:
    bare = process(house, "Bare", is_whole=False)
    assert {"process_without_role", "process_without_objective", "activity_without_one_accountable"} <= found(house, bare)
    named = process(house, owner_role=role(house, "Nobody's", held=False))
    assert "process_without_holder" in found(house, named)
    assert "process_without_role" not in found(house, named)


def test_s_053_a_process_that_gives_or_gets_nothing_is_a_finding(house: House) -> None:
    one, other = process(house), process(house, "Problem management")
    assert {"process_without_inbound", "process_without_outbound"} <= found(house, one)
    passes(house, one, other)
    assert "process_without_outbound" not in found(house, one)
    assert "process_without_inbound" not in found(house, other)
    with pytest.raises(Faulty, match="others"):
        passes(house, one, one)


def test_s_037_a_process_that_does_not_say_what_it_needs_is_a_finding(house: House) -> None:
    sentences = [f.sentence for f in faults_of(house.tenant, only=process(house, money="", tools="").pk) if f.rule is queries.NO_RESOURCES]
    assert sentences == ["Incident management does not say what it needs: tools, money."]


def test_s_071_an_input_that_is_nobodys_output_is_named(house: House) -> None:
    one, other = process(house), process(house, "Problem management")
    flow(house, one, "input", "Known errors")
    flow(house, one, "input", "Reports", "users")
    assert [f.sentence for f in faults_of(house.tenant) if f.rule is queries.NOBODYS_INPUT] == [
        "Incident management needs “Known errors”, which no process makes. Say who does."
    ]
    flow(house, other, "output", "known errors")
    assert "input_of_nobody" not in found(house)


def test_s_085_a_factor_has_indicator_target_and_threshold(house: House) -> None:
    made = process(house)
    part(house, FACTORS, made, name="Friendly")
    assert [f.sentence for f in faults_of(house.tenant, only=made.pk) if f.rule is queries.NO_INDICATOR] == [
        "“Friendly” of Incident management lacks an indicator, a target, a threshold."
    ]
    assert "process_without_factor" in found(house, process(house, "Bare", is_whole=False))


def test_4_4_b_a_process_in_force_leaves_records_and_is_reviewed(house: House) -> None:
    made = process(house, is_in_force=True)
    assert "process_without_records" in found(house, made)
    house.incident()
    assert "process_without_records" not in found(house, made)
    later = {f.rule.key for f in faults_of(house.tenant, now() + timedelta(days=9000), only=made.pk)}
    assert "process_review_past" in later


def test_l_01_each_clause_without_a_process_is_named(house: House) -> None:
    process(house)
    bare = [f.sentence for f in faults_of(house.tenant) if f.rule is queries.CLAUSE_BARE]
    assert any("8.5.1" in sentence for sentence in bare)
    assert not any("8.6.1" in sentence for sentence in bare)


def test_the_list_to_start_from_covers_every_clause_and_makes_all_that_it_needs() -> None:
    rows = starters()
    assert {int(clause.split(".")[0]) for s in rows for clause in s.clauses.split(", ")} == set(range(4, 11))
    made = {what for s in rows for what in s.outputs}
    assert [what for s in rows for what, outside in s.inputs if not outside and what not in made] == []
    assert all(s.activities and s.purpose and s.covers for s in rows)
    assert {kind for kind in ("incident", "request", "agreement")} <= {rt.kind for rt in declared()}


# What the records show


def test_s_070_how_often_something_passes_is_counted_from_links_between_records(house: House) -> None:
    one, other = process(house), process(house, "Service level management", kinds="agreement, service")
    told = passes(house, one, other, frequency="daily", link="relates to")
    silent = passes(house, one, process(house, "Without kinds", kinds=""))
    service = house.service()
    for n in range(3):
        parts.link(house.incident(f"Broken {n}"), "relates to", service, by=house.ruth, channel="page")
    parts.link(house.incident("Caused"), "caused by", service, by=house.ruth, channel="page")
    made = links_made(house.tenant, register_of(house.tenant).processes, now())
    assert (a_month(told, made), a_month(silent, made)) == (1.0, None)
    assert links_made(house.tenant, register_of(house.tenant).processes, now() - timedelta(days=400)) == []


# Pages


def test_the_pages_of_the_register(house: House) -> None:
    ruth = signed_in(house.ruth)
    assert "no process yet" in text_of(ruth.get("/processes/map/"))
    assert "no process yet" in text_of(ruth.get("/processes/matrix/"))
    one, other = process(house, is_in_force=True), process(house, "Problem management" * 8, kinds="")
    passes(house, one, other, "Faults that come again")
    flow(house, one, "input", "Known errors")
    shown = ruth.get("/processes/map/")
    assert b"<svg" in shown.content
    assert "Problem management" in text_of(shown)
    matrix = text_of(ruth.get(f"/processes/matrix/?cell={one.number}-{other.number}"))
    assert "Faults that come again" in matrix
    assert "not counted" in matrix
    assert "Nothing passes here" in text_of(ruth.get(f"/processes/matrix/?cell={other.number}-{one.number}"))
    assert "Faults that come again" in text_of(ruth.get("/processes/matrix/?cell=999-rubbish"))
    sipoc = text_of(ruth.get(f"/processes/{one.number}/sipoc/"))
    assert "nobody makes it" in sipoc
    assert "Faults that come again" in sipoc
    for address in ("map/", "matrix/", "start/", f"{one.number}/sipoc/"):
        assert signed_in(house.aoife).get(f"/processes/{address}").status_code in (403, 404)
    assert signed_in(house.mallory).get(f"/processes/{one.number}/sipoc/").status_code == 404


def test_pages_cost_the_same_however_many_processes_there_are(house: House) -> None:
    ruth = signed_in(house.ruth)
    previous = process(house, is_in_force=True)
    passes(house, previous, process(house, "Second", is_in_force=True))
    ruth.get("/processes/map/")
    first = {page: cost(lambda page=page: ruth.get(f"/processes/{page}/")) for page in ("map", "matrix")}  # type: ignore[misc]
    for n in range(3):
        made = process(house, f"More {n}", is_in_force=True)
        passes(house, previous, made)
        previous = made
    for page, statements in first.items():
        assert cost(lambda page=page: ruth.get(f"/processes/{page}/")) <= statements, page  # type: ignore[misc]


def test_a_process_is_begun_from_the_list_and_never_by_itself(house: House) -> None:
    ruth = signed_in(house.ruth)
    assert "none yet" in text_of(ruth.get("/processes/start/"))
    assert not Process.objects.exists()
    answer = ruth.post("/processes/start/", {"starter": "incident"})
    made = Process.objects.get()
    assert answer["Location"] == f"/processes/{made.number}/"
    assert (made.state, made.kinds, made.activities.count()) == ("draft", "incident", 3)
    assert ruth.post("/processes/start/", {"starter": "nothing"}).status_code == 404
    assert signed_in(house.greta).post("/processes/start/", {"starter": "incident"}).status_code == 403


def test_parts_are_entered_on_their_pages_and_by_programs(house: House) -> None:
    made, other = process(house), process(house, "Problem management")
    ruth, activity, owner = signed_in(house.ruth), Activity.objects.filter(process=made)[0], role(house, "Another")
    page = f"/processes/{made.number}/duties/"
    assert text_of(ruth.get(page)).count("Process owner") >= 2
    entered = ruth.post(page, {"activity": activity.pk, "role": owner.pk, "letter": "R"})
    assert entered.status_code == 302, text_of(entered)[text_of(entered).index("<main") :][:6000]
    refused = ruth.post(page, {"activity": activity.pk, "role": owner.pk, "letter": "A"})
    assert refused.status_code == 422
    assert "only one can be" in text_of(refused)
    caller = Caller(house.ruth)
    base = f"processes/{made.number}"
    entered = caller.post(f"{base}/interfaces", {"to": other.reference, "information": "Faults that come again", "frequency": "weekly"})
    assert entered.status_code == 201, entered.content
    assert entered.json()["to"] == other.reference
    duty = caller.post(f"{base}/duties", {"activity": activity.pk, "role": owner.reference, "letter": "C"})
    assert duty.status_code == 201, duty.content
    strange = Activity.objects.filter(process=other)[0]
    for body in (
        {"activity": strange.pk, "role": owner.reference, "letter": "I"},
        {"activity": activity.pk, "role": made.reference, "letter": "I"},
        {"activity": activity.pk, "role": None, "letter": "I"},
    ):
        assert caller.post(f"{base}/duties", body).status_code == 422, body
    assert caller.post(f"{base}/activities", {"name": "Later", "position": 7}).json()["position"] == 7
    assert caller.post(f"{base}/factors", {"name": "Fast", "indicator": "nonsense"}).status_code == 422


# What documents print


def test_f_34_the_managers_of_processes_within_a_sentence(house: House) -> None:
    assert value_of("processes.managers", house.tenant).is_empty
    process(house, is_in_force=True)
    process(house, "Change management", is_in_force=True, manager_role=role(house, "Change manager"))
    process(house, "Not in force", manager_role=role(house, "Draft manager"))
    assert value_of("processes.managers", house.tenant).text == "Change manager and Incident manager"


def test_the_register_fills_list_interfaces_matrix_raci_and_map(house: House) -> None:
    names = ("list", "map", "interfaces", "matrix", "raci")
    assert all(value_of(f"processes.{name}", house.tenant).is_empty for name in names)
    one, other = process(house, is_in_force=True), process(house, "Problem management", is_in_force=True, clauses="8.6.3")
    process(house, "A draft")
    passes(house, one, other, "Faults", type="notice", frequency="weekly", trigger="Three of a kind")
    assert [row[0] for row in cells(value_of("processes.list", house.tenant))] == ["Incident management", "Problem management"]
    assert cells(value_of("processes.list", house.tenant))[0][4:6] == ("Process owner (Dev Chauhan)", "Incident manager (Dev Chauhan)")
    assert cells(value_of("processes.interfaces", house.tenant)) == [
        ("Incident management", "Problem management", "Faults", "Notice", "In this system", "Every week", "Three of a kind")
    ]
    matrix = value_of("processes.matrix", house.tenant)
    assert matrix.columns == ("Gives", one.reference, other.reference)
    assert [row[1:] for row in cells(matrix)] == [("", "1"), ("", "")]
    assert cells(value_of("processes.raci", house.tenant))[0] == ("Incident management", "Record", "", "Process owner", "", "")
    assert value_of("processes.map", house.tenant).svg.count("data-process") == 2
    measured = cells(value_of("measurement.indicators", house.tenant))[0]
    assert (measured[0], measured[1], measured[4:]) == ("Incident management", "Fast", ("95 %", "90 %", "Incident manager"))


def test_d_16_a_document_is_about_one_process_and_prints_that_one(house: House) -> None:
    one, other = process(house, is_in_force=True, rules="- Priority first\n\n- Then age"), process(house, "Problem management")
    passes(house, other, one, "Known errors")
    flow(house, one, "output", "Resolved incidents", "users")

    def told(name: str) -> list[tuple[str, ...]]:
        return cells(value_of(f"process.{name}", house.tenant, about=one.reference))

    texts = {name: value_of(f"process.{name}", house.tenant, about=one.reference).text for name in ("title", "purpose", "scope", "clauses", "owner")}
    assert texts["title"] == "Incident management"
    assert all(texts.values())
    assert told("rules") == [("Priority first",), ("Then age",)]
    assert told("inputs") == [("Known errors", "Problem management")]
    assert told("outputs") == [("Resolved incidents", "users")]
    assert [row[0] for row in told("activities")] == ["Record", "Close"] == [row[0] for row in told("raci")]
    assert len(told("resources")) == 4
    assert [row[0] for row in told("interfaces")] == ["Problem management"]
    assert told("indicators")[0][0] == "Fast"
    assert told("records") == [("Incidents",)]
    objective = open_record(type_named("objective"), by=house.ruth, channel="page", title="Fewer")
    parts.link(objective, "relates to", one, by=house.ruth, channel="page")
    assert [row[2] for row in told("statements")] == ["Fewer"]
    for about in ("", "INC-1", "PRC-99", "PRC-x", other.reference):
        assert value_of("process.title", house.tenant, about=about).text in ("", "Problem management")
    with pytest.raises(Faulty, match="is no number of a record"):
        begin(template_named("process-description"), by=house.ruth, channel="page", about="the second one")  # type: ignore[arg-type]


def test_d_16_a_document_about_a_process_drifts_with_that_process_only(house: House) -> None:
    one, other = process(house, is_in_force=True), process(house, "Problem management", is_in_force=True)
    answer = signed_in(house.ruth).post("/documents/templates/", {"template": "process-description", "about": one.reference})
    document = Document.objects.get(about=one.reference)
    assert answer["Location"] == f"/documents/{document.number}/fields/"
    assert "Why there is Incident management" in text_of(signed_in(house.ruth).get(f"/documents/{document.number}/draft/"))
    body = '+++\ntitle = "P"\n+++\n\n# Purpose\n\n{{ process.purpose }}\n'
    drafted = open_record(type_named("role"), by=house.ruth, channel="page", title="Approver", words=["document:approve"])
    approver = move(drafted, "put_in_force", by=house.ruth, channel="page")
    give_role(role=approver, person=house.dev, by=house.ruth, channel="page")  # type: ignore[arg-type]
    amend(document, by=house.ruth, channel="page", body=body, approver_role=approver, owner_role=approver)
    submitted = move(Document.objects.get(pk=document.pk), "submit", by=house.ruth, channel="page")
    move(submitted, "approve", by=house.fresh(house.dev), channel="page")
    amend(other, by=house.ruth, channel="page", purpose="Otherwise.")
    assert compare_all(house.tenant) == 0
    amend(one, by=house.ruth, channel="page", purpose="Otherwise.")
    assert compare_all(house.tenant) == 1
    assert Drift.objects.get().name == "process.purpose"
    assert "process_without_document" not in found(house, one)


def test_many_processes_resolve_in_a_few_queries(house: House) -> None:
    owner = role(house, "Process owner")
    many(
        house,
        type_named("process"),
        200,
        "in_force",
        lambda n: {"purpose": "P", "stage": "operation", "owner_role": owner, "review_on": date(2031, 1, 1)},
    )
    for name in ("processes.list", "processes.matrix", "processes.raci"):
        count, seconds = queries_and_seconds(name, house.tenant)
        assert count <= 12, name
        assert seconds < 0.5, name


def test_a_part_reads_in_the_trail_and_needs_the_word(house: House) -> None:
    made = process(house)
    with pytest.raises(Exception, match="process:amend|may not|amend"):
        add_part(ACTIVITIES, made, {"name": "Mine"}, by=house.greta, channel="page")
    assert "entered an activity" in text_of(signed_in(house.ruth).get(f"/processes/{made.number}/"))


def test_w_kn_2_an_article_that_implements_a_document_waits_for_its_approval(house: House) -> None:
    document = begin(template_named("process-description"), by=house.ruth, channel="page")  # type: ignore[arg-type]
    article = open_record(type_named("article"), by=house.ruth, channel="page", title="How", body="So.", owner=house.ruth, review_due_date=SOON)
    parts.link(article, "implements", document, by=house.ruth, channel="page")
    waiting = move(article, "submit", by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match=f"It implements {document.reference}, which is not in force"):
        move(waiting, "publish", by=house.ines, channel="page")
