"""Words in the room of a major incident: erased by order wherever they stand, and told to every incident under the lead."""

from __future__ import annotations

import pytest

from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.operations import move
from plimsoll.kernel.records.redaction import REPLACEMENT, redact, words_held
from plimsoll.kernel.tasks.running import run_waiting
from plimsoll.kernel.trail.models import Detail
from plimsoll.kernel.trail.verify import verify
from plimsoll.resolution.incidents.operations import add_child
from plimsoll.resolution.majors.models import MajorReview, ProcedureStep, ReviewReport
from plimsoll.resolution.majors.operations import REPLIES_AT_ONCE, inform_top, reply_to_the_rest, send_update, tick_step
from plimsoll.resolution.majors.proposing import declare_major
from plimsoll.resolution.majors.reviewing import decide
from plimsoll.resolution.majors.tests.test_majors import grave, reviewed
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_words_of_decisions_and_steps_are_erased_with_their_trail_and_the_report(house: House) -> None:
    review = MajorReview.objects.get(pk=reviewed(house).pk)
    again = move(review, "take_up", by=house.ruth, channel="page", note="More.")
    decide(again, kind="none", text="Smith was tired.", by=house.ruth, channel="page")
    major = again.major
    step = ProcedureStep.objects.filter(major=major)[0]
    step.text = "Ring Smith"
    step.save()
    tick_step(step, major, is_done=True, by=house.ruth, channel="page")
    inform_top(major, how="Smith rang the director", by=house.ruth, channel="page")
    move(again, "finish", by=house.ruth, channel="page")
    for record, found in ((again, "decision-"), (major, "step-"), (major, "told-")):
        keys = [w.key for w in words_held(record) if w.key.startswith(found) and "Smith" in w.text]
        assert len(keys) == 1, found
        redact(record, by=house.ruth, channel="page", reason="Asked by Smith.", words=keys)
    assert "Smith" not in str(list(ReviewReport.objects.values_list("content", flat=True)))
    assert not [d for d in Detail.objects.all() if "Smith" in str({n: v for n, v in d.values.items() if n != "note"})]
    assert str(list(again.decisions.values_list("text", flat=True))).count(REPLACEMENT) == 1
    with pytest.raises(Faulty, match="not on this record"):
        redact(again, by=house.ruth, channel="page", reason="Again.", words=["decision-999999"])
    assert verify().faults == []


def test_the_page_offers_them(house: House) -> None:
    review = MajorReview.objects.get(pk=reviewed(house).pk)
    again = move(review, "take_up", by=house.ruth, channel="page", note="More.")
    made = decide(again, kind="none", text="Smith was tired.", by=house.ruth, channel="page")
    here = f"/majorreviews/{review.number}/redact/"
    assert "Decision: Smith was tired." in text_of(signed_in(house.ruth).get(here))
    sent = {"words": [f"decision-{made.pk}"], "reason": "Asked.", "confirm": review.reference}
    assert signed_in(house.ruth).post(here, sent).status_code == 302
    made.refresh_from_db()
    assert made.text == REPLACEMENT


def test_an_update_is_erased_on_the_incidents_that_repeat_it(house: House) -> None:
    lead = grave(house)
    major = declare_major(lead, by=house.ruth, channel="page", reason="It is grave.")
    told = send_update(major, text="Smith unplugged it.", audience="customers", by=house.ruth, channel="page")
    assert Comment.objects.filter(text="Smith unplugged it.").count() == 2
    redact(major, by=house.ruth, channel="page", reason="Asked by Smith.", comments=[told.comment])
    assert not Comment.objects.filter(text__contains="Smith").exists()
    assert verify().faults == []


def test_an_update_is_said_on_every_incident_under_the_lead_however_many_there_are(house: House) -> None:
    lead = grave(house)
    for n in range(REPLIES_AT_ONCE + 3):
        add_child(lead, house.incident(f"Under it {n}"), by=house.ruth, channel="page")  # type: ignore[arg-type]
    major = declare_major(lead, by=house.ruth, channel="page", reason="It is grave.")
    told = send_update(major, text="We know of it.", audience="customers", by=house.ruth, channel="page")
    said = Comment.objects.filter(text="We know of it.", is_public=True)
    assert said.count() == 1 + 1 + REPLIES_AT_ONCE
    run_waiting()
    assert said.count() == 1 + 1 + REPLIES_AT_ONCE + 3
    assert reply_to_the_rest(told.comment_id, after=0) == 0, "tried again, nothing is said twice"


def test_what_rules_did_is_told_as_done_by_rules(house: House) -> None:
    lead = grave(house)
    page = text_of(signed_in(house.ruth).get(f"/incidents/{lead.number}/"))
    assert "Rules" in page
    assert "command line" not in page
