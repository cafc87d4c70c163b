"""A document from its first word to its second version: fields, guards, freezing, drift. Each test reads as a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from plimsoll.kernel.documents import drifting
from plimsoll.kernel.documents.models import Document, DocumentVersion, Drift
from plimsoll.kernel.documents.operations import fill, follow_the_calendar, unfill
from plimsoll.kernel.documents.queries import draft_as_printed, version_in_force
from plimsoll.kernel.documents.record import DOCUMENT, is_sound
from plimsoll.kernel.events import KeptChanged, publish
from plimsoll.kernel.figures.blanks import Blank, declare_blank, declare_later
from plimsoll.kernel.identity.models import Organization
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import MoveRefused, amend, move, open_record
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role, load_starter_roles
from tests.cast import House

TEXT = """+++
title = "Service management policy"
+++

# Purpose

This policy is {{ organization.name }}'s. It is version {{ document.version }}.

# Roles

{{ table roles.table }}"""


@pytest.fixture
def roles(house: House) -> dict[str, Role]:
    """The starter roles; Ruth wrote the text, Greta approves it as top management."""
    found = load_starter_roles(tenant=house.tenant, by=house.ruth, channel="page")
    give_role(role=found["top_management"], person=house.greta, by=house.ruth, channel="page")
    return found


def drafted(house: House, roles: dict[str, Role], body: str = TEXT, **values: Any) -> Document:
    opened = open_record(
        DOCUMENT,
        by=house.ruth,
        channel="page",
        title="Service management policy",
        sort="policy",
        owner_role=roles["top_management"],
        approver_role=roles["top_management"],
        change_description="First version.",
        body=body,
        **values,
    )
    assert isinstance(opened, Document)
    return opened


def approved(house: House, roles: dict[str, Role], **values: Any) -> Document:
    document = drafted(house, roles, **values)
    submitted = move(document, "submit", by=house.ruth, channel="page")
    return move(submitted, "approve", by=house.fresh(house.greta), channel="page")


def test_s_003_an_open_field_is_refused_by_name_and_with_the_place_where_it_is_filled(house: House, roles: dict[str, Role]) -> None:
    declare_later("budget.summary", "Budget of the services", "table", "8.4.1", "S-068")
    document = drafted(house, roles, TEXT + "\n\n{{ table budget.summary }}\n")
    with pytest.raises(MoveRefused) as refused:
        move(document, "submit", by=house.ruth, channel="page")
    assert "1 field is open. “Budget of the services” is not kept in this system yet" in refused.value.reasons[0]
    fill(document, "budget.summary", by=house.ruth, channel="page", text="See the ledger.", reason="The ledger is elsewhere.")
    assert move(document, "submit", by=house.ruth, channel="page").state == "in_review"


def test_a_field_that_nobody_knows_is_named_with_its_line_and_what_may_be_meant(house: House, roles: dict[str, Role]) -> None:
    document = drafted(house, roles, TEXT.replace("organization.name", "organization.names"))
    with pytest.raises(MoveRefused, match=r"There is no field “organization.names”. Did you mean “organization.name”\? \(line 7\)"):
        move(document, "submit", by=house.ruth, channel="page")


def test_words_in_the_place_of_a_field_need_a_reason_and_can_be_taken_back(house: House, roles: dict[str, Role]) -> None:
    document = drafted(house, roles)
    with pytest.raises(Faulty, match="Say why the records do not say it"):
        fill(document, "organization.name", by=house.ruth, channel="page", text="Elsewhere")
    fill(document, "organization.name", by=house.ruth, channel="page", text="Our trading name", reason="Registered otherwise.")
    printed, _standings, _fault = draft_as_printed(document)
    assert printed is not None
    assert "Our trading name" in str(printed.blocks)
    unfill(document, "organization.name", by=house.ruth, channel="page")
    printed, _standings, _fault = draft_as_printed(document)
    assert house.provider.name in str(printed.blocks if printed else "")


def test_an_empty_list_is_confirmed_as_none_and_a_full_one_is_not(house: House, roles: dict[str, Role]) -> None:
    document = drafted(house, roles)
    with pytest.raises(Faulty, match="is not empty"):
        fill(document, "roles.table", by=house.ruth, channel="page", is_none=True)


def test_s_008_s_101_only_a_holder_of_the_role_approves_and_never_the_author(house: House, roles: dict[str, Role]) -> None:
    submitted = move(drafted(house, roles), "submit", by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match="Only a holder of “Top management” approves"):
        move(submitted, "approve", by=house.ruth, channel="page")
    made = move(submitted, "approve", by=house.fresh(house.greta), channel="page")
    assert (made.state, made.edition) == ("valid", "1.0")


def test_w_sod_1_an_author_who_holds_the_role_does_not_approve(house: House, roles: dict[str, Role]) -> None:
    document = drafted(house, roles)
    for code in ("top_management", "sms_manager"):
        give_role(role=roles[code], person=house.ines, by=house.ruth, channel="page")
    submitted = move(document, "submit", by=house.ruth, channel="page")
    by_ines = house.fresh(house.ines)
    fresh = Document.objects.get(pk=submitted.pk)
    sent_back = move(fresh, "send_back", by=house.ruth, channel="page", note="One more look.")
    amend(sent_back, by=by_ines, channel="page", body=TEXT + "\n\nAnd more.")
    again = move(sent_back, "submit", by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match="Nobody approves what they wrote"):
        move(again, "approve", by=by_ines, channel="page")


def test_s_005_numbers_are_never_typed_and_the_old_text_stays(house: House, roles: dict[str, Role]) -> None:
    document = approved(house, roles)
    assert document.draft_number == "1.0"
    revised = move(document, "revise", by=house.ruth, channel="page")
    assert (revised.draft_number, revised.edition) == ("1.1", "1.0")
    amend(revised, by=house.ruth, channel="page", body=TEXT + "\n\nNew.", change_description="Says more.")
    second = move(move(revised, "submit", by=house.ruth, channel="page"), "approve", by=house.fresh(house.greta), channel="page")
    assert second.edition == "2.0"
    assert list(second.versions.order_by("pk").values_list("number", "state")) == [("1.0", "superseded"), ("2.0", "valid")]
    assert second.versions.get(number="1.0").source == TEXT


def test_what_is_in_force_changes_only_in_a_draft(house: House, roles: dict[str, Role]) -> None:
    with pytest.raises(Faulty, match="changes only in a draft"):
        amend(approved(house, roles), by=house.ruth, channel="page", body="Otherwise.")


def test_s_010_a_version_says_what_it_changes(house: House, roles: dict[str, Role]) -> None:
    document = move(approved(house, roles), "revise", by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match="Say what this version changes"):
        move(document, "submit", by=house.ruth, channel="page")


def test_s_008_the_hash_tells_whether_a_version_was_touched(house: House, roles: dict[str, Role]) -> None:
    version = approved(house, roles).versions.get()
    assert is_sound(version)
    version.values["organization.name"]["value"]["text"] = "Somebody else"
    assert not is_sound(version)


def test_a_draft_is_thrown_away_back_to_what_is_in_force(house: House, roles: dict[str, Role]) -> None:
    document = move(approved(house, roles), "revise", by=house.ruth, channel="page")
    amend(document, by=house.ruth, channel="page", body="Nonsense.")
    back = move(document, "discard", by=house.ruth, channel="page", note="Not needed.")
    assert (back.state, back.body, back.edition) == ("valid", TEXT, "1.0")


def test_s_091_a_version_for_later_waits_and_takes_over_on_its_day(house: House, roles: dict[str, Role]) -> None:
    day = day_of(house.tenant, now()) + timedelta(days=3)
    document = approved(house, roles, valid_from=day)
    assert (document.state, document.edition) == ("approved", "")
    assert follow_the_calendar(house.tenant) == 0
    with time_machine.travel(datetime.combine(day, time(9), UTC), tick=False):
        assert follow_the_calendar(house.tenant) == 1
    fresh = Document.objects.get(pk=document.pk)
    assert (fresh.state, fresh.edition) == ("valid", "1.0")
    assert fresh.versions.get().started_on == day


def test_s_093_a_review_is_due_a_year_later_and_overdue_after_it(house: House, roles: dict[str, Role]) -> None:
    document = approved(house, roles)
    due = document.review_due_date
    assert due is not None
    assert (due.year, due.month) == (day_of(house.tenant, now()).year + 1, day_of(house.tenant, now()).month)
    assert follow_the_calendar(house.tenant, due + timedelta(days=1)) == 1
    late = Document.objects.get(pk=document.pk)
    assert late.state == "overdue"
    assert move(late, "confirm", by=house.fresh(house.greta), channel="page", note="Read it; all true.").state == "valid"


def rename(house: House, name: str) -> None:
    Organization.objects.filter(pk=house.provider.pk).update(name=name)
    publish(
        KeptChanged(
            tenant_id=house.tenant.pk,
            kind="organization",
            subject_id=house.provider.pk,
            action="change",
            by_id=house.ruth.pk,
            channel="page",
            changes={"name": (house.provider.name, name)},
        )
    )


def test_s_002_a_renamed_organisation_changes_drafts_and_is_named_as_drift_of_what_is_approved(house: House, roles: dict[str, Role]) -> None:
    document = approved(house, roles)
    rename(house, "Northmere Group")
    version = version_in_force(document)
    assert version is not None
    assert version.changed_at is not None
    assert drifting.compare_all(house.tenant) == 1
    drift = Drift.objects.get()
    assert (drift.name, drift.kind, drift.was, drift.now) == ("organization.name", "changed", house.provider.name, "Northmere Group")
    assert is_sound(DocumentVersion.objects.get(pk=version.pk))


def test_a_drift_names_the_record_and_goes_when_records_agree_again(house: House, roles: dict[str, Role]) -> None:
    approved(house, roles)
    role = roles["service_desk_agent"]
    given = give_role(role=role, person=house.dev, by=house.ruth, channel="page")
    assert drifting.compare_all(house.tenant) == 1
    drift = Drift.objects.get()
    assert (drift.name, drift.label, drift.href) == ("roles.table", f"{role.reference} {role.title}", f"/roles/{role.number}/")
    assert house.dev.name in drift.now
    move(given, "end", by=house.ruth, channel="page", note="Elsewhere.")
    assert drifting.compare_all(house.tenant) == 0


def test_an_override_shows_as_drift_once_the_register_comes(house: House, roles: dict[str, Role]) -> None:
    from plimsoll.kernel.figures import blanks  # noqa: PLC0415 (the registry itself is put back)

    declare_later("ledger.total", "Total of the ledger", "text", "8.4.1")
    document = drafted(house, roles, TEXT + "\n\n{{ ledger.total }} in all.\n")
    fill(document, "ledger.total", by=house.ruth, channel="page", text="Ten", reason="The ledger is elsewhere.")
    submitted = move(document, "submit", by=house.ruth, channel="page")
    move(submitted, "approve", by=house.fresh(house.greta), channel="page")
    try:
        declare_blank(Blank("ledger.total", "Total", "text", ("ledger",), "The ledger", lambda asked: blanks.Value(text="Eleven")))
        assert drifting.compare_all(house.tenant) == 1
        assert Drift.objects.get().now == "Eleven"
    finally:
        blanks._blanks.pop("ledger.total")
