"""S-103: what makes a document be looked at before its day, who sees it where, and what answers it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plimsoll.kernel.documents.content import template_named
from plimsoll.kernel.documents.models import Document, ReviewAsked
from plimsoll.kernel.documents.operations import begin
from plimsoll.kernel.documents.source import parse
from plimsoll.kernel.documents.tests.test_life import approved, drafted, roles  # noqa: F401 (a fixture)
from plimsoll.kernel.documents.triggers import DAYS_TO_REVIEW, ask_reviews, faults_of, open_reviews, reviews_for, triggers
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.declaration import type_named
from plimsoll.kernel.records.dues import find_dues
from plimsoll.kernel.records.models import Record
from plimsoll.kernel.records.operations import MoveRefused, amend, move
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.register.models import Card
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.tasks.models import Job
from tests.cast import House
from tests.claiming import rows, today

Roles = dict[str, Role]
TEXT = '+++\nreview_when = ["obligation", "objective", "major", "scope"]\n+++\n\n# Purpose\n\nWe do it.\n'


def law(house: House) -> Record:
    return rows(house, "obligation", 1, "in_force", type="law", owner=house.ines, review_on=today(90), how_applies="As it says.")[0]  # type: ignore[no-any-return]


def asked_by(record: Record) -> list[Job]:
    return list(Job.objects.filter(task="documents.ask_reviews", payload__card_id=record.pk))


def pulled(house: House, record: Record, trigger: str = "obligation") -> int:
    return ask_reviews(house.tenant, trigger, Card.objects.get(pk=record.pk))


def test_s_103_a_changed_law_asks_for_a_review_of_documents_that_name_it_and_of_no_other(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles, body=TEXT, owner=house.ines)
    approved(house, roles)
    record = law(house)
    amend(record, by=house.ruth, channel="page", edition="2027")
    assert len(asked_by(record)) == 1
    assert pulled(house, record) == 1
    one = ReviewAsked.objects.get()
    assert (one.document_id, one.trigger, one.card_id) == (document.pk, "obligation", record.pk)
    assert one.due_on == day_of(house.tenant, now()) + timedelta(days=DAYS_TO_REVIEW)


def test_s_103_one_trigger_asks_once_until_it_is_answered(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles, body=TEXT)
    record = law(house)
    assert [pulled(house, record), pulled(house, record)] == [1, 0]
    move(document, "confirm", by=house.fresh(house.greta), channel="page", note="Read against the new law; all true.")
    ended = ReviewAsked.objects.get()
    assert (ended.outcome, ended.ended_by_id) == ("confirm", house.greta.pk)
    assert open_reviews([document]) == []
    assert pulled(house, record) == 1


@pytest.mark.parametrize(("outcome", "by"), [("revise", "ruth"), ("withdraw", "ruth")])
def test_s_103_a_new_version_and_a_withdrawal_answer_too(house: House, roles: Roles, outcome: str, by: str) -> None:  # noqa: F811
    document = approved(house, roles, body=TEXT)
    pulled(house, law(house))
    move(document, outcome, by=house.fresh(getattr(house, by)), channel="page", note="So.")
    assert ReviewAsked.objects.get().outcome == outcome


def test_s_103_it_stands_in_the_calendar_in_the_work_of_its_owner_and_among_the_findings(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles, body=TEXT, owner=house.ruth)
    record = law(house)
    pulled(house, record)
    until = day_of(house.tenant, now()) + timedelta(days=60)
    mine = find_dues(house.fresh(house.ruth), since=None, until=until, kind="document", is_mine=True).rows
    assert [(d.reference, d.href, d.about) for d in mine if d.what == "review asked for"] == [
        (document.reference, f"/documents/{document.number}/review/", f"a law or another obligation changed ({record.reference})")
    ]
    assert [r.document_id for r in reviews_for(house.fresh(house.ruth))] == [document.pk]
    assert reviews_for(house.fresh(house.greta)) == []  # she holds the role that owns it, and Ruth looks after it
    found = faults_of(house.tenant)
    assert [f.source.pk for f in found if f.source] == [document.pk]
    assert record.reference in found[0].sentence
    Document.objects.filter(pk=document.pk)
    move(document, "withdraw", by=house.ruth, channel="page", note="Gone.")
    assert faults_of(house.tenant) == []


def test_s_103_without_somebody_who_looks_after_it_the_owning_role_has_the_work(house: House, roles: Roles) -> None:  # noqa: F811
    approved(house, roles, body=TEXT)
    pulled(house, law(house))
    assert len(reviews_for(house.fresh(house.greta))) == 1


@pytest.mark.parametrize(
    ("kind", "state", "act", "is_pulled"),
    [
        ("obligation", "in_force", {"edition": "7"}, True),
        ("obligation", "in_force", {"jurisdiction": "EU"}, False),
        ("obligation", "draft", {"edition": "7"}, False),
        ("objective", "running", {"target": "99"}, True),
        ("objective", "proposed", {"target": "99"}, False),
        ("objective", "running", {"resources": "Two people"}, False),
    ],
)
def test_s_103_only_what_counts_pulls_a_trigger(house: House, roles: Roles, kind: str, state: str, act: dict[str, Any], is_pulled: bool) -> None:  # noqa: F811
    approved(house, roles, body=TEXT)
    record = rows(house, kind, 1, state, owner=house.ines)[0]
    amend(record, by=house.ruth, channel="page", **act)
    assert bool(asked_by(record)) is is_pulled


@pytest.mark.once
def test_s_103_the_four_triggers_are_moves_and_fields_of_kinds_that_exist() -> None:
    assert {t.key for t in triggers()} == {"scope", "obligation", "objective", "major"}
    for trigger in triggers():
        record_type = type_named(trigger.kind)
        assert trigger.moves <= {m.name for m in record_type.workflow.moves}
        assert trigger.fields <= set(record_type.fields)
        assert trigger.while_in <= {s.name for s in record_type.workflow.states}


def test_s_103_a_trigger_that_nobody_knows_is_refused_with_the_known_ones(house: House, roles: Roles) -> None:  # noqa: F811
    document = drafted(house, roles, TEXT.replace('"major"', '"weather"'))
    with pytest.raises(MoveRefused, match="There is no trigger “weather”: “review_when” knows scope, obligation, objective, major"):
        move(document, "submit", by=house.ruth, channel="page")


def test_s_103_the_policy_names_all_four_and_a_begun_document_does_too(house: House) -> None:
    template = template_named("sms-policy")
    assert template is not None
    assert set(parse(template.text).front["review_when"]) == {"scope", "obligation", "objective", "major"}
    assert "review_when" in begin(template, by=house.ruth, channel="page").body
