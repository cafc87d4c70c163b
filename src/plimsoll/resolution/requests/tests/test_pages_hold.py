"""Pages of what can be ordered: no edit overwrites another unseen, nothing is shown that the reader may not see, no link leads nowhere."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records.operations import move
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.requests.models import Decider, ModelVersion, Recurrence, RequestModel
from plimsoll.resolution.requests.operations import entitle, keep_deciders, order
from plimsoll.resolution.requests.panels import CanBeOrdered
from plimsoll.resolution.requests.plan import Field, Plan, TaskPlan, read_plan
from plimsoll.resolution.requests.queries import today_of
from plimsoll.resolution.requests.recurring import keep_recurrence, place_due
from tests.cast import House
from tests.contracts import signed_in, text_of


def granted(house: House, name: str, words: list[str], **narrowed: Any) -> Person:
    """One more of our people, with these words only."""
    made = Person(tenant=house.tenant, organization=house.provider, name=name, email=f"{name}@northmere.example")
    made.set_unusable_password()
    made.save()
    Grant.objects.create(tenant=house.tenant, person=made, words=words, role_name="Some", started_at=now(), **narrowed)
    return house.fresh(made)


def seen_in(client: Client, address: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', text_of(client.get(address)))
    assert found is not None, address
    return found[1]


def test_two_windows_do_not_overwrite_each_other(house: House) -> None:
    model = house.offered("Lamp", Plan(fields=(Field("a", "A"), Field("b", "B"), Field("c", "C"))))
    ruth, draft = signed_in(house.ruth), f"/requestmodels/{model.number}/draft/"
    first = seen_in(ruth, draft)
    assert ruth.post(f"{draft}item/", {"list": "fields", "place": "0", "act": "remove", "seen": first}).status_code == 302
    ruth.post(f"{draft}item/", {"list": "fields", "place": "0", "act": "remove", "seen": first})
    kept = ModelVersion.objects.get(published_at=None)
    assert [f.key for f in read_plan(kept.plan).fields] == ["b", "c"], "the second press spoke of a list that was gone"
    assert "changed meanwhile" in text_of(ruth.get(draft))
    stale = seen_in(ruth, f"{draft}fields/0/")
    ruth.post(f"{draft}item/", {"list": "fields", "place": "0", "act": "down", "seen": stale})
    refused = ruth.post(f"{draft}fields/0/", {"label_text": "Bee", "kind": "text", "seen": stale})
    assert refused.status_code == 422
    assert "changed meanwhile" in text_of(refused)
    again = seen_in(ruth, f"{draft}fields/1/")
    assert ruth.post(f"{draft}fields/1/", {"label_text": "Bee", "kind": "text", "seen": again}).status_code == 302


def test_whoever_may_only_amend_throws_a_draft_away(house: House) -> None:
    model = house.offered("Lamp", Plan(fields=(Field("a", "A"),)))
    keeper = granted(house, "keeper", ["requestmodel:read", "requestmodel:internal", "requestmodel:amend"])
    client, draft = signed_in(keeper), f"/requestmodels/{model.number}/draft/"
    client.post(f"{draft}item/", {"list": "fields", "place": "0", "act": "remove"})
    assert "Throw the draft away" in text_of(client.get(draft))
    assert client.post(draft, {"act": "discard"}).status_code == 302
    assert not ModelVersion.objects.filter(published_at=None).exists()


def test_naming_who_decides_says_whom_it_removes_first(house: House) -> None:
    page, ruth = "/requestmodels/deciders/", signed_in(house.ruth)
    keep_deciders(house.brannock, [house.maeve, house.aoife], by=house.fresh(house.ruth), channel="page")
    assert f"?organization={house.brannock.pk}" in text_of(ruth.get(page))
    sent = {"organization": str(house.brannock.pk), "person_0": str(house.maeve.pk)}
    refused = ruth.post(page, sent)
    assert refused.status_code == 422
    assert house.aoife.name in text_of(refused)
    assert Decider.objects.filter(organization=house.brannock).count() == 2
    seen = re.search(r'name="seen" value="([^"]+)"', text_of(refused))
    assert seen is not None
    assert ruth.post(page, {**sent, "seen": seen[1]}).status_code == 302
    assert f"no longer decide: {house.aoife.name}" in text_of(ruth.get(page))
    assert [d.person_id for d in Decider.objects.filter(organization=house.brannock)] == [house.maeve.pk]
    assert str(house.maeve.pk) in text_of(ruth.get(f"{page}?organization={house.brannock.pk}"))
    house.strand.is_active = False
    house.strand.save()
    gone = ruth.post(page, {"organization": str(house.strand_housing.pk), "person_0": str(house.strand.pk)})
    assert gone.status_code == 422
    assert not Decider.objects.filter(organization=house.strand_housing).exists()


def test_recurring_orders_are_shown_with_the_models_that_one_sees(house: House) -> None:
    wifi, mail = house.service("Wi-Fi"), house.service("Mail")
    mine, theirs = house.offered("Toner", service=wifi), house.offered("Paper", service=mail)
    for model in (mine, theirs):
        keep_recurrence(
            model, {}, requester=house.fresh(house.aoife), every="week", starts_on=today_of(house.tenant), by=house.fresh(house.ruth), channel="page"
        )
    assert place_due(house.tenant) == (2, 0)
    keeper = granted(house, "keeper", ["requestmodel:*"], service=wifi.pk)
    shown = text_of(signed_in(keeper).get("/requestmodels/recurring/"))
    assert "Toner" in shown
    assert "Paper" not in shown
    row = Recurrence.objects.get(request_model=theirs)
    assert signed_in(keeper).post("/requestmodels/recurring/", {"row": str(row.pk), "act": "end"}).status_code == 404
    assert "data-conditions" in text_of(signed_in(house.ruth).get(f"/requestmodels/{mine.number}/recurring/"))


def test_what_could_not_be_ordered_is_told_once(house: House) -> None:
    model = house.offered("Toner")
    ruth, today = house.fresh(house.ruth), today_of(house.tenant)
    row = keep_recurrence(model, {}, requester=house.fresh(house.aoife), every="month", starts_on=today, by=ruth, channel="page")
    move(model, "pause", by=ruth, channel="page", note="Out of stock.")
    for _again in range(2):
        assert place_due(house.tenant) == (0, 1)
    assert Entry.objects.filter(kind="recurrence", subject=row.pk, action="fail").count() == 1
    entry = Entry.objects.get(card=model.pk, action="fail to order")
    assert Notice.objects.filter(entry=entry, person=house.ruth).count() == 1


def test_a_request_shows_its_tasks_to_those_who_may_read_tasks(house: House) -> None:
    made = order(house.offered("Laptop", Plan(tasks=(TaskPlan("a", "Buy it", house.desk.pk),))), {}, by=house.fresh(house.aoife), channel="portal")
    reader = granted(house, "reader", ["request:read", "request:internal"])
    shown = text_of(signed_in(reader).get(f"/requests/{made.number}/"))
    assert "0 of 1 task done" in shown
    assert "Buy it" not in shown
    assert "Do it." not in shown
    assert "Buy it" in text_of(signed_in(house.ines).get(f"/requests/{made.number}/"))


def test_what_one_may_not_order_is_no_link_on_the_service(house: House) -> None:
    wifi = house.service("Wi-Fi")
    open_to_all = house.offered("Guest Wi-Fi", service=wifi)
    narrow: RequestModel = house.offered("Own access point", everybody=False, service=wifi)
    entitle(narrow, organization=house.strand_housing, by=house.ruth, channel="page")
    move(narrow, "offer", by=house.ruth, channel="page")
    assert [row.title for row in CanBeOrdered().rows(wifi, house.fresh(house.ines))] == [open_to_all.title]
    assert CanBeOrdered().rows(wifi, house.fresh(house.greta)) == []


def test_the_way_back_remembers_for_whom_it_is(house: House) -> None:
    model = house.offered("Lamp")
    ines, tail = signed_in(house.ines), f"for={house.aoife.pk}"
    assert f'href="?{tail}"' in text_of(ines.get(f"/requests/order/?{tail}&q=nothing like it"))
    assert f'href="/requests/order/?{tail}"' in text_of(ines.get(f"/requests/order/{model.number}/?{tail}"))


def test_a_wish_is_turned_only_by_whoever_may_order(house: House) -> None:
    incident = house.incident("I need more light")
    agent = granted(house, "agent", ["incident:*"])
    client = signed_in(agent)
    assert client.get(f"/incidents/{incident.number}/as-request/").status_code == 403
    assert "as-request" not in text_of(client.get(f"/incidents/{incident.number}/"))
