"""Major incidents through their writes: proposed, declared or declined, handled, told of, reviewed, closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.operations import MoveRefused, amend, move
from plimsoll.kernel.records.permissions import Refused
from plimsoll.kernel.records.redaction import redact
from plimsoll.kernel.roles.operations import give_role
from plimsoll.kernel.trail.models import Entry
from plimsoll.portfolio.services.models import Service
from plimsoll.portfolio.services.operations import add_customer
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.operations import add_child
from plimsoll.resolution.majors.models import MajorIncident, MajorLateness, MajorProposal, MajorReview, ReviewReport, ToldTop
from plimsoll.resolution.majors.operations import affect, inform_top, note_down, send_update, spare, take_role, tick_step
from plimsoll.resolution.majors.panels import review_flags
from plimsoll.resolution.majors.proposing import declare_major, decline, looked_at, matching, propose_by_time
from plimsoll.resolution.majors.queries import affected_organizations
from plimsoll.resolution.majors.reporting import figures_of, timeline_of
from plimsoll.resolution.majors.reviewing import decide, is_sound
from plimsoll.resolution.majors.rules import Condition, Criterion
from plimsoll.resolution.majors.watching import escalate_late
from tests.cast import House
from tests.contracts import signed_in, text_of


def overseeing(house: House, person: Person) -> Person:
    """Somebody of top management: their role names the word."""
    Grant.objects.create(
        tenant=house.tenant,
        person=person,
        words=["majorincident:oversee", "majorincident:read", "majorincident:internal"],
        role_name="Top management",
        started_at=now() - timedelta(hours=1),
    )
    return person


def vital(house: House) -> Service:
    made = house.service("Patient record", criticality=1, description="The record.", hours=house.office_hours)
    assert isinstance(made, Service)
    made = move(made, "go_live", by=house.ruth, channel="page", fields={"owner": house.ruth, "team": house.desk})
    add_customer(made, house.brannock, by=house.ruth, channel="page")
    return made


def grave(house: House, **values: object) -> Incident:
    made = house.incident("The patient record does not open", service=vital(house), impact=1, urgency=1, classification=house.category, **values)
    assert isinstance(made, Incident)
    return made


def declared(house: House) -> MajorIncident:
    return declare_major(grave(house), by=house.ines, channel="page")


# Criteria


def test_an_incident_that_meets_a_criterion_is_proposed_once_with_the_criterion_in_words(house: House) -> None:
    incident = grave(house)
    proposal = MajorProposal.objects.get(incident=incident)
    assert proposal.criterion == "Critical incident on a vital service"
    assert proposal.words == "priority is Critical and the service is vital"
    amend(incident, by=house.ines, channel="page", urgency=2)
    amend(incident, by=house.ines, channel="page", urgency=1)
    assert MajorProposal.objects.count() == 1


def test_it_is_proposed_when_its_priority_rises_and_when_children_come(house: House) -> None:
    lone = house.incident("Slow", service=vital(house), impact=3, urgency=3)
    assert not MajorProposal.objects.exists()
    amend(lone, by=house.ines, channel="page", impact=1, urgency=1)
    assert MajorProposal.objects.get().incident_id == lone.pk
    parent = house.incident("Wi-Fi is gone")
    for n in range(4):
        assert not MajorProposal.objects.filter(incident=parent).exists()
        add_child(parent, house.incident(f"No Wi-Fi {n}"), by=house.ines, channel="page")  # type: ignore[arg-type]
    assert MajorProposal.objects.get(incident=parent).criterion == "Many people at once"


def test_those_whose_role_names_the_word_are_told_of_a_proposal(house: House) -> None:
    Grant.objects.create(tenant=house.tenant, person=house.dev, words=["majorincident:open"], role_name="Incident manager", started_at=now())
    grave(house)
    assert Notice.objects.filter(person=house.dev, why="declares").count() == 1


def test_time_alone_proposes_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = house.incident("Still not repaired", impact=1, urgency=1)
    long = Criterion("Open for long", (Condition("priority", 1), Condition("minutes", 60)))
    monkeypatch.setattr("plimsoll.resolution.majors.proposing.criteria_of", lambda tenant: (long,))
    assert propose_by_time(house.tenant) == 0
    assert propose_by_time(house.tenant, now() + timedelta(hours=2)) == 1
    assert propose_by_time(house.tenant, now() + timedelta(hours=3)) == 0
    assert MajorProposal.objects.get().incident_id == incident.pk


def test_what_a_criterion_would_match_can_be_tried(house: House) -> None:
    incident = grave(house)
    house.incident("Small")
    criterion = Criterion("Any", (Condition("priority", 1), Condition("criticality", 1)))
    found = matching(criterion, looked_at(house.tenant, criterion)[0])
    assert [i.pk for i in found] == [incident.pk]


# Declaring and declining


def test_declared_by_its_criterion_it_has_what_the_procedure_asks(house: House) -> None:
    overseeing(house, house.greta)
    incident = grave(house)
    major = declare_major(incident, by=house.ines, channel="page")
    assert (major.reference[:4], major.criterion) == ("MAJ-", "Critical incident on a vital service: priority is Critical and the service is vital")
    assert (major.service_id, major.priority, major.began_at) == (incident.service_id, 1, incident.opened_at)
    assert major.headline == "Patient record is disrupted"
    assert major.due_at == major.opened_at + timedelta(minutes=30)
    assert major.steps.count() == 8
    assert MajorProposal.objects.get().major_id == major.pk
    assert [t.person_id for t in ToldTop.objects.filter(major=major)] == [house.greta.pk]
    assert Notice.objects.filter(person=house.greta, card_id=major.pk, why="oversees").count() == 1
    assert Entry.objects.filter(card_id=incident.pk, action="declare major").count() == 1


def test_top_management_is_whoever_holds_the_role_that_is_chosen(house: House) -> None:
    role = house.record(type_named("role"), title="Board", words=["majorincident:read", "majorincident:internal"])
    role = move(role, "put_in_force", by=house.ruth, channel="page")
    give_role(role=role, person=house.nobody, by=house.system, channel="set-up")  # type: ignore[arg-type]
    overseeing(house, house.greta)
    type(house.tenant).objects.update(settings={"major_told_role": role.pk})
    house.ines = house.fresh(house.ines)
    major = declared(house)
    assert [t.person_id for t in ToldTop.objects.filter(major=major)] == [house.nobody.pk]


def test_by_hand_it_needs_a_reason_and_only_once(house: House) -> None:
    incident = house.incident("Looks harmless")
    with pytest.raises(Faulty, match="say why"):
        declare_major(incident, by=house.ines, channel="page")  # type: ignore[arg-type]
    declare_major(incident, by=house.ines, channel="page", reason="The minister is in the building.")  # type: ignore[arg-type]
    with pytest.raises(Faulty, match="handled as MAJ-"):
        declare_major(incident, by=house.ines, channel="page", reason="Again.")  # type: ignore[arg-type]


def test_declined_with_a_reason_it_is_not_proposed_by_that_criterion_again(house: House) -> None:
    incident = grave(house)
    with pytest.raises(Faulty, match="Say why"):
        decline(incident, reason=" ", by=house.ines, channel="page")
    decline(incident, reason="A test system.", by=house.ines, channel="page")
    amend(incident, by=house.ines, channel="page", urgency=2)
    amend(incident, by=house.ines, channel="page", urgency=1)
    kept = MajorProposal.objects.get()
    assert (kept.reason, kept.decided_by_id, kept.major_id) == ("A test system.", house.ines.pk, None)


def test_customers_neither_declare_nor_decline(house: House) -> None:
    incident = grave(house)
    for act in (
        lambda: declare_major(incident, by=house.fresh(house.aoife), channel="page", reason="Mine."),
        lambda: decline(incident, reason="No.", by=house.fresh(house.maeve), channel="page"),
    ):
        with pytest.raises(Refused):
            act()


# Handling


def test_whoever_takes_the_managers_role_begins_the_handling(house: House) -> None:
    major = take_role(declared(house), "owner", by=house.dev, channel="page")
    assert (major.state, major.owner_id) == ("being_handled", house.dev.pk)
    major = take_role(major, "scribe", by=house.ines, channel="page")
    assert (major.state, major.scribe_id) == ("being_handled", house.ines.pk)
    assert figures_of(major).to_assign is not None


def test_an_update_begins_the_clock_anew_and_reaches_those_who_reported(house: House) -> None:
    overseeing(house, house.greta)
    major = declared(house)
    first_due = major.due_at
    update = send_update(major, text="We found the cause and go back.", audience="customers", by=house.ines, channel="page")
    fresh = MajorIncident.objects.get(pk=major.pk)
    assert update.was_due_at == first_due
    assert fresh.due_at == update.at + timedelta(minutes=30)
    assert fresh.card.due_at == fresh.due_at
    reply = Comment.objects.get(card_id=major.lead_id)
    assert (reply.text, reply.is_public) == ("We found the cause and go back.", True)
    assert Notice.objects.filter(person=house.aoife, card_id=major.lead_id, entry=reply.entry).exists()
    assert Notice.objects.filter(person=house.greta, entry=update.comment.entry).exists()
    assert figures_of(fresh).updates_on_time == 1


def test_an_internal_update_leaves_the_house_nowhere(house: House) -> None:
    major = declared(house)
    send_update(major, text="It was our own change.", audience="internal", by=house.ines, channel="page")
    assert not Comment.objects.filter(card_id=major.lead_id).exists()
    assert not Notice.objects.filter(person=house.aoife).exclude(entry__action="open").exists()


def test_freezing_a_report_is_an_act_of_the_trail(house: House) -> None:
    review = reviewed(house)
    rows = Entry.objects.filter(card=review.pk).order_by("position")
    assert list(rows.values_list("action", flat=True))[-2:] == ["finish", "freeze report"]
    assert "froze version 1 of the report" in text_of(signed_in(house.ruth).get(f"/majorreviews/{review.number}/trail/"))


def test_customers_affected_are_those_of_the_service_of_the_incidents_and_those_named(house: House) -> None:
    major = declared(house)
    assert affected_organizations(major) == [house.brannock]
    affect(major, [house.strand_housing], by=house.ines, channel="page")
    affect(major, [house.strand_housing], by=house.ines, channel="page")
    assert affected_organizations(major) == [house.brannock, house.strand_housing]
    with pytest.raises(Faulty, match="customer"):
        affect(major, [house.telco], by=house.ines, channel="page")
    spare(major, house.strand_housing, by=house.ines, channel="page")
    assert affected_organizations(major) == [house.brannock]
    assert list(Entry.objects.filter(card=major.pk, action__in=["affect", "spare"]).order_by("position").values_list("action", flat=True)) == [
        "affect",
        "spare",
    ]
    with pytest.raises(Faulty, match="not named here"):
        spare(major, house.brannock, by=house.ines, channel="page")


def test_a_note_of_the_scribe_stands_at_its_moment(house: House) -> None:
    major = declared(house)
    note_down(major, text="Controller restarted.", by=house.ines, channel="page")
    with pytest.raises(Faulty, match="between the first symptom and now"):
        note_down(major, text="Tomorrow.", by=house.ines, channel="page", at=now() + timedelta(days=1))
    assert [(h.what, h.text) for h in timeline_of(major)][-1] == ("noted", "Controller restarted.")


def test_steps_are_ticked_and_counted(house: House) -> None:
    major = declared(house)
    step = major.steps.first()
    assert step is not None
    tick_step(step, major, is_done=True, by=house.ines, channel="page")
    assert (figures_of(major).steps_done, figures_of(major).steps) == (1, 8)
    tick_step(step, major, is_done=False, by=house.ines, channel="page")
    assert figures_of(major).steps_done == 0


def test_what_runs_over_is_escalated_once(house: House) -> None:
    major = declared(house)
    assert escalate_late() == 0
    late = now() + timedelta(minutes=40)
    assert escalate_late(late) == 3  # nobody manages it, top management was not told, no update
    assert escalate_late(late) == 0
    assert sorted(MajorLateness.objects.values_list("clock", flat=True)) == ["manager", "top", "update"]
    inform_top(major, how="Called Hamish Orr", by=house.ines, channel="page")
    send_update(major, text="Still looking.", audience="internal", by=house.ines, channel="page")
    take_role(MajorIncident.objects.get(pk=major.pk), "owner", by=house.ines, channel="page")
    assert escalate_late(now() + timedelta(minutes=20)) == 0
    assert escalate_late(now() + timedelta(minutes=45)) == 1  # the next update


# Review and report


def restored(house: House) -> MajorIncident:
    major = take_role(declared(house), "owner", by=house.ines, channel="page")
    return move(major, "resolve", by=house.ines, channel="page", fields={"outcome": "Went back to the version before."})


def test_a_review_is_due_when_the_service_is_restored(house: House) -> None:
    major = restored(house)
    review = MajorReview.objects.get(major=major)
    assert (review.state, review.owner_id) == ("due", house.ines.pk)
    assert review.due_at is not None
    assert timedelta(days=5) <= review.due_at - now() + timedelta(minutes=1) <= timedelta(days=9)
    assert major.due_at is None


def test_it_is_not_closed_before_its_review_is_done_and_has_decided_something(house: House) -> None:
    major = restored(house)
    review = MajorReview.objects.get(major=major)
    with pytest.raises(MoveRefused, match="needs in review"):
        move(major, "close", by=house.ruth, channel="page")
    review = move(review, "begin", by=house.ruth, channel="page", fields={"participants": "Ines, Dev"})
    major = MajorIncident.objects.get(pk=major.pk)
    assert major.state == "in_review"
    assert f"/majorreviews/{review.number}/" in [href for flag in review_flags(major, house.ruth) for _words, href in flag.links]
    assert review_flags(major, house.aoife) == []
    with pytest.raises(MoveRefused, match="review is not done yet"):
        move(major, "close", by=house.ruth, channel="page")
    found = {"happened": "An update of the record broke sign-in.", "cause": "A certificate."}
    with pytest.raises(MoveRefused, match="at least one decision"):
        move(review, "finish", by=house.ruth, channel="page", fields=found)
    decide(review, kind="improvement", text="Watch certificates.", by=house.ruth, channel="page", owner=house.dev)
    review = move(review, "finish", by=house.ruth, channel="page", fields=found)
    closed = move(MajorIncident.objects.get(pk=major.pk), "close", by=house.ruth, channel="page")
    assert closed.state == "closed"


def reviewed(house: House) -> MajorReview:
    major = restored(house)
    review = move(MajorReview.objects.get(major=major), "begin", by=house.ruth, channel="page", fields={"participants": "Ines, Dev"})
    decide(review, kind="none", text="It was a one-off.", by=house.ruth, channel="page")
    return move(review, "finish", by=house.ruth, channel="page", fields={"happened": "It broke.", "cause": "A certificate."})


def test_the_report_is_frozen_and_a_second_review_makes_the_next_version(house: House) -> None:
    review = reviewed(house)
    report = ReviewReport.objects.get(review=review)
    assert report.content["figures"]["steps"] == 8
    assert report.content["review"]["cause"] == "A certificate."
    assert report.content["decisions"][0]["text"] == "It was a one-off."
    assert "moved it to Resolved" in [line["what"] for line in report.content["timeline"]]
    assert is_sound(report)
    again = move(review, "take_up", by=house.ruth, channel="page", note="More was found.")
    with pytest.raises(MoveRefused, match="review is not done yet"):
        move(MajorIncident.objects.get(pk=review.major_id), "close", by=house.ruth, channel="page")
    move(again, "finish", by=house.ruth, channel="page", fields={"cause": "Two certificates."})
    assert [r.content["review"]["cause"] for r in ReviewReport.objects.filter(review=review)] == ["A certificate.", "Two certificates."]


def test_what_is_redacted_leaves_the_report_too(house: House) -> None:
    review = reviewed(house)
    lead = review.major.lead
    note = parts.comment(lead, text="Patient Smith was in bed 4.", is_public=False, by=house.ines, channel="page")
    again = move(review, "take_up", by=house.ruth, channel="page", note="More.")
    move(again, "finish", by=house.ruth, channel="page")
    report = ReviewReport.objects.get(review=review, number=2)
    assert "Smith" in str(report.content)
    redact(lead, by=house.ruth, channel="page", reason="Asked by the patient.", comments=[note])
    report.refresh_from_db()
    assert "Smith" not in str(report.content)
    assert report.redacted_at is not None
