"""Asking how it went and taking the answer, and the figure that follows (K-20)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.agreements.relationships.models import Satisfaction
from plimsoll.agreements.relationships.operations import rate
from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.figures.definitions import Question, indicator_named
from plimsoll.kernel.figures.periods import read_month
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import move
from plimsoll.kernel.trail.models import Entry
from tests.cast import House

pytestmark = pytest.mark.django_db


def done(house: House, *steps: str, **values: object) -> Record:
    record = house.incident(service=house.service(), classification=house.category, impact=2, urgency=2, team=house.desk, owner=house.ines, **values)
    for name in steps or ("assign", "start", "resolve"):
        fields = {"resolution_code": "fixed", "cause_code": "cable", "resolution_note": "New cable."} if name == "resolve" else {}
        record = move(record, name, by=house.ines, channel="page", fields=fields, note="Done")
    return record


def test_who_asked_is_asked_once_however_often_it_is_resolved_and_closed(house: House) -> None:
    record = done(house)
    first = Satisfaction.objects.get(card=record.card)
    assert (first.person, first.score, first.answered_at) == (house.aoife, None, None)
    record = move(record, "reopen", by=house.ines, channel="page", note="Not yet")
    record = move(
        record, "resolve", by=house.ines, channel="page", fields={"resolution_code": "fixed", "cause_code": "c", "resolution_note": "n"}, note="Again"
    )
    move(record, "close", by=house.ines, channel="page")
    assert list(Satisfaction.objects.filter(card=record.card)) == [first]
    assert Satisfaction.objects.get(card=record.card).asked_at == first.asked_at


def test_nobody_is_asked_about_what_was_cancelled_nor_who_can_not_sign_in(house: House) -> None:
    assert not Satisfaction.objects.filter(card=done(house, "cancel").card).exists()
    assert not Satisfaction.objects.filter(card=done(house, requester=None).card).exists()
    assert not Satisfaction.objects.filter(card=done(house, requester=house.system).card).exists()


def test_only_who_asked_answers_and_may_change_it_for_14_days(house: House) -> None:
    record = done(house)
    for stranger in (house.ines, house.maeve, house.strand):
        with pytest.raises(Refused):
            rate(record, score=5, by=stranger, channel="page")
    with pytest.raises(Faulty):
        rate(record, score=6, by=house.aoife, channel="portal")
    rate(record, score=2, comment="Slow", by=house.aoife, channel="portal")
    rate(record, score=4, comment="Better", by=house.aoife, channel="portal")
    kept = Satisfaction.objects.get(card=record.card)
    assert (kept.score, kept.comment) == (4, "Better")
    assert Entry.objects.filter(card=record.card, action="rate", actor=house.aoife).count() == 2
    Satisfaction.objects.update(answered_at=now() - timedelta(days=15))
    with pytest.raises(Refused, match="14 days"):
        rate(record, score=1, by=house.aoife, channel="portal")


def test_the_same_answer_again_writes_nothing(house: House) -> None:
    record = done(house)
    for _n in range(2):
        rate(record, score=5, by=house.aoife, channel="portal")
    assert Entry.objects.filter(card=record.card, action="rate").count() == 1


def test_nobody_answers_before_they_are_asked(house: House) -> None:
    with pytest.raises(Refused, match="when it is done"):
        rate(house.incident(), score=5, by=house.aoife, channel="portal")


def test_satisfaction_counted_by_hand(house: House) -> None:
    scores = (5, 4, 3, 1)
    records = [done(house) for _n in range(6)]
    for record, score in zip(records, scores, strict=False):
        rate(record, score=score, by=house.aoife, channel="portal")
    month = read_month(f"{now():%Y-%m}", "UTC")
    question = Question(house.fresh(house.ruth), month, now())
    satisfied, answers = indicator_named("incident_satisfaction"), indicator_named("incident_satisfaction_answers")
    [figure] = satisfied.measure(question)
    assert (figure.numerator, figure.denominator, figure.value) == (2, 4, 0.5)
    [rate_of] = answers.measure(question)
    assert (rate_of.numerator, rate_of.denominator) == (4, 6)
    assert {r.pk for r in satisfied.counted(question, "done")} == {r.pk for r in records[:2]}
    assert {r.pk for r in satisfied.counted(question, "whole")} == {r.pk for r in records[:4]}
    assert {r.pk for r in answers.counted(question, "whole")} == {r.pk for r in records}
    assert satisfied.measure(Question(house.fresh(house.mallory), month, now()))[0].value is None


def test_the_words_of_an_answer_are_concealed_in_the_trail(house: House) -> None:
    record = done(house)
    rate(record, score=1, comment="Mr Smith was rude", by=house.aoife, channel="portal")
    entry = Entry.objects.get(card=record.card, action="rate")
    assert "Smith" not in entry.changes
