"""Canned texts and macros: who keeps and uses them, and that using one is the ordinary writes, all of them or none."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.macros.models import Macro
from plimsoll.kernel.macros.operations import keep_macro, remove_macro, use_macro
from plimsoll.kernel.macros.queries import macros_on, said_by
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.models import Comment
from plimsoll.kernel.records.operations import MoveRefused, open_record
from plimsoll.kernel.trail.models import Entry
from tests.cast import House
from tests.contracts import fingerprint, signed_in, text_of

pytestmark = pytest.mark.django_db
JSON = {"headers": {"Accept": "application/json"}}


def macro(house: House, by: str = "ines", **values: Any) -> Macro:
    values = {"name": "Thanks", "shortcut": "thanks", "text": "Thank you, {requester_first_name}.", **values}
    return keep_macro(by=house.fresh(getattr(house, by)), channel="page", record_type=type_named("incident"), **values)


# --- Keeping ---------------------------------------------------------------------------------------------------


def test_a_canned_text_is_kept_in_the_trail_and_can_be_taken_away(house: House) -> None:
    made = macro(house)
    keep_macro(by=house.ines, channel="page", macro=made, text="Many thanks.")
    remove_macro(made, by=house.ines, channel="page")
    assert [e.action for e in Entry.objects.filter(kind="macro").order_by("id")] == ["add", "keep", "remove"]
    assert not Macro.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"text": "Dear {asker}"}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"text": "", "move": ""}, "text"),
        ({"move": "explode"}, "move"),
        ({"values": {"colour": "red"}}, "values"),
        ({"shortcut": "with space"}, "shortcut"),
        ({"audience": "team"}, "team"),
        ({"audience": "world"}, "audience"),
    ],
)
def test_what_could_not_be_used_is_refused_when_it_is_written(house: House, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Faulty) as refused:
        macro(house, **values)
    assert [f.field for f in refused.value.faults] == [field]
    assert not Macro.objects.exists()


def test_people_outside_keep_none_and_sharing_takes_the_word(house: House) -> None:
    for who in ("aoife", "maeve", "sam"):
        with pytest.raises(PermissionDenied):
            macro(house, who)
    with pytest.raises(PermissionDenied):
        macro(house, audience="all")
    assert macro(house, "ruth", audience="all").audience == "all"


def test_each_uses_their_own_their_teams_and_what_is_for_all_here(house: House) -> None:
    record = house.incident()
    macro(house, name="Ines alone")
    macro(house, name="The desk's", audience="team", team=house.desk)
    macro(house, "ruth", name="For all", audience="all")
    names = {who: [m.name for m in macros_on(house.fresh(getattr(house, who)), record)] for who in ("ines", "dev", "maeve", "sam", "aoife")}
    assert names == {"ines": ["For all", "Ines alone", "The desk's"], "dev": ["For all"], "maeve": [], "sam": [], "aoife": []}


@pytest.mark.parametrize("who", ["mallory", "dev", "ruth"])
def test_a_private_text_is_not_there_for_others(house: House, who: str) -> None:
    record = house.incident()
    made = macro(house, name="Quicksilver", text="Quicksilver text")
    client = signed_in(getattr(house, who))
    for tail in ("", "remove/"):
        assert client.get(f"/incidents/macros/{made.pk}/{tail}").status_code == 404
        assert client.post(f"/incidents/macros/{made.pk}/{tail}", {"name": "Mine"}).status_code == 404
    for address in ("/incidents/macros/", f"/incidents/{record.number}/macros/", f"/incidents/{record.number}/?macro={made.pk}"):
        assert "Quicksilver" not in text_of(client.get(address)), address
    answer = client.post(f"/incidents/{record.number}/comments/", {"text": "Mine", "mode": "public", "macro": str(made.pk)})
    assert answer.status_code == (404 if who == "mallory" else 422)
    assert not Comment.objects.exists() and Macro.objects.get().name == "Quicksilver"


def test_people_outside_have_no_page_of_them_and_no_button(house: House) -> None:
    record = house.incident()
    macro(house, "ruth", name="Quicksilver", audience="all")
    for who in ("aoife", "maeve"):
        client = signed_in(getattr(house, who))
        assert client.get("/incidents/macros/").status_code == 403
        assert client.get(f"/incidents/{record.number}/macros/").status_code == 404
        page = text_of(client.get(f"/incidents/{record.number}/?macro={Macro.objects.get().pk}"))
        assert "Quicksilver" not in page and 'data-canned="' not in page and "/macros/" not in page


# --- Using -----------------------------------------------------------------------------------------------------


def test_a_text_is_filled_in_on_its_record(house: House) -> None:
    record = house.incident("Printer", service=house.service("Print"))
    made = macro(house, text="Dear {requester_first_name}, {number} “{title}” ({service}) for {organization}. {my_name} {link}")
    assert said_by(made, record, house.ines).startswith(f"Dear Aoife, {record.reference} “Printer” (Print) for Brannock Hospitals. Ines Okafor http")
    nobody = house.incident("Nobody's", requester=None)
    assert said_by(made, nobody, house.ines).startswith("Dear [no requester first name]")


def test_using_one_says_sets_and_moves_as_the_ordinary_writes(house: House) -> None:
    record = house.incident()
    made = macro(house, move="cancel", values={"owner": "me", "location": "Ward 7"})
    use_macro(made, record, text="On it.", is_public=True, by=house.fresh(house.ines), channel="page")
    record.refresh_from_db()
    assert (record.state, record.owner_id, record.location) == ("cancelled", house.ines.pk, "Ward 7")
    assert Comment.objects.get().text == "On it."
    assert [e.action for e in Entry.objects.filter(card=record.pk).order_by("id")] == ["open", "comment", "amend", "cancel"]


def test_when_a_guard_says_no_nothing_was_done_and_the_reasons_are_said(house: House) -> None:
    record = house.incident()
    made = macro(house, move="resolve", values={"location": "Ward 7"})
    before = fingerprint(record)
    with pytest.raises((MoveRefused, Faulty)):
        use_macro(made, record, text="Done.", is_public=True, by=house.fresh(house.ines), channel="page")
    assert fingerprint(record) == before
    answer = signed_in(house.ines).post(f"/incidents/{record.number}/comments/", {"text": "Done.", "mode": "public", "macro": str(made.pk)})
    assert answer.status_code == 422 and "Done." in text_of(answer) and "composer-fault" in text_of(answer)
    assert fingerprint(record) == before


def test_who_may_not_move_does_not_by_a_macro_either(house: House) -> None:
    record = house.incident()
    made = macro(house, "ruth", name="Start it", move="start", audience="all")
    before = fingerprint(record)
    with pytest.raises(PermissionDenied):
        use_macro(made, record, text="", is_public=False, by=house.fresh(house.greta), channel="page")
    assert fingerprint(record) == before


def test_an_internal_text_never_goes_out_unsaid(house: House) -> None:
    record = house.incident()
    made = macro(house, text="They never pay on time.", is_internal=True)
    client = signed_in(house.ines)
    assert 'value="internal" checked' in text_of(client.get(f"/incidents/{record.number}/?macro={made.pk}"))
    sent = {"text": "They never pay on time.", "mode": "public", "macro": str(made.pk)}
    answer = client.post(f"/incidents/{record.number}/comments/", sent)
    assert answer.status_code == 422 and "for internal notes only" in text_of(answer) and not Comment.objects.exists()
    assert client.post(f"/incidents/{record.number}/comments/", {**sent, "mode": "internal"}).status_code == 302
    assert not Comment.objects.get().is_public


def test_a_macro_needs_no_text_and_a_text_alone_does(house: House) -> None:
    record = house.incident()
    made, plain = macro(house, text="", values={"location": "Ward 7"}), macro(house, name="Plain")
    address = f"/incidents/{record.number}/comments/"
    client = signed_in(house.ines)
    assert client.post(address, {"text": "", "mode": "public", "macro": str(made.pk)}).status_code == 302
    assert client.post(address, {"text": "", "mode": "public", "macro": str(plain.pk)}).status_code == 422
    record.refresh_from_db()
    assert record.location == "Ward 7" and not Comment.objects.exists()


def test_pages_write_change_and_take_away(house: House) -> None:
    client = signed_in(house.ines)
    assert "No canned texts yet" in text_of(client.get("/incidents/macros/"))
    form = {"name": "Take it", "shortcut": "take", "text": "On it, {my_first_name}.", "audience": "private", "move": "start", "takes_it": "on"}
    assert client.post("/incidents/macros/new/", {**form, "text": "{oops}"}).status_code == 422
    assert client.post("/incidents/macros/new/", {**form, "set.impact": "1"}).status_code == 302
    made = Macro.objects.get()
    assert (made.move, made.values) == ("start", {"owner": "me", "impact": made.values["impact"]})
    record = house.incident()
    item = client.get(f"/incidents/{record.number}/macros/", **JSON).json()["items"][0]
    assert item["text"] == "On it, Ines." and "Start work" in item["does"] and "me" in item["does"]
    assert "Take it" in text_of(client.get(f"/incidents/{record.number}/macros/"))
    assert 'name="takes_it" id="id_takes_it" checked' in text_of(client.get(f"/incidents/macros/{made.pk}/")).replace('class="" ', "")
    client.post(f"/incidents/macros/{made.pk}/remove/")
    assert not Macro.objects.exists()


# --- Walls -----------------------------------------------------------------------------------------------------


def test_a_number_in_a_macro_is_no_way_round_the_walls(house: House) -> None:
    secret = open_record(type_named("service"), by=house.mallory, channel="page", title="Quiet service")
    for values in ({"owner": house.mallory.pk}, {"service": secret.pk}, {"owner": house.aoife.pk}, {"impact": "huge"}):
        with pytest.raises(Faulty) as refused:
            macro(house, values=values)
        assert [f.field for f in refused.value.faults] == list(values)
    made = macro(house, values={"owner": house.dev.pk})
    Macro.objects.filter(pk=made.pk).update(values={"owner": house.mallory.pk, "service": secret.pk})
    browser = signed_in(house.ines)
    incident = house.incident()
    for at in ("/incidents/macros/", f"/incidents/{incident.number}/macros/"):
        page = browser.get(at).content.decode()
        assert "Mallory" not in page and "Quiet service" not in page, at


def test_a_macro_of_old_can_be_renamed_when_what_it_sets_is_no_longer_in_use(house: House) -> None:
    made = macro(house, values={"owner": house.dev.pk})
    house.dev.is_active = False
    house.dev.save()
    assert keep_macro(by=house.ines, channel="page", macro=made, name="Many thanks").name == "Many thanks"


def test_each_internal_text_put_into_a_message_keeps_it_inside(house: House) -> None:
    record = house.incident()
    ours, thanks = macro(house, name="Ours", shortcut="ours", text="Blame the ward.", is_internal=True), macro(house, values={"owner": "me"})
    browser, at = signed_in(house.ines), f"/incidents/{record.number}/comments/"
    sent = {"text": "Blame the ward. Thank you.", "macro": f"{thanks.pk} {ours.pk}", "mode": "public"}
    answer = browser.post(at, sent)
    assert answer.status_code == 422
    assert "Ours" in text_of(answer) and f'value="{thanks.pk} {ours.pk}"' in text_of(answer)
    assert not Comment.objects.exists()
    assert browser.post(at, sent | {"macro": f"{thanks.pk} 999999"}).status_code == 422
    assert browser.post(at, sent | {"mode": "internal"}).status_code == 302
    assert not Comment.objects.get().is_public
    assert type(record).objects.get(pk=record.pk).owner_id == house.ines.pk
