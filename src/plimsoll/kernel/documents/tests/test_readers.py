"""Who must read a document, what each was asked, and who said that they did (S-014, 5.2.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.context.scopes.models import Unit
from plimsoll.kernel.documents.distributing import acknowledge, add_line, distribute, distribute_all, readers_of, remove_line, shares, to_read
from plimsoll.kernel.documents.models import AudienceLine, Document, Reading
from plimsoll.kernel.documents.tests.test_life import TEXT, approved, drafted, roles  # noqa: F401 (a fixture)
from plimsoll.kernel.identity.models import Person, TeamMembership
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.operations import MoveRefused, amend, move
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role
from plimsoll.support.documented_information.queries import library
from tests.cast import House

Roles = dict[str, Role]


def line(house: House, document: Document, sort: str, **named: object) -> AudienceLine:
    return add_line(document, sort, by=house.ruth, channel="page", **named)  # type: ignore[arg-type]


def names(document: Document) -> set[str]:
    return {person.name.split()[0] for person in readers_of(document).values()}


def test_s_014_everybody_of_ours_in_scope_must_read_it_and_whoever_is_out_of_scope_need_not(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles)
    house.record(type_named("unit"), title="Sales", in_scope=False, scope_reason="Sells.", works_as=house.network, head=house.dev)
    line(house, document, "scope")
    assert Unit.objects.count() == 1
    assert {"Ines", "Ruth", "Greta"} <= names(document)
    assert not {"Dev", "Aoife", "Sam"} & names(document)


def test_s_014_those_outside_are_asked_who_hold_a_role_and_may_read_it(house: House, roles: Roles) -> None:  # noqa: F811
    give_role(role=roles["auditor"] if "auditor" in roles else roles["top_management"], person=house.sam, by=house.ruth, channel="page")
    closed = approved(house, roles)
    line(house, closed, "external")
    assert names(closed) == set()  # it is internal
    opened = approved(house, roles, level="public", outside="supplier")
    line(house, opened, "external")
    assert names(opened) == {"Sam"}


def test_s_014_each_is_asked_once_told_and_has_it_among_their_work_until_they_say_that_they_read_it(house: House, roles: Roles) -> None:  # noqa: F811
    document = drafted(house, roles)
    line(house, document, "team", team=house.desk)
    line(house, document, "role", role=roles["top_management"])
    assert to_read(house.ines) == []
    submitted = move(document, "submit", by=house.ruth, channel="page")
    document = move(submitted, "approve", by=house.fresh(house.greta), channel="page")
    version = document.versions.get()
    assert {"Ines", "Greta"} <= {r.person.name.split()[0] for r in version.readings.select_related("person")}
    assert [row.version_id for row in to_read(house.ines)] == [version.pk]
    assert Notice.objects.filter(person=house.greta, why="reader").count() == 1
    assert distribute(document) == []
    acknowledge(version, by=house.ines, channel="page")
    acknowledge(version, by=house.ines, channel="page")
    assert to_read(house.ines) == []
    assert document.card.trail.filter(action="acknowledge").count() == 1
    with pytest.raises(Faulty, match="not asked to read"):
        acknowledge(version, by=house.maeve, channel="page")


def test_s_014_whoever_joins_is_asked_by_the_hourly_job_and_whoever_leaves_is_asked_no_more(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles)
    line(house, document, "team", team=house.network)
    assert "Ines" not in names(document)
    joined = TeamMembership.objects.create(team=house.network, person=house.ines, started_at=now() - timedelta(hours=1))
    assert distribute_all(house.tenant) == 1
    assert len(to_read(house.ines)) == 1
    TeamMembership.objects.filter(pk=joined.pk).update(ended_at=now())
    assert distribute_all(house.tenant) == 0
    assert to_read(house.ines) == []


def test_s_014_who_is_late_is_reminded_once_a_week(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles)
    line(house, document, "role", role=roles["top_management"])
    late = now() + timedelta(days=20)
    assert distribute_all(house.tenant, at=late) == 1
    assert distribute_all(house.tenant, at=late + timedelta(days=1)) == 0
    assert distribute_all(house.tenant, at=late + timedelta(days=8)) == 1
    assert document.card.trail.filter(action="remind readers").count() == 2


def test_s_014_a_new_version_asks_again_and_the_share_is_of_each_version_and_team(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles)
    line(house, document, "scope")
    first = document.versions.get()
    acknowledge(first, by=house.ines, channel="page")
    everybody, *teams = shares(first)
    assert everybody.read == 1
    assert everybody.asked == len(everybody.missing) + 1 == Person.objects.filter(organization=house.provider, kind="human", is_active=True).count()
    assert next(g for g in teams if g.name == house.desk.name).read == 1
    revised = move(Document.objects.get(), "revise", by=house.ruth, channel="page")
    amend(revised, by=house.ruth, channel="page", body=TEXT + "\n\nNew.", change_description="Says more.")
    move(move(revised, "submit", by=house.ruth, channel="page"), "approve", by=house.fresh(house.greta), channel="page")
    assert [row.version.number for row in to_read(house.ines)] == ["2.0"]
    assert Reading.objects.filter(version=first, read_at=None, dropped_at=None).count() == 0


def test_a_line_stands_once_names_what_it_needs_and_is_taken_away(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles)
    with pytest.raises(Faulty, match="Name the team"):
        line(house, document, "team")
    kept = line(house, document, "scope")
    with pytest.raises(Faulty, match="already"):
        line(house, document, "scope")
    remove_line(kept, by=house.ruth, channel="page")
    assert to_read(house.ines) == []


def test_5_2_2_b_outside_a_public_document_is_read_by_whom_it_names_or_says_why_by_nobody(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles, level="public")
    assert not library(house.aoife).exists()
    amend(document, by=house.ruth, channel="page", outside="customer")
    assert library(house.aoife).exists()
    assert not library(house.sam).exists()
    amend(document, by=house.ruth, channel="page", outside="both", level="internal")
    assert not library(house.aoife).exists()  # it names them, and is not public
    silent = drafted(house, roles, outside="nobody")
    with pytest.raises(MoveRefused, match="Say why nobody outside reads it"):
        move(silent, "submit", by=house.ruth, channel="page")
    amend(silent, by=house.ruth, channel="page", outside_reason="It names people.")
    assert move(silent, "submit", by=house.ruth, channel="page").state == "in_review"
