"""Documents under control: reviews and references, paper, versions from before, retention, and templates that move on."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest

from plimsoll.kernel.access.queries import Refused
from plimsoll.kernel.documents import content, drifting, taking_over
from plimsoll.kernel.documents.content import Template, template_named
from plimsoll.kernel.documents.keeping import agree_disposal, ask_disposal, due, held, keep_rule, refuse_disposal, take_in_legacy
from plimsoll.kernel.documents.models import Document, DocumentVersion, Drift, TemplateCopy
from plimsoll.kernel.documents.operations import begin, follow_the_calendar
from plimsoll.kernel.documents.queries import draft_as_printed
from plimsoll.kernel.documents.record import is_sound
from plimsoll.kernel.documents.referencing import defects_of, faults_of
from plimsoll.kernel.documents.rules import DOCUMENT_FLOW
from plimsoll.kernel.documents.signing import attach_signed_page, keep_signing
from plimsoll.kernel.documents.tests.test_life import TEXT, approved, drafted, roles  # noqa: F401 (a fixture)
from plimsoll.kernel.lib.faults import Faulty
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import MoveRefused, amend, move
from plimsoll.kernel.records.sources import day_of
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.trail.models import Entry
from plimsoll.kernel.ui.strip import likely_way
from tests.cast import House

Roles = dict[str, Role]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def overdue(house: House, document: Document) -> Document:
    assert document.review_due_date is not None
    follow_the_calendar(house.tenant, document.review_due_date + timedelta(days=1))
    return Document.objects.get(pk=document.pk)


# Reviews (S-093, S-094) and references (S-016)


def test_s_093_a_review_ends_as_still_true_as_a_new_version_or_withdrawn_with_a_note(house: House, roles: Roles) -> None:  # noqa: F811
    late = overdue(house, approved(house, roles))
    assert late.state == "overdue"
    with pytest.raises(MoveRefused, match="needs a note"):
        move(late, "confirm", by=house.fresh(house.greta), channel="page")
    assert move(late, "confirm", by=house.fresh(house.greta), channel="page", note="Read; nothing moved.").state == "valid"
    assert move(late, "revise", by=house.ruth, channel="page", note="Roles changed.").state == "draft"


def test_s_094_a_plan_is_not_reviewed_while_a_document_under_it_is_overdue(house: House, roles: Roles) -> None:  # noqa: F811
    plan = approved(house, roles, code="PLAN")
    child = approved(house, roles, code="CHILD", parent=plan)
    greta = house.fresh(house.greta)
    Document.objects.filter(pk=plan.pk).exists()
    late = overdue(house, child)
    with pytest.raises(MoveRefused, match=rf"First review what belongs under it and is overdue: {late.reference}"):
        move(Document.objects.get(pk=plan.pk), "confirm", by=greta, channel="page", note="Read.")
    move(late, "confirm", by=greta, channel="page", note="Read.")
    assert move(Document.objects.get(pk=plan.pk), "confirm", by=greta, channel="page", note="Read.").state == "valid"


def test_a_document_does_not_belong_under_itself_by_any_way(house: House, roles: Roles) -> None:  # noqa: F811
    top = drafted(house, roles)
    below = drafted(house, roles, parent=top)
    with pytest.raises(Faulty, match="under itself"):
        amend(top, by=house.ruth, channel="page", parent=below)


def test_s_016_a_reference_to_what_is_missing_withdrawn_a_draft_or_overdue_is_a_defect(house: House, roles: Roles) -> None:  # noqa: F811
    named = approved(house, roles, code="ONE")
    plan = drafted(house, roles, TEXT + "\n\nSee [the one](doc:ONE), [the other](doc:TWO) and [the third](doc:THREE).")
    drafted(house, roles, code="TWO")
    said = " ".join(f.sentence for f in defects_of(plan))
    assert "ONE" not in said
    assert "TWO (line 13): no version of it is in force yet" in said
    assert "THREE (line 13): there is no document of that code" in said
    overdue(house, named)
    assert "ONE (line 13): its review was due on" in " ".join(f.sentence for f in defects_of(plan))
    move(Document.objects.get(pk=named.pk), "withdraw", by=house.ruth, channel="page", note="Replaced.")
    assert any("it is withdrawn" in f.sentence for f in faults_of(house.tenant))


# Paper (S-097)


def test_s_097_where_paper_is_signed_the_approval_waits_for_the_scan_of_this_draft(house: House, roles: Roles) -> None:  # noqa: F811
    with pytest.raises(Refused):
        keep_signing(house.tenant, on_paper=True, by=house.fresh(house.ines), channel="page")
    keep_signing(house.tenant, on_paper=True, by=house.ruth, channel="page")
    greta = house.fresh(house.greta)
    document = move(drafted(house, roles), "submit", by=house.ruth, channel="page")
    printed, _standings, _fault = draft_as_printed(Document.objects.get(pk=document.pk))
    assert printed is not None
    assert [s.role for s in printed.signatures] == ["Top management"]
    with pytest.raises(MoveRefused, match="signed on paper here"):
        move(document, "approve", by=greta, channel="page")
    with pytest.raises(Faulty, match="Scan the signed page as"):
        attach_signed_page(document, name="page.txt", content=b"I sign.", by=house.ruth, channel="page")
    attach_signed_page(document, name="page.png", content=PNG, by=house.ruth, channel="page")
    sent_back = move(document, "send_back", by=house.ruth, channel="page", note="A word.")
    again = move(sent_back, "submit", by=house.ruth, channel="page")
    with pytest.raises(MoveRefused, match="signed on paper here"):  # the scan was of another draft
        move(again, "approve", by=greta, channel="page")
    page = attach_signed_page(again, name="page.png", content=PNG + b"1", by=house.ruth, channel="page")
    assert move(again, "approve", by=greta, channel="page").versions.get().signed_page == page.file


def test_s_097_without_a_word_approval_is_electronic(house: House, roles: Roles) -> None:  # noqa: F811
    assert approved(house, roles).state == "valid"


# Versions from before (S-006)


def taken_in(house: House, document: Document, **given: Any) -> Any:
    values: dict[str, Any] = {"number": "0.9", "approved_on": date(2020, 3, 1), "approved_by": "J. Harrow, director", "name": "old.pdf"}
    return take_in_legacy(document, **(values | given), content=b"%PDF-1.4 old", by=house.ruth, channel="page")


def test_s_006_a_version_from_before_is_a_logged_act_and_never_in_force(house: House, roles: Roles) -> None:  # noqa: F811
    document = drafted(house, roles)
    old = taken_in(house, document)
    fresh = Document.objects.get(pk=document.pk)
    assert (fresh.state, fresh.edition, fresh.versions.count()) == ("draft", "", 0)
    entry = Entry.objects.get(card=document.pk, action="take in version")
    assert old.file.digest in entry.changes
    printed, _standings, _fault = draft_as_printed(fresh)
    assert printed is not None
    assert printed.history[0] == ("1 March 2020", "0.9", "J. Harrow, director", "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"number": ""}, "Say its number"),
        ({"approved_by": " "}, "Say who approved it"),
        ({"approved_on": date(2190, 1, 1)}, "still to come"),
    ],
)
def test_what_is_not_known_of_an_old_version_is_asked(house: House, roles: Roles, given: dict[str, Any], said: str) -> None:  # noqa: F811
    with pytest.raises(Faulty, match=said):
        taken_in(house, drafted(house, roles), **given)


def test_two_versions_from_before_do_not_carry_one_number(house: House, roles: Roles) -> None:  # noqa: F811
    document = drafted(house, roles)
    taken_in(house, document)
    with pytest.raises(Faulty, match="already"):
        taken_in(house, document)


# Retention (7.5.3-f, D-10)


@pytest.fixture
def over(house: House, roles: Roles) -> DocumentVersion:  # noqa: F811
    """A version that was withdrawn three years ago."""
    document = move(approved(house, roles), "withdraw", by=house.ruth, channel="page", note="Replaced.")
    DocumentVersion.objects.update(ended_on=day_of(house.tenant, now()) - timedelta(days=3 * 365))
    return document.versions.get()


def test_7_5_3_f_a_version_is_due_by_the_rule_of_its_kind(house: House, over: DocumentVersion) -> None:
    assert [(one.rule, one.on) for one in held(house.tenant)] == [(None, None)]
    keep_rule(house.tenant, "policy", months=48, basis="Commercial code", action="dispose", by=house.ruth, channel="page")
    assert due(house.tenant) == []
    with pytest.raises(Faulty, match="It is kept until .*: Commercial code"):
        ask_disposal(over, reason="Old.", by=house.ruth, channel="page")
    keep_rule(house.tenant, "policy", months=24, basis="Commercial code", action="dispose", by=house.ruth, channel="page")
    assert [one.version.pk for one in due(house.tenant)] == [over.pk]


def test_7_5_3_f_two_people_dispose_and_digest_number_dates_and_trail_stay(house: House, over: DocumentVersion) -> None:
    keep_rule(house.tenant, "policy", months=12, basis="Commercial code", action="dispose", by=house.ruth, channel="page")
    asked = ask_disposal(over, reason="Its time is over.", by=house.ruth, channel="page")
    with pytest.raises(Refused, match="Somebody else does"):
        agree_disposal(asked, by=house.ruth, channel="page")
    second = house.fresh(house.ines)
    second.grants.update(words=["document:*"])  # a second person with that authority
    gone = agree_disposal(asked, by=house.fresh(house.ines), channel="page")
    assert (gone.source, gone.values, gone.printed) == ("", {}, {})
    assert (gone.number, gone.digest, gone.started_on) == (over.number, over.digest, over.started_on)
    assert is_sound(DocumentVersion.objects.get(pk=over.pk))
    assert held(house.tenant) == []
    assert Entry.objects.filter(card=over.document_id, action="approve").exists()


def test_7_5_3_f_a_disposal_is_declined_with_a_note(house: House, over: DocumentVersion) -> None:
    keep_rule(house.tenant, "policy", months=12, basis="Commercial code", action="dispose", by=house.ruth, channel="page")
    asked = ask_disposal(over, reason="Its time is over.", by=house.ruth, channel="page")
    with pytest.raises(Faulty, match="Say why it stays"):
        refuse_disposal(asked, by=house.ruth, channel="page", note="")
    refuse_disposal(asked, by=house.ruth, channel="page", note="A dispute runs.")
    assert [one.disposal for one in held(house.tenant)] == [None]


# Templates that move on


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> dict[str, Template]:
    """Templates as a newer release would bring them: what stands in the dictionary takes the place of what is shipped."""
    newer: dict[str, Template] = {}
    for module in (taking_over, drifting):
        monkeypatch.setattr(module, "template_named", lambda key: newer.get(key) or content.template_named(key))
    return newer


def newer_of(key: str, *pairs: tuple[str, str]) -> Template:
    template = template_named(key)
    assert template is not None
    text = template.text
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return dataclasses.replace(template, text=text)


def test_a_template_that_changed_is_taken_over_by_section_and_what_both_changed_is_chosen(
    house: House,
    roles: Roles,  # noqa: F811
    moved: dict[str, Template],
) -> None:
    template = template_named("sms-policy")
    assert template is not None
    document = begin(template, by=house.ruth, channel="page")
    assert taking_over.moved_on(document) is None
    heading = next(line for line in template.text.splitlines() if line.startswith("# "))
    moved["sms-policy"] = newer_of("sms-policy", (heading, f"{heading}\n\nThe template says more here."))
    assert taking_over.moved_on(document) is not None
    amended = amend(document, by=house.ruth, channel="page", body=document.body.replace(heading, f"{heading}\n\nWe say more here.", 1))
    both = [piece for piece in taking_over.pieces_of(amended) if piece.kind == "both"]
    assert len(both) == 1
    with pytest.raises(Faulty, match="Choose whose text stands in"):
        taking_over.take_over(amended, {}, by=house.ruth, channel="page")
    done = taking_over.take_over(amended, {both[0].anchor: "theirs"}, by=house.ruth, channel="page")
    assert "The template says more here." in done.body
    assert "We say more here." not in done.body
    assert taking_over.moved_on(done) is None


def test_a_changed_template_counts_as_drift_of_the_version_in_force(
    house: House,
    roles: Roles,  # noqa: F811
    moved: dict[str, Template],
) -> None:
    document = drafted(house, roles, template="sms-policy")
    template = template_named("sms-policy")
    assert template is not None
    TemplateCopy.objects.create(document=document, text=template.text, digest=template.digest, at=now())
    submitted = move(document, "submit", by=house.ruth, channel="page")
    move(submitted, "approve", by=house.fresh(house.greta), channel="page")
    assert drifting.compare_all(house.tenant) == 0
    heading = next(line for line in template.text.splitlines() if line.startswith("# "))
    moved["sms-policy"] = newer_of("sms-policy", (heading, f"{heading}\n\nMore."))
    assert drifting.compare_all(house.tenant) == 1
    assert Drift.objects.get().label == f"The template “{template.title}” changed"
    assert Drift.objects.get().href == f"/documents/{document.number}/template/"


@pytest.mark.parametrize(("state", "way"), [("draft", ["in_review", "approved", "valid"]), ("in_review", ["approved", "valid"]), ("valid", [])])
def test_the_strip_over_a_document_shows_no_way_on_from_what_is_valid(state: str, way: list[str]) -> None:
    assert likely_way(DOCUMENT_FLOW, state) == way
