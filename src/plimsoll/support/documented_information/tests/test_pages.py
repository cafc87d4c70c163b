"""The pages of documents: from the gallery to an approved version, its files and its drift; who reads what."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from plimsoll.kernel.access.models import Grant
from plimsoll.kernel.documents import drifting
from plimsoll.kernel.documents.content import templates
from plimsoll.kernel.documents.models import Document
from plimsoll.kernel.documents.tests.test_life import TEXT, approved, drafted, rename, roles  # noqa: F401 (a fixture)
from plimsoll.kernel.lib.time import now
from plimsoll.kernel.records.operations import amend, move
from plimsoll.kernel.roles.models import Role
from plimsoll.kernel.roles.operations import give_role
from tests.cast import House
from tests.contracts import signed_in

Roles = dict[str, Role]


@pytest.fixture
def ruth(house: House) -> Client:
    return signed_in(house.ruth)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_s_104_the_gallery_shows_every_template_as_it_reads_here_and_begins_one(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    page = text_of(ruth.get("/documents/templates/"))
    assert all(template.title in page for template in templates())
    shown = ruth.get("/documents/templates/sms-policy/")
    assert shown.status_code == 200
    assert house.provider.name in text_of(shown)
    begun = ruth.post("/documents/templates/", {"template": "sms-policy"})
    document = Document.objects.get()
    assert begun["Location"] == f"/documents/{document.number}/fields/"
    assert (document.template, document.owner_role, document.approver_role) == ("sms-policy", roles["top_management"], roles["top_management"])
    assert document.reference in text_of(ruth.get("/documents/templates/"))


def test_the_fields_say_how_each_stands_and_take_words_with_a_reason(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = drafted(house, roles, TEXT + "\n\n{{ table budget.summary }}")
    page = f"/documents/{document.number}/fields/"
    assert "is not kept in this system yet" in text_of(ruth.get(page)) or "There is no field" in text_of(ruth.get(page))
    refused = ruth.post(page, {"name": "organization.name", "act": "fill", "text": "Other", "reason": ""})
    assert refused.status_code == 422
    assert "Say why the records do not say it." in text_of(refused)
    assert ">Other</textarea>" in text_of(refused)
    assert ruth.post(page, {"name": "organization.name", "act": "fill", "text": "Other", "reason": "Its trading name."}).status_code == 302
    assert "said in words" in text_of(ruth.get(page))
    assert ruth.post(page, {"name": "organization.name", "act": "unfill"}).status_code == 302


def test_the_text_is_written_with_a_preview_and_a_fault_names_its_line(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = drafted(house, roles)
    base = f"/documents/{document.number}/"
    assert house.provider.name in text_of(ruth.get(f"{base}text/"))
    fragment = text_of(ruth.post(f"{base}preview/", {"body": "# One\n\n{{ organization.name"}))
    assert "Line 3" in fragment
    assert "<html" not in fragment
    saved = ruth.post(f"{base}text/", {"body": TEXT + "\r\n\r\nMore.", "version": str(document.version)})
    assert saved.status_code == 302
    stale = ruth.post(f"{base}text/", {"body": "Mine, typed with care.", "version": str(document.version)})
    assert stale.status_code == 409
    assert "Mine, typed with care." in text_of(stale)


def test_an_approved_version_is_read_with_its_proof_its_files_and_its_drift(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = approved(house, roles)
    page = text_of(ruth.get(f"/documents/{document.number}/versions/1.0/"))
    assert "As it was approved" in page
    assert "Nothing was written since." in page
    rename(house, "Northmere Group")
    drifting.compare_all(house.tenant)
    page = text_of(ruth.get(f"/documents/{document.number}/versions/1.0/"))
    assert "Name of the organisation" in page
    assert "Northmere Group" in page
    record = text_of(ruth.get(f"/documents/{document.number}/"))
    assert "One record says otherwise than version 1.0 does." in record
    for kind, start in (("pdf", b"%PDF-"), ("docx", b"PK"), ("md", b"#")):
        answer = ruth.get(f"/documents/{document.number}/versions/1.0/file.{kind}")
        assert answer.status_code == 200
        assert answer.content.lstrip()[: len(start)] == start or kind == "md"
        assert f".{kind}" in answer["Content-Disposition"]


def test_two_versions_are_compared_by_words_and_rows(house: House, roles: Roles, ruth: Client) -> None:  # noqa: F811
    document = move(approved(house, roles), "revise", by=house.ruth, channel="page")
    amend(document, by=house.ruth, channel="page", body=TEXT.replace("This policy is", "The policy is"), change_description="An article.")
    give_role(role=roles["service_desk_agent"], person=house.dev, by=house.ruth, channel="page")
    page = text_of(ruth.get(f"/documents/{document.number}/compare/"))
    assert "<ins>" in page
    assert "<del>" in page
    assert house.dev.name in page


def test_drafts_are_for_who_works_on_documents_and_the_library_for_everybody_inside(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles)
    move(document, "revise", by=house.ruth, channel="page")
    ines = signed_in(house.ines)
    assert document.title in text_of(ines.get("/library/"))
    assert ines.get(f"/documents/{document.number}/versions/1.0/").status_code == 200
    assert ines.get(f"/documents/{document.number}/versions/1.0/file.md").status_code == 200
    for hidden in ("draft/", "draft.md", "text/", "fields/", ""):
        assert ines.get(f"/documents/{document.number}/{hidden}").status_code == 404, hidden
    for outsider in (house.aoife, house.sam, house.mallory):
        client = signed_in(outsider)
        assert document.title not in text_of(client.get("/library/"))
        assert client.get(f"/documents/{document.number}/versions/1.0/").status_code == 404
        assert client.get(f"/documents/{document.number}/versions/1.0/file.pdf").status_code == 404


def test_s_009_a_confidential_document_is_read_by_who_has_the_class_only(house: House, roles: Roles) -> None:  # noqa: F811
    assert "class:confidential" in roles["sms_manager"].words
    for person in (house.ruth, house.greta):
        words = ["class:confidential", "document:*"]
        Grant.objects.create(tenant=house.tenant, person=person, words=words, role_name="Trusted", started_at=now())
    house.ruth = house.fresh(house.ruth)
    document = approved(house, roles, level="confidential")
    assert Document.objects.get(pk=document.pk).access_class == "confidential"
    ines = signed_in(house.ines)
    assert document.title not in text_of(ines.get("/library/"))
    assert ines.get(f"/documents/{document.number}/versions/1.0/").status_code == 404
    assert document.title in text_of(signed_in(house.ruth).get("/library/"))


def test_a_public_document_is_read_by_customers(house: House, roles: Roles) -> None:  # noqa: F811
    document = approved(house, roles, level="public", outside="both")
    aoife = signed_in(house.aoife)
    assert document.title in text_of(aoife.get("/library/"))
    assert aoife.get(f"/documents/{document.number}/versions/1.0/").status_code == 200
