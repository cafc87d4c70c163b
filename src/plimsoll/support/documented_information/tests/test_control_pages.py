"""Pages of remarks, readers, reviews, paper, old versions, retention and templates: mouse-free, without script, and their walls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plimsoll.kernel.documents.distributing import add_line
from plimsoll.kernel.documents.models import Disposal, Document, DocumentVersion, LegacyVersion, Reading, Remark, RetentionRule, Round, SignedPage
from plimsoll.kernel.documents.signing import keep_signing
from plimsoll.kernel.documents.tests.test_life import TEXT, approved, drafted, roles  # noqa: F401 (a fixture)
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.notifications.mailing import grouped
from plimsoll.kernel.notifications.models import Notice
from plimsoll.kernel.records.operations import move
from plimsoll.kernel.roles.models import Role
from tests.cast import House
from tests.contracts import signed_in
from tests.filling import value_of

Roles = dict[str, Role]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def ruth(house: House) -> Client:
    return signed_in(house.ruth)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_w_dc_a_paragraph_is_remarked_answered_and_settled_on_its_page(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = drafted(house, roles)
    page = f"/documents/{document.number}/remarks/"
    assert "What you say of this paragraph" in text_of(ruth.get(f"{page}?on=purpose.1"))
    refused = ruth.post(page, {"act": "remark", "on": "purpose.1", "text": ""})
    assert (refused.status_code, "Write something first." in text_of(refused)) == (422, True)
    assert ruth.post(page, {"act": "remark", "on": "purpose.1", "text": "Whose?", "must_settle": "1"}).status_code == 302
    made = Remark.objects.get()
    shown = text_of(ruth.get(page))
    assert "must be settled" in shown
    assert "1 remark must be settled before the approval." in text_of(ruth.get(f"/documents/{document.number}/"))
    assert ruth.post(page, {"act": "answer", "remark": made.pk, "text": "Ours."}).status_code == 302
    assert ruth.post(page, {"act": "close", "remark": made.pk}).status_code == 302
    assert "settled" in text_of(ruth.get(page))
    assert ruth.post(page, {"act": "close", "remark": "99999"}).status_code == 404


def test_w_dc_people_are_asked_to_read_a_draft_and_answer(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = drafted(house, roles)
    page = f"/documents/{document.number}/remarks/"
    day = (now() + timedelta(days=3)).date().isoformat()
    wrong = ruth.post(page, {"act": "ask", "people": "Nobody at all", "until": day})
    assert (wrong.status_code, "Nobody, or more than one, is called" in text_of(wrong)) == (422, True)
    assert ruth.post(page, {"act": "ask", "people": house.greta.name, "until": day}).status_code == 302
    greta = signed_in(house.greta)
    assert "You are asked to read it" in text_of(greta.get(page))
    assert greta.post(page, {"act": "fine"}).status_code == 302
    assert Round.objects.get().reviewers.get().answer == "fine"
    assert signed_in(house.aoife).get(page).status_code == 404


def test_s_014_who_is_asked_reads_it_from_their_work_and_says_so_and_the_rest_are_missing(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = approved(house, roles)
    page = f"/documents/{document.number}/readers/"
    assert "Nobody must read it yet" in text_of(ruth.get(page))
    assert ruth.post(page, {"sort": "team"}).status_code == 422
    assert ruth.post(page, {"sort": "scope"}).status_code == 302
    ines = signed_in(house.ines)
    assert "To read" in text_of(ines.get("/"))
    version = f"/documents/{document.number}/versions/1.0/"
    assert "I have read it" in text_of(ines.get(version))
    assert ines.post(f"{version}read/").status_code == 302
    assert "that you read this version" in text_of(ines.get(version))
    shown = text_of(ruth.get(f"{page}?team={house.network.name}"))
    assert house.dev.name in shown
    assert ruth.post(page, {"remove": str(document.audience.get().pk)}).status_code == 302  # type: ignore[attr-defined]
    assert Reading.objects.filter(read_at=None, dropped_at=None).count() == 0
    assert signed_in(house.aoife).get(page).status_code == 404


def test_s_014_the_page_of_readers_costs_the_same_however_many_there_are(
    house: House,
    roles: Roles,  # noqa: F811
    ruth: Client,
    django_assert_max_num_queries: Any,
) -> None:
    document = approved(house, roles)
    add_line(document, "scope", by=house.ruth, channel="page")
    ruth.get(f"/documents/{document.number}/readers/")
    with django_assert_max_num_queries(20):
        ruth.get(f"/documents/{document.number}/readers/")


def test_s_093_the_outcome_of_a_review_is_kept_with_its_note(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = approved(house, roles)
    page = f"/documents/{document.number}/review/"
    assert ruth.post(page, {"outcome": "confirm"}).status_code == 422
    refused = ruth.post(page, {"outcome": "confirm", "note": "Read."})
    assert "Only a holder of" in text_of(refused)
    greta = signed_in(house.greta)
    assert greta.post(page, {"outcome": "confirm", "note": "Read; still true."}).status_code == 302
    assert ruth.post(page, {"outcome": "withdraw", "note": "Replaced."}).status_code == 302
    assert Document.objects.get().state == "withdrawn"
    assert "Nothing to review now" in text_of(ruth.get(page))


def test_s_097_the_signed_page_is_attached_on_its_page(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = move(drafted(house, roles), "submit", by=house.ruth, channel="page")
    page = f"/documents/{document.number}/signature/"
    assert ruth.get(page).status_code == 404
    keep_signing(house.tenant, on_paper=True, by=house.ruth, channel="page")
    assert "Print the draft" in text_of(ruth.get(page))
    assert ruth.post(page, {"file": SimpleUploadedFile("a.txt", b"I sign")}).status_code == 422
    assert ruth.post(page, {"file": SimpleUploadedFile("a.png", PNG)}).status_code == 302
    assert SignedPage.objects.get().draft == document.draft_number
    assert "was attached" in text_of(ruth.get(page))


def test_s_006_a_version_from_before_is_taken_in_on_its_page(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = drafted(house, roles)
    page = f"/documents/{document.number}/legacy/"
    given = {"number": "0.9", "approved_on": "2020-03-01", "approved_by": "J. Harrow"}
    assert ruth.post(page, given).status_code == 422
    assert ruth.post(page, {**given, "file": SimpleUploadedFile("old.pdf", b"%PDF-1.4 old")}).status_code == 302
    assert LegacyVersion.objects.get().approved_by == "J. Harrow"
    shown = text_of(ruth.get(f"/documents/{document.number}/versions/"))
    assert "From before this system" in shown
    assert "J. Harrow" in shown
    assert signed_in(house.greta).get(page).status_code == 403


def test_7_5_3_f_rules_are_set_and_versions_disposed_of_by_two_on_one_page(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    page = "/documents/keeping/"
    assert "No version is superseded or withdrawn yet." in text_of(ruth.get(page))
    assert ruth.post(page, {"act": "rule", "sort": "policy", "months": "0"}).status_code == 422
    rule = {"act": "rule", "sort": "policy", "months": "12", "basis": "Commercial code", "action": "dispose"}
    assert ruth.post(page, rule).status_code == 302
    assert RetentionRule.objects.get().months == 12
    document = move(approved(house, roles), "withdraw", by=house.ruth, channel="page", note="Replaced.")
    DocumentVersion.objects.update(ended_on=now().date() - timedelta(days=900))
    version = str(document.versions.get().pk)
    assert "due for disposal" in text_of(ruth.get(page))
    assert ruth.post(page, {"act": "ask", "version": version, "reason": ""}).status_code == 422
    assert ruth.post(page, {"act": "ask", "version": version, "reason": "Its time is over."}).status_code == 302
    assert ruth.post(page, {"act": "agree", "version": version}).status_code == 403
    assert Disposal.objects.get().agreed_at is None
    house.ines.grants.update(words=["document:*"])
    assert signed_in(house.ines).post(page, {"act": "agree", "version": version}).status_code == 302
    gone = f"/documents/{document.number}/versions/1.0/"
    assert "This version was disposed of" in text_of(ruth.get(gone))
    assert ruth.get(f"{gone}file.pdf").status_code == 404
    assert "its digest is kept" in text_of(ruth.get(f"/documents/{document.number}/versions/"))
    assert ruth.get(f"/documents/{document.number}/compare/?a=1.0&b=1.0").status_code == 200


def test_how_documents_are_signed_and_coded_is_set_by_who_may(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    page = "/documents/keeping/"
    assert ruth.post(page, {"act": "codes", "pattern": "NDS"}).status_code == 422
    assert ruth.post(page, {"act": "codes", "pattern": "NDS-{number}"}).status_code == 302
    assert ruth.post(page, {"act": "signing", "on_paper": "yes"}).status_code == 302
    shown = text_of(ruth.get(page))
    assert "NDS-{number}" in shown
    assert "On paper: approval waits" in shown
    greta = signed_in(house.greta)
    assert greta.get(page).status_code == 200
    assert greta.post(page, {"act": "signing", "on_paper": "no"}).status_code == 403
    assert signed_in(house.aoife).get(page).status_code == 404


def test_s_016_dead_references_stand_over_the_document_and_on_one_page(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = drafted(house, roles, TEXT + "\n\nSee [it](doc:NONE).")
    said = "there is no document of that code"
    assert said in text_of(ruth.get(f"/documents/{document.number}/"))
    assert said in text_of(ruth.get("/documents/keeping/"))


def test_a_template_that_did_not_change_says_so(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = drafted(house, roles)
    assert "The template is as it was" in text_of(ruth.get(f"/documents/{document.number}/template/"))


def test_s_093_what_came_of_reviews_stands_as_a_table_and_fills_a_field(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles)
    note = "Read it beside the scope; all of it holds."
    move(document, "confirm", by=house.fresh(house.greta), channel="page", note=note)
    page = text_of(signed_in(house.ruth).get(f"/documents/{document.number}/review/"))
    assert "What came of reviews before" in page
    assert note in page
    (row,) = value_of("documents.reviews", house.tenant).rows
    assert row.cells[1:4] == ("1.0", "No change: still true", house.greta.name)
    assert row.cells[5] == note


def test_odt_is_offered_where_libreoffice_is_and_else_the_button_says_why_not(
    house: House,
    roles: Roles,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = approved(house, roles)
    page = f"/documents/{document.number}/versions/1.0/"
    monkeypatch.setattr("plimsoll.kernel.documents.odt.office", lambda: None)
    monkeypatch.setattr("plimsoll.support.documented_information.pages.writing.office", lambda: None)
    assert "ODT: needs LibreOffice" in text_of(signed_in(house.ruth).get(page))
    refused = signed_in(house.ruth).get(f"{page}file.odt", follow=True)
    assert "Take the DOCX instead" in text_of(refused)
    monkeypatch.setattr("plimsoll.support.documented_information.pages.writing.office", lambda: "/usr/bin/soffice")
    assert f'href="{page}file.odt"' in text_of(signed_in(house.ruth).get(page))


def test_mail_that_asks_to_read_leads_to_the_pdf(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles)
    add_line(document, "role", role=roles["top_management"], by=house.ruth, channel="page")
    notice = (
        Notice.objects.filter(person=house.greta, card=document.pk, entry__action="distribute").select_related("card__tenant", "entry__actor").get()
    )
    (group,) = grouped(house.fresh(house.greta), [notice])
    assert group["paper"].endswith(f"/documents/{document.number}/versions/1.0/file.pdf")
