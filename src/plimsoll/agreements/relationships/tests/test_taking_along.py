"""Ratings outside of pages: by the API, in an export, and when their words are redacted; and the figures of requests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.operations import rate
from plimsoll.agreements.relationships.tests.test_operations import done
from plimsoll.kernel.exchange.exporting import exported
from plimsoll.kernel.figures.definitions import Question, indicator_named
from plimsoll.kernel.figures.periods import read_month
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.redaction import redact
from plimsoll.kernel.trail.models import Detail, Entry
from plimsoll.resolution.requests.operations import order
from tests.api import Caller
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db


def rated(house: House, score: int = 4, comment: str = "Mr Smith was quick") -> Any:
    record = done(house)
    rate(record, score=score, comment=comment, by=house.aoife, channel="portal")
    return record


def test_the_api_gives_what_was_said_to_those_who_may_read_it(house: House) -> None:
    record, silent = rated(house), done(house)
    ours = Caller(house.ruth).get("satisfaction").json()["items"]
    assert [(row["record"], row["score"]) for row in ours] == [(silent.reference, None), (record.reference, 4)]
    assert [row["record"] for row in Caller(house.ruth).get("satisfaction?answered=true").json()["items"]] == [record.reference]
    assert Caller(house.ruth).get("satisfaction?kind=request").json()["items"] == []
    assert Caller(house.ruth).get("satisfaction?kind=service").status_code == 400
    one = Caller(house.aoife).get(f"satisfaction/{record.reference}")
    assert one.json()["comment"] == "Mr Smith was quick" and one.json()["person"]["name"] == house.aoife.name


def test_nobody_else_reads_it(house: House) -> None:
    record = rated(house)
    for person in (house.strand, house.maeve, house.mallory):
        assert Caller(person).get("satisfaction").json()["items"] == []
        assert Caller(person).get(f"satisfaction/{record.reference}").status_code == 404
    assert Caller(house.ruth).get("satisfaction/INC-999").status_code == 404


def test_a_program_says_how_it_went_for_its_person_and_for_nobody_else(house: House) -> None:
    record = done(house)
    address = f"satisfaction/{record.reference}"
    said = Caller(house.aoife).send("PUT", address, {"score": 5, "comment": "Thank you"})
    assert said.status_code == 200 and (said.json()["score"], said.json()["comment"]) == (5, "Thank you")
    assert Entry.objects.filter(card=record.card, action="rate", channel="api").count() == 1
    assert Caller(house.aoife).send("PUT", address, {"score": 6}).status_code == 422
    assert Caller(house.ines).send("PUT", address, {"score": 1}).status_code == 403
    assert Caller(house.strand).send("PUT", address, {"score": 1}).status_code == 404
    assert Satisfaction.objects.get(card=record.card).score == 5


def test_an_export_takes_it_along_for_those_who_see_it(house: House) -> None:
    record = rated(house)
    done(house)
    lines = {line["reference"]: line for line in exported(type_named("incident"), by=house.fresh(house.ruth))}
    [told] = lines[record.reference]["satisfaction"]
    assert (told["score"], told["comment"], told["asked"]) == (4, "Mr Smith was quick", house.aoife.email)
    assert json.dumps(told)


def test_redacting_takes_the_words_out_and_leaves_the_figure(house: House) -> None:
    record = rated(house)
    page = text_of(signed_in(house.ruth).get(f"/incidents/{record.number}/redact/"))
    assert "How it went: Mr Smith was quick" in page
    redact(record, by=house.ruth, channel="page", reason="By order", words=["rating_comment"])
    kept = Satisfaction.objects.get(card=record.card)
    assert (kept.score, kept.comment) == (4, "")
    assert not any("Smith" in json.dumps(v) for v in Detail.objects.filter(entry__card=record.card).values_list("values", flat=True))
    assert "Mr Smith" not in text_of(signed_in(house.ruth).get(f"/incidents/{record.number}/redact/"))


def test_words_that_were_taken_back_are_redacted_out_of_the_trail_too(house: House) -> None:
    record = rated(house)
    rate(record, score=4, comment="", by=house.aoife, channel="portal")
    assert "How it went" not in text_of(signed_in(house.ruth).get(f"/incidents/{record.number}/redact/")), "nothing stands there now"
    redact(record, by=house.ruth, channel="page", reason="By order", words=["rating_comment"])
    assert not any("Smith" in json.dumps(v) for v in Detail.objects.filter(entry__card=record.card).values_list("values", flat=True))


def test_satisfaction_with_requests_counted_by_hand(house: House) -> None:
    made = [order(house.offered(f"Thing {n}"), {}, by=house.aoife, channel="portal", requester=house.aoife) for n in range(4)]
    assert {r.state for r in made} == {"fulfilled"}
    for request, score in zip(made, (5, 2, 4), strict=False):
        rate(request, score=score, by=house.aoife, channel="portal")
    rated(house, 1)  # an incident is counted in its own
    month = read_month(f"{now():%Y-%m}", "UTC")
    question = Question(house.fresh(house.ruth), month, now())
    satisfied, answers = indicator_named("request_satisfaction"), indicator_named("request_satisfaction_answers")
    [figure] = satisfied.measure(question)
    assert (figure.numerator, figure.denominator) == (2, 3)
    [of] = answers.measure(question)
    assert (of.numerator, of.denominator) == (3, 4)
    assert {r.pk for r in satisfied.counted(question, "done")} == {made[0].pk, made[2].pk}
    assert {r.pk for r in satisfied.counted(question, "whole")} == {r.pk for r in made[:3]}
    assert {r.pk for r in answers.counted(question, "whole")} == {r.pk for r in made}
    assert satisfied.measure(Question(house.fresh(house.mallory), month, now()))[0].value is None
