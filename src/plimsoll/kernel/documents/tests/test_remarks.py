"""A draft is read by others: rounds, remarks on paragraphs, and what must be settled before the approval (W-DC)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.documents.models import Document, Remark, Round
from plimsoll.kernel.documents.remarking import answer_remark, answer_round, ask_to_review, close_remark, excerpts, remark
from plimsoll.kernel.documents.tests.test_life import TEXT, approved, drafted, roles  # noqa: F401 (a fixture)
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records.operations import MoveRefused, amend, move
from plimsoll.kernel.roles.models import Role
from tests.cast import House

Roles = dict[str, Role]


def submitted(house: House, roles: Roles) -> Document:  # noqa: F811
    return move(drafted(house, roles), "submit", by=house.ruth, channel="page")


def test_w_dc_a_remark_that_must_be_settled_holds_up_the_approval_and_is_named(house: House, roles: Roles) -> None:  # noqa: F811
    document = submitted(house, roles)
    greta = house.fresh(house.greta)
    made = remark(document, "purpose.1", text="Whose policy is it?", must_settle=True, by=greta, channel="page")
    assert made.excerpt.startswith("This policy is")
    remark(document, "roles", text="A matter of taste.", by=greta, channel="page")
    with pytest.raises(MoveRefused, match=r"must be settled first. Greta.*“This policy is.*Whose policy is it\?") as refused:
        move(document, "approve", by=greta, channel="page")
    assert "taste" not in str(refused.value)
    answer_remark(made, text="Northmere's; it says so.", by=house.ruth, channel="page")
    close_remark(made, by=greta, channel="page")
    assert move(document, "approve", by=greta, channel="page").state == "valid"


def test_who_made_a_remark_is_told_of_its_answer_and_closes_it_where_it_must_be_settled(house: House, roles: Roles) -> None:  # noqa: F811
    document = submitted(house, roles)
    made = remark(document, "purpose.1", text="Why?", must_settle=True, by=house.ruth, channel="page")
    answer_remark(made, text="Because.", by=house.ruth, channel="page")
    assert Notice.objects.filter(person=house.ruth, why="reviewer").count() == 0  # nobody is told of their own act
    with pytest.raises(Refused):
        close_remark(made, by=house.fresh(house.ines), channel="page")
    closed = close_remark(made, by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="closed already"):
        answer_remark(closed, text="More.", by=house.ruth, channel="page")


def test_a_remark_needs_words_a_paragraph_and_a_draft(house: House, roles: Roles) -> None:  # noqa: F811
    document = drafted(house, roles)
    with pytest.raises(Faulty, match="no such paragraph"):
        remark(document, "nowhere.7", text="Hm.", by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="Write something"):
        remark(document, "purpose.1", text=" ", by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="Remarks are made on a draft"):
        remark(approved(house, roles), "purpose.1", text="Hm.", by=house.ruth, channel="page")


def test_an_outsider_says_nothing_of_a_draft(house: House, roles: Roles) -> None:  # noqa: F811
    with pytest.raises(Refused):
        remark(drafted(house, roles), "purpose.1", text="Hm.", by=house.fresh(house.aoife), channel="page")


def test_a_remark_stays_at_its_paragraph_when_the_text_before_it_grows(house: House, roles: Roles) -> None:  # noqa: F811
    document = drafted(house, roles)
    made = remark(document, "roles", text="Who keeps it?", by=house.ruth, channel="page")
    changed = amend(document, by=house.ruth, channel="page", body=TEXT.replace("# Roles", "# Terms\n\nNone.\n\n# Roles"))
    assert excerpts(changed)[made.anchor] == "Roles"


def test_w_dc_a_round_says_who_was_asked_until_when_and_who_answered(house: House, roles: Roles) -> None:  # noqa: F811
    document = drafted(house, roles)
    day = now().date() + timedelta(days=5)
    with pytest.raises(Faulty, match="may not read drafts"):
        ask_to_review(document, [house.aoife], until=day, by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="That day is over"):
        ask_to_review(document, [house.greta], until=day - timedelta(days=9), by=house.ruth, channel="page")
    ask_to_review(document, [house.greta], until=day, by=house.ruth, channel="page")
    assert Notice.objects.filter(person=house.greta, why="reviewer").count() == 1
    answer_round(document, "fine", by=house.fresh(house.greta), channel="page")
    asked = Round.objects.get().reviewers.get()
    assert (asked.person, asked.answer) == (house.greta, "fine")
    with pytest.raises(Faulty, match="not asked"):
        answer_round(document, "fine", by=house.ruth, channel="page")
    move(move(document, "submit", by=house.ruth, channel="page"), "approve", by=house.fresh(house.greta), channel="page")
    assert Round.objects.get().ended_at is not None


def test_the_approvers_are_told_of_what_waits_for_them(house: House, roles: Roles) -> None:  # noqa: F811
    submitted(house, roles)
    assert Notice.objects.filter(person=house.greta, why="approver").count() == 1
    assert not Remark.objects.exists()
