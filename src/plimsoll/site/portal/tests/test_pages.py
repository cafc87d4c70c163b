"""The portal, page by page, as the people whom it is for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.approvals.operations import Asked, ask
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import move
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.requests.models import Request
from plimsoll.resolution.requests.plan import Field, Plan
from plimsoll.site.portal.leading import lead
from plimsoll.site.portal.rules import next_step, progress
from tests.cast import House
from tests.contracts import cost, signed_in, text_of

pytestmark = pytest.mark.django_db


def given(house: House, person: Any, *words: str) -> Any:
    Grant.objects.create(tenant=house.tenant, person=person, words=list(words), role_name="More", started_at=now())
    return signed_in(house.fresh(person))


def resolved(house: House, **values: Any) -> Record:
    record = house.incident(service=house.service(), classification=house.category, impact=2, urgency=2, team=house.desk, owner=house.ines, **values)
    for name, fields in (
        ("assign", {}),
        ("start", {}),
        ("resolve", {"resolution_code": "fixed", "cause_code": "cable", "resolution_note": "New cable."}),
    ):
        record = move(record, name, by=house.ines, channel="page", fields=fields, note="Done")
    return record


def test_the_line_of_dots_says_where_a_thing_is() -> None:
    assert progress("new") == [("Received", "now"), ("Being worked on", ""), ("Done", ""), ("Closed", "")]
    assert progress("waiting", is_their_turn=True)[1] == ("Waiting for you", "now")
    assert progress("dropped")[-1] == ("Not done", "no")
    assert "answer from you" in next_step("waiting", is_their_turn=True)
    assert "Service desk work on it" in next_step("active", team="Service desk")


def test_how_it_was_resolved_is_read_by_whoever_works_on_it_and_whoever_asked(house: House) -> None:
    record = resolved(house, requester=house.aoife)
    for person, here in ((house.ines, "/incidents/"), (house.aoife, "/portal/incidents/")):
        page = signed_in(person).get(f"{here}{record.number}/").content.decode()
        assert ">How it was resolved</h2>" in page and "New cable." in page, here
    assert "cable" not in page.replace("New cable.", ""), "the cause stays inside"


def test_nobody_is_asked_how_it_went_while_it_is_open_again(house: House) -> None:
    record = resolved(house, requester=house.aoife)
    browser = given(house, house.aoife, "incident:confirm@own", "incident:reopen@own")
    browser.post(f"/portal/incidents/{record.number}/moves/confirm/", {"version": record.version})
    assert "How did it go?" in text_of(browser.get("/portal/"))
    browser.post(f"/portal/incidents/{record.number}/moves/reopen/", {"note": "It jams again."})
    assert Incident.objects.get(pk=record.pk).is_open
    assert "How did it go?" not in text_of(browser.get("/portal/"))


def test_every_inside_address_of_a_thing_has_its_place_on_the_portal() -> None:
    assert lead("/incidents/7/") == "/portal/incidents/7/"
    assert lead("/requests/7/moves/confirm/") == "/portal/requests/7/moves/confirm/"
    assert lead("/") == "/portal/"
    assert lead("/incidents/7/attachments/3/") == lead("/account/") == lead("/incidents/7/live/") == ""


def test_a_customers_browser_is_led_to_the_portal_and_nobody_else(house: House) -> None:
    record = house.incident()
    address = f"/incidents/{record.number}/"
    browser: Any = {"headers": {"sec-fetch-mode": "navigate"}}
    assert signed_in(house.aoife).get(address, **browser)["Location"] == f"/portal{address}"
    assert signed_in(house.aoife).get(address).status_code == 200
    plain: Any = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}  # over plain HTTP a browser does not say that it goes somewhere
    assert signed_in(house.aoife).get(address, headers=plain)["Location"] == f"/portal{address}"
    assert signed_in(house.aoife).get(address, headers={**plain, "HX-Request": "true"}).status_code == 200
    assert signed_in(house.aoife).get(address, headers={**plain, "Sec-Fetch-Mode": "cors"}).status_code == 200
    assert signed_in(house.ines).get(address, **browser).status_code == 200
    assert signed_in(house.sam).get("/", **browser).status_code == 200
    assert signed_in(house.aoife).get(f"/go/{record.reference}/", follow=True, **browser).redirect_chain[-1][0] == f"/portal{address}"


def test_reporting_asks_little_and_says_what_happens_next(house: House) -> None:
    browser = signed_in(house.aoife)
    assert browser.post("/portal/report/", {"title": ""}).status_code == 422
    answer = browser.post(
        "/portal/report/", {"title": "Tablets lose the Wi-Fi", "harm": "mine", "files": SimpleUploadedFile("ward.txt", b"log")}, follow=True
    )
    page, made = text_of(answer), Incident.objects.get(title="Tablets lose the Wi-Fi")
    assert made.reference in page and "Somebody reads it next" in page and "ward.txt" in page
    assert (made.requester, made.impact, made.urgency, made.organization) == (house.aoife, 2, 1, house.brannock)
    assert Entry.objects.filter(card=made.card, channel="portal", action="open").exists()


def test_a_report_whose_file_is_refused_is_not_made_and_keeps_what_was_typed(house: House) -> None:
    answer = signed_in(house.aoife).post("/portal/report/", {"title": "Empty file", "harm": "mine", "files": SimpleUploadedFile("x.txt", b"")})
    assert answer.status_code == 422 and "is empty." in text_of(answer) and "Empty file" in text_of(answer)
    assert not Incident.objects.filter(title="Empty file").exists()


def test_files_of_a_form_that_is_refused_wait_for_their_sender_alone_and_go_along_the_next_time(house: House) -> None:
    browser, record = signed_in(house.aoife), house.incident()
    for place in ("/portal/report/", f"/portal/incidents/{record.number}/answer/"):
        answer = browser.post(place, {"title": "", "text": "", "files": SimpleUploadedFile("ward.txt", b"log")})
        assert answer.status_code == 422 and "These go along:" in text_of(answer) and "ward.txt" in text_of(answer), place
        mark = re.findall(r'name="held" value="([^"]+)" checked', text_of(answer))
        again = browser.post(place, {"title": "", "text": "", "held": mark})
        assert mark == re.findall(r'name="held" value="([^"]+)" checked', text_of(again)), "also after a second refusal"
        assert "ward.txt" not in text_of(signed_in(house.strand).post("/portal/report/", {"title": "", "held": mark})), "a mark is its maker's"
        sent = {"title": "With its file", "harm": "mine", "text": "With its file", "held": mark}
        assert "ward.txt" in text_of(browser.post(place, sent, follow=True)), place
    assert "These go along" not in text_of(browser.get("/portal/report/"))


def test_a_file_that_waited_too_long_is_asked_for_again_and_nothing_is_made_without_it(house: House, settings: Any) -> None:
    browser = signed_in(house.aoife)
    refused = text_of(browser.post("/portal/report/", {"title": "", "files": SimpleUploadedFile("ward.txt", b"some log")}))
    mark = re.findall(r'name="held" value="([^"]+)" checked', refused)
    for path in (Path(settings.PLIMSOLL_FILES) / "held").iterdir():
        path.unlink()
    answer = browser.post("/portal/report/", {"title": "Late", "harm": "mine", "held": mark})
    assert answer.status_code == 422 and "ward.txt waited too long. Choose it again." in text_of(answer)
    assert not Incident.objects.filter(title="Late").exists()


def test_following_shows_what_was_said_openly_and_nothing_else(house: House) -> None:
    record = house.incident(cause_code="secret cause")
    parts.comment(record, text="We look at it.", is_public=True, by=house.ines, channel="page")
    parts.comment(record, text="They broke it themselves.", is_public=False, by=house.ines, channel="page")
    parts.attach(record, name="inside.txt", content=b"x", is_public=False, by=house.ines, channel="page")
    page = text_of(signed_in(house.aoife).get(f"/portal/incidents/{record.number}/"))
    assert "We look at it." in page
    assert not [w for w in ("They broke", "inside.txt", "secret cause", "nternal note") if w in page]
    assert signed_in(house.strand).get(f"/portal/incidents/{record.number}/").status_code == 404
    assert signed_in(house.mallory).get(f"/portal/incidents/{record.number}/").status_code == 404


def test_our_own_people_see_what_the_customer_sees_and_only_read(house: House) -> None:
    record = house.incident()
    parts.comment(record, text="Among us only.", is_public=False, by=house.ines, channel="page")
    browser = signed_in(house.ines)
    page = text_of(browser.get(f"/portal/incidents/{record.number}/"))
    assert "This is what the customer sees" in page and "Among us only." not in page and "Send your answer" not in page
    assert browser.post(f"/portal/incidents/{record.number}/answer/", {"text": "Hello"}).status_code == 403


def test_answering_by_the_portal_and_an_empty_answer(house: House) -> None:
    record = house.incident()
    browser = signed_in(house.aoife)
    assert browser.post(f"/portal/incidents/{record.number}/answer/", {"text": " "}).status_code == 422
    assert "It is floor 3." in text_of(browser.post(f"/portal/incidents/{record.number}/answer/", {"text": "It is floor 3."}, follow=True))


def test_confirming_opening_again_and_saying_how_it_went_once(house: House) -> None:
    record = resolved(house)
    browser = given(house, house.aoife, "incident:confirm@own", "incident:reopen@own")
    base = f"/portal/incidents/{record.number}/"
    page = text_of(browser.get(base))
    assert "Confirm and close" in page and "How did it go?" in page
    assert browser.post(f"{base}moves/reopen/", {"note": ""}).status_code == 422
    browser.post(f"{base}moves/confirm/", {"version": record.version})
    record.refresh_from_db()
    assert record.state == "closed"
    assert "How did it go?" in text_of(browser.get("/portal/"))
    unrated = browser.post(f"{base}rate/", {"score": "", "comment": "Words of mine"})
    assert unrated.status_code == 422 and ">Words of mine</textarea>" in text_of(unrated)
    assert "You can change it" in text_of(browser.post(f"{base}rate/", {"score": "5", "comment": "Quick"}, follow=True))
    assert Satisfaction.objects.get(card=record.card).score == 5
    assert "How did it go?" not in text_of(browser.get("/portal/"))
    assert "Quick" in text_of(signed_in(house.ines).get(f"/incidents/{record.number}/"))
    assert text_of(browser.get(f"/incidents/{record.number}/trail/")).count("Quick") == 0  # its own page has it; the trail is for the work


def test_the_file_tells_times_where_the_reader_is(house: House) -> None:
    type(house.aoife).objects.filter(pk=house.aoife.pk).update(timezone="Asia/Tokyo")
    record = house.incident()
    wanted = record.opened_at.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%d %H:%M")
    assert wanted in text_of(signed_in(house.fresh(house.aoife)).get("/portal/mine/?state=all&format=csv"))


def test_a_representative_sees_the_organisation_and_takes_it_along_as_a_file(house: House) -> None:
    for n in range(25):
        house.incident(f"Lamp {n}")
    house.incident("=Strand formula", organization=house.strand_housing, requester=house.strand)
    browser = signed_in(house.maeve)
    page = text_of(browser.get("/portal/mine/?whose=organization"))
    assert "What Brannock Hospitals asked for" in page and "Lamp 24" in page and "Lamp 0<" not in page and "Older" in page
    file = text_of(browser.get("/portal/mine/?whose=organization&state=all&format=csv"))
    assert file.count("\n") == 26 and "Strand" not in file
    assert "All of your organisation" not in text_of(signed_in(house.strand).get("/portal/mine/"))
    assert "Lamp" not in text_of(signed_in(house.strand).get("/portal/mine/?whose=organization&state=all"))
    assert "'=Strand formula" in text_of(signed_in(house.strand).get("/portal/mine/?state=all&format=csv"))
    assert browser.get("/portal/mine/?page=nonsense").status_code == 422


def test_deciding_on_the_portal_a_no_says_why(house: House) -> None:
    record = house.incident()
    approval = ask(record, question="Shall we swap it?", steps=[Asked(name="Customer", people=(house.maeve,))], by=house.ines, channel="page")
    browser, base = signed_in(house.maeve), f"/portal/incidents/{record.number}/"
    assert "Shall we swap it?" in text_of(browser.get("/portal/"))
    assert "Why not" in text_of(browser.post(f"{base}decide/", {"act": f"no-{approval.pk}"}))
    browser.post(f"{base}decide/", {"act": f"no-{approval.pk}", "reason": "Not now"})
    assert "For you to decide" not in text_of(browser.get(base))
    late = browser.post(f"{base}decide/", {"act": f"no-{approval.pk}", "reason": "Words of mine"})
    assert ">Words of mine</textarea>" in text_of(late) or late.status_code in (403, 404)
    approval.refresh_from_db()
    assert approval.ended_at is not None
    assert signed_in(house.aoife).post(f"{base}decide/", {"act": f"yes-{approval.pk}"}).status_code in (403, 409)


def test_what_the_portals_pages_cost_does_not_grow(house: House) -> None:
    browser = signed_in(house.aoife)
    one = house.incident("First")
    parts.comment(one, text="Said", is_public=True, by=house.ines, channel="page")
    few = [cost(lambda a=a: browser.get(a)) for a in ("/portal/", "/portal/mine/", f"/portal/incidents/{one.number}/")]
    for n in range(6):
        record = house.incident(f"More {n}")
        parts.comment(record, text="Said", is_public=True, by=house.ines, channel="page")
        parts.comment(one, text=f"Said {n}", is_public=True, by=house.ines, channel="page")
    assert [cost(lambda a=a: browser.get(a)) for a in ("/portal/", "/portal/mine/", f"/portal/incidents/{one.number}/")] == few


def test_pages_without_anything_say_what_will_stand_there(house: House) -> None:
    browser = signed_in(house.aoife)
    assert "Nothing of yours is open" in text_of(browser.get("/portal/"))
    assert "Nothing is open" in text_of(browser.get("/portal/mine/"))
    assert "No guide is published yet" in text_of(browser.get("/portal/articles/"))
    assert "We found nothing about that" in text_of(browser.get("/portal/search/?q=zanzibar"))
    assert browser.get("/portal/promises/").status_code == 403
    assert signed_in(house.nobody).get("/portal/").status_code == 200
    assert signed_in(house.nobody).get("/portal/report/").status_code == 403


def test_a_revoked_right_empties_the_next_look_and_the_next_live_update(house: House) -> None:
    record = house.incident("Quicksilver lantern")
    browser = signed_in(house.aoife)
    assert "Quicksilver" in text_of(browser.get("/portal/mine/"))
    assert browser.get(f"/incidents/{record.number}/live/?seen=0").status_code == 200
    Grant.objects.filter(person=house.aoife).update(ended_at=now())
    assert "Quicksilver" not in text_of(browser.get("/portal/")) + text_of(browser.get("/portal/mine/")) + text_of(
        browser.get("/portal/search/?q=quicksilver")
    )
    assert browser.get(f"/portal/incidents/{record.number}/").status_code == 404
    assert browser.get(f"/incidents/{record.number}/live/?seen=0").status_code == 404


def test_from_the_inside_page_one_press_leads_to_what_the_customer_sees(house: House) -> None:
    record = house.incident()
    assert f"/portal/incidents/{record.number}/" in text_of(signed_in(house.ines).get(f"/incidents/{record.number}/"))
    assert "What the customer sees" not in text_of(signed_in(house.aoife).get(f"/incidents/{record.number}/"))


def test_what_can_be_ordered_is_a_403_without_the_word(house: House) -> None:
    assert signed_in(house.nobody).get("/portal/order/").status_code == 403
    assert signed_in(house.nobody).get("/portal/order/1/").status_code == 403


def test_ordering_shows_what_it_costs_keeps_what_was_typed_and_leads_to_its_number(house: House) -> None:
    field = Field("size", "Size", "number", is_required=True)
    model = house.offered("New laptop", plan=Plan(fields=(field,), steps=(), tasks=()))
    browser = signed_in(house.aoife)
    assert "New laptop" in text_of(browser.get("/portal/order/")) and "New laptop" in text_of(browser.get("/portal/search/?q=laptop"))
    address = f"/portal/order/{model.number}/"
    name = next(n for n in re.findall(r'name="([^"]+)"', text_of(browser.get(address))) if "size" in n)
    refused = browser.post(address, {name: "big", "description": "For ward 4"})
    assert refused.status_code == 422 and "For ward 4" in text_of(refused)
    page = text_of(browser.post(address, {name: "14", "description": "For ward 4"}, follow=True))
    made = Request.objects.get(request_model=model)
    assert f"Its number is {made.reference}." in page and "14" in page and "Ordered" in page
    assert Entry.objects.filter(card=made.card, action="open", channel="portal").exists()
    assert signed_in(house.strand).get(f"/portal/requests/{made.number}/").status_code == 404


def test_what_is_not_offered_to_somebody_can_not_be_ordered_by_its_address(house: House) -> None:
    model = house.offered(everybody=False)
    assert signed_in(house.aoife).get(f"/portal/order/{model.number}/").status_code == 404
    assert signed_in(house.aoife).post(f"/portal/order/{model.number}/", {}).status_code == 404


def test_what_is_kept_of_our_own_people_is_no_kind_that_a_customer_follows(house: House) -> None:
    page = text_of(signed_in(house.aoife).get("/portal/mine/"))
    assert ">Incidents<" in page and ">Requests<" in page and "Qualifications" not in page and "Awareness" not in page
    assert "Qualifications" not in text_of(signed_in(house.aoife).get("/inbox/"))
