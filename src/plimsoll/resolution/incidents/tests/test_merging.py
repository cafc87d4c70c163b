"""Two incidents that are one, and one that is two: numbers, messages, files, links, clocks, walls, and taking it apart again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from plimsoll.agreements.levels.tests.test_levels import agreed
from plimsoll.kernel.calendars.models import Calendar
from plimsoll.kernel.identity.models import Person
from plimsoll.kernel.identity.settings import keep_setting
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records import parts
from plimsoll.kernel.records.clean import Faulty
from plimsoll.kernel.records.models import Comment, Excerpt, Link, Share
from plimsoll.kernel.records.operations import MoveRefused, Refused, amend, move
from plimsoll.kernel.records.permissions import may
from plimsoll.kernel.records.projections import projections
from plimsoll.kernel.targets.models import Clock
from plimsoll.kernel.trail.models import Entry
from plimsoll.resolution.incidents.merging import merge, split
from plimsoll.resolution.incidents.models import Incident
from plimsoll.resolution.incidents.operations import add_child
from tests.api import Caller
from tests.cast import House

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="plimsoll.kernel.identity.backend.SignInBackend")
    return client


def page_of(person: Person, incident: Any, tail: str = "") -> str:
    answer = signed_in(person).get(f"/incidents/{incident.number}/{tail}")
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def fresh(incident: Any) -> Incident:
    return Incident.objects.select_related("organization", "tenant").get(pk=incident.pk)


def proved(*incidents: Any) -> None:
    """Card, spans, clocks and search rows are what the trail tells."""
    for incident in incidents:
        assert [fault for p in projections() for fault in p.compare(fresh(incident))] == []


def pair(house: House, **values: Any) -> tuple[Incident, Incident]:
    """An elder and a younger one of one customer, the younger asked for by Maeve."""
    elder = house.incident("Wi-Fi down", description="Nothing connects.")
    younger = house.incident("No Wi-Fi on ward 4", requester=house.maeve, description="Our tablets are offline.", **values)
    return elder, younger  # type: ignore[return-value]


@pytest.mark.parametrize("is_turned", [False, True])
def test_the_elder_goes_on_whichever_is_named_first(house: House, is_turned: bool) -> None:
    elder, younger = pair(house)
    named = (elder, younger) if is_turned else (younger, elder)
    kept, merged = merge(*named, by=house.ines, channel="page", note="Same access point")
    assert (kept.pk, merged.pk, merged.state, fresh(elder).state) == (elder.pk, younger.pk, "merged", "new")
    assert Link.objects.filter(source=younger.pk, meaning="duplicates", target=elder.pk).exists()
    assert [e.action for e in Entry.objects.filter(card=younger.pk).order_by("position")] == ["open", "link", "merge"]
    assert [e.action for e in Entry.objects.filter(card=elder.pk).order_by("position")] == ["open", "link", "take in"]
    assert Share.objects.filter(card=elder.pk, person=house.maeve, why="participant", until=None).exists()
    assert Notice.objects.filter(person=house.maeve, card=elder.pk).exists(), "whoever reported the younger is told"
    proved(elder, younger)


def test_the_preview_counts_what_was_reported_and_leads_on_where_customers_differ(house: House) -> None:
    elder, younger = pair(house)
    sent = {"other_typed": younger.reference, "note": ""}
    said = signed_in(house.ines).post(f"/incidents/{elder.number}/merge/", sent).content.decode()
    assert "1 message, 0 files" in said and "family/" not in said
    other = house.incident("No Wi-Fi at the depot", organization=house.strand.organization, requester=house.strand)
    refused = signed_in(house.ines).post(f"/incidents/{elder.number}/merge/", {"other_typed": other.reference, "note": ""}).content.decode()
    assert "for another organisation" in refused and f'href="/incidents/{elder.number}/family/"' in refused


def test_what_was_merged_has_no_way_ahead_of_it(house: House) -> None:
    elder, younger = pair(house)
    merge(younger, elder, by=house.ines, channel="page")
    flow = page_of(house.ines, younger).split('class="flow"')[1].split("</ol>")[0]
    assert "Merged" in flow and "In progress" not in flow and "Closed" not in flow
    assert "In progress" in page_of(house.ines, elder).split('class="flow"')[1].split("</ol>")[0]


def test_messages_files_and_links_are_shown_on_the_elder_from_where_they_are(house: House) -> None:
    elder, younger = pair(house)
    related = house.incident("Switch replaced")
    parts.comment(younger, text="The whole ward, not one tablet.", is_public=True, by=house.maeve, channel="portal")
    parts.comment(younger, text="Firmware again, I bet.", is_public=False, by=house.dev, channel="page")
    parts.attach(younger, name="photo.txt", content=b"red light", is_public=True, by=house.maeve, channel="portal")
    parts.link(younger, "caused by", related, by=house.ines, channel="page")
    before = Comment.objects.count()
    merge(younger, elder, by=house.ines, channel="page")
    page = page_of(house.ines, elder)
    for said in (
        "The whole ward, not one tablet.",
        "Firmware again, I bet.",
        "Our tablets are offline.",
        f">{younger.reference}</a>",
        "Switch replaced",
    ):
        assert said in page, said
    assert Comment.objects.count() == before, "nothing is copied"
    files = page_of(house.ines, elder, "?tab=files")
    assert f'href="/incidents/{younger.number}/attachments/' in files and "photo.txt" in files
    assert f"(of {younger.reference})" in page_of(house.ines, elder, "?tab=linked")
    parts.comment(younger, text="It came back at noon.", is_public=True, by=house.maeve, channel="portal")
    assert "It came back at noon." in page_of(house.ines, elder), "what is still written there is seen by whoever works on it"
    there = page_of(house.maeve, younger)
    assert "Merged into" in there and f'href="/incidents/{elder.number}/"' in there


def test_what_was_merged_stands_on_the_elder_however_many_links_came_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plimsoll.kernel.ui.taken_in.MOST_LINKS", 2)
    elder, younger = pair(house)
    parts.comment(younger, text="The whole ward, not one tablet.", is_public=True, by=house.maeve, channel="portal")
    merge(younger, elder, by=house.ines, channel="page")
    for n in range(3):
        parts.link(elder, "relates to", house.incident(f"Later {n}"), by=house.ines, channel="page")
    page = page_of(house.ines, elder)
    assert "The whole ward, not one tablet." in page and "Later 2" in page and "Later 0" not in page


def test_nobody_reads_on_the_elder_what_they_may_not_read_on_the_younger(house: House) -> None:
    elder, younger = pair(house)
    parts.comment(younger, text="A private matter of Maeve.", is_public=True, by=house.maeve, channel="portal")
    parts.comment(younger, text="Not for customers.", is_public=False, by=house.dev, channel="page")
    parts.attach(younger, name="list-of-patients.txt", content=b"x", is_public=True, by=house.maeve, channel="portal")
    merge(younger, elder, by=house.ines, channel="page")
    aoife = page_of(house.aoife, elder) + page_of(house.aoife, elder, "?tab=files") + page_of(house.aoife, elder, "?tab=linked")
    for hidden in ("private matter", "Not for customers", "list-of-patients", younger.reference, "Our tablets are offline"):
        assert hidden not in aoife, hidden
    maeve = page_of(house.maeve, elder)
    assert "A private matter of Maeve." in maeve and "Not for customers." not in maeve


def test_nothing_is_merged_across_customers(house: House) -> None:
    elder = house.incident()
    theirs = house.incident("Ours too", organization=house.strand_housing, requester=house.strand)
    with pytest.raises(MoveRefused, match="another organisation"):
        merge(elder, theirs, by=house.ines, channel="page")
    assert fresh(theirs).state == "new" and not Link.objects.exists() and not may(house.fresh(house.strand), "incident:read", elder)


def test_the_guards_hold_for_programs_that_link_and_move_by_themselves(house: House) -> None:
    elder, younger = pair(house)
    ines = Caller(house.ines)
    ines.post(f"incidents/{elder.number}/links", {"meaning": "duplicates", "target": younger.reference})
    refused = ines.post(f"incidents/{elder.number}/moves/merge")
    assert refused.status_code == 409 and "older than" in refused.json()["reasons"][0]
    ines.post(f"incidents/{younger.number}/links", {"meaning": "duplicates", "target": elder.reference})
    assert ines.post(f"incidents/{younger.number}/moves/merge").status_code == 200
    there = ines.get(f"incidents/{younger.number}").json()
    assert there["state"] == "merged"
    links = {(i["reads"], i["record"]["reference"]) for i in ines.get(f"incidents/{younger.number}/links").json()["items"]}
    assert ("duplicate of", elder.reference) in links
    assert Share.objects.filter(card=elder.pk, person=house.maeve, why="participant").exists(), "the same follows whichever way it was made"


def test_what_was_merged_by_mistake_goes_on_where_it_was_and_with_whom(house: House) -> None:
    elder = house.incident("The switch is down", at=now() - timedelta(hours=1))
    given = {"service": house.service(), "classification": house.category, "impact": 3, "urgency": 3, "team": house.network, "owner": house.dev}
    younger: Any = house.incident("No Wi-Fi", **given)
    for name, fields in (("assign", {}), ("start", {}), ("wait_for_supplier", {"waiting_for": "Telco"})):
        younger = move(younger, name, by=house.fresh(house.dev), channel="page", fields=fields)
    _elder, merged = merge(elder, younger, by=house.fresh(house.ines), channel="page")  # type: ignore[arg-type]
    amend(merged, by=house.fresh(house.ines), channel="page", owner=house.ines)
    apart = move(merged, "unmerge", by=house.fresh(house.ines), channel="page", note="Another switch after all")
    assert (apart.state, apart.owner_id, apart.team_id, apart.waiting_for) == ("waiting_supplier", house.dev.pk, house.network.pk, "Telco")
    proved(elder, apart)


def test_a_merging_is_taken_apart_within_some_days_and_nothing_is_deleted(house: House) -> None:
    elder, younger = pair(house)
    parts.comment(younger, text="Said there.", is_public=True, by=house.maeve, channel="portal")
    _elder, merged = merge(younger, elder, by=house.ines, channel="page")
    with pytest.raises(MoveRefused, match="needs a note"):
        move(merged, "unmerge", by=house.ines, channel="page")
    apart = move(merged, "unmerge", by=house.ines, channel="page", note="Another switch after all")
    assert (apart.state, apart.closed_at, apart.is_open) == ("new", None, True)
    assert not Link.objects.filter(meaning="duplicates").exists()
    assert not Share.objects.filter(card=elder.pk, person=house.maeve, until=None).exists()
    assert "Said there." not in page_of(house.ines, elder)
    assert [e.action for e in Entry.objects.filter(card=elder.pk).order_by("position")] == ["open", "link", "take in", "unlink", "give back"]
    proved(elder, younger)


def test_too_late_a_merging_stays(house: House) -> None:
    keep_setting(house.tenant, "incident_reopen_days", 2, by=house.ruth, channel="page")
    elder, younger = pair(house)
    _elder, merged = merge(younger, elder, by=house.fresh(house.ines), channel="page", at=now() - timedelta(days=3))
    with pytest.raises(MoveRefused, match="more than 2 days ago"):
        move(merged, "unmerge", by=house.fresh(house.ines), channel="page", note="Oh")


def test_one_with_open_children_is_not_merged_away(house: House) -> None:
    elder, younger = pair(house)
    add_child(younger, house.incident("Below"), by=house.ines, channel="page")
    with pytest.raises(MoveRefused, match="children"):
        merge(younger, elder, by=house.ines, channel="page")
    with pytest.raises(Faulty, match="itself"):
        merge(elder, elder, by=house.ines, channel="page")
    with pytest.raises(Refused):
        merge(elder, house.incident(), by=house.greta, channel="page")


# -- the pages


def test_the_page_says_first_what_will_happen(house: House) -> None:
    elder, younger = pair(house)
    client = signed_in(house.ines)
    here = f"/incidents/{elder.number}/merge/"
    assert here in client.get(f"/incidents/{elder.number}/").content.decode()
    preview = client.post(here, {"other_typed": younger.reference, "note": "Same one"})
    said = preview.content.decode()
    assert preview.status_code == 200 and f"Merge {younger.reference} into {elder.reference}?" in said and fresh(younger).state == "new"
    done = client.post(here, {"other": younger.pk, "note": "Same one", "confirmed": younger.pk})
    assert done.status_code == 302 and done["Location"] == f"/incidents/{elder.number}/"
    assert fresh(younger).state == "merged"
    page = client.get(f"/incidents/{younger.number}/").content.decode()
    assert f'href="/incidents/{younger.number}/merge/" title=' in page, "it stays in the menu with its reason"
    assert "That is not possible now" in client.get(f"/incidents/{younger.number}/merge/").content.decode()
    assert client.get(f"/incidents/{elder.number}/moves/merge/").status_code == 302, "the move alone asks for the other first"


def test_a_preview_that_cant_be_says_why_and_nothing_is_lost(house: House) -> None:
    incident = house.incident()
    theirs = house.incident("Ours too", organization=house.strand_housing, requester=house.strand)
    client = signed_in(house.ines)
    here = f"/incidents/{incident.number}/merge/"
    wrong = client.post(here, {"other_typed": "INC-99999", "note": "Keep me"})
    assert wrong.status_code == 422 and "Choose one from the list" in wrong.content.decode() and "Keep me" in wrong.content.decode()
    assert "this incident itself" in client.post(here, {"other_typed": incident.reference}).content.decode()
    across = client.post(here, {"other_typed": theirs.reference})
    assert across.status_code == 422 and "another organisation" in across.content.decode()


# -- clocks


@pytest.fixture
def promise(house: House) -> None:
    """Brannock is promised an answer within an hour and an end within four, around the clock."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    agreed(house, Calendar.objects.create(tenant=house.tenant, name="Always", timezone="Europe/London", week={d: [["00:00", "24:00"]] for d in days}))


def states(incident: Any) -> dict[str, str]:
    return {row.measure: row.state for row in Clock.objects.filter(card=incident.pk)}


def opened(house: House, title: str, ago: timedelta) -> Incident:
    return house.incident(title, by=house.fresh(house.ruth), at=now() - ago)  # type: ignore[return-value]


@pytest.mark.usefixtures("promise")
def test_the_younger_is_counted_no_more_and_the_elder_goes_on(house: House) -> None:
    elder, younger = opened(house, "Elder", timedelta(minutes=50)), opened(house, "Younger", timedelta(minutes=10))
    before = list(Clock.objects.filter(card=elder.pk).order_by("key").values())
    merge(younger, elder, by=house.fresh(house.ruth), channel="page")
    assert states(younger) == {"respond": "dropped", "resolve": "dropped"}
    assert list(Clock.objects.filter(card=elder.pk).order_by("key").values()) == before, "the elder's clocks are not touched"
    proved(elder, younger)


@pytest.mark.usefixtures("promise")
def test_a_miss_is_not_hidden_by_a_merging(house: House) -> None:
    elder, younger = opened(house, "Elder", timedelta(hours=3)), opened(house, "Younger", timedelta(hours=2))
    parts.comment(elder, text="We are on it.", is_public=True, by=house.fresh(house.ines), channel="page", at=now() - timedelta(hours=2, minutes=30))
    _kept, merged = merge(younger, elder, by=house.fresh(house.ruth), channel="page")
    assert states(elder) == {"respond": "met", "resolve": "running"}
    assert states(younger) == {"respond": "missed", "resolve": "dropped"}, "nobody had answered the younger within its hour"
    move(merged, "unmerge", by=house.fresh(house.ruth), channel="page", note="Two after all")
    assert states(younger) == {"respond": "running", "resolve": "running"}
    proved(elder, younger)


def test_a_category_that_went_out_of_use_is_not_split_over(house: House) -> None:
    incident = house.incident("Printer and scanner", classification=house.category)
    asked = parts.comment(incident, text="Scanner too.", is_public=True, by=house.aoife, channel="portal")
    type(house.category).objects.filter(pk=house.category.pk).update(is_active=False)
    again = Incident.objects.select_related("organization", "tenant").get(pk=incident.pk)
    assert split(again, [asked], title="Scanner", by=house.fresh(house.ines), channel="page").classification is None


@pytest.mark.usefixtures("promise")
def test_an_answer_that_was_split_off_counts_for_the_new_one(house: House) -> None:
    incident = opened(house, "Printer and scanner", timedelta(hours=5))
    asked = parts.comment(incident, text="Scanner too.", is_public=True, by=house.aoife, channel="portal", at=now() - timedelta(hours=3))
    answered = parts.comment(
        incident, text="We look at it.", is_public=True, by=house.ines, channel="page", at=now() - timedelta(hours=3) + timedelta(minutes=20)
    )
    made = split(incident, [asked, answered], title="Scanner", by=house.fresh(house.ruth), channel="page")
    assert states(made) == {"respond": "met", "resolve": "running"}
    alone = split(incident, [asked], title="Scanner again", by=house.fresh(house.ruth), channel="page")
    assert states(alone)["respond"] == "running", "without the answer nobody has answered it"
    proved(incident, made, alone)


def test_a_split_counts_from_its_first_message_and_the_answer_given_then(house: House) -> None:
    incident = house.incident("Printer and scanner")
    long_ago = now() - timedelta(hours=5)
    asked = parts.comment(incident, text="And the scanner is broken too.", is_public=True, by=house.aoife, channel="portal", at=long_ago)
    inside = parts.comment(incident, text="Known scanner.", is_public=False, by=house.dev, channel="page", at=long_ago + timedelta(minutes=5))
    answered = parts.comment(
        incident, text="We look at the scanner.", is_public=True, by=house.ines, channel="page", at=long_ago + timedelta(minutes=9)
    )
    made = split(incident, [answered, asked, inside], title="Scanner broken", by=house.ines, channel="page")
    assert (made.opened_at, made.requester, made.organization_id) == (long_ago, house.aoife, incident.organization_id)
    assert Entry.objects.get(card=made.pk, action="open").recorded_at > long_ago, "the trail says when it was really written"
    assert set(Excerpt.objects.filter(card=made.pk).values_list("comment", flat=True)) == {asked.pk, inside.pk, answered.pk}
    page = page_of(house.ines, made)
    assert "And the scanner is broken too." in page and "Known scanner." in page and f">{incident.reference}</a>" in page
    theirs = page_of(house.aoife, made)
    assert "And the scanner is broken too." in theirs and "Known scanner." not in theirs
    assert "We look at the scanner." in page_of(house.ines, incident), "it stays where it was said"
    assert Link.objects.filter(source=made.pk, meaning="split from", target=incident.pk).exists()
    proved(incident, made)


def test_a_split_needs_messages_of_this_incident_and_the_right(house: House) -> None:
    incident, other = house.incident(), house.incident("Other")
    elsewhere = parts.comment(other, text="Not here.", is_public=True, by=house.ines, channel="page")
    with pytest.raises(Faulty, match="at least one"):
        split(incident, [], title="x", by=house.ines, channel="page")
    with pytest.raises(Faulty, match="not on"):
        split(incident, [elsewhere], title="x", by=house.ines, channel="page")
    assert Incident.objects.count() == 2, "nothing is left half-way"
    with pytest.raises(Refused):
        split(other, [elsewhere], title="x", by=house.aoife, channel="portal")


def test_the_split_page(house: House) -> None:
    incident = house.incident()
    client = signed_in(house.ines)
    here = f"/incidents/{incident.number}/split/"
    assert "nothing to split off" in client.get(here).content.decode()
    said = parts.comment(incident, text="Something else.", is_public=True, by=house.aoife, channel="portal")
    none = client.post(here, {"title": "Keep this title"})
    assert none.status_code == 422 and "Choose at least one message" in none.content.decode() and "Keep this title" in none.content.decode()
    done = client.post(here, {"title": "Something else", "message": said.pk})
    assert done.status_code == 302
    made = Incident.objects.get(title="Something else")
    assert done["Location"] == f"/incidents/{made.number}/"
    assert "split from" in page_of(house.ines, made, "?tab=linked").lower()
