"""Saved views: what may be saved, who sees and changes it, what the list makes of it, and what stands in each."""

from __future__ import annotations

import json
import re

import pytest
from django.core.exceptions import PermissionDenied

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.lib.cache import forget_all
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.customs import define_custom_field, retire_custom_field
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import amend
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.views.models import ListChoice, SavedView
from plimsoll.kernel.views.operations import keep_choice, keep_view, plain_query, remove_view
from plimsoll.kernel.views.queries import counts_of, views_of
from tests.cast import House
from tests.contracts import cost, signed_in, text_of

pytestmark = pytest.mark.django_db


def view(house: House, by: str = "ines", **values: object) -> SavedView:
    values = {"name": "With me", "query": "open=true&owner=me", **values}
    return keep_view(by=house.fresh(getattr(house, by)), channel="page", record_type=type_named("incident"), **values)  # type: ignore[arg-type]


def sees(house: House, who: str) -> list[str]:
    return [v.name for v in views_of(house.fresh(getattr(house, who)), type_named("incident"))]


# --- Keeping ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("open=true&owner=me&after=xyz&view=3", "open=true&owner=me"),
        ("", "open="),
        ("order=priority", "order=priority&open="),
        ("state=new&state=in_progress&team=&owner_typed=Ann", "state=new&state=in_progress"),
    ],
)
def test_a_view_keeps_what_one_sees_and_not_where_one_stands(given: str, kept: str) -> None:
    assert plain_query(given) == kept


def test_a_view_is_kept_in_the_trail(house: House) -> None:
    saved = view(house, columns=["title", "owner"], density="compact")
    entry = Entry.objects.get(kind="view", subject=saved.pk)
    assert (entry.action, entry.actor_id, entry.channel) == ("add", house.ines.pk, "page")
    keep_view(by=house.ines, channel="page", view=saved, name="Mine")
    remove_view(saved, by=house.ines, channel="page")
    assert [e.action for e in Entry.objects.filter(kind="view").order_by("id")] == ["add", "keep", "remove"]
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"query": "colour=red"}, "query"),
        ({"query": "owner=seven"}, "query"),
        ({"query": "order=colour"}, "query"),
        ({"query": "open=true&" + "q=" + "x" * 2000}, "query"),
        ({"columns": ["title", "resolution_note_secret"]}, "columns"),
        ({"density": "tiny"}, "density"),
        ({"position": 0}, "position"),
        ({"audience": "world"}, "audience"),
        ({"audience": "team"}, "team"),
    ],
)
def test_what_a_list_would_not_take_is_refused_with_the_field(house: House, values: dict[str, object], field: str) -> None:
    with pytest.raises(Faulty) as refused:
        view(house, **values)
    assert [f.field for f in refused.value.faults] == [field]
    assert not SavedView.objects.exists() and not Entry.objects.filter(kind="view").exists()


def test_a_name_is_had_once_by_its_owner(house: House) -> None:
    view(house)
    with pytest.raises(Faulty, match="of that name already"):
        view(house, name="with ME")
    assert view(house, "dev").name == "With me"


def test_a_team_of_others_is_refused(house: House) -> None:
    with pytest.raises(Faulty):
        view(house, audience="team", team=house.network)
    assert view(house, audience="team", team=house.desk).team == house.desk


def test_to_share_with_all_takes_the_word(house: House) -> None:
    with pytest.raises(PermissionDenied):
        view(house, audience="all")
    assert not SavedView.objects.exists()
    assert view(house, "ruth", audience="all").audience == "all"


# --- Who sees and changes it -------------------------------------------------------------------------------------


def test_each_sees_their_own_their_teams_and_what_is_for_all_here(house: House) -> None:
    view(house, name="Ines alone")
    view(house, name="For the desk", audience="team", team=house.desk)
    view(house, "dev", name="For the network", audience="team", team=house.network)
    view(house, "ruth", name="For all", audience="all")
    view(house, "sam", name="Field", query="open=true", audience="team", team=house.field)
    assert sees(house, "ines") == ["For the desk", "Ines alone", "For all"]  # one’s own first
    assert sees(house, "dev") == ["For the network", "For all"]
    assert sees(house, "sam") == ["Field"]  # a supplier: nothing that is for those who work here
    assert sees(house, "maeve") == sees(house, "aoife") == sees(house, "mallory") == []


def test_nobody_changes_what_is_not_theirs(house: House) -> None:
    mine = view(house, audience="team", team=house.desk)
    common = view(house, "ruth", name="For all", audience="all")
    for who, saved in (("ruth", mine), ("dev", mine), ("ines", common)):
        with pytest.raises(PermissionDenied):
            keep_view(by=house.fresh(getattr(house, who)), channel="page", view=saved, name="Taken")
        with pytest.raises(PermissionDenied):
            remove_view(saved, by=house.fresh(getattr(house, who)), channel="page")
    assert not SavedView.objects.filter(name="Taken").exists()


WALLS = {"mallory": 404, "dev": 404, "maeve": 404, "sam": 404}


@pytest.mark.parametrize("who", WALLS)
def test_a_private_view_is_not_there_for_others(house: House, who: str) -> None:
    saved = view(house, name="Quicksilver at Brannock")
    client = signed_in(getattr(house, who))
    for tail in (f"{saved.pk}/", f"{saved.pk}/remove/"):
        assert client.get(f"/incidents/views/{tail}").status_code == WALLS[who]
        assert client.post(f"/incidents/views/{tail}", {"name": "Taken", "audience": "private"}).status_code == WALLS[who]
    assert client.post("/incidents/views/", {"start": str(saved.pk)}).status_code == 404
    for address in ("/incidents/", "/incidents/views/", f"/incidents/?view={saved.pk}", "/incidents/views/counts/"):
        assert "Quicksilver" not in text_of(client.get(address, follow=True)), address
    assert str(saved.pk) not in json.loads(client.get("/incidents/views/counts/").content)["counts"]
    saved.refresh_from_db()
    assert saved.name == "Quicksilver at Brannock" and not ListChoice.objects.exists()


# --- The list ------------------------------------------------------------------------------------------------------


def test_a_view_opens_with_its_filters_in_the_address_and_its_columns(house: House) -> None:
    house.incident("Mine", owner=house.ines)
    house.incident("Not mine")
    saved = view(house, columns=["reference", "title", "impact"], density="compact")
    client = signed_in(house.ines)
    answer = client.get(f"/incidents/?view={saved.pk}")
    assert answer.status_code == 302 and answer["Location"] == f"/incidents/?open=true&owner=me&view={saved.pk}"
    page = text_of(client.get(answer["Location"]))
    assert "<h1>With me</h1>" in page and "Not mine" not in page and 'data-density="compact"' in page
    assert ">Impact" in page and ">Owner" not in page.partition("<thead")[2].partition("</thead>")[0]
    assert f'href="/incidents/views/{saved.pk}/?' in page


def test_a_filter_of_a_view_can_be_taken_away_and_the_change_be_kept(house: House) -> None:
    saved = view(house, query="owner=me")
    client = signed_in(house.ines)
    page = client.get(f"/incidents/?open=&view={saved.pk}")
    assert page.status_code == 200 and "keep in “With me”" in text_of(page)
    form = {"name": "With me", "audience": "private", "position": "5", "columns.title": "1", "density": ""}
    answer = client.post(f"/incidents/views/{saved.pk}/?open=true&priority=1", form)
    assert answer.status_code == 302, text_of(answer)
    saved.refresh_from_db()
    assert (saved.query, saved.position, saved.columns) == ("open=true&priority=1", 5, ["title"])


def test_a_list_begins_with_the_chosen_view(house: House) -> None:
    saved = view(house)
    client = signed_in(house.ines)
    assert client.get("/incidents/").status_code == 200
    client.post("/incidents/views/", {"start": str(saved.pk)})
    assert client.get("/incidents/")["Location"] == f"/incidents/?open=true&owner=me&view={saved.pk}"
    assert client.get("/incidents/?open=true").status_code == 200
    client.post("/incidents/views/", {"start": ""})
    assert client.get("/incidents/").status_code == 200


def test_a_view_that_is_gone_says_so_and_shows_what_the_address_says(house: House) -> None:
    house.incident("Still here")
    page = text_of(signed_in(house.ines).get("/incidents/?open=true&view=999"))
    assert "not there for you" in page and "Still here" in page


def test_retired_columns_and_filters_are_said_and_break_nothing(house: House) -> None:
    field = define_custom_field(
        tenant=house.tenant, kind="incident", name="ward", label="Ward", type="text", is_public=False, by=house.ruth, channel="page"
    )
    record = house.incident("On the ward")
    amend(record, by=house.fresh(house.ruth), channel="page", extra={"ward": "North <7>"})
    saved = view(house, query="open=true&x_ward=North <7>", columns=["title", "x_ward"])
    client = signed_in(house.ines)
    page = text_of(client.get(f"/incidents/?view={saved.pk}", follow=True))
    assert "North &lt;7&gt;" in page and "On the ward" in page
    retire_custom_field(field, by=house.fresh(house.ruth), channel="page")
    page = text_of(client.get(f"/incidents/?view={saved.pk}", follow=True))
    assert "column “Ward” is no longer there" in page and "filters by “ward”" in page and "On the ward" in page


def test_internal_fields_are_no_columns_for_people_outside(house: House) -> None:
    define_custom_field(
        tenant=house.tenant, kind="incident", name="secret", label="Secret", type="text", is_public=False, by=house.ruth, channel="page"
    )
    for who in ("maeve", "sam"):
        for column in ("cause_code", "x_secret"):
            with pytest.raises(Faulty):
                keep_choice(by=house.fresh(getattr(house, who)), channel="page", record_type=type_named("incident"), columns=["title", column])
        page = text_of(signed_in(getattr(house, who)).get("/incidents/columns/"))
        assert "cause_code" not in page and "x_secret" not in page
    # A choice from a time when they were allowed shows nothing either.
    ListChoice.objects.create(person=house.maeve, kind="incident", columns=["title", "cause_code"])
    house.incident("Theirs", by=house.ines, cause_code="quicksilver")
    assert "quicksilver" not in text_of(signed_in(house.maeve).get("/incidents/?open="))


def test_ones_own_columns_hold_where_no_view_says_it(house: House) -> None:
    client = signed_in(house.ines)
    assert client.post("/incidents/columns/", {"columns.title": "2", "columns.urgency": "1"}).status_code == 302
    assert ListChoice.objects.get(person=house.ines).columns == ["urgency", "title"]
    house.incident("One")
    heads = text_of(client.get("/incidents/?open=")).partition("<thead")[2].partition("</thead>")[0]
    assert heads.index("Urgency") < heads.index("Title") and "Owner" not in heads
    assert client.post("/incidents/columns/", {"columns.title": "first"}).status_code == 422
    client.post("/incidents/columns/", {"reset": "1"})
    assert ListChoice.objects.get(person=house.ines).columns == []


def test_a_refused_view_shows_its_form_again_with_what_was_typed(house: House) -> None:
    view(house)
    client = signed_in(house.ines)
    answer = client.post("/incidents/views/new/?open=true", {"name": "With me", "audience": "private", "position": "7", "columns.title": "1"})
    assert answer.status_code == 422 and 'value="With me"' in text_of(answer) and "of that name already" in text_of(answer)
    assert client.post("/incidents/views/new/?open=true", {"name": "x", "audience": "all"}).status_code == 422


def test_the_page_costs_the_same_with_one_view_and_twenty(house: House) -> None:
    client = signed_in(house.ines)
    saved = view(house)
    address = f"/incidents/?open=true&owner=me&view={saved.pk}"
    one = cost(lambda: client.get(address))
    for n in range(19):
        view(house, name=f"View {n}", audience="team", team=house.desk)
    assert cost(lambda: client.get(address)) == one


# --- Counts --------------------------------------------------------------------------------------------------------


def test_counts_are_scoped_capped_and_new_when_rights_change(house: House) -> None:
    rt = type_named("incident")
    saved = view(house, "ruth", name="All open", query="open=true", audience="all")
    for n in range(3):
        house.incident(f"Number {n}")
    client = signed_in(house.ines)
    assert client.get("/incidents/views/counts/").json() == {"counts": {str(saved.pk): "3"}}
    house.incident("One more")
    assert client.get("/incidents/views/counts/").json()["counts"][str(saved.pk)] == "3"  # at most fifteen seconds old
    forget_all()
    assert client.get("/incidents/views/counts/").json()["counts"][str(saved.pk)] == "4"
    Grant.objects.filter(person=house.ines).update(ended_at=now())
    assert client.get("/incidents/views/counts/").json() == {"counts": {}}  # at once
    for n in range(100):
        house.incident(f"Many {n}")
    forget_all()
    assert counts_of(house.fresh(house.ruth), rt, [saved]) == {saved.pk: "100+"}


def test_me_and_my_teams_are_the_readers(house: House) -> None:
    house.incident("With Dev", owner=house.dev)
    saved = view(house, "ruth", query="open=true&owner=me", audience="all")
    assert counts_of(house.fresh(house.dev), type_named("incident"), [saved]) == {saved.pk: "1"}
    assert counts_of(house.fresh(house.ines), type_named("incident"), [saved]) == {saved.pk: "0"}


# --- Pinned ----------------------------------------------------------------------------------------------------


def test_a_view_is_pinned_counted_and_gone_when_it_is_no_longer_ones_to_see(house: House) -> None:
    mine, theirs = view(house), view(house, "ruth", name="Everybody's", query="open=true", audience="all")
    house.incident(owner=house.ines)
    pages = signed_in(house.ines)
    assert 'data-pinned="' not in text_of(pages.get("/incidents/views/")) and "Pin to the side bar" in text_of(pages.get("/incidents/views/"))
    for one in (theirs, mine):
        assert pages.post(f"/incidents/views/{one.pk}/pin/", {"pin": "1"}).status_code == 302
    assert 'data-pinned="/views/pinned/"' in text_of(pages.get("/incidents/views/"))
    told = [(v["label"], v["count"]) for v in pages.get("/views/pinned/").json()["views"]]
    assert told == [("Everybody's", "1"), ("With me", "1")]
    remove_view(theirs, by=house.fresh(house.ruth), channel="page")
    assert [v["label"] for v in pages.get("/views/pinned/").json()["views"]] == ["With me"]
    pages.post(f"/incidents/views/{mine.pk}/pin/", {"pin": "0"})
    assert pages.get("/views/pinned/").json() == {"views": []}


def test_nobody_pins_or_reads_what_they_do_not_see(house: House) -> None:
    private = view(house)
    assert signed_in(house.dev).post(f"/incidents/views/{private.pk}/pin/", {"pin": "1"}).status_code == 404
    assert signed_in(house.mallory).post(f"/incidents/views/{private.pk}/pin/", {"pin": "1"}).status_code == 404
    assert signed_in(house.aoife).get("/views/pinned/").json() == {"views": []}


def test_a_view_beyond_the_tabs_can_be_opened_started_with_changed_and_taken_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plimsoll.kernel.views.queries.SHOWN", 2)
    monkeypatch.setattr("plimsoll.kernel.views.queries.ON_A_PAGE", 2)
    made = [view(house, name=name, position=place) for name, place in (("A", 1), ("B", 1), ("C", 2), ("D", 2), ("E", 3))]
    last = made[-1]
    client = signed_in(house.ines)
    page = text_of(client.get(f"/incidents/?open=true&owner=me&view={last.pk}"))
    assert "not there for you" not in page and "<h1>E" in page.replace('<h1 tabindex="-1">', "<h1>")
    keep_choice(by=house.fresh(house.ines), channel="page", record_type=type_named("incident"), start=last)
    assert client.get("/incidents/")["Location"].endswith(f"view={last.pk}")
    seen, href = [], "/incidents/views/"
    while href:
        page = text_of(client.get(href))
        seen += [v.name for v in made if f"/views/{v.pk}/remove/" in page]
        assert "Begin without a view" in page
        found = re.search(r'href="(\?after=\d+)"', page)
        href = f"/incidents/views/{found[1]}" if found else ""
    assert seen == ["A", "B", "C", "D", "E"]


def test_the_filters_of_a_view_are_exported_without_a_fault(house: House) -> None:
    Grant.objects.filter(person=house.ines).update(words=["*:*"])
    saved = view(house)
    answer = signed_in(house.ines).get(f"/incidents/export/?open=true&owner=me&view={saved.pk}&format=csv")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/csv")
    assert "not known here" not in text_of(signed_in(house.ines).get(f"/incidents/export/?open=true&owner=me&view={saved.pk}"))
