"""Competence with a database: approval, the matrix, people's files, trainings from gap to proof, and what documents print."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.kernel.approvals.stand_ins import keep_stand_in
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.roles.leaving import erase, leave
from plimsoll.kernel.roles.operations import give_role
from plimsoll.kernel.trail.models import Detail
from plimsoll.support.competence.models import Participant, Qualification, Training
from plimsoll.support.competence.operations import keep_scale, name_participants, note_participation, plan_for_gaps, write_qualifications
from plimsoll.support.competence.queries import approved, cells_of, faults_of, overseen_by, sees_file
from plimsoll.support.competence.tests.examples import OWN, ahead, competence, held, shows, today
from tests.api import Caller
from tests.cast import House
from tests.contracts import cost, signed_in, text_of
from tests.filling import cells, value_of

pytestmark = pytest.mark.django_db
FILES = ["competence:*", "training:*", "qualification:*", "person:read", "awarenessstatement:*"]


def page(person: Person, address: str, status: int = 200) -> str:
    answer = signed_in(person).get(address)
    assert answer.status_code == status, answer.content[:300]
    return text_of(answer)  # type: ignore[arg-type]


def test_s_066_only_a_holder_of_the_role_named_in_it_or_their_stand_in_approves(house: House) -> None:
    desk, manager = held(house, "Desk"), held(house, "Desk manager", house.greta, words=["competence:*"])
    given = {"description": "What", "role": desk, "approver_role": manager}
    made = open_record(type_named("competence"), by=house.ruth, channel="page", title="Classify", **given)
    with pytest.raises(MoveRefused, match="Only a holder of “Desk manager”"):
        move(made, "approve", by=house.ruth, channel="page")  # who may say every word
    moment = now()
    keep_stand_in(
        person=house.greta,
        stand_in=house.ruth,
        started_at=moment - timedelta(hours=1),
        ended_at=moment + timedelta(days=1),
        by=house.ruth,
        channel="page",
    )
    approved_one = move(made, "approve", by=house.ruth, channel="page")
    assert (approved_one.state, approved_one.approved_by) == ("approved", house.ruth)
    with pytest.raises(Faulty, match="Revise it first"):
        amend(approved_one, by=house.ruth, channel="page", level=4)


def test_s_056_a_role_that_is_held_and_has_no_competence_is_a_finding(house: House) -> None:
    held(house, "Desk", house.ines)
    assert any("“Desk”" in f.sentence for f in faults_of(house.tenant) if f.rule.key == "role_without_competence")


def test_7_2_b_a_holder_without_a_valid_proof_at_the_level_is_a_gap(house: House) -> None:
    """S-063, S-060: gap, met, expiring; what is not checked yet does not count, nor what is of a lower level."""
    desk = held(house, "Desk", house.ines, house.dev)
    what = competence(house, desk)
    assert {c.person: c.standing for c in cells_of(house.tenant, [what])} == {house.ines: "gap", house.dev: "gap"}
    open_record(type_named("qualification"), by=house.ruth, channel="page", title="Unchecked", person=house.dev, competence=what, level=3)
    shows(house, house.ines, what, level=1)
    assert {c.standing for c in cells_of(house.tenant, [what])} == {"gap"}
    shows(house, house.ines, what, expires_on=ahead(house, 20))
    assert {c.person: c.standing for c in cells_of(house.tenant, [what])} == {house.ines: "expiring", house.dev: "gap"}
    assert {"competence_gap", "competence_expiring", "qualification_unchecked"} <= {f.rule.key for f in faults_of(house.tenant)}
    shows(house, house.ines, what)
    assert {c.person: c.standing for c in cells_of(house.tenant, [what])} == {house.ines: "met", house.dev: "gap"}


def test_nobody_checks_their_own_qualification(house: House) -> None:
    made = open_record(
        type_named("qualification"), by=house.ruth, channel="page", title="Mine", person=house.ruth, basis="Seen.", obtained_on=today(house),
        competence=competence(house, held(house, "Desk")),
    )  # fmt: skip
    with pytest.raises(MoveRefused, match="Nobody checks their own"):
        move(made, "verify", by=house.ruth, channel="page")


def test_s_060_from_a_gap_to_a_training_to_a_proof(house: House) -> None:
    """W-CT: gap, planned action, done, judged, valid. The gap knows what is planned; nothing is planned twice."""
    what = competence(house, held(house, "Desk", house.ines, house.greta))
    (made,) = plan_for_gaps(cells_of(house.tenant, [what]), by=house.ruth, channel="page")
    assert {p.person for p in Participant.objects.filter(training=made)} == {house.ines, house.greta}
    assert all(c.planned == made for c in cells_of(house.tenant, [what]))
    assert plan_for_gaps(cells_of(house.tenant, [what]), by=house.ruth, channel="page") == []
    assert not [f for f in faults_of(house.tenant) if f.rule.key == "competence_gap"]
    planned = move(made, "plan", by=house.ruth, channel="page", fields={"planned_on": ahead(house, -3)})
    assert [f for f in faults_of(house.tenant) if f.rule.key == "training_late"]
    with pytest.raises(MoveRefused, match="who took part"):
        move(planned, "finish", by=house.ruth, channel="page", fields={"done_on": today(house)})
    note_participation(planned, {house.ines.pk: True, house.greta.pk: False}, by=house.ruth, channel="page")
    done = move(planned, "finish", by=house.ruth, channel="page", fields={"done_on": ahead(house, -1)})
    (shown,) = write_qualifications(done, level=2, proof="training", by=house.ruth, channel="page")
    assert (shown.person, shown.state, shown.training) == (house.ines, "entered", done)
    assert write_qualifications(done, level=2, proof="training", by=house.ruth, channel="page") == []
    move(shown, "verify", by=house.ruth, channel="page")
    assert {c.person: c.standing for c in cells_of(house.tenant, [what])} == {house.ines: "met", house.greta: "gap"}


def test_s_061_a_training_that_nobody_judged_in_time_is_a_finding(house: House) -> None:
    given = {"description": "Need", "aim": "awareness", "audience": "All", "planned_on": ahead(house, -90), "evaluate_after": 30}
    made = open_record(type_named("training"), by=house.ruth, channel="page", title="Talk", **given)
    done = move(move(made, "plan", by=house.ruth, channel="page"), "finish", by=house.ruth, channel="page", fields={"done_on": ahead(house, -40)})
    assert [f.rule.key for f in faults_of(house.tenant)].count("training_unjudged") == 1
    with pytest.raises(MoveRefused, match="the method"):
        move(done, "failed", by=house.ruth, channel="page")
    failed = move(done, "failed", by=house.ruth, channel="page", fields={"method": "test", "evaluation": "Half passed."})
    assert (failed.state, failed.evaluated_by, failed.is_open) == ("not_effective", house.ruth, True)
    assert "training_unjudged" not in [f.rule.key for f in faults_of(house.tenant)]
    assert move(failed, "follow_up", by=house.ruth, channel="page", note="TRN-2 repeats it.").state == "followed_up"


def test_s_063_a_file_is_seen_by_its_person_and_those_who_keep_all(house: House) -> None:
    held(house, "Staff", house.ines, house.dev, words=OWN)
    what = competence(house, held(house, "Desk", house.ines))
    own = shows(house, house.ines, what)
    for who, status in ((house.ines, 200), (house.dev, 404), (house.ruth, 200), (house.aoife, 404), (house.sam, 404), (house.mallory, 404)):
        fresh = house.fresh(who)
        assert sees_file(fresh, house.ines) is (status == 200)
        page(fresh, f"/competences/people/{house.ines.pk}/", status)
        page(fresh, f"/competences/people/{house.ines.pk}/annex/", status)
        page(fresh, f"/qualifications/{own.number}/", status)
    assert "Classify" in page(house.fresh(house.ines), "/competences/mine/")
    exported = page(house.fresh(house.ines), f"/competences/people/{house.ines.pk}/?format=md")
    assert "# Competence file: " in exported and "Classify, level 2; Skills; Checked" in exported and "checked by" in exported


def test_s_049_the_annex_says_every_responsibility_of_every_role(house: House) -> None:
    held(house, "Staff", house.ines, words=OWN)
    held(house, "Desk", house.ines, purpose="Helps.", responsibilities="- Takes calls.\n- Finds answers.")
    text = page(house.fresh(house.ines), f"/competences/people/{house.ines.pk}/annex/?format=md")
    assert "## Desk" in text and "- Takes calls.\n- Finds answers." in text
    assert "Takes calls." in page(house.fresh(house.ines), f"/competences/people/{house.ines.pk}/annex/")


def test_the_matrix_is_for_those_who_keep_files_and_those_whose_role_defines_it(house: House) -> None:
    """Table 4.2: managers of processes see the roles that theirs define; nobody outside sees any."""
    manager = held(house, "Desk manager", house.dev, words=["competence:*"])
    one = competence(house, held(house, "Desk", house.ines), "Classify", approver_role=manager)
    keeper = held(house, "Files", house.greta, words=FILES)
    other = competence(house, held(house, "Network", house.ines), "Cable", approver_role=held(house, "Other", house.dev, words=["competence:*"]))
    assert keeper.pk and set(overseen_by(house.fresh(house.dev))) == {one, other}
    give_role(role=manager, person=house.sam, by=house.ruth, channel="page")
    assert set(overseen_by(house.fresh(house.greta))) == {one, other}
    text = page(house.fresh(house.dev), "/competences/matrix/")
    assert "Classify" in text and "0 of 2 can be shown" in text and f"/competences/people/{house.ines.pk}/" not in text
    assert f"/competences/people/{house.ines.pk}/" in page(house.ruth, "/competences/matrix/?standing=gap")
    assert "Nothing here is so" in page(house.ruth, "/competences/matrix/?standing=met")
    for who in (house.ines, house.aoife, house.sam, house.nobody):
        page(house.fresh(who), "/competences/matrix/", 403 if who is not house.sam else 200)


def test_gaps_are_planned_from_the_matrix(house: House) -> None:
    what = competence(house, held(house, "Desk", house.ines, house.dev))
    client = signed_in(house.ruth)
    answer = client.post("/competences/matrix/", {"gap": [f"{what.pk}-{house.ines.pk}", f"{what.pk}-{house.dev.pk}", "x-1", "999-2"]})
    (made,) = Training.objects.all()
    assert answer.status_code == 302 and answer["Location"] == f"/training/{made.number}/"
    assert made.participants.count() == 2 and made.competence == what
    assert client.post("/competences/matrix/", {"gap": ["nonsense"]}).status_code == 302
    assert Training.objects.count() == 1


def test_participants_are_named_noted_and_qualified_on_a_page_and_by_api(house: House) -> None:
    what = competence(house, held(house, "Desk", house.ines))
    made = open_record(type_named("training"), by=house.ruth, channel="page", title="Talk", competence=what, done_on=today(house))
    client, caller = signed_in(house.ruth), Caller(house.fresh(house.ruth))
    there = f"/training/{made.number}/people/"
    assert "Nobody is named yet" in text_of(client.get(there))  # type: ignore[arg-type]
    assert client.post(there, {"act": "name", "person": str(house.ines.pk)}).status_code == 302
    assert client.post(there, {"act": "name", "person": "nobody at all"}).status_code == 422
    answer = caller.post(f"training/{made.number}/participants", {"person": house.dev.pk})
    assert answer.status_code == 201 and answer.json()["took_part"] is None
    assert client.post(there, {"act": "note", "took": [str(house.ines.pk)]}).status_code == 302
    listed = caller.get(f"training/{made.number}/participants").json()["items"]
    assert {row["person"]["name"]: row["took_part"] for row in listed} == {house.ines.name: True, house.dev.name: False}
    assert client.post(there, {"act": "show", "level": "2", "proof": "training"}).status_code == 302
    assert Qualification.objects.get().person == house.ines
    assert client.post(there, {"act": f"remove-{Participant.objects.get(person=house.ines).pk}"}).status_code == 302
    assert Participant.objects.count() == 2, "who took part stays"
    assert caller.delete(f"training/{made.number}/participants/{Participant.objects.get(person=house.dev).pk}").status_code == 204
    noted = caller.patch(f"training/{made.number}/participants/{Participant.objects.get().pk}", {"took_part": False})
    assert noted.json()["took_part"] is False
    assert caller.post(f"training/{made.number}/qualifications", {"level": 9, "proof": "training"}).status_code == 422
    assert caller.post(f"training/{made.number}/qualifications", {"level": 2, "proof": "skills"}).json() == {"made": []}
    assert signed_in(house.fresh(house.aoife)).get(there).status_code == 404


def test_the_matrix_costs_the_same_whatever_its_size(house: House) -> None:
    desk = held(house, "Desk", house.ines)
    competence(house, desk)
    client = signed_in(house.ruth)
    few = cost(lambda: client.get("/competences/matrix/"))
    for n in range(3):
        shows(house, house.ines, competence(house, held(house, f"Role {n}", house.ines, house.dev), f"Thing {n}"))
    assert cost(lambda: client.get("/competences/matrix/")) <= few + 2


def test_the_levels_are_data(house: House) -> None:
    assert len(cells(value_of("competences.scale", house.tenant))) == 4
    keep_scale(["knows", "does", "teaches"], by=house.ruth, channel="page")
    assert cells(value_of("competences.scale", house.tenant)) == [("1", "knows"), ("2", "does"), ("3", "teaches")]
    client = signed_in(house.ruth)
    assert client.post("/competences/scale/", {"scale": "only one"}).status_code == 422
    assert client.post("/competences/scale/", {"scale": "one\ntwo"}).status_code == 302
    assert signed_in(house.fresh(house.aoife)).get("/competences/scale/").status_code == 404


def test_f_23_f_24_s_066_the_plan_names_the_roles_and_who_defines_their_competence(house: House) -> None:
    """F-23, F-24, S-056, S-066: what is approved only; roles once each."""
    assert value_of("competences.roles", house.tenant).is_empty and value_of("competences.approvers", house.tenant).is_empty
    desk = held(house, "Desk", house.ines)
    manager = held(house, "Desk manager", house.dev, words=["competence:*"])
    competence(house, desk, "Classify", approver_role=manager)
    competence(house, desk, "Answer", approver_role=manager, job_class="Band 4")
    open_record(type_named("competence"), by=house.ruth, channel="page", title="Draft", role=manager)
    assert value_of("competences.roles", house.tenant).text == "Desk"
    assert value_of("competences.approvers", house.tenant).text == "Desk manager"
    assert cells(value_of("competences.profiles", house.tenant))[0] == ("Desk", "Answer", "2", "Any of these", "Band 4", "Desk manager")


def test_d_12_matrix_and_gaps_print_who_shows_what_by_which_proof_until_when(house: House) -> None:
    """S-060, S-063, D-12, 7.2-b."""
    assert value_of("competences.matrix", house.tenant).is_empty and value_of("competences.coverage", house.tenant).text == "nothing is defined yet"
    what = competence(house, held(house, "Desk", house.ines, house.dev))
    shows(house, house.ines, what, level=3)
    (gap,) = cells(value_of("competences.gaps", house.tenant))
    assert gap == ("Desk", "Classify (2)", house.dev.name, "nothing yet")
    rows = {row[2]: row for row in cells(value_of("competences.matrix", house.tenant))}
    assert rows[house.ines.name][3:6] == ("met", "Skills, 3", house.ruth.name)
    assert value_of("competences.coverage", house.tenant).text == "1 of 2"
    plan_for_gaps(cells_of(house.tenant, list(approved(house.tenant))), by=house.ruth, channel="page")
    assert cells(value_of("competences.gaps", house.tenant))[0][3].startswith("TRN-")


def test_s_096_d_11_the_plan_of_the_year_and_its_results(house: House) -> None:
    """S-060, S-061, S-096: this year's trainings by day; what was done, with what was found."""
    assert value_of("training.plan", house.tenant).is_empty and value_of("training.results", house.tenant).is_empty
    given = {"description": "Need", "aim": "awareness", "audience": "All", "provider": "Ravi", "cost": 60}
    made = open_record(type_named("training"), by=house.ruth, channel="page", title="Talk", planned_on=today(house), **given)
    assert value_of("training.plan", house.tenant).is_empty, "what is proposed only is no plan"
    planned = move(made, "plan", by=house.ruth, channel="page")
    next_year = today(house).replace(year=today(house).year + 1, day=1)
    move(
        open_record(type_named("training"), by=house.ruth, channel="page", title="Later", planned_on=next_year, **given),
        "plan",
        by=house.ruth,
        channel="page",
    )
    (row,) = cells(value_of("training.plan", house.tenant))
    assert (row[0], row[1], row[2], row[4], row[5], row[7]) == ("Need", "Talk", "All", "Ravi", "60", "Planned")
    name_participants(planned, [house.ines], by=house.ruth, channel="page")
    note_participation(planned, {house.ines.pk: True}, by=house.ruth, channel="page")
    done = move(planned, "finish", by=house.ruth, channel="page", fields={"done_on": today(house)})
    move(done, "worked", by=house.ruth, channel="page", fields={"method": "test", "evaluation": "All passed."})
    (told,) = cells(value_of("training.results", house.tenant))
    assert (told[0], told[2], told[3], told[4], told[5]) == ("Talk", "It worked", "A test", "All passed.", house.ruth.name)


def test_erasing_a_person_takes_the_words_of_their_qualifications_and_statements(house: House) -> None:
    what = competence(house, held(house, "Desk", house.nobody))
    own = shows(house, house.nobody, what, basis="Told us of her time at Strand.")
    said = open_record(
        type_named("awarenessstatement"), by=house.ruth, channel="page", title="My part", person=house.nobody, contribution="Her own words."
    )
    leave(person=house.nobody, successors={"*": house.ruth}, by=house.ruth, channel="page")
    erase(person=house.fresh(house.nobody), by=house.ruth, channel="page", reason="By order of the person.")
    own.refresh_from_db()
    said.refresh_from_db()
    assert (own.basis, own.level, own.state) == ("", 2, "verified")
    assert said.contribution == ""  # type: ignore[attr-defined]
    for record in (own, said):
        told = Detail.objects.filter(entry__card=record.pk).values_list("values", flat=True)
        assert not any("Strand" in str(values) or "Her own words" in str(values) for values in told)
