"""Pages of major incidents: who sees what on the status page, the room and its acts, declaring, settings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.identity.models import Organization
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.operations import move
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.majors.models import KeptCriterion, MajorIncident, MajorProposal, MajorReview, MajorUpdate
from plimsoll.resolution.majors.operations import affect, send_update, take_role
from plimsoll.resolution.majors.proposing import declare_major
from plimsoll.resolution.majors.queries import open_majors_for, recent_majors_for
from plimsoll.resolution.majors.tests.test_majors import declared, grave, overseeing, vital
from tests.cast import AGENT, House
from tests.contracts import cost, signed_in, text_of


def told(house: House) -> MajorIncident:
    """A major incident with words for customers and words for us."""
    major = declare_major(grave(house), by=house.ines, channel="page", title="Quicksilver: our own change broke it")
    send_update(major, text="We work on it, Brannock.", audience="customers", by=house.ines, channel="page")
    send_update(major, text="It was lanterns fault.", audience="internal", by=house.ines, channel="page")
    return major


# The status page


def test_affected_customers_read_what_they_were_told_and_nothing_else(house: House) -> None:
    major = told(house)
    for who in ("aoife", "maeve"):
        page = text_of(signed_in(getattr(house, who)).get("/status/"))
        assert "Patient record is disrupted" in page
        assert "We work on it, Brannock." in page
        for secret in ("Quicksilver", "lanterns", major.reference, "/majors/"):
            assert secret not in page, (who, secret)
    shown = open_majors_for(house.fresh(house.aoife))
    assert [(m.headline, m.href, m.reference, len(m.texts)) for m in shown] == [("Patient record is disrupted", "", "", 1)]


def test_other_customers_suppliers_other_tenants_and_whoever_has_no_role_learn_nothing(house: House) -> None:
    told(house)
    for who in ("strand", "sam", "mallory", "nobody"):
        assert open_majors_for(house.fresh(getattr(house, who))) == []
        answer = signed_in(getattr(house, who)).get("/status/")
        assert answer.status_code == (403 if who in ("sam", "nobody") else 200)
        assert "Patient record" not in text_of(answer)
        assert signed_in(getattr(house, who)).get("/status/news/").status_code == answer.status_code


def test_customers_read_of_it_only_once_they_were_told(house: House) -> None:
    major = declared(house)
    assert open_majors_for(house.fresh(house.aoife)) == []
    assert [m.reference for m in open_majors_for(house.fresh(house.ines))] == [major.reference]
    send_update(major, text="For our own people.", audience="internal", by=house.ines, channel="page")
    assert open_majors_for(house.fresh(house.aoife)) == []


def test_a_restricted_one_stands_on_no_status_page_of_customers(house: House) -> None:
    type(house.tenant).objects.update(settings={"classes_used": True})
    lead = house.incident("Somebody was in", access_class="security", service=vital(house))
    sees = Grant.objects.create(
        tenant=house.tenant, person=house.dev, words=["class:security", *AGENT], role_name="Security", started_at=now() - timedelta(hours=1)
    )
    assert sees.pk
    major = declare_major(lead, by=house.fresh(house.dev), channel="page", reason="It is grave.")  # type: ignore[arg-type]
    assert major.access_class == "security"
    send_update(major, text="Careful.", audience="customers", by=house.fresh(house.dev), channel="page")
    assert open_majors_for(house.fresh(house.aoife)) == open_majors_for(house.fresh(house.ines)) == []


def test_those_who_may_declare_see_there_what_waits_for_an_answer(house: House) -> None:
    incident = grave(house)
    assert incident.reference in text_of(signed_in(house.ines).get("/status/"))
    for who in ("greta", "aoife"):
        assert incident.reference not in text_of(signed_in(getattr(house, who)).get("/status/")), who


def test_what_is_over_stands_there_for_some_days(house: House) -> None:
    major = take_role(told(house), "owner", by=house.ines, channel="page")
    move(major, "resolve", by=house.ines, channel="page", fields={"outcome": "Went back."})
    aoife = house.fresh(house.aoife)
    assert open_majors_for(aoife) == []
    assert [m.headline for m in recent_majors_for(aoife)] == ["Patient record is disrupted"]
    assert recent_majors_for(aoife, now() + timedelta(days=8)) == []
    assert "Went back" not in text_of(signed_in(house.aoife).get("/status/"))


def test_the_news_of_the_status_page_answer_304_while_nothing_changed(house: House) -> None:
    major = told(house)
    aoife = signed_in(house.aoife)
    first = aoife.get("/status/news/?seen=old")
    assert first.json()["sentence"]
    assert aoife.get("/status/news/", headers={"If-None-Match": first["ETag"]}).status_code == 304
    send_update(major, text="Nearly there.", audience="customers", by=house.ines, channel="page")
    assert aoife.get("/status/news/", headers={"If-None-Match": first["ETag"]}).status_code == 200


# The incident and declaring


def test_the_incident_says_that_it_meets_the_criteria_to_our_people_only(house: House) -> None:
    incident = grave(house)
    page = text_of(signed_in(house.ines).get(f"/incidents/{incident.number}/"))
    assert "It meets the criteria for a major incident" in page
    assert f"/incidents/{incident.number}/major/" in page
    assert "major" not in text_of(signed_in(house.aoife).get(f"/incidents/{incident.number}/")).lower()
    assert signed_in(house.aoife).get(f"/incidents/{incident.number}/major/").status_code == 403
    assert signed_in(house.strand).get(f"/incidents/{incident.number}/major/").status_code == 404


def test_it_is_declared_from_its_page_and_declined_there_too(house: House) -> None:
    incident = grave(house)
    ines, here = signed_in(house.ines), f"/incidents/{incident.number}/major/"
    refused = ines.post(here, {"act": "none", "none-reason": ""})
    assert refused.status_code == 422
    assert "Say why it is no major incident" in refused.content.decode()
    answer = ines.post(here, {"act": "declare", "title": "Record down", "began_at": "", "reason": ""})
    major = MajorIncident.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/majors/{major.number}/")
    assert ines.get(here)["Location"] == f"/majors/{major.number}/"
    other = house.incident("Another", service=major.service, impact=1, urgency=1)
    there = f"/incidents/{other.number}/major/"
    assert ines.post(there, {"act": "none", "none-reason": "A test system."}).status_code == 302
    assert MajorProposal.objects.get(incident=other.pk).reason == "A test system."
    assert ines.post(there, {"act": "declare", "title": "By hand", "reason": ""}).status_code == 422


# The room


def test_everything_in_the_room_is_one_post(house: House) -> None:
    major = declared(house)
    ines, here = signed_in(house.ines), f"/majors/{major.number}/act/"
    for sent in (
        {"act": "role", "role": "owner"},
        {"act": "tell", "mode": "public", "text": "We know of it.", "later": "60"},
        {"act": "tell", "mode": "internal", "text": "Call at 3."},
        {"act": "note", "note": "Restarted.", "at": ""},
        {"act": "step", "step": "1", "done": "1"},
        {"act": "add", "todo": "Call the maker", "owner": str(house.dev.pk), "minutes": "20"},
        {"act": "inform", "how": "Called Hamish"},
        {"act": "affect", "organization": str(house.strand_housing.pk)},
    ):
        assert ines.post(here, sent).status_code == 302, sent
    page = text_of(ines.get(f"/majors/{major.number}/"))
    for words in ("We know of it.", "Call at 3.", "Restarted.", "Call the maker", "Called Hamish", "Strand Housing"):
        assert words in page, words
    assert MajorUpdate.objects.count() == 2


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "tell", "mode": "public", "text": " "},
        {"act": "note", "note": "x", "at": "25:99"},
        {"act": "role", "role": "king"},
        {"act": "step", "step": "99", "done": "1"},
        {"act": "add", "todo": ""},
        {"act": "add", "todo": "x", "owner": "nobody like that"},
        {"act": "inform", "how": ""},
        {"act": "affect", "organization": "999999"},
        {"act": "tick", "item": "12345", "done": "1"},
        {"act": "dance"},
    ],
)
def test_a_fault_shows_the_room_again_with_what_was_typed(house: House, sent: dict[str, str]) -> None:
    major = declared(house)
    before = Entry.objects.count()
    answer = signed_in(house.ines).post(f"/majors/{major.number}/act/", sent)
    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)
    assert Entry.objects.count() == before


def test_the_room_is_for_our_people_and_readers_change_nothing(house: House) -> None:
    major = declared(house)
    for who in ("aoife", "maeve", "strand", "sam", "mallory", "nobody"):
        client = signed_in(getattr(house, who))
        assert client.get(f"/majors/{major.number}/").status_code == 404, who
        assert client.post(f"/majors/{major.number}/act/", {"act": "note", "note": "x"}).status_code == 404, who
    greta = signed_in(house.greta)
    assert greta.get(f"/majors/{major.number}/").status_code == 200
    for sent in (
        {"act": "tell", "mode": "public", "text": "x"},
        {"act": "note", "note": "x"},
        {"act": "step", "step": "1", "done": "1"},
        {"act": "role", "role": "owner"},
        {"act": "inform", "how": "x"},
    ):
        assert greta.post(f"/majors/{major.number}/act/", sent).status_code == 403, sent


def test_whoever_may_read_it_but_is_not_inside_sees_no_note_and_no_note_of_the_incident(house: House) -> None:
    major = told(house)
    Grant.objects.create(tenant=house.tenant, person=house.nobody, words=["majorincident:read"], role_name="Guest", started_at=now())
    page = text_of(signed_in(house.nobody).get(f"/majors/{major.number}/"))
    assert "We work on it, Brannock." in page
    assert "lanterns" not in page
    assert signed_in(house.nobody).post(f"/majors/{major.number}/act/", {"act": "note", "note": "x"}).status_code == 403


def test_the_report_leaves_out_the_incident_for_whoever_may_not_read_it(house: House) -> None:
    major = take_role(told(house), "owner", by=house.ines, channel="page")
    parts.comment(major.lead, text="Bed four was hit.", is_public=False, by=house.ines, channel="page")
    move(major, "resolve", by=house.ines, channel="page", fields={"outcome": "Went back."})
    words = ["majorreview:read", "majorreview:internal", "majorincident:read", "majorincident:internal"]
    Grant.objects.create(tenant=house.tenant, person=house.nobody, words=words, role_name="Guest", started_at=now())
    here = f"/majorreviews/{MajorReview.objects.get().number}/report/"
    assert "Bed four" in text_of(signed_in(house.ruth).get(here))
    for address in (here, f"/majors/{major.number}/"):
        answer = signed_in(house.nobody).get(address)
        assert answer.status_code == 200
        assert "Bed four" not in text_of(answer)


def test_what_the_room_costs_does_not_depend_on_how_much_there_is(house: House) -> None:
    major = told(house)
    ines = signed_in(house.ines)
    ines.post(f"/majors/{major.number}/act/", {"act": "add", "todo": "First", "owner": str(house.dev.pk)})
    few = cost(lambda: ines.get(f"/majors/{major.number}/"))
    for n in range(6):
        send_update(major, text=f"Again {n}", audience="customers", by=house.ines, channel="page")
        ines.post(f"/majors/{major.number}/act/", {"act": "add", "todo": f"Thing {n}", "owner": str(house.dev.pk)})
    assert cost(lambda: ines.get(f"/majors/{major.number}/")) <= few


def test_top_management_sees_that_it_was_told_and_when_it_was_read(house: House) -> None:
    overseeing(house, house.greta)
    major = declared(house)
    Notice.objects.filter(person=house.greta).update(read_at=now())
    page = text_of(signed_in(house.ines).get(f"/majors/{major.number}/"))
    assert "Greta Lindqvist" in page
    assert "read <time" in page


# The review and its report


def test_decisions_are_entered_and_the_report_can_be_read_before_and_after(house: House) -> None:
    major = take_role(declared(house), "owner", by=house.ines, channel="page")
    move(major, "resolve", by=house.ines, channel="page", fields={"outcome": "Went back."})
    review = MajorReview.objects.get()
    ruth, here = signed_in(house.ruth), f"/majorreviews/{review.number}/"
    assert "Not frozen yet" in text_of(ruth.get(f"{here}report/"))
    assert ruth.post(f"{here}decisions/", {"kind": "none", "text": ""}).status_code == 422
    late = ruth.post(f"{here}decisions/", {"kind": "improvement", "text": "Watch it.", "due_on": "2020-01-01"})
    assert late.status_code == 422 and "That day has passed" in text_of(late)
    assert ruth.post(f"{here}decisions/", {"kind": "none", "text": "A one-off."}).status_code == 302
    assert ruth.post(f"{here}decisions/", {"kind": "improvement", "text": "Watch it.", "due_on": "2099-01-01"}).status_code == 302
    review = move(review, "begin", by=house.ruth, channel="page", fields={"participants": "All"})
    move(review, "finish", by=house.ruth, channel="page", fields={"happened": "It broke.", "cause": "A disk."})
    page = text_of(ruth.get(f"{here}report/1/"))
    assert "Version 1, frozen" in page
    assert "unchanged since" in page
    assert "A one-off." in page and "until 1 January 2099" in page
    assert f"{localtime(major.opened_at):%-d %B %Y, %H:%M}" in page, "a paper says on which day"
    assert ruth.get(f"{here}report/2/").status_code == 404
    assert signed_in(house.aoife).get(f"{here}report/").status_code == 404


# Settings


def test_criteria_are_kept_tried_and_stand_in_the_log(house: House) -> None:
    incident = grave(house)
    ruth = signed_in(house.ruth)
    assert "Critical incident on a vital service" in text_of(ruth.get("/settings/majors/"))
    assert incident.reference in text_of(ruth.get("/settings/majors/0/try/?name=0"))
    assert "were looked at" not in text_of(ruth.get("/settings/majors/0/try/?name=0"))
    assert ruth.post("/settings/majors/new/", {"name": "Nothing", "needs_all": "all"}).status_code == 400
    answer = ruth.post("/settings/majors/new/", {"name": "Grave", "needs_all": "any", "impact": "1", "minutes": "240", "is_active": "on"})
    kept = KeptCriterion.objects.get(name="Grave")
    assert answer["Location"] == f"/settings/majors/{kept.pk}/try/"
    assert KeptCriterion.objects.count() == 3  # the two that every organisation starts with are its own now
    page = text_of(ruth.get(f"/settings/majors/{kept.pk}/try/"))
    assert "impact is high or open for 4 h or longer" in page
    assert incident.reference in page
    assert "Added the criterion of major incidents “Grave”" in text_of(ruth.get("/settings/log/"))
    assert signed_in(house.ines).get("/settings/majors/").status_code == 403


def test_a_criterion_as_shipped_is_changed_or_switched_off_where_it_stands(house: House) -> None:
    ruth = signed_in(house.ruth)
    assert "/settings/majors/new/?as=1" in ruth.get("/settings/majors/").content.decode()
    form = ruth.get("/settings/majors/new/?as=1").content.decode()
    assert 'value="Many people at once"' in form and 'value="5"' in form
    sent = {"name": "Very many people", "needs_all": "any", "reporters": "20", "is_active": "on"}
    assert ruth.post("/settings/majors/new/?as=1", sent).status_code == 302
    assert list(KeptCriterion.objects.values_list("name", flat=True)) == ["Critical incident on a vital service", "Very many people"]
    assert "/settings/majors/new/?as" not in ruth.get("/settings/majors/").content.decode()
    assert 'value="Many people' not in ruth.get("/settings/majors/new/?as=1").content.decode(), "it is nobody's any more"


def test_the_settings_say_who_is_told_and_list_the_steps_in_words_that_people_know(house: House) -> None:
    ruth = signed_in(house.ruth)
    for address in ("/settings/majors/", "/settings/majors/procedure/"):
        page = ruth.get(address).content.decode()
        assert "majorincident:oversee" not in page and "be told of each major incident at once" in page
    page = text_of(ruth.get("/settings/majors/"))
    assert "Open a call or chat that everybody who works on it can join" in page and "Critical: every 30 min; High: every 60 min" in page


def test_the_procedure_is_kept_and_the_next_major_incident_has_its_steps(house: House) -> None:
    ruth = signed_in(house.ruth)
    sent = {
        "steps": "Breathe\nThink",
        "update_1": "20",
        "update_2": "40",
        "update_other": "90",
        "manager_minutes": "5",
        "top_minutes": "10",
        "review_days": "3",
    }
    assert ruth.post("/settings/majors/procedure/", {**sent, "steps": ""}).status_code == 400
    assert ruth.post("/settings/majors/procedure/", sent).status_code == 302
    house.tenant.refresh_from_db()
    house.ines = house.fresh(house.ines)
    major = declared(house)
    assert [s.text for s in major.steps.all()] == ["Breathe", "Think"]
    assert major.due_at == major.opened_at + timedelta(minutes=20)
    assert "Steps of the procedure of major incidents" in text_of(ruth.get("/settings/log/"))


def test_the_room_reads_from_the_newest_to_the_oldest_and_says_nothing_twice(house: House) -> None:
    major = told(house)
    take_role(major, "scribe", by=house.ines, channel="page")
    page = text_of(signed_in(house.ines).get(f"/majors/{major.number}/"))
    timeline = page[page.index("Note for the timeline") :]
    words = ("scribe", "It was lanterns fault.", "We work on it, Brannock.", "declared it")
    assert sorted(words, key=timeline.index) == list(words)
    assert timeline.count("We work on it, Brannock.") == 1


def test_a_named_customer_is_taken_off_again_where_it_stands(house: House) -> None:
    major = declared(house)
    affect(major, [house.strand_housing], by=house.ines, channel="page")
    ines, here = signed_in(house.ines), f"/majors/{major.number}/"
    page = text_of(ines.get(here))
    assert "Take Strand Housing off" in page and "Take Brannock Hospitals off" not in page, "the service says that one"
    sent = {"act": "spare", "organization": str(house.strand_housing.pk)}
    assert ines.post(f"{here}act/", sent).status_code == 302
    page = text_of(ines.get(here))
    assert "Take Strand Housing off" not in page and "took off those affected: Strand Housing" in page
    assert ines.post(f"{here}act/", sent).status_code == 302, "somebody else was quicker"


def test_of_many_affected_twenty_stand_there_and_the_rest_is_behind_a_word(house: House) -> None:
    major = declared(house)
    few = cost(lambda: signed_in(house.ines).get(f"/majors/{major.number}/"))
    homes = [Organization.objects.create(tenant=house.tenant, kind="customer", name=f"Home {n:02}") for n in range(25)]
    affect(major, homes, by=house.ines, channel="page")
    page = text_of(signed_in(house.ines).get(f"/majors/{major.number}/"))
    before, after = page.partition('id="affected"')[2].split("6 more")
    assert "Take Home 18 off" in before and "Take Home 19 off" not in before
    assert "Take Home 24 off" in after
    assert "To 26 customers: Brannock Hospitals, Home 00" in page and "Home 18 and 6 more." in page
    assert cost(lambda: signed_in(house.ines).get(f"/majors/{major.number}/")) == few


def test_after_a_fault_the_room_still_has_whom_somebody_chose(house: House) -> None:
    major = declared(house)
    here = f"/majors/{major.number}/act/"
    page = text_of(signed_in(house.ines).post(here, {"act": "add", "todo": "", "owner": str(house.dev.pk), "owner_typed": house.dev.name}))
    assert f'value="{house.dev.name}"' in page and f'name="owner" value="{house.dev.pk}"' in page
    page = text_of(signed_in(house.ines).post(here, {"act": "affect", "organization": "", "organization_typed": "Nowhere Ltd"}))
    assert 'value="Nowhere Ltd"' in page
    page = text_of(signed_in(house.ines).post(here, {"act": "add", "todo": "", "owner": str(house.mallory.pk)}))
    assert house.mallory.name not in page, "a number is no way round the walls"


def test_a_trial_says_when_it_did_not_look_at_all(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plimsoll.resolution.majors.proposing.MOST", 1)
    grave(house)
    grave(house)
    assert "Only the 1 most urgent of them were looked at." in text_of(signed_in(house.ruth).get("/settings/majors/0/try/?name=0"))
