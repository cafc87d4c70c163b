"""Whether an article helped: one answer a person, said anew, counted beside the article, in its trail."""

from __future__ import annotations

from typing import Any

import pytest

from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.exchange.exporting import exported
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import move
from plimsoll.kernel.records.redaction import redact
from plimsoll.kernel.trail.models import Detail, Entry
from plimsoll.support.knowledge.models import Judgement
from plimsoll.support.knowledge.operations import judge
from plimsoll.support.knowledge.tests.test_articles import draft, published
from tests.cast import House
from tests.contracts import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_one_answer_a_person_which_can_be_changed(house: House) -> None:
    article = published(house)
    judge(article, is_helpful=False, comment="Step 2 is wrong", by=house.aoife, channel="portal")
    judge(article, is_helpful=True, comment="Better now", by=house.aoife, channel="portal")
    judge(article, is_helpful=True, comment="Better now", by=house.aoife, channel="portal")
    judge(article, is_helpful=True, by=house.strand, channel="portal")
    assert sorted(Judgement.objects.values_list("person__name", "is_helpful", "comment", "edition")) == sorted(
        [(house.aoife.name, True, "Better now", 1), (house.strand.name, True, "", 1)]
    )
    told = Entry.objects.filter(card=article.card, action="judge").order_by("id")
    assert [e.channel for e in told] == ["portal"] * 3 and not any("Step 2" in e.changes for e in told)


def test_what_is_not_theirs_to_read_is_not_theirs_to_judge(house: House) -> None:
    for article in (draft(house), published(house, audience="internal")):
        with pytest.raises(Refused):
            judge(article, is_helpful=True, by=house.aoife, channel="portal")
    with pytest.raises(Refused):
        judge(published(house), is_helpful=True, by=house.mallory, channel="portal")
    with pytest.raises(Faulty):
        judge(published(house), is_helpful=True, comment="x" * 1001, by=house.aoife, channel="portal")
    assert not Judgement.objects.exists()


def test_the_portal_asks_and_takes_a_word_after_the_press(house: House) -> None:
    article = published(house)
    browser, address = signed_in(house.aoife), f"/portal/articles/{article.number}/"
    assert "Did this help?" in text_of(browser.get(address)) and "What was missing" not in text_of(browser.get(address))
    page = text_of(browser.post(address, {"helped": "no"}, follow=True))
    assert "What was missing or wrong" in page and "Thank you." in page
    browser.post(address, {"helped": "no", "comment": "There is no lid"})
    assert Judgement.objects.get().comment == "There is no lid"
    assert browser.post(address, {}).status_code == 422
    assert "There is no lid" in text_of(browser.post(address, {"helped": "no", "comment": "There is no lid" + "x" * 1000}))
    assert signed_in(house.sam).post(address, {"helped": "no"}).status_code in (403, 404)
    assert "There is no lid" not in text_of(signed_in(house.strand).get(address))


def test_the_articles_page_counts_them_for_our_own_people(house: House) -> None:
    article = published(house)
    judge(article, is_helpful=True, by=house.strand, channel="portal")
    judge(article, is_helpful=False, comment="There is no lid", by=house.aoife, channel="portal")
    page = text_of(signed_in(house.ruth).get(f"/articles/{article.number}/"))
    assert "It helped 1 person" in page and "1 person says no" in page and "There is no lid" in page
    trail = text_of(signed_in(house.ruth).get(f"/articles/{article.number}/trail/"))
    assert trail.count("said that it helped") == trail.count("said that it did not help") > 0
    assert "There is no lid" not in text_of(signed_in(house.strand).get(f"/articles/{article.number}/"))
    assert "did not help" not in text_of(signed_in(house.strand).get(f"/articles/{article.number}/trail/"))


def test_a_revision_is_judged_by_its_newest_edition(house: House) -> None:
    article = published(house)
    judge(article, is_helpful=False, by=house.aoife, channel="portal")
    again = move(article, "revise", by=house.ines, channel="page")
    judge(again, is_helpful=True, by=house.strand, channel="portal")  # the draft is not what they read
    assert set(Judgement.objects.values_list("edition", flat=True)) == {1}


def test_words_go_along_in_an_export_and_out_by_order(house: House) -> None:
    article: Any = published(house)
    judge(article, is_helpful=False, comment="Ask Mr Smith", by=house.aoife, channel="portal")
    [line] = exported(type_named("article"), by=house.fresh(house.ruth))
    assert [(row["by"], row["helped"], row["comment"]) for row in line["judgements"]] == [(house.aoife.email, False, "Ask Mr Smith")]
    redact(article, by=house.ruth, channel="page", reason="By order", words=["helpful_comment"])
    assert Judgement.objects.get().comment == "" and not Judgement.objects.get().is_helpful
    assert not any("Smith" in str(v) for v in Detail.objects.filter(entry__card=article.card).values_list("values", flat=True))
