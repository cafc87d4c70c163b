"""Articles as records: reviewed by somebody else, frozen when published, seen by their audience, overdue by the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.search.queries import find
from plimsoll.kernel.trail.models import Entry
from plimsoll.support.knowledge.models import Article, Edition
from plimsoll.support.knowledge.operations import expire_overdue
from plimsoll.support.knowledge.queries import article_with_editions, compare_editions, is_sound
from tests.cast import time_passed

SOON = date(2030, 1, 1)


def draft(house: Any, **values: Any) -> Article:
    values = {"title": "Label printer", "body": "Ribbon first.", "audience": "customers", "owner": house.ines, "review_due_date": SOON} | values
    return open_record(type_named("article"), by=house.ines, channel="page", **values)  # type: ignore[return-value]


def published(house: Any, **values: Any) -> Article:
    made = move(draft(house, **values), "submit", by=house.ines, channel="page")
    return move(made, "publish", by=house.dev, channel="page")


def sees(house: Any, person: Any, article: Article, word: str = "ribbon") -> set[bool]:
    who = house.fresh(person)
    return {
        may(who, "article:read", article),
        Article.objects.visible_to(who).filter(pk=article.pk).exists(),
        article.pk in {hit.card.pk for hit in find(who, word).hits},
    }


def test_publishing_freezes_an_edition_with_its_digest(house: Any) -> None:
    article = published(house)
    edition = Edition.objects.get(article=article)
    assert (edition.number, edition.body, edition.published_by, article.edition) == (1, "Ribbon first.", house.dev, 1)
    assert is_sound(edition)
    edition.body = "Something else."
    assert not is_sound(edition)


def test_nobody_publishes_what_they_wrote_last_not_even_on_the_way(house: Any) -> None:
    article = move(draft(house), "submit", by=house.ines, channel="page")
    with pytest.raises(MoveRefused, match="Somebody else"):
        move(article, "publish", by=house.ines, channel="page")
    with pytest.raises(MoveRefused, match="before the review"):
        move(article, "publish", by=house.dev, channel="api", fields={"body": "Mine."})
    article = amend(article, by=house.dev, channel="page", body="Ribbon, then lid.")
    with pytest.raises(MoveRefused, match="Somebody else"):
        move(article, "publish", by=house.dev, channel="page")
    article = amend(article, by=house.ines, channel="page", review_due_date=SOON + timedelta(days=1))
    assert move(article, "publish", by=house.ines, channel="page").state == "published", "who only set a day did not write it"
    assert Edition.objects.count() == 1


def test_a_published_text_changes_only_through_review(house: Any) -> None:
    article = published(house)
    for name, value in (("body", "Mine."), ("title", "Mine"), ("audience", "internal")):
        with pytest.raises(Faulty, match="only through review"):
            amend(article, by=house.dev, channel="page", **{name: value})
    for name in ("confirm", "expire", "retire"):
        with pytest.raises(MoveRefused, match="not with this step"):
            move(article, name, by=house.dev, channel="api", fields={"body": "Mine.", "review_due_date": SOON}, note="x")
    assert amend(article, by=house.dev, channel="page", owner=house.dev).owner == house.dev
    assert Article.objects.get(pk=article.pk).body == "Ribbon first."


def test_the_audience_sees_it_published_and_nobody_sees_a_draft(house: Any) -> None:
    internal, article = published(house, audience="internal"), draft(house)
    assert sees(house, house.aoife, article) == {False}
    article = move(move(article, "submit", by=house.ines, channel="page"), "publish", by=house.dev, channel="page")
    assert sees(house, house.aoife, article) == {True}
    assert sees(house, house.strand, article) == {True}
    for outsider, what in ((house.aoife, internal), (house.sam, article), (house.nobody, article), (house.mallory, article)):
        assert sees(house, outsider, what) == {False}


def test_while_it_is_revised_customers_read_the_newest_edition_and_not_the_draft(house: Any) -> None:
    article = move(published(house), "revise", by=house.dev, channel="page")
    article = amend(article, by=house.dev, channel="page", body="Secret ribbon draft.")
    assert sees(house, house.aoife, article) == {False}
    found = article_with_editions(house.fresh(house.aoife), article.number)
    assert found is not None and [e.body for e in found[1]] == ["Ribbon first."]
    client = Client()
    client.force_login(house.aoife, backend="plimsoll.kernel.identity.backend.SignInBackend")
    page = client.get(f"/articles/{article.number}/editions/1/")
    assert page.status_code == 200 and b"Ribbon first." in page.content and b"Secret" not in page.content
    assert client.get(f"/articles/{article.number}/editions/2/").status_code == 404
    retired = move(article, "retire", by=house.dev, channel="page", note="Gone")
    assert article_with_editions(house.fresh(house.aoife), retired.number) is None
    for outsider in (house.sam, house.nobody, house.mallory):
        assert article_with_editions(house.fresh(outsider), article.number) is None


def test_two_editions_are_compared(house: Any, client: Client) -> None:
    article = move(published(house), "revise", by=house.dev, channel="page")
    article = amend(article, by=house.dev, channel="page", body="Ribbon first.\nThen the lid.", audience="internal")
    article = move(move(article, "submit", by=house.dev, channel="page"), "publish", by=house.ines, channel="page")
    newer, older = article.editions.order_by("-number")
    assert set(compare_editions(newer, older).fields) == {"body", "audience"}
    client.force_login(house.ines, backend="plimsoll.kernel.identity.backend.SignInBackend")
    page = client.get(f"/articles/{article.number}/compare/?a=1&b=2").content.decode()
    assert "<ins>Then the lid.</ins>" in page
    assert client.get(f"/articles/{article.number}/compare/?a=9&b=x").status_code == 200
    assert b"As it was published" in client.get(f"/articles/{article.number}/editions/").content
    assert article_with_editions(house.fresh(house.aoife), article.number) is None, "an internal newest edition hides the older public one"


def test_what_was_due_yesterday_is_overdue_today(house: Any) -> None:
    due, later, over = published(house), published(house), published(house)
    time_passed(due, review_due_date=date(2026, 3, 1))
    time_passed(over, expires_date=date(2026, 3, 2))
    assert expire_overdue(house.tenant, date(2026, 3, 1)) == 0, "the day itself is still in time"
    assert expire_overdue(house.tenant, date(2026, 3, 2)) == 2
    assert {a.pk: Article.objects.get(pk=a.pk).state for a in (due, later, over)} == {due.pk: "expired", later.pk: "published", over.pk: "expired"}
    entry = Entry.objects.get(card=due.pk, action="expire")
    assert (entry.actor, entry.channel) == (house.system, "task") and now() >= entry.at
    assert expire_overdue(house.tenant, date(2026, 3, 3)) == 0
    assert sees(house, house.aoife, Article.objects.get(pk=due.pk)) == {False}


def test_the_list_of_outsiders_names_the_newest_edition_while_it_is_revised(house: Any) -> None:
    article, inner = published(house), published(house, title="Among us", audience="internal")
    for one in (article, inner):
        move(one, "revise", by=house.ines, channel="page")
    amend(Article.objects.select_related("organization", "tenant").get(pk=article.pk), by=house.ines, channel="page", title="A draft's name")

    def listed(person: Any) -> str:
        client = Client()
        client.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
        return client.get("/articles/").content.decode()

    page = listed(house.aoife)
    assert f'href="/articles/{article.number}/editions/1/"' in page and "Label printer" in page
    assert "Among us" not in page and "A draft" not in page
    for person in (house.ines, house.sam, house.nobody, house.mallory):
        assert "/editions/" not in listed(person), person
